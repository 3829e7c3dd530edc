//! The program: everything it does is in the library; this hands over the command line and the exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    arc_eval_tui::cli::run()
}
