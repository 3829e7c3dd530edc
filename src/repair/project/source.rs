//! One of the user's files, read safely: an ordinary file under a root, reached through no link, in an encoding that is kept.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::encoding::{self, Encoding, EncodingProblem};
use crate::repair::python::SOURCE_MAX;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum SourceProblem {
    /// The path would leave the root, or goes through a link.
    #[error("{0} is not an ordinary path under the project: files are reached without links and `..`")]
    Outside(String),
    /// It is no ordinary file.
    #[error("{0} is no ordinary file")]
    NoFile(String),
    /// It is too large.
    #[error("{0} is larger than 2 MB and is left alone")]
    Large(String),
    /// It cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, io::Error),
    /// Its encoding is not one that is edited.
    #[error("{0} is not edited: encoding: {1}")]
    Encoding(String, EncodingProblem),
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its text.
    pub text: String,
    /// How its bytes are its text.
    pub encoding: Encoding,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
}

impl Source {
    /// Reads bytes.
    pub fn of_bytes(path: &str, bytes: &[u8]) -> Result<Self, SourceProblem> {
        let (text, encoding) = encoding::decode(bytes).map_err(|problem| SourceProblem::Encoding(path.to_owned(), problem))?;
        Ok(Self { text, encoding, digest: digest(bytes) })
    }

    /// Reads a file under a root.
    pub fn read(root: &Path, path: &str) -> Result<Self, SourceProblem> {
        Self::of_bytes(path, &read_bytes(root, path)?)
    }
}

/// SHA-256, hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a file under a canonical root.
pub fn read_bytes(root: &Path, path: &str) -> Result<Vec<u8>, SourceProblem> {
    let (absolute, seen) = find(root, path)?;
    let unreadable = |error| SourceProblem::Unreadable(path.to_owned(), error);
    let file = File::open(&absolute).map_err(unreadable)?;
    let opened = file.metadata().map_err(unreadable)?;
    // What was looked at is what was opened: nobody put something else in its place meanwhile.
    if !same_file(&seen, &opened) {
        return Err(SourceProblem::NoFile(path.to_owned()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(opened.len()).unwrap_or(0).min(SOURCE_MAX) + 1);
    file.take(SOURCE_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > SOURCE_MAX {
        return Err(SourceProblem::Large(path.to_owned()));
    }
    Ok(bytes)
}

/// Where a file under a root is, and what it is. Refuses every path that is not plain names from the root down, or goes through a link.
pub fn find(root: &Path, path: &str) -> Result<(PathBuf, Metadata), SourceProblem> {
    let outside = || SourceProblem::Outside(path.to_owned());
    let plain = !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if !plain {
        return Err(outside());
    }
    let absolute = root.join(path);
    let metadata = fs::symlink_metadata(&absolute).map_err(|error| SourceProblem::Unreadable(path.to_owned(), error))?;
    let real = absolute.canonicalize().map_err(|error| SourceProblem::Unreadable(path.to_owned(), error))?;
    if real != absolute {
        return Err(outside());
    }
    if !metadata.is_file() {
        return Err(SourceProblem::NoFile(path.to_owned()));
    }
    Ok((absolute, metadata))
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    other.is_file() && one.dev() == other.dev() && one.ino() == other.ino()
}

#[cfg(not(unix))]
fn same_file(_one: &Metadata, other: &Metadata) -> bool {
    other.is_file()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_path_out_of_the_root_is_refused_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("shop")).unwrap();
        fs::write(root.join("outside.py"), "x = 1\n").unwrap();
        fs::write(root.join("shop/inside.py"), "x = 1\n").unwrap();
        let shop = root.join("shop");
        assert!(Source::read(&shop, "inside.py").is_ok());
        let absolute = root.join("outside.py").display().to_string();
        for path in ["../outside.py", "/etc/passwd", &absolute, "x/../../outside.py", "", ".", "./../outside.py"] {
            assert!(matches!(Source::read(&shop, path), Err(SourceProblem::Outside(_))), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_and_what_is_no_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("shop/real")).unwrap();
        fs::write(root.join("outside.py"), "x = 1\n").unwrap();
        fs::write(root.join("shop/real/x.py"), "x = 1\n").unwrap();
        let shop = root.join("shop");
        std::os::unix::fs::symlink(root.join("outside.py"), shop.join("link.py")).unwrap();
        std::os::unix::fs::symlink(&root, shop.join("up")).unwrap();
        std::os::unix::fs::symlink(shop.join("real"), shop.join("near")).unwrap();
        for path in ["link.py", "up/outside.py", "near/x.py"] {
            assert!(matches!(Source::read(&shop, path), Err(SourceProblem::Outside(_))), "{path}");
        }
        assert!(matches!(Source::read(&shop, "real"), Err(SourceProblem::NoFile(_))));
        assert!(matches!(Source::read(&shop, "gone.py"), Err(SourceProblem::Unreadable(..))));
    }
}
