//! A small reader of OTLP/JSON, for recordings and for spans written as JSON in tests.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::formats::otlp::span::{Attributes, LogRecord, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status, UnixNanos};

/// The spans of an export request.
pub(super) fn spans(request: &Value) -> Vec<Span> {
    let mut spans = Vec::new();
    walk(request, "resourceSpans", "scopeSpans", "spans", |span, scope, resource| {
        let text = |name: &str| span[name].as_str().unwrap_or_default();
        let events = list(&span["events"]).iter().map(|event| SpanEvent {
            name: event["name"].as_str().unwrap_or_default().to_owned(),
            time: None,
            attributes: attributes(&event["attributes"]),
        });
        spans.push(Span {
            trace: OtelTraceId::from_slice(&bytes(text("traceId"))).unwrap(),
            id: SpanId::from_slice(&bytes(text("spanId"))).unwrap(),
            parent: SpanId::from_slice(&bytes(text("parentSpanId"))),
            name: text("name").to_owned(),
            start: text("startTimeUnixNano").parse().ok().map(UnixNanos),
            end: text("endTimeUnixNano").parse().ok().map(UnixNanos),
            attributes: attributes(&span["attributes"]),
            dropped_attributes: 0,
            events: events.collect(),
            links: Vec::new(),
            status: match span["status"]["code"].as_u64() {
                Some(2) => Status::Error(span["status"]["message"].as_str().unwrap_or_default().to_owned()),
                Some(1) => Status::Ok,
                _ => Status::Unset,
            },
            scope,
            resource,
        });
    });
    spans
}

/// The log records of an export request.
pub(super) fn logs(request: &Value) -> Vec<LogRecord> {
    let mut logs = Vec::new();
    walk(request, "resourceLogs", "scopeLogs", "logRecords", |record, scope, resource| {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let attributes = attributes(&record["attributes"]);
        let name = record["eventName"].as_str().filter(|name| !name.is_empty()).or_else(|| attributes.text("event.name"));
        let Some(trace) = OtelTraceId::from_slice(&bytes(text("traceId"))) else { return };
        logs.push(LogRecord {
            trace,
            span: SpanId::from_slice(&bytes(text("spanId"))),
            time: None,
            name: name.map(str::to_owned),
            body: any(&record["body"]),
            attributes,
            scope,
            resource,
        });
    });
    logs
}

fn walk(request: &Value, outer: &str, middle: &str, inner: &str, mut take: impl FnMut(&Value, Arc<Scope>, Arc<Resource>)) {
    for group in list(&request[outer]) {
        let resource = Arc::new(Resource { attributes: attributes(&group["resource"]["attributes"]) });
        for scoped in list(&group[middle]) {
            let name = scoped["scope"]["name"].as_str().unwrap_or_default().to_owned();
            let scope = Arc::new(Scope { name, ..Scope::default() });
            list(&scoped[inner]).iter().for_each(|entry| take(entry, Arc::clone(&scope), Arc::clone(&resource)));
        }
    }
}

fn attributes(given: &Value) -> Attributes {
    Attributes(list(given).iter().map(|one| (one["key"].as_str().unwrap().to_owned(), any(&one["value"]))).collect())
}

fn any(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|fields| fields.iter().next()) else { return Value::Null };
    match kind.as_str() {
        "arrayValue" => list(&inner["values"]).iter().map(any).collect(),
        "kvlistValue" => {
            let fields = list(&inner["values"]).iter().map(|one| (one["key"].as_str().unwrap().to_owned(), any(&one["value"])));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        "intValue" => inner.as_str().map_or_else(|| inner.clone(), |text| text.parse::<i64>().unwrap().into()),
        _ => inner.clone(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
