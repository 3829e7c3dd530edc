//! What was refused lately and why, with counts, so that a sender's mistake shows on the screen.

use crate::model::time::Timestamp;

/// One request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest {
    /// When.
    pub at: Timestamp,
    /// What was asked: `POST /api/trace`.
    pub request: String,
    /// The kind, as in the error body: `TraceValidationError`, `Busy`, …
    pub kind: String,
    /// Why, in one line. Cleaned.
    pub message: String,
}

/// What was accepted and refused since start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusals {
    /// Traces accepted.
    pub accepted: u64,
    /// Requests and batch items refused, busy ones not counted.
    pub refused: u64,
    /// Requests and batch items turned away as busy.
    pub busy: u64,
    /// The last refused requests, newest first, at most 32.
    pub last: Vec<RefusedRequest>,
    /// When the last request of any kind came.
    pub last_request: Option<Timestamp>,
}
