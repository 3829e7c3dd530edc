//! Whatever comes in, decoding answers: a trace, or an error with a sentence that is safe to show.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::step::StepKind;

/// A body with something in every field, to be damaged.
fn full() -> Value {
    json!({
        "trace_id": "r", "timestamp": "2026-11-22T10:00:00Z", "agent_id": "a", "session_id": 4, "domain": "finance", "input": {"args": [1]},
        "output": "o", "success": true, "execution_time": 1.5, "error": {"type": "E", "message": "m", "failed_at_step": 2},
        "tools_available": [{"name": "t", "parameters": {"type": "object"}}], "execution_timeline": [{"type": "llm_call"}],
        "llm_calls": [{"step": 1, "model": "m", "input_tokens": 5, "output": {"tool_calls": [{"id": "c", "function": {"name": "t", "arguments": "{}"}}]}}],
        "tool_calls": [{"step": 2, "id": "c", "name": "t", "input": "{\"a\":1}", "result": "[1]", "duration_ms": 3}],
        "cost_data": {"total": 0.1}, "trace": {"steps": [{"step": 1, "action": "message", "content": ["x"]}, {"step": 2, "action": "tool_call",
        "tool_calls": [{"name": "t"}]}, {"step": 3, "role": "tool", "content": "r", "error": true}], "failure_point": 2}
    })
}

fn check(body: &[u8]) -> Result<(), TestCaseError> {
    match decode(body, TraceId::generate) {
        Ok(trace) => {
            let numbers: Vec<_> = trace.steps.iter().map(|step| step.number).collect();
            prop_assert!(numbers.is_sorted(), "{numbers:?}");
            for step in &trace.steps {
                prop_assert_eq!(step.tool.is_some(), step.kind == StepKind::ToolCall);
                prop_assert_eq!(step.model.is_some(), step.kind == StepKind::LlmCall);
            }
        }
        Err(error) => {
            let said = error.to_string();
            prop_assert!(!said.is_empty() && said.len() < 4_000 && !said.chars().any(char::is_control), "{said:?}");
        }
    }
    Ok(())
}

/// Any JSON, made of the names and values that decoding looks at.
fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..6).prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!("2026-11-22T10:00:00Z")),
        Just(json!("{\"a\":")),
        Just(json!("tool")),
        Just(json!("tool_call")),
        Just(json!("llm_call")),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    let name = proptest::sample::select(vec![
        "step",
        "steps",
        "trace",
        "tool_calls",
        "llm_calls",
        "execution_timeline",
        "name",
        "tool",
        "id",
        "input",
        "output",
        "result",
        "action",
        "role",
        "content",
        "error",
        "timestamp",
        "messages",
        "function",
        "arguments",
        "success",
        "type",
        "usage",
        "tool_call_id",
        "agent_id",
    ]);
    scalar.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..7)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&body)?;
    }

    #[test]
    fn any_json_of_known_names(body in any_json()) {
        check(body.to_string().as_bytes())?;
    }

    #[test]
    fn a_sound_body_with_a_few_bytes_changed(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)) {
        let mut body = full().to_string().into_bytes();
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        check(&body)?;
    }

    #[test]
    fn a_sound_body_cut_off_anywhere(place in any::<proptest::sample::Index>()) {
        let body = full().to_string().into_bytes();
        check(&body[..place.index(body.len())])?;
    }

    /// Steps with numbers of their own keep them, whatever order they are sent in.
    #[test]
    fn numbers_of_steps_are_kept(numbers in proptest::collection::btree_set(0_u32..1000, 1..20).prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle()) {
        let steps: Vec<_> = numbers.iter().map(|number| json!({"step": number, "action": "reasoning", "content": number.to_string()})).collect();
        let trace = decode(json!({"trace": {"steps": steps}}).to_string().as_bytes(), TraceId::generate).unwrap();
        let mut sorted = numbers;
        sorted.sort_unstable();
        prop_assert_eq!(trace.steps.iter().map(|step| step.number.0).collect::<Vec<_>>(), sorted);
        prop_assert!(trace.steps.iter().all(|step| step.content.as_deref() == Some(step.number.to_string().as_str())));
    }

    /// Every call that is sent is a step, however it is numbered, named and repeated.
    #[test]
    fn no_call_is_lost(calls in proptest::collection::vec((proptest::option::of(0_u32..5), "[ab]", proptest::option::of("[xy]")), 0..12)) {
        let tools: Vec<_> = calls.iter().map(|(step, name, id)| json!({"step": step, "name": name, "id": id})).collect();
        let models: Vec<_> = calls.iter().map(|(step, name, _)| json!({"step": step, "model": name})).collect();
        let body = json!({"tool_calls": tools, "llm_calls": models, "trace": {"steps": [{"step": 1, "action": "message", "role": "user"}, {"step": 2, "action": "llm_call"}]}});
        let trace = decode(body.to_string().as_bytes(), TraceId::generate).unwrap();
        prop_assert_eq!(trace.steps.iter().filter(|step| step.tool.is_some()).count(), calls.len());
        let told = trace.steps.iter().filter(|step| step.model.is_some()).count();
        // The step that tells of a model call is that of the first call numbered so, or stands for itself.
        prop_assert!(told == calls.len() || told == calls.len() + 1);
    }
}

#[test]
fn the_undamaged_body_decodes() {
    let trace = decode(full().to_string().as_bytes(), TraceId::generate).unwrap();
    assert_eq!(trace.steps.iter().map(|step| (step.number.0, step.name.as_str())).collect::<Vec<_>>(), [(1, "m"), (2, "t"), (3, "step")]);
    assert!(trace.steps[0].content.is_some());
}
