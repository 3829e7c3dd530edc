//! What a person decided about a scenario or a fix.

use serde::{Deserialize, Serialize};

use super::{ids::Fingerprint, time::Timestamp};

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Wanted.
    Accepted,
    /// Not wanted; not offered again for the same pattern.
    Rejected,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The fix or scenario decided on: `fix:` or `scenario:` and its id.
    pub subject: String,
    /// The failure pattern it is about; a pattern whose fix was accepted is watched.
    #[serde(default)]
    pub pattern: Option<Fingerprint>,
    /// Yes or no.
    pub choice: Choice,
    /// Why, if said.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}
