//! `themes`: the themes there are, bundled and the user's own, and for which ground each is made.

use serde_json::json;

use super::{arguments::JsonArgument, exit::CliError, output::Output, settings::Settings};
use crate::workbench::{runtime::theme_files::ThemeFiles, theme::palette::Colours};

/// Lists the themes.
pub fn run(arguments: &JsonArgument, settings: &Settings) -> Result<(), CliError> {
    let themes = ThemeFiles::new(settings.home.join("themes"), Colours::True);
    let mut output = Output::stdout();
    for (name, origin) in themes.available() {
        // A file of the user's that cannot be read is listed all the same, with what is wrong.
        let (ground, problem) = match themes.choose(&name) {
            Ok(theme) => (Some(theme.ground.name()), None),
            Err(problem) => (None, Some(problem.to_string())),
        };
        if arguments.json {
            output.json(&json!({"name": name, "ground": ground, "origin": origin, "problem": problem}))?;
        } else {
            output.line(&format!("{name:<16}{:<8}{}", ground.unwrap_or("-"), problem.unwrap_or(origin)))?;
        }
    }
    output.flush()
}
