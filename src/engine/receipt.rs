//! What a sender is told: receipts for what was taken, refusals for what was not.

use crate::{
    model::ids::{Sequence, TraceId},
    store::Arrival,
};

/// Where a trace came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Over HTTP.
    Http,
    /// From a file, by `import` or a watched folder.
    File,
    /// From the bundled samples.
    Demo,
}

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
    /// Not JSON, nothing recognisable in it, or a field of the wrong type: the sender has to change it.
    Invalid,
    /// More than the limit, before or after decompression.
    TooLarge,
    /// Compressed in a way that is not understood, or damaged.
    Encoding,
    /// Too much is waiting, or the store cannot write at the moment: the sender may try again.
    Busy,
    /// The program failed on it.
    Analysis,
}

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It held one object.
    Single(Result<Receipt, Refusal>),
    /// It held an array or JSON lines: one answer for each item, in order, with its index from 0.
    Many(Vec<(usize, Result<Receipt, Refusal>)>),
}
