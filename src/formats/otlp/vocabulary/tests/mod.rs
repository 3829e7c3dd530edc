//! What spans of our own making, in every vocabulary, are read as.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conventions;
mod coverage;
mod frameworks;
mod hostile;
mod messages;
mod openinference;
mod otlp_json;
mod sdks;
mod speed;

use std::sync::Arc;

use serde_json::Value;

use crate::formats::otlp::{
    reading::Reading,
    span::{Attributes, LogRecord, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status},
    vocabulary::read,
};

/// A span of this name with the members of a JSON object as its attributes.
fn span(name: &str, attributes: Value) -> Span {
    Span {
        trace: OtelTraceId::from_slice(&[7; 16]).unwrap(),
        id: SpanId::from_slice(&[9; 8]).unwrap(),
        parent: None,
        name: name.to_owned(),
        start: None,
        end: None,
        attributes: as_attributes(attributes),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::new(Scope::default()),
        resource: Arc::new(Resource::default()),
    }
}

fn as_attributes(members: Value) -> Attributes {
    let Value::Object(members) = members else { panic!("attributes are an object") };
    Attributes(members.into_iter().collect())
}

fn event(name: &str, attributes: Value) -> SpanEvent {
    SpanEvent { name: name.to_owned(), time: None, attributes: as_attributes(attributes) }
}

fn log(of: &Span, name: &str, body: Value, attributes: Value) -> LogRecord {
    LogRecord {
        trace: of.trace,
        span: Some(of.id),
        time: None,
        name: Some(name.to_owned()),
        body,
        attributes: as_attributes(attributes),
        scope: Arc::clone(&of.scope),
        resource: Arc::clone(&of.resource),
    }
}

/// What a span without log records is read as.
fn reading(name: &str, attributes: Value) -> Reading {
    read(&span(name, attributes), &[])
}
