//! `run -- CMD…` as a shell sees it: the program has the terminal, gets the signals, and its exit status is the command's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use support::{Server, program};

fn run(home: &Path, shell: &str) -> Output {
    program(home).args(["run", "--", "sh", "-c", shell]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_exit_status_is_the_programs_and_its_output_is_untouched() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), "echo data; echo talk >&2; exit 7");
    assert_eq!(output.status.code(), Some(7), "{}", said(&output));
    assert_eq!(output.stdout, b"data\n");
    assert!(said(&output).starts_with("talk\narc-eval-tui: ") && said(&output).lines().count() == 2, "{}", said(&output));
    assert_eq!(run(home.path(), "kill -9 $$").status.code(), Some(137), "as a shell tells a signal");
    let missing = program(home.path()).args(["run", "--", "no-such-program"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(127));
    assert!(said(&missing).contains("there is no program `no-such-program`"), "{}", said(&missing));
}

#[test]
fn a_signal_to_end_reaches_the_program() {
    let home = tempfile::tempdir().unwrap();
    let script = "trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = program(home.path())
        .args(["run", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(42));
}

#[test]
fn traces_go_to_the_program_that_has_the_store_else_to_a_listener_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let alone = run(home.path(), "echo $ARC_EVAL_ENDPOINT");
    let own = String::from_utf8_lossy(&alone.stdout).trim().to_owned();
    assert!(own.starts_with("http://127.0.0.1:") && said(&alone).lines().count() == 1, "{own} {}", said(&alone));
    let server = Server::start(home.path());
    let beside = run(home.path(), "echo $ARC_EVAL_ENDPOINT");
    assert_eq!(String::from_utf8_lossy(&beside.stdout).trim(), format!("http://{}", server.address));
    assert_eq!(server.terminate().code(), Some(0), "it was left alone");
}

#[test]
fn python_finds_the_tracer_and_the_callers_own_path_stays() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path());
    command.env("PYTHONPATH", "/the/callers/own").args(["run", "--", "sh", "-c", "echo $PYTHONPATH"]);
    let output = command.output().unwrap();
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let folders: Vec<&str> = path.split(':').collect();
    assert_eq!(folders.last(), Some(&"/the/callers/own"));
    assert!(Path::new(folders[1]).join("arc_tracer/__init__.py").is_file(), "{path}");
}
