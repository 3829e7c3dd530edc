//! Tool calls: their other names, JSON inside text, and results told apart from calls.

use serde_json::json;

use super::*;
use crate::model::step::{CodeLocation, StepKind, ToolCall};

fn tool(trace: &Trace, index: usize) -> &ToolCall {
    step(trace, index).tool.as_ref().unwrap()
}

#[test]
fn arguments_and_result_are_other_names_of_input_and_output() {
    let trace = trace(&json!({"tool_calls": [
        {"name": "a", "input": {"q": 1}, "output": [1]}, {"name": "b", "arguments": {"q": 2}, "result": [2]},
        {"name": "c", "input": {"q": 3}, "arguments": {"q": "not this"}, "output": 3, "result": "nor this"},
        {"type": "function", "function": {"name": "d", "arguments": "{\"q\":4}"}}
    ]}));
    let calls: Vec<_> = (0..4).map(|index| (tool(&trace, index).input.clone(), tool(&trace, index).output.clone())).collect();
    let expected = [
        (Some(json!({"q": 1})), Some(json!([1]))),
        (Some(json!({"q": 2})), Some(json!([2]))),
        (Some(json!({"q": 3})), Some(json!(3))),
        (Some(json!({"q": 4})), None),
    ];
    assert_eq!(calls, expected);
    assert_eq!(told(&trace), ["1 a", "2 b", "3 c", "4 d"]);
}

#[test]
fn text_that_holds_json_is_read_as_json_and_other_text_stays() {
    let trace = trace(&json!({"tool_calls": [
        {"name": "a", "input": " {\"order\": \"A-1182\"} ", "output": "[1, 2]"},
        {"name": "b", "input": "plain words", "output": "[draft] not a list"},
        {"name": "c", "input": "", "output": ""}
    ]}));
    assert_eq!((tool(&trace, 0).input.clone(), tool(&trace, 0).output.clone()), (Some(json!({"order": "A-1182"})), Some(json!([1, 2]))));
    assert_eq!(tool(&trace, 1).input, Some(json!("plain words")));
    assert_eq!(tool(&trace, 1).output, Some(json!("[draft] not a list")));
    assert_eq!(tool(&trace, 2).input, None, "no arguments");
    assert_eq!(tool(&trace, 2).output, Some(json!("")), "an empty result is a result");
    assert!(trace.steps.iter().all(|step| step.tool.as_ref().unwrap().input_error.is_none()));
}

#[test]
fn arguments_that_try_to_be_an_object_and_fail_say_why() {
    let trace = trace(&json!({"tool_calls": [{"name": "a", "input": "{\"order\": \"A-11"}]}));
    assert_eq!(tool(&trace, 0).input, Some(json!("{\"order\": \"A-11")));
    assert_eq!(tool(&trace, 0).input_error.as_deref(), Some("not JSON: EOF while parsing a string at line 1 column 15"));
}

#[test]
fn a_call_keeps_its_id_place_in_code_and_outcome() {
    let trace = trace(&json!({"tool_calls": [{
        "id": "call_1", "name": "issue_refund", "duration_ms": 120, "success": false, "error": "card expired", "agent": "billing",
        "code": {"file": "agent.py", "line": 12, "function": "refund"}
    }]}));
    let call = tool(&trace, 0);
    assert_eq!(call.id.as_deref(), Some("call_1"));
    assert_eq!(call.code, Some(CodeLocation { file: "agent.py".into(), line: Some(12), function: Some("refund".into()) }));
    assert_eq!((step(&trace, 0).success, step(&trace, 0).error.as_deref()), (Some(false), Some("card expired")));
    assert_eq!(step(&trace, 0).agent.as_deref(), Some("billing"));
}

#[test]
fn an_error_alone_is_a_failure() {
    let trace =
        trace(&json!({"tool_calls": [{"name": "a", "error": true}, {"name": "b", "error": false}, {"name": "c", "error": {"code": 7}}]}));
    let seen: Vec<_> = trace.steps.iter().map(|step| (step.success, step.error.as_deref())).collect();
    assert_eq!(seen, [(Some(false), None), (None, None), (Some(false), Some("{\"code\":7}"))]);
}

#[test]
fn a_call_without_a_name_is_kept_and_noted() {
    let trace = trace(&json!({"agent_id": "a", "output": 1, "execution_time": 1, "tool_calls": [{"input": {}}]}));
    assert_eq!(tool(&trace, 0).name, "unknown");
    assert_eq!(trace.incomplete, ["tool calls without a name: 1"]);
}

#[test]
fn a_result_told_as_a_step_is_given_to_its_call() {
    let trace = trace(&json!({"trace": {"steps": [
        {"step": 1, "action": "tool_call", "tool": "search", "input": {"q": "a"}},
        {"step": 2, "action": "tool_call", "tool": "fetch", "input": {"u": "b"}},
        {"step": 3, "action": "tool_result", "role": "tool", "tool": "fetch", "content": "{\"status\": 404}", "error": true},
        {"step": 4, "action": "message", "role": "tool", "content": "found"}
    ]}}));
    assert_eq!(tool(&trace, 1).output, Some(json!({"status": 404})), "by the tool's name");
    assert!(step(&trace, 1).failed());
    assert_eq!(tool(&trace, 0).output, Some(json!("found")), "the one call that still waits");
    assert_eq!(step(&trace, 2).kind, StepKind::Message);
    assert_eq!(told(&trace), ["1 search", "2 fetch", "3 tool_result", "4 message"]);
}

#[test]
fn results_find_their_call_by_id_also_when_ids_come_again() {
    let call = |step: u32, id: &str| json!({"step": step, "action": "tool_call", "tool": "t", "tool_calls": [{"id": id, "name": "t"}]});
    let result = |step: u32, id: &str, said: &str| json!({"step": step, "role": "tool", "tool_call_id": id, "content": said});
    let trace = trace(&json!({"trace": {"steps": [
        call(1, "x"), call(2, "y"), result(3, "y", "of y"), result(4, "x", "of x"), call(5, "x"), result(6, "x", "of x again")
    ]}}));
    let outputs: Vec<_> = trace.steps.iter().filter_map(|step| step.tool.as_ref()?.output.clone()).collect();
    assert_eq!(outputs, [json!("of x"), json!("of y"), json!("of x again")]);
}

#[test]
fn what_a_call_knows_of_its_result_stays() {
    let trace = trace(&json!({"trace": {"steps": [
        {"step": 1, "action": "tool_call", "tool": "t", "output": "mine", "success": true},
        {"step": 2, "action": "tool_result", "tool": "t", "content": "other", "success": false},
        {"step": 3, "action": "tool_result", "tool": "t", "content": "nobody asked"}
    ]}}));
    assert_eq!(tool(&trace, 0).output, Some(json!("mine")));
    assert_eq!(step(&trace, 0).success, Some(true));
}
