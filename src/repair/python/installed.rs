//! The versions of packages in the project's environment.

use std::collections::BTreeMap;

/// Packages of the environment that the project runs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Package, as the index names it (`openai-agents`), to its version; empty where the environment is not known.
    pub versions: BTreeMap<String, String>,
}

impl Installed {
    /// Whether any of these packages, names of one thing (`pydantic-ai`, `pydantic-ai-slim`), is at least of this version. A version that is not
    /// known counts as the newest.
    pub(in crate::repair) fn at_least(&self, packages: &[&str], least: &[u32]) -> bool {
        match packages.iter().find_map(|package| self.version(package)) {
            Some(version) => numbers(version).as_slice() >= least,
            None => true,
        }
    }

    fn version(&self, package: &str) -> Option<&str> {
        let same = |name: &str| name.chars().map(normal).eq(package.chars().map(normal));
        self.versions.iter().find(|(name, _)| same(name)).map(|(_, version)| version.as_str())
    }
}

/// Names of packages are compared without regard to case and to which of `-_.` they have.
fn normal(c: char) -> char {
    if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() }
}

/// The numbers a version begins with: `1.4.7rc1` is 1, 4, 7. A version in another form has none, and is older than all.
fn numbers(version: &str) -> Vec<u32> {
    let leading = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    version.trim_start_matches('v').split('.').map_while(leading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(package: &str, version: &str) -> Installed {
        Installed { versions: BTreeMap::from([(package.to_owned(), version.to_owned())]) }
    }

    #[test]
    fn versions_compare_by_number() {
        let installed = with("LangChain", "1.10.2rc1");
        assert!(installed.at_least(&["langchain"], &[1, 4]) && installed.at_least(&["langchain"], &[1, 10, 2]));
        assert!(!installed.at_least(&["langchain"], &[1, 11]) && !installed.at_least(&["langchain"], &[2]));
        assert!(with("openai_agents", "0.14").at_least(&["openai-agents"], &[0, 14]));
        assert!(with("pydantic-ai-slim", "1.0.0").at_least(&["pydantic-ai", "pydantic-ai-slim"], &[1]));
    }

    #[test]
    fn an_unknown_version_is_the_newest_and_an_unreadable_one_the_oldest() {
        assert!(Installed::default().at_least(&["langchain"], &[99]));
        assert!(!with("langchain", "unknown").at_least(&["langchain"], &[1]));
    }
}
