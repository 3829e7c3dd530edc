//! The runs that spans and log records tell of, where all of them are at hand: in a file, in one body.

use std::collections::HashMap;

use super::{
    assembly::{self, NotARun},
    group::{self, Piece},
    span::{LogRecord, OtelTraceId, Span},
    wire::Both,
};
use crate::{
    formats::{FormatError, FormatErrorKind},
    model::trace::Trace,
};

/// A run, or traces that are none.
#[derive(Debug)]
pub struct Run {
    /// Its trace; of several that are joined, the first seen.
    pub first: OtelTraceId,
    /// The run, or why there is none in it.
    pub run: Result<Trace, NotARun>,
}

/// The runs of spans and log records, in order of first sight. Traces that name the same run are joined.
#[must_use]
pub fn of(spans: Vec<Span>, logs: Vec<LogRecord>) -> Vec<Run> {
    let mut joined: Vec<Piece> = Vec::new();
    let mut places = HashMap::new();
    for mut piece in group::by_trace(spans, logs) {
        let next = joined.len();
        let place = assembly::run_key(&piece.spans).map_or(next, |key| *places.entry(key).or_insert(next));
        match joined.get_mut(place) {
            Some(run) => {
                run.spans.append(&mut piece.spans);
                run.logs.append(&mut piece.logs);
            }
            None => joined.push(piece),
        }
    }
    let run = |piece: Piece| {
        let id = piece.run_id();
        Run { first: piece.trace, run: assembly::assemble(piece.spans, piece.logs, id) }
    };
    joined.into_iter().map(run).collect()
}

/// The one run of an export.
///
/// # Errors
/// When there is none, or more than one.
pub(in crate::formats) fn only(both: Both) -> Result<Trace, FormatError> {
    let unread = both.unread();
    let mut runs = Vec::new();
    let mut none = None;
    for run in of(both.spans.items, both.logs.items) {
        match run.run {
            Ok(trace) => runs.push(trace),
            Err(not) => none = Some(not),
        }
    }
    match (runs.pop(), runs.len(), none) {
        (Some(mut trace), 0, _) => {
            trace.incomplete.extend(unread);
            Ok(trace)
        }
        (Some(_), others, _) => {
            let message = format!("this OTLP export holds {} runs where one is expected; import it, or send it to /v1/traces", others + 1);
            Err(FormatError::new(FormatErrorKind::Unsupported, message))
        }
        (None, _, Some(not)) => Err(refusal(&not)),
        (None, _, None) => {
            let unread = unread.map(|unread| format!(": {unread}")).unwrap_or_default();
            Err(FormatError::new(FormatErrorKind::Unrecognised, format!("this OTLP export holds no span{unread}")))
        }
    }
}

/// Spans without a run in them, as an error.
pub(in crate::formats) fn refusal(not: &NotARun) -> FormatError {
    FormatError::new(FormatErrorKind::Unrecognised, not.says.as_str())
}

#[cfg(test)]
mod tests;
