//! Small OTLP requests for tests: an agent's run with one model call and one tool call.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::Write;

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value as Any},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;
use serde_json::{Value, json};

const START: u64 = 1_800_000_000_000_000_000;
const SECOND: u64 = 1_000_000_000;

/// The trace id of run number `run`, and how it is written.
pub fn trace_id(run: u8) -> (Vec<u8>, String) {
    (vec![run; 16], format!("{run:02x}").repeat(16))
}

fn text(key: &str, value: &str) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(Any::StringValue(value.to_owned())) }), ..KeyValue::default() }
}

fn span(run: u8, number: u8, name: &str, attributes: Vec<KeyValue>) -> Span {
    let start = START + u64::from(number) * SECOND;
    Span {
        trace_id: trace_id(run).0,
        span_id: vec![number; 8],
        parent_span_id: if number == 1 { Vec::new() } else { vec![1; 8] },
        name: name.to_owned(),
        start_time_unix_nano: start,
        end_time_unix_nano: if number == 1 { START + 9 * SECOND } else { start + SECOND },
        attributes,
        ..Span::default()
    }
}

/// An agent that calls a model and a tool.
pub fn run(number: u8) -> ExportTraceServiceRequest {
    let operation = |name| text("gen_ai.operation.name", name);
    request(vec![
        span(number, 1, "invoke_agent refunds", vec![operation("invoke_agent"), text("gen_ai.agent.name", "refunds")]),
        span(number, 2, "chat gpt-4o", vec![operation("chat"), text("gen_ai.request.model", "gpt-4o")]),
        span(number, 3, "execute_tool issue_refund", vec![operation("execute_tool"), text("gen_ai.tool.name", "issue_refund")]),
    ])
}

/// A run beside a span whose id is too short.
pub fn run_with_an_odd_span(number: u8) -> ExportTraceServiceRequest {
    let mut request = run(number);
    let odd = Span { span_id: vec![7; 3], ..span(number, 4, "odd", Vec::new()) };
    request.resource_spans[0].scope_spans[0].spans.push(odd);
    request
}

/// Nothing but a span whose trace id is all zero.
pub fn only_an_odd_span() -> ExportTraceServiceRequest {
    request(vec![Span { trace_id: vec![0; 16], ..span(9, 1, "odd", Vec::new()) }])
}

fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope = Some(InstrumentationScope { name: "tests".to_owned(), ..InstrumentationScope::default() });
    let scope_spans = vec![ScopeSpans { scope, spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }] }
}

/// A log record of the model call of a run.
pub fn log(run: u8) -> ExportLogsServiceRequest {
    let record = LogRecord {
        trace_id: trace_id(run).0,
        span_id: vec![2; 8],
        time_unix_nano: START,
        event_name: "gen_ai.user.message".to_owned(),
        attributes: vec![text("event.name", "gen_ai.user.message")],
        ..LogRecord::default()
    };
    let scope_logs = vec![ScopeLogs { log_records: vec![record], ..ScopeLogs::default() }];
    ExportLogsServiceRequest { resource_logs: vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }] }
}

/// A request with one data point.
pub fn metrics() -> Value {
    json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"name": "gen_ai.client.token.usage", "sum": {"dataPoints": [{"asInt": "5"}], "aggregationTemporality": 2, "isMonotonic": true}}
    ]}]}]})
}

pub fn protobuf(request: &impl Message) -> Vec<u8> {
    request.encode_to_vec()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
