//! Spans and log records for tests: any at all, and one to start from.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};

use super::span::{Attributes, LogRecord, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status, UnixNanos};

/// The trace whose id repeats `byte`.
pub(crate) fn trace(byte: u8) -> OtelTraceId {
    OtelTraceId::from_slice(&[byte; 16]).unwrap()
}

/// The span whose id repeats `byte`.
pub(crate) fn id(byte: u8) -> SpanId {
    SpanId::from_slice(&[byte; 8]).unwrap()
}

/// A span that says little.
pub(crate) fn span(of: u8, byte: u8) -> Span {
    Span {
        trace: trace(of),
        id: id(byte),
        parent: None,
        name: "chat".to_owned(),
        start: Some(UnixNanos(1_000)),
        end: Some(UnixNanos(2_000)),
        attributes: Attributes(vec![("gen_ai.operation.name".to_owned(), json!("chat"))]),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::default(),
        resource: Arc::default(),
    }
}

/// A log record that says little.
pub(crate) fn record(of: u8, byte: u8) -> LogRecord {
    LogRecord {
        trace: trace(of),
        span: Some(id(byte)),
        time: Some(UnixNanos(1_500)),
        name: Some("gen_ai.user.message".to_owned()),
        body: json!({"content": "hello"}),
        attributes: Attributes::default(),
        scope: Arc::default(),
        resource: Arc::default(),
    }
}

/// Any value of an attribute. Floats are multiples of 1/64: the JSON reader may be off by the last bit for others.
fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 64.0)),
        ".{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,6}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_attributes() -> impl Strategy<Value = Attributes> {
    vec((".{1,10}", any_value()), 0..5).prop_map(Attributes)
}

fn any_moment() -> impl Strategy<Value = Option<UnixNanos>> {
    option::of((1_u64..).prop_map(UnixNanos))
}

fn any_id() -> impl Strategy<Value = SpanId> {
    any::<[u8; 8]>().prop_filter_map("not zero", |bytes| SpanId::from_slice(&bytes))
}

fn any_source() -> impl Strategy<Value = (Arc<Scope>, Arc<Resource>)> {
    let scope = (".{0,6}", option::of(".{1,4}"), any_attributes());
    let scope = scope.prop_map(|(name, version, attributes)| Arc::new(Scope { name, version, attributes }));
    (scope, any_attributes().prop_map(|attributes| Arc::new(Resource { attributes })))
}

/// Any span, of few traces.
pub(crate) fn any_span() -> impl Strategy<Value = Span> {
    let status = prop_oneof![Just(Status::Unset), Just(Status::Ok), ".{0,8}".prop_map(Status::Error)];
    let event = (".{0,8}", any_moment(), any_attributes()).prop_map(|(name, time, attributes)| SpanEvent { name, time, attributes });
    let ids = (1_u8..4, any_id(), option::of(any_id()), vec((1_u8..4, any_id()), 0..3));
    let said = (".{0,10}", any_attributes(), any::<u32>(), vec(event, 0..3), status);
    (ids, any_moment(), any_moment(), said, any_source()).prop_map(|(ids, start, end, said, (scope, resource))| {
        let (of, id, parent, links) = ids;
        let (name, attributes, dropped_attributes, events, status) = said;
        let links = links.into_iter().map(|(of, id)| (trace(of), id)).collect();
        Span { trace: trace(of), id, parent, name, start, end, attributes, dropped_attributes, events, links, status, scope, resource }
    })
}

/// Any log record, of few traces.
pub(crate) fn any_record() -> impl Strategy<Value = LogRecord> {
    let said = (option::of(any_id()), any_moment(), option::of(".{1,8}"), any_value(), any_attributes());
    (1_u8..4, said, any_source()).prop_map(|(of, (span, time, name, body, attributes), (scope, resource))| {
        // The attribute is the name where the field is missing.
        let name = name.or_else(|| attributes.text("event.name").map(str::to_owned));
        LogRecord { trace: trace(of), span, time, name, body, attributes, scope, resource }
    })
}
