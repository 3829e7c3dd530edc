//! News of commits, for whoever redraws.

use crate::model::ids::Sequence;

/// What just happened, for whoever redraws: only the newest matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulse {
    /// Commits since start that changed something a reader is shown; pieces that only wait are not.
    pub commits: u64,
    /// Times that what a reader is shown has changed since start: by a commit, or with time alone (a run has settled).
    pub changes: u64,
    /// Traces in the store.
    pub traces: u64,
    /// The newest trace.
    pub last: Option<Sequence>,
    /// Changes waiting.
    pub queued: usize,
    /// Why the last write failed; `None` once one succeeds again.
    pub failing: Option<String>,
}
