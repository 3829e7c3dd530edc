//! The stream as stories: following, holding, selecting, filtering, judging; and what it looks like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{sync::Arc, time::Duration};

use crate::{
    model::{
        ids::Sequence,
        progress::Progress,
        summary::Summary,
        verdict::{Outcome, OutcomeState},
    },
    workbench::{
        message::{Beat, Effect, ListenerState, Msg, Vote},
        need::{Anchor, Arrived, Ask, RowPage},
        pane::Subject,
        testing::{
            Desk, NOON, SIZES, assert_harmless,
            fixtures::{hostile_run, overview, page, run},
        },
    },
};

/// A desk whose store has so many traces and whose stream shows the newest.
pub(super) fn desk(width: u16, height: u16, stored: u64) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, stored).answer_status(overview(stored)).answer("stream", page(stored, stored.min(120), stored));
    desk
}

fn selected(desk: &Desk) -> u64 {
    desk.workbench.shared.subject.as_ref().expect("a selected trace").sequence.0
}

/// The row with the cursor, as it stands on the screen.
pub(super) fn cursor_row(desk: &Desk) -> String {
    let screen = desk.screen();
    screen.lines().find(|line| line.contains("> ")).unwrap_or_else(|| panic!("no cursor\n{screen}")).to_owned()
}

#[test]
fn while_nobody_moves_the_stream_follows() {
    let mut desk = desk(80, 24, 500);
    assert!(desk.screen().contains("FOLLOW"));
    desk.wait(200).beat(2, 503).answer("stream", page(503, 100, 503));
    let screen = desk.screen();
    assert!(screen.contains("newest first · 503"), "{screen}");
    assert!(screen.lines().nth(3).unwrap().contains("06:35:03"), "the newest run is the first row\n{screen}");
}

#[test]
fn moving_off_the_top_holds_the_rows_and_counts_what_arrives() {
    let mut desk = desk(80, 24, 500);
    desk.press("j");
    assert_eq!(selected(&desk), 499);
    let before: Vec<String> = desk.screen().lines().skip(2).take(19).map(str::to_owned).collect();
    desk.beat(2, 514);
    let screen = desk.screen();
    assert!(screen.contains("HELD +14"), "{screen}");
    let after: Vec<String> = screen.lines().skip(2).take(19).map(str::to_owned).collect();
    assert_eq!(before, after, "no row moves under the reader");
}

#[test]
fn a_silent_failure_has_its_mark_in_words() {
    let screen = desk(160, 48, 500).screen();
    assert!(screen.lines().any(|line| line.contains("06:34:54") && line.contains("B 82") && line.contains(" ok? looks fai")), "{screen}");
}

#[test]
fn a_review_orders_the_filter_by_what_votes_teach_and_back() {
    let mut desk = desk(80, 24, 500);
    desk.press("o");
    assert_eq!(desk.workbench.shared.filter.as_deref(), Some("sort:informative"));
    desk.press("o");
    assert_eq!(desk.workbench.shared.filter, None);
    desk.press("/").type_text("is:ok sort:-cost limit:9").press("Enter o");
    assert_eq!(desk.workbench.shared.filter.as_deref(), Some("is:ok sort:informative limit:9"));
    desk.press("o");
    assert_eq!(desk.workbench.shared.filter.as_deref(), Some("is:ok limit:9"));
}

#[test]
fn the_selection_is_a_run_and_not_a_row() {
    let mut desk = desk(80, 24, 500);
    desk.press("j j j");
    let row = cursor_row(&desk);
    desk.wait(2_000).beat(2, 600).answer("stream", page(540, 120, 600));
    assert_eq!(selected(&desk), 497);
    assert_eq!(cursor_row(&desk), row);
}

#[test]
fn a_selected_run_that_was_deleted_gives_its_place_to_the_next_older_one() {
    let mut desk = desk(80, 24, 500);
    desk.press("j j");
    desk.wait(2_000).beat(2, 500);
    let rows: Vec<_> = (401..=500).rev().filter(|sequence| *sequence != 498).map(run).collect();
    desk.answer("stream", Arrived::Rows(Arc::new(RowPage { rows, total: 499, exact: true, stored: 499, ..RowPage::default() })));
    assert_eq!(selected(&desk), 497);
}

#[test]
fn a_followed_stream_pushes_the_cursor_off_the_screen_but_never_onto_another_run() {
    let mut desk = desk(80, 24, 500);
    assert_eq!(selected(&desk), 500);
    desk.wait(2_000).beat(2, 505).answer("stream", page(505, 57, 505));
    assert!(cursor_row(&desk).contains("06:35:00"), "the cursor goes with its run");
    desk.wait(2_000).beat(3, 900).answer("stream", page(900, 57, 900));
    assert!(!desk.screen().contains(" > "), "{}", desk.screen());
    assert_eq!(selected(&desk), 500, "what the trace pane shows stays");
    desk.press("-");
    assert!(!desk.effects.iter().any(|effect| matches!(effect, Effect::Feedback { .. })), "nothing is judged that has no cursor");
    assert!(desk.screen().contains("j selects one"), "{}", desk.screen());
    desk.press("j");
    assert_eq!(selected(&desk), 900);
}

#[test]
fn a_trace_chosen_elsewhere_stays_chosen_while_rows_arrive() {
    let mut desk = desk(160, 48, 500);
    let elsewhere = Subject { sequence: Sequence(77), id: run(77).trace_id, agent: "kyc-screen".to_owned() };
    desk.workbench.shared.subject = Some(elsewhere);
    desk.wait(2_000).beat(2, 501).answer("stream", page(501, 78, 501));
    assert_eq!(selected(&desk), 77);
    desk.press("j");
    assert_ne!(selected(&desk), 77, "a move here takes it back");
}

#[test]
fn g_follows_again_and_space_turns_holding_on_and_off() {
    let mut desk = desk(80, 24, 500);
    desk.press("Space");
    assert!(desk.screen().contains("HELD"));
    desk.press("Space");
    assert!(desk.screen().contains("FOLLOW"));
    desk.press("j j g");
    assert!(desk.screen().contains("FOLLOW"));
    assert_eq!(selected(&desk), 500);
}

#[test]
fn scrolling_asks_for_older_rows_before_they_are_needed_and_never_twice() {
    let mut desk = desk(80, 24, 100_000);
    desk.take_effects();
    for _ in 0..6 {
        desk.press("PgDn");
    }
    let (_, ask) = desk.asked("stream").expect("older rows are asked for");
    let Ask::Rows { anchor: Anchor::At(around), .. } = ask else { panic!("{ask:?}") };
    assert!(around < Sequence(100_000) && around > Sequence(99_850), "around what is shown: {around:?}");
    desk.answer("stream", page(around.0 + 40, 120, 100_000)).take_effects();
    desk.press("j k");
    assert_eq!(desk.asked("stream"), None, "what is there is not asked for again");
}

#[test]
fn end_goes_to_the_oldest_run_of_a_million() {
    let mut desk = desk(80, 24, 1_000_000);
    desk.press("G");
    let (_, ask) = desk.asked("stream").unwrap();
    assert!(matches!(ask, Ask::Rows { anchor: Anchor::Oldest, .. }), "{ask:?}");
    desk.answer("stream", page(60, 60, 1_000_000));
    assert_eq!(selected(&desk), 1);
    assert!(cursor_row(&desk).contains("checkout"));
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut desk = desk(80, 24, 500);
    let (old, _) = desk.asked("stream").unwrap();
    desk.press("/").type_text("is:failed").press("Enter");
    let slot = crate::workbench::message::Slot::Pane(super::SPEC.id);
    desk.send(Msg::Arrived { slot, generation: old, answer: Ok(page(500, 100, 500)) });
    assert!(desk.screen().contains("Searching"), "{}", desk.screen());
}

#[test]
fn plus_and_minus_judge_the_selected_run_and_say_what_changed() {
    let mut desk = desk(80, 24, 500);
    desk.press("-");
    let votes: Vec<_> = desk
        .take_effects()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Feedback { trace, vote, .. } => Some((trace, vote)),
            _ => None,
        })
        .collect();
    assert_eq!(votes, [(run(500).trace_id, Vote::Give { correct: Some(false), score: None, notes: None })]);
    desk.send(Msg::FeedbackDone(Ok(crate::workbench::message::FeedbackResult {
        agent: "refund-bot".to_owned(),
        before: Some(crate::workbench::testing::fixtures::grade(45.0, 5.0, 202)),
        after: Some(crate::workbench::testing::fixtures::grade(52.0, 5.0, 203)),
    })));
    assert!(desk.screen().contains("refund-bot F 45 → D 52 (n=203)"), "{}", desk.screen());
}

#[test]
fn a_comment_is_typed_scored_and_sent() {
    let mut desk = desk(80, 24, 500);
    desk.press("c").type_text("refund was not made").press("Tab 2 Enter");
    let sent = desk.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Feedback { vote, .. } => Some(vote),
        _ => None,
    });
    assert_eq!(sent, Some(Vote::Give { correct: None, score: Some(2), notes: Some("refund was not made".to_owned()) }));
}

#[test]
fn a_filter_is_checked_while_it_is_typed() {
    let mut desk = desk(80, 24, 500);
    desk.press("/").type_text("grade<Q");
    let screen = desk.screen();
    assert!(screen.contains("column 7"), "{screen}");
    assert!(screen.lines().any(|line| line.trim_matches(['│', '┃', ' ']) == "^"), "the mistake is pointed at\n{screen}");
    desk.press("Enter");
    assert!(desk.screen().contains("Filter"), "a filter that is none is not taken");
    desk.press("Backspace").type_text("C").press("Enter");
    assert_eq!(desk.workbench.shared.filter.as_deref(), Some("grade<C"));
    let (_, ask) = desk.asked("stream").unwrap();
    assert!(matches!(ask, Ask::Rows { filter: Some(filter), .. } if filter == "grade<C"));
}

#[test]
fn a_filter_that_matches_nothing_offers_the_nearest_that_does_and_esc_clears_it() {
    let mut desk = desk(80, 24, 500);
    desk.press("/").type_text("is:failed took>2s").press("Enter");
    let relaxation = Some(("took>2s".to_owned(), 212));
    desk.answer("stream", Arrived::Rows(Arc::new(RowPage { exact: true, stored: 500, relaxation, ..RowPage::default() })));
    let screen = desk.screen();
    assert!(screen.contains("Without  took>2s  there would be 212."), "{screen}");
    desk.press("Esc");
    assert_eq!(desk.workbench.shared.filter, None);
}

#[test]
fn a_run_that_comes_span_by_span_is_running_then_done_or_never_ended() {
    let heard = |seconds: u64, ended: bool| Progress::Spans { heard: NOON.minus(Duration::from_secs(seconds)), ended };
    let mut desk = desk(120, 40, 500);
    let row = |sequence, progress| Summary { progress, ..run(sequence) };
    let unknown = |row: Summary| Summary { outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None }, ..row };
    let rows = vec![
        unknown(row(504, heard(1, false))),
        row(503, heard(2, true)),
        row(502, heard(8, true)),
        unknown(row(501, heard(3_600, false))),
    ];
    desk.wait(200).beat(2, 504);
    desk.answer("stream", Arrived::Rows(Arc::new(RowPage { rows, total: 504, exact: true, stored: 504, ..RowPage::default() })));
    let screen = desk.screen();
    for (moment, ends) in [("06:35:04", "running"), ("06:35:03", "running"), ("06:35:02", "! ok, but"), ("06:35:01", "? no end")] {
        let line = screen.lines().find(|line| line.contains(moment)).unwrap();
        assert!(line.contains(ends), "{line}");
    }
}

pub(super) fn copied(desk: &mut Desk) -> Option<String> {
    desk.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    })
}

#[test]
fn an_empty_store_teaches_how_a_first_trace_comes_and_what_is_copied_is_what_is_shown() {
    let mut desk = Desk::new(80, 24);
    desk.answer("stream", Arrived::Rows(Arc::default()));
    desk.press("y");
    let python = copied(&mut desk).unwrap();
    assert_eq!(python, "from arc_tracer import ArcTracer\nagent = ArcTracer(domain=\"auto\").trace_agent(agent)");
    assert!(python.lines().all(|line| desk.screen().contains(line)), "{}", desk.screen());
    desk.press("Y");
    let line = r#"curl http://127.0.0.1:8000/api/trace -d '{"agent_id":"me","output":"hi","execution_time":1}'"#;
    assert_eq!(copied(&mut desk).as_deref(), Some(line));
    assert!(desk.screen().contains("arc-eval-tui run -- python my_agent.py"), "{}", desk.screen());
}

#[test]
fn the_empty_stream_has_a_lesson_for_each_framework() {
    let mut desk = Desk::new(80, 24);
    desk.answer("stream", Arrived::Rows(Arc::default()));
    desk.press("[");
    let last = desk.screen();
    assert!(last.contains("Anthropic SDK, one line: agent is what your function makes"), "{last}");
    desk.press("] ]");
    let first = desk.screen();
    assert!(
        first.contains("LangGraph") && first.contains("graph.compile()") && first.contains("LangChainInstrumentor().instrument()"),
        "{first}"
    );
}

#[test]
fn a_refused_request_shows_with_its_reason() {
    let mut desk = Desk::new(80, 24);
    let last_refusal = Some("POST /api/trace: execution_time must be a number".to_owned());
    desk.send(Msg::Pulse(Beat { refused: 1, last_refusal, ..Beat::default() }));
    desk.answer("stream", Arrived::Rows(Arc::default()));
    assert!(desk.screen().contains("execution_time must be a number"), "{}", desk.screen());
}

#[test]
fn a_port_that_is_taken_is_told_where_traces_would_be() {
    let mut desk = Desk::new(80, 24);
    desk.send(Msg::Listener(ListenerState::Down("127.0.0.1:8000 is taken; choose another with --listen".to_owned())));
    desk.answer("stream", Arrived::Rows(Arc::default()));
    let screen = desk.screen();
    assert!(screen.contains("--listen") && screen.contains("not listening"), "{screen}");
}

#[test]
fn what_it_looks_like() {
    for (width, height) in SIZES {
        let mut empty = Desk::new(width, height);
        empty.answer("stream", Arrived::Rows(Arc::default()));
        insta::assert_snapshot!(format!("stream_empty_{width}x{height}"), empty.room("stream"));

        let few = desk(width, height, 5);
        insta::assert_snapshot!(format!("stream_few_{width}x{height}"), few.room("stream"));

        let mut full = desk(width, height, 12_408);
        full.press("j j").beat(2, 12_422);
        insta::assert_snapshot!(format!("stream_full_{width}x{height}"), full.room("stream"));

        let mut hostile = desk(width, height, 40);
        let rows: Vec<_> = (1..=40).rev().map(hostile_run).collect();
        hostile.wait(200).beat(2, 40);
        hostile.answer("stream", Arrived::Rows(Arc::new(RowPage { rows, total: 40, exact: true, stored: 40, ..RowPage::default() })));
        assert_harmless(&hostile.screen());
        insta::assert_snapshot!(format!("stream_hostile_{width}x{height}"), hostile.room("stream"));
    }
}

#[test]
fn a_review_goes_on_by_itself_counts_and_takes_back() {
    let mut desk = desk(120, 40, 500);
    desk.press("o").answer("stream", page(500, 120, 500)).press("g");
    let judged = |desk: &mut Desk| -> Vec<(String, Vote)> {
        let effects = desk.take_effects();
        let votes = effects.into_iter().filter_map(|effect| match effect {
            Effect::Feedback { trace, vote, .. } => Some((trace.as_str().to_owned(), vote)),
            _ => None,
        });
        votes.collect()
    };
    judged(&mut desk);
    desk.press("+ -");
    let given = judged(&mut desk);
    assert_eq!(given.len(), 2);
    assert_ne!(given[0].0, given[1].0, "the second vote is on the next run");
    assert!(desk.screen().contains("REVIEW, 2 judged today"), "{}", desk.screen());
    desk.press("u");
    assert_eq!(judged(&mut desk), [(given[1].0.clone(), Vote::Clear)], "nothing had been said of it before");
    assert!(desk.screen().contains("REVIEW, 1 judged today"), "{}", desk.screen());
    desk.press("u u");
    assert_eq!(judged(&mut desk).len(), 1, "there is nothing more to take back");
}
