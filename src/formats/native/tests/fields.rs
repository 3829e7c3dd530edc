//! What each field becomes, and which liberties of senders are understood.

use serde_json::json;

use super::*;
use crate::model::{
    money::Money,
    step::StepKind,
    time::{Elapsed, Timestamp},
    trace::RunError,
    usage::TokenUsage,
};

#[test]
fn a_full_body_fills_every_field() {
    let trace = trace(&json!({
        "trace_id": "run-1", "timestamp": "2026-11-22T10:00:00Z", "agent_id": "refund-bot", "session_id": "s-9", "project": "shop",
        "domain": "finance", "framework": "langchain", "input": {"args": ["refund A-1182"], "kwargs": {}}, "output": "done", "success": true,
        "execution_time": 1.23, "error": null, "cost_data": {"total": 0.0031, "breakdown": []}, "framework_metadata": {"version": "1.0"},
        "memory_snapshots": [], "tools_available": [{"name": "issue_refund", "description": "pays back", "parameters": {"type": "object"}}],
        "llm_calls": [], "tool_calls": [], "trace": {"steps": []}, "a_field_of_tomorrow": {"is": "tolerated"}
    }));
    assert_eq!(trace.id.as_str(), "run-1");
    assert_eq!(trace.timestamp, Timestamp::parse("2026-11-22T10:00:00Z"));
    assert_eq!(trace.agent.as_deref(), Some("refund-bot"));
    assert_eq!(trace.session.as_deref(), Some("s-9"));
    assert_eq!(trace.project.as_deref(), Some("shop"));
    assert_eq!(trace.domain.as_deref(), Some("finance"));
    assert_eq!(trace.framework.as_deref(), Some("langchain"));
    assert_eq!(trace.input, Some(json!({"args": ["refund A-1182"], "kwargs": {}})));
    assert_eq!(trace.output, Some(json!("done")));
    assert_eq!(trace.success, Some(true));
    assert_eq!(trace.execution_time, Some(Elapsed::from_micros(1_230_000)));
    assert_eq!(trace.error, None);
    assert_eq!(trace.logged_cost, Money::from_usd(0.0031));
    assert_eq!(trace.framework_metadata, Some(json!({"version": "1.0"})));
    let offered = &trace.tools_available.unwrap()[0];
    assert_eq!((offered.name.as_str(), offered.description.as_deref()), ("issue_refund", Some("pays back")));
    assert_eq!(offered.parameters, Some(json!({"type": "object"})));
    assert_eq!(trace.incomplete, [""; 0]);
}

#[test]
fn what_a_complete_trace_has_and_this_one_lacks_is_listed() {
    assert_eq!(trace(&json!({"input": "hi"})).incomplete, ["agent_id", "output", "execution_time"]);
    let null_is_absent = json!({"agent_id": null, "output": null, "execution_time": 2});
    assert_eq!(trace(&null_is_absent).incomplete, ["agent_id", "output"]);
    let told_elsewhere = json!({"agent_id": "a", "output": "", "trace": {"total_duration_ms": 1230}});
    let trace = trace(&told_elsewhere);
    assert_eq!((trace.incomplete.len(), trace.execution_time), (0, Some(Elapsed::from_micros(1_230_000))));
}

#[test]
fn a_trace_without_an_id_gets_one_and_a_number_is_an_id() {
    assert_eq!(trace(&json!({"output": 1})).id.as_str(), "made");
    assert_eq!(trace(&json!({"trace_id": null, "output": 1})).id.as_str(), "made");
    assert_eq!(trace(&json!({"trace_id": 4711, "output": 1})).id.as_str(), "4711");
    assert_eq!(trace(&json!({"trace": {"trace_id": "inner"}})).id.as_str(), "inner");
    assert_eq!(trace(&json!({"trace_id": "a/b c\u{1b}[31m"})).id.as_str(), "a/b c\u{1b}[31m");
}

#[test]
fn names_that_say_nothing_are_absent() {
    let trace = trace(&json!({"agent_id": "", "session_id": 7, "domain": "auto", "framework": "", "output": "x"}));
    assert_eq!((trace.agent, trace.domain, trace.framework), (None, None, None));
    assert_eq!(trace.session.as_deref(), Some("7"));
}

#[test]
fn counts_may_come_as_floats_or_in_quotes() {
    let body = json!({"llm_calls": [{"step": "3", "input_tokens": 900.0, "output_tokens": "120", "cached_input_tokens": null, "cost": "0.0031", "duration_ms": "800"}]});
    let trace = trace(&body);
    let model = step(&trace, 0).model.as_ref().unwrap();
    assert_eq!(step(&trace, 0).number.0, 3);
    assert_eq!(model.usage, Some(TokenUsage { input_tokens: 900, output_tokens: 120, ..TokenUsage::default() }));
    assert_eq!(model.logged_cost, Money::from_usd(0.0031));
    assert_eq!(step(&trace, 0).duration, Some(Elapsed::from_micros(800_000)));
}

#[test]
fn moments_may_come_without_an_offset_or_as_a_clock_s_number() {
    let at = |given: Value| trace(&json!({"output": 1, "timestamp": given})).timestamp;
    let ten = Timestamp::parse("2026-11-22T10:00:00Z");
    assert_eq!(at(json!("2026-11-22T10:00:00")), ten);
    assert_eq!(at(json!("2026-11-22 12:00:00+02:00")), ten);
    let seconds = ten.unwrap().micros() / 1_000_000;
    for unit in [1_i64, 1_000, 1_000_000, 1_000_000_000] {
        assert_eq!(at(json!(seconds * unit)), ten, "{unit} a second");
    }
    assert_eq!(at(json!("")), None);
}

#[test]
fn no_usage_is_not_zero_usage() {
    let calls = json!({"llm_calls": [{"model": "gpt-4o"}, {"model": "gpt-4o", "output_tokens": 0}, {"usage": {"prompt_tokens": 5, "completion_tokens": 2}}]});
    let trace = trace(&calls);
    let usage = |index: usize| step(&trace, index).model.as_ref().unwrap().usage;
    assert_eq!(usage(0), None);
    assert_eq!(usage(1), Some(TokenUsage::default()));
    assert_eq!(usage(2), Some(TokenUsage { input_tokens: 5, output_tokens: 2, ..TokenUsage::default() }));
}

#[test]
fn an_error_is_a_text_an_object_or_nothing() {
    let error = |given: Value| trace(&json!({"output": 1, "error": given, "trace": {"steps": [{"step": 5, "action": "reasoning"}]}})).error;
    assert_eq!(error(json!(null)), None);
    assert_eq!(error(json!("")), None);
    assert_eq!(error(json!(false)), None);
    assert_eq!(error(json!({"type": null, "message": null})), None);
    assert_eq!(error(json!("boom")), Some(RunError { message: Some("boom".into()), ..RunError::default() }));
    assert_eq!(error(json!(true)), Some(RunError::default()));
    let full = json!({"type": "ToolError", "message": "no such order", "traceback": "File …", "failed_at_step": 5});
    let expected = RunError {
        kind: Some("ToolError".into()),
        message: Some("no such order".into()),
        traceback: Some("File …".into()),
        failed_at_step: Some(crate::model::ids::StepNumber(5)),
    };
    assert_eq!(error(full), Some(expected));
    let nested = json!({"message": {"code": 429, "detail": "slow down"}});
    assert_eq!(error(nested).unwrap().message.as_deref(), Some(r#"{"code":429,"detail":"slow down"}"#));
}

#[test]
fn a_failing_step_that_is_not_there_is_set_aside_and_zero_means_unknown() {
    let body =
        |number: u32| json!({"output": 1, "agent_id": "a", "execution_time": 1, "error": {"message": "x", "failed_at_step": number}});
    let zero = trace(&body(0));
    assert_eq!((zero.error.unwrap().failed_at_step, zero.incomplete.len()), (None, 0));
    let seven = trace(&body(7));
    assert_eq!(seven.error.unwrap().failed_at_step, None);
    assert_eq!(seven.incomplete, ["error.failed_at_step: there is no step 7"]);
}

#[test]
fn the_point_of_failure_marks_a_step_that_says_nothing_of_itself() {
    let body = |point: Value, success: Value| json!({"trace": {"failure_point": point, "steps": [{"step": 1, "action": "reasoning"}, {"step": 2, "action": "decision", "success": success}]}});
    let failed = |body| trace(&body).steps.iter().map(Step::failed).collect::<Vec<_>>();
    assert_eq!(failed(body(json!(2), json!(null))), [false, true]);
    assert_eq!(failed(body(json!({"step": 2}), json!(null))), [false, true]);
    assert_eq!(failed(body(json!(2), json!(true))), [false, false], "what a step says of itself stays");
    assert_eq!(failed(body(json!("somewhere"), json!(null))), [false, false]);
    assert_eq!(failed(body(json!(9), json!(null))), [false, false]);
}

#[test]
fn steps_keep_kind_words_and_speaker() {
    let trace = trace(&json!({"trace": {"steps": [
        {"action": "reasoning", "content": "first the order", "agent": "planner"},
        {"action": "message", "role": "user", "content": [{"type": "text", "text": "hello"}, {"type": "text", "text": "there"}]},
        {"action": "retrieval", "input": "refund policy", "output": ["30 days"]},
        {"action": "handoff", "content": "to billing"},
        {"action": "guardrail", "success": false, "error": {"type": "Blocked", "message": "pii"}},
        {"action": "my own word"},
        {"role": "assistant", "content": "no action named"}
    ]}}));
    let kinds: Vec<_> = trace.steps.iter().map(|step| step.kind).collect();
    use StepKind::{Guardrail, Handoff, Message, Other, Reasoning, Retrieval};
    assert_eq!(kinds, [Reasoning, Message, Retrieval, Handoff, Guardrail, Other, Message]);
    assert_eq!(step(&trace, 0).agent.as_deref(), Some("planner"));
    assert_eq!(step(&trace, 1).content.as_deref(), Some("hello\nthere"));
    assert_eq!(step(&trace, 2).content.as_deref(), Some("30 days"));
    assert_eq!((step(&trace, 4).success, step(&trace, 4).error.as_deref()), (Some(false), Some("Blocked: pii")));
    assert_eq!(step(&trace, 5).name, "my own word");
    assert_eq!(step(&trace, 6).role.as_deref(), Some("assistant"));
}

#[test]
fn a_tool_on_offer_may_be_described_as_providers_do() {
    let trace = trace(&json!({"tools_available": [
        {"type": "function", "function": {"name": "search", "description": "finds", "parameters": {"type": "object"}}},
        {"name": "fetch", "input_schema": "{\"type\":\"object\"}"}, "calculate", {"type": "web_search"}, {"description": "nameless"}
    ]}));
    let offered: Vec<_> = trace.tools_available.unwrap().into_iter().map(|tool| (tool.name, tool.parameters.is_some())).collect();
    let expected = [("search", true), ("fetch", true), ("calculate", false), ("web_search", false)];
    assert_eq!(offered, expected.map(|(name, schema)| (name.to_owned(), schema)));
}

#[test]
fn texts_come_through_as_sent_however_hostile() {
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}gnp.exe\u{200b}\u{0}";
    let trace = trace(&json!({"agent_id": hostile, "output": hostile, "trace": {"steps": [{"action": hostile, "content": hostile}]}}));
    assert_eq!(trace.agent.as_deref(), Some(hostile));
    assert_eq!(step(&trace, 0).content.as_deref(), Some(hostile));
}

#[test]
fn half_a_character_is_shown_as_such_and_noted() {
    let body = br#"{"agent_id":"a","execution_time":1,"output":"cut \ud83d"}"#;
    let trace = native::decode(body, TraceId::generate).unwrap();
    assert_eq!(trace.output, Some(json!("cut \u{fffd}")));
    assert_eq!(trace.incomplete, ["characters cut in half by the sender, shown as \u{fffd}: 1"]);
}
