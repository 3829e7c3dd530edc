//! The user's own source, as far as the user named it: the roots fixes are made under, and what is found there.

pub mod compile;
pub mod encoding;
pub mod git;
mod installed;
pub mod locate;
mod matching;
mod roots;
pub mod scan;
mod signs;
pub mod source;
mod traceback;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use self::roots::RefusedRoot;
use self::{
    compile::Compiler,
    scan::{FileEntry, Skipped},
    source::{Source, SourceProblem},
    words::Index,
};
use super::{
    ledger::Ledger,
    python::{Installed, Module, SyntaxProblem},
};

/// Most parsed files and compiled changes kept; when there are more, all are let go and read again.
const KEPT_MAX: usize = 256;

/// The Python asked whether a changed file compiles.
const PYTHON: &str = "python3";

/// The folders of agents' source that the user named. A cheap clone; what was read is kept and shared.
#[derive(Debug, Clone, Default)]
pub struct Projects {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    roots: Vec<PathBuf>,
    refused: Vec<RefusedRoot>,
    ledger: Option<Ledger>,
    kept: Mutex<Kept>,
}

/// What was read before, by what it was read from.
#[derive(Debug, Default)]
struct Kept {
    index: Index,
    /// By digest.
    modules: HashMap<String, Result<Arc<Module>, SyntaxProblem>>,
    /// By the digests before and after.
    checks: HashMap<(String, String), Check>,
}

/// What a Python said of a changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It compiles, by this version.
    Compiles(String),
    /// It compiled before and no longer does.
    Broken(String),
    /// No Python could be asked, or the one asked cannot compile the file as it is either.
    Unknown,
}

impl Projects {
    /// Looks under these folders. `home` is the user's home folder: a root that is it, or holds it, is refused.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, home: Option<&Path>) -> Self {
        let (roots, refused) = roots::sort(roots, home);
        Self { inner: Arc::new(Inner { roots, refused, ledger: None, kept: Mutex::default() }) }
    }

    /// The same folders, with a ledger in which changes are kept; without one none can be made.
    #[must_use]
    pub fn with_ledger(self, ledger: Ledger) -> Self {
        let Inner { roots, refused, .. } = &*self.inner;
        let inner = Inner { roots: roots.clone(), refused: refused.clone(), ledger: Some(ledger), kept: Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Where changes are kept.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.inner.ledger.as_ref()
    }

    /// No source is looked at: every fix is guidance.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The folders looked under, in their one true spelling.
    #[must_use]
    pub fn roots(&self) -> &[PathBuf] {
        &self.inner.roots
    }

    /// The folders that were named and are not looked under.
    #[must_use]
    pub fn refused(&self) -> &[RefusedRoot] {
        &self.inner.refused
    }

    /// Looks at the projects as they are now.
    #[must_use]
    pub fn look(&self) -> Look {
        let (files, mut skipped) = scan::scan(&self.inner.roots);
        skipped.unreadable += self.kept().index.refresh(&files);
        Look { projects: self.clone(), files, skipped, installed: BTreeMap::new(), compiler: Compiler::new(PYTHON) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What is kept is true whoever panicked: it is only ever replaced as a whole.
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The projects at one moment: what a list of fixes is made from.
#[derive(Debug)]
pub struct Look {
    projects: Projects,
    files: Vec<FileEntry>,
    skipped: Skipped,
    installed: BTreeMap<PathBuf, Installed>,
    compiler: Compiler,
}

/// A file that was read and parsed.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Which.
    pub file: FileEntry,
    /// What it held.
    pub source: Arc<Source>,
    /// Its tree.
    pub module: Arc<Module>,
}

/// Why a file that was found is no help.
#[derive(Debug, thiserror::Error)]
pub enum OpenProblem {
    /// It cannot be read.
    #[error(transparent)]
    Source(#[from] SourceProblem),
    /// It is no Python.
    #[error("{path} is not edited: {problem}")]
    Syntax {
        /// Its path from the root.
        path: String,
        /// What is wrong.
        problem: SyntaxProblem,
    },
}

impl Look {
    /// The Python files there are.
    #[must_use]
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// What was not looked at.
    #[must_use]
    pub const fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// Why there is nothing to look at, as a sentence; `None` when there is something.
    #[must_use]
    pub fn nothing(&self) -> Option<String> {
        let roots = self.projects.roots();
        match (self.files.is_empty(), roots.first(), self.projects.refused().first()) {
            (false, ..) => None,
            (true, Some(root), _) => {
                Some(format!("there is no Python file under {}; name the agent's folder with --project DIR", root.display()))
            }
            (true, None, Some(refused)) => Some(format!("no source was looked at: {refused}")),
            (true, None, None) => Some("no source was looked at; name the agent's folder with --project DIR".to_owned()),
        }
    }

    /// The files that hold a name.
    #[must_use]
    pub fn holding(&self, name: &str) -> Vec<FileEntry> {
        self.projects.kept().index.holding(name, &self.files).into_iter().cloned().collect()
    }

    /// Reads and parses a file as it is now.
    pub fn open(&self, file: &FileEntry) -> Result<Opened, OpenProblem> {
        let source = Source::read(&file.root, &file.path)?;
        let mut kept = self.projects.kept();
        if kept.modules.len() >= KEPT_MAX {
            kept.modules.clear();
        }
        let parsed = kept.modules.entry(source.digest.clone()).or_insert_with(|| Module::parse(&source.text).map(Arc::new)).clone();
        drop(kept);
        match parsed {
            Ok(module) => Ok(Opened { file: file.clone(), source: Arc::new(source), module }),
            Err(problem) => Err(OpenProblem::Syntax { path: file.path.clone(), problem }),
        }
    }

    /// What is installed for the project of a root.
    pub fn installed(&mut self, root: &Path) -> &Installed {
        self.installed.entry(root.to_owned()).or_insert_with(|| installed::of(root))
    }

    /// Whether a changed file still compiles.
    pub fn check(&mut self, before: &[u8], after: &[u8]) -> Check {
        let key = (source::digest(before), source::digest(after));
        if let Some(check) = self.projects.kept().checks.get(&key) {
            return check.clone();
        }
        let check = match self.compiler.compiles(after) {
            Some((true, version)) => Check::Compiles(version),
            Some((false, version)) => match self.compiler.compiles(before) {
                Some((true, _)) => Check::Broken(version),
                _ => Check::Unknown,
            },
            None => Check::Unknown,
        };
        let mut kept = self.projects.kept();
        if kept.checks.len() >= KEPT_MAX {
            kept.checks.clear();
        }
        kept.checks.insert(key, check.clone());
        check
    }
}
