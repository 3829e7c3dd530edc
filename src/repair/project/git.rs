//! Whether a file has changes that are not committed. Git is only asked, never told: it writes nothing and runs no hook.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// How a file stands in its repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitState {
    /// As committed.
    Clean,
    /// Changed and not committed.
    Changed,
    /// Not in the repository.
    Untracked,
}

/// How a file under a root stands; `None` where there is no git or no repository.
#[must_use]
pub fn state(root: &Path, path: &str) -> Option<GitState> {
    let answer = Command::new("git")
        .current_dir(root)
        // Settings of the repository that would run a program are switched off.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(["status", "--porcelain=v1", "--ignored=no", "--untracked-files=normal", "--ignore-submodules=all", "-z", "--", path])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(match answer.stdout.get(..2) {
        None => GitState::Clean,
        Some(b"??") => GitState::Untracked,
        Some(_) => GitState::Changed,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> bool {
        let named = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main"];
        Command::new("git").current_dir(folder).args(named).args(arguments).output().is_ok_and(|output| output.status.success())
    }

    #[test]
    fn a_file_is_clean_changed_or_unknown_to_git() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("a.py"), "x = 1\n").unwrap();
        assert_eq!(state(&root, "a.py"), None, "no repository");
        if !git(&root, &["init", "-q"]) {
            return;
        }
        assert_eq!(state(&root, "a.py"), Some(GitState::Untracked));
        assert!(git(&root, &["add", "a.py"]) && git(&root, &["commit", "-qm", "first"]));
        assert_eq!(state(&root, "a.py"), Some(GitState::Clean));
        std::fs::write(root.join("a.py"), "x = 2\n").unwrap();
        assert_eq!(state(&root, "a.py"), Some(GitState::Changed));
    }
}
