//! The arguments of `debug`.

use std::path::PathBuf;

use clap::Args;

/// What `debug` looks at.
#[derive(Debug, Args)]
pub struct DebugArguments {
    /// Which runs, as in the workbench's filter [default: those each agent's grade rests on: its last 200 runs or 7 days; all of --input]
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// Ask a running workbench or server, and nothing else
    #[arg(long, conflicts_with = "input")]
    pub live: bool,
    /// Look at the runs of this file instead of the store (repeatable; `-` is standard input)
    #[arg(long, value_name = "FILE")]
    pub input: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
