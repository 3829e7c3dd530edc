//! The workbench in plain lines: what arrives is told in a sentence, and a line is answered with sentences.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use support::request;

struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    address: String,
    _home: tempfile::TempDir,
}

impl Talk {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_arc-eval-tui"))
            .args(["--plain", "--listen", "127.0.0.1:0"])
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let input = child.stdin.take();
        let mut talk = Self { child, input, lines, address: String::new(), _home: home };
        let first = talk.hear("listening on ");
        talk.address = first.trim_start_matches("listening on http://").to_owned();
        talk
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line that begins so; what comes before it is passed over.
    fn hear(&mut self, beginning: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("nothing began with {beginning:?}"));
            if line.starts_with(beginning) {
                return line;
            }
        }
    }

    fn post(&self, id: &str, success: bool) {
        let body = format!(
            r#"{{"trace_id":"{id}","agent_id":"refund\u001b[31m-bot","output":"done","success":{success},"execution_time":1.5,"tool_calls":[{{"name":"issue_refund","input":{{}},"output":1}}]}}"#
        );
        let (status, answer) = request(&self.address, "POST", "/api/trace", body.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_arrival_is_told_and_a_line_is_answered() {
    let mut talk = Talk::start();
    talk.post("r-1", true);
    let told = talk.hear("refund");
    assert!(told.contains(": ok, grade A") && told.contains("run r-1") && !told.contains('\u{1b}'), "{told}");
    talk.say("runs is:ok");
    assert!(talk.hear("1. ").contains("run r-1"));
    talk.say("wrong 1 it was not made");
    assert!(talk.hear("Recorded. ").contains("grade F"));
    talk.say("show 1");
    assert!(talk.hear("Step 1").contains("issue_refund"));
    talk.say("grade");
    assert!(talk.hear("refund").contains("over 1 runs, provisional"));
    talk.say("runs grade<");
    talk.hear("That is no filter");
    talk.say("sing");
    talk.hear("There is no such command");
}

#[test]
fn it_ends_with_quit_and_goes_on_listening_when_the_input_ends() {
    let mut talk = Talk::start();
    talk.input = None;
    talk.post("r-2", false);
    assert!(talk.hear("refund").contains("failed"));
    let mut talk = Talk::start();
    talk.say("quit");
    let deadline = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = talk.child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(0));
}
