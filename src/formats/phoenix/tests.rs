//! Phoenix's exports in each of the ways it gives them out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{
    formats::decode,
    model::{ids::TraceId, step::StepKind, trace::Trace},
};

const TRACE: &str = "5b8aa5a2d2c872e8321cf37308d69df2";

/// As the API gives them.
fn page() -> Value {
    json!({"data": [
        {"id": "U3Bhbjox", "name": "clerk", "context": {"trace_id": TRACE, "span_id": "00000000000000a1"}, "span_kind": "AGENT", "parent_id": null,
         "start_time": "2026-05-04T10:00:00+00:00", "end_time": "2026-05-04T10:00:03+00:00", "status_code": "OK", "status_message": "",
         "attributes": {"input.value": "refund 7?", "output.value": "no", "smolagents.max_steps": 6, "session.id": "s-1"}, "events": []},
        {"id": "U3Bhbjoy", "name": "ChatCompletion", "context": {"trace_id": TRACE, "span_id": "00000000000000a2"}, "span_kind": "LLM",
         "parent_id": "00000000000000a1", "start_time": "2026-05-04T10:00:00.1+00:00", "end_time": "2026-05-04T10:00:01+00:00", "status_code": "OK",
         "attributes": {"llm.model_name": "gpt-4o-mini", "llm.token_count.prompt": 90, "llm.token_count.completion": 12,
            "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "refund 7?",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "issue_refund",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{\"order\": 7}"}},
        {"id": "U3Bhboz", "name": "issue_refund", "context": {"trace_id": TRACE, "span_id": "00000000000000a3"}, "span_kind": "TOOL",
         "parent_id": "00000000000000a1", "start_time": "2026-05-04T10:00:01.1+00:00", "end_time": "2026-05-04T10:00:02+00:00", "status_code": "ERROR",
         "status_message": "OrderError: no such order", "attributes": {"tool.name": "issue_refund", "input.value": "{\"order\": 7}"},
         "events": [{"name": "exception", "timestamp": "2026-05-04T10:00:02+00:00",
                     "attributes": {"exception.type": "OrderError", "exception.message": "no such order"}}]}
    ], "next_cursor": null})
}

/// The same as the table writes its rows: lists of messages, objects where there was JSON.
fn rows() -> Value {
    let of = |kind: &str, id: &str, parent: Value, more: Value| {
        let mut row = json!({"name": kind, "span_kind": kind, "parent_id": parent, "start_time": 1_777_888_800_100_u64, "end_time": 1_777_888_801_000_u64,
            "status_code": "UNSET", "status_message": "", "events": [], "context.trace_id": TRACE, "context.span_id": id,
            "attributes.openinference.span.kind": kind});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    json!([
        of("AGENT", "00000000000000a1", Value::Null, json!({"attributes.metadata": {"langgraph_step": 1, "tier": {"a": 1}}})),
        of(
            "LLM",
            "00000000000000a2",
            json!("00000000000000a1"),
            json!({
            "attributes.llm.model_name": "gpt-4o-mini", "attributes.llm.token_count.prompt": 90.0, "attributes.llm.token_count.completion": 12.0,
            "attributes.llm.tools": [{"tool.json_schema": {"type": "function", "function": {"name": "issue_refund", "parameters": {}}}}],
            "attributes.llm.input_messages": [{"message.role": "user", "message.content": "refund 7?"}],
            "attributes.llm.output_messages": [{"message.role": "assistant", "message.tool_calls": [
                {"tool_call.function.name": "issue_refund", "tool_call.function.arguments": "{\"order\": 7}"}]}]})
        ),
    ])
}

fn spans(export: &Value) -> Vec<Span> {
    let text = export.to_string();
    assert!(is_export(&text), "{text}");
    read(&text, &Allowance::of(&text).unwrap()).unwrap().spans.items
}

fn only(export: &Value) -> Trace {
    decode(export.to_string().as_bytes(), TraceId::generate).unwrap()
}

#[test]
fn a_page_of_the_api_is_a_run() {
    let trace = only(&page());
    assert_eq!((trace.id.as_str(), trace.agent.as_deref(), trace.session.as_deref()), (TRACE, Some("clerk"), Some("s-1")));
    let model = trace.steps.iter().find_map(|step| step.model.as_ref()).unwrap();
    assert_eq!((model.model.as_deref(), model.usage.map(|usage| usage.input_tokens)), (Some("gpt-4o-mini"), Some(90)));
    assert_eq!(model.requested_tools[0].name, "issue_refund");
    let called = trace.steps.iter().find(|step| step.kind == StepKind::ToolCall).unwrap();
    assert_eq!(called.tool.as_ref().unwrap().input, Some(json!({"order": 7})));
    assert!(called.error.as_deref().unwrap().contains("no such order"));
    assert!(trace.telemetry.unwrap().attributes.iter().any(|(name, _)| name == "smolagents.max_steps"));
}

#[test]
fn a_table_gives_the_attributes_back_as_they_were_sent() {
    let spans = spans(&rows());
    let says = |name: &str| spans[1].attributes.get(name).cloned();
    assert_eq!(says("llm.input_messages.0.message.content"), Some(json!("refund 7?")));
    assert_eq!(says("llm.output_messages.0.message.tool_calls.0.tool_call.function.name"), Some(json!("issue_refund")));
    assert!(says("llm.tools.0.tool.json_schema").unwrap().is_string());
    assert_eq!(spans[0].attributes.get("metadata"), Some(&json!("{\"langgraph_step\":1,\"tier\":{\"a\":1}}")));
    assert_eq!(spans[0].start.unwrap().0, 1_777_888_800_100_000_000);
    let trace = only(&rows());
    let model = trace.steps.iter().find_map(|step| step.model.as_ref()).unwrap();
    assert_eq!((model.usage.unwrap().output_tokens, model.requested_tools.len()), (12, 1));
}

#[test]
fn each_way_it_is_given_out_is_known() {
    let (page, rows) = (page(), rows());
    let mut columns = Map::new();
    for (index, row) in rows.as_array().unwrap().iter().enumerate() {
        for (name, value) in row.as_object().unwrap() {
            columns.entry(name).or_insert_with(|| json!({}))[index.to_string()] = value.clone();
        }
    }
    let mut by_id = Value::Object(columns.clone());
    by_id.as_object_mut().unwrap().remove("context.span_id");
    let nested = json!({"name": "x", "span_kind": "llm", "context": {"trace_id": TRACE, "span_id": "00000000000000a2"}, "attributes":
        {"llm": {"model_name": "gpt-4o", "input_messages": [{"message": {"role": "user", "content": "hi"}}]}}});
    for (export, count) in [
        (page.clone(), 3),
        (page["data"].clone(), 3),
        (page["data"][1].clone(), 1),
        (rows[0].clone(), 1),
        (Value::Object(columns), 2),
        (by_id, 2),
        (json!({"traceId": TRACE, "spans": page["data"], "status": "OK"}), 3),
        (nested.clone(), 1),
    ] {
        assert_eq!(spans(&export).len(), count, "{export}");
    }
    let read = spans(&nested);
    assert_eq!(read[0].attributes.get("llm.model_name"), Some(&json!("gpt-4o")));
    assert_eq!(read[0].attributes.get("llm.input_messages.0.message.role"), Some(&json!("user")));
    assert_eq!(read[0].attributes.get("openinference.span.kind"), Some(&json!("llm")));
}

#[test]
fn a_span_without_ids_is_counted_and_told() {
    let export = json!([page()["data"][0], {"span_kind": "LLM", "context": {}, "name": "lost"}]).to_string();
    let both = read(&export, &Allowance::of(&export).unwrap()).unwrap();
    assert_eq!((both.spans.items.len(), both.spans.rejected), (1, 1));
    assert!(both.unread().unwrap().contains("ids"), "{:?}", both.unread());
}

#[test]
fn names_cannot_grow_without_bound() {
    let leaves: Map<String, Value> = (0..20_000).map(|number| (number.to_string(), json!(1))).collect();
    let export = json!({"span_kind": "LLM", "context": {"trace_id": TRACE, "span_id": "00000000000000a2"},
        "attributes": {"x".repeat(100_000): {"a": leaves.clone(), "b": leaves}}});
    let spans = spans(&export);
    let bytes: usize = spans[0].attributes.iter().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum();
    assert!(bytes < 8 << 20, "{bytes}");
}

#[test]
fn what_is_not_phoenixs_is_left_alone() {
    for other in [
        json!({"agent_id": "a", "metadata": {"span_kind": "LLM", "context": {}}}),
        json!({"span_kind": "LLM"}),
        json!({"resourceSpans": [{"span_kind": 1, "context": 2}]}),
        json!([{"role": "user", "content": "what is a \"span_kind\"?"}]),
    ] {
        assert!(!is_export(&other.to_string()), "{other}");
    }
}
