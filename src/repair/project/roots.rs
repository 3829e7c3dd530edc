//! Which folders may be looked under: each in its one true spelling, and none so wide that it is no project.

use std::path::{Path, PathBuf};

/// A folder that was named and is not looked under.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", named.display())]
pub struct RefusedRoot {
    /// As it was named.
    pub named: PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

/// Sorts the named folders into those looked under, canonical and each once, and those refused. `home` is the user's home folder.
pub(super) fn sort(named: Vec<PathBuf>, home: Option<&Path>) -> (Vec<PathBuf>, Vec<RefusedRoot>) {
    let home = home.and_then(|home| home.canonicalize().ok());
    let mut roots: Vec<PathBuf> = Vec::new();
    let mut refused = Vec::new();
    for named in named {
        match check(&named, home.as_deref()) {
            Ok(root) if roots.contains(&root) => {}
            Ok(root) => roots.push(root),
            Err(reason) => refused.push(RefusedRoot { named, reason }),
        }
    }
    (roots, refused)
}

fn check(named: &Path, home: Option<&Path>) -> Result<PathBuf, String> {
    let root = named.canonicalize().map_err(|error| format!("cannot be opened as a project: {error}"))?;
    if !root.is_dir() {
        return Err("is no folder; name the folder that holds the source, with --project DIR".to_owned());
    }
    if root.parent().is_none() {
        return Err("is the whole disk, not a project; name the folder that holds the agent's source, with --project DIR".to_owned());
    }
    match home {
        Some(home) if home == root => {
            Err("is the home folder, not a project; name the folder in it that holds the agent's source, with --project DIR".to_owned())
        }
        Some(home) if home.starts_with(&root) => {
            Err("holds home folders; name the folder that holds the agent's source, with --project DIR".to_owned())
        }
        _ if root.to_str().is_none() => Err("has a name that is not Unicode, which a patch cannot hold".to_owned()),
        _ => Ok(root),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_disk_and_the_home_folder_are_too_wide_and_the_sentence_says_what_to_name() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("shop");
        std::fs::create_dir(&project).unwrap();
        let above = home.path().parent().unwrap().to_owned();
        let named = vec![PathBuf::from("/"), home.path().to_owned(), above, project.clone(), project.join("../shop")];
        let (roots, refused) = sort(named, Some(home.path()));
        assert_eq!(roots, [project.canonicalize().unwrap()], "one folder, however it is spelt");
        assert_eq!(refused.len(), 3);
        assert!(refused.iter().all(|root| root.reason.contains("--project DIR")), "{refused:?}");
    }

    #[test]
    fn what_is_no_folder_is_refused_by_name() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("agent.py"), "").unwrap();
        let (roots, refused) = sort(vec![home.path().join("agent.py"), home.path().join("gone")], None);
        assert!(roots.is_empty());
        assert!(refused[0].to_string().contains("agent.py: is no folder"), "{}", refused[0]);
        assert!(refused[1].to_string().contains("gone: cannot be opened"), "{}", refused[1]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_home_folder_is_the_home_folder() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("shop");
        std::os::unix::fs::symlink(home.path(), &link).unwrap();
        let (roots, refused) = sort(vec![link], Some(home.path()));
        assert!(roots.is_empty() && refused[0].reason.contains("home folder"));
    }
}
