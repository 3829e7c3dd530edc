//! Changes of the user's files: made exactly as they were shown, only under the named roots, kept for undoing, and undone byte for byte.

use std::{
    fs::{self, Metadata},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    diff::{self, DiffProblem},
    ledger::Ledger,
    project::{
        Projects,
        encoding::{self, Encoding},
        git::{self, GitState},
        source::{self, Source, SourceProblem},
    },
};
use crate::model::{decision::Choice, fix::Fix, ids::Fingerprint, time::Timestamp};

/// What says which change is kept in a folder.
const MANIFEST: &str = "change.json";
/// What the file held before.
const BEFORE: &str = "before";
/// Most kept changes read.
const KEPT_MAX: usize = 10_000;

/// Why a change is not made or not undone. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no diff to apply.
    #[error("this fix is guidance; there is no file to change")]
    Guidance,
    /// No folder is known to keep what is replaced.
    #[error("there is no place to keep what a change replaces; without one no file is changed")]
    NoLedger,
    /// The root is not among those named.
    #[error("{0} is not among the projects named; name it with --project {0}")]
    Root(String),
    /// The file cannot be had.
    #[error(transparent)]
    Source(#[from] SourceProblem),
    /// It is not what the diff was made for.
    #[error("{0} has changed since the diff was made; it is made again, look at it once more")]
    Changed(String),
    /// It is not what applying left.
    #[error("{0} has changed since the fix was applied; undoing would lose that. What it was before is kept in {1}")]
    ChangedSince(String, String),
    /// The diff does not fit.
    #[error(transparent)]
    Diff(#[from] DiffProblem),
    /// The result is not the one that was checked.
    #[error("the diff of {0} does not give the text that was checked; nothing was changed")]
    Result(String),
    /// It may not be written.
    #[error("{0} is read-only; make it writable first")]
    ReadOnly(String),
    /// It has several names.
    #[error("{0} has further names (hard links); changing it under one would part them")]
    Linked(String),
    /// It cannot be written.
    #[error("{0} cannot be changed: {1}")]
    Write(String, io::Error),
    /// What was kept cannot be had.
    #[error("no change is kept as {0}: {1}")]
    Kept(String, String),
    /// It was undone before.
    #[error("this change of {0} was undone already")]
    Undone(String),
}

/// A change that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name: the folder it is kept in.
    pub id: String,
    /// The fix it is of.
    pub fix: String,
    /// The fix's title.
    pub title: String,
    /// The pattern it is for.
    pub pattern: Option<Fingerprint>,
    /// The project's root.
    pub root: String,
    /// The file, from the root.
    pub path: String,
    /// The first line changed.
    pub line: u32,
    /// SHA-256 of the file before.
    pub base: String,
    /// SHA-256 of the file after.
    pub result: String,
    /// The diff.
    pub diff: String,
    /// By whom it was applied.
    pub who: Option<String>,
    /// When it was applied.
    pub at: Timestamp,
    /// When it was undone.
    pub undone: Option<Timestamp>,
}

/// What applying did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What is kept.
    pub kept: Kept,
    /// How the file stood in git before; `None` where there is none.
    pub git: Option<GitState>,
}

/// Changes the file as the fix's diff says. The change is noted in the ledger.
pub fn apply(projects: &Projects, fix: &Fix, at: Timestamp) -> Result<Applied, ChangeError> {
    let (Some(place), Some(change), Some(diff)) = (&fix.place, &fix.change, &fix.diff) else { return Err(ChangeError::Guidance) };
    let ledger = projects.ledger().ok_or(ChangeError::NoLedger)?;
    let root = named_root(projects, &place.root)?;
    let before = source::read_bytes(root, &place.path)?;
    if source::digest(&before) != change.base {
        return Err(ChangeError::Changed(place.path.clone()));
    }
    let read = Source::of_bytes(&place.path, &before)?;
    let after = encoding::encode(&diff::apply(&read.text, diff)?, read.encoding);
    let after = after.filter(|after| source::digest(after) == change.result).ok_or_else(|| ChangeError::Result(place.path.clone()))?;
    let git = git::state(root, &place.path);
    let kept = Kept {
        id: format!("{:016x}-{}", at.micros(), change.result.get(..8).unwrap_or_default()),
        fix: fix.id.clone(),
        title: fix.title.clone(),
        pattern: fix.fingerprint,
        root: place.root.clone(),
        path: place.path.clone(),
        line: place.line,
        base: change.base.clone(),
        result: change.result.clone(),
        diff: diff.clone(),
        who: ledger.who().map(str::to_owned),
        at,
        undone: None,
    };
    keep(ledger, &kept, &before)?;
    if let Err(error) = replace(root, &place.path, &change.base, &after) {
        // Nothing was changed, so nothing is kept; a folder left over is told apart by its file, which does not hold the result.
        let _ = fs::remove_dir_all(ledger.folder().join(&kept.id));
        return Err(error);
    }
    let mut entry = ledger.entry(fix, Choice::Applied, at);
    entry.kept = Some(kept.id.clone());
    // The change is made and kept whether or not the line about it could be added.
    if let Err(error) = ledger.note(&entry) {
        tracing::warn!(%error, "the change is not in the history");
    }
    Ok(Applied { kept, git })
}

/// Puts back what the file held before a change. The undoing is noted in the ledger.
pub fn undo(projects: &Projects, id: &str, at: Timestamp) -> Result<Kept, ChangeError> {
    let ledger = projects.ledger().ok_or(ChangeError::NoLedger)?;
    let mut kept = read(ledger, id)?;
    if kept.undone.is_some() {
        return Err(ChangeError::Undone(kept.path));
    }
    let root = named_root(projects, &kept.root)?;
    let folder = ledger.folder().join(id);
    let now = source::read_bytes(root, &kept.path)?;
    if source::digest(&now) != kept.result {
        return Err(ChangeError::ChangedSince(kept.path, folder.join(BEFORE).display().to_string()));
    }
    let before = fs::read(folder.join(BEFORE)).map_err(|error| ChangeError::Kept(id.to_owned(), error.to_string()))?;
    if source::digest(&before) != kept.base {
        return Err(ChangeError::Kept(id.to_owned(), "what it kept of the file is damaged".to_owned()));
    }
    replace(root, &kept.path, &kept.result, &before)?;
    kept.undone = Some(at);
    let written = write_manifest(&folder, &kept);
    let entry = super::ledger::Entry {
        at,
        who: ledger.who().map(str::to_owned),
        what: Choice::Undone,
        fix: kept.fix.clone(),
        title: kept.title.clone(),
        pattern: kept.pattern,
        file: Some(kept.path.clone()),
        reason: None,
        kept: Some(kept.id.clone()),
    };
    // The file is what it was; that only the note is missing must not read as a failure.
    if let Err(error) = written.and_then(|()| ledger.note(&entry)) {
        tracing::warn!(%error, "the undoing is not in the history");
    }
    Ok(kept)
}

/// The changes that are kept, newest first.
#[must_use]
pub fn all(ledger: &Ledger) -> Vec<Kept> {
    let folders = fs::read_dir(ledger.folder()).into_iter().flatten().flatten().take(KEPT_MAX);
    let mut kept: Vec<Kept> = folders.filter_map(|folder| read(ledger, &folder.file_name().into_string().ok()?).ok()).collect();
    kept.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    kept
}

/// The bytes of a patch file: the diff in its file's own encoding.
#[must_use]
pub fn patch(fix: &Fix) -> Option<Vec<u8>> {
    let (diff, change) = (fix.diff.as_ref()?, fix.change.as_ref()?);
    encoding::encode(diff, if change.encoding == LATIN_1 { Encoding::Latin1 } else { Encoding::Utf8 })
}

/// How the encodings are called in [`crate::model::fix::FixChange`].
pub(super) const LATIN_1: &str = "latin-1";

fn named_root<'p>(projects: &'p Projects, root: &str) -> Result<&'p Path, ChangeError> {
    let found = projects.roots().iter().find(|named| named.to_str() == Some(root));
    found.map(PathBuf::as_path).ok_or_else(|| ChangeError::Root(root.to_owned()))
}

fn keep(ledger: &Ledger, kept: &Kept, before: &[u8]) -> Result<(), ChangeError> {
    let folder = ledger.folder().join(&kept.id);
    let made = ledger.make().and_then(|()| fs::create_dir(&folder)).and_then(|()| {
        let mut file = fs::File::create_new(folder.join(BEFORE))?;
        file.write_all(before)?;
        file.sync_all()?;
        write_manifest(&folder, kept)
    });
    made.map_err(|error| ChangeError::Write(folder.display().to_string(), error))
}

fn write_manifest(folder: &Path, kept: &Kept) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(MANIFEST))?;
    Ok(())
}

fn read(ledger: &Ledger, id: &str) -> Result<Kept, ChangeError> {
    let problem = |says: String| ChangeError::Kept(id.to_owned(), says);
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return Err(problem("that is no name of a change".to_owned()));
    }
    let bytes = fs::read(ledger.folder().join(id).join(MANIFEST)).map_err(|error| problem(error.to_string()))?;
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| problem(error.to_string()))?;
    if kept.id == id { Ok(kept) } else { Err(problem("it holds another change".to_owned())) }
}

/// Puts a new file in the place of one that holds what is expected, in one step, with the same permissions and owner.
fn replace(root: &Path, path: &str, expected: &str, bytes: &[u8]) -> Result<(), ChangeError> {
    let write = |error: io::Error| ChangeError::Write(path.to_owned(), error);
    let (absolute, metadata) = source::find(root, path)?;
    if metadata.permissions().readonly() {
        return Err(ChangeError::ReadOnly(path.to_owned()));
    }
    if names(&metadata) > 1 {
        return Err(ChangeError::Linked(path.to_owned()));
    }
    let folder = absolute.parent().ok_or_else(|| SourceProblem::Outside(path.to_owned()))?;
    let mut file = tempfile::Builder::new().prefix(".arc-eval-").tempfile_in(folder).map_err(write)?;
    file.write_all(bytes).map_err(write)?;
    belong(file.path(), &metadata).map_err(write)?;
    file.as_file().set_permissions(metadata.permissions()).map_err(write)?;
    file.as_file().sync_all().map_err(write)?;
    // Whoever saved the file in the meantime keeps what they saved.
    if source::digest(&source::read_bytes(root, path)?) != expected {
        return Err(ChangeError::Changed(path.to_owned()));
    }
    file.persist(&absolute).map_err(|error| write(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink()
}

#[cfg(not(unix))]
fn names(_metadata: &Metadata) -> u64 {
    1
}

/// Gives a new file the owner of the one it replaces, where that is somebody else.
#[cfg(unix)]
fn belong(file: &Path, metadata: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let own = fs::metadata(file)?;
    if (own.uid(), own.gid()) == (metadata.uid(), metadata.gid()) {
        return Ok(());
    }
    chown(file, Some(metadata.uid()), Some(metadata.gid()))
}

#[cfg(not(unix))]
fn belong(_file: &Path, _metadata: &Metadata) -> io::Result<()> {
    Ok(())
}
