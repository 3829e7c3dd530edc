//! Where the database lies: a file of the user's own, or memory.

use std::{
    fmt,
    fs::{DirBuilder, File, OpenOptions},
    io,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{
    BackendError, Builder, Database, DatabaseError, StorageBackend, StorageError, backends::FileBackend, backends::InMemoryBackend,
};

use super::shadow::{Lock, Shadow};
use crate::store::StoreError;

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// To read and write; made where there is none.
    Create,
    /// To read and write what is there.
    Write,
    /// To read what is there, on a disk that refuses writes.
    Shadow,
    /// To read what is there, beside others who read it.
    Read,
}

/// Where the database lies.
pub(super) trait Place: Send + Sync + 'static {
    /// Opens the database.
    fn open(&self, builder: &Builder, mode: Mode) -> Result<Database, StoreError>;

    /// Its size in bytes; 0 when it cannot be told.
    fn bytes(&self) -> u64;

    /// What to call it in a message.
    fn name(&self) -> String;
}

/// A file.
#[derive(Debug)]
pub(super) struct FilePlace(pub(super) PathBuf);

impl Place for FilePlace {
    fn open(&self, builder: &Builder, mode: Mode) -> Result<Database, StoreError> {
        let refused = |error: io::Error| StoreError::Open { path: self.name(), reason: error.to_string() };
        let (file, is_new) = match (open_existing(&self.0, true), mode) {
            (Ok(file), _) => (file, false),
            (Err(error), Mode::Create) if error.kind() == io::ErrorKind::NotFound => (create_private(&self.0).map_err(refused)?, true),
            (Err(error), Mode::Shadow | Mode::Read) if error.kind() != io::ErrorKind::NotFound => {
                // Where the file cannot be opened for writing, nobody writes to it: no lock is needed, and none to be had.
                let file = open_existing(&self.0, false).map_err(refused)?;
                return opened(&self.name(), || builder.create_with_backend(Shadow::new(FileBackend::new(file)?, Lock::None)?));
            }
            (Err(error), _) => return Err(refused(error)),
        };
        let database = opened(&self.name(), || match mode {
            Mode::Shadow => builder.create_with_backend(Shadow::new(FileBackend::new(file)?, Lock::Alone)?),
            Mode::Read => builder.create_with_backend(Shadow::new(FileBackend::new(file)?, Lock::Readers)?),
            Mode::Create | Mode::Write => builder.create_with_backend(FileBackend::new(file)?),
        })?;
        if is_new {
            // The name of a new file is only safe once its folder is.
            sync_folder(&self.0).map_err(refused)?;
        }
        Ok(database)
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.0).map_or(0, |found| found.len())
    }

    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

/// Runs redb's opening, which may panic on a file that was damaged from outside.
pub(super) fn opened(path: &str, open: impl FnOnce() -> Result<Database, DatabaseError>) -> Result<Database, StoreError> {
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(result) => result.map_err(|error| told(path, error)),
        Err(_) => Err(StoreError::NotAStore { path: path.to_owned(), reason: "the file is damaged".to_owned() }),
    }
}

/// A failed opening in our words.
fn told(path: &str, error: DatabaseError) -> StoreError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => StoreError::InUse { path },
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
            StoreError::NotAStore { path, reason: "it is not a redb database".to_owned() }
        }
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            StoreError::NotAStore { path, reason: "the file is damaged: it ends too early".to_owned() }
        }
        DatabaseError::Storage(StorageError::Corrupted(reason)) => {
            StoreError::NotAStore { path, reason: format!("the file is damaged: {reason}") }
        }
        DatabaseError::UpgradeRequired(version) => {
            StoreError::NotAStore { path, reason: format!("it is a redb file of the old format {version}") }
        }
        other => StoreError::Open { path, reason: other.to_string() },
    }
}

fn open_existing(path: &Path, write: bool) -> io::Result<File> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let found = std::fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder; give the path of a file"));
    }
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    OpenOptions::new().read(true).write(write).open(path)
}

/// Makes the file readable by its owner alone, before anything is in it; missing folders as well.
fn create_private(path: &Path) -> io::Result<File> {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    let mut file = OpenOptions::new();
    file.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folders.mode(0o700);
        file.mode(0o600);
    }
    if let Some(folder) = folder_of(path) {
        folders.create(folder)?;
    }
    file.open(path)
}

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path).unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Memory; what is in it stays when the database is opened again.
#[derive(Debug, Default)]
pub(super) struct MemoryPlace(Arc<InMemoryBackend>);

impl Place for MemoryPlace {
    fn open(&self, builder: &Builder, _mode: Mode) -> Result<Database, StoreError> {
        let backend = SharedBackend(Arc::clone(&self.0) as Arc<dyn StorageBackend>);
        opened(&self.name(), || builder.create_with_backend(backend))
    }

    fn bytes(&self) -> u64 {
        self.0.len().unwrap_or(0)
    }

    fn name(&self) -> String {
        "in memory".to_owned()
    }
}

/// A backend that outlives the database opened on it.
pub(super) struct SharedBackend(pub(super) Arc<dyn StorageBackend>);

impl fmt::Debug for SharedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StorageBackend for SharedBackend {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}
