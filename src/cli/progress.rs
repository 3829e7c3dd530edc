//! How far long work has come: a line on stderr that is rewritten in place while a person watches, and nothing where nobody does.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use crate::text::clean::clean_line;

/// Work that is done before this needs no progress.
const SILENT: Duration = Duration::from_millis(500);
/// Shortest time between two lines.
const BETWEEN: Duration = Duration::from_millis(100);

/// The line, which goes when this is dropped.
pub struct Progress {
    watched: bool,
    next: Instant,
    shown: bool,
}

impl Progress {
    /// Work begins.
    #[must_use]
    pub fn new() -> Self {
        Self { watched: io::stderr().is_terminal(), next: Instant::now() + SILENT, shown: false }
    }

    /// Says how far it has come, if it is time to.
    pub fn show(&mut self, line: impl FnOnce() -> String) {
        let now = Instant::now();
        if self.watched && now >= self.next {
            self.next = now + BETWEEN;
            self.shown = true;
            let _ = write!(io::stderr(), "\r\x1b[K{}", clean_line(&line()));
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
