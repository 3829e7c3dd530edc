//! A run written as spans is read back as the same run, as far as spans can say it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{
    formats::{decode, read},
    model::{ids::TraceId, step::StepKind},
};

fn run(body: &Value) -> Trace {
    decode(body.to_string().as_bytes(), TraceId::generate).unwrap()
}

fn back(trace: &Trace) -> Trace {
    decode(&to_json(trace, Timestamp::from_micros(1_795_000_000_000_000)).unwrap(), TraceId::generate).unwrap()
}

#[test]
fn a_run_comes_back_with_its_steps_tokens_and_words() {
    let sent = run(&json!({
        "trace_id": "refund 17", "timestamp": "2026-11-22T10:00:00Z", "agent_id": "clerk", "session_id": "s1", "domain": "finance",
        "input": {"args": ["refund A-1"]}, "output": "done", "success": true, "execution_time": 2.5,
        "tools_available": [{"name": "refund", "description": "Pays back.", "parameters": {"type": "object"}}],
        "llm_calls": [{"step": 1, "provider": "openai", "model": "gpt-4o", "input_tokens": 900, "cached_input_tokens": 512, "output_tokens": 40,
            "duration_ms": 800, "messages": [{"role": "user", "content": "refund A-1"}], "output": "I refund it.", "finish_reason": "tool_calls"}],
        "tool_calls": [{"step": 2, "id": "c1", "name": "refund", "input": {"order": "A-1"}, "output": {"ok": true}, "duration_ms": 120, "success": true,
            "code": {"file": "desk.py", "line": 12, "function": "refund"}}],
    }));
    let read = back(&sent);
    assert_eq!((&read.agent, &read.session, &read.domain, &read.output), (&sent.agent, &sent.session, &sent.domain, &sent.output));
    assert_eq!((read.success, read.execution_time, read.timestamp), (Some(true), sent.execution_time, sent.timestamp));
    assert_eq!(read.tools_available, sent.tools_available);
    let of = |trace: &Trace, kind| trace.steps.iter().filter(|step| step.kind == kind).cloned().collect::<Vec<_>>();
    let (model, sent_model) = (of(&read, StepKind::LlmCall).remove(0), of(&sent, StepKind::LlmCall).remove(0));
    assert_eq!((model.name, model.duration), (sent_model.name, sent_model.duration));
    let (model, sent_model) = (model.model.unwrap(), sent_model.model.unwrap());
    assert_eq!((model.provider, model.usage, model.finish_reason), (sent_model.provider, sent_model.usage, sent_model.finish_reason));
    let tools = of(&read, StepKind::ToolCall);
    assert_eq!(tools.len(), 1, "what the model asked for and what was called are one call: {tools:#?}");
    assert_eq!(tools[0].tool, of(&sent, StepKind::ToolCall)[0].tool);
}

#[test]
fn an_error_comes_back_with_its_traceback_and_a_failed_step_with_its_words() {
    let sent = run(&json!({
        "trace_id": "t", "agent_id": "clerk", "success": false,
        "error": {"type": "TimeoutError", "message": "no answer", "traceback": "Traceback (most recent call last):\n  File \"desk.py\", line 3"},
        "tool_calls": [{"step": 1, "name": "find", "input": {"id": 3}, "error": "timed out after 30 s", "success": false}],
    }));
    let read = back(&sent);
    assert_eq!(read.success, Some(false));
    let (error, told) = (read.error.unwrap(), sent.error.unwrap());
    assert_eq!((error.kind, error.message, error.traceback), (told.kind, told.message, told.traceback));
    let step = read.steps.iter().find(|step| step.kind == StepKind::ToolCall).unwrap();
    assert!(step.failed() && step.error.as_deref().is_some_and(|error| error.contains("timed out")), "{step:?}");
}

#[test]
fn an_id_that_opentelemetry_has_stays_and_any_other_always_gives_the_same() {
    assert_eq!(otel_id("0af7651916cd43dd8448eb211c80319c").to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(otel_id("01890a5d-ac96-774b-bcce-b302099a8057").to_string(), "01890a5dac96774bbcceb302099a8057");
    assert_eq!(otel_id("refund 17"), otel_id("refund 17"));
    assert_ne!(otel_id("refund 17"), otel_id("refund 18"));
    assert_ne!(otel_id("00000000000000000000000000000000").bytes(), &[0; 16]);
}

#[test]
fn what_says_next_to_nothing_is_still_a_run() {
    let sent = run(&json!({"agent_id": "clerk"}));
    let json = to_json(&sent, Timestamp::from_micros(-5)).unwrap();
    assert!(read(&json, TraceId::generate).is_ok());
    assert_eq!(back(&sent).agent.as_deref(), Some("clerk"));
}
