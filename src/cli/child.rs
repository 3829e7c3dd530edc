//! A program run for the user: it has the terminal, signals reach it, and its exit status is told as a shell tells it.

use std::{ffi::OsString, io, process::ExitStatus};

use tokio::process::Command;

use super::exit::CliError;

/// What a shell answers when there is no such program.
const NOT_FOUND: u8 = 127;
/// What a shell answers when the program cannot be run.
const NOT_RUNNABLE: u8 = 126;

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this status: its own, or 128 and the number of the signal that ended it.
    Status(u8),
    /// It never began: the status a shell gives, and why.
    NeverBegan(u8, String),
}

/// Runs a command line to its end with this environment added. Signals that ask this process to end are passed on.
pub async fn run(command: &[OsString], environment: &[(&str, OsString)]) -> Result<Ended, CliError> {
    let (program, arguments) = command.split_first().ok_or_else(|| CliError::wrong_use("no program to run"))?;
    // Before the program starts: a signal that came earlier would end this process and leave the program alone.
    let mut signals = signals::Signals::listen().map_err(|error| CliError::unavailable(format!("cannot listen for signals: {error}")))?;
    let spawned = Command::new(program).args(arguments).envs(environment.iter().map(|(name, value)| (name, value))).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Ok(never_began(program, &error)),
    };
    let waited = loop {
        tokio::select! {
            ended = child.wait() => break ended,
            signal = signals.next() => pass_on(&child, signal),
        }
    };
    waited
        .map(|status| Ended::Status(as_shells_tell(status)))
        .map_err(|error| CliError::unavailable(format!("cannot wait for it: {error}")))
}

fn never_began(program: &OsString, error: &io::Error) -> Ended {
    let program = program.to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound => Ended::NeverBegan(NOT_FOUND, format!("there is no program `{program}`")),
        _ => Ended::NeverBegan(NOT_RUNNABLE, format!("`{program}` cannot be run: {error}")),
    }
}

/// The status as a byte; a program ended by a signal has none of its own.
fn as_shells_tell(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    // Statuses are bytes on Unix; elsewhere a larger one is still no success.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(unix)]
mod signals {
    //! Signals of Unix.

    use std::io::{self, IsTerminal};

    use rustix::process::{Pid, Signal, kill_process};
    use tokio::{
        process::Child,
        signal::unix::{Signal as Listener, SignalKind, signal},
    };

    /// What may ask this process to end.
    pub(super) struct Signals {
        terminate: Listener,
        hang_up: Listener,
        interrupt: Listener,
        /// Ctrl-C at a terminal reaches the program by itself: it is in the same group.
        at_terminal: bool,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                at_terminal: io::stdin().is_terminal(),
            })
        }

        /// The next signal the program has not had.
        pub(super) async fn next(&mut self) -> Signal {
            loop {
                tokio::select! {
                    _ = self.terminate.recv() => return Signal::TERM,
                    _ = self.hang_up.recv() => return Signal::HUP,
                    _ = self.interrupt.recv() => if !self.at_terminal { return Signal::INT },
                }
            }
        }
    }

    pub(super) fn pass_on(child: &Child, signal: Signal) {
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(id) = id {
            // It may just have ended: then there is nobody to tell.
            let _ = kill_process(id, signal);
        }
    }
}

#[cfg(not(unix))]
mod signals {
    //! Elsewhere Ctrl-C reaches every program of the console by itself; it must only not end this one first.

    use std::io;

    use tokio::process::Child;

    pub(super) struct Signals(tokio::signal::windows::CtrlC);

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            tokio::signal::windows::ctrl_c().map(Self)
        }

        pub(super) async fn next(&mut self) {
            self.0.recv().await;
        }
    }

    pub(super) fn pass_on(_: &Child, (): ()) {}
}

use signals::pass_on;
