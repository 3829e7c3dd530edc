//! `keys`: what every key of the workbench does, and a keys.toml to start from.

use super::{arguments::KeysArguments, exit::CliError, output::Output};
use crate::workbench::actions;

/// Prints the keys.
pub fn run(arguments: &KeysArguments) -> Result<(), CliError> {
    let mut output = Output::stdout();
    if arguments.toml {
        output.line(actions::keys_toml().trim_end())?;
    } else if arguments.json {
        output.json(&actions::listing())?;
    } else {
        output.line(actions::keys_markdown().trim_end())?;
    }
    output.flush()
}
