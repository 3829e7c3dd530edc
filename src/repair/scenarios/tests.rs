#![allow(clippy::unwrap_used)]
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    model::{
        ids::{StepNumber, TraceId},
        step::{Step, StepKind, ToolCall},
        time::Elapsed,
        verdict::OutcomeState,
    },
    repair::sample::{MARK, failing, pattern},
};

const MESSAGE: &str = "amount must be a number, got \"12,50\"";

fn bad_amount() -> (Trace, Verdict) {
    failing(FailureCode::ToolBadArguments, "issue_refund", json!({"order": "A-1182", "amount": "12,50", "note": "hi"}), MESSAGE)
}

fn kinds(scenarios: &[Scenario]) -> Vec<&str> {
    scenarios.iter().map(|scenario| scenario.mutation.kind.as_str()).collect()
}

fn then<'s>(scenario: &'s Scenario, check: &str) -> Option<&'s Value> {
    scenario.then.iter().find(|assertion| assertion.check == check).map(|assertion| &assertion.value)
}

#[test]
fn a_bad_argument_gives_the_run_itself_and_changes_of_the_field_at_fault() {
    let (trace, verdict) = bad_amount();
    let scenarios = generate(&trace, &verdict, Some(&pattern(FailureCode::ToolBadArguments, "issue_refund", 37)));
    assert_eq!(
        kinds(&scenarios),
        ["replay", "point_decimal", "thousands", "zero", "negative", "empty", "null", "wrong_type", "unicode", "very_long", "missing"],
        "the amount is a comma-decimal already, so that change is left to the replay"
    );
    assert!(scenarios[1..].iter().all(|scenario| scenario.mutation.field.as_deref() == Some("/amount")));
    let point = &scenarios[1];
    assert_eq!(point.title, "point-decimal amount");
    assert_eq!((&point.mutation.from, &point.mutation.to), (&Some(json!("12,50")), &Some(json!("12.50"))));
    assert_eq!(
        point.given,
        [
            r#"the input "refund order A-1182""#,
            r#"issue_refund is asked for with amount = "12.50" instead of "12,50""#,
            "all other answers of tools and models as recorded"
        ]
    );
    assert_eq!(point.when, "refund-bot is run and comes to issue_refund");
    assert_eq!(point.stands_for, 40);
    assert_eq!(scenarios.last().unwrap().mutation.to, None, "the field is left out");
}

#[test]
fn what_must_be_true_is_derived_from_the_run() {
    let (trace, verdict) = bad_amount();
    let replay = &generate(&trace, &verdict, None)[0];
    assert_eq!(then(replay, "no_uncaught_error"), Some(&json!(true)));
    assert_eq!(then(replay, "within_ms"), Some(&json!(2_200)), "twice the 1.1 s of the run");
    assert_eq!(then(replay, "within_usd"), Some(&json!(0.008)));
    assert_eq!(then(replay, "tool_not_called_more_than"), Some(&json!({"tool": "issue_refund", "times": 3})));
    assert_eq!(then(replay, "arguments_fit_schema").unwrap()["tool"], "issue_refund");
    assert_eq!(replay.stands_for, 1, "without a pattern it stands for its own run");
}

#[test]
fn budgets_that_the_run_does_not_tell_are_not_made_up() {
    let (mut trace, mut verdict) = bad_amount();
    trace.execution_time = None;
    verdict.cost = crate::model::cost::Cost::default();
    trace.tools_available = None;
    let replay = &generate(&trace, &verdict, None)[0];
    for check in ["within_ms", "within_usd", "arguments_fit_schema"] {
        assert_eq!(then(replay, check), None, "{check}");
    }
}

#[test]
fn a_tool_that_fails_is_tried_with_other_faults() {
    let (mut trace, verdict) = failing(FailureCode::ToolTimeout, "fetch_order", json!({"id": 3}), "timed out");
    let mut earlier = Step::new(StepNumber(3), StepKind::ToolCall, "fetch_order");
    earlier.duration = Elapsed::from_millis(700.0);
    earlier.tool = Some(ToolCall { name: "fetch_order".to_owned(), output: Some(json!({"status": "paid"})), ..ToolCall::default() });
    trace.steps.push(earlier);
    let scenarios = generate(&trace, &verdict, None);
    assert_eq!(
        kinds(&scenarios),
        ["replay", "tool_error", "rate_limit", "empty_result", "malformed_value", "slow_answer", "hostile_instruction"],
        "the timeout itself is the replay"
    );
    let of = |kind: &str| scenarios.iter().find(|scenario| scenario.mutation.kind == kind).unwrap();
    assert_eq!(of("empty_result").mutation.to, Some(json!({"fault": "result", "result": {}})));
    assert_eq!(of("slow_answer").mutation.to, Some(json!({"fault": "slow", "after_ms": 7_000})), "ten times what it took");
    assert_eq!(then(of("slow_answer"), "within_ms"), Some(&json!(2_200 + 7_000)));
    let word = then(of("hostile_instruction"), "output_not_contains").unwrap().as_str().unwrap();
    assert!(of("hostile_instruction").mutation.to.as_ref().unwrap().to_string().contains(word));
    assert!(of("malformed_value").mutation.to.as_ref().unwrap()["result"].as_str().unwrap().starts_with('{'));
}

#[test]
fn a_loop_may_not_loop() {
    let (trace, verdict) = failing(FailureCode::Loop, "search", json!({"q": "x"}), "called 9 times");
    assert_eq!(then(&generate(&trace, &verdict, None)[0], "tool_not_called_more_than"), Some(&json!({"tool": "search", "times": 3})));
}

#[test]
fn a_model_that_fails_is_tried_with_other_faults() {
    let (trace, mut verdict) = failing(FailureCode::Incomplete, "x", json!({}), "finish_reason length");
    verdict.failures[0].step = Some(StepNumber(1));
    let scenarios = generate(&trace, &verdict, None);
    assert_eq!(kinds(&scenarios), ["replay", "empty_reply", "malformed_reply", "model_error", "model_rate_limit"]);
    assert_eq!(scenarios[1].given[1], "gpt-4o replies with nothing");
}

#[test]
fn a_successful_run_teaches_nothing() {
    let (trace, mut verdict) = bad_amount();
    verdict.outcome.state = OutcomeState::Ok;
    verdict.failures[0].recovered = true;
    assert!(generate(&trace, &verdict, None).is_empty());
    verdict.failures.clear();
    assert!(generate(&trace, &verdict, None).is_empty());
}

#[test]
fn the_same_pattern_and_change_have_the_same_id() {
    let (trace, verdict) = bad_amount();
    let mut other = trace.clone();
    other.id = TraceId::new("run-2").unwrap();
    let ids = |trace: &Trace| -> Vec<String> { generate(trace, &verdict, None).into_iter().map(|scenario| scenario.id).collect() };
    assert_eq!(ids(&trace), ids(&other));
    let mut unique = ids(&trace);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids(&trace).len());
    let mut elsewhere = verdict.clone();
    elsewhere.failures[0].fingerprint = Some(Fingerprint(1));
    assert!(generate(&trace, &elsewhere, None).iter().all(|scenario| !unique.contains(&scenario.id)));
    assert_eq!(generate(&trace, &verdict, None)[0].fingerprint, Some(MARK));
}

#[test]
fn a_pattern_picks_its_own_failure() {
    let (trace, mut verdict) = bad_amount();
    let mut other = verdict.failures[0].clone();
    other.code = FailureCode::ToolTimeout;
    other.fingerprint = Some(Fingerprint(9));
    verdict.failures.insert(0, other);
    let chosen = generate(&trace, &verdict, Some(&pattern(FailureCode::ToolBadArguments, "issue_refund", 1)));
    assert_eq!(chosen[0].code, FailureCode::ToolBadArguments);
    assert_eq!(generate(&trace, &verdict, None)[0].code, FailureCode::ToolTimeout);
}

#[test]
fn an_input_too_large_to_keep_is_named_by_its_run() {
    let (mut trace, verdict) = bad_amount();
    trace.input = Some(json!("x".repeat(40_000)));
    let replay = &generate(&trace, &verdict, None)[0];
    assert_eq!(replay.input, None);
    assert_eq!(replay.given[0], "the input of run run-1");
}

#[test]
fn scenarios_are_files() {
    let (trace, verdict) = bad_amount();
    for scenario in generate(&trace, &verdict, None) {
        let text = format::write(&scenario).unwrap();
        assert!(text.starts_with("{\n  \"schema\": \"arc-eval-scenario/1\",\n"), "{text}");
        assert_eq!(format::read(&text).unwrap(), scenario);
        let name = format::file_name(&scenario);
        assert!(name.ends_with(".json") && name.is_ascii() && !name.contains(['/', '\\', ' ']), "{name}");
    }
    let other = format::read("{\"schema\": \"arc-eval-scenario/2\"}").unwrap_err();
    assert!(other.to_string().contains("arc-eval-scenario/2") && other.to_string().contains(format::SCHEMA));
    assert!(format::read("{\"schema\": \"arc-eval-scenario/1\"}").unwrap_err().to_string().contains("missing field"));
    assert!(format::read("[").is_err());
}

fn any_arguments() -> impl Strategy<Value = Value> {
    proptest::collection::vec(
        ("\\PC{0,10}", prop_oneof![any::<i64>().prop_map(Value::from), "\\PC{0,30}".prop_map(Value::from), Just(Value::Null)]),
        0..6,
    )
    .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

proptest! {
    #[test]
    fn any_failing_run_has_its_scenarios(
        code in proptest::sample::select(FailureCode::ALL), tool in "\\PC{0,20}", arguments in any_arguments(), message in "\\PC{0,80}",
    ) {
        let (trace, verdict) = failing(code, &tool, arguments, &message);
        let scenarios = generate(&trace, &verdict, None);
        prop_assert!(!scenarios.is_empty() && scenarios.len() <= SCENARIOS_MAX);
        prop_assert_eq!(scenarios[0].mutation.kind.as_str(), "replay");
        let ids: HashSet<_> = scenarios.iter().map(|scenario| &scenario.id).collect();
        prop_assert_eq!(ids.len(), scenarios.len());
        for scenario in &scenarios {
            prop_assert_eq!(&format::read(&format::write(scenario).unwrap()).unwrap(), scenario);
        }
    }
}
