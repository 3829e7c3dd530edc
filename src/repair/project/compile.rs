//! Asks a Python, where there is one, whether a source compiles. The source is compiled, never run, and nothing is written.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// Longest time a Python may take to start or to compile one source.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads sources by their length and answers a line each. It imports nothing of the user's: it runs isolated, without site packages,
/// and keeps no bytecode.
const SCRIPT: &str = "\
import sys
source = sys.stdin.buffer
print('.'.join(map(str, sys.version_info[:3])), flush=True)
while True:
    head = source.readline()
    if not head:
        break
    text = source.read(int(head))
    try:
        compile(text, '<source>', 'exec', dont_inherit=True)
        print('yes', flush=True)
    except BaseException:
        print('no', flush=True)
";

/// A Python that answers, started when it is first asked and ended with this.
#[derive(Debug)]
pub struct Compiler {
    program: String,
    running: Option<Running>,
    /// It cannot be had; it is not tried again.
    failed: bool,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    answers: Receiver<String>,
    version: String,
}

impl Compiler {
    /// A Python found by this name on the search path.
    #[must_use]
    pub fn new(program: &str) -> Self {
        Self { program: program.to_owned(), running: None, failed: false }
    }

    /// Whether the bytes of a file compile, and the version of the Python that says so; `None` where none could be asked.
    pub fn compiles(&mut self, bytes: &[u8]) -> Option<(bool, String)> {
        if self.running.is_none() && !self.failed {
            self.running = start(&self.program);
        }
        let answer = self.running.as_mut().and_then(|running| running.ask(bytes).map(|answer| (answer, running.version.clone())));
        if answer.is_none() {
            self.failed = true;
            self.stop();
        }
        answer
    }

    fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended by itself.
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Running {
    fn ask(&mut self, bytes: &[u8]) -> Option<bool> {
        // A child that takes nothing more is noticed here or by the answer that does not come.
        writeln!(self.input, "{}", bytes.len()).and_then(|()| self.input.write_all(bytes)).and_then(|()| self.input.flush()).ok()?;
        match self.answers.recv_timeout(PATIENCE) {
            Ok(answer) => Some(answer == "yes"),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }
}

fn start(program: &str) -> Option<Running> {
    let mut child = Command::new(program)
        .args(["-I", "-S", "-B", "-W", "ignore", "-c", SCRIPT])
        // Not the user's project: what lies there has no say in which Python this is.
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (input, output) = (child.stdin.take()?, child.stdout.take()?);
    let (sender, answers) = channel();
    // Ends with the child's output.
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    let mut running = Running { child, input, answers, version: String::new() };
    match running.answers.recv_timeout(PATIENCE) {
        Ok(version) => running.version = version,
        Err(_) => {
            let _ = running.child.kill();
            let _ = running.child.wait();
            return None;
        }
    }
    Some(running)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_python_says_what_compiles() {
        let mut compiler = Compiler::new("python3");
        let Some((fine, version)) = compiler.compiles(b"def f():\n    return 1\n") else {
            // Without a Python nothing is claimed; there is nothing more to hold here.
            return;
        };
        assert!(fine && version.starts_with("3."), "{version}");
        assert!(!compiler.compiles(b"return 1\n").unwrap().0, "a return outside of a function parses and does not compile");
        assert!(compiler.compiles("\u{feff}x = 1\r\n".as_bytes()).unwrap().0);
        assert!(compiler.compiles(b"# coding: latin-1\nx = '\xe9'\n").unwrap().0);
        assert!(compiler.compiles(b"").unwrap().0);
    }

    #[test]
    fn where_there_is_none_nothing_is_claimed() {
        let mut compiler = Compiler::new("a-python-that-is-not-there");
        assert_eq!(compiler.compiles(b"x = 1\n"), None);
    }

    #[test]
    fn a_program_that_answers_otherwise_is_given_up() {
        // It ends at once.
        assert_eq!(Compiler::new("false").compiles(b"x = 1\n"), None);
    }
}
