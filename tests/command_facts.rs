//! Commands that print facts: the same beside a running server as without one, and the promised exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

#[path = "support/commands.rs"]
mod commands;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use commands::Home;

#[test]
fn what_is_printed_is_the_same_whoever_is_asked() {
    let home = Home::with_runs(12);
    let asked: &[&[&str]] = &[&["compare", "--baseline", "old", "--current", "today"], &["compare", "--baseline", "old", "--json"]];
    let beside: Vec<String> = {
        let server = home.serve();
        let (status, body) =
            support::request(&server.address, "POST", "/api/baseline", br#"{"name":"old","where":"agent:clerk"}"#).unwrap();
        assert_eq!(status, 200, "{body}");
        let printed = asked.iter().map(|arguments| home.fine(arguments)).collect();
        server.terminate();
        printed
    };
    for (arguments, beside) in asked.iter().zip(beside) {
        assert!(!beside.trim().is_empty(), "{arguments:?}");
        assert_eq!(home.fine(arguments), beside, "{arguments:?}");
    }
}

#[test]
fn a_word_on_a_run_is_recorded_with_and_without_a_server() {
    let home = Home::with_runs(4);
    let told = home.json(&["feedback", "run-1", "--wrong", "--notes", "wrong customer", "--json"]);
    assert_eq!(told["status"], "feedback recorded");
    assert!(told["after"].as_f64().unwrap() < told["before"].as_f64().unwrap(), "{told}");
    let server = home.serve();
    assert!(home.fine(&["feedback", "run-1", "--clear"]).starts_with("feedback cleared; clerk: "));
    drop(server);
    let (status, said) = home.refused(&["feedback", "run-1", "--correct", "--wrong"]);
    assert_eq!(status, 2, "{said}");
    assert_eq!(home.refused(&["feedback", "run-1"]).0, 2, "a word is needed");
    assert_eq!(home.refused(&["feedback", "run-1", "--score", "9"]).0, 2);
    let (status, said) = home.refused(&["feedback", "nobody", "--correct"]);
    assert!(status == 2 && said.contains("there is no trace \"nobody\""), "{said}");
}

#[test]
fn a_store_that_is_not_there_is_not_made_to_be_read() {
    let home = Home::empty();
    for arguments in [&["compare", "--baseline", "old"][..], &["feedback", "run-1", "--correct"]] {
        let (status, said) = home.refused(arguments);
        assert!(status == 4 && said.contains("there is no store at") && said.contains("traces.redb"), "{arguments:?}: {said}");
        assert!(!home.path().join(".arc-eval").exists(), "{arguments:?} made something");
    }
}

#[test]
fn live_insists_on_a_running_program() {
    let home = Home::with_runs(2);
    let (status, said) = home.refused(&["compare", "--live", "--baseline", "today"]);
    assert!(status == 4 && said.contains("--live"), "{said}");
    let _server = home.serve();
    home.fine(&["compare", "--live", "--baseline", "today"]);
}

#[test]
fn an_owner_file_left_by_a_program_that_died_is_passed_over() {
    let home = Home::with_runs(2);
    let owner = format!(r#"{{"pid":{},"address":"127.0.0.1:1","since":"2026-11-22T10:00:00Z"}}"#, std::process::id());
    fs::write(home.path().join(".arc-eval/traces.redb.owner"), owner).unwrap();
    home.fine(&["compare", "--baseline", "today"]);
}

#[test]
fn a_server_that_asks_for_a_key_is_asked_with_it() {
    let home = Home::with_runs(2);
    let mut command = home.program();
    command.env("ARC_EVAL_API_KEY", "s3cret");
    let _server = support::Server::start_with(command);
    let (status, said) = home.refused(&["compare", "--baseline", "today"]);
    assert!(status == 2 && said.contains("ARC_EVAL_API_KEY"), "{said}");
    let mut command = home.program();
    command.env("ARC_EVAL_API_KEY", "s3cret").args(["compare", "--baseline", "today"]);
    assert_eq!(support::run_with_input(command, b"").status.code(), Some(0));
}
