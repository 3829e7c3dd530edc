//! The Python tracer's own tests (`tests/tracer/`), run with the Python at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::process::Command;

/// The first Python that is new enough: `PYTHON` says which, else `python3`.
fn python() -> Option<String> {
    let named = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let check = "import sys; sys.exit(sys.version_info < (3, 9))";
    Command::new(&named).args(["-c", check]).status().is_ok_and(|status| status.success()).then_some(named)
}

#[test]
fn the_tracers_own_tests_pass() {
    let Some(python) = python() else {
        eprintln!("skipped: no Python 3.9 or later here (`PYTHON` names another)");
        return;
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tracer");
    let output = Command::new(python).args(["-B", "-m", "unittest", "discover", "-q"]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}
