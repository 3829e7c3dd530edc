//! What is a step, in which order, and what is not shown.

use serde_json::json;

use super::build::{Spans, lines};
use crate::formats::otlp::{
    reading::SpanKind::{AgentMade, Handoff, Model, Noise, Retrieval, Unknown, Wrapper},
    span::UnixNanos,
};

fn run() -> Spans {
    Spans::default()
        .agent(1, 0, "desk", 0..100)
        .asks(2, 1, "c1", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .tool(3, 1, "c1", "get_quote", 11..20)
        .says(4, 1, "It is worth 12.", 21..30)
}

#[test]
fn a_run_is_its_calls_in_order_whatever_order_they_came_in() {
    let steps = ["1 llm_call model", "2 tool_call get_quote", "3 llm_call gpt-4.1-mini"];
    assert_eq!(lines(&run().trace()), steps);
    assert_eq!(run().trace(), run().by_end().trace(), "children before their parents");
}

#[test]
fn machinery_is_not_shown_and_what_it_holds_is() {
    let trace = Spans::default()
        .span(1, 0, Wrapper, 0..100)
        .span(2, 1, Noise, 0..99)
        .agent(3, 2, "desk", 1..98)
        .span(4, 3, Wrapper, 2..50)
        .says(5, 4, "yes", 3..40)
        .trace();
    assert_eq!(lines(&trace), ["1 llm_call gpt-4.1-mini"]);
    assert_eq!(trace.agent.as_deref(), Some("desk"));
}

#[test]
fn machinery_is_shown_where_an_error_came_up_in_it() {
    let trace =
        run().span(5, 1, Wrapper, 31..40).named("parse_reply").fails("ParseError", "no answer field").says(6, 1, "12", 41..50).trace();
    assert_eq!(lines(&trace)[3], "4 other parse_reply");
    assert_eq!(trace.steps[3].error.as_deref(), Some("ParseError: no answer field"));
}

#[test]
fn an_agent_told_twice_is_one() {
    let trace = Spans::default()
        .span(1, 0, Wrapper, 0..100)
        .agent(2, 1, "quotes", 1..99)
        .agent(3, 2, "quotes", 2..98)
        .says(4, 3, "yes", 3..40)
        .agent(5, 1, "billing", 40..50)
        .trace();
    assert_eq!(lines(&trace), ["1 other quotes", "  2 llm_call gpt-4.1-mini", "3 other billing"]);
    assert_eq!(trace.steps[1].agent.as_deref(), Some("quotes"));
}

#[test]
fn an_agent_that_is_a_tool_lies_in_the_call() {
    let trace = Spans::default()
        .agent(1, 0, "triage", 0..100)
        .asks(2, 1, "c1", "ask_quotes", json!({"task": "ACME?"}), 1..10)
        .tool(3, 1, "c1", "ask_quotes", 11..50)
        .agent(4, 3, "quotes", 12..49)
        .says(5, 4, "12", 13..48)
        .says(6, 1, "12", 51..60)
        .trace();
    assert_eq!(
        lines(&trace),
        ["1 llm_call model", "2 tool_call ask_quotes", "  3 other quotes", "    4 llm_call gpt-4.1-mini", "5 llm_call gpt-4.1-mini"]
    );
    assert_eq!(trace.agent.as_deref(), Some("triage"));
    assert_eq!(trace.steps[3].agent.as_deref(), Some("quotes"));
}

#[test]
fn hand_overs_say_to_whom() {
    let trace = Spans::default()
        .agent(1, 0, "triage", 0..100)
        .asks(2, 1, "c1", "transfer_to_quotes", json!({}), 1..10)
        .span(3, 1, Handoff, 11..12)
        .named("handoff to quotes")
        .asks(4, 1, "c2", "transfer_to_agent", json!({"agent_name": "billing"}), 13..14)
        .says(5, 1, "done", 20..30)
        .trace();
    assert_eq!(lines(&trace)[1..4], ["2 handoff handoff to quotes", "3 llm_call model", "4 handoff handoff to billing"]);
}

#[test]
fn a_retrieval_told_by_two_layers_is_one() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Retrieval, 1..10)
        .with(|reading| reading.documents = vec![json!({"content": "Returns within 30 days."})])
        .span(3, 2, Retrieval, 2..9)
        .trace();
    assert_eq!(trace.steps.len(), 1);
    assert_eq!(trace.steps[0].content.as_deref(), Some("Returns within 30 days."));
}

#[test]
fn a_program_with_spans_of_its_own_is_a_run_named_for_its_root() {
    let trace = Spans::default().span(1, 0, Unknown, 0..100).named("price_report").span(2, 1, Unknown, 1..50).named("load orders").trace();
    assert_eq!(trace.agent.as_deref(), Some("price_report"));
    assert_eq!(lines(&trace), ["1 other load orders"]);
}

#[test]
fn a_span_of_the_users_own_named_for_a_tool_is_its_call() {
    let trace = Spans::default()
        .span(1, 0, Unknown, 0..100)
        .named("finance_agent")
        .asks(2, 1, "c1", "get_quote", json!({"symbol": "ACME"}), 1..10)
        .span(3, 1, Unknown, 11..20)
        .named("tool get_quote")
        .says(4, 1, "12", 21..30)
        .told("c1", "12")
        .trace();
    assert_eq!(lines(&trace)[1], "2 tool_call get_quote");
    let tool = trace.steps[1].tool.as_ref().unwrap();
    assert_eq!((tool.input.clone(), tool.output.clone()), (Some(json!({"symbol": "ACME"})), Some(json!("12"))));
    assert!(trace.steps[1].duration.is_some());
}

#[test]
fn what_belongs_to_no_run_is_none() {
    let says = |spans: Spans| spans.read().unwrap_err().says;
    assert_eq!(says(Spans::default()), "no spans");
    assert_eq!(says(Spans::default().span(1, 0, AgentMade, 0..1)), "an agent was made and has not run");
    assert_eq!(says(Spans::default().span(1, 0, Noise, 0..1)), "only plumbing: no agent, model or tool in it");
}

#[test]
fn a_clock_that_lags_moves_nothing_into_another_span() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 50..60)
        .but(|span| span.end = span.start.map(|start| UnixNanos(start.0 - 1)))
        .says(2, 1, "yes", 10..20)
        .trace();
    assert_eq!(lines(&trace), ["1 llm_call gpt-4.1-mini"]);
    assert_eq!(trace.execution_time, None, "it ended before it began");
    assert!(trace.ended);
}

#[test]
fn a_model_call_around_several_is_machinery() {
    let trace = Spans::default().span(1, 0, Model, 0..100).says(2, 1, "one", 1..10).says(3, 1, "two", 11..20).trace();
    assert_eq!(trace.steps.len(), 2);
}
