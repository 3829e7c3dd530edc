//! Between the messages of OTLP and the spans and log records the program works with.

use std::sync::Arc;

use opentelemetry_proto::tonic::{
    common::v1::InstrumentationScope,
    logs::v1::{self as otlp_logs, ResourceLogs, ScopeLogs},
    resource::v1 as otlp_resource,
    trace::v1::{self as otlp, ResourceSpans, ScopeSpans, span, status::StatusCode},
};

use super::{
    any_value,
    span::{LogRecord, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status, UnixNanos},
};

/// The attribute that names an event where the record's own field does not.
const EVENT_NAME: &str = "event.name";

/// Why a span or a log record cannot be used: what is wrong with its ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {what} id {is}")]
pub(super) struct BadId {
    pub(super) what: &'static str,
    pub(super) is: String,
}

impl BadId {
    /// What is wrong with these bytes, of which `length` are wanted.
    pub(super) fn of(what: &'static str, bytes: &[u8], length: usize) -> Self {
        let is = match bytes.len() {
            0 => "is missing".to_owned(),
            found if found == length => "is all zeros".to_owned(),
            found => format!("has {found} bytes; {length} are needed"),
        };
        Self { what, is }
    }
}

pub(super) fn trace_id(bytes: &[u8]) -> Result<OtelTraceId, BadId> {
    OtelTraceId::from_slice(bytes).ok_or_else(|| BadId::of("trace", bytes, 16))
}

pub(super) fn span_id(bytes: &[u8]) -> Result<SpanId, BadId> {
    SpanId::from_slice(bytes).ok_or_else(|| BadId::of("span", bytes, 8))
}

/// A moment; OTLP writes 0 for none.
pub(super) fn moment(nanos: u64) -> Option<UnixNanos> {
    (nanos != 0).then_some(UnixNanos(nanos))
}

pub(super) fn resource(message: Option<otlp_resource::Resource>) -> Resource {
    Resource { attributes: any_value::attributes(message.unwrap_or_default().attributes) }
}

pub(super) fn scope(message: Option<InstrumentationScope>) -> Scope {
    let message = message.unwrap_or_default();
    Scope {
        name: message.name,
        version: Some(message.version).filter(|version| !version.is_empty()),
        attributes: any_value::attributes(message.attributes),
    }
}

pub(super) fn status(code: i32, message: String) -> Status {
    match StatusCode::try_from(code) {
        Ok(StatusCode::Ok) => Status::Ok,
        Ok(StatusCode::Error) => Status::Error(message),
        Ok(StatusCode::Unset) | Err(_) => Status::Unset,
    }
}

pub(super) fn span(message: otlp::Span, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Result<Span, BadId> {
    let link = |link: &span::Link| Some((OtelTraceId::from_slice(&link.trace_id)?, SpanId::from_slice(&link.span_id)?));
    let event = |event: span::Event| SpanEvent {
        name: event.name,
        time: moment(event.time_unix_nano),
        attributes: any_value::attributes(event.attributes),
    };
    Ok(Span {
        trace: trace_id(&message.trace_id)?,
        id: span_id(&message.span_id)?,
        parent: SpanId::from_slice(&message.parent_span_id),
        name: message.name,
        start: moment(message.start_time_unix_nano),
        end: moment(message.end_time_unix_nano),
        attributes: any_value::attributes(message.attributes),
        dropped_attributes: message.dropped_attributes_count,
        events: message.events.into_iter().map(event).collect(),
        links: message.links.iter().filter_map(link).collect(),
        status: message.status.map_or(Status::Unset, |said| status(said.code, said.message)),
        scope: Arc::clone(scope),
        resource: Arc::clone(resource),
    })
}

/// A log record; `None` when it is outside of any trace.
pub(super) fn log(message: otlp_logs::LogRecord, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Result<Option<LogRecord>, BadId> {
    if message.trace_id.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let attributes = any_value::attributes(message.attributes);
    Ok(Some(LogRecord {
        trace: trace_id(&message.trace_id)?,
        span: SpanId::from_slice(&message.span_id),
        time: moment(message.time_unix_nano).or_else(|| moment(message.observed_time_unix_nano)),
        name: event_name(message.event_name, &attributes),
        body: message.body.map_or(serde_json::Value::Null, any_value::plain),
        attributes,
        scope: Arc::clone(scope),
        resource: Arc::clone(resource),
    }))
}

/// A record's event name, by its field or else its attribute.
pub(super) fn event_name(field: String, attributes: &super::span::Attributes) -> Option<String> {
    if field.is_empty() { attributes.text(EVENT_NAME).filter(|name| !name.is_empty()).map(str::to_owned) } else { Some(field) }
}

/// The message of a resource.
fn resource_message(resource: &Resource) -> otlp_resource::Resource {
    otlp_resource::Resource { attributes: any_value::pairs(&resource.attributes), ..Default::default() }
}

/// The message of a scope.
fn scope_message(scope: &Scope) -> InstrumentationScope {
    InstrumentationScope {
        name: scope.name.clone(),
        version: scope.version.clone().unwrap_or_default(),
        attributes: any_value::pairs(&scope.attributes),
        dropped_attributes_count: 0,
    }
}

fn span_message(span: &Span) -> otlp::Span {
    let nanos = |moment: Option<UnixNanos>| moment.map_or(0, |moment| moment.0);
    let (code, message) = match &span.status {
        Status::Unset => (StatusCode::Unset, ""),
        Status::Ok => (StatusCode::Ok, ""),
        Status::Error(message) => (StatusCode::Error, message.as_str()),
    };
    let event = |event: &SpanEvent| span::Event {
        time_unix_nano: nanos(event.time),
        name: event.name.clone(),
        attributes: any_value::pairs(&event.attributes),
        dropped_attributes_count: 0,
    };
    let link = |(trace, id): &(OtelTraceId, SpanId)| span::Link {
        trace_id: trace.bytes().to_vec(),
        span_id: id.bytes().to_vec(),
        ..Default::default()
    };
    otlp::Span {
        trace_id: span.trace.bytes().to_vec(),
        span_id: span.id.bytes().to_vec(),
        parent_span_id: span.parent.map(|parent| parent.bytes().to_vec()).unwrap_or_default(),
        name: span.name.clone(),
        start_time_unix_nano: nanos(span.start),
        end_time_unix_nano: nanos(span.end),
        attributes: any_value::pairs(&span.attributes),
        dropped_attributes_count: span.dropped_attributes,
        events: span.events.iter().map(event).collect(),
        links: span.links.iter().map(link).collect(),
        status: (span.status != Status::Unset).then(|| otlp::Status { message: message.to_owned(), code: code as i32 }),
        ..Default::default()
    }
}

fn log_message(record: &LogRecord) -> otlp_logs::LogRecord {
    otlp_logs::LogRecord {
        trace_id: record.trace.bytes().to_vec(),
        span_id: record.span.map(|span| span.bytes().to_vec()).unwrap_or_default(),
        time_unix_nano: record.time.map_or(0, |moment| moment.0),
        event_name: record.name.clone().unwrap_or_default(),
        body: Some(any_value::any(&record.body)),
        attributes: any_value::pairs(&record.attributes),
        ..Default::default()
    }
}

/// The messages of spans, in their order: neighbours of one resource and scope share a message.
pub(super) fn resource_spans(spans: &[Span]) -> Vec<ResourceSpans> {
    let scoped = |spans: &[Span]| ScopeSpans {
        scope: spans.first().map(|span| scope_message(&span.scope)),
        spans: spans.iter().map(span_message).collect(),
        ..Default::default()
    };
    let of_resource = |spans: &[Span]| ResourceSpans {
        resource: spans.first().map(|span| resource_message(&span.resource)),
        scope_spans: spans.chunk_by(|one, next| same(&one.scope, &next.scope)).map(scoped).collect(),
        ..Default::default()
    };
    spans.chunk_by(|one, next| same(&one.resource, &next.resource)).map(of_resource).collect()
}

/// The messages of log records, likewise.
pub(super) fn resource_logs(logs: &[LogRecord]) -> Vec<ResourceLogs> {
    let scoped = |logs: &[LogRecord]| ScopeLogs {
        scope: logs.first().map(|record| scope_message(&record.scope)),
        log_records: logs.iter().map(log_message).collect(),
        ..Default::default()
    };
    let of_resource = |logs: &[LogRecord]| ResourceLogs {
        resource: logs.first().map(|record| resource_message(&record.resource)),
        scope_logs: logs.chunk_by(|one, next| same(&one.scope, &next.scope)).map(scoped).collect(),
        ..Default::default()
    };
    logs.chunk_by(|one, next| same(&one.resource, &next.resource)).map(of_resource).collect()
}

fn same<T: PartialEq>(one: &Arc<T>, next: &Arc<T>) -> bool {
    Arc::ptr_eq(one, next) || one == next
}
