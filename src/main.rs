//! The program: everything it does is in the library; this hands over the command line and the exit status.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Decoding a trace makes thousands of small values on one thread that die on another: the work this allocator is made for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    arc_eval_tui::cli::run()
}
