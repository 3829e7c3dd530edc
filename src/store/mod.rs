//! Where traces are kept: the narrow interface every engine implements, and the embedded redb engine.
//!
//! One writer owns the store and commits groups. A change is answered after its group is on disk.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use tokio::sync::watch;

use crate::{
    analysis::peers::Likeness,
    model::{
        baseline::Baseline,
        decision::Decision,
        facets::Facets,
        ids::{Fingerprint, Sequence, TraceId},
        pattern::Pattern,
        summary::Summary,
        time::Timestamp,
    },
};

mod bucket;
mod change;
mod error;
mod pulse;
pub mod redb;
mod view;

pub use bucket::{AgentBucket, ModelBucket, Resolution};
pub use change::{Arrival, Change, Committed, Continues, MinedFailure, NewPiece, ParkedRule, Pending, Record, RetentionRule};
pub use error::StoreError;
pub use pulse::Pulse;
pub use view::{AgentRow, Bodies, Counts, NamedBy, Piece, SessionPlace, SessionRow, StoredTrace, Toward};

/// A place to keep traces. Shared by all threads; every method may block on disk, so call it off the network and screen threads,
/// except [`Store::submit`], [`Store::pulse`], [`Store::nudge`] and [`Store::is_full`], which never block.
pub trait Store: Send + Sync + 'static {
    /// Queues a change; [`StoreError::Busy`] when the queue is full.
    fn submit(&self, change: Change) -> Result<Pending, StoreError>;

    /// Whether a change submitted now would be refused as busy.
    fn is_full(&self) -> bool;

    /// News of commits.
    fn pulse(&self) -> watch::Receiver<Pulse>;

    /// Moves the pulse although nothing was committed: time alone has changed what is shown.
    fn nudge(&self);

    /// A consistent view of everything committed so far.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Deletes the oldest traces in small steps until the live bytes fit and nothing is older; returns how many went.
    fn retain(&self, rule: RetentionRule) -> Result<u64, StoreError>;

    /// Writes what waits, closes the file cleanly. Later calls answer [`StoreError::Closed`].
    fn close(&self) -> Result<(), StoreError>;
}

/// Is shown rows one by one until it breaks.
pub type Look<'a> = dyn FnMut(&dyn Facets) -> ControlFlow<()> + 'a;

/// A consistent view. Costs depend on what is asked for, never on how much is stored.
pub trait Snapshot: Send + Sync {
    /// How much is stored.
    fn counts(&self) -> Result<Counts, StoreError>;
    /// The place of a trace.
    fn find(&self, id: &TraceId) -> Result<Option<Sequence>, StoreError>;
    /// One row.
    fn summary(&self, sequence: Sequence) -> Result<Option<Summary>, StoreError>;
    /// One trace with body (as sent) and verdict (fingerprints filled in).
    fn stored(&self, sequence: Sequence) -> Result<Option<StoredTrace>, StoreError>;
    /// The run that spans coming under this name belong to; `None` when the name is no run's but perhaps its own.
    fn run_named(&self, name: &TraceId) -> Result<Option<TraceId>, StoreError>;
    /// The pieces of a run that wait in the inbox, oldest first, while they hold at most `max_bytes` together (unpacked; the first in
    /// any case).
    fn pieces(&self, trace: &TraceId, max_bytes: usize) -> Result<Vec<Piece>, StoreError>;
    /// Up to `limit` traces with waiting pieces, by id, above `after`.
    fn waiting(&self, after: Option<&TraceId>, limit: usize) -> Result<Vec<TraceId>, StoreError>;
    /// Up to `limit` rows with a sequence below `before` (`None`: the newest), newest first.
    fn rows_before(&self, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` rows with a sequence above `after`, oldest first.
    fn rows_after(&self, after: Sequence, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Shows the rows with `from <= sequence < to` to `look`, the newest first towards the older and the oldest first towards the newer.
    /// They are read where they lie: far cheaper than [`Snapshot::rows_before`].
    fn look_through(&self, from: Sequence, to: Sequence, toward: Toward, look: &mut Look<'_>) -> Result<(), StoreError>;
    /// The rows of these sequences, in their order; those that are not there are left out.
    fn summaries(&self, sequences: &[Sequence]) -> Result<Vec<Summary>, StoreError>;
    /// The rows that were replaced or taken away since there had been so many [`Counts::revisions`]; `None` when that is too long ago to be
    /// known.
    fn revised_since(&self, revisions: u64) -> Result<Option<Vec<Sequence>>, StoreError>;
    /// A reader of bodies, for many of them.
    fn bodies(&self) -> Result<Box<dyn Bodies + '_>, StoreError>;
    /// Up to `limit` runs in the order of their time beyond `from` (that one left out; `None` begins at the end), runs of one moment in
    /// the order of their arrival, either way round.
    fn by_time(&self, from: Option<(Timestamp, Sequence)>, toward: Toward, limit: usize) -> Result<Vec<Sequence>, StoreError>;
    /// Agents, last seen first, up to `limit`.
    fn agents(&self, limit: usize) -> Result<Vec<AgentRow>, StoreError>;
    /// Up to `limit` rows of one agent with `from <= time < to`, newest `time` first.
    fn agent_rows(&self, agent: &str, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` rows of one agent whose feedback decides, newest judgement first.
    fn judged_rows(&self, agent: &str, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` rows with `from <= time < to` of any agent, newest `time` first.
    fn time_rows(&self, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` sessions beyond `from` (that one left out; `None` begins at the end) in the order in which they were last active.
    fn sessions(&self, from: Option<SessionPlace>, toward: Toward, limit: usize) -> Result<Vec<SessionRow>, StoreError>;
    /// The session of this id and project.
    fn session(&self, project: Option<&str>, id: &str) -> Result<Option<SessionRow>, StoreError>;
    /// The runs of a session, the last first, shown to `look` until it breaks.
    fn look_through_session(&self, session: SessionPlace, look: &mut Look<'_>) -> Result<(), StoreError>;
    /// Up to `limit` names with the runs that carry them, most runs first.
    fn names(&self, kind: NamedBy, limit: usize) -> Result<Vec<(String, u64)>, StoreError>;
    /// Patterns, most runs first, up to `limit`.
    fn patterns(&self, limit: usize) -> Result<Vec<Pattern>, StoreError>;
    /// One pattern.
    fn pattern(&self, fingerprint: Fingerprint) -> Result<Option<Pattern>, StoreError>;
    /// Up to `limit` rows that show a pattern, newest first, below `before`.
    fn pattern_rows(&self, fingerprint: Fingerprint, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Runs that show a pattern, per bucket with `from <= start < to`.
    fn pattern_buckets(
        &self,
        fingerprint: Fingerprint,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, u32)>, StoreError>;
    /// Buckets with `from <= start < to`, of one agent or of each, by start then agent.
    fn agent_buckets(
        &self,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
        agent: Option<&str>,
    ) -> Result<Vec<AgentBucket>, StoreError>;
    /// Buckets with `from <= start < to` per agent and model.
    fn model_buckets(&self, resolution: Resolution, from: Timestamp, to: Timestamp) -> Result<Vec<ModelBucket>, StoreError>;
    /// What of a run can be compared with other runs; `None` where nothing is kept.
    fn likeness(&self, sequence: Sequence) -> Result<Option<Likeness>, StoreError>;
    /// The newest runs about any of these subjects, newest first, up to `limit`.
    fn about(&self, subjects: &[u64], limit: usize) -> Result<Vec<(Sequence, Likeness)>, StoreError>;
    /// Up to `limit` subjects above `after` whose runs have changed since they were last judged beside each other, each with its stamp for
    /// [`Change::Settled`].
    fn unsettled(&self, after: Option<u64>, limit: usize) -> Result<Vec<(u64, u64)>, StoreError>;
    /// Baselines, newest first.
    fn baselines(&self) -> Result<Vec<Baseline>, StoreError>;
    /// The newest decision on each subject.
    fn decisions(&self) -> Result<BTreeMap<String, Decision>, StoreError>;
}

/// A store shared by everything that needs one.
pub type SharedStore = Arc<dyn Store>;
