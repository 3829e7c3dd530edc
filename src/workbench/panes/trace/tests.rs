//! The trace pane as stories: opening the failing step, walking the steps, reading what is long, following its links; and its looks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{sync::Arc, time::Instant};

use serde_json::json;

use crate::{
    model::{feedback::Feedback, ids::Sequence, progress::Progress},
    workbench::{
        message::Effect,
        need::{Arrived, Ask, TraceView},
        testing::{
            Desk, NOON, SIZES, assert_harmless,
            fixtures::{doubted, endless_trace, hostile_trace, laid_out, overview, page, refund},
        },
    },
};

/// A desk on which a run was opened from the stream.
fn opened(width: u16, height: u16, view: TraceView) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer_status(overview(500)).answer("stream", page(500, 120, 500)).press("Enter");
    desk.answer("trace", Arrived::Trace(Some(Arc::new(view))));
    desk
}

#[test]
fn enter_on_a_row_opens_its_failing_step() {
    let desk = opened(80, 24, refund(500));
    assert_eq!(desk.asked("trace").unwrap().1, Ask::Trace(Sequence(500)));
    let screen = desk.screen();
    assert!(screen.contains("step 5  issue_refund"), "{screen}");
    assert!(screen.contains("x bad tool arguments at step 5 of 6"), "{screen}");
    assert!(screen.contains(r#"in    {"order": "A-1182", "amount": "12,50"}"#), "{screen}");
    assert!(screen.contains("suspected: step 3: the model asked"), "{screen}");
}

#[test]
fn a_silent_failure_says_so_and_capital_i_walks_through_the_reasons() {
    let mut desk = opened(120, 40, doubted(500));
    desk.press("z g");
    let screen = desk.screen();
    for said in [
        "reported ok, looks failed 0.81",
        "ok: the run says so itself; its evidence alone says 0.19",
        "-1.2 step 5: issue_refund failed",
        "-0.4 steps 2, 4: 2 look-ups",
        "7 of 9 other runs about the same subject did the same",
        "suspects: step 3 41 %, step 5 22 %, step 1 11 %",
        "from cause to symptom: steps 3, 5",
        "-0.6 The request asks for two things",
    ] {
        assert!(screen.contains(said), "{said}\n{screen}");
    }
    let open = |desk: &Desk| desk.screen().lines().find_map(|line| line.split_once("── step ")?.1.split(' ').next().map(str::to_owned));
    let mut walked = Vec::new();
    for _ in 0..6 {
        desk.press("I");
        walked.extend(open(&desk));
    }
    assert_eq!(walked, ["3", "5", "1", "2", "4", "6"], "suspects first, then evidence");
    assert!(desk.press("I").screen().contains("── the whole run"));
    desk.press("I I");
    let screen = desk.screen();
    assert!(screen.contains("nothing in the run gave /amount") && screen.contains("the decisive mistake may be here: 22 %"), "{screen}");
}

#[test]
fn leaks_and_what_was_taken_out_are_told_of_the_run() {
    let mut desk = opened(120, 40, doubted(500));
    desk.press("z g ]");
    let mut seen = String::new();
    for _ in 0..12 {
        seen.push_str(&desk.press("]").screen());
    }
    assert!(seen.contains("credit_card in output of step 6: 4111…1111 (0.98)"), "{seen}");
    assert!(seen.contains("out before it was stored: 2 email address, 1 secret"), "{seen}");
}

#[test]
fn walking_the_steps_opens_each_and_the_first_row_is_the_run_itself() {
    let mut desk = opened(80, 24, refund(500));
    desk.press("k k");
    assert!(desk.screen().contains("step 3  gpt-4o"), "{}", desk.screen());
    desk.press("g");
    let screen = desk.screen();
    assert!(screen.contains("the whole run") && screen.contains("refund A-1182"), "{screen}");
    desk.press("G");
    assert!(desk.screen().contains("step 6"), "{}", desk.screen());
}

#[test]
fn what_a_sender_tells_beside_the_known_is_shown_by_its_own_names() {
    let mut view = refund(500);
    let step = view.trace.steps.iter_mut().find(|step| step.number.0 == 6).unwrap();
    step.attributes = vec![("acme.cache".to_owned(), json!("miss\u{1b}[2J")), ("acme.shards".to_owned(), json!([1, 2]))];
    let mut desk = opened(160, 48, view);
    desk.press("G");
    let mut seen = String::new();
    for _ in 0..20 {
        let screen = desk.screen();
        assert_harmless(&screen);
        seen.push_str(&screen);
        desk.press("]");
    }
    assert!(seen.contains("acme.cache miss") && seen.contains("acme.shards [1,2]"), "{seen}");
}

#[test]
fn a_run_that_comes_in_spans_is_read_again_while_it_may_grow() {
    let mut view = refund(500);
    view.summary.progress = Progress::Spans { heard: NOON, ended: false };
    let mut desk = opened(80, 24, view.clone());
    desk.take_effects();
    desk.wait(1_500).beat(2, 501);
    let (generation, ask) = desk.asked("trace").unwrap();
    assert!(generation > 1, "it is asked again");
    assert_eq!(ask, Ask::Trace(Sequence(500)));
    let open_step = desk.screen().lines().find(|line| line.contains("step 5  issue_refund")).map(str::to_owned);
    view.trace.steps.push(view.trace.steps[0].clone());
    desk.answer("trace", Arrived::Trace(Some(Arc::new(view))));
    assert!(open_step.is_some_and(|line| desk.screen().contains(line.trim())), "the open step stays\n{}", desk.screen());
}

#[test]
fn steps_within_steps_are_set_in() {
    let mut view = refund(500);
    view.trace.steps[3].depth = 1;
    let screen = opened(80, 24, laid_out(view)).screen();
    assert!(screen.contains("  4     policy_check") && screen.contains("? 3 ▾ gpt-4o"), "{screen}");
}

#[test]
fn a_long_step_is_read_field_by_field() {
    let mut desk = opened(80, 24, refund(500));
    desk.press("k k");
    assert!(desk.screen().contains("more lines, ] shows them"), "{}", desk.screen());
    let mut seen = String::new();
    for _ in 0..12 {
        seen.push_str(&desk.screen());
        desk.press("]");
    }
    assert!(seen.contains("You refund orders."), "everything can be reached");
    desk.press("[ [ [ [ [ [ [ [ [ [ [ [ [");
    assert!(desk.screen().contains("\"tool_calls\""), "and the way back leads to the start\n{}", desk.screen());
}

#[test]
fn esc_goes_back_to_where_the_trace_was_opened_from() {
    let mut desk = opened(80, 24, refund(500));
    assert_eq!(desk.workbench.focused(), super::SPEC.id);
    desk.press("Esc");
    assert_eq!(desk.workbench.focused().0, "stream");
}

#[test]
fn p_follows_the_failure_to_its_pattern() {
    let mut desk = opened(80, 24, refund(500));
    desk.press("p");
    assert_eq!(desk.workbench.focused().0, "failures");
}

#[test]
fn a_run_without_failure_says_so_when_its_pattern_is_asked_for() {
    let mut view = refund(500);
    view.summary.failures.clear();
    let mut desk = opened(80, 24, view);
    assert!(!desk.screen().lines().last().unwrap().contains("p pattern"), "the hint line is true for what is shown");
    desk.press("p");
    assert!(desk.screen().contains("this run shows no failure"), "{}", desk.screen());
}

#[test]
fn a_run_judged_anew_keeps_the_step_that_is_open() {
    let mut desk = opened(80, 24, refund(500));
    desk.press("k").take_effects();
    desk.send(crate::workbench::message::Msg::Done(Ok("stored".to_owned())));
    let mut again = refund(500);
    again.summary.feedback = Some(Feedback { correct: Some(false), score: None, notes: Some("refund was not made".to_owned()), at: NOON });
    desk.answer("trace", Arrived::Trace(Some(Arc::new(again))));
    let screen = desk.screen();
    assert!(screen.contains("step 4  policy_check"), "{screen}");
    assert!(screen.contains(r#"wrong, "refund was not made""#), "{screen}");
}

#[test]
fn a_trace_that_was_deleted_says_so() {
    let mut desk = Desk::new(80, 24);
    desk.beat(1, 500).answer("stream", page(500, 120, 500)).press("Enter").answer("trace", Arrived::Trace(None));
    assert!(desk.screen().contains("no such trace"), "{}", desk.screen());
}

#[test]
fn y_copies_the_id_and_capital_y_the_body() {
    let mut desk = opened(80, 24, refund(500));
    desk.take_effects();
    desk.press("y Y");
    let copies: Vec<Effect> =
        desk.take_effects().into_iter().filter(|effect| matches!(effect, Effect::Copy(_) | Effect::CopyBody(_))).collect();
    let id = refund(500).summary.trace_id.as_str().to_owned();
    assert_eq!(copies, [Effect::Copy(id), Effect::CopyBody(Sequence(500))]);
}

#[test]
fn only_visible_rows_of_a_hundred_thousand_steps_cost() {
    let mut desk = opened(160, 48, endless_trace(100_000));
    assert!(desk.screen().contains("step 99999"), "{}", desk.screen());
    let start = Instant::now();
    for _ in 0..20 {
        desk.press("k");
        desk.screen();
    }
    let each = start.elapsed() / 20;
    // In a debug build a screen costs a few milliseconds; walking all steps for each would cost a hundred times that.
    assert!(each.as_millis() < 60, "a key and a frame took {each:?}");
}

#[test]
fn what_it_looks_like() {
    for (width, height) in SIZES {
        let mut empty = Desk::new(width, height);
        empty.press("7");
        insta::assert_snapshot!(format!("trace_empty_{width}x{height}"), empty.room("trace"));

        let full = opened(width, height, refund(500));
        insta::assert_snapshot!(format!("trace_full_{width}x{height}"), full.room("trace"));

        let mut run = opened(width, height, refund(500));
        run.press("g");
        insta::assert_snapshot!(format!("trace_run_{width}x{height}"), run.room("trace"));

        let mut doubted = opened(width, height, doubted(500));
        doubted.press("g");
        insta::assert_snapshot!(format!("trace_doubted_{width}x{height}"), doubted.room("trace"));

        let endless = opened(width, height, endless_trace(100_000));
        insta::assert_snapshot!(format!("trace_endless_{width}x{height}"), endless.room("trace"));

        let mut hostile = opened(width, height, hostile_trace(500));
        for _ in 0..8 {
            assert_harmless(&hostile.screen());
            hostile.press("]");
        }
        insta::assert_snapshot!(format!("trace_hostile_{width}x{height}"), hostile.room("trace"));
    }
}
