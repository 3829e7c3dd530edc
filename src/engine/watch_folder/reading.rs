//! Reads one dropped file into the engine.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use bytes::Bytes;
use tokio::runtime::Handle;
use xxhash_rust::xxh3::Xxh3;

use super::{
    FileNews,
    memory::{Memory, Stamp},
};
use crate::{
    engine::{
        Engine,
        delivery::Source,
        file_lines::Lines,
        receipt::{Ingested, RefusalKind},
    },
    formats::files,
    store::Arrival,
};

/// What became of a file.
pub(super) enum Outcome {
    /// It was read before, under this or another name.
    Known(u64),
    /// It is no longer there, or changed while it was read: the next look tells.
    Gone,
    /// There is no room for its traces now.
    Later,
    /// It was read.
    Read(u64, FileNews),
    /// It cannot be opened.
    Refused(FileNews),
}

/// Hands files to an engine.
pub(super) struct Reader {
    engine: Engine,
    handle: Handle,
}

/// Why the reading of a file ended early: there is no room.
struct Busy;

impl Reader {
    pub(super) const fn new(engine: Engine, handle: Handle) -> Self {
        Self { engine, handle }
    }

    pub(super) fn read(&self, path: &Path, stamp: Stamp, memory: &Memory) -> Outcome {
        let Ok(digest) = digest(path) else { return unreadable(path) };
        if memory.has_read(digest) {
            return Outcome::Known(digest);
        }
        let mut news = FileNews { path: path.to_owned(), imported: 0, unchanged: 0, problem: None };
        if self.import(path, &mut news).is_err() {
            return Outcome::Later;
        }
        let now = std::fs::metadata(path).ok().as_ref().and_then(Stamp::of);
        // What was read is taken; what it has become is another file's worth.
        if now == Some(stamp) { Outcome::Read(digest, news) } else { Outcome::Gone }
    }

    fn import(&self, path: &Path, news: &mut FileNews) -> Result<(), Busy> {
        let traces = match files::open(path) {
            Ok(traces) => traces,
            Err(error) => {
                news.problem = Some(error.to_string());
                return Ok(());
            }
        };
        let mut lines = Lines::default();
        for located in traces {
            let misfit = match located.result {
                Ok(body) => lines.add(&body, located.line).err(),
                Err(error) => Some((located.line, error.to_string())),
            };
            if let Some((line, error)) = misfit {
                complain(news, line, &error);
            }
            if lines.is_full() {
                self.send(std::mem::take(&mut lines), news)?;
            }
        }
        self.send(lines, news)
    }

    fn send(&self, lines: Lines<u64>, news: &mut FileNews) -> Result<(), Busy> {
        if lines.places.is_empty() {
            return Ok(());
        }
        let answers = match self.handle.block_on(self.engine.ingest(Bytes::from(lines.body), Source::File)) {
            Ingested::Single(answer) => vec![(0, answer)],
            Ingested::Many(answers) => answers,
        };
        for (index, answer) in answers {
            match answer {
                Ok(receipt) if receipt.arrival == Arrival::Unchanged => news.unchanged += 1,
                Ok(_) => news.imported += 1,
                Err(refusal) if refusal.kind == RefusalKind::Busy => return Err(Busy),
                Err(refusal) => complain(news, lines.places.get(index).copied().unwrap_or(1), &refusal.message),
            }
        }
        Ok(())
    }
}

/// A file that cannot be opened: gone, or not ours to read.
fn unreadable(path: &Path) -> Outcome {
    match File::open(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let problem = Some(format!("cannot be opened: {error}"));
            Outcome::Refused(FileNews { path: path.to_owned(), imported: 0, unchanged: 0, problem })
        }
        _ => Outcome::Gone,
    }
}

/// The first of what is wrong is told in words.
fn complain(news: &mut FileNews, line: u64, error: &str) {
    news.problem.get_or_insert_with(|| format!("line {line}: {error}"));
}

/// What a file holds, in one number.
fn digest(path: &Path) -> io::Result<u64> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Xxh3::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.digest()),
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
