//! The arguments of `doctor`.

use clap::Args;

/// What `doctor` does.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Mend what can be mended without a question: permissions, and runs judged by older rules are judged anew
    #[arg(long)]
    pub fix: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
