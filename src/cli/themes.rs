//! `themes`: the themes there are, bundled and the user's own.

use serde_json::json;

use super::{arguments::JsonArgument, exit::CliError, output::Output, settings::Settings};
use crate::workbench::theme;

/// Lists the themes.
pub fn run(arguments: &JsonArgument, settings: &Settings) -> Result<(), CliError> {
    let folder = settings.home.join("themes");
    let mut output = Output::stdout();
    for (name, origin) in theme::available(&folder) {
        if arguments.json {
            output.json(&json!({"name": name, "origin": origin}))?;
        } else {
            output.line(&format!("{name:<16}{origin}"))?;
        }
    }
    output.flush()
}
