//! What is suspected in small runs of our own, and what is not.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::{
    moment::Act::{Called, Heard, Led, Ordered},
    *,
};
use crate::{
    analysis::{
        failures, outcome,
        rules::Rules,
        testing::{any_trace, trace},
    },
    model::trace::Trace,
};

fn cause(trace: &Trace) -> Option<RootCause> {
    let rules = Rules::bundled();
    let run = Run::of(trace, &rules, Ended::of(outcome::decide(trace, None).0));
    suspect(&run, &failures::find(&run).failures)
}

#[test]
fn the_earliest_that_was_not_made_up_for() {
    let trace = trace()
        .tool("get_order", json!({}))
        .fails("Request timed out.")
        .tool("get_order", json!({}))
        .returns(json!({"total": "12,50"}))
        .offers("issue_refund", json!({"properties": {"amount": {"type": "number"}}}))
        .tool("issue_refund", json!({"amount": "12,50"}))
        .fails("ToolError: amount must be a number")
        .by("refunder")
        .tool("notify", json!({}))
        .fails("no receipt")
        .ends_with("ToolError", "no receipt");
    let cause = cause(&trace.build()).unwrap();
    assert_eq!(
        (cause.step, cause.agent.as_deref(), cause.code),
        (Some(StepNumber(3)), Some("refunder"), Some(FailureCode::ToolBadArguments))
    );
    assert_eq!(
        (cause.category.as_deref(), cause.module.as_deref(), cause.chain.as_slice()),
        (Some("invalid_invocation"), Some("action"), [StepNumber(3), StepNumber(4)].as_slice())
    );
    assert_eq!(cause.suspects[0].step, StepNumber(3));
    assert!(cause.confidence.is_some_and(|sure| sure.get() < 1.0) && cause.says.contains("A suspicion"));
    assert!(cause.reasons.iter().any(|reason| reason.code == "lasting_failure" && reason.weight > Some(0.0)));
}

#[test]
fn without_a_step_the_run_as_a_whole() {
    let cause = cause(&trace().says("hm").ends_with("ZeroDivisionError", "division by zero").build());
    assert!(cause.is_some_and(|cause| cause.step.is_none() && cause.chain.is_empty() && cause.says.contains("division by zero")));
}

#[test]
fn an_only_step_is_suspected_without_any_confidence() {
    let cause = cause(&trace().says("hm").failed().build()).unwrap();
    assert_eq!((cause.step, cause.confidence), (Some(StepNumber(1)), None));
    assert!(cause.says.contains("only step"));
}

#[test]
fn none_where_nothing_failed() {
    assert_eq!(cause(&trace().tool("get", json!({})).fails("no").ok().build()), None);
    assert_eq!(cause(&trace().tool("get", json!({})).fails("no").build()), None);
    assert_eq!(cause(&trace().failed().build()), None);
}

/// What a run is asked in these tests.
const REQUEST: &str = "Which museum in Oslo sold the most tickets in 2019, and how many were that?";

#[test]
fn data_made_up_in_code_is_suspected_and_the_answer_is_its_symptom() {
    let made_up =
        "Let us use sample data for now:\n```python\nsales = {'Munch Museet': 48211, 'Fram Museet': 31870}\nprint(max(sales))\n```";
    let trace = trace()
        .says("We need the figures of every museum in Oslo for 2019, then we compare them.")
        .says(made_up)
        .message("tool", "Munch Museet")
        .says("By the result above, the museum that sold the most is Munch Museet with 48,211 tickets in that year.")
        .says("Final answer: Munch Museet, 48211")
        .failed()
        .build_with(|trace| trace.input = Some(json!(REQUEST)));
    let cause = cause(&trace).unwrap();
    assert_eq!(cause.step, Some(StepNumber(2)));
    assert!(cause.reasons.iter().any(|reason| reason.code == "makes_up_data"));
    assert!(cause.reasons.is_sorted_by(|one, other| one.weight >= other.weight));
    assert_eq!(cause.chain, [2, 3, 4, 5].map(StepNumber), "the later steps use the name and the figure");
}

#[test]
fn an_error_that_ends_the_run_outweighs_an_early_place() {
    let trace = trace()
        .says("First the report is looked up, then the award it names.")
        .says("The report is found on the publisher's site and names one award in its last section.")
        .says("The section was read, and the award it names belongs to the second author of the report.")
        .says("Traceback (most recent call last):\n  File \"agent.py\", line 3\nRuntimeError: the page cannot be loaded")
        .failed()
        .build_with(|trace| trace.input = Some(json!("Which award does the report of the survey name?")));
    let cause = cause(&trace).unwrap();
    assert_eq!(cause.step, Some(StepNumber(4)));
    assert!(cause.reasons.iter().any(|reason| reason.code == "breaks_off"));
}

#[test]
fn the_one_who_leads_and_those_who_are_led() {
    let leader = |trace: crate::analysis::testing::TraceBuilder, text: &str, name: &str| trace.says(text).by(name);
    let trace = trace().message("user", REQUEST);
    let trace = leader(trace, "We ask the searcher for the figures of all museums in Oslo.", "Lead (thought)");
    let trace = leader(trace, "Please search for the figures of 2019.", "Lead (-> Searcher)");
    let trace = leader(trace, "I searched for museums in Oslo; the page lists five of them with their tickets sold.", "Searcher");
    let trace = leader(trace, "That is enough.", "Lead (thought)").failed().build();
    let rules = Rules::bundled();
    let run = Run::of(&trace, &rules, Ended::Failed);
    let (moments, shape) = moment::collect(&run);
    assert_eq!(shape, Shape::Led);
    let acts: Vec<_> = moments.iter().map(|moment| (moment.act, moment.executes)).collect();
    assert_eq!(acts, [(Heard, false), (Led, false), (Ordered, false), (Called, true), (Led, false)]);
    assert_eq!(cause(&trace).and_then(|cause| cause.agent).as_deref(), Some("Searcher"));
}

#[test]
fn a_repeated_call_carries_a_mistake_on_and_does_not_begin_it() {
    let trace = trace()
        .tool("lookup", json!({"order": "A-1182"}))
        .returns(json!("order A-1182 belongs to Ida Berg"))
        .tool("lookup", json!({"order": "A-1182"}))
        .returns(json!("order A-1182 belongs to Ida Berg"))
        .failed()
        .build();
    let rules = Rules::bundled();
    let of =
        |name: &str| rows(&trace, &rules).into_iter().map(|row| row.values.into_iter().find(|(of, _)| *of == name)).collect::<Vec<_>>();
    assert_eq!(of("repeats_call"), [Some(("repeats_call", 0.0)), Some(("repeats_call", 1.0))]);
}

proptest! {
    #[test]
    fn suspects_are_steps_of_the_run_and_share_one_probability(trace in any_trace()) {
        let rules = Rules::bundled();
        let run = Run::of(&trace, &rules, Ended::Failed);
        let Some(cause) = suspect(&run, &failures::find(&run).failures) else { return Ok(()) };
        prop_assert!(cause.suspects.len() <= MOST_SUSPECTS && cause.chain.len() <= LONGEST_CHAIN && cause.reasons.len() <= MOST_REASONS);
        prop_assert!(cause.suspects.iter().all(|suspect| trace.step(suspect.step).is_some()));
        prop_assert!(cause.suspects.is_sorted_by(|one, other| one.probability >= other.probability));
        prop_assert!(cause.suspects.iter().map(|suspect| suspect.probability.get()).sum::<f64>() < 1.0 + 1e-9);
        prop_assert!(cause.chain.is_sorted() && cause.step.is_none_or(|step| cause.chain.first() == Some(&step)));
        prop_assert!(cause.says.len() < 2_000);
    }
}
