//! The arguments of `compare`.

use clap::Args;

/// What `compare` holds beside each other.
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The runs before: a baseline's name or id, `yesterday` or `today`
    #[arg(long, value_name = "NAME")]
    pub baseline: String,
    /// The runs now: a baseline's name or id, `today` or `yesterday`
    #[arg(long, value_name = "NAME", default_value = "today")]
    pub current: String,
    /// Ask a running workbench or server, and nothing else
    #[arg(long)]
    pub live: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
