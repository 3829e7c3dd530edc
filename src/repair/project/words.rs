//! Which words each file of a project holds: names are looked up without reading or parsing files again.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::SystemTime,
};

use super::{scan::FileEntry, source};

/// Threads that read files.
const READERS: usize = 4;
/// Most distinct words kept of a file; a file with more is always looked into.
const WORDS_MAX: usize = 20_000;

/// The words of one file, as sorted hashes; `None` where there are too many to keep.
#[derive(Debug, Clone)]
struct Words(Option<Arc<[u32]>>);

impl Words {
    fn of(bytes: &[u8]) -> Self {
        let mut hashes: Vec<u32> = words(bytes).map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self((hashes.len() <= WORDS_MAX).then(|| hashes.into()))
    }

    fn holds(&self, wanted: &[u32]) -> bool {
        self.0.as_ref().is_none_or(|words| wanted.iter().all(|word| words.binary_search(word).is_ok()))
    }
}

/// Runs of letters, digits and `_`; bytes beyond ASCII count as letters, as in Python's names.
fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)).filter(|word| !word.is_empty())
}

fn hash(word: &[u8]) -> u32 {
    // The low half is as good as any; two words that collide cost a look into a file.
    (xxhash_rust::xxh3::xxh3_64(word) & u64::from(u32::MAX)) as u32
}

#[derive(Debug, Clone)]
struct Known {
    size: u64,
    written: Option<SystemTime>,
    /// `None` when the file could not be read.
    words: Option<Words>,
}

/// The words of all files, kept by path, time and size.
#[derive(Debug, Default)]
pub(super) struct Index {
    known: HashMap<PathBuf, Known>,
}

impl Index {
    /// Reads what is new or changed, forgets what is gone. Answers how many files could not be read.
    pub(super) fn refresh(&mut self, files: &[FileEntry]) -> usize {
        let mut before = std::mem::take(&mut self.known);
        let mut missing: Vec<&FileEntry> = Vec::new();
        for file in files {
            let absolute = file.absolute();
            let kept = before.remove(&absolute).filter(|known| known.size == file.size && known.written == file.written);
            match kept {
                // A time in the future or none at all tells nothing.
                Some(known) if known.written.is_some() && known.words.is_some() => {
                    self.known.insert(absolute, known);
                }
                _ => missing.push(file),
            }
        }
        for (file, words) in read_all(&missing) {
            self.known.insert(file.absolute(), Known { size: file.size, written: file.written, words });
        }
        self.known.values().filter(|known| known.words.is_none()).count()
    }

    /// The files that hold every word of a name, in the order of `files`.
    pub(super) fn holding<'f>(&self, name: &str, files: &'f [FileEntry]) -> Vec<&'f FileEntry> {
        let wanted: Vec<u32> = words(name.as_bytes()).map(hash).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let holds = |file: &&FileEntry| {
            self.known.get(&file.absolute()).and_then(|known| known.words.as_ref()).is_some_and(|words| words.holds(&wanted))
        };
        files.iter().filter(holds).collect()
    }
}

fn read_all<'f>(files: &[&'f FileEntry]) -> Vec<(&'f FileEntry, Option<Words>)> {
    let next = AtomicUsize::new(0);
    let readers = thread::available_parallelism().map_or(1, usize::from).min(READERS).min(files.len());
    let read = || {
        let mut found = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = source::read_bytes(&file.root, &file.path);
            found.push((*file, bytes.ok().map(|bytes| Words::of(&bytes))));
        }
        found
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..readers).map(|_| scope.spawn(read)).collect();
        let mut all = read();
        all.extend(others.into_iter().filter_map(|reader| reader.join().ok()).flatten());
        all
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, path::Path};

    use super::*;
    use crate::repair::project::scan::scan;

    fn holding(index: &mut Index, root: &Path, name: &str) -> Vec<String> {
        let (files, _) = scan(&[root.to_owned()]);
        index.refresh(&files);
        let mut found: Vec<String> = index.holding(name, &files).into_iter().map(|file| file.path.clone()).collect();
        found.sort();
        found
    }

    #[test]
    fn a_name_is_found_by_all_of_its_words_and_a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::write(root.join("a.py"), "def get_weather(city): ...\n").unwrap();
        fs::write(root.join("b.py"), "@tool(\"get-weather\")\ndef w(): ...\n").unwrap();
        let mut index = Index::default();
        assert_eq!(holding(&mut index, &root, "get_weather"), ["a.py"]);
        assert_eq!(holding(&mut index, &root, "get-weather"), ["b.py"]);
        assert!(holding(&mut index, &root, "weather_get").is_empty());
        fs::write(root.join("a.py"), "def other_name(city): ...\n").unwrap();
        fs::remove_file(root.join("b.py")).unwrap();
        assert!(holding(&mut index, &root, "get_weather").is_empty());
        assert!(holding(&mut index, &root, "get-weather").is_empty());
    }

    #[test]
    fn a_name_without_words_is_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::write(root.join("a.py"), "x = '!!'\n").unwrap();
        assert!(holding(&mut Index::default(), &root, "!!").is_empty());
    }
}
