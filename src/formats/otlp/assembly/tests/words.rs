//! What a run was given, what it answered, and what its agent is called.

use serde_json::json;

use super::build::Spans;
use crate::formats::otlp::reading::SpanKind::{Model, Wrapper};

#[test]
fn input_and_answer_are_the_outermost_agents() {
    let trace =
        Spans::default().agent(1, 0, "desk", 0..100).input(json!("ACME?")).output(json!("12")).says(2, 1, "12 as I said", 1..10).trace();
    assert_eq!((trace.input, trace.output), (Some(json!("ACME?")), Some(json!("12"))));
}

#[test]
fn what_a_tool_was_given_is_not_what_the_run_was_asked() {
    let run = |parent| {
        let spans = Spans::default().agent(1, 0, "desk", 0..100).tool(2, 1, "", "get_quote", 1..10).span(3, parent, Wrapper, 2..9);
        spans.input(json!({"kwargs": {"symbol": "ACME"}})).trace().input
    };
    assert_eq!(run(2), None, "inside a tool");
    assert_eq!(run(1), Some(json!({"kwargs": {"symbol": "ACME"}})), "nothing else tells");
}

#[test]
fn of_messages_the_last_words_count() {
    let given = json!({"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "ACME?"}]});
    let gave = json!({"messages": [
        {"type": "human", "data": {"content": "ACME?"}},
        {"type": "ai", "data": {"content": [{"type": "text", "text": "It is 12."}]}},
    ]});
    let trace = Spans::default().agent(1, 0, "desk", 0..100).input(given).output(gave).trace();
    assert_eq!((trace.input, trace.output), (Some(json!("ACME?")), Some(json!("It is 12."))));
}

#[test]
fn otherwise_what_the_model_was_told_and_said() {
    let question = json!({"role": "user", "content": "What are 10 shares of ACME worth?"});
    let spans = || {
        Spans::default()
            .span(1, 0, Wrapper, 0..100)
            .span(2, 1, Model, 1..10)
            .with(|reading| reading.input_messages = vec![question.clone()])
            .says(3, 1, "They are worth 1135.74 EUR.", 11..20)
    };
    let trace = spans().trace();
    assert_eq!((trace.input, trace.output), (Some(question["content"].clone()), Some(json!("They are worth 1135.74 EUR."))));
}

#[test]
fn a_frameworks_own_object_gives_way_to_what_was_said() {
    let asked = "What are 10 shares of ACME worth?";
    let run = |given, gave| {
        let trace = Spans::default()
            .span(1, 0, Wrapper, 0..100)
            .input(given)
            .output(gave)
            .says(2, 1, "They are worth 1135.74 EUR.", 1..10)
            .with(|reading| reading.input_messages = vec![json!({"role": "user", "content": format!("Task: {asked} Go.")})])
            .trace();
        (trace.input.unwrap(), trace.output.unwrap())
    };
    let printed = json!("StopEvent(result=ChatMessage(text='They are worth 1135.74 EUR.'))");
    assert_eq!(run(json!({"task": {"description": asked}}), printed), (json!(asked), json!("They are worth 1135.74 EUR.")));
    assert_eq!(run(json!(asked), json!("They are worth 1135...")).1, json!("They are worth 1135.74 EUR."));
    let own = (json!({"symbol": "ACME"}), json!({"total": 1135.74}));
    assert_eq!(run(own.0.clone(), own.1.clone()), own, "the user's own objects stay");
    let internal = run(json!({"config": {"workers": 4}}), json!("12"));
    assert_eq!(internal, (json!(format!("Task: {asked} Go.")), json!("12")));
}

#[test]
fn agents_are_called_by_a_name_that_tells_them_apart() {
    let name = |spans: Spans| spans.trace().agent;
    assert_eq!(name(Spans::default().agent(1, 0, "Agent workflow", 0..9).agent(2, 1, "quotes", 1..8)).as_deref(), Some("quotes"));
    assert_eq!(name(Spans::default().span(1, 0, Wrapper, 0..9).named("desk.kickoff").says(2, 1, "", 1..8)).as_deref(), Some("desk"));
    let service = Spans::default().span(1, 0, Wrapper, 0..9).named("LangGraph").says(2, 1, "", 1..8).but(|span| {
        let resource = crate::formats::otlp::span::Attributes(vec![("service.name".to_owned(), json!("shop"))]);
        span.resource = std::sync::Arc::new(crate::formats::otlp::span::Resource { attributes: resource });
    });
    assert_eq!(name(service).as_deref(), Some("LangGraph"), "the root is of another service");
}

#[test]
fn what_is_lacking_is_said_with_what_to_do() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .but(|span| span.dropped_attributes = 7)
        .span(2, 1, Model, 1..10)
        .scope("opentelemetry.instrumentation.openai_v2")
        .trace();
    let notes = trace.incomplete.join("\n");
    assert!(notes.contains("dropped 7 attributes of 1 spans"), "{notes}");
    assert!(notes.contains("records no messages: set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"), "{notes}");
}
