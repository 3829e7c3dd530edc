//! A session: the runs of one conversation, added up.

use serde::Serialize;

use super::{ids::Sequence, money::Money, time::Timestamp, verdict::OutcomeState};

/// The runs that carry one session id within one project, added up. Texts are as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The id its runs carry.
    pub id: String,
    /// The project its runs carry. The same id in two projects is two sessions.
    pub project: Option<String>,
    /// The agents of its runs, most runs first; at most 16 are named.
    pub agents: Vec<String>,
    /// Its runs.
    pub runs: u64,
    /// Of those, failed.
    pub failed: u64,
    /// Of those, runs of which nothing tells how they ended.
    pub unknown: u64,
    /// When its first run was (by `Summary::time`).
    pub first: Timestamp,
    /// When its last run was.
    pub last: Timestamp,
    /// What its priced runs cost together; `None` when none is priced.
    pub cost: Option<Money>,
    /// Runs whose cost is not known.
    pub unpriced: u64,
    /// Tokens of all its runs, as far as they were told.
    pub tokens: u64,
    /// Its last run.
    pub newest: Sequence,
    /// How its last run ended.
    pub outcome: OutcomeState,
}
