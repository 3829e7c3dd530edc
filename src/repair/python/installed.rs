//! The versions of packages in the project's environment.

use std::collections::BTreeMap;

/// Packages of the environment that the project runs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Package, as the index names it (`openai-agents`), to its version; empty where the environment is not known.
    pub versions: BTreeMap<String, String>,
}
