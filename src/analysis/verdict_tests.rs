//! Whole verdicts: what a reader of one run is told.

use proptest::prelude::*;
use serde_json::json;

use super::analyse;
use crate::{
    analysis::{
        Rules,
        failures::MOST_FAILURES,
        testing::{any_feedback, any_trace, trace},
    },
    model::{
        failure::{FailureCode, Severity},
        feedback::Feedback,
        ids::StepNumber,
        time::Timestamp,
        trace::Trace,
        verdict::{OutcomeState, Verdict},
    },
};

fn verdict(trace: &Trace) -> Verdict {
    analyse(trace, &Rules::bundled(), None)
}

#[test]
fn a_failed_refund_from_end_to_end() {
    let trace = trace()
        .offers("lookup_order", json!({"type": "object"}))
        .offers("issue_refund", json!({"type": "object", "required": ["order", "amount"], "properties": {"order": {"type": "string"}, "amount": {"type": "number"}}}))
        .model("gpt-4o").uses(640, 0, 120).takes(400.0).stops("tool_calls")
        .tool("lookup_order", json!({"order": "A-1182"})).returns(json!({"total": "12,50"})).takes(90.0)
        .tool("issue_refund", json!({"order": "A-1182", "amount": "12,50"})).fails("ToolError: amount must be a number, got \"12,50\"").takes(200.0)
        .ends_with("ToolError", "amount must be a number, got \"12,50\"")
        .build();
    let verdict = verdict(&trace);
    assert_eq!((verdict.outcome.state, verdict.outcome.reported), (OutcomeState::Failed, Some(false)));
    assert_eq!((verdict.reliability_score, verdict.grade.map(|letter| letter.as_str())), (Some(5.0), Some("F")));
    assert_eq!(verdict.failures.len(), 1);
    assert_eq!(
        (verdict.failures[0].code, verdict.failures[0].severity, verdict.failures[0].step),
        (FailureCode::ToolBadArguments, Severity::High, Some(StepNumber(3)))
    );
    assert_eq!(verdict.root_cause.as_ref().and_then(|cause| cause.step), Some(StepNumber(3)));
    assert_eq!((verdict.tools.calls, verdict.tools.wrong, verdict.tool_accuracy), (2, 1, Some(0.5)));
    assert_eq!(verdict.latency.tool.map(|time| time.millis()), Some(290.0));
    assert_eq!(
        verdict.issues,
        [
            "issue_refund was called with arguments that do not fit at step 3: ToolError: amount must be a number, got \"12,50\"; /amount should be a number, is the text \"12,50\""
        ]
    );
    assert_eq!(verdict.rules, Rules::VERSION);
}

#[test]
fn ok_but() {
    let trace = trace().tool("get_user", json!({"id": "u1"})).returns(json!("Error: user not found")).output(json!("")).ok().build();
    let verdict = verdict(&trace);
    assert_eq!(verdict.outcome.state, OutcomeState::Ok);
    let codes: Vec<_> = verdict.evidence.iter().take(3).map(|piece| (piece.code.as_str(), piece.step)).collect();
    assert_eq!(
        codes,
        [("reported_ok", None), ("ok_but_unresolved_tool_error", Some(StepNumber(1))), ("ok_but_empty_output", Some(StepNumber(1)))]
    );
    assert_eq!(verdict.root_cause, None);
}

#[test]
fn an_error_that_was_made_up_for_is_no_reservation() {
    let trace = trace()
        .tool("get", json!({"n": 1}))
        .fails("Request timed out.")
        .tool("get", json!({"n": 1}))
        .returns(json!(1))
        .output(json!("done"))
        .ok()
        .build();
    let verdict = verdict(&trace);
    assert!(!verdict.evidence.iter().any(|piece| piece.code.starts_with("ok_but")));
    assert_eq!((verdict.failures[0].severity, verdict.failures[0].recovered), (Severity::Medium, true));
}

#[test]
fn nothing_known_is_nothing_said() {
    let verdict = verdict(&trace().build());
    assert_eq!((verdict.outcome.state, verdict.success_probability, verdict.grade), (OutcomeState::Unknown, None, None));
    assert!(verdict.evidence.is_empty() && verdict.failures.is_empty() && verdict.issues.is_empty());
    assert_eq!(
        (verdict.domain, verdict.framework, verdict.tool_accuracy, verdict.call_valid_probability, verdict.root_cause),
        (None, None, None, None, None)
    );
}

#[test]
fn a_person_who_says_right_leaves_only_notes() {
    let trace = trace().tool("get", json!({})).fails("no").ends_with("ToolError", "no").build();
    let right = Feedback { correct: Some(true), score: None, notes: Some("it was told to".to_owned()), at: Timestamp::from_micros(0) };
    let verdict = analyse(&trace, &Rules::bundled(), Some(&right));
    assert_eq!((verdict.outcome.state, verdict.outcome.reported, verdict.reliability_score), (OutcomeState::Ok, Some(false), Some(98.0)));
    assert!(verdict.failures.iter().all(|failure| failure.recovered && failure.severity == Severity::Low));
    assert_eq!(verdict.root_cause, None);
}

#[test]
fn failures_beyond_the_cap_are_counted() {
    let long = (0..200).fold(trace(), |trace, n| trace.tool("get", json!({ "n": n })).fails(&format!("no such thing as {n}"))).build();
    let verdict = verdict(&long);
    assert_eq!(verdict.failures.len(), MOST_FAILURES);
    assert_eq!(verdict.incomplete, ["failures: the 50 worst are kept, 150 more were found"]);
}

proptest! {
    #[test]
    fn any_trace_gets_a_verdict(trace in any_trace(), feedback in any_feedback()) {
        let rules = Rules::bundled();
        let verdict = analyse(&trace, &rules, feedback.as_ref());
        prop_assert_eq!(verdict.success_probability.is_none(), verdict.outcome.source.is_none());
        let unclear = verdict.success_probability.is_none_or(|probability| (0.4..0.6).contains(&probability.get()));
        prop_assert!(verdict.outcome.state != OutcomeState::Unknown || unclear);
        prop_assert_eq!(verdict.grade.is_none(), verdict.success_probability.is_none());
        prop_assert!(verdict.issues.len() <= 5 && verdict.failures.len() <= MOST_FAILURES);
        prop_assert!(verdict.failures.is_sorted_by_key(|failure| std::cmp::Reverse(failure.severity)));
        prop_assert!(verdict.tools.wrong <= verdict.tools.calls);
        prop_assert_eq!(verdict.tools.items.len(), verdict.tools.calls as usize);
        prop_assert!(verdict.outcome.state != OutcomeState::Failed || verdict.failures.iter().any(|failure| !failure.recovered));
        prop_assert!(verdict.root_cause.is_none() || verdict.outcome.state == OutcomeState::Failed);
        prop_assert_eq!(verdict, analyse(&trace, &rules, feedback.as_ref()));
    }
}
