//! Inputs that are read twice: what can be read only once, standard input or a pipe, is copied to a file without a name first.

use std::{
    fs::File,
    io::{self, Seek},
    path::{Path, PathBuf},
};

use super::{
    exit::CliError,
    inputs::{self, Input},
};
use crate::formats::files::{self, FileError, TraceFile};

/// What a command was given, ready to be read more than once.
pub struct Twice(Vec<Given>);

enum Given {
    /// A file, or a path that cannot be read.
    Path(PathBuf),
    /// The copy of what can be read only once; it is gone when the program ends.
    Copy { name: String, copy: File },
}

impl Twice {
    /// Copies what can be read only once.
    ///
    /// # Errors
    /// When there is no room for the copy.
    pub fn of(paths: &[PathBuf]) -> Result<Self, CliError> {
        paths.iter().map(|path| given(path)).collect::<Result<_, _>>().map(Self)
    }

    /// Every trace of every path, in order, from the beginning.
    pub fn read(&self) -> impl Iterator<Item = Input> + '_ {
        self.0.iter().flat_map(|given| match given {
            Given::Path(path) => inputs::of(&path.display().to_string(), files::open(path)),
            Given::Copy { name, copy } => inputs::of(name, again(name, copy)),
        })
    }
}

fn given(path: &Path) -> Result<Given, CliError> {
    let name = path.display().to_string();
    if path == Path::new("-") {
        return copied(name, io::stdin().lock());
    }
    match File::open(path) {
        Ok(file) if file.metadata().is_ok_and(|about| !about.is_file() && !about.is_dir()) => copied(name, file),
        _ => Ok(Given::Path(path.to_path_buf())),
    }
}

fn copied(name: String, mut from: impl io::Read) -> Result<Given, CliError> {
    let copy = tempfile::tempfile().and_then(|mut copy| io::copy(&mut from, &mut copy).map(|_| copy));
    let copy = copy.map_err(|error| {
        let folder = std::env::temp_dir();
        let way_out = "runs are compared with each other, so they are read twice; give files, or --independent";
        CliError::unreadable(format!("{name}: cannot be copied to {}: {error}; {way_out}", folder.display()))
    })?;
    Ok(Given::Copy { name, copy })
}

fn again(name: &str, copy: &File) -> Result<TraceFile, FileError> {
    let mut copy = copy.try_clone().map_err(FileError::Read)?;
    copy.rewind().map_err(FileError::Read)?;
    files::read(name, copy)
}
