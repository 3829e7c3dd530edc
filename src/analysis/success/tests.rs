//! What holds of the judgement whatever the run: it is a probability, it is repeatable, a failed call more never makes it better, and what
//! things are called does not matter.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    analysis::{
        Rules, analyse,
        testing::{TraceBuilder, any_trace, trace},
    },
    model::{
        ids::StepNumber,
        probability::Probability,
        step::{Step, StepKind, ToolCall},
        trace::Trace,
        verdict::{OutcomeState, Verdict},
    },
};

fn verdict(trace: &Trace) -> Verdict {
    analyse(trace, &Rules::bundled(), None)
}

fn inferred(trace: &Trace) -> f64 {
    verdict(trace).inferred_probability.map(Probability::get).expect("something to judge by")
}

/// A run that did what it was asked to: looked up, asked back, changed, said so.
fn cancellation() -> TraceBuilder {
    trace()
        .message("system", "Help with orders. Ask before you change anything.")
        .message("user", "Please cancel order A-1182.")
        .tool("get_order", json!({"order": "A-1182"}))
        .returns(json!({"order": "A-1182", "total": 40.5, "currency": "EUR"}))
        .says("Order A-1182 costs 40.50 EUR. Shall I cancel it?")
        .message("user", "Yes, please.")
        .tool("cancel_order", json!({"order": "A-1182"}))
        .returns(json!({"status": "cancelled"}))
        .says("Order A-1182 has been cancelled; 40.50 EUR go back to your card.")
        .message("user", "Thank you, bye.")
        .output(json!("Order A-1182 has been cancelled; 40.50 EUR go back to your card."))
}

/// The same as text, changed, and read again: what a sender who names things otherwise would have sent.
fn renamed(built: &Trace, names: &[(&str, &str)]) -> Trace {
    let change = |text: &str| names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let in_value = |value: &Value| serde_json::from_str(&change(&value.to_string())).expect("still JSON");
    let mut changed = built.clone();
    changed.output = built.output.as_ref().map(in_value);
    changed.input = built.input.as_ref().map(in_value);
    for step in &mut changed.steps {
        step.name = change(&step.name);
        step.content = step.content.as_deref().map(change);
        if let Some(tool) = &mut step.tool {
            tool.name = change(&tool.name);
            tool.input = tool.input.as_ref().map(in_value);
            tool.output = tool.output.as_ref().map(in_value);
        }
    }
    changed
}

/// The run with one more call at its end, which fails.
fn with_failed_call(built: &Trace, tool: &str) -> Trace {
    let mut longer = built.clone();
    let number = longer.steps.last().map_or(StepNumber(1), |step| step.number);
    let call = ToolCall { name: tool.to_owned(), ..ToolCall::default() };
    longer.steps.push(Step { tool: Some(call), error: Some("no such order".to_owned()), ..Step::new(number, StepKind::ToolCall, tool) });
    longer
}

#[test]
fn a_run_that_nobody_judged_is_judged_by_what_it_shows() {
    let verdict = verdict(&cancellation().build());
    assert_eq!(verdict.outcome.state, OutcomeState::Ok);
    assert_eq!(verdict.inferred_probability, verdict.success_probability);
    assert_eq!((verdict.evidence[0].code.as_str(), verdict.evidence[0].weight), ("inferred", None));
    let weights: Vec<f64> = verdict.evidence[1..].iter().filter_map(|piece| piece.weight).map(f64::abs).collect();
    assert!(!weights.is_empty() && weights.len() <= 8 && weights.is_sorted_by(|one, next| one >= next));
}

#[test]
fn a_run_that_stops_before_an_answer_is_worse() {
    let ended = cancellation().build();
    let open = cancellation().message("user", "And where is order B-77? Which of all my other orders is the latest?").build();
    assert!(inferred(&open) < inferred(&ended) - 0.05, "{} and {}", inferred(&open), inferred(&ended));
    let verdict = verdict(&open);
    let piece = verdict.evidence.iter().find(|piece| piece.code == "unanswered").expect("said");
    assert_eq!(piece.step, open.steps.last().map(|step| step.number));
    assert!(piece.weight.is_some_and(|weight| weight < 0.0));
    assert!(piece.says.starts_with("The user had the last word"), "{}", piece.says);
}

#[test]
fn nothing_to_judge_by_is_not_judged() {
    let asked_only = trace().message("user", "Are you there?").build();
    let going_on = cancellation().with(|trace| trace.ended = false).build();
    let unasked = trace().tool("get_order", json!({})).returns(json!(1)).output(json!("done")).build();
    let wordless = trace().with(|trace| trace.input = Some(json!("Cancel it."))).tool("cancel_order", json!({})).returns(json!(1)).build();
    for trace in [trace().build(), asked_only, unasked, wordless, going_on] {
        let verdict = verdict(&trace);
        assert_eq!((verdict.inferred_probability, verdict.outcome.state), (None, OutcomeState::Unknown));
    }
}

#[test]
fn prose_is_held_against_an_answer_only_where_json_is_asked_for() {
    let asks = |instructions: &str, output: &str| {
        let built = trace().message("system", instructions).with(|trace| trace.input = Some(json!("What is the patient's last HbA1c?")));
        verdict(&built.says(output).output(json!(output)).build())
            .evidence
            .iter()
            .any(|piece| piece.code == "prose_for_value" && piece.weight < Some(0.0))
    };
    assert!(asks("Answer with a JSON list of values.", r#"["The last value in the chart was 5.9 percent"]"#));
    assert!(!asks("Answer with a JSON list of values.", "[5.9]"));
    assert!(!asks("Be kind.", "The last value in the chart was 5.9 percent"));
}

#[test]
fn what_things_are_called_does_not_matter() {
    let built = cancellation().build();
    let before = verdict(&built);
    for names in [
        // tools, by the same verbs
        &[("get_order", "getPurchase"), ("cancel_order", "cancelPurchase")][..],
        // ids of the same shape
        &[("A-1182", "Z-9034")],
        // amounts with as many digits, and another currency
        &[("40.50", "73.10"), ("40.5", "73.1"), ("EUR", "USD")],
    ] {
        let after = verdict(&renamed(&built, names));
        assert_eq!(after.outcome, before.outcome, "{names:?}");
        assert_eq!(after.inferred_probability, before.inferred_probability, "{names:?}");
        assert_eq!(after.evidence, before.evidence, "{names:?}");
    }
    // Longer or shorter names and amounts only change how long the messages are.
    let after = renamed(&built, &[("A-1182", "PO-2026-000771"), ("40.50", "4,050,000.00"), ("EUR", "dollars")]);
    assert!((inferred(&after) - inferred(&built)).abs() < 0.05);
}

#[test]
fn the_same_words_by_another_sender_are_judged_the_same() {
    // As model calls instead of messages, told twice as some frameworks do.
    let built = cancellation().build();
    let mut other = built.clone();
    for step in other.steps.iter_mut().filter(|step| step.role.as_deref() == Some("assistant")) {
        step.kind = StepKind::LlmCall;
        step.model = Some(crate::model::step::ModelCall::default());
    }
    let last = other.steps.iter().rposition(|step| step.model.is_some()).expect("a model call");
    let told_again = Step { kind: StepKind::Message, model: None, role: Some("assistant".to_owned()), ..other.steps[last].clone() };
    other.steps.insert(last + 1, told_again);
    assert_eq!(inferred(&other), inferred(&built));
}

proptest! {
    #[test]
    fn every_judgement_is_a_probability_and_repeatable(trace in any_trace()) {
        let (first, again) = (verdict(&trace), verdict(&trace));
        prop_assert!(first.inferred_probability.is_none_or(|probability| (0.0..=1.0).contains(&probability.get())));
        prop_assert!(first.evidence.iter().filter_map(|piece| piece.weight).all(f64::is_finite));
        prop_assert!(first.evidence.iter().all(|piece| piece.steps.len() <= 8 && piece.step == piece.steps.first().copied()));
        prop_assert_eq!(first, again);
    }

    #[test]
    fn one_more_unresolved_error_never_makes_a_run_better(trace in any_trace(), tool in "get_order|search_flights|issue_refund|transfer_to_human|create_ticket|x") {
        let before = verdict(&trace);
        let after = verdict(&with_failed_call(&trace, &tool));
        if let (Some(before), Some(after)) = (before.success_probability, after.success_probability) {
            prop_assert!(after.get() <= before.get() + 1e-12, "{} after {}", after.get(), before.get());
        }
        if let (None, Some(before), Some(after)) = (&trace.error, before.inferred_probability, after.inferred_probability) {
            prop_assert!(after.get() <= before.get() + 1e-12, "{} after {}", after.get(), before.get());
        }
    }
}

#[test]
fn one_more_unresolved_error_makes_a_good_run_worse() {
    let built = cancellation().build();
    for tool in ["get_order", "search_flights", "issue_refund", "cancel_order"] {
        assert!(inferred(&with_failed_call(&built, tool)) < inferred(&built), "{tool}");
    }
}

#[test]
fn a_very_long_run_is_judged_in_time() {
    let long = (0..30_000).fold(trace(), |built, n| match n % 3 {
        0 => built.message("user", "Cancel order A-1, also B-2, and tell me the total?"),
        1 => built.tool("get_order", json!({ "n": n })).fails("no such order"),
        _ => built.says("- order 17 costs $1,250.50\n- what else?"),
    });
    let (long, started) = (long.build(), std::time::Instant::now());
    assert!(verdict(&long).inferred_probability.is_some());
    // Seconds in an unoptimised build on a loaded machine; a quadratic step would take minutes.
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
