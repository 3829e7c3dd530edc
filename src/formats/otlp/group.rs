//! Spans and log records by the trace they are of.

use std::collections::HashMap;

use super::span::{LogRecord, OtelTraceId, Span};
use crate::model::ids::TraceId;

/// All that came of one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The trace.
    pub trace: OtelTraceId,
    /// Its spans, in the order they came.
    pub spans: Vec<Span>,
    /// Its log records, in the order they came.
    pub logs: Vec<LogRecord>,
}

impl Piece {
    /// The id of the run that this trace is: the trace's, as text.
    #[must_use]
    pub fn run_id(&self) -> TraceId {
        // 32 characters always are one.
        TraceId::new(&self.trace.to_string()).unwrap_or_else(|_| TraceId::generate())
    }
}

/// Sorts spans and log records by their traces, which come in order of first sight.
#[must_use]
pub fn by_trace(spans: Vec<Span>, logs: Vec<LogRecord>) -> Vec<Piece> {
    // One request mostly holds one trace: nothing to move then.
    let first = spans.first().map(|span| span.trace).or_else(|| logs.first().map(|record| record.trace));
    let Some(trace) = first else { return Vec::new() };
    if spans.iter().all(|span| span.trace == trace) && logs.iter().all(|record| record.trace == trace) {
        return vec![Piece { trace, spans, logs }];
    }
    let mut pieces = Pieces::default();
    for span in spans {
        pieces.of(span.trace).spans.push(span);
    }
    for record in logs {
        pieces.of(record.trace).logs.push(record);
    }
    pieces.list
}

#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    places: HashMap<OtelTraceId, usize>,
}

impl Pieces {
    fn of(&mut self, trace: OtelTraceId) -> &mut Piece {
        let place = *self.places.entry(trace).or_insert_with(|| {
            self.list.push(Piece { trace, spans: Vec::new(), logs: Vec::new() });
            self.list.len() - 1
        });
        &mut self.list[place]
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{record, span, trace},
        *,
    };

    #[test]
    fn traces_come_in_the_order_they_are_seen_and_keep_theirs() {
        let pieces = by_trace(vec![span(2, 1), span(1, 2), span(2, 3)], vec![record(3, 1), record(1, 2), record(3, 3)]);
        let expected = [
            Piece { trace: trace(2), spans: vec![span(2, 1), span(2, 3)], logs: vec![] },
            Piece { trace: trace(1), spans: vec![span(1, 2)], logs: vec![record(1, 2)] },
            Piece { trace: trace(3), spans: vec![], logs: vec![record(3, 1), record(3, 3)] },
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn one_trace_is_one_piece_and_nothing_is_none() {
        let (spans, logs) = (vec![span(1, 1), span(1, 2)], vec![record(1, 1)]);
        assert_eq!(by_trace(spans.clone(), logs.clone()), [Piece { trace: trace(1), spans, logs }]);
        assert_eq!(by_trace(vec![], vec![record(1, 1)]).len(), 1);
        assert_eq!(by_trace(vec![], vec![]), []);
    }
}
