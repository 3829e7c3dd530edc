//! What can be asked of the store's writer, and what it answers.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::error::StoreError;
use crate::{
    analysis::peers::Likeness,
    model::{
        baseline::Baseline,
        decision::Decision,
        failure::FailureCode,
        ids::{Sequence, TraceId},
        summary::Summary,
        time::Timestamp,
    },
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
    /// What can be compared with other runs; `None` where nothing tells what the run is about.
    pub likeness: Option<Likeness>,
    /// What it goes on from, when the run came as spans; `None` for a run sent whole.
    pub continues: Option<Box<Continues>>,
}

/// What a record made of spans goes on from: the writer takes it only where that is still so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Continues {
    /// Hash of the stored body that the new one holds and adds to; `None` for the first body of its trace.
    pub body_hash: Option<u128>,
    /// Number of the newest waiting piece that the body holds: it, and all of the trace before it, leave the inbox with the commit.
    pub through: Option<u64>,
    /// Further names by which spans of this run will come, see [`Change::Spans`].
    pub names: Vec<TraceId>,
}

/// Spans and log records of one run on their way into the inbox, where they wait to become part of its body.
#[derive(Debug, Clone)]
pub struct NewPiece {
    /// The run: the id its row has, or will have.
    pub trace: TraceId,
    /// The piece, zstd-compressed.
    pub piece: Bytes,
    /// When it came.
    pub heard: Timestamp,
    /// Further names by which spans of this run will come: the ids of other traces that belong to it. Kept until the run is forgotten.
    pub names: Vec<TraceId>,
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
    /// Spans of a run arrive; they wait in the inbox until a record takes them over.
    Spans(Box<NewPiece>),
    /// Pieces of traces that have no row are dropped from the inbox, oldest first, while the rule asks for it.
    DropParked(ParkedRule),
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
    /// The runs about these subjects were judged beside each other, as they were when each stood at this stamp.
    Settled(Vec<(u64, u64)>),
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
    /// A piece is in the inbox.
    Spans,
    /// A trace was judged anew.
    Regraded,
    /// What was read before is no longer so (new revision or other feedback came between): read again and retry.
    Stale,
    /// The baseline or decision is recorded, or that subjects are settled.
    Recorded,
    /// So many traces were forgotten, or so many pieces dropped.
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

/// Which pieces of traces without a row may stay in the inbox. Pieces of a run that has a row always stay: they are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParkedRule {
    /// Pieces that came before this go.
    pub oldest: Timestamp,
    /// The oldest go while the inbox holds more bytes than this, compressed.
    pub max_bytes: u64,
    /// Where a step before this one stopped; 0 to begin.
    pub after: u64,
}
