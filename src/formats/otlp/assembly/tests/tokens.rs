//! Tokens: of each call once, and totals only where calls tell none.

use serde_json::json;

use super::build::{Spans, lines};
use crate::{
    formats::otlp::reading::SpanKind::{Model, Unknown},
    model::trace::Trace,
};

fn tokens(trace: &Trace) -> u64 {
    trace.steps.iter().filter_map(|step| step.model.as_ref()?.usage).map(|usage| usage.total()).sum()
}

#[test]
fn a_call_told_by_two_layers_is_one() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .span(2, 1, Model, 1..10)
        .usage(75, 13)
        .input(json!("of the outer"))
        .span(3, 2, Model, 2..9)
        .usage(75, 13)
        .with(|reading| reading.model = Some("gpt-4.1-mini-2025-04-14".to_owned()))
        .trace();
    assert_eq!((lines(&trace), tokens(&trace)), (vec!["1 llm_call gpt-4.1-mini-2025-04-14".to_owned()], 88));
    assert_eq!(trace.steps[0].model.as_ref().unwrap().messages, Some(json!("of the outer")));
}

#[test]
fn a_call_told_by_two_instrumentations_side_by_side_is_one() {
    let twice = |other_id: &str| {
        Spans::default()
            .span(1, 0, Unknown, 0..100)
            .span(2, 1, Model, 1..10)
            .scope("one")
            .usage(75, 13)
            .with(|reading| reading.response_id = Some("msg_1".to_owned()))
            .span(3, 1, Model, 2..9)
            .scope("other")
            .usage(75, 13)
            .with(|reading| reading.response_id = Some(other_id.to_owned()))
            .trace()
    };
    assert_eq!(tokens(&twice("msg_1")), 88);
    assert_eq!(tokens(&twice("msg_2")), 176, "two calls at the same time");
}

#[test]
fn two_calls_of_one_instrumentation_at_the_same_time_are_two() {
    let trace =
        Spans::default().agent(1, 0, "desk", 0..100).span(2, 1, Model, 1..10).usage(75, 13).span(3, 1, Model, 1..10).usage(75, 13).trace();
    assert_eq!(tokens(&trace), 176);
}

#[test]
fn totals_do_not_count_beside_calls() {
    let trace = Spans::default()
        .agent(1, 0, "desk", 0..100)
        .usage(231, 52)
        .span(2, 1, Model, 1..10)
        .usage(75, 13)
        .span(3, 1, Model, 11..20)
        .fails("RateLimitError", "429")
        .trace();
    assert_eq!(tokens(&trace), 88);
}

#[test]
fn a_total_is_better_than_nothing() {
    let none = Spans::default().agent(1, 0, "desk", 0..100).usage(231, 52).tool(2, 1, "", "get_quote", 1..10).trace();
    assert_eq!(
        (lines(&none), tokens(&none)),
        (vec!["1 llm_call model calls, in total".to_owned(), "2 tool_call get_quote".to_owned()], 283)
    );
    let only = Spans::default().agent(1, 0, "desk", 0..100).usage(231, 52).says(2, 1, "yes", 1..10).trace();
    assert_eq!((only.steps.len(), tokens(&only)), (1, 283), "of the only call");
    let nested =
        Spans::default().agent(1, 0, "desk", 0..100).usage(300, 60).agent(2, 1, "a", 1..10).usage(100, 20).agent(3, 1, "b", 11..20).trace();
    assert_eq!(tokens(&nested), 120, "told by a part of it");
}
