//! The traces of the files a command was given, one after the other; `-` is standard input.

use std::path::{Path, PathBuf};

use crate::formats::files::{self, FileError, TraceFile};

/// One trace, or why it cannot be read, with its place.
pub struct Input {
    /// The file, as it was named.
    pub path: String,
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its bytes.
    pub body: Result<Vec<u8>, FileError>,
}

/// Every trace of every path, in order. What cannot be opened is one input that says why.
pub fn read(paths: &[PathBuf]) -> impl Iterator<Item = Input> + '_ {
    paths.iter().flat_map(|path| of(&path.display().to_string(), open(path)))
}

/// Every trace of one file, in order; of one that cannot be opened, why.
pub(super) fn of(path: &str, opened: Result<TraceFile, FileError>) -> impl Iterator<Item = Input> + use<> {
    match opened {
        Ok(file) => Traces::File(file),
        Err(error) => Traces::Unopened(Some(Input { path: path.to_owned(), line: 1, body: Err(error) })),
    }
}

fn open(path: &Path) -> Result<TraceFile, FileError> {
    if path == Path::new("-") { files::read("-", std::io::stdin()) } else { files::open(path) }
}

enum Traces {
    File(TraceFile),
    Unopened(Option<Input>),
}

impl Iterator for Traces {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        match self {
            Self::File(file) => file.next().map(|located| Input { path: located.path, line: located.line, body: located.result }),
            Self::Unopened(input) => input.take(),
        }
    }
}
