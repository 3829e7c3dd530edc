//! What the explanations say, and that their arithmetic is the figures'.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{
    model::{
        cost::Cost,
        probability::Probability,
        verdict::{Evidence, OutcomeSource, Verdict},
    },
    workbench::testing::{assert_harmless, figures, fixtures},
};

use super::*;

fn text(lines: &[String]) -> String {
    let text = lines.join("\n");
    assert_harmless(&text);
    text
}

#[test]
fn a_grade_shows_its_sum_and_what_would_change_it() {
    let report = &figures::agents()[0].report;
    insta::assert_snapshot!("grade", text(&grade(report, 78)));
    let none = &figures::agent("silent", None).report;
    assert!(text(&grade(none, 78)).contains("no run in this time tells"));
}

#[test]
fn a_probability_adds_up_its_evidence() {
    let view = fixtures::refund(500);
    let mut inferred: Verdict = view.verdict;
    let evidence = |weight: Option<f64>, says: &str| Evidence {
        code: "code".to_owned(),
        step: None,
        steps: Vec::new(),
        weight,
        says: says.to_owned(),
    };
    inferred.evidence =
        vec![evidence(Some(-1.4), "a tool error was never resolved"), evidence(Some(0.6), "the answer names what was asked for")];
    inferred.outcome.source = Some(OutcomeSource::Inferred);
    inferred.outcome.reported = None;
    inferred.inferred_probability = Some(Probability::clamped(0.31));
    inferred.set_probability(inferred.inferred_probability);
    insta::assert_snapshot!("probability_inferred", text(&probability(&inferred, 78)));
    inferred.outcome.source = Some(OutcomeSource::Reported);
    inferred.outcome.reported = Some(false);
    inferred.set_probability(Some(Probability::clamped(0.05)));
    insta::assert_snapshot!("probability_reported", text(&probability(&inferred, 78)));
    inferred.set_probability(None);
    assert!(text(&probability(&inferred, 78)).contains("unknown"));
}

#[test]
fn a_cause_tells_which_steps_compete() {
    let view = fixtures::refund(500);
    insta::assert_snapshot!("root_cause", text(&root_cause(&view.verdict, 78)));
}

#[test]
fn a_cost_is_told_line_by_line() {
    let view = fixtures::refund(500);
    insta::assert_snapshot!("cost", text(&cost(&view.verdict.cost, 78)));
    assert!(text(&cost(&Cost::default(), 78)).contains("nothing to price"));
}

#[test]
fn an_impact_says_how_its_points_are_counted() {
    let view = fixtures::refund(500);
    insta::assert_snapshot!("impact", text(&impact(&view.pattern.unwrap(), 78)));
}
