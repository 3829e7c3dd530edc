//! The Python files of a project: as git would see them, without environments and build output, within bounds, no link followed.

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
    time::SystemTime,
};

use ignore::WalkBuilder;

use crate::repair::python::SOURCE_MAX;

/// Most Python files looked at, over all roots.
const FILES_MAX: usize = 20_000;
/// Most entries of any kind passed on the way, over all roots.
const ENTRIES_MAX: usize = 400_000;
/// How deep folders are followed.
const DEPTH_MAX: usize = 32;

/// Folders that hold no source of the user's own, whatever `.gitignore` says.
const NOT_SOURCE: &[&str] = &["site-packages", "dist-packages", "node_modules", "__pycache__", "__pypackages__", "build", "dist", "venv"];

/// One Python file under a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// The root it is under, canonical.
    pub root: PathBuf,
    /// Its path from the root, `/` between the parts.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, where the system says.
    pub written: Option<SystemTime>,
}

impl FileEntry {
    /// Where it is.
    #[must_use]
    pub fn absolute(&self) -> PathBuf {
        self.root.join(&self.path)
    }
}

/// What was not looked at, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Files larger than [`SOURCE_MAX`].
    pub large: usize,
    /// Files and folders that could not be read, or vanished meanwhile.
    pub unreadable: usize,
    /// Names that are not Unicode.
    pub names: usize,
    /// Notebooks, which are not edited.
    pub notebooks: usize,
    /// Whether the bounds were met and files may be missing.
    pub bounded: bool,
}

impl Skipped {
    /// What was passed over, as half a sentence; `None` when nothing was.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let counts = [
            (self.notebooks, "notebooks not edited"),
            (self.large, "files larger than 2 MB"),
            (self.unreadable, "files or folders not readable"),
            (self.names, "names not Unicode"),
        ];
        let told = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}"));
        let bounded = self.bounded.then(|| "the project is larger than what is looked through; name a narrower folder".to_owned());
        let told: Vec<String> = told.chain(bounded).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// Walks the roots.
pub(super) fn scan(roots: &[PathBuf]) -> (Vec<FileEntry>, Skipped) {
    let mut files: Vec<FileEntry> = Vec::new();
    let mut skipped = Skipped::default();
    let mut entries = 0;
    for (at, root) in roots.iter().enumerate() {
        // A root within another root is walked once, by the one named first.
        let walked_before = |path: &Path| roots.iter().take(at).any(|other| path.starts_with(other));
        for entry in walk(root) {
            entries += 1;
            if files.len() >= FILES_MAX || entries > ENTRIES_MAX {
                skipped.bounded = true;
                return (files, skipped);
            }
            let Ok(entry) = entry else {
                skipped.unreadable += 1;
                continue;
            };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) || walked_before(entry.path()) {
                continue;
            }
            match entry.path().extension().and_then(|extension| extension.to_str()) {
                Some("py") => match entry.metadata() {
                    Ok(metadata) => take(root, entry.path(), &metadata, &mut files, &mut skipped),
                    Err(_) => skipped.unreadable += 1,
                },
                Some("ipynb") => skipped.notebooks += 1,
                _ => {}
            }
        }
    }
    (files, skipped)
}

fn walk(root: &Path) -> ignore::Walk {
    WalkBuilder::new(root)
        .follow_links(false)
        .max_depth(Some(DEPTH_MAX))
        // The folder was named: what lies above it, or in the user's own settings of git, has no say in it.
        .parents(false)
        .git_global(false)
        .require_git(false)
        .filter_entry(|entry| {
            let folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
            !folder || !foreign(entry.path())
        })
        .build()
}

/// Whether a folder holds other people's code or what was made of the user's.
fn foreign(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    NOT_SOURCE.contains(&name) || name.ends_with(".egg-info") || folder.join("pyvenv.cfg").exists()
}

fn take(root: &Path, path: &Path, metadata: &Metadata, files: &mut Vec<FileEntry>, skipped: &mut Skipped) {
    if metadata.len() > SOURCE_MAX as u64 {
        skipped.large += 1;
        return;
    }
    let parts: Option<Vec<&str>> = path
        .strip_prefix(root)
        .ok()
        .map(|inside| inside.components().map(|part| part.as_os_str().to_str()).collect::<Option<Vec<&str>>>())
        .unwrap_or_default();
    match parts {
        Some(parts) => {
            files.push(FileEntry { root: root.to_owned(), path: parts.join("/"), size: metadata.len(), written: metadata.modified().ok() })
        }
        None => skipped.names += 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(roots: &[PathBuf]) -> Vec<String> {
        let mut names: Vec<String> = scan(roots).0.into_iter().map(|file| file.path).collect();
        names.sort();
        names
    }

    #[test]
    fn only_the_users_own_source_is_seen() {
        let folder = project(&[
            ("agent.py", ""),
            ("tools/refund.py", ""),
            ("notes.ipynb", "{}"),
            ("secret/keys.py", ""),
            (".gitignore", "secret/\n"),
            (".hidden/x.py", ""),
            ("env/pyvenv.cfg", ""),
            ("env/lib/python3.12/site-packages/agents/run.py", ""),
            ("node_modules/gyp/x.py", ""),
            ("build/lib/agent.py", ""),
        ]);
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(names(std::slice::from_ref(&root)), ["agent.py", "tools/refund.py"]);
        assert_eq!(scan(&[root]).1, Skipped { notebooks: 1, ..Skipped::default() });
    }

    #[test]
    fn a_root_within_a_root_is_walked_once() {
        let folder = project(&[("agent.py", ""), ("tools/refund.py", "")]);
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(names(&[root.clone(), root.join("tools")]), ["agent.py", "tools/refund.py"]);
    }

    #[test]
    fn a_file_too_large_is_passed_over_and_counted() {
        let folder = project(&[("small.py", "")]);
        std::fs::write(folder.path().join("large.py"), vec![b'#'; SOURCE_MAX + 1]).unwrap();
        let (files, skipped) = scan(&[folder.path().canonicalize().unwrap()]);
        assert_eq!((files.len(), skipped.large), (1, 1));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = project(&[("outside.py", "")]);
        let folder = project(&[("agent.py", "")]);
        std::os::unix::fs::symlink(outside.path(), folder.path().join("linked")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("outside.py"), folder.path().join("linked.py")).unwrap();
        assert_eq!(names(&[folder.path().canonicalize().unwrap()]), ["agent.py"]);
    }
}
