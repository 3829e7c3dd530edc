//! `config`: every setting with its value and where that came from.

use serde_json::{Map, json};

use super::{arguments::JsonArgument, exit::CliError, output::Output, settings::Settings};

/// Prints the settings as a table or as one JSON object.
pub fn run(arguments: &JsonArgument, settings: &Settings) -> Result<(), CliError> {
    let mut output = Output::stdout();
    let rows = settings.rows();
    if arguments.json {
        let fields: Map<_, _> = rows
            .into_iter()
            .map(|(name, value, origin)| (name.to_owned(), json!({"value": value, "origin": origin.to_string()})))
            .collect();
        output.json(&fields)?;
    } else {
        for (name, value, origin) in rows {
            output.line(&format!("{name:<14}{value:<40}  ({origin})"))?;
        }
    }
    output.flush()
}
