//! `scenarios`: the tests made from failing runs, printed or written as files that run.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    arguments::{ScenariosAction, ScenariosArguments},
    exit::CliError,
    facts_source::{FactsSource, Wanted, path},
    output::Output,
    settings::Settings,
    table::{Side, Table},
};
use crate::{
    model::{decision::Choice, ids::Fingerprint, scenario::Scenario},
    repair::scenarios::folder::{self, Edited},
    text::{clean::clean_line, human},
};

/// Patterns looked through for one named by its code.
const PATTERNS: &str = "500";

#[derive(Deserialize)]
struct Told {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Patterns {
    patterns: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    fingerprint: String,
    code: String,
}

#[derive(Deserialize)]
struct Rows {
    traces: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    trace_id: String,
}

/// Lists or writes.
pub async fn run(arguments: &ScenariosArguments, settings: &Settings) -> Result<(), CliError> {
    let source = FactsSource::choose(&arguments.input, Wanted::by(arguments.live), settings).await?;
    let found = chosen(arguments, &source).await;
    let mut scenarios = source.close_after(found).await?;
    let edited = Edited::read(&settings.home.join("scenarios"));
    edited.problems.iter().for_each(|(_, problem)| super::output::say(format!("an edited scenario is left out: {}", clean_line(problem))));
    edited.join(&mut scenarios);
    scenarios.retain(|scenario| match scenario.decision {
        Some(Choice::Rejected) => false,
        Some(Choice::Accepted) => true,
        // Only fixes are applied and undone.
        Some(Choice::Applied | Choice::Undone) | None => !arguments.accepted,
    });
    scenarios.truncate(usize::from(arguments.limit));
    match &arguments.action {
        None | Some(ScenariosAction::List) => list(&scenarios, arguments.json),
        Some(ScenariosAction::Write { folder, force }) => {
            let done = folder::write(folder, &scenarios, *force).map_err(CliError::unreadable)?;
            let mut output = Output::stdout();
            if arguments.json {
                output.json(
                    &json!({"written": done.written, "unchanged": done.unchanged, "kept": done.kept, "scenarios": scenarios.len()}),
                )?;
            } else {
                let tests = folder.join(folder::TEST.0);
                output.line(&format!(
                    "{} written, {} unchanged, {} kept because they hold something else{}",
                    done.written.len(),
                    done.unchanged,
                    done.kept.len(),
                    if done.kept.is_empty() { "" } else { " (--force writes over them)" }
                ))?;
                output.line(&clean_line(&format!("run them: ARC_EVAL_AGENT=my_agent.py:answer python -m pytest {}", tests.display())))?;
            }
            output.flush()
        }
    }
}

async fn chosen(arguments: &ScenariosArguments, source: &FactsSource) -> Result<Vec<Scenario>, CliError> {
    let limit = arguments.limit.to_string();
    if arguments.from_last_failure {
        let rows: Rows = source.value(&path("/api/traces", &[], &[("where", "is:failed"), ("limit", "1")])).await?;
        let Some(row) = rows.traces.first() else { return Ok(Vec::new()) };
        return Ok(source.value::<Told>(&path("/api/scenarios", &[&row.trace_id], &[])).await?.scenarios);
    }
    let Some(wanted) = &arguments.pattern else {
        return Ok(source.value::<Told>(&path("/api/scenarios", &[], &[("limit", &limit)])).await?.scenarios);
    };
    let mut fingerprints = vec![wanted.clone()];
    if wanted.parse::<Fingerprint>().is_err() {
        let there_are: Patterns = source.value(&path("/api/patterns", &[], &[("limit", PATTERNS)])).await?;
        fingerprints =
            there_are.patterns.iter().filter(|pattern| pattern.code == *wanted).map(|pattern| pattern.fingerprint.clone()).collect();
        if fingerprints.is_empty() {
            let mut codes: Vec<&str> = there_are.patterns.iter().map(|pattern| pattern.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            let codes = if codes.is_empty() { "none yet".to_owned() } else { codes.join(", ") };
            return Err(CliError::wrong_use(format!(
                "{wanted:?} is the fingerprint or the code of no failure pattern; there are: {codes}"
            )));
        }
    }
    let mut found = Vec::new();
    for fingerprint in fingerprints {
        found.extend(source.value::<Told>(&path("/api/scenarios", &[], &[("pattern", &fingerprint)])).await?.scenarios);
    }
    Ok(found)
}

fn list(scenarios: &[Scenario], as_json: bool) -> Result<(), CliError> {
    let mut output = Output::stdout();
    if as_json {
        let values: Vec<Value> = scenarios.iter().map(|scenario| json!(scenario)).collect();
        output.json(&json!({"generated": values.len(), "scenarios": values}))?;
        return output.flush();
    }
    if scenarios.is_empty() {
        output.line("No failures to learn from")?;
        return output.flush();
    }
    let mut table = Table::new([Side::Left, Side::Left, Side::Left, Side::Right, Side::Left, Side::Left]);
    table.row(["id", "scenario", "failure", "past runs", "hard", "from run"]);
    for scenario in scenarios {
        let hard = scenario
            .difficulty
            .map_or_else(|| "not known".to_owned(), |difficulty| human::percent(difficulty.failed as f64 / difficulty.of.max(1) as f64));
        table.row([
            &scenario.id,
            &scenario.title,
            scenario.code.code(),
            &scenario.stands_for.to_string(),
            &hard,
            scenario.trace_id.as_str(),
        ]);
    }
    for line in table.lines() {
        output.line(&line)?;
    }
    output.flush()
}
