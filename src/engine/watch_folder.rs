//! Watched folders: trace files dropped there are imported, each once, and the folder is never changed.
//!
//! News from the system only wake the thread; what is there is told by looking, so a lost event, a network drive or a folder that comes
//! and goes costs no more than a moment. A file is read when two looks have found it the same.

mod memory;
mod reading;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::runtime::Handle;

use self::{
    memory::{Memory, Stamp},
    reading::{Outcome, Reader},
};
use super::Engine;

/// A file is taken to be whole when it has not changed for so long.
const STILL: Duration = Duration::from_millis(500);

/// How often it is looked when nothing wakes the thread: for folders whose changes the system does not tell.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Most files of a folder that are looked at.
const MOST_FILES: usize = 10_000;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNews {
    /// The file.
    pub path: PathBuf,
    /// Traces taken over that were not there before.
    pub imported: u64,
    /// Traces that were there already.
    pub unchanged: u64,
    /// What was wrong, the first of it in words; `None` where all was read.
    pub problem: Option<String>,
}

/// The folders that are watched, until this is dropped.
#[derive(Debug)]
pub struct WatchFolder {
    wake: SyncSender<()>,
    stopping: Arc<AtomicBool>,
}

impl WatchFolder {
    /// Watches some folders for an engine. `tell` is called with what became of each file, on a thread of its own.
    /// Needs a tokio runtime around it.
    ///
    /// # Errors
    /// A folder that is not there or may not be read; a thread that cannot be started.
    pub fn start(engine: Engine, folders: Vec<PathBuf>, tell: impl FnMut(FileNews) + Send + 'static) -> io::Result<Self> {
        let cannot = |folder: &Path, error: io::Error| io::Error::new(error.kind(), format!("cannot watch {}: {error}", folder.display()));
        for folder in &folders {
            fs::read_dir(folder).map_err(|error| cannot(folder, error))?;
        }
        let (wake, woken) = sync_channel(1);
        let handle = Handle::current();
        let stopping = Arc::new(AtomicBool::new(false));
        let (own, asked) = (wake.clone(), Arc::clone(&stopping));
        thread::Builder::new().name("watch".into()).spawn(move || {
            let watcher = watcher(&folders, own);
            Watch::new(engine, folders, tell, handle, asked).run(&woken);
            drop(watcher);
        })?;
        Ok(Self { wake, stopping })
    }
}

impl Drop for WatchFolder {
    fn drop(&mut self) {
        // The thread ends after the file it is at.
        self.stopping.store(true, Ordering::Release);
        let _ = self.wake.try_send(());
    }
}

/// What the system tells of the folders; where it cannot, they are looked at now and then all the same.
fn watcher(folders: &[PathBuf], wake: SyncSender<()>) -> Option<RecommendedWatcher> {
    // A wake that waits already is enough.
    let watcher = notify::recommended_watcher(move |_: notify::Result<notify::Event>| {
        let _ = wake.try_send(());
    });
    let mut watcher = watcher.inspect_err(|error| tracing::warn!(%error, "the system does not tell of changes in folders")).ok()?;
    for folder in folders {
        if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
            tracing::warn!(%error, folder = %folder.display(), "the system does not tell of changes in this folder");
        }
    }
    Some(watcher)
}

/// How a file was at a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    stamp: Stamp,
    /// Since when it has been so.
    since: Instant,
    /// Whether it was read as it is.
    read: bool,
}

struct Watch<T> {
    engine: Engine,
    folders: Vec<PathBuf>,
    tell: T,
    reader: Reader,
    memory: Memory,
    seen: HashMap<PathBuf, Seen>,
    complained: bool,
    stopping: Arc<AtomicBool>,
}

impl<T: FnMut(FileNews)> Watch<T> {
    fn new(engine: Engine, folders: Vec<PathBuf>, tell: T, handle: Handle, stopping: Arc<AtomicBool>) -> Self {
        let memory = Memory::beside(&engine);
        let reader = Reader::new(engine.clone(), handle);
        Self { engine, folders, tell, reader, memory, seen: HashMap::new(), complained: false, stopping }
    }

    fn is_over(&self) -> bool {
        self.stopping.load(Ordering::Acquire) || self.engine.is_closed()
    }

    fn run(mut self, woken: &Receiver<()>) {
        while !self.is_over() {
            let waiting = self.look();
            let pause = if waiting { STILL } else { LOOK_EVERY };
            match woken.recv_timeout(pause) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Looks at every folder once and reads what is whole; true when something is not settled yet.
    fn look(&mut self) -> bool {
        let now = Instant::now();
        let mut there = HashMap::new();
        for folder in &self.folders {
            match files(folder) {
                Ok(found) => there.extend(found),
                // A folder that is gone may come back.
                Err(error) => tracing::debug!(%error, folder = %folder.display(), "cannot look into a watched folder"),
            }
        }
        if there.len() >= MOST_FILES && !std::mem::replace(&mut self.complained, true) {
            let message = format!("only {MOST_FILES} files of the watched folders are looked at; move away those that have been read");
            self.engine.note_refusal("watched folder", "TooLarge", false, &message);
        }
        self.seen.retain(|path, _| there.contains_key(path));
        let mut waiting = false;
        let mut whole = Vec::new();
        for (path, stamp) in there {
            let seen = self.seen.entry(path.clone()).or_insert(Seen { stamp, since: now, read: self.memory.knows(&path, stamp) });
            if seen.stamp != stamp {
                *seen = Seen { stamp, since: now, read: false };
            }
            if !seen.read {
                if now.duration_since(seen.since) >= STILL {
                    whole.push((path, stamp));
                } else {
                    waiting = true;
                }
            }
        }
        whole.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (path, stamp) in whole {
            if self.is_over() {
                return false;
            }
            waiting |= !self.read(&path, stamp);
        }
        waiting
    }

    /// Reads one file; false when it is to be tried again.
    fn read(&mut self, path: &Path, stamp: Stamp) -> bool {
        let news = match self.reader.read(path, stamp, &self.memory) {
            Outcome::Known(digest) => {
                self.memory.note(path, stamp, digest);
                None
            }
            Outcome::Gone => None,
            Outcome::Later => return false,
            Outcome::Read(digest, news) => {
                self.memory.note(path, stamp, digest);
                Some(news)
            }
            Outcome::Refused(news) => Some(news),
        };
        if let Some(seen) = self.seen.get_mut(path) {
            seen.read = true;
        }
        if let Some(news) = news {
            let FileNews { path, imported, unchanged, problem } = &news;
            tracing::info!(path = %path.display(), imported, unchanged, ?problem, "a dropped file was read");
            if let Some(problem) = problem {
                self.engine.note_refusal("watched folder", "Unreadable", false, &format!("{}: {problem}", path.display()));
            }
            (self.tell)(news);
        }
        true
    }
}

/// The trace files of a folder, at most [`MOST_FILES`]. Hidden files and those that programs are still writing are none.
fn files(folder: &Path) -> io::Result<Vec<(PathBuf, Stamp)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if is_unfinished(&name) {
            continue;
        }
        // A file that vanishes between two looks at it is none.
        if let Some(stamp) = fs::metadata(&path).ok().as_ref().and_then(Stamp::of) {
            found.push((path, stamp));
        }
        if found.len() == MOST_FILES {
            break;
        }
    }
    Ok(found)
}

/// Names under which editors, browsers and copying programs write before they give a file its own.
fn is_unfinished(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || [".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp"].iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

#[cfg(test)]
mod tests;
