//! What a person decided about a scenario or a fix.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

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
    /// The fix or scenario decided on.
    pub subject: String,
    /// Yes or no.
    pub choice: Choice,
    /// Why, if said.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}
