//! `keys`: what every key of the workbench does, and a keys.toml to start from.

use serde_json::json;

use super::{arguments::KeysArguments, exit::CliError, output::Output};
use crate::workbench::{
    documents,
    table::{Context, entries},
};

/// Prints the keys.
pub fn run(arguments: &KeysArguments) -> Result<(), CliError> {
    let mut output = Output::stdout();
    if arguments.toml {
        output.line(documents::keys_toml().trim_end())?;
    } else if arguments.json {
        for entry in entries() {
            output.json(&json!({
                "action": entry.action.id.0,
                "keys": entry.action.keys,
                "where": match entry.context {
                    Context::Everywhere => "everywhere",
                    Context::Pane(spec) => spec.title,
                },
                "help": entry.help,
            }))?;
        }
    } else {
        output.line(documents::keys_markdown().trim_end())?;
    }
    output.flush()
}
