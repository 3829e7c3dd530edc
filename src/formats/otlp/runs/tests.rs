//! One run, several, or none; out of exports as they stand in files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{
    formats::{
        self, Content,
        otlp::{
            bundle,
            testing::{record, span},
        },
    },
    model::ids::TraceId,
};

/// A span that is a run by itself.
fn agent(of: u8, id: u8) -> Span {
    let mut span = span(of, id);
    span.name = "invoke_agent desk".to_owned();
    span.attributes.0 = [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", "desk")]
        .map(|(key, value)| (key.to_owned(), json!(value)))
        .to_vec();
    span
}

fn export(spans: &[Span]) -> Vec<u8> {
    bundle::to_json(&bundle::encode(spans, &[])).unwrap()
}

fn nobody() -> TraceId {
    panic!("the trace has an id")
}

#[test]
fn an_export_of_one_run_is_a_trace_by_the_id_of_its_spans() {
    let trace = formats::decode(&export(&[span(1, 2), agent(1, 1)]), nobody).unwrap();
    assert_eq!(trace.id.as_str(), "01".repeat(16));
    assert_eq!(trace.agent.as_deref(), Some("desk"));
}

#[test]
fn stored_spans_are_the_run_they_are_stored_for() {
    let stored = bundle::encode(&[agent(1, 1)], &[record(1, 1)]);
    let trace = formats::decode(&stored, || TraceId::new("kept").unwrap()).unwrap();
    assert_eq!((trace.id.as_str(), trace.agent.as_deref()), ("kept", Some("desk")));
}

#[test]
fn an_export_of_several_runs_is_several() {
    let body = export(&[agent(1, 1), agent(2, 1), span(1, 2)]);
    let Content::Spans(both) = formats::read(&body, nobody).unwrap() else { panic!("spans") };
    let runs = of(both.spans.items, both.logs.items);
    let ids: Vec<_> = runs.iter().map(|run| run.run.as_ref().unwrap().id.as_str().to_owned()).collect();
    assert_eq!(ids, ["01".repeat(16), "02".repeat(16)]);
    let error = formats::decode(&body, nobody).unwrap_err();
    assert_eq!(error.message, "this OTLP export holds 2 runs where one is expected; import it, or send it to /v1/traces");
}

#[test]
fn an_export_without_spans_is_refused_as_one_run() {
    for (body, says) in [
        (r#"{"resourceSpans":[]}"#, "this OTLP export holds no span"),
        (
            r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#,
            "this OTLP export holds no span: spans and log records that could not be read: 1 (a trace id is missing)",
        ),
        (r#"{ "resource_spans":[]}"#, "nothing was read, for `resource_spans` is not known here"),
        (r#"{"resourceMetrics":[]}"#, "nothing was read, for `resourceMetrics` is not known here"),
    ] {
        let error = formats::decode(body.as_bytes(), nobody).unwrap_err();
        assert!(error.message.starts_with(says), "{error}");
    }
}

#[test]
fn what_could_not_be_read_of_a_run_is_told_with_it() {
    let whole = String::from_utf8(export(&[agent(1, 1)])).unwrap();
    let odd = whole.replacen("\"spans\":[", "\"spans\":[{\"name\":\"odd\"},", 1);
    let trace = formats::decode(odd.as_bytes(), nobody).unwrap();
    assert!(trace.incomplete.iter().any(|note| note.contains("could not be read: 1")), "{:?}", trace.incomplete);
}
