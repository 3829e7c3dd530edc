//! Files written for the user: always into the exports folder, never over one that is there.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::{model::scenario::Scenario, repair::scenarios::folder as scenarios};

/// Longest file name made, in characters.
const NAME_LONGEST: usize = 80;
/// Numbers tried until one is free.
const TRIES: u32 = 1_000;

/// Writes a text under a name like this; answers a sentence with the path.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<String, String> {
    write_bytes(folder, name, text.as_bytes()).map(|path| format!("written to {}", path.display()))
}

/// Writes bytes under a name like this; answers the path.
pub(super) fn write_bytes(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, String> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    let name = safe(name);
    let (stem, extension) =
        name.rsplit_once('.').map_or((name.as_str(), String::new()), |(stem, extension)| (stem, format!(".{extension}")));
    for number in 1..=TRIES {
        let candidate = if number == 1 { name.clone() } else { format!("{stem}-{number}{extension}") };
        let path = folder.join(candidate);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                return written.map_err(|error| format!("cannot write {}: {error}", path.display())).map(|()| path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot write {}: {error}", path.display())),
        }
    }
    Err(format!("{} holds too many files named like {name}", folder.display()))
}

/// Writes a scenario and the test that runs it; answers a sentence with the path. A file that somebody edited is kept.
pub(super) fn write_scenario(folder: &Path, scenario: Scenario) -> Result<String, String> {
    let done = scenarios::write(folder, &[scenario], false).map_err(|error| format!("cannot write {error}"))?;
    let test = folder.join(scenarios::TEST.0);
    Ok(match (done.kept.first(), done.written.first()) {
        (Some(kept), _) => format!("{} holds something else, perhaps your edits, and is kept", kept.display()),
        (None, Some(path)) => format!("written to {}; {} runs it with pytest", path.display(), test.display()),
        (None, None) => format!("it is in {} already", folder.display()),
    })
}

/// A name without anything that could leave the folder or hide itself.
fn safe(name: &str) -> String {
    let kept: String = name
        .chars()
        .take(NAME_LONGEST)
        .map(|one| if one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_') { one } else { '-' })
        .collect();
    let kept = kept.trim_start_matches(['.', '-']);
    if kept.is_empty() { "export".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nothing_is_overwritten_and_nothing_leaves_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("exports");
        write(&folder, "../../evil name.json", "1").unwrap();
        write(&folder, "../../evil name.json", "2").unwrap();
        let mut names: Vec<String> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["evil-name-2.json", "evil-name.json"]);
        assert_eq!(fs::read_to_string(folder.join("evil-name.json")).unwrap(), "1");
    }

    #[test]
    fn a_name_of_nothing_is_still_a_name() {
        assert_eq!(safe("///"), "export");
        assert_eq!(safe("...."), "export");
    }
}
