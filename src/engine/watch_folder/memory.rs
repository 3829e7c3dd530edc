//! Which dropped files were read already: kept beside the store, so that a restart reads none of them again.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, Metadata},
    io::{self, Write},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};

use crate::engine::Engine;

/// Files remembered; beyond them the longest known are forgotten.
const MOST: usize = 20_000;

/// Most bytes of the file that remembers them.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// How a file looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Its size, in bytes.
    pub(super) size: u64,
    /// When it was last written, in nanoseconds since 1970.
    modified: u64,
}

impl Stamp {
    /// `None` for what is no file.
    pub(super) fn of(about: &Metadata) -> Option<Self> {
        let since = about.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        about.is_file().then_some(Self { size: about.len(), modified })
    }
}

/// A file that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    #[serde(flatten)]
    stamp: Stamp,
    /// What it held.
    digest: u64,
}

/// The files that were read.
pub(super) struct Memory {
    /// Where it is kept; `None` for a store in memory.
    place: Option<PathBuf>,
    /// By path, with the order in which they came.
    files: HashMap<PathBuf, (u64, Known)>,
    digests: HashSet<u64>,
    next: u64,
}

impl Memory {
    /// What is kept beside the store of an engine. A store without runs has read nothing, whatever is written there.
    pub(super) fn beside(engine: &Engine) -> Self {
        let place = engine.store_path().map(place_for);
        let is_empty = engine.facts().and_then(|facts| facts.traces_stored()).is_ok_and(|traces| traces == 0);
        let mut memory = Self { place, files: HashMap::new(), digests: HashSet::new(), next: 0 };
        let known = memory.place.as_deref().filter(|_| !is_empty).map(read);
        for file in known.and_then(Result::ok).unwrap_or_default() {
            memory.add(file);
        }
        memory
    }

    /// Whether the file was read as it looks.
    pub(super) fn knows(&self, path: &Path, stamp: Stamp) -> bool {
        self.files.get(path).is_some_and(|(_, known)| known.stamp == stamp)
    }

    /// Whether a file that held just this was read.
    pub(super) fn has_read(&self, digest: u64) -> bool {
        self.digests.contains(&digest)
    }

    /// Remembers a file.
    pub(super) fn note(&mut self, path: &Path, stamp: Stamp, digest: u64) {
        self.add(Known { path: path.to_owned(), stamp, digest });
        if let Err(error) = self.keep() {
            tracing::warn!(%error, "cannot remember which files were read; they may be read again after a restart");
        }
    }

    fn add(&mut self, file: Known) {
        if self.files.len() >= MOST
            && !self.files.contains_key(&file.path)
            && let Some(oldest) = self.files.iter().min_by_key(|(_, (order, _))| *order).map(|(path, _)| path.clone())
        {
            self.files.remove(&oldest);
        }
        self.digests.insert(file.digest);
        self.next += 1;
        self.files.insert(file.path.clone(), (self.next, file));
        if self.digests.len() > 2 * MOST {
            self.digests = self.files.values().map(|(_, known)| known.digest).collect();
        }
    }

    fn keep(&self) -> io::Result<()> {
        let Some(place) = &self.place else { return Ok(()) };
        let mut known: Vec<&(u64, Known)> = self.files.values().collect();
        known.sort_by_key(|(order, _)| *order);
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let mut draft = tempfile::NamedTempFile::new_in(folder)?;
        for (_, file) in known {
            serde_json::to_writer(&mut draft, file)?;
            draft.write_all(b"\n")?;
        }
        draft.persist(place)?;
        Ok(())
    }
}

/// Beside the store: its path with `.watched` behind.
fn place_for(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".watched");
    PathBuf::from(name)
}

/// What was kept; lines that make no sense are passed over.
fn read(place: &Path) -> io::Result<Vec<Known>> {
    if fs::metadata(place)?.len() > MOST_BYTES {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(place)?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}
