//! What was decided and done about fixes, by whom and when: a line each, never rewritten, in the folder that also keeps what changes replaced.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::model::{decision::Choice, fix::Fix, ids::Fingerprint, time::Timestamp};

/// The file of the lines.
const HISTORY: &str = "history.jsonl";
/// Most bytes of it read, from its end.
const READ_MAX: u64 = 2 << 20;

/// The folder, and who decides here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    folder: PathBuf,
    who: Option<String>,
}

/// One thing that was decided or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom: the name they are logged in by.
    pub who: Option<String>,
    /// What.
    pub what: Choice,
    /// The fix.
    pub fix: String,
    /// Its title.
    pub title: String,
    /// The pattern it is for.
    pub pattern: Option<Fingerprint>,
    /// The file concerned, from the project's root.
    pub file: Option<String>,
    /// Why, if said.
    #[serde(default)]
    pub reason: Option<String>,
    /// The patch file written, or under what the change is kept.
    #[serde(default)]
    pub kept: Option<String>,
}

impl Ledger {
    /// Keeps everything in this folder, which need not be there yet.
    #[must_use]
    pub const fn new(folder: PathBuf, who: Option<String>) -> Self {
        Self { folder, who }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who decides here.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        self.who.as_deref()
    }

    /// An entry about a fix.
    #[must_use]
    pub fn entry(&self, fix: &Fix, what: Choice, at: Timestamp) -> Entry {
        Entry {
            at,
            who: self.who.clone(),
            what,
            fix: fix.id.clone(),
            title: fix.title.clone(),
            pattern: fix.fingerprint,
            file: fix.place.as_ref().map(|place| place.path.clone()),
            reason: None,
            kept: None,
        }
    }

    /// Adds a line.
    pub fn note(&self, entry: &Entry) -> io::Result<()> {
        self.make()?;
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        OpenOptions::new().append(true).create(true).open(self.folder.join(HISTORY))?.write_all(&line)
    }

    /// The newest entries, newest first. A line that cannot be read is passed over.
    pub fn entries(&self, limit: usize) -> io::Result<Vec<Entry>> {
        let mut file = match File::open(self.folder.join(HISTORY)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(READ_MAX)))?;
        let mut bytes = Vec::new();
        file.take(READ_MAX).read_to_end(&mut bytes)?;
        let lines = bytes.split(|byte| *byte == b'\n').rev();
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).take(limit).collect())
    }

    /// Makes the folder, for this user alone.
    pub(super) fn make(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_newest_comes_first_and_a_damaged_line_costs_only_itself() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(home.path().join("undo"), Some("ada".into()));
        assert!(ledger.entries(9).unwrap().is_empty());
        let entry = |fix: &str| Entry {
            at: Timestamp::from_micros(1),
            who: Some("ada".into()),
            what: Choice::Rejected,
            fix: fix.into(),
            title: "t".into(),
            pattern: None,
            file: None,
            reason: Some("not \n ours".into()),
            kept: None,
        };
        ledger.note(&entry("a")).unwrap();
        OpenOptions::new().append(true).open(ledger.folder().join(HISTORY)).unwrap().write_all(b"{\"at\": \xff\n").unwrap();
        ledger.note(&entry("b")).unwrap();
        let fixes: Vec<String> = ledger.entries(9).unwrap().into_iter().map(|entry| entry.fix).collect();
        assert_eq!(fixes, ["b", "a"]);
        assert_eq!(ledger.entries(1).unwrap(), [entry("b")]);
    }
}
