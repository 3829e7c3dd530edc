//! Stories of two runs beside each other, and how they look.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::{
    analysis::run_comparison::compare_runs,
    model::{
        ids::StepNumber,
        step::{Step, StepKind},
    },
    workbench::{
        message::{Effect, Msg, Slot},
        need::TraceView,
        run_pair::OneRun,
        testing::{Desk, SIZES, assert_harmless, fixtures, rows as text_rows},
    },
};

fn one(view: TraceView) -> OneRun {
    OneRun { summary: view.summary, trace: view.trace }
}

/// A refund that failed beside one of the day before that did not: another amount, one check less, another answer.
fn refunds() -> RunPair {
    let right = one(fixtures::refund(500));
    let mut left = one(fixtures::refund(490));
    left.summary.outcome = fixtures::run(499).outcome;
    left.summary.probability = fixtures::run(499).probability;
    left.summary.failures.clear();
    left.trace.steps[4].error = None;
    if let Some(tool) = &mut left.trace.steps[4].tool {
        tool.input = Some(json!({"order": "A-1182", "amount": 12.5}));
        tool.output = Some(json!({"refund": "R-7", "state": "booked"}));
    }
    left.trace.steps.remove(3);
    left.trace
        .steps
        .push(Step { content: Some("The refund is on its way.".to_owned()), ..Step::new(StepNumber(7), StepKind::Message, "answer") });
    let comparison = compare_runs(&left.trace, &right.trace);
    RunPair { left, right, chosen: Some("the last good run of the same task"), comparison }
}

/// A desk with the comparison open and answered.
fn compared(width: u16, height: u16, pair: RunPair) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500)).press("j C");
    answer(&mut desk, Ok(Arrived::RunsCompared(Arc::new(pair))));
    desk
}

fn question(desk: &Desk) -> (u64, Ask) {
    let asked = desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::Fetch { slot: Slot::Prompt, generation, ask } => Some((*generation, ask.clone())),
        _ => None,
    });
    asked.expect("the overlay asks")
}

fn answer(desk: &mut Desk, answer: Result<Arrived, String>) {
    let (generation, _) = question(desk);
    desk.send(Msg::Arrived { slot: Slot::Prompt, generation, answer });
}

#[test]
fn one_key_compares_a_run_with_the_last_good_one_and_a_mark_with_another() {
    let mut desk = Desk::new(120, 40);
    desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500)).press("g C");
    assert_eq!(question(&desk).1, Ask::CompareRuns { left: None, right: Sequence(500) });
    desk.press("Esc m j C");
    assert_eq!(question(&desk).1, Ask::CompareRuns { left: Some(Sequence(500)), right: Sequence(499) });
    assert!(desk.screen().lines().any(|line| line.contains("marked: refund-bot")), "{}", desk.screen());
    let before = question(&desk).0;
    desk.press("Esc C");
    assert!(question(&desk).0 > before, "the same question is asked again when it is opened again");
    desk.press("Esc k m j C");
    assert_eq!(question(&desk).1, Ask::CompareRuns { left: None, right: Sequence(499) }, "the mark was taken off");
}

#[test]
fn it_opens_at_the_first_difference_and_walks_from_one_to_the_next() {
    let mut desk = compared(120, 40, refunds());
    for (width, height) in SIZES {
        desk = compared(width, height, refunds());
        insta::assert_snapshot!(format!("list_{width}x{height}"), desk.screen());
    }
    let selected = |desk: &Desk| {
        desk.screen().lines().find(|line| line.contains("│ > ") || line.contains("┃ > ")).map(str::to_owned).unwrap_or_default()
    };
    assert!(selected(&desk).contains("policy_check"), "{}", desk.screen());
    desk.press("n");
    assert!(selected(&desk).contains("issue_refund"), "{}", desk.screen());
    desk.press("h");
    assert!(selected(&desk).contains("issue_refund") && !desk.screen().contains("lookup_order"), "{}", desk.screen());
    desk.press("h f");
    assert!(selected(&desk).contains("policy_check"), "{}", desk.screen());
}

#[test]
fn an_opened_step_marks_what_differs_in_it() {
    for (width, height) in SIZES {
        let mut desk = compared(width, height, refunds());
        desk.press("n Enter");
        insta::assert_snapshot!(format!("step_{width}x{height}"), desk.screen());
        desk.press("Esc");
        assert!(desk.screen().contains("policy_check"), "Esc goes one step back");
    }
}

#[test]
fn the_runs_trade_places() {
    let mut desk = compared(120, 40, refunds());
    desk.press("x");
    assert_eq!(question(&desk).1, Ask::CompareRuns { left: Some(Sequence(499)), right: Sequence(490) });
}

#[test]
fn the_right_run_is_opened_in_its_pane() {
    let mut desk = compared(120, 40, refunds());
    desk.press("t");
    assert_eq!(desk.workbench.focused().0, "trace");
}

#[test]
fn why_there_is_nothing_to_compare_with_is_said() {
    let mut desk = Desk::new(80, 24);
    desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500)).press("j C");
    answer(&mut desk, Err("this agent has no other run to compare with".to_owned()));
    assert!(desk.screen().contains("no other run to compare with"), "{}", desk.screen());
    desk.press("Enter n G x t Esc");
}

#[test]
fn hostile_runs_are_harmless_at_any_size() {
    let hostile = one(fixtures::hostile_trace(500));
    let other = one(fixtures::refund(490));
    let comparison = compare_runs(&other.trace, &hostile.trace);
    let pair = Arc::new(RunPair { left: other, right: hostile, chosen: None, comparison });
    let desk = Desk::new(80, 24);
    let view = View { shared: &desk.workbench.shared, focused: true, now: desk.now };
    for (width, height) in [(0, 0), (1, 1), (7, 3), (40, 10), (80, 24), (200, 60)] {
        let mut runs = CompareRuns::new(None, Sequence(500));
        runs.arrived(Ok(Arrived::RunsCompared(Arc::clone(&pair))));
        for place in 0..=pair.comparison.pairs.len() {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            runs.draw(buffer.area, &mut buffer, &view);
            assert_harmless(&text_rows(&buffer).join("\n"));
            runs.opened = (place < pair.comparison.pairs.len()).then_some(place);
        }
    }
}

#[test]
fn fields_stand_opposite_each_other_although_lines_lie_between() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let rows = step::beside(&lines("{\n  \"a\": 1,\n  \"b\": 2\n}"), &lines("{\n  \"a\": 3,\n  \"new\": 0,\n  \"b\": 2,\n  \"c\": 4\n}"));
    let marks: Vec<(bool, bool, bool)> = rows.iter().map(|row| (row.left.is_some(), row.right.is_some(), row.same())).collect();
    assert_eq!(
        marks,
        [(true, true, true), (true, true, false), (false, true, false), (true, true, true), (false, true, false), (true, true, true)]
    );
}

#[test]
fn long_stretches_of_the_same_are_left_out_and_counted() {
    let line = |at: usize, right: &str| step::Beside { left: Some(format!("line {at}")), right: Some(right.to_owned()) };
    let rows: Vec<_> = (0..40).map(|at| line(at, &if at == 20 { "another".to_owned() } else { format!("line {at}") })).collect();
    let folded: Vec<(usize, usize)> = step::folded(&rows).into_iter().map(|(left_out, stretch)| (left_out, stretch.len())).collect();
    assert_eq!(folded, [(17, 7), (16, 0)]);
    assert_eq!(step::folded(&rows[..20]).len(), 1, "nothing differs, so nothing stands out");
}
