#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};

use crate::{
    formats::{self, FormatError, FormatErrorKind},
    model::{
        ids::TraceId,
        step::{Step, StepKind},
        trace::Trace,
    },
};

fn decode(body: &Value) -> Result<Trace, FormatError> {
    formats::decode(body.to_string().as_bytes(), || TraceId::new("made").unwrap())
}

/// Steps as `number who/what: words`.
fn told(trace: &Trace) -> Vec<String> {
    let words = |step: &Step| step.content.clone().or_else(|| Some(step.tool.as_ref()?.output.as_ref()?.to_string())).unwrap_or_default();
    trace.steps.iter().map(|step| format!("{} {}: {}", step.number, step.role.as_deref().unwrap_or(&step.name), words(step))).collect()
}

fn openai() -> Value {
    json!([
        {"role": "system", "content": "You refund."},
        {"role": "user", "content": "refund A-1182"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{\"order\":\"A-1182\"}"}},
            {"id": "c2", "type": "function", "function": {"name": "policy", "arguments": ""}}
        ]},
        {"role": "tool", "tool_call_id": "c2", "content": "30 days"},
        {"role": "tool", "tool_call_id": "c1", "content": "{\"total\": 12}"},
        {"role": "assistant", "content": "Done: 12 back."}
    ])
}

#[test]
fn a_bare_list_of_messages_becomes_steps_with_results_at_their_calls() {
    let trace = decode(&openai()).unwrap();
    assert_eq!(
        told(&trace),
        [
            "1 system: You refund.",
            "2 user: refund A-1182",
            "3 find: {\"total\":12}",
            "4 policy: \"30 days\"",
            "5 assistant: Done: 12 back."
        ]
    );
    assert_eq!(trace.steps[2].tool.as_ref().unwrap().input, Some(json!({"order": "A-1182"})));
    assert_eq!(trace.steps[3].tool.as_ref().unwrap().input, None);
    assert_eq!((trace.input, trace.output), (Some(json!("refund A-1182")), Some(json!("Done: 12 back."))));
    assert_eq!((trace.id.as_str(), trace.agent), ("made", None));
    assert_eq!(trace.incomplete, ["agent_id", "execution_time"]);
}

#[test]
fn beside_its_messages_an_object_may_tell_what_a_trace_tells() {
    let tool = json!({"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}});
    let body = json!({
        "trace_id": "t-1", "agent_id": "refund-bot", "execution_time": 2, "success": false, "output": "its own word",
        "model": "gpt-4o", "tools": [tool], "messages": openai()
    });
    let trace = decode(&body).unwrap();
    assert_eq!((trace.id.as_str(), trace.agent.as_deref(), trace.success), ("t-1", Some("refund-bot"), Some(false)));
    assert_eq!(trace.output, Some(json!("its own word")));
    assert_eq!(trace.tools_available.unwrap()[0].name, "find");
    assert_eq!(trace.incomplete, [""; 0]);
    let model = trace.steps[2].model.as_ref().unwrap();
    assert_eq!((trace.steps[2].kind, model.model.as_deref(), model.usage), (StepKind::LlmCall, Some("gpt-4o"), None));
    assert_eq!(model.requested_tools.len(), 2);
}

#[test]
fn anthropic_messages_carry_calls_results_and_thoughts_as_blocks() {
    let trace = decode(&json!({"messages": [
        {"role": "user", "content": [{"type": "text", "text": "refund"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "find it first"}, {"type": "text", "text": "I look"}, {"type": "tool_use", "id": "t1", "name": "find", "input": {"q": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": [{"type": "text", "text": "no such order"}]}]},
        {"role": "assistant", "content": "I cannot find it."}
    ]}))
    .unwrap();
    assert_eq!(
        told(&trace),
        [
            "1 user: refund",
            "2 reasoning: find it first",
            "3 assistant: I look",
            "4 find: \"no such order\"",
            "5 assistant: I cannot find it."
        ]
    );
    assert!(trace.steps[3].failed());
}

#[test]
fn response_items_are_messages_too() {
    let trace = decode(&json!({"messages": [
        {"role": "user", "content": "refund"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "find it first"}]},
        {"type": "function_call", "call_id": "c1", "name": "find", "arguments": "{\"q\":"},
        {"type": "function_call_output", "call_id": "c1", "output": "none"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "none found"}], "usage": {"input_tokens": 5, "output_tokens": 2}}
    ]}))
    .unwrap();
    assert_eq!(told(&trace), ["1 user: refund", "2 reasoning: find it first", "3 find: \"none\"", "4 assistant: none found"]);
    assert!(trace.steps[2].tool.as_ref().unwrap().input_error.is_some());
    assert_eq!(trace.steps[3].model.as_ref().unwrap().usage.unwrap().total(), 7);
}

#[test]
fn agents_of_a_talk_are_known_by_their_names_and_moments_are_read() {
    let trace = decode(&json!([
        {"role": "user", "content": "go", "timestamp": "2026-11-22T10:00:00Z"}, {"role": "assistant", "name": "planner", "content": "we go"},
        {"role": "tool", "content": "nobody asked"}
    ]))
    .unwrap();
    assert_eq!(trace.steps[1].agent.as_deref(), Some("planner"));
    assert_eq!(trace.timestamp.unwrap().to_string(), "2026-11-22T10:00:00Z");
    assert_eq!((trace.steps[2].kind, trace.steps[2].role.as_deref()), (StepKind::Message, Some("tool")));
}

#[test]
fn an_object_with_steps_of_its_own_is_no_transcript_whatever_its_messages() {
    let trace = decode(&json!({"messages": openai(), "tool_calls": [{"name": "t"}]})).unwrap();
    assert_eq!(told(&trace), ["1 t: "]);
    assert!(decode(&json!({"output": 1, "messages": "not a list"})).unwrap().steps.is_empty());
}

#[test]
fn a_message_that_is_none_is_refused_by_its_place() {
    let error = decode(&json!({"messages": [{"role": "user", "content": "x"}, 7]})).unwrap_err();
    assert_eq!(error.to_string(), "messages[1]: expected a chat message: an object with role and content");
    let error = decode(&json!([{"role": "user", "content": "x"}, {"content": "y"}])).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (FormatErrorKind::Field, Some("[1].role")));
    assert_eq!(error.to_string(), "[1].role: expected who speaks: user, assistant, system or tool");
    assert_eq!(decode(&json!([1, 2])).unwrap_err().path.as_deref(), Some("[0]"));
}

#[test]
fn half_a_character_in_a_message_is_replaced_and_noted() {
    let body = br#"{"messages":[{"role":"user","content":"cut \ud83d"}]}"#;
    let trace = formats::decode(body, TraceId::generate).unwrap();
    assert_eq!(trace.input, Some(json!("cut \u{fffd}")));
    assert!(trace.incomplete.last().unwrap().starts_with("characters cut in half"), "{:?}", trace.incomplete);
}

#[test]
fn an_example_for_fine_tuning_is_a_talk_with_its_tools_on_offer() {
    let tool = json!({"name": "find", "description": "Finds.", "parameters": {"type": "object", "properties": {}}});
    let call = json!({"name": "find", "arguments": "{\"q\": 1}"});
    let today = json!({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": call}]}],
        "tools": [{"type": "function", "function": tool}], "parallel_tool_calls": false});
    let older = json!({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "function_call": call, "weight": 1}], "functions": [tool]});
    for example in [today, older] {
        let trace = decode(&example).unwrap();
        assert_eq!(trace.tools_available.unwrap()[0].name, "find", "{example}");
        assert_eq!(
            trace.steps.iter().filter_map(|step| step.tool.as_ref()).map(|tool| tool.input.clone()).collect::<Vec<_>>(),
            [Some(json!({"q": 1}))]
        );
    }
}
