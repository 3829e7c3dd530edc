//! One ordered list of steps out of the lists a body tells them in.

use serde_json::json;

use super::*;
use crate::model::step::StepKind;

#[test]
fn the_sender_s_numbers_stay_and_calls_of_that_number_are_that_step() {
    let trace = trace(&json!({
        "trace": {"steps": [
            {"step": 1, "action": "message", "role": "user", "content": "refund A-1182"},
            {"step": 3, "action": "llm_call", "content": "I look it up"},
            {"step": 5, "action": "tool_call", "tool": "issue_refund"}
        ]},
        "llm_calls": [{"step": 3, "model": "gpt-4o", "input_tokens": 900}],
        "tool_calls": [{"step": 5, "name": "issue_refund", "input": {"order": "A-1182"}, "duration_ms": 120}]
    }));
    assert_eq!(told(&trace), ["1 message", "3 gpt-4o", "5 issue_refund"]);
    assert_eq!(step(&trace, 1).content.as_deref(), Some("I look it up"));
    assert_eq!(step(&trace, 1).model.as_ref().unwrap().usage.unwrap().input_tokens, 900);
    assert_eq!(step(&trace, 2).tool.as_ref().unwrap().input, Some(json!({"order": "A-1182"})));
}

#[test]
fn numbers_may_come_unsorted_and_calls_may_have_numbers_of_their_own() {
    let trace = trace(&json!({
        "trace": {"steps": [{"step": 4, "action": "reasoning"}, {"step": 1, "action": "reasoning"}]},
        "llm_calls": [{"step": 2, "model": "m"}], "tool_calls": [{"step": 3, "name": "t"}, {"name": "loose"}]
    }));
    assert_eq!(told(&trace), ["1 reasoning", "2 m", "3 t", "4 reasoning", "5 loose"]);
}

#[test]
fn numbers_of_calls_alone_are_kept_as_well() {
    let trace =
        trace(&json!({"tool_calls": [{"step": 5, "name": "t"}], "llm_calls": [{"step": 3, "model": "m"}, {"step": 5, "model": "n"}]}));
    assert_eq!(told(&trace), ["3 m", "5 n", "5 t"], "in one step the model comes before the tool it asks for");
}

#[test]
fn a_message_of_the_agent_and_the_model_call_behind_it_are_one_step() {
    let trace = trace(&json!({
        "trace": {"steps": [{"step": 1, "action": "message", "role": "assistant", "content": "hello"}, {"step": 2, "action": "message", "role": "user", "content": "hi"}]},
        "llm_calls": [{"step": 1, "model": "m"}, {"step": 2, "model": "m"}]
    }));
    assert_eq!(told(&trace), ["1 m", "2 message", "2 m"], "what the user said is no model's answer");
    assert_eq!((step(&trace, 0).kind, step(&trace, 0).content.as_deref()), (StepKind::LlmCall, Some("hello")));
}

#[test]
fn a_step_that_holds_an_answer_and_several_calls_becomes_as_many_of_the_same_number() {
    let trace = trace(&json!({
        "trace": {"steps": [{"step": 1, "action": "message", "role": "user"}, {"step": 2, "action": "tool_call", "role": "assistant", "content": "I look",
            "tool_calls": [{"id": "a", "name": "search", "arguments": {"q": 1}}, {"id": "b", "name": "search", "arguments": {"q": 2}}]}, {"step": 3, "action": "message"}]},
        "llm_calls": [{"step": 2, "model": "m"}],
        "tool_calls": [{"step": 2, "id": "b", "name": "search", "result": "two"}, {"step": 2, "id": "a", "name": "search", "result": "one"}]
    }));
    assert_eq!(told(&trace), ["1 message", "2 m", "2 search", "2 search", "3 message"]);
    assert_eq!(step(&trace, 1).content.as_deref(), Some("I look"));
    let calls: Vec<_> =
        trace.steps.iter().filter_map(|step| step.tool.clone()).map(|call| (call.input.unwrap(), call.output.unwrap())).collect();
    assert_eq!(calls, [(json!({"q": 1}), json!("one")), (json!({"q": 2}), json!("two"))], "each told twice, found by its id");
    let asked = &step(&trace, 1).model.as_ref().unwrap().requested_tools;
    assert_eq!(asked.iter().map(|tool| tool.id.as_deref()).collect::<Vec<_>>(), [Some("a"), Some("b")]);
    assert_eq!(trace.steps_at(crate::model::ids::StepNumber(2)).count(), 3);
}

#[test]
fn numbers_that_repeat_cannot_be_kept() {
    let trace = trace(&json!({
        "agent_id": "a", "output": 1, "execution_time": 1, "error": {"message": "x", "failed_at_step": 2},
        "trace": {"steps": [{"step": 1, "action": "a"}, {"step": 2, "action": "b"}, {"step": 2, "action": "c"}, {"step": 3, "action": "d"}]}
    }));
    assert_eq!(told(&trace), ["1 a", "2 b", "3 c", "4 d"]);
    assert_eq!(trace.incomplete, ["step numbers repeat: steps are numbered from 1 in the order sent"]);
    assert_eq!(trace.error.unwrap().failed_at_step.unwrap().0, 2, "the first that the sender calls 2");
}

#[test]
fn numbers_that_are_partly_missing_cannot_be_kept_and_references_follow() {
    let trace = trace(&json!({
        "error": {"message": "x", "failed_at_step": 7}, "trace": {"steps": [{"action": "a"}, {"step": 7, "action": "b"}]},
        "tool_calls": [{"step": 7, "name": "t"}]
    }));
    assert_eq!(told(&trace), ["1 a", "2 b", "3 t"]);
    assert_eq!(trace.error.unwrap().failed_at_step.unwrap().0, 2);
    assert_eq!(trace.incomplete.last().unwrap(), "some steps have no number: steps are numbered from 1 in the order sent");
}

#[test]
fn without_numbers_start_times_order_when_every_part_has_one() {
    let at = |second: u32| format!("2026-11-22T10:00:{second:02}Z");
    let trace = trace(&json!({
        "trace": {"steps": [{"action": "reasoning", "timestamp": at(0)}, {"action": "decision", "timestamp": at(4)}]},
        "llm_calls": [{"model": "m", "timestamp": at(1)}, {"model": "n", "timestamp": at(3)}], "tool_calls": [{"name": "t", "timestamp": at(2)}]
    }));
    assert_eq!(told(&trace), ["1 reasoning", "2 m", "3 t", "4 n", "5 decision"]);
}

#[test]
fn calls_alone_are_ordered_by_start_as_well() {
    let at = |second: u32| format!("2026-11-22T10:00:{second:02}Z");
    let calls = json!({"llm_calls": [{"model": "m", "timestamp": at(3)}], "tool_calls": [{"name": "t", "timestamp": at(1)}, {"name": "u", "timestamp": at(4)}]});
    assert_eq!(told(&trace(&calls)), ["1 t", "2 m", "3 u"]);
    let one_untimed =
        json!({"llm_calls": [{"model": "m", "timestamp": at(3)}], "tool_calls": [{"name": "t", "timestamp": at(1)}, {"name": "u"}]});
    assert_eq!(told(&trace(&one_untimed)), ["1 m", "2 t", "3 u"]);
}

#[test]
fn else_the_timeline_orders() {
    let trace = trace(&json!({
        "execution_timeline": [{"type": "llm_call", "model": "m"}, {"type": "tool_call", "name": "t"}, {"type": "guardrail", "content": "fine"}, {"type": "llm_call"}],
        "llm_calls": [{"model": "m", "output": "first"}, {"model": "n", "output": "second"}],
        "tool_calls": [{"name": "t", "output": 1, "timestamp": "2026-11-22T10:00:00Z"}, {"name": "not in the timeline"}]
    }));
    assert_eq!(told(&trace), ["1 m", "2 t", "3 guardrail", "4 n", "5 not in the timeline"]);
    assert_eq!(step(&trace, 1).tool.as_ref().unwrap().output, Some(json!(1)));
}

#[test]
fn a_timeline_without_numbers_yields_to_calls_that_have_them() {
    let trace = trace(
        &json!({"execution_timeline": [{"type": "start"}], "llm_calls": [{"step": 2, "model": "m"}], "tool_calls": [{"step": 1, "name": "t"}]}),
    );
    assert_eq!(told(&trace), ["1 t", "2 m"]);
    assert!(trace.incomplete.last().unwrap().starts_with("execution_timeline has no step numbers"), "{:?}", trace.incomplete);
}

#[test]
fn else_each_model_call_is_followed_by_the_calls_its_answer_asked_for() {
    let asks =
        |id: &str, name: &str| json!({"tool_calls": [{"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}}]});
    let trace = trace(&json!({
        "llm_calls": [{"model": "m", "output": asks("c2", "fetch")}, {"model": "n", "output": asks("?", "search")}, {"model": "o", "output": "done"}],
        "tool_calls": [{"id": "c1", "name": "search"}, {"id": "c9", "name": "unasked"}, {"id": "c2", "name": "fetch"}]
    }));
    assert_eq!(told(&trace), ["1 m", "2 fetch", "3 n", "4 search", "5 o", "6 unasked"], "by id, else by name, then the rest");
}

#[test]
fn unnumbered_calls_find_the_unnumbered_steps_that_tell_of_them() {
    let trace = trace(&json!({
        "trace": {"steps": [
            {"action": "llm_call", "model": "m"}, {"action": "tool_call", "tool": "t"}, {"action": "tool_call", "tool_calls": [{"id": "c2", "name": "u"}]},
            {"action": "tool_call", "tool": "t"}, {"action": "message", "content": "done"}
        ]},
        "llm_calls": [{"model": "m", "output_tokens": 5}],
        "tool_calls": [{"id": "c2", "name": "u", "output": "u1"}, {"name": "t", "output": "t1"}, {"name": "t", "output": "t2"}]
    }));
    assert_eq!(told(&trace), ["1 m", "2 t", "3 u", "4 t", "5 message"]);
    let outputs: Vec<_> = trace.steps.iter().filter_map(|step| step.tool.as_ref()?.output.clone()).collect();
    assert_eq!(outputs, [json!("t1"), json!("u1"), json!("t2")]);
    assert_eq!(step(&trace, 0).model.as_ref().unwrap().usage.unwrap().output_tokens, 5);
}

#[test]
fn a_step_s_own_id_or_title_does_not_keep_a_call_from_it() {
    let trace = trace(&json!({
        "trace": {"steps": [{"id": "s-1", "action": "llm_call", "name": "plan the refund"}, {"id": "s-2", "action": "tool_call", "tool": "t"},
            {"action": "tool_call", "tool_calls": [{"id": "c1", "name": "t"}, {"id": "c2", "name": "t"}]}]},
        "llm_calls": [{"model": "m"}],
        "tool_calls": [{"id": "c2", "name": "t", "output": "two"}, {"id": "c9", "name": "t", "output": "nine"}, {"name": "t", "output": "one"}]
    }));
    assert_eq!(told(&trace), ["1 m", "2 t", "3 t", "4 t"]);
    let outputs: Vec<_> = trace.steps.iter().filter_map(|step| step.tool.as_ref()?.output.clone()).collect();
    assert_eq!(outputs, [json!("nine"), json!("one"), json!("two")]);
}

#[test]
fn numbers_of_calls_are_of_no_use_where_no_step_has_one() {
    let trace = trace(&json!({
        "agent_id": "a", "output": 1, "execution_time": 1,
        "trace": {"steps": [{"action": "reasoning"}, {"action": "tool_call", "tool": "t"}]}, "tool_calls": [{"step": 1, "name": "t", "output": "x"}]
    }));
    assert_eq!(told(&trace), ["1 reasoning", "2 t"]);
    assert_eq!((step(&trace, 1).tool.as_ref().unwrap().output.clone(), trace.incomplete.len()), (Some(json!("x")), 0));
}

#[test]
fn what_an_answer_only_asks_for_is_not_called_twice() {
    let asks =
        json!([{"id": "c1", "function": {"name": "t", "arguments": "{}"}}, {"id": "c2", "function": {"name": "u", "arguments": "{}"}}]);
    let by_steps = trace(&json!({"trace": {"steps": [
        {"step": 1, "action": "llm_call", "model": "m", "tool_calls": asks},
        {"step": 2, "action": "tool_call", "id": "c1", "tool": "t"}, {"step": 3, "action": "tool_call", "tool_call_id": "c2", "tool": "u"}
    ]}}));
    assert_eq!(told(&by_steps), ["1 m", "2 t", "3 u"]);
    assert_eq!(step(&by_steps, 2).tool.as_ref().unwrap().id.as_deref(), Some("c2"));
    assert_eq!(step(&by_steps, 0).model.as_ref().unwrap().requested_tools.len(), 2);
    let by_calls = trace(&json!({
        "trace": {"steps": [{"step": 1, "action": "message", "role": "assistant", "model": "m", "tool_calls": asks}]},
        "tool_calls": [{"step": 2, "id": "c1", "name": "t"}, {"step": 3, "id": "c2", "name": "u"}]
    }));
    assert_eq!(told(&by_calls), ["1 m", "2 t", "3 u"]);
    let only_told_here = trace(&json!({"trace": {"steps": [{"step": 1, "action": "message", "role": "assistant", "tool_calls": asks}]}}));
    assert_eq!(told(&only_told_here), ["1 message", "1 t", "1 u"]);
}

#[test]
fn a_decision_keeps_its_kind_beside_the_model_that_made_it() {
    let trace = trace(
        &json!({"trace": {"steps": [{"step": 1, "action": "handoff", "content": "to billing"}]}, "llm_calls": [{"step": 1, "model": "m"}]}),
    );
    assert_eq!(told(&trace), ["1 m", "1 handoff"]);
    assert_eq!(step(&trace, 1).kind, StepKind::Handoff);
}

#[test]
fn a_tool_call_step_of_which_no_tool_is_known_is_no_tool_call() {
    let trace = trace(&json!({"trace": {"steps": [{"step": 1, "action": "tool_call", "content": "called something"}]}}));
    assert_eq!((step(&trace, 0).kind, step(&trace, 0).tool.is_none()), (StepKind::Other, true));
    assert_eq!(step(&trace, 0).content.as_deref(), Some("called something"));
}

#[test]
fn numbers_may_begin_at_zero_and_end_at_the_largest() {
    let trace =
        trace(&json!({"trace": {"steps": [{"step": 0, "action": "a"}, {"step": u32::MAX, "action": "b"}]}, "tool_calls": [{"name": "t"}]}));
    assert_eq!(told(&trace), ["0 a", "4294967295 b", "4294967295 t"], "no number is left after the largest");
}
