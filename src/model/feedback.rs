//! What a person says about a run.

use serde::{Deserialize, Serialize};

use super::{probability::Probability, time::Timestamp};

/// One person's judgement of one run. The newest replaces the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Right or wrong; `None` when only a score or a note was given.
    pub correct: Option<bool>,
    /// From 1 (bad) to 5 (good).
    pub score: Option<u8>,
    /// A comment.
    pub notes: Option<String>,
    /// When it was given.
    pub at: Timestamp,
}

impl Feedback {
    /// The probability this feedback sets the run to: by `correct`, else by a score of 4 and more or 2 and less; a 3 or a bare note decides nothing.
    #[must_use]
    pub fn decides(&self) -> Option<Probability> {
        let right = self.correct.or(match self.score {
            Some(4..) => Some(true),
            Some(0..=2) => Some(false),
            _ => None,
        })?;
        Some(if right { Probability::CONFIRMED } else { Probability::DENIED })
    }
}
