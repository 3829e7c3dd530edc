//! Python: which one agents here would run with, and whether it has our tracer.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use tokio::{process::Command, time::timeout};

use super::finding::Finding;

/// Longest time Python may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The oldest Python the tracer runs with.
const OLDEST: (u32, u32) = (3, 9);

/// Asked without the folder it is started in, so that a file of the user's is not taken for a package.
const QUESTION: &str = "import sys, json, importlib.util as u; sys.path = [p for p in sys.path if p]; \
print(json.dumps({'version': list(sys.version_info[:3]), 'tracer': u.find_spec('arc_tracer') is not None, 'prefix': sys.prefix}))";

#[derive(Deserialize)]
struct Told {
    version: (u32, u32, u32),
    tracer: bool,
    prefix: String,
}

pub(super) async fn look() -> Vec<Finding> {
    let program = interpreter(env::var_os("VIRTUAL_ENV").map(PathBuf::from), Path::new("."));
    let shown = program.to_string_lossy().into_owned();
    let told = match ask(&program).await {
        Ok(told) => told,
        Err(error) => {
            let advice = "Python is needed only to trace Python programs; install it, or activate the agent's environment";
            return vec![Finding::warning("python", format!("{shown} does not answer: {error}"), advice)];
        }
    };
    let (major, minor, patch) = told.version;
    let version = format!("{shown} is Python {major}.{minor}.{patch} in {}", told.prefix);
    if (major, minor) < OLDEST {
        let advice = format!("the tracer needs {}.{} or newer", OLDEST.0, OLDEST.1);
        return vec![Finding::problem("python", version, advice)];
    }
    let tracer = if told.tracer {
        Finding::ok("tracer", "arc_tracer is installed there")
    } else {
        let advice = "`arc-eval-tui run -- python agent.py` traces without it; `trace` prints how to install it";
        Finding::warning("tracer", "arc_tracer is not installed there", advice)
    };
    vec![Finding::ok("python", version), tracer]
}

/// The environment that is active, else the project's own, else whatever the path gives.
fn interpreter(active: Option<PathBuf>, project: &Path) -> OsString {
    let inside = |folder: PathBuf| {
        let windows = folder.join("Scripts").join("python.exe");
        if windows.exists() { windows } else { folder.join("bin").join("python") }
    };
    let own = [".venv", "venv"].map(|name| project.join(name));
    let found = active.into_iter().chain(own).map(inside).find(|python| python.exists());
    found.map_or_else(|| OsString::from("python3"), PathBuf::into_os_string)
}

async fn ask(program: &OsString) -> Result<Told, String> {
    let mut command = Command::new(program);
    command.arg("-c").arg(QUESTION).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.map_err(|_| format!("not within {} s", PATIENCE.as_secs()))?;
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("it ended with {}", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_active_environment_goes_before_the_projects_own() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(interpreter(None, folder.path()), "python3");
        let own = folder.path().join(".venv/bin");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("python"), "").unwrap();
        assert_eq!(interpreter(None, folder.path()), own.join("python"));
        assert_eq!(interpreter(Some(folder.path().join("gone")), folder.path()), own.join("python"));
        let active = folder.path().join("active/bin");
        std::fs::create_dir_all(&active).unwrap();
        std::fs::write(active.join("python"), "").unwrap();
        assert_eq!(interpreter(Some(folder.path().join("active")), folder.path()), active.join("python"));
    }

    #[tokio::test]
    async fn a_python_that_is_none_is_told() {
        assert!(ask(&OsString::from("no-such-python")).await.is_err());
    }
}
