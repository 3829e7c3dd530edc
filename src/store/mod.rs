//! Where traces are kept: the narrow interface every engine implements, and the embedded redb engine.
//!
//! One writer owns the store and commits groups. A change is answered after its group is on disk.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use crate::model::{
    baseline::Baseline,
    decision::Decision,
    failure::FailureCode,
    ids::{Fingerprint, Sequence, TraceId},
    money::Money,
    pattern::Pattern,
    summary::Summary,
    time::Timestamp,
    usage::TokenUsage,
    verdict::Verdict,
};

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process has the store open.
    #[error("the store {path} is in use by another process")]
    InUse {
        /// The store's path.
        path: String,
    },
    /// The file is something else.
    #[error("{path} is not an arc-eval-tui store: {reason}; choose another with --store, or move it away")]
    NotAStore {
        /// The file's path.
        path: String,
        /// What was wrong.
        reason: String,
    },
    /// The store was written by a newer program.
    #[error("the store {path} has schema {found}; this program knows up to {known}. Use the newer program, or another store with --store")]
    NewerSchema {
        /// The store's path.
        path: String,
        /// Its schema.
        found: u32,
        /// The newest schema this program reads.
        known: u32,
    },
    /// The file system refused.
    #[error("cannot open the store {path}: {reason}")]
    Open {
        /// The store's path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A commit failed; nothing acknowledged is harmed.
    #[error("the store cannot write: {0}")]
    Write(String),
    /// A read failed.
    #[error("the store cannot read: {0}")]
    Read(String),
    /// The queue of waiting changes is full.
    #[error("the store has too much waiting; try again in a moment")]
    Busy,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

/// One analysed trace on its way into the store. `summary.failures` and `failures` run in parallel; the writer's miner fills in
/// the fingerprints, and the sequence and revision.
#[derive(Debug, Clone)]
pub struct Record {
    /// The body as sent, zstd-compressed.
    pub body: Bytes,
    /// Hash of the body as sent; the same hash under the same id is the same trace again.
    pub body_hash: u128,
    /// The verdict as JSON without fingerprints, zstd-compressed.
    pub verdict: Bytes,
    /// What the miner needs of each failure.
    pub failures: Vec<MinedFailure>,
    /// The row.
    pub summary: Summary,
}

/// What makes a failure one of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinedFailure {
    /// What it is.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<String>,
    /// The framework.
    pub framework: Option<String>,
    /// The raw message.
    pub message: String,
}

/// A change to the store.
#[derive(Debug, Clone)]
pub enum Change {
    /// A trace arrives.
    Trace(Box<Record>),
    /// A stored trace is judged anew (feedback, new rules): same body, new verdict and row.
    Regrade {
        /// Its place.
        sequence: Sequence,
        /// The new record; its `body` is ignored, its `body_hash` must be that of the stored body.
        record: Box<Record>,
    },
    /// A baseline is set.
    Baseline(Baseline),
    /// A decision is recorded; the newest for a subject counts.
    Decision(Decision),
    /// Traces are forgotten: body, row, verdict and their part in every figure.
    Delete(Vec<TraceId>),
}

/// What became of a change. Sent only when it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// A trace is stored.
    Trace {
        /// Its place.
        sequence: Sequence,
        /// How it relates to what was there.
        status: Arrival,
    },
    /// A trace was judged anew.
    Regraded,
    /// What was read before is no longer so (new revision or other feedback came between): read again and retry.
    Stale,
    /// The baseline or decision is recorded.
    Recorded,
    /// So many traces were forgotten.
    Deleted(u64),
}

/// How an arriving trace relates to what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is new.
    New,
    /// The same body is already there; nothing was changed.
    Unchanged,
    /// The id was there with another body; this one replaces it, counted once.
    Revised,
}

/// An answer that comes once the change is on disk.
pub type Pending = oneshot::Receiver<Result<Committed, StoreError>>;

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

/// A place to keep traces. Shared by all threads; every method may block on disk, so call it off the network and screen threads,
/// except [`Store::submit`], [`Store::pulse`] and [`Store::is_full`], which never block.
pub trait Store: Send + Sync + 'static {
    /// Queues a change; [`StoreError::Busy`] when the queue is full.
    fn submit(&self, change: Change) -> Result<Pending, StoreError>;

    /// Whether a change submitted now would be refused as busy.
    fn is_full(&self) -> bool;

    /// News of commits.
    fn pulse(&self) -> watch::Receiver<Pulse>;

    /// A consistent view of everything committed so far.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Deletes the oldest traces in small steps until the live bytes fit and nothing is older; returns how many went.
    fn retain(&self, rule: RetentionRule) -> Result<u64, StoreError>;

    /// Writes what waits, closes the file cleanly. Later calls answer [`StoreError::Closed`].
    fn close(&self) -> Result<(), StoreError>;
}

/// What may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetentionRule {
    /// Most live bytes of bodies, compressed; `None` keeps all.
    pub max_bytes: Option<u64>,
    /// Traces that arrived before this go; `None` keeps all.
    pub oldest: Option<Timestamp>,
}

/// A consistent view. Costs depend on what is asked for, never on how much is stored.
pub trait Snapshot: Send {
    /// How much is stored.
    fn counts(&self) -> Result<Counts, StoreError>;
    /// The place of a trace.
    fn find(&self, id: &TraceId) -> Result<Option<Sequence>, StoreError>;
    /// One row.
    fn summary(&self, sequence: Sequence) -> Result<Option<Summary>, StoreError>;
    /// One trace with body (as sent) and verdict (fingerprints filled in).
    fn stored(&self, sequence: Sequence) -> Result<Option<StoredTrace>, StoreError>;
    /// Up to `limit` rows with a sequence below `before` (`None`: the newest), newest first.
    fn rows_before(&self, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` rows with a sequence above `after`, oldest first.
    fn rows_after(&self, after: Sequence, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Agents, last seen first, up to `limit`.
    fn agents(&self, limit: usize) -> Result<Vec<AgentRow>, StoreError>;
    /// Up to `limit` rows of one agent with `from <= time < to`, newest `time` first.
    fn agent_rows(&self, agent: &str, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError>;
    /// Up to `limit` rows with `from <= time < to` of any agent, newest `time` first.
    fn time_rows(&self, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError>;
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
    /// Baselines, newest first.
    fn baselines(&self) -> Result<Vec<Baseline>, StoreError>;
    /// The newest decision on each subject.
    fn decisions(&self) -> Result<BTreeMap<String, Decision>, StoreError>;
}

/// How much is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Traces.
    pub traces: u64,
    /// The oldest.
    pub first: Option<Sequence>,
    /// The newest.
    pub last: Option<Sequence>,
    /// Live bytes of bodies and verdicts, compressed.
    pub live_bytes: u64,
    /// Size of the store on disk, in bytes.
    pub file_bytes: u64,
    /// Agents ever seen.
    pub agents: u64,
    /// Patterns ever seen.
    pub patterns: u64,
}

/// One stored trace.
#[derive(Debug, Clone)]
pub struct StoredTrace {
    /// Its row.
    pub summary: Summary,
    /// The body as sent.
    pub body: Vec<u8>,
    /// Hash of the body.
    pub body_hash: u128,
    /// The verdict.
    pub verdict: Verdict,
}

/// An agent as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// Its name.
    pub agent: String,
    /// Its runs.
    pub runs: u64,
    /// When its newest run was (by `Summary::time`).
    pub last_seen: Timestamp,
}

/// How wide a bucket of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Resolution {
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day of UTC.
    Day,
}

impl Resolution {
    /// The width in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        match self {
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
            Self::Day => 86_400_000_000,
        }
    }

    /// The start of the bucket a moment falls in.
    #[must_use]
    pub const fn start_of(self, moment: Timestamp) -> Timestamp {
        Timestamp::from_micros(moment.micros().div_euclid(self.micros()) * self.micros())
    }
}

/// What one agent did in one bucket of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AgentBucket {
    /// Start of the bucket.
    pub start: Timestamp,
    /// The agent.
    pub agent: String,
    /// Runs.
    pub runs: u32,
    /// Runs whose success is known.
    pub known: u32,
    /// How many of the known runs fell into each twentieth of probability, 0 first.
    pub histogram: [u32; 20],
    /// Sum of their probabilities in millionths, so that taking a run out again is exact.
    pub success_millionths: u64,
    /// Known money.
    pub cost: Money,
    /// Runs whose cost is not known.
    pub unpriced: u32,
    /// Tokens.
    pub usage: TokenUsage,
    /// Tool calls.
    pub tool_calls: u32,
    /// Wrong tool calls.
    pub wrong_tool_calls: u32,
    /// Total time taken, in microseconds, over runs that tell.
    pub took_micros: u64,
    /// Runs that tell how long they took.
    pub timed: u32,
    /// Runs with at least one failure that was not recovered from.
    pub failed_unrecovered: u32,
}

/// What one agent used of one model in one bucket of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelBucket {
    /// Start of the bucket.
    pub start: Timestamp,
    /// The agent.
    pub agent: String,
    /// The model.
    pub model: String,
    /// Calls.
    pub calls: u32,
    /// Calls whose cost is not known.
    pub unpriced_calls: u32,
    /// Tokens.
    pub usage: TokenUsage,
    /// Known money.
    pub cost: Money,
    /// The money by class: input, cached input, cache write, output, reasoning.
    pub by_class: [Money; 5],
}

/// A store shared by everything that needs one.
pub type SharedStore = Arc<dyn Store>;
