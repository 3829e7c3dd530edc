//! What can be asked of the store's writer, and what it answers.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::error::StoreError;
use crate::model::{
    baseline::Baseline,
    decision::Decision,
    failure::FailureCode,
    ids::{Sequence, TraceId},
    summary::Summary,
    time::Timestamp,
};

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

/// What may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetentionRule {
    /// Most live bytes of bodies, compressed; `None` keeps all.
    pub max_bytes: Option<u64>,
    /// Traces that arrived before this go; `None` keeps all.
    pub oldest: Option<Timestamp>,
}
