//! The program in a real terminal: what a person sees, presses and is left with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path, process::Command};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
#[path = "support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use support::request;
use terminal::Terminal;

const ESCAPE: &str = "\x1b";
const ENTER: &str = "\r";

/// The workbench on an empty store; returns it with the address its first screen names.
fn workbench(home: &Path, columns: u16, rows: u16) -> (Terminal, String) {
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0"], home, columns, rows);
    let screen = terminal.wait_until("the listener's address", |screen| address_in(screen).is_some());
    let address = address_in(&screen).unwrap();
    (terminal, address)
}

/// `127.0.0.1:41234` out of `http://127.0.0.1:41234`.
fn address_in(screen: &str) -> Option<String> {
    let after = screen.split("http://").nth(1)?;
    let address: String = after.chars().take_while(|character| character.is_ascii_digit() || matches!(character, '.' | ':')).collect();
    address.split_once(':').is_some_and(|(_, port)| !port.is_empty() && port != "0").then_some(address)
}

fn post(address: &str, body: &str) {
    let (status, answer) = request(address, "POST", "/api/trace", body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
}

fn run_of(agent: &str, id: usize, success: bool) -> String {
    let error = if success {
        "null".to_owned()
    } else {
        r#"{"type":"ToolError","message":"amount must be a number","failed_at_step":1}"#.to_owned()
    };
    format!(
        r#"{{"trace_id":"{agent}-{id}","agent_id":"{agent}","output":"done","success":{success},"execution_time":1.5,"error":{error},
            "tool_calls":[{{"step":1,"name":"issue_refund","input":{{"amount":"12,50"}},"output":{{"ok":{success}}},"success":{success},"duration_ms":900}}]}}"#
    )
    .replace('\n', " ")
}

#[test]
fn a_posted_trace_appears_opens_and_a_vote_moves_the_grade() {
    let home = tempfile::tempdir().unwrap();
    let (mut terminal, address) = workbench(home.path(), 120, 40);
    terminal.wait_for("No traces yet");
    post(&address, &run_of("refund-bot", 1, true));
    terminal.wait_for("refund-bot");
    for id in 2..=25 {
        post(&address, &run_of("refund-bot", id, true));
    }
    terminal.wait_for("25");
    terminal.press(ENTER);
    terminal.wait_for("issue_refund");
    terminal.press("-");
    // The toast names the grade before and after with its count.
    let screen = terminal.wait_until("the vote's toast", |screen| screen.contains("n=25"));
    assert!(screen.contains('→'), "{screen}");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}

#[test]
fn the_curl_on_the_screen_makes_its_trace_appear() {
    let home = tempfile::tempdir().unwrap();
    let (mut terminal, address) = workbench(home.path(), 120, 40);
    let screen = terminal.wait_for("-d '{");
    assert!(screen.contains("curl "), "{screen}");
    let start = screen.find("-d '{").expect("it was just there");
    let body = screen[start..].split('\'').nth(1).unwrap();
    post(&address, body);
    terminal.wait_until("the trace of the lesson", |screen| !screen.contains("No traces yet") && screen.contains(" me "));
}

#[test]
fn a_theme_reloads_when_its_file_changes_and_a_broken_one_is_named() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join(".arc-eval/themes");
    fs::create_dir_all(&themes).unwrap();
    fs::write(themes.join("mine.toml"), "extends = \"dusk\"\n").unwrap();
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0", "--theme", "mine"], home.path(), 80, 24);
    terminal.wait_for("No traces yet");
    fs::write(themes.join("mine.toml"), "extends = \"dusk\"\n[roles]\ntext = \"not a colour\"\n").unwrap();
    terminal.wait_until("the mistake with its line", |screen| screen.contains("line 3"));
    fs::write(themes.join("mine.toml"), "extends = \"mono\"\n").unwrap();
    terminal.wait_until("the news of the reload", |screen| screen.contains("reloaded"));
}

#[test]
fn any_size_is_drawn_and_a_small_one_says_what_it_needs() {
    let home = tempfile::tempdir().unwrap();
    let (mut terminal, _) = workbench(home.path(), 160, 48);
    for (columns, rows) in [(80, 24), (60, 16), (200, 60)] {
        terminal.resize(columns, rows);
        terminal.wait_for("No traces yet");
    }
    terminal.resize(10, 3);
    terminal.wait_for("small");
    terminal.resize(120, 40);
    terminal.wait_for("No traces yet");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}

#[test]
fn sigterm_and_sighup_leave_a_sane_terminal_and_a_closed_store() {
    for signal in ["TERM", "HUP"] {
        let home = tempfile::tempdir().unwrap();
        let (mut terminal, address) = workbench(home.path(), 80, 24);
        post(&address, &run_of("refund-bot", 1, true));
        let sent = Command::new("kill").args(["-s", signal, &terminal.process_id().to_string()]).status().unwrap();
        assert!(sent.success());
        terminal.wait_for_exit();
        terminal.assert_sane();
        assert!(!home.path().join(".arc-eval/traces.redb.owner").exists(), "{signal}: the owner file is left behind");
    }
}

#[test]
fn a_panic_leaves_a_sane_terminal_a_sentence_and_a_note() {
    if !cfg!(debug_assertions) {
        return; // only debug builds can be asked to panic
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_arc-eval-tui"));
    command.args(["--listen", "127.0.0.1:0"]);
    command.env("ARC_EVAL_TEST_PANIC", "1");
    let mut terminal = Terminal::start_command(command, home.path(), 80, 24);
    assert_eq!(terminal.wait_for_exit().exit_code(), 4);
    terminal.assert_sane();
    assert!(terminal.screen().contains("internal error"), "{}", terminal.screen());
    let notes: Vec<_> = fs::read_dir(home.path().join(".arc-eval/log")).unwrap().collect();
    assert_eq!(notes.len(), 1);
    assert!(!home.path().join(".arc-eval/traces.redb.owner").exists(), "the store was closed all the same");
}

#[test]
fn escape_never_quits_and_the_help_is_about_this_pane() {
    let home = tempfile::tempdir().unwrap();
    let (mut terminal, _) = workbench(home.path(), 100, 30);
    terminal.press("?");
    terminal.wait_for("Help");
    for _ in 0..5 {
        terminal.press(ESCAPE);
    }
    terminal.wait_until("the help to close", |screen| !screen.contains("Help") && screen.contains("No traces yet"));
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let home = tempfile::tempdir().unwrap();
    let (mut terminal, address) = workbench(home.path(), 120, 40);
    let hostile = r"\u001b]0;owned\u0007\u001b[2J\u202evil\u009b31m";
    post(
        &address,
        &format!(
            r#"{{"trace_id":"{hostile}","agent_id":"agent-{hostile}","output":"{hostile}","error":{{"type":"{hostile}","message":"{hostile}"}},"execution_time":1,"success":false,"tool_calls":[{{"step":1,"name":"{hostile}","input":{{"{hostile}":"{hostile}"}},"error":"{hostile}"}}]}}"#
        ),
    );
    terminal.wait_for("agent-");
    terminal.press(ENTER);
    for pane in ["2", "3", "4", "5", "6", "7"] {
        terminal.press(pane);
        terminal.wait_for("agent-");
    }
    let raw = String::from_utf8_lossy(&terminal.raw);
    assert!(!raw.contains("]0;owned"), "a title was set");
    assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'), "a control character got through");
}

#[test]
fn the_demo_fills_the_panes() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(&["--demo", "--listen", "127.0.0.1:0"], home.path(), 160, 48);
    // Narrow columns cut the longer names.
    terminal.wait_until("runs of the three agents", |screen| {
        screen.contains("DEMO") && ["refund-bot", "incident-tri", "feature-anal"].iter().all(|agent| screen.contains(agent))
    });
    terminal.press("2z");
    terminal.wait_until("the grades of the three agents", |screen| {
        ["refund-bot", "incident-triage", "feature-analyst"].iter().all(|agent| screen.contains(agent))
    });
    assert!(!home.path().join(".arc-eval/traces.redb").exists(), "the demo leaves the user's store alone");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}
