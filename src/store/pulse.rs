//! News of commits, for whoever redraws.

use crate::model::ids::Sequence;

/// What just happened, for whoever redraws: only the newest matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulse {
    /// Commits since start.
    pub commits: u64,
    /// Traces in the store.
    pub traces: u64,
    /// The newest trace.
    pub last: Option<Sequence>,
    /// Changes waiting.
    pub queued: usize,
    /// Why the last write failed; `None` once one succeeds again.
    pub failing: Option<String>,
}
