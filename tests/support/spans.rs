//! Spans of made-up runs: an agent, its model calls, log records beside them, and what is no run.

use std::sync::Arc;

use arc_eval_tui::formats::otlp::span::{Attributes, LogRecord, OtelTraceId, Resource, Scope, Span, SpanId, Status, UnixNanos};
use serde_json::{Value, json};

const NOON: u64 = 1_795_341_600_000_000_000;

pub(crate) fn id_of(trace: u8) -> OtelTraceId {
    OtelTraceId::from_slice(&[trace; 16]).unwrap()
}

fn span_id(number: u64) -> SpanId {
    SpanId::from_slice(&number.to_be_bytes()).unwrap()
}

/// The id of an agent's span.
const AGENT: u64 = 0xA6E7;

fn span(trace: u8, number: u64, name: &str, attributes: &[(&str, Value)]) -> Span {
    Span {
        trace: id_of(trace),
        id: span_id(number),
        parent: Some(span_id(AGENT)),
        name: name.to_owned(),
        start: Some(UnixNanos(NOON + number * 1_000_000)),
        end: Some(UnixNanos(NOON + number * 1_000_000 + 900_000)),
        attributes: Attributes(attributes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::new(Scope { name: "made-up".to_owned(), ..Scope::default() }),
        resource: Arc::new(Resource::default()),
    }
}

/// The outermost span of a run; open until `ended`.
pub(crate) fn agent(trace: u8, ended: bool) -> Span {
    let attributes = [("gen_ai.operation.name", json!("invoke_agent")), ("gen_ai.agent.name", json!("refund-bot"))];
    let span = span(trace, AGENT, "invoke_agent refund-bot", &attributes);
    Span { parent: None, start: Some(UnixNanos(NOON)), end: ended.then_some(UnixNanos(NOON + 60_000_000_000)), ..span }
}

/// One model call of a run.
pub(crate) fn model_call(trace: u8, number: u64) -> Span {
    let model = format!("model-{number}");
    let attributes = [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.request.model", json!(model)),
        ("gen_ai.usage.input_tokens", json!(number)),
        ("gen_ai.usage.output_tokens", json!(1)),
    ];
    span(trace, number, &format!("chat {model}"), &attributes)
}

/// An agent is made, which is no run.
pub(crate) fn agent_made(trace: u8, number: u64) -> Span {
    span(trace, number, "create_agent", &[("gen_ai.operation.name", json!("create_agent"))])
}

/// A log record beside a model call.
pub(crate) fn log(trace: u8, number: u64) -> LogRecord {
    LogRecord {
        trace: id_of(trace),
        span: Some(span_id(number)),
        time: Some(UnixNanos(NOON)),
        name: Some("gen_ai.user.message".to_owned()),
        body: json!({"content": "hello"}),
        attributes: Attributes::default(),
        scope: Arc::new(Scope::default()),
        resource: Arc::new(Resource::default()),
    }
}

/// A model call of a team that talks over a message bus: its traces are joined by the team.
pub(crate) fn on_a_bus(trace: u8, number: u64, team: &str) -> Span {
    let attributes = [("gen_ai.system", json!("autogen")), ("gen_ai.operation.name", json!("chat")), ("team_id", json!(team))];
    span(trace, number, "chat over the bus", &attributes)
}
