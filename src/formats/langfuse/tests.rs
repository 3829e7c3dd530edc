//! Langfuse's exports in each of the ways it gives them out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{
    formats::{Content, decode, otlp::runs},
    model::{ids::TraceId, step::StepKind, trace::Trace},
};

fn whole() -> Value {
    json!({
        "id": "5f0c8a1e-6f3b-4a51-9d0e-0123456789ab", "name": "refund desk", "timestamp": "2026-05-04T10:00:00.000Z",
        "sessionId": "s-1", "userId": "u-1", "tags": ["live"], "release": null, "htmlPath": "/p", "latency": 3.5,
        "input": {"question": "refund 7?"}, "output": "done", "metadata": {"tier": "gold"},
        "observations": [
            {"id": "o-root", "type": "AGENT", "name": "clerk", "startTime": "2026-05-04T10:00:00.000Z", "endTime": "2026-05-04T10:00:03.500Z",
             "parentObservationId": null, "level": "DEFAULT",
             "metadata": {"scope": {"name": "openinference.instrumentation.crewai", "version": "1.1"}, "attributes": {"crew_key": "k"},
                          "resourceAttributes": {"service.name": "desk"}}},
            {"id": "o-llm", "type": "GENERATION", "name": "chat", "startTime": "2026-05-04T10:00:00.500Z", "endTime": "2026-05-04T10:00:01.000Z",
             "parentObservationId": "o-root", "model": "gpt-4o-mini", "modelParameters": {"temperature": 0},
             "input": [{"role": "user", "content": "refund 7?"}],
             "output": {"role": "assistant", "content": null,
                        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "issue_refund", "arguments": "{\"order\": 7}"}}]},
             "usageDetails": {"input": 90, "output": 12, "total": 102}, "costDetails": {"input": 0.01, "output": 0.02, "total": 0.03}},
            {"id": "o-tool", "type": "TOOL", "name": "issue_refund", "startTime": "2026-05-04T10:00:01.100Z", "endTime": "2026-05-04T10:00:02.000Z",
             "parentObservationId": "o-llm-that-was-left-out", "input": {"order": 7}, "output": null, "level": "ERROR",
             "statusMessage": "OrderError: no such order"}
        ]
    })
}

fn only(export: &Value) -> Trace {
    decode(export.to_string().as_bytes(), TraceId::generate).unwrap()
}

fn spans(export: &Value) -> Vec<Span> {
    let text = export.to_string();
    assert!(is_export(&text), "{text}");
    read(&text, &Allowance::of(&text).unwrap()).unwrap().spans.items
}

#[test]
fn a_trace_with_its_observations_is_a_run() {
    let trace = only(&whole());
    assert_eq!(trace.id.as_str(), "5f0c8a1e6f3b4a519d0e0123456789ab");
    assert_eq!((trace.agent.as_deref(), trace.session.as_deref()), (Some("clerk"), Some("s-1")));
    assert_eq!((trace.input.clone().unwrap(), trace.output.clone().unwrap()), (json!("refund 7?"), json!("done")));
    assert!(trace.ended);
    let model = trace.steps.iter().find_map(|step| step.model.as_ref()).unwrap();
    assert_eq!(model.model.as_deref(), Some("gpt-4o-mini"));
    assert_eq!(model.usage.map(|usage| (usage.input_tokens, usage.output_tokens)), Some((90, 12)));
    assert_eq!(model.requested_tools.len(), 1);
    let called = trace.steps.iter().find(|step| step.kind == StepKind::ToolCall).unwrap();
    let tool = called.tool.as_ref().unwrap();
    assert_eq!((tool.name.as_str(), tool.input.clone()), ("issue_refund", Some(json!({"order": 7}))));
    assert!(called.error.as_deref().unwrap().contains("no such order"));
    let telemetry = trace.telemetry.unwrap();
    assert_eq!(telemetry.scopes, ["openinference.instrumentation.crewai"]);
    assert!(telemetry.attributes.iter().any(|(name, _)| name == "crew_key"));
    assert_eq!(telemetry.resource, [("service.name".to_owned(), "desk".to_owned())]);
}

#[test]
fn what_the_trace_says_is_on_its_outermost_span() {
    let spans = spans(&whole());
    let root = spans.iter().find(|span| span.parent.is_none()).unwrap();
    let says = |name: &str| root.attributes.get(name).cloned();
    assert_eq!(says("langfuse.trace.tags"), Some(json!(["live"])));
    assert_eq!(says("user.id"), Some(json!("u-1")));
    assert_eq!(says("metadata"), Some(json!({"tier": "gold"})));
    assert_eq!((says("langfuse.trace.release"), says("langfuse.trace.htmlPath")), (None, None));
    // One whose parent was left out hangs on it too.
    assert!(spans.iter().filter(|span| span.id != root.id).all(|span| span.parent == Some(root.id)));
}

#[test]
fn observations_side_by_side_get_a_run_around_them() {
    let mut export = whole();
    export["observations"][1]["parentObservationId"] = Value::Null;
    let spans = spans(&export);
    assert_eq!(spans.len(), 4);
    let root = spans.iter().find(|span| span.parent.is_none()).unwrap();
    assert_eq!(root.name, "refund desk");
    assert_eq!(root.end.unwrap().0 - root.start.unwrap().0, 3_500_000_000);
    assert_eq!(only(&export).agent.as_deref(), Some("refund desk"));
}

#[test]
fn each_way_it_is_given_out_is_known() {
    let trace = whole();
    let mut inner = trace.clone();
    let observations = inner.as_object_mut().unwrap().remove("observations").unwrap();
    let mut one = observations[1].clone();
    one["traceId"] = trace["id"].clone();
    let snake = json!({"id": "o-1", "trace_id": "t-1", "type": "GENERATION", "start_time": "2026-05-04 10:00:00.5Z", "end_time": "2026-05-04T10:00:01Z",
        "parent_observation_id": "", "provided_model_name": "gpt-4o", "usage_details": {"input": 3, "output": 4}, "name": "chat"});
    for (export, count) in [
        (trace.clone(), 3),
        (json!([trace.clone(), trace.clone()]), 6),
        (json!({"data": [trace.clone()], "meta": {"page": 1}}), 3),
        (json!({"trace": inner, "observations": observations}), 3),
        (one.clone(), 1),
        (json!({"data": [one.clone(), snake.clone()]}), 2),
        (json!([one]), 1),
        (snake.clone(), 1),
        // A list of traces names its observations only.
        (json!({"id": "t", "name": "n", "timestamp": "2026-05-04T10:00:00Z", "observations": ["o-1", "o-2"]}), 1),
    ] {
        assert_eq!(spans(&export).len(), count, "{export}");
    }
    let by_itself = only(&snake);
    assert_eq!(by_itself.steps[0].model.as_ref().unwrap().model.as_deref(), Some("gpt-4o"));
    assert_eq!(by_itself.steps[0].model.as_ref().unwrap().usage.unwrap().input_tokens, 3);
}

#[test]
fn observations_of_one_trace_are_one_run_wherever_they_stand() {
    let mut both = Both::default();
    for (id, parent) in [("a", None), ("b", Some("a"))] {
        let observation = json!({"id": id, "traceId": "t-1", "type": "SPAN", "name": id, "startTime": "2026-05-04T10:00:00Z",
            "endTime": "2026-05-04T10:00:01Z", "parentObservationId": parent});
        both.spans.items.extend(spans(&observation));
    }
    assert_eq!(runs::of(both.spans.items, Vec::new()).len(), 1);
}

#[test]
fn older_usage_and_texts_that_hold_json_are_read() {
    let export = json!({"id": "t", "observations": [
        {"id": "o", "type": "GENERATION", "name": "chat", "startTime": "2026-05-04T10:00:00Z", "model": "gpt-4o",
         "usage": {"input": 5, "output": 6, "total": 11, "unit": "TOKENS"}, "calculatedTotalCost": 0.5,
         "input": "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}", "metadata": "{\"scope\": {\"name\": \"pydantic-ai\"}}"}]});
    let spans = spans(&export);
    let says = |name: &str| spans[0].attributes.get(name).cloned();
    assert_eq!(says("langfuse.observation.usage_details"), Some(json!({"input": 5, "output": 6})));
    assert_eq!(says("langfuse.observation.cost_details"), Some(json!({"total": 0.5})));
    assert!(says("gen_ai.input.messages").is_some());
    assert_eq!(spans[0].scope.name, "pydantic-ai");
    // It never ended, and is over all the same.
    assert_eq!(spans[0].end, spans[0].start);
}

#[test]
fn what_is_not_langfuses_is_left_alone() {
    for other in [
        json!({"agent_id": "a", "output": "x", "metadata": {"observations": []}}),
        json!({"agent_id": "a", "observations": []}),
        json!({"trace_id": "t", "type": "SPAN", "output": "x"}),
        json!({"observations": "many"}),
        json!([{"role": "user", "content": "what are \"observations\"?"}]),
        json!({"input": "\"startTime\" and \"observations\"", "output": "x"}),
    ] {
        assert!(!is_export(&other.to_string()), "{other}");
    }
    let native = crate::formats::read(br#"{"agent_id":"a","observations":[],"output":"x"}"#, TraceId::generate).unwrap();
    assert!(matches!(native, Content::Trace(_)));
}
