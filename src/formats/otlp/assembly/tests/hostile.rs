//! Spans no honest sender makes: circles, doubles, depth, numbers.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::build::{Spans, lines, span_id};
use crate::formats::otlp::reading::SpanKind::{
    self, Agent, AgentMade, Embedding, Guardrail, Handoff, Model, Noise, Retrieval, Tool, Unknown, Wrapper,
};

#[test]
fn parents_in_a_circle_are_cut_at_the_earliest() {
    let trace = Spans::default().agent(1, 3, "a", 0..9).agent(2, 1, "b", 1..8).says(3, 2, "c", 2..7).says(4, 4, "itself", 20..30).trace();
    assert_eq!(lines(&trace), ["1 other a", "  2 other b", "    3 llm_call gpt-4.1-mini", "4 llm_call gpt-4.1-mini"]);
    assert!(trace.incomplete.iter().any(|note| note.starts_with("parents that went in a circle") && note.ends_with(": 2")));
}

#[test]
fn of_a_span_sent_twice_the_ended_one_counts() {
    let open_first = Spans::default().says(1, 0, "yes", 0..9).open().says(1, 0, "yes", 0..9).trace();
    let open_last = Spans::default().says(1, 0, "yes", 0..9).says(1, 0, "yes", 0..9).open().trace();
    for trace in [open_first, open_last] {
        assert_eq!((trace.steps.len(), trace.ended), (1, true));
    }
}

#[test]
fn thirty_thousand_spans_take_no_time_whether_beside_or_inside_each_other() {
    let mut beside = Spans::default().agent(1, 0, "desk", 0..100_000);
    let mut inside = Spans::default().agent(1, 0, "desk", 0..100_000);
    let kinds = [Model, Tool, Wrapper, Unknown, Agent];
    for number in 2..30_000_u64 {
        let kind = kinds[usize::try_from(number % 5).unwrap()];
        let asked = format!("c{number}");
        let say =
            |spans: Spans| spans.with(|reading| reading.tool_name = Some("get".to_owned())).also_asks(&asked, "get", json!({"n": number}));
        beside = say(beside.span(number, 1, kind, number..number + 1)).fails("Error", "again and again");
        inside = say(inside.span(number, number - 1, kind, number..90_000)).fails("Error", "again and again");
    }
    for spans in [beside, inside] {
        let started = Instant::now();
        let trace = spans.trace();
        assert!(trace.steps.len() > 5_000, "{}", trace.steps.len());
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }
}

fn any_kind() -> impl Strategy<Value = SpanKind> {
    let step = crate::model::step::StepKind::Decision;
    let kinds = [Agent, AgentMade, Model, Embedding, Tool, Retrieval, Guardrail, Handoff, SpanKind::Step(step), Wrapper, Noise, Unknown];
    proptest::sample::select(kinds.to_vec())
}

#[derive(Debug, Clone)]
struct Any {
    number: u64,
    parent: u64,
    kind: SpanKind,
    times: (u64, u64),
    open: bool,
    fails: bool,
    usage: Option<u64>,
    call: Option<u8>,
}

fn any_span() -> impl Strategy<Value = Any> {
    let ids = (1..24_u64, 0..26_u64);
    (
        ids,
        any_kind(),
        (0..50_u64, 0..50_u64),
        any::<bool>(),
        any::<bool>(),
        proptest::option::of(0..1_000_u64),
        proptest::option::of(0..6_u8),
    )
        .prop_map(|((number, parent), kind, times, open, fails, usage, call)| Any {
            number,
            parent,
            kind,
            times,
            open,
            fails,
            usage,
            call,
        })
}

proptest! {
    #[test]
    fn any_forest_is_read_or_refused(spans in proptest::collection::vec(any_span(), 0..40)) {
        let mut built = Spans::default();
        let mut told = std::collections::HashMap::new();
        for any in &spans {
            built = built.span(any.number, any.parent, any.kind, any.times.0..any.times.1);
            if any.open { built = built.open(); }
            if any.fails { built = built.fails("Error", "it broke"); }
            if let Some(usage) = any.usage { built = built.usage(usage, 0); }
            if let Some(call) = any.call {
                let id = if call % 2 == 0 { format!("c{call}") } else { String::new() };
                built = built.also_asks(&id, "get", json!({"n": call})).told(&format!("c{}", call / 2), "done");
            }
            told.insert(span_id(any.number), any.usage.unwrap_or(0));
        }
        let Ok(trace) = built.read() else { return Ok(()) };
        prop_assert!(trace.steps.windows(2).all(|pair| pair[0].number < pair[1].number));
        let tokens: u64 = trace.steps.iter().filter_map(|step| step.model.as_ref()?.usage).map(|usage| usage.total()).sum();
        prop_assert!(tokens <= told.values().sum());
        prop_assert!(trace.steps.iter().all(|step| step.tool.is_none() || step.model.is_none()));
        prop_assert!(trace.error.is_none() || trace.success == Some(false));
        let numbers = trace.error.and_then(|error| error.failed_at_step);
        prop_assert!(numbers.is_none_or(|number| trace.steps.iter().any(|step| step.number == number)));
    }
}
