//! The tracer unpacked to a folder, for programs that get it by their search path instead of an installation.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::Xxh3;

use super::{
    SdkError,
    source::{self, PACKAGE, SourceFile, VERSION},
};

/// Unpacks the tracer below `folder`, which is made where it is missing, and gives the folder to put on Python's search path.
///
/// The name of that folder holds the version and a fingerprint of the sources, so that programs started by different versions do not
/// disturb each other. It appears whole or not at all, also when several programs unpack at once; one that is there and whole is left
/// as it is, and one that was changed is replaced.
///
/// # Errors
/// [`SdkError::Unpack`] when a file cannot be written.
pub fn unpack_into(folder: &Path) -> Result<PathBuf, SdkError> {
    unpack(folder, &source::files())
}

fn unpack(folder: &Path, sources: &[SourceFile]) -> Result<PathBuf, SdkError> {
    let place = folder.join(format!("{PACKAGE}-{VERSION}-{:016x}", fingerprint(sources)));
    let failed = |error: io::Error| SdkError::Unpack { path: place.display().to_string(), reason: error.to_string() };
    if is_whole(&place, sources) {
        return Ok(place);
    }
    let making = folder.join(format!(".{PACKAGE}-{}-{:?}", std::process::id(), std::thread::current().id()));
    let made = write(&making, sources).and_then(|()| put(&making, &place, sources));
    if made.is_err() {
        // What was half made is of no use to anybody.
        let _ = fs::remove_dir_all(&making);
    }
    made.map_err(failed)?;
    Ok(place)
}

/// Moves what was made to its place. Whoever got there first with the same files has done the work.
fn put(making: &Path, place: &Path, sources: &[SourceFile]) -> io::Result<()> {
    // Once for what stands there damaged, once more for somebody who puts his own there just then.
    for _ in 0..2 {
        match fs::rename(making, place) {
            Ok(()) => return Ok(()),
            Err(_) if is_whole(place, sources) => return fs::remove_dir_all(making),
            Err(error) if !place.exists() => return Err(error),
            Err(_) => fs::remove_dir_all(place)?,
        }
    }
    fs::rename(making, place)
}

fn write(root: &Path, sources: &[SourceFile]) -> io::Result<()> {
    let package = root.join(PACKAGE);
    fs::create_dir_all(&package)?;
    for file in sources {
        let path = package.join(file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, file.content)?;
    }
    Ok(())
}

/// Whether every file is there as it should be. Others beside them, such as what Python compiles, do no harm.
fn is_whole(place: &Path, sources: &[SourceFile]) -> bool {
    sources.iter().all(|file| fs::read(place.join(PACKAGE).join(file.path)).is_ok_and(|content| content == file.content))
}

fn fingerprint(sources: &[SourceFile]) -> u64 {
    let mut hash = Xxh3::new();
    for file in sources {
        for part in [file.path.as_bytes(), file.content] {
            hash.update(&part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SOURCES: &[SourceFile] =
        &[SourceFile { path: "__init__.py", content: b"from .hooks import x\n" }, SourceFile { path: "hooks/x.py", content: b"x = 1\n" }];

    fn read(place: &Path, path: &str) -> String {
        fs::read_to_string(place.join(PACKAGE).join(path)).unwrap()
    }

    #[test]
    fn all_files_are_there_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("not/yet/there");
        let place = unpack(&inner, SOURCES).unwrap();
        assert_eq!(read(&place, "hooks/x.py"), "x = 1\n");
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
        assert_eq!(unpack(&inner, SOURCES).unwrap(), place, "the second time finds the first");
        let real = unpack_into(&inner).unwrap();
        assert!(real.join(PACKAGE).join("py.typed").exists());
        assert_ne!(real, place, "other sources, another folder");
    }

    #[test]
    fn what_is_whole_is_left_alone_and_what_was_changed_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let place = unpack(folder.path(), SOURCES).unwrap();
        let compiled = place.join(PACKAGE).join("__pycache__");
        fs::create_dir(&compiled).unwrap();
        unpack(folder.path(), SOURCES).unwrap();
        assert!(compiled.exists(), "nothing was wrong with it");
        fs::write(place.join(PACKAGE).join("hooks/x.py"), "broken").unwrap();
        assert_eq!(unpack(folder.path(), SOURCES).unwrap(), place);
        assert_eq!(read(&place, "hooks/x.py"), "x = 1\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn many_at_once_all_find_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let at_once: Vec<_> = (0..8).map(|_| scope.spawn(|| unpack(folder.path(), SOURCES).unwrap())).collect();
            for thread in at_once {
                assert_eq!(read(&thread.join().unwrap(), "hooks/x.py"), "x = 1\n");
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = unpack(&file, SOURCES).unwrap_err().to_string();
        assert!(error.contains("file"), "{error}");
    }
}
