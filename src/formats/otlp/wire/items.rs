//! One span, log record or metric of OTLP/JSON.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    super::{
        messages::{self, BadId},
        span::{LogRecord, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status},
    },
    loose,
};

/// A member of what may be an object.
pub(super) fn member(value: Option<Value>, name: &str) -> Value {
    match value {
        Some(Value::Object(mut map)) => map.remove(name).unwrap_or_default(),
        _ => Value::Null,
    }
}

pub(super) fn scope(value: Value) -> Scope {
    let Value::Object(mut map) = value else { return Scope::default() };
    Scope {
        name: map.remove("name").map_or(String::new(), loose::text),
        version: map.remove("version").map(loose::text).filter(|version| !version.is_empty()),
        attributes: map.remove("attributes").map(loose::attributes).unwrap_or_default(),
    }
}

pub(super) fn span(map: Map<String, Value>, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Result<Span, BadId> {
    let missing = |what| BadId { what, is: "is missing".to_owned() };
    let mut span = Span {
        trace: map.get("traceId").map_or_else(|| Err(missing("trace")), loose::trace_id)?,
        id: map.get("spanId").map_or_else(|| Err(missing("span")), loose::span_id)?,
        parent: map.get("parentSpanId").and_then(|parent| loose::span_id(parent).ok()),
        name: String::new(),
        start: None,
        end: None,
        attributes: Default::default(),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::clone(scope),
        resource: Arc::clone(resource),
    };
    for (name, value) in map {
        match name.as_str() {
            "name" => span.name = loose::text(value),
            "startTimeUnixNano" => span.start = loose::moment(&value),
            "endTimeUnixNano" => span.end = loose::moment(&value),
            "attributes" => span.attributes = loose::attributes(value),
            "droppedAttributesCount" => span.dropped_attributes = loose::count(&value),
            "events" => span.events = loose::list(value).into_iter().filter_map(event).collect(),
            "links" => span.links = loose::list(value).iter().filter_map(link).collect(),
            "status" => span.status = loose::status(value),
            _ => {}
        }
    }
    Ok(span)
}

fn event(value: Value) -> Option<SpanEvent> {
    let Value::Object(mut map) = value else { return None };
    Some(SpanEvent {
        name: map.remove("name").map_or(String::new(), loose::text),
        time: map.get("timeUnixNano").and_then(loose::moment),
        attributes: map.remove("attributes").map(loose::attributes).unwrap_or_default(),
    })
}

fn link(value: &Value) -> Option<(OtelTraceId, SpanId)> {
    Some((loose::trace_id(value.get("traceId")?).ok()?, loose::span_id(value.get("spanId")?).ok()?))
}

pub(super) fn log(mut map: Map<String, Value>, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Result<Option<LogRecord>, BadId> {
    let Some(trace) = map.get("traceId").filter(|id| loose::has_id(id)).map(loose::trace_id).transpose()? else { return Ok(None) };
    let attributes = map.remove("attributes").map(loose::attributes).unwrap_or_default();
    let time = |name| map.get(name).and_then(loose::moment);
    Ok(Some(LogRecord {
        trace,
        span: map.get("spanId").and_then(|span| loose::span_id(span).ok()),
        time: time("timeUnixNano").or_else(|| time("observedTimeUnixNano")),
        name: messages::event_name(map.remove("eventName").map_or(String::new(), loose::text), &attributes),
        body: map.remove("body").map_or(Value::Null, loose::any),
        attributes,
        scope: Arc::clone(scope),
        resource: Arc::clone(resource),
    }))
}

/// How many data points a metric has, whichever kind it is.
pub(super) fn data_points(metric: Map<String, Value>) -> usize {
    metric.into_iter().map(|(_, data)| loose::list(member(Some(data), "dataPoints")).len()).sum()
}
