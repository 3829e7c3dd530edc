//! The arguments of `improve`.

use std::path::PathBuf;

use clap::Args;

/// Which fixes, and what to do with one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  arc-eval-tui improve                             the best fixes, as diffs on the files under the current folder
  arc-eval-tui improve --project ~/shop --limit 1  the best one, for an agent whose source is elsewhere
  arc-eval-tui improve --apply 3fd1                change the file as that fix's diff says, after asking
  arc-eval-tui improve --undo 3fd1                 put the file back as it was
  arc-eval-tui improve --json | jq -r '.fixes[0].diff' | git apply")]
pub struct ImproveArguments {
    /// Change your file as the diff of this fix says: its id, or the beginning of it
    #[arg(long, value_name = "ID", conflicts_with = "undo")]
    pub apply: Option<String>,
    /// Put your file back as it was before this fix was applied
    #[arg(long, value_name = "ID")]
    pub undo: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Those of one failure pattern, by its fingerprint
    #[arg(long, value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// Most fixes
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub limit: u16,
    /// Make them from these trace files instead of the store (repeatable; `-` is standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub input: Vec<PathBuf>,
    /// Ask a running workbench or server, and nothing else
    #[arg(long)]
    pub live: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
