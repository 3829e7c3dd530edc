//! The tracer's source files as they were when the program was built.

use include_dir::{Dir, include_dir};

/// The version of the tracer: that of the program it is part of.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/sdk/python/arc_tracer");

/// The package's folder, by which it is imported.
pub const PACKAGE: &str = "arc_tracer";

/// One source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SourceFile {
    /// Its path inside the package, parts divided by `/`.
    pub(super) path: &'static str,
    /// What it holds.
    pub(super) content: &'static [u8],
}

/// All of them, by path. What Python or an editor left in the folder is no source.
pub(super) fn files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    gather(&FOLDER, &mut files);
    files.sort_unstable_by_key(|file| file.path);
    files
}

fn gather(folder: &'static Dir<'static>, files: &mut Vec<SourceFile>) {
    for file in folder.files() {
        // A path that is not UTF-8 cannot be one of ours.
        let Some(path) = file.path().to_str() else { continue };
        if is_source(path) {
            files.push(SourceFile { path, content: file.contents() });
        }
    }
    folder.dirs().for_each(|inner| gather(inner, files));
}

/// Python sources, and the marker that says they are typed.
fn is_source(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "py.typed" || std::path::Path::new(name).extension().is_some_and(|extension| extension == "py")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::{fs, path::Path};

    use super::*;

    fn on_disk(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                on_disk(root, &path, found);
            } else {
                let inside = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                if is_source(&inside) {
                    found.push((inside, fs::read(&path).unwrap()));
                }
            }
        }
    }

    #[test]
    fn the_program_holds_exactly_the_sources_of_the_repository() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sdk/python").join(PACKAGE);
        let mut expected = Vec::new();
        on_disk(&root, &root, &mut expected);
        expected.sort();
        let embedded: Vec<_> = files().iter().map(|file| (file.path.to_owned(), file.content.to_vec())).collect();
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&embedded), names(&expected), "a file was added or removed: touch src/sdk/source.rs to embed anew");
        assert!(embedded == expected, "a file has changed: touch src/sdk/source.rs to embed anew");
        assert!(embedded.iter().any(|(path, _)| path == "py.typed"));
    }

    #[test]
    fn the_tracer_says_the_version_it_is_served_as() {
        let version = files().into_iter().find(|file| file.path == "version.py").unwrap();
        let text = std::str::from_utf8(version.content).unwrap();
        assert!(text.contains(&format!("VERSION = \"{VERSION}\"")), "{text}");
    }

    #[test]
    fn what_is_no_source_stays_out() {
        for path in ["__init__.py", "hooks/openai.py", "py.typed"] {
            assert!(is_source(path), "{path}");
        }
        for path in ["__pycache__/core.cpython-311.pyc", ".core.py.swp", "notes.txt", "core.py~", "py"] {
            assert!(!is_source(path), "{path}");
        }
    }
}
