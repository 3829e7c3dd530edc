//! Trace files, read as they stream by: JSON, JSON arrays, JSON lines, transcripts; as they are or packed with gzip or zstd.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use super::{
    cut::{Cut, Cutter},
    decompress::{self, Encoding},
    limits::MAX_BODY_BYTES,
};

const CHUNK_BYTES: usize = 64 << 10;

/// Why a file, or a trace in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened.
    #[error("cannot open: {0}")]
    Open(io::Error),
    /// The path is a folder.
    #[error("this is a folder; name the files in it")]
    Folder,
    /// Reading failed; of a packed file, also because it is damaged or cut off. Nothing more comes.
    #[error("cannot read on: {0}")]
    Read(io::Error),
    /// One trace is larger than is read; those after it come.
    #[error("the trace is larger than {limit} bytes and was passed over")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The file ends inside an array. Nothing more comes.
    #[error("the file ends before its array does: it may have been cut off while it was written")]
    Unclosed,
    /// The file holds nothing.
    #[error("the file is empty")]
    Empty,
}

/// One trace of a file, or why it cannot be read, with its place.
#[derive(Debug)]
pub struct Located {
    /// The file, as it was named.
    pub path: String,
    /// The line the trace begins on, from 1.
    pub line: u64,
    /// Its bytes as they stand in the file, for [`decode`](super::decode); at most [`MAX_BODY_BYTES`].
    pub result: Result<Vec<u8>, FileError>,
}

/// The traces of one file, in order. Memory stays within a few times the largest trace, however long the file.
pub struct TraceFile {
    path: String,
    reader: Box<dyn Read + Send>,
    window: Vec<u8>,
    cutter: Cutter,
    line: u64,
    limit: usize,
    /// The reader has come to its end.
    read_up: bool,
    /// Nothing more comes.
    done: bool,
    empty: bool,
}

impl std::fmt::Debug for TraceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TraceFile").field("path", &self.path).field("line", &self.line).finish_non_exhaustive()
    }
}

/// Opens a trace file. What it is packed with is told by its content, not by its name.
///
/// # Errors
/// [`FileError::Open`], [`FileError::Folder`], [`FileError::Read`].
pub fn open(path: &Path) -> Result<TraceFile, FileError> {
    let file = File::open(path).map_err(FileError::Open)?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(FileError::Folder);
    }
    read(path.to_string_lossy(), file)
}

/// Reads traces from anything that gives bytes, such as standard input, under the name `path`.
///
/// # Errors
/// [`FileError::Read`] when not even its beginning can be read.
pub fn read(path: impl Into<String>, mut reader: impl Read + Send + 'static) -> Result<TraceFile, FileError> {
    let mut start = [0; 4];
    let mut filled = 0;
    while filled < start.len() {
        match reader.read(&mut start[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(FileError::Read(error)),
        }
    }
    let encoding = Encoding::of_start(&start[..filled]);
    let whole = io::Cursor::new(start).take(filled as u64).chain(reader);
    let reader: Box<dyn Read + Send> = match encoding {
        Encoding::Identity => Box::new(whole),
        packed => decompress::unpacking(BufReader::with_capacity(CHUNK_BYTES, whole), packed).map_err(FileError::Read)?,
    };
    Ok(TraceFile {
        path: path.into(),
        reader,
        window: Vec::new(),
        cutter: Cutter::new(),
        line: 1,
        limit: MAX_BODY_BYTES,
        read_up: false,
        done: false,
        empty: true,
    })
}

impl TraceFile {
    /// Changes how many bytes one trace may have, from [`MAX_BODY_BYTES`].
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    fn located(&mut self, line: u64, result: Result<Vec<u8>, FileError>) -> Located {
        self.empty = false;
        self.line = line;
        Located { path: self.path.clone(), line, result }
    }

    fn last(&mut self, error: FileError) -> Option<Located> {
        self.done = true;
        let line = self.cutter.line();
        Some(self.located(line, Err(error)))
    }

    /// Lets go of what has been cut and reads on.
    fn fill(&mut self) -> io::Result<()> {
        let used = self.cutter.release(&self.window);
        self.window.drain(..used);
        let before = self.window.len();
        self.window.resize(before + CHUNK_BYTES, 0);
        let count = loop {
            match self.reader.read(&mut self.window[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.window.truncate(before + count.as_ref().copied().unwrap_or(0));
        self.read_up = count? == 0;
        Ok(())
    }
}

impl Iterator for TraceFile {
    type Item = Located;

    fn next(&mut self) -> Option<Located> {
        while !self.done {
            match self.cutter.next(&self.window, self.read_up) {
                Cut::Item(range, line) if range.len() > self.limit => {
                    return Some(self.located(line, Err(FileError::TooLong { limit: self.limit })));
                }
                Cut::Item(range, line) => {
                    let bytes = self.window[range].to_vec();
                    return Some(self.located(line, Ok(bytes)));
                }
                Cut::More => {
                    if let Err(error) = self.fill() {
                        return self.last(FileError::Read(error));
                    }
                    if self.window.len() > self.limit + CHUNK_BYTES && self.cutter.discard(&self.window) {
                        let line = self.cutter.line();
                        return Some(self.located(line, Err(FileError::TooLong { limit: self.limit })));
                    }
                }
                Cut::Unclosed => return self.last(FileError::Unclosed),
                Cut::End if self.empty => return self.last(FileError::Empty),
                Cut::End => self.done = true,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
