//! What a snapshot answers with, beside the model's own types.

use super::StoreError;
use crate::model::{ids::Sequence, session::Session, summary::Summary, time::Timestamp, verdict::Verdict};

/// How much is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Traces.
    pub traces: u64,
    /// The oldest.
    pub first: Option<Sequence>,
    /// The newest.
    pub last: Option<Sequence>,
    /// Live bytes of bodies, verdicts and waiting pieces, compressed.
    pub live_bytes: u64,
    /// Pieces of runs that wait in the inbox.
    pub waiting_pieces: u64,
    /// Their bytes, compressed.
    pub waiting_bytes: u64,
    /// Size of the store on disk, in bytes.
    pub file_bytes: u64,
    /// Agents ever seen.
    pub agents: u64,
    /// Patterns ever seen.
    pub patterns: u64,
    /// Sessions that runs are in.
    pub sessions: u64,
    /// Rows that were replaced or taken away so far: with `last`, it tells whether the rows are those of another view.
    pub revisions: u64,
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

/// Spans and log records of one run that wait in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its number: pieces are counted as they come, over all runs, never used again.
    pub number: u64,
    /// When it came.
    pub heard: Timestamp,
    /// The piece as it was before it was compressed.
    pub bytes: Vec<u8>,
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

/// Which way rows are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// The newest first.
    Older,
    /// The oldest first.
    Newer,
}

/// Reads bodies one after the other.
pub trait Bodies {
    /// A body as sent, until the next is read; `None` when there is no such run.
    fn read(&mut self, sequence: Sequence) -> Result<Option<&[u8]>, StoreError>;
}

/// The place of a session in the order of activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionPlace {
    /// When it was last active.
    pub last: Timestamp,
    /// Its number in the store.
    pub number: u64,
}

/// A session and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The place.
    pub place: SessionPlace,
    /// The session.
    pub session: Session,
}

/// What of runs is counted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// Projects.
    Project,
    /// Models.
    Model,
    /// Tools.
    Tool,
}
