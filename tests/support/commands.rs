//! A home folder with some runs in its store, and the program run in it.
#![allow(dead_code, clippy::redundant_pub_crate)]

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{Server, program, run_with_input};

/// A home folder of its own.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    /// Nothing in it.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With these bodies in its store.
    pub(crate) fn with(bodies: &[Value]) -> Self {
        let home = Self::empty();
        let lines: String = bodies.iter().map(|body| format!("{body}\n")).collect();
        let mut command = home.program();
        command.args(["import", "-"]);
        let output = run_with_input(command, lines.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        home
    }

    /// With so many runs of `clerk` in its store, `run-0` and on; every fourth failed.
    pub(crate) fn with_runs(count: u32) -> Self {
        Self::with(&(0..count).map(run).collect::<Vec<_>>())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program, at home here.
    pub(crate) fn program(&self) -> Command {
        program(self.path())
    }

    /// A server on the store.
    pub(crate) fn serve(&self) -> Server {
        Server::start(self.path())
    }

    /// Runs the program with this on standard input: its status, what it printed and what it said.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let mut command = self.program();
        command.args(arguments);
        let output = run_with_input(command, input.as_bytes());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_with(arguments, "")
    }

    /// Runs it; it has to end with 0. Gives what it printed.
    pub(crate) fn fine(&self, arguments: &[&str]) -> String {
        let (status, printed, said) = self.run(arguments);
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    }

    /// Runs it; it has to end with 0 and print one JSON value.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.fine(arguments);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
    }

    /// Runs it; it has to end otherwise than with 0. Gives its status and what it said.
    pub(crate) fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let (status, printed, said) = self.run(arguments);
        assert_ne!(status, 0, "{arguments:?}: {printed}");
        (status, said)
    }
}

/// A run of `clerk`; every fourth failed with an error.
pub(crate) fn run(number: u32) -> Value {
    let failed = number % 4 == 3;
    json!({
        "trace_id": format!("run-{number}"),
        "agent_id": "clerk",
        "input": {"args": [format!("order {number}")]},
        "output": if failed { Value::Null } else { json!(format!("order {number} is on its way")) },
        "success": !failed,
        "execution_time": 1.5 + f64::from(number),
        "error": if failed { json!({"type": "TimeoutError", "message": format!("order {number} timed out")}) } else { Value::Null },
        "llm_calls": [{"step": 1, "provider": "openai", "model": "gpt-4o", "input_tokens": 1000, "output_tokens": 100 + number, "duration_ms": 800}],
        "tool_calls": [{"step": 2, "name": "find_order", "input": {"id": number}, "output": {"found": !failed}, "duration_ms": 120, "success": !failed}],
    })
}

/// Waits until something is so.
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
