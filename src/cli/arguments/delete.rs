//! The arguments of `delete`.

use clap::Args;

/// What `delete` forgets.
#[derive(Debug, Args)]
pub struct DeleteArguments {
    /// Which runs, as in the workbench's filter: `agent:clerk since:7d`
    #[arg(long = "where", value_name = "FILTER", required_unless_present = "all")]
    pub filter: Option<String>,
    /// Every run there is
    #[arg(long, conflicts_with = "filter")]
    pub all: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Ask a running workbench or server, and nothing else
    #[arg(long)]
    pub live: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
