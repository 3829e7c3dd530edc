//! The layouts of projects in one file: read at the start, written at the end, the project used longest ago forgotten when there are many.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::whole_file;
use crate::{model::time::Timestamp, workbench::remembered::Remembered};

/// Most projects whose layout is kept.
const PROJECTS_MOST: usize = 64;
/// Largest file read, in bytes.
const LARGEST: u64 = 512 * 1024;
/// What the file says of itself.
const HEAD: &str = "# How the workbench of arc-eval-tui was left in each project's folder. Written when it ends; it may be deleted.\n\n";

/// Where the layout of this project is kept.
#[derive(Debug, Clone)]
pub struct LayoutFile {
    path: PathBuf,
    project: String,
}

/// The file: a table a project, named by its folder.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Layouts(BTreeMap<String, Kept>);

/// The layout of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// When it was last written, in microseconds since 1970.
    #[serde(default)]
    at: i64,
    #[serde(default)]
    layout: Remembered,
}

impl LayoutFile {
    /// The layout of the project in a folder; `None` when the folder's name cannot be written down.
    #[must_use]
    pub fn new(path: PathBuf, project: &std::path::Path) -> Option<Self> {
        let project = project.canonicalize().unwrap_or_else(|_| project.to_owned()).to_str()?.to_owned();
        Some(Self { path, project })
    }

    fn read(&self) -> Result<Layouts, String> {
        let cannot = |reason: String| format!("{}: {reason}", self.path.display());
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Layouts::default()),
            Err(error) => return Err(cannot(error.to_string())),
            Ok(meta) if meta.len() > LARGEST => return Err(cannot(format!("it has {} bytes, and at most {LARGEST} are read", meta.len()))),
            Ok(_) => {}
        }
        let text = fs::read_to_string(&self.path).map_err(|error| cannot(error.to_string()))?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            cannot(format!("line {}: {}", before.matches('\n').count() + 1, error.message()))
        })
    }

    /// The layout of last time; `None` when there is none. A file that cannot be read is told and changes nothing.
    pub fn load(&self) -> Result<Option<Remembered>, String> {
        let mut layouts =
            self.read().map_err(|problem| format!("{problem}; the layout is the usual one, and the file is written anew at the end"))?;
        Ok(layouts.0.remove(&self.project).map(|kept| kept.layout))
    }

    /// Keeps a layout beside those of the other projects.
    pub fn save(&self, layout: Remembered, now: Timestamp) -> Result<(), String> {
        let mut layouts = self.read().unwrap_or_default();
        if layouts.0.get(&self.project).is_some_and(|kept| kept.layout == layout && kept.at > now.micros() - FRESH) {
            return Ok(());
        }
        layouts.0.insert(self.project.clone(), Kept { at: now.micros(), layout });
        while layouts.0.len() > PROJECTS_MOST {
            let oldest = layouts.0.iter().min_by_key(|(_, kept)| kept.at).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| layouts.0.remove(&oldest));
        }
        let text = toml::to_string(&layouts).map_err(|error| format!("the layout cannot be written down: {error}"))?;
        whole_file::write(&self.path, &format!("{HEAD}{text}")).map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// A layout that is as it was is written again after this time only, in microseconds: so that its project is not taken for a forgotten one.
const FRESH: i64 = 24 * 3_600 * 1_000_000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::path::Path;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_795_348_800_000_000 + seconds * 1_000_000)
    }

    fn layout(focus: &str) -> Remembered {
        let panes = BTreeMap::from([("stream".to_owned(), BTreeMap::from([("view".to_owned(), "sessions".to_owned())]))]);
        Remembered { focus: focus.to_owned(), zoomed: true, borders: BTreeMap::from([("side-0".to_owned(), 2_500)]), panes }
    }

    fn of(home: &Path, project: &str) -> LayoutFile {
        LayoutFile::new(home.join("layouts.toml"), Path::new(project)).unwrap()
    }

    #[test]
    fn each_project_finds_its_own_layout_again() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (of(home.path(), "/no/such/one"), of(home.path(), "/no/such/other [with] \"quotes\""));
        assert_eq!(one.load(), Ok(None));
        one.save(layout("cost"), at(0)).unwrap();
        other.save(layout("trace"), at(1)).unwrap();
        assert_eq!(one.load(), Ok(Some(layout("cost"))));
        assert_eq!(other.load(), Ok(Some(layout("trace"))));
        one.save(layout("grade"), at(2)).unwrap();
        assert_eq!(one.load(), Ok(Some(layout("grade"))));
    }

    #[test]
    fn the_project_used_longest_ago_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        for number in 0..=PROJECTS_MOST {
            of(home.path(), &format!("/no/such/{number}")).save(layout("cost"), at(number as i64)).unwrap();
        }
        assert_eq!(of(home.path(), "/no/such/0").load(), Ok(None));
        assert!(of(home.path(), "/no/such/1").load().unwrap().is_some());
    }

    #[test]
    fn a_broken_file_is_told_with_its_line_and_replaced() {
        let home = tempfile::tempdir().unwrap();
        let file = of(home.path(), "/no/such/one");
        for (text, line) in [("[a.layout]\nzoomed = 7\n", "line 2"), ("\n\n[[", "line 3"), ("focus = 3", "line 1"), ("\u{0}", "line 1")] {
            fs::write(home.path().join("layouts.toml"), text).unwrap();
            let said = file.load().unwrap_err();
            assert!(said.contains(line) && said.contains("the layout is the usual one"), "{text:?}: {said}");
        }
        fs::write(home.path().join("layouts.toml"), "#".repeat(LARGEST as usize + 1)).unwrap();
        assert!(file.load().unwrap_err().contains("bytes"));
        file.save(layout("cost"), at(0)).unwrap();
        assert_eq!(file.load(), Ok(Some(layout("cost"))));
    }
}
