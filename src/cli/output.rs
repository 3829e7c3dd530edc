//! Data goes to stdout, talk to stderr; a closed pipe ends a command quietly.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;

use super::exit::CliError;

/// Standard output, buffered. A reader that has gone away (`head`) is no error.
pub struct Output {
    writer: BufWriter<StdoutLock<'static>>,
    closed: bool,
}

impl Output {
    /// Takes standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self { writer: BufWriter::with_capacity(64 * 1024, io::stdout().lock()), closed: false }
    }

    fn settle(&mut self, result: io::Result<()>) -> Result<(), CliError> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(CliError::unreadable(format!("cannot write to standard output: {error}"))),
        }
    }

    /// Whether the reader has gone away: nothing more need be made.
    #[must_use]
    pub const fn closed(&self) -> bool {
        self.closed
    }

    /// One line of text.
    pub fn line(&mut self, text: &str) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let result = writeln!(self.writer, "{text}");
        self.settle(result)
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let result = self.writer.write_all(bytes);
        self.settle(result)
    }

    /// One value as a line of JSON.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let result = serde_json::to_writer(&mut self.writer, value).map_err(io::Error::from).and_then(|()| self.writer.write_all(b"\n"));
        self.settle(result)
    }

    /// Sends what is buffered.
    pub fn flush(&mut self) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let result = self.writer.flush();
        self.settle(result)
    }
}

/// Says something to the person: one line on stderr. A closed stderr is nobody's loss.
pub fn say(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr(), "{}", crate::text::clean::clean_block(text.as_ref()));
}
