//! Spans and log records that were sent more than once: a sender that got no answer sends its batch again.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_128;

use crate::formats::otlp::{
    bundle,
    span::{LogRecord, OtelTraceId, Span, SpanId},
};

/// Takes out what is there twice, and the open form of a span that has ended since; true when there was something to take out.
pub(super) fn take_out(spans: &mut Vec<Span>, logs: &mut Vec<LogRecord>) -> bool {
    let before = spans.len() + logs.len();
    let ended: HashSet<(OtelTraceId, SpanId)> = spans.iter().filter(|span| span.end.is_some()).map(|span| (span.trace, span.id)).collect();
    let mut places: HashMap<(OtelTraceId, SpanId), Vec<usize>> = HashMap::new();
    let mut keep = vec![true; spans.len()];
    for (place, span) in spans.iter().enumerate() {
        let key = (span.trace, span.id);
        let seen = places.entry(key).or_default();
        let superseded = span.end.is_none() && ended.contains(&key);
        if superseded || seen.iter().any(|other| spans.get(*other) == Some(span)) {
            keep[place] = false;
        } else {
            seen.push(place);
        }
    }
    let mut kept = keep.iter();
    spans.retain(|_| kept.next().copied().unwrap_or(true));
    if logs.len() > 1 {
        let mut seen = HashSet::new();
        logs.retain(|record| seen.insert(xxh3_128(&bundle::encode(&[], std::slice::from_ref(record)))));
    }
    spans.len() + logs.len() < before
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::formats::otlp::span::{Attributes, Resource, Scope, Status, UnixNanos};

    fn span(id: u8, end: Option<u64>) -> Span {
        Span {
            trace: OtelTraceId::from_slice(&[1; 16]).unwrap(),
            id: SpanId::from_slice(&[id; 8]).unwrap(),
            parent: None,
            name: "a".to_owned(),
            start: None,
            end: end.map(UnixNanos),
            attributes: Attributes::default(),
            dropped_attributes: 0,
            events: Vec::new(),
            links: Vec::new(),
            status: Status::Unset,
            scope: Arc::new(Scope::default()),
            resource: Arc::new(Resource::default()),
        }
    }

    fn log(says: &str) -> LogRecord {
        LogRecord {
            trace: OtelTraceId::from_slice(&[1; 16]).unwrap(),
            span: None,
            time: None,
            name: None,
            body: json!(says),
            attributes: Attributes::default(),
            scope: Arc::new(Scope::default()),
            resource: Arc::new(Resource::default()),
        }
    }

    #[test]
    fn what_is_sent_again_counts_once_and_what_differs_stays() {
        let mut spans = vec![span(1, None), span(2, Some(5)), span(1, Some(7)), span(2, Some(5)), span(2, Some(6)), span(3, None)];
        let mut logs = vec![log("a"), log("b"), log("a")];
        assert!(take_out(&mut spans, &mut logs));
        assert_eq!(spans, [span(2, Some(5)), span(1, Some(7)), span(2, Some(6)), span(3, None)]);
        assert_eq!(logs, [log("a"), log("b")]);
        assert!(!take_out(&mut spans, &mut logs), "nothing is left to take out");
    }
}
