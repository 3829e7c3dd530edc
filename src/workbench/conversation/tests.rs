//! A run told as a dialogue: nothing twice, nothing left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::{
    ids::{StepNumber, TraceId},
    step::{ModelCall, ToolCall},
};

use super::*;

fn trace(steps: Vec<Step>) -> Trace {
    let mut trace = Trace::empty(TraceId::new("t").unwrap());
    trace.steps = steps;
    trace
}

fn model(messages: Value, output: Value) -> Step {
    let mut step = Step::new(StepNumber(1), StepKind::LlmCall, "m");
    step.model = Some(ModelCall { messages: Some(messages), output: Some(output), ..ModelCall::default() });
    step
}

fn tool(id: Option<&str>, output: Value) -> Step {
    let mut step = Step::new(StepNumber(1), StepKind::ToolCall, "look");
    step.tool = Some(ToolCall { id: id.map(str::to_owned), name: "look".to_owned(), output: Some(output), ..ToolCall::default() });
    step
}

fn parts(trace: &Trace) -> Vec<(Option<usize>, Part, u32)> {
    Conversation::new(trace).turns.iter().map(|turn| (turn.step, turn.part, turn.said_before)).collect()
}

#[test]
fn of_what_a_model_is_sent_again_only_the_news_is_told() {
    let asked =
        json!({"role": "assistant", "content": null, "tool_calls": [{"id": "1", "function": {"name": "look", "arguments": "{\"a\": 1}"}}]});
    let (system, user) = (json!({"role": "system", "content": "be kind"}), json!({"role": "user", "content": "hello"}));
    let result = json!({"role": "tool", "tool_call_id": "1", "content": "{\"found\": 2}"});
    let steps = vec![
        model(json!([system, user]), asked.clone()),
        tool(Some("1"), json!({"found": 2})),
        model(json!([system, user, asked, result, {"role": "user", "content": "hurry up"}]), json!("done")),
    ];
    assert_eq!(
        parts(&trace(steps)),
        [
            (Some(0), Part::Sent(0), 0),
            (Some(0), Part::Sent(1), 0),
            (Some(0), Part::Reply, 0),
            (Some(1), Part::Call, 0),
            (Some(2), Part::Sent(4), 4),
            (Some(2), Part::Reply, 0),
        ]
    );
}

#[test]
fn what_is_said_twice_in_one_talk_is_told_twice() {
    let yes = json!({"role": "user", "content": "yes"});
    let steps = vec![model(json!([yes]), json!("sure?")), model(json!([yes, {"role": "assistant", "content": "sure?"}, yes]), json!("ok"))];
    let sent: Vec<_> = parts(&trace(steps)).into_iter().filter(|(_, part, _)| matches!(part, Part::Sent(_))).collect();
    assert_eq!(sent, [(Some(0), Part::Sent(0), 0), (Some(1), Part::Sent(2), 2)]);
}

#[test]
fn a_result_without_an_id_is_known_by_its_value_whoever_wrote_it() {
    let blocks = json!([{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x", "content": [{"type": "text", "text": "{\"found\":2}"}]}]}]);
    let steps = vec![
        tool(None, json!({"found": 2})),
        model(json!([{"role": "tool", "content": "{\"found\": 2}"}]), json!("a")),
        model(blocks, json!("b")),
    ];
    let sent: Vec<_> = parts(&trace(steps)).into_iter().filter(|(_, part, _)| matches!(part, Part::Sent(_))).collect();
    assert_eq!(sent, [(Some(2), Part::Sent(0), 0)], "another call's id makes it news");
}

#[test]
fn an_error_that_was_told_of_the_call_is_not_told_again_as_what_the_model_was_sent() {
    for id in [None, Some("1")] {
        let mut failed = tool(id, Value::Null);
        failed.tool.as_mut().unwrap().output = None;
        failed.error = Some("Timeout: no answer".to_owned());
        let sent = model(json!([{"role": "tool", "tool_call_id": id, "content": "Timeout: no answer"}]), json!("a"));
        assert_eq!(parts(&trace(vec![failed, sent])), [(Some(0), Part::Call, 0), (Some(1), Part::Reply, 1)], "{id:?}");
    }
}

#[test]
fn the_runs_own_answer_is_told_when_no_step_said_it() {
    let mut run = trace(vec![model(json!("what is it?"), json!({"choices": [{"message": {"content": "a shoe"}}]}))]);
    run.input = Some(json!("what is it?"));
    run.output = Some(json!("a shoe"));
    assert_eq!(parts(&run), [(Some(0), Part::Sent(0), 0), (Some(0), Part::Reply, 0)], "and what it was given is what the user says");
    run.input = Some(json!({"args": ["something else"]}));
    assert_eq!(parts(&run)[0], (None, Part::Given, 0));
    run.output = Some(json!("a boot"));
    assert_eq!(parts(&run).last(), Some(&(None, Part::Answered, 0)));
}

#[test]
fn messages_are_read_in_the_shapes_of_every_provider() {
    let asks = |value: &Value| {
        let pieces = of_answer(value);
        pieces.list.iter().any(|piece| matches!(piece, Piece::Asked { name: "look", .. }))
    };
    for answer in [
        json!({"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "look", "arguments": "{}"}}]}),
        json!({"choices": [{"message": {"tool_calls": [{"name": "look"}]}}]}),
        json!([{"type": "tool_use", "id": "1", "name": "look", "input": {}}]),
        json!({"candidates": [{"content": {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {}}}]}}]}),
        json!({"output": [{"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"}]}),
        json!({"role": "assistant", "parts": [{"type": "tool_call", "id": "1", "name": "look", "arguments": {}}]}),
    ] {
        assert!(asks(&answer), "{answer}");
    }
    assert_eq!(of_message(&json!({"role": "developer", "content": "x"})).role, Some(Role::System));
    assert_eq!(of_message(&json!("just a prompt")).list, [Piece::Text("just a prompt")]);
    assert_eq!(of_message(&json!({"role": "user", "content": [{"type": "input_text", "text": "hi"}]})).list, [Piece::Text("hi")]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::Bool), "[a-c]{0,3}".prop_map(Value::String)];
    let name = prop_oneof!["role", "content", "type", "tool_calls", "function", "name", "parts", "output", "choices", "message", "[a-c]"];
    leaf.prop_recursive(5, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name.clone(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_becomes_turns_of_steps_that_exist_in_order(sent in prop::collection::vec((any_json(), any_json()), 0..6)) {
        let run = trace(sent.into_iter().map(|(messages, output)| model(messages, output)).collect());
        let talk = Conversation::new(&run);
        let places: Vec<usize> = talk.turns().iter().filter_map(|turn| turn.step).collect();
        prop_assert!(places.is_sorted() && places.iter().all(|place| *place < run.steps.len()));
        for step in 0..run.steps.len() {
            let turn = talk.turn_of(Some(step));
            prop_assert!(turn < talk.turns().len().max(1));
        }
    }
}
