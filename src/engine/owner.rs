//! The owner file: says beside a store which process has it open and where that listens.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;

/// Most bytes an owner file can have; more is somebody else's file.
const MAX_BYTES: u64 = 4096;

/// Who has a store open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// Where it listens, as `127.0.0.1:8000`; `None` when nowhere.
    pub address: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl Owner {
    /// The owner file of a store: its path with `.owner` behind.
    #[must_use]
    pub fn path_for(store: &Path) -> PathBuf {
        let mut name = store.as_os_str().to_owned();
        name.push(".owner");
        PathBuf::from(name)
    }

    /// Reads the owner file of a store; `None` when there is none, when it cannot be read, or when its process is gone.
    #[must_use]
    pub fn of(store: &Path) -> Option<Self> {
        let owner = Self::read(&Self::path_for(store)).ok()??;
        (is_alive(owner.pid) != Some(false)).then_some(owner)
    }

    fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(meta) if meta.len() > MAX_BYTES => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(serde_json::from_slice(&fs::read(path)?).ok())
    }

    /// Writes this as the owner file of a store, whole or not at all.
    pub(super) fn write(&self, store: &Path) -> io::Result<()> {
        let path = Self::path_for(store);
        let mut draft = path.clone().into_os_string();
        draft.push(format!(".{}", self.pid));
        let draft = PathBuf::from(draft);
        let mut file = fs::File::create(&draft)?;
        file.write_all(&serde_json::to_vec(self).map_err(io::Error::other)?)?;
        drop(file);
        fs::rename(&draft, &path).inspect_err(|_| {
            let _ = fs::remove_file(&draft);
        })
    }

    /// Removes the owner file of a store if it is this process's.
    pub(super) fn remove(store: &Path) -> io::Result<()> {
        let path = Self::path_for(store);
        match Self::read(&path)? {
            Some(owner) if owner.pid == std::process::id() => fs::remove_file(path),
            _ => Ok(()),
        }
    }
}

/// Whether a process lives; `None` where the system does not let us tell.
fn is_alive(pid: u32) -> Option<bool> {
    if pid == std::process::id() {
        return Some(true);
    }
    if Path::new("/proc/self").exists() {
        return Some(Path::new(&format!("/proc/{pid}")).exists());
    }
    if cfg!(unix) {
        // No /proc (macOS, the BSDs): `kill -0` asks without doing anything.
        let mut command = std::process::Command::new("kill");
        command.arg("-0").arg(pid.to_string()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        return command.status().ok().map(|status| status.success());
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn owner(pid: u32) -> Owner {
        Owner { pid, address: Some("127.0.0.1:8000".into()), since: Timestamp::from_micros(1_000_000) }
    }

    #[test]
    fn a_living_owner_is_found_and_its_file_goes_when_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("traces.redb");
        assert_eq!(Owner::of(&store), None);
        owner(std::process::id()).write(&store).unwrap();
        assert_eq!(Owner::of(&store), Some(owner(std::process::id())));
        Owner::remove(&store).unwrap();
        assert!(!Owner::path_for(&store).exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no draft is left behind");
    }

    #[test]
    fn a_file_whose_process_is_gone_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("traces.redb");
        let mut gone =
            std::process::Command::new(std::env::current_exe().unwrap()).arg("--list").stdout(std::process::Stdio::null()).spawn().unwrap();
        gone.wait().unwrap();
        owner(gone.id()).write(&store).unwrap();
        assert_eq!(Owner::of(&store), None);
        Owner::remove(&store).unwrap();
        assert!(Owner::path_for(&store).exists(), "another process's file is not ours to remove");
    }

    #[test]
    fn a_file_that_is_something_else_is_no_owner() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("traces.redb");
        for content in [&b"not json"[..], b"{}", b"", &[b' '; 5000]] {
            fs::write(Owner::path_for(&store), content).unwrap();
            assert_eq!(Owner::of(&store), None);
        }
    }
}
