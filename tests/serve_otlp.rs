//! `serve` on further addresses for OpenTelemetry: named ones, taken ones, none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{BufRead, BufReader, Lines},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Stdio},
};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use support::{program, request};

/// `serve` with what it says; killed when dropped.
struct Serving {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    talk: Lines<BufReader<ChildStderr>>,
}

impl Serving {
    fn start(home: &Path, arguments: &[&str]) -> Self {
        let mut command = program(home);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (said, talk) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, said: BufReader::new(said).lines(), talk: BufReader::new(talk).lines() }
    }

    /// The address in the next line.
    fn address(&mut self, before: &str) -> String {
        let line = self.said.next().unwrap().unwrap();
        line.strip_prefix(before).and_then(|rest| rest.strip_prefix("http://")).unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_named_address_takes_the_same_and_a_taken_one_is_told() {
    let home = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    let mut serving = Serving::start(home.path(), &["--otlp-listen", &taken, "--otlp-listen", "127.0.0.1:0"]);
    let main = serving.address("listening on ");
    let further = serving.address("OpenTelemetry also at ");
    assert_ne!(main, further);
    for address in [&main, &further] {
        assert_eq!(request(address, "POST", "/v1/traces", br#"{"resourceSpans":[]}"#).unwrap().0, 200, "{address}");
        assert_eq!(request(address, "GET", "/health", b"").unwrap().0, 200, "{address}");
    }
    let notice = serving.talk.next().unwrap().unwrap();
    assert!(notice.contains(&taken) && notice.contains(&main), "it says what is taken and where to send instead: {notice}");
}

#[test]
fn beside_a_port_left_to_the_system_nothing_else_is_taken_unless_asked() {
    let home = tempfile::tempdir().unwrap();
    let mut serving = Serving::start(home.path(), &[]);
    let main = serving.address("listening on ");
    assert_eq!(request(&main, "GET", "/health", b"").unwrap().0, 200);
    serving.child.kill().unwrap();
    assert!(serving.said.next().is_none(), "no further address was told");
    let mut off = Serving::start(home.path(), &["--otlp", "--otlp-listen", "off"]);
    let main = off.address("listening on ");
    assert_eq!(request(&main, "GET", "/health", b"").unwrap().0, 200);
    off.child.kill().unwrap();
    assert!(off.said.next().is_none(), "they were switched off");
}

#[test]
fn an_address_that_cannot_be_one_is_wrong_use() {
    let home = tempfile::tempdir().unwrap();
    for wrong in ["nonsense", "0.0.0.0:0"] {
        let mut serving = Serving::start(home.path(), &["--otlp-listen", wrong]);
        assert_eq!(serving.child.wait().unwrap().code(), Some(2), "{wrong}");
    }
}
