//! `completions`: a script that teaches a shell our commands and options.

use clap::CommandFactory;

use super::{arguments::Arguments, exit::CliError, output::Output};

/// Prints the script for a shell.
pub fn run(shell: clap_complete::Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "arc-eval-tui", &mut script);
    let mut output = Output::stdout();
    output.line(String::from_utf8_lossy(&script).trim_end())?;
    output.flush()
}
