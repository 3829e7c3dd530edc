//! Scenarios as files in a folder: written beside the test that runs them, and read back where a person has edited them.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::format::{self, ScenarioFormatError};
use crate::model::scenario::Scenario;

/// The test that runs every scenario beside it, by pytest or by Python's own unittest: name and text.
pub const TEST: (&str, &str) = ("test_scenarios.py", include_str!("../../../assets/scenarios/test_scenarios.py"));

/// Most files read from a folder, and the most bytes of each.
const MOST_FILES: usize = 2_000;
const LARGEST: u64 = 1024 * 1024;

/// Why scenarios cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system did not let us.
    #[error("{path}: {error}")]
    Io {
        /// Which file or folder.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// A scenario cannot be told as JSON, or a file holds none.
    #[error("{path}: {error}")]
    Format {
        /// Which file.
        path: String,
        /// What is wrong.
        error: ScenarioFormatError,
    },
}

/// What was written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Written {
    /// New files, and those that were brought up to date.
    pub written: Vec<PathBuf>,
    /// Files that hold just this already.
    pub unchanged: usize,
    /// Files that hold something else, perhaps because somebody edited them: left as they are.
    pub kept: Vec<PathBuf>,
}

/// Writes scenarios and the test that runs them into a folder, which is made where it is missing. A file that is there and holds something
/// else is kept, unless `over` says to write over it. Each file is whole or not there.
///
/// # Errors
/// The first file that cannot be written, by name; those before it are written.
pub fn write(folder: &Path, scenarios: &[Scenario], over: bool) -> Result<Written, FolderError> {
    fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let mut done = Written::default();
    for scenario in scenarios {
        let path = folder.join(format::file_name(scenario));
        let text = format::write(scenario).map_err(|error| FolderError::Format { path: path.display().to_string(), error })?;
        put(&path, &text, over, &mut done)?;
    }
    put(&folder.join(TEST.0), TEST.1, over, &mut done)?;
    Ok(done)
}

/// The file of one scenario in a folder of edits, written as it was made where it is not there yet.
///
/// # Errors
/// When it cannot be written.
pub fn to_edit(folder: &Path, scenario: &Scenario) -> Result<PathBuf, FolderError> {
    let path = folder.join(format::file_name(scenario));
    if !path.exists() {
        fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
        let text = format::write(scenario).map_err(|error| FolderError::Format { path: path.display().to_string(), error })?;
        put(&path, &text, false, &mut Written::default())?;
    }
    Ok(path)
}

fn put(path: &Path, text: &str, over: bool, done: &mut Written) -> Result<(), FolderError> {
    match fs::read(path) {
        Ok(present) if present == text.as_bytes() => {
            done.unchanged += 1;
            return Ok(());
        }
        Ok(_) if !over => {
            done.kept.push(path.to_owned());
            return Ok(());
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(at(path, error)),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| at(folder, error))?;
    file.write_all(text.as_bytes()).map_err(|error| at(path, error))?;
    file.persist(path).map_err(|error| at(path, error.error))?;
    done.written.push(path.to_owned());
    Ok(())
}

/// Scenarios as they were edited, by id.
#[derive(Debug, Default)]
pub struct Edited {
    scenarios: BTreeMap<String, (PathBuf, Scenario)>,
    /// Files that could not be read as scenarios, with what is wrong and where.
    pub problems: Vec<(PathBuf, String)>,
}

impl Edited {
    /// Reads a folder. One that is not there holds nothing; what is no JSON file is passed over.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let mut edited = Self::default();
        let Ok(entries) = fs::read_dir(folder) else { return edited };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")).take(MOST_FILES) {
            match read_one(&path) {
                Ok(scenario) => {
                    edited.scenarios.insert(scenario.id.clone(), (path, scenario));
                }
                Err(error) => edited.problems.push((path, error.to_string())),
            }
        }
        edited
    }

    /// Puts the edited in the place of the made. What past runs and people say of a scenario stays what they say now.
    pub fn join(&self, scenarios: &mut [Scenario]) {
        for scenario in scenarios {
            let file = format::file_name(scenario);
            let broken = self.problems.iter().find(|(path, _)| path.file_name().is_some_and(|name| name == file.as_str()));
            if let Some((_, problem)) = broken {
                scenario.edits = Some(format!("not read: {problem}"));
            } else if let Some((path, edited)) = self.scenarios.get(&scenario.id) {
                let Scenario { stands_for, difficulty, decision, .. } = *scenario;
                let edits = Some(format!("as edited in {}", path.display()));
                *scenario = Scenario { stands_for, difficulty, decision, edits, ..edited.clone() };
            }
        }
    }
}

fn read_one(path: &Path) -> Result<Scenario, FolderError> {
    let length = fs::metadata(path).map_err(|error| at(path, error))?.len();
    if length > LARGEST {
        return Err(at(path, io::Error::other(format!("{length} bytes are more than a scenario has"))));
    }
    let text = fs::read_to_string(path).map_err(|error| at(path, error))?;
    format::read(&text).map_err(|error| FolderError::Format { path: path.display().to_string(), error })
}

fn at(path: &Path, error: io::Error) -> FolderError {
    FolderError::Io { path: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{
        model::failure::FailureCode,
        repair::{sample::failing, scenarios::generate},
    };

    fn scenarios() -> Vec<Scenario> {
        let (trace, verdict) =
            failing(FailureCode::ToolBadArguments, "issue_refund", json!({"amount": "12,50"}), "amount must be a number, got \"12,50\"");
        generate(&trace, &verdict, None)
    }

    #[test]
    fn written_twice_nothing_changes_and_what_was_edited_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("tests/agents");
        let made = scenarios();
        let first = write(&into, &made, false).unwrap();
        assert_eq!((first.written.len(), first.unchanged), (made.len() + 1, 0));
        assert_eq!(write(&into, &made, false).unwrap(), Written { unchanged: made.len() + 1, ..Written::default() });
        let file = into.join(format::file_name(&made[0]));
        let edited = fs::read_to_string(&file).unwrap().replace("the run as it was", "the same again");
        fs::write(&file, &edited).unwrap();
        assert_eq!(write(&into, &made, false).unwrap().kept, std::slice::from_ref(&file));
        assert_eq!(fs::read_to_string(&file).unwrap(), edited);
        assert_eq!(write(&into, &made, true).unwrap().written, [file]);
    }

    #[test]
    fn an_edited_scenario_stands_in_the_place_of_the_made_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut made = scenarios();
        write(folder.path(), &made[..1], false).unwrap();
        let file = folder.path().join(format::file_name(&made[0]));
        fs::write(&file, fs::read_to_string(&file).unwrap().replace("the run as it was", "the same again")).unwrap();
        fs::write(folder.path().join("broken.json"), "{\n  \"schema\": 1,,\n}").unwrap();
        made[0].stands_for = 99;
        let edited = Edited::read(folder.path());
        edited.join(&mut made);
        assert_eq!((made[0].title.as_str(), made[0].stands_for), ("the same again", 99));
        assert_eq!(edited.problems.len(), 1);
        assert!(edited.problems[0].1.contains("broken.json") && edited.problems[0].1.contains("line 2"), "{:?}", edited.problems);
        assert!(made[0].edits.as_ref().unwrap().starts_with("as edited in "));
        fs::write(&file, "{").unwrap();
        let mut made = scenarios();
        Edited::read(folder.path()).join(&mut made);
        assert_eq!(made[0].title, "the run as it was");
        assert!(made[0].edits.as_ref().unwrap().starts_with("not read: "));
        assert!(Edited::read(&folder.path().join("nowhere")).problems.is_empty());
    }
}
