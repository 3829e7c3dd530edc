//! A named set of runs to compare with later.

use serde::{Deserialize, Serialize};

use super::{ids::Sequence, time::Timestamp};

/// A named set of runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Its id (UUIDv7 as text).
    pub id: String,
    /// What a person called it.
    pub name: Option<String>,
    /// The agent it was set for; `None` when it spans several.
    pub agent: Option<String>,
    /// When it was set.
    pub at: Timestamp,
    /// The runs.
    pub runs: Vec<Sequence>,
}
