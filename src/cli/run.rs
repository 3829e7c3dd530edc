//! `run -- CMD…`: an agent program with the tracer on its path and no line changed.

use std::{ffi::OsString, fs, path::Path};

use serde::Deserialize;

use super::{
    arguments::RunArguments,
    child::{self, Ended},
    collector::Collector,
    exit::CliError,
    output::say,
    settings::Settings,
};
use crate::{
    sdk,
    text::{clean::clean_line, human},
};

/// Most bytes read of what the traced processes report.
const REPORT_MOST_BYTES: u64 = 1024 * 1024;

/// What one traced process says of itself at its end.
#[derive(Debug, Deserialize)]
struct ProcessReport {
    runs: u64,
    #[serde(default)]
    agents: Vec<String>,
    #[serde(default)]
    dropped: u64,
    #[serde(default = "yes")]
    sent: bool,
    note: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Runs the program to its end; answers its exit status.
pub async fn run(arguments: &RunArguments, settings: &Settings) -> Result<u8, CliError> {
    let tracer = sdk::unpack_into(&settings.home.join("sdk")).map_err(CliError::unavailable)?;
    let collector = Collector::on_store(settings).await?;
    let url = collector.url();
    let report = report_file()?;
    let environment = environment(arguments, settings, &tracer, &url, report.path());
    let ended = child::run(&arguments.command, &environment).await;
    let own = matches!(collector, Collector::Own(_));
    let closed = collector.close().await;
    match ended? {
        Ended::NeverBegan(status, why) => {
            say(format!("arc-eval-tui: {why}"));
            Ok(status)
        }
        Ended::Status(status) => {
            closed?;
            say(last_line(&reports(report.path()), &url, own));
            Ok(status)
        }
    }
}

/// What the program finds in its environment beside its own.
fn environment(arguments: &RunArguments, settings: &Settings, tracer: &Path, url: &str, report: &Path) -> Vec<(&'static str, OsString)> {
    // The first folder holds what Python loads at its start, the second the tracer itself.
    let mut path = vec![tracer.join(sdk::PACKAGE).join("autorun"), tracer.to_owned()];
    path.extend(std::env::var_os("PYTHONPATH").iter().flat_map(std::env::split_paths));
    let mut environment: Vec<(&'static str, OsString)> =
        vec![("ARC_EVAL_AUTORUN", "1".into()), ("ARC_EVAL_ENDPOINT", url.into()), ("ARC_EVAL_RUN_REPORT", report.as_os_str().to_owned())];
    // A folder with a colon in its name cannot be on a path; the program then runs as it would without us.
    if let Ok(path) = std::env::join_paths(path) {
        environment.push(("PYTHONPATH", path));
    }
    let optional = [("ARC_EVAL_API_KEY", &settings.api_key.value), ("ARC_EVAL_DOMAIN", &arguments.domain)];
    environment.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?.into()))));
    environment
}

/// A file of our own that the traced processes write a line into.
fn report_file() -> Result<ReportFile, CliError> {
    let path = std::env::temp_dir().join(format!("arc-eval-run-{}-{}", std::process::id(), uuid::Uuid::new_v4().simple()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(|error| CliError::unavailable(format!("cannot write {}: {error}", path.display())))?;
    Ok(ReportFile(path))
}

/// The file goes when nobody needs it any more.
struct ReportFile(std::path::PathBuf);

impl ReportFile {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What was reported; a line that cannot be read is one process less to tell of.
fn reports(path: &Path) -> Vec<ProcessReport> {
    use std::io::Read as _;
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(REPORT_MOST_BYTES).read_to_string(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The one line at the end: how much was recorded, and where to look.
fn last_line(reports: &[ProcessReport], url: &str, own: bool) -> String {
    let runs: u64 = reports.iter().map(|report| report.runs).sum();
    let dropped: u64 = reports.iter().map(|report| report.dropped).sum();
    let mut agents: Vec<&str> = reports.iter().flat_map(|report| report.agents.iter().map(String::as_str)).collect();
    agents.sort_unstable();
    agents.dedup();
    let look = if own { "start arc-eval-tui to look".to_owned() } else { format!("look in the workbench at {url}") };
    let mut line = match (reports.is_empty(), runs) {
        (true, _) => "arc-eval-tui: the program said nothing of its runs: it was no Python program, or it was killed".to_owned(),
        (false, 0) => "arc-eval-tui: no run recorded: the program called no model that the tracer knows".to_owned(),
        (false, runs) => {
            let of = if agents.is_empty() { String::new() } else { format!(" of {}", clean_line(&agents.join(", "))) };
            format!("arc-eval-tui: {} {} recorded{of}; {look}", human::count(runs), if runs == 1 { "run" } else { "runs" })
        }
    };
    if dropped > 0 {
        line.push_str(&format!("; {} spans were dropped", human::count(dropped)));
    }
    if reports.iter().any(|report| !report.sent) {
        line.push_str(&format!("; not everything reached {url}"));
    }
    for note in reports.iter().filter_map(|report| report.note.as_deref()).take(1) {
        line.push_str(&format!("; {}", clean_line(note)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(runs: u64, agent: &str) -> ProcessReport {
        ProcessReport { runs, agents: vec![agent.to_owned()], dropped: 0, sent: true, note: None }
    }

    #[test]
    fn the_last_line_adds_up_what_the_processes_say() {
        let url = "http://127.0.0.1:8000";
        let line = last_line(&[report(2, "b"), report(1, "a"), report(1, "b")], url, false);
        assert_eq!(line, "arc-eval-tui: 4 runs recorded of a, b; look in the workbench at http://127.0.0.1:8000");
        let lossy = ProcessReport { dropped: 7, sent: false, ..report(1, "a\u{1b}[2J") };
        let line = last_line(&[lossy], url, true);
        assert!(line.contains("1 run recorded of a") && line.contains("7 spans were dropped; not everything reached"), "{line}");
        assert!(!line.contains('\u{1b}'));
    }

    #[test]
    fn a_program_that_says_nothing_is_no_zero() {
        assert!(last_line(&[], "x", true).contains("said nothing of its runs"));
        assert!(last_line(&[report(0, "a")], "x", true).contains("no run recorded"));
    }
}
