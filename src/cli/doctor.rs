//! `doctor`: looks at everything the program rests on, and says of each what to do.

mod files;
mod finding;
mod ports;
mod python;
mod store;
mod system;
mod terminal;

use serde_json::json;

use self::finding::{Finding, State};
use super::{
    arguments::{DoctorArguments, GlobalArguments},
    exit::{CliError, Status},
    output::Output,
    settings::{Environment, Settings},
};
use crate::text::clean::clean_block;

/// Prints a line a check; the status says whether a problem was found.
pub async fn run(arguments: &DoctorArguments, global: &GlobalArguments, environment: &Environment) -> Result<Status, CliError> {
    let (settings, mut findings) = settings(global, environment)?;
    findings.extend(files::look(&settings));
    findings.extend(store::look(&settings, arguments.fix).await);
    findings.extend(ports::look(&settings));
    findings.extend(terminal::look());
    findings.extend(python::look().await);
    findings.extend(system::look(&settings, arguments.fix));
    print(arguments, &findings)
}

/// The settings; where the configuration is wrong, that is the first finding, and the rest is looked at without it.
fn settings(global: &GlobalArguments, environment: &Environment) -> Result<(Settings, Vec<Finding>), CliError> {
    match Settings::resolve(global, environment) {
        Ok(settings) => {
            let path = settings.config.value.display().to_string();
            let says = if settings.config.value.exists() { format!("{path} is read") } else { format!("{path} is not there: defaults") };
            Ok((settings, vec![Finding::ok("configuration", says)]))
        }
        Err(error) => {
            let settings = Settings::without_file(global, environment)?;
            let advice = "mend the line; `config` shows what each setting is and where it comes from";
            Ok((settings, vec![Finding::problem("configuration", error.to_string(), advice)]))
        }
    }
}

fn print(arguments: &DoctorArguments, findings: &[Finding]) -> Result<Status, CliError> {
    let healthy = findings.iter().all(|finding| finding.state != State::Problem);
    let mut output = Output::stdout();
    if arguments.json {
        output.json(&json!({"healthy": healthy, "checks": findings}))?;
    } else {
        for finding in findings {
            output.line(&clean_block(&format!("{}  {:<14}{}", finding.state.word(), finding.name, finding.says)))?;
            if let Some(advice) = &finding.advice {
                output.line(&clean_block(&format!("{:22}-> {advice}", "")))?;
            }
        }
    }
    output.flush()?;
    Ok(if healthy { Status::Fine } else { Status::CheckFailed })
}
