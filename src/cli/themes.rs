//! `themes`: the themes there are, bundled and the user's own.

use serde_json::json;

use super::{arguments::JsonArgument, exit::CliError, output::Output, settings::Settings};
use crate::workbench::{runtime::theme_files::ThemeFiles, theme::palette::Colours};

/// Lists the themes.
pub fn run(arguments: &JsonArgument, settings: &Settings) -> Result<(), CliError> {
    let themes = ThemeFiles::new(settings.home.join("themes"), Colours::True);
    let mut output = Output::stdout();
    for (name, origin) in themes.available() {
        if arguments.json {
            output.json(&json!({"name": name, "origin": origin}))?;
        } else {
            output.line(&format!("{name:<16}{origin}"))?;
        }
    }
    output.flush()
}
