//! What is suspected in small runs of our own, and what is not.

#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::{
    analysis::{failures, outcome, rules::Rules, testing::trace},
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
