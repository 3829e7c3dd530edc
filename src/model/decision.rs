//! What a person decided about a scenario or a fix.

use serde::{Deserialize, Serialize};

use super::{ids::Fingerprint, time::Timestamp};

/// Yes or no, and whether it was done. New ones go to the end: the store keeps their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Wanted.
    Accepted,
    /// Not wanted; not offered again for the same pattern.
    Rejected,
    /// Wanted, and the user's file was changed.
    Applied,
    /// The change was taken back; open again.
    Undone,
}

impl Choice {
    /// Whether it is wanted, so that its pattern is watched.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Accepted | Self::Applied)
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Applied => "applied",
            Self::Undone => "undone",
        }
    }
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
