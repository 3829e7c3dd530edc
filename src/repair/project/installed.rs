//! Which versions of packages a project runs with: by the names in its environment's folder, else by what its lock files say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::repair::python::Installed;

/// Folders an environment is usually in.
const ENVIRONMENTS: &[&str] = &[".venv", "venv", "env", ".env"];
/// Largest lock file read, in bytes.
const LOCK_MAX: u64 = 16 << 20;
/// Most packages noted.
const PACKAGES_MAX: usize = 10_000;

/// What is installed for a project. Only names are read; nothing is run.
pub(super) fn of(root: &Path) -> Installed {
    let environments = ENVIRONMENTS.iter().flat_map(|name| site_packages(&root.join(name)));
    let versions = environments.map(|folder| distributions(&folder)).find(|versions| !versions.is_empty());
    let versions = versions.or_else(|| locked(&root.join("uv.lock"))).or_else(|| locked(&root.join("poetry.lock")));
    Installed { versions: versions.or_else(|| pinned(&root.join("requirements.txt"))).unwrap_or_default() }
}

/// `lib/python3.12/site-packages`, on Windows `Lib/site-packages`. An environment that is a link is somebody else's and not looked into.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    if !fs::symlink_metadata(environment).is_ok_and(|metadata| metadata.is_dir()) {
        return Vec::new();
    }
    let pythons = fs::read_dir(environment.join("lib")).into_iter().flatten().flatten().map(|entry| entry.path().join("site-packages"));
    pythons.chain([environment.join("Lib/site-packages")]).filter(|folder| folder.is_dir()).collect()
}

/// By the names of the folders that installers write: `openai_agents-0.4.2.dist-info`.
fn distributions(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(PACKAGES_MAX * 4);
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (package, version) = name.strip_suffix(".dist-info")?.split_once('-')?;
        Some((normal(package), version.to_owned()))
    });
    named.take(PACKAGES_MAX).collect()
}

/// By `[[package]]` tables with name and version.
fn locked(file: &Path) -> Option<BTreeMap<String, String>> {
    let table: toml::Table = read(file)?.parse().ok()?;
    let packages = table.get("package")?.as_array()?.iter().take(PACKAGES_MAX);
    let pair = |package: &toml::Value| Some((normal(package.get("name")?.as_str()?), package.get("version")?.as_str()?.to_owned()));
    Some(packages.filter_map(pair).collect())
}

/// By lines like `openai==2.8.1`.
fn pinned(file: &Path) -> Option<BTreeMap<String, String>> {
    let text = read(file)?;
    let pin = |line: &str| {
        let (name, version) = line.split(['#', ';']).next()?.split_once("==")?;
        let name = name.split('[').next()?.trim();
        let plain = !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.'));
        plain.then(|| (normal(name), version.trim().to_owned()))
    };
    Some(text.lines().take(PACKAGES_MAX).filter_map(pin).collect())
}

fn read(file: &Path) -> Option<String> {
    let metadata = fs::symlink_metadata(file).ok()?;
    (metadata.is_file() && metadata.len() <= LOCK_MAX).then(|| fs::read_to_string(file).ok())?
}

/// As the index names packages.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn the_environment_counts_before_the_lock_before_the_requirements() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(of(root).versions.is_empty());
        write(root, "requirements.txt", "# agents\nopenai[x]==2.0.0 ; python_version > '3'\nlangchain>=1\n-r other.txt\n");
        assert_eq!(of(root).versions, BTreeMap::from([("openai".to_owned(), "2.0.0".to_owned())]));
        write(root, "uv.lock", "[[package]]\nname = \"openai\"\nversion = \"2.1.0\"\n");
        assert_eq!(of(root).versions["openai"], "2.1.0");
        write(root, ".venv/lib/python3.12/site-packages/openai_agents-0.4.2.dist-info/METADATA", "");
        assert_eq!(of(root).versions, BTreeMap::from([("openai-agents".to_owned(), "0.4.2".to_owned())]));
    }

    #[test]
    fn a_broken_lock_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "uv.lock", "[[package]\n");
        write(folder.path(), "poetry.lock", "package = 3\n");
        assert!(of(folder.path()).versions.is_empty());
    }
}
