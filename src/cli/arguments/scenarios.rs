//! The arguments of `scenarios`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which scenarios, and what to do with them.
#[derive(Debug, Args)]
pub struct ScenariosArguments {
    /// Those of the newest run that failed
    #[arg(long, global = true, conflicts_with_all = ["pattern", "all"])]
    pub from_last_failure: bool,
    /// Those of one failure pattern: its fingerprint, or its code such as tool.timeout
    #[arg(long, global = true, value_name = "PATTERN", conflicts_with = "all")]
    pub pattern: Option<String>,
    /// Those of all failure patterns, worst first; what is done anyway
    #[arg(long, global = true)]
    pub all: bool,
    /// Only those that were accepted
    #[arg(long, global = true)]
    pub accepted: bool,
    /// Most scenarios
    #[arg(long, global = true, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Make them from these trace files instead of the store (repeatable; `-` is standard input)
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "live")]
    pub input: Vec<PathBuf>,
    /// Ask a running workbench or server, and nothing else
    #[arg(long, global = true)]
    pub live: bool,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do with them; without it they are listed
    #[command(subcommand)]
    pub action: Option<ScenariosAction>,
}

/// What to do with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenariosAction {
    /// Print them
    List,
    /// Write each as a JSON file, and a test that runs them with pytest or `python -m unittest`
    Write {
        /// The folder; made where it is missing
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Write over files that hold something else
        #[arg(long)]
        force: bool,
    },
}
