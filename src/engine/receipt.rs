//! What a sender is told: receipts for what was taken, refusals for what was not.

use super::pool::PoolError;
use crate::{
    formats::error::{FormatError, FormatErrorKind},
    model::ids::{Sequence, TraceId},
    store::{Arrival, StoreError},
    text::{clean::clean_line, human},
};

/// A trace is stored: analysed and on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id, the sender's or one made.
    pub trace_id: TraceId,
    /// Its place in the store.
    pub sequence: Sequence,
    /// How it relates to what was there.
    pub arrival: Arrival,
}

/// Why a trace was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of reason.
    pub kind: RefusalKind,
    /// What and where, in a sentence. Cleaned: one line, safe for a terminal.
    pub message: String,
    /// The id it was sent under, where that could be read.
    pub trace_id: Option<TraceId>,
}

/// The kinds of reason for not taking a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// Not JSON, nothing recognisable in it, a field of the wrong type, or damaged compression: the sender has to change it.
    Invalid,
    /// More than the limit, before or after decompression.
    TooLarge,
    /// Too much is waiting, or the store cannot write at the moment: the sender may try again.
    Busy,
    /// The program failed on it.
    Analysis,
}

impl RefusalKind {
    /// Its name in answers and on the screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "TraceValidationError",
            Self::TooLarge => "TooLarge",
            Self::Busy => "Busy",
            Self::Analysis => "AnalysisError",
        }
    }
}

impl Refusal {
    /// A refusal with a message that may quote what was sent.
    pub(super) fn new(kind: RefusalKind, message: impl AsRef<str>) -> Self {
        Self { kind, message: clean_line(message.as_ref()).into_owned(), trace_id: None }
    }

    /// Too much is waiting.
    pub(super) fn busy() -> Self {
        Self::new(RefusalKind::Busy, "too much is waiting to be stored; try again in a moment")
    }

    /// More than the limit.
    pub(super) fn too_large(limit: usize) -> Self {
        let limit = human::count(limit as u64);
        Self::new(RefusalKind::TooLarge, format!("the body is larger than {limit} bytes after decompression; send less in one request"))
    }

    /// What a body that cannot be read means.
    pub(super) fn from_format(error: &FormatError) -> Self {
        let kind = if error.kind == FormatErrorKind::TooLarge { RefusalKind::TooLarge } else { RefusalKind::Invalid };
        Self::new(kind, error.to_string())
    }

    /// What a pool without an answer means to a sender.
    pub(super) fn from_pool(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::busy(),
            PoolError::Closed => Self::from_store(&StoreError::Closed, None),
            PoolError::Panicked => {
                Self::new(RefusalKind::Analysis, "the analysis failed on this trace; it was not stored. Please report it with the trace")
            }
        }
    }

    /// What a failing store means to a sender: a trace that was not written may be sent again.
    pub(super) fn from_store(error: &StoreError, trace_id: Option<TraceId>) -> Self {
        let message = match error {
            StoreError::Busy => return Self { trace_id, ..Self::busy() },
            StoreError::Closed => "the program is stopping; send this again when it is back".to_owned(),
            other => format!("{other}; nothing that was acknowledged is harmed; send this again later"),
        };
        Self { trace_id, ..Self::new(RefusalKind::Busy, message) }
    }
}

/// Most reasons told of one request, each once.
const MOST_REASONS: usize = 8;

/// What became of the spans and log records of one request: what was accepted is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpansTaken {
    /// Spans and log records taken.
    pub accepted: u64,
    /// Spans and log records not taken.
    pub rejected: u64,
    /// Why, each reason once, at most eight. Cleaned.
    pub reasons: Vec<String>,
    /// Runs that nobody had heard of before.
    pub runs: u64,
}

impl SpansTaken {
    /// Counts `items` that were not taken.
    pub(super) fn reject(&mut self, items: u64, reason: &str) {
        self.rejected += items;
        let reason = clean_line(reason).into_owned();
        if self.reasons.len() < MOST_REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It held one object, or could not be opened at all.
    Single(Result<Receipt, Refusal>),
    /// It held an array or JSON lines: one answer for each item, in order, with its index from 0.
    Many(Vec<(usize, Result<Receipt, Refusal>)>),
}
