//! Finding in the stream, as stories: sessions and their runs, searches that take long, the title; and what the sessions look like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::{
    model::ids::Sequence,
    workbench::{
        message::Msg,
        need::{Arrived, Ask, RowPage, SessionPage},
        pane::Pane,
        testing::{
            Desk, SIZES, assert_harmless,
            fixtures::{hostile_session, page, run, sessions},
        },
    },
};

use super::tests::{copied, cursor_row, desk};

/// A desk whose stream shows these sessions, the one active last first.
fn by_session(width: u16, height: u16, newest: &[u64]) -> Desk {
    let mut desk = desk(width, height, 500);
    desk.press("b").answer("stream", sessions(newest.iter().copied(), 500));
    desk
}

/// The rows of the list, without heads.
fn listed(desk: &Desk) -> Vec<String> {
    desk.screen().lines().skip(3).filter(|line| line.contains("chat-")).map(str::to_owned).collect()
}

#[test]
fn b_shows_the_sessions_and_enter_the_runs_of_one_and_esc_comes_back() {
    let mut desk = by_session(80, 24, &[500, 490, 377]);
    assert!(desk.screen().contains("sessions · last active first · 3"), "{}", desk.screen());
    desk.press("j");
    let before = desk.screen();
    desk.press("Enter");
    assert_eq!(desk.workbench.shared.filter.as_deref(), Some("session:chat-490 project:shop"));
    assert!(matches!(desk.asked("stream"), Some((_, Ask::Rows { .. }))));
    desk.answer("stream", page(500, 3, 500)).press("Esc");
    assert_eq!(desk.workbench.shared.filter, None);
    assert_eq!(desk.screen(), before, "everything stands where it stood");
    desk.press("b");
    assert!(matches!(desk.asked("stream"), Some((_, Ask::Rows { .. }))), "and b shows single runs again");
}

#[test]
fn while_nobody_moves_the_session_active_last_stands_first() {
    let mut desk = by_session(80, 24, &[500, 490, 377]);
    desk.wait(200).beat(2, 503).answer("stream", sessions([503, 500, 490, 377], 503));
    assert!(listed(&desk)[0].contains("chat-503"), "{}", desk.screen());
    assert!(desk.screen().contains("FOLLOW"));
}

#[test]
fn held_sessions_keep_their_rows_while_their_figures_change() {
    let mut desk = by_session(80, 24, &[500, 490, 377]);
    desk.press("j");
    let (before, cursor) = (listed(&desk), cursor_row(&desk));
    // A new session, and news of the last: one is counted, the other changes in its place.
    let Arrived::Sessions(page) = sessions([503, 500, 490, 377], 503) else { panic!("sessions") };
    let mut page = (*page).clone();
    page.sessions[3].newest = Sequence(502);
    page.sessions[3].runs = 99;
    page.sessions.swap(1, 3);
    desk.wait(2_000).beat(2, 503).answer("stream", Arrived::Sessions(Arc::new(page)));
    let after = listed(&desk);
    assert_eq!((after.len(), &after[..2], cursor_row(&desk)), (3, &before[..2], cursor), "{}", desk.screen());
    assert!(after[2].contains("chat-377") && after[2].contains(" 99 "), "{}", desk.screen());
    assert!(desk.screen().contains("HELD +3"), "{}", desk.screen());
    desk.press("g").wait(2_000).beat(3, 503).answer("stream", sessions([503, 502, 500, 490], 503));
    assert!(listed(&desk)[0].contains("chat-503") && desk.screen().contains("FOLLOW"), "{}", desk.screen());
}

#[test]
fn more_sessions_are_asked_for_before_they_are_needed() {
    let mut desk = desk(80, 24, 500);
    desk.press("b");
    let newest: Vec<u64> = (401..=476).rev().collect();
    let Arrived::Sessions(page) = sessions(newest, 500) else { panic!("sessions") };
    desk.answer("stream", Arrived::Sessions(Arc::new(SessionPage { more_below: true, total: 900, ..(*page).clone() })));
    let asked = |desk: &Desk| match desk.asked("stream") {
        Some((_, Ask::Sessions { after, .. })) => after,
        other => panic!("{other:?}"),
    };
    let first = asked(&desk);
    desk.press("PgDn PgDn PgDn");
    assert!(asked(&desk) > first, "{first}");
}

#[test]
fn a_click_puts_the_cursor_on_a_row() {
    let mut desk = by_session(80, 24, &[500, 490, 377]);
    let kind = MouseEventKind::Down(MouseButton::Left);
    desk.press("M").send(Msg::Mouse(MouseEvent { kind, column: 6, row: 5, modifiers: KeyModifiers::NONE }));
    assert!(cursor_row(&desk).contains("chat-377"), "{}", desk.screen());
}

#[test]
fn what_is_about_one_run_is_blocked_among_sessions() {
    let mut desk = by_session(80, 24, &[501, 488]);
    desk.press("+");
    assert!(desk.screen().contains("these are sessions; Enter shows the runs of one"), "{}", desk.screen());
    desk.press("y");
    assert_eq!(copied(&mut desk).as_deref(), Some("chat-501"));
}

#[test]
fn the_list_that_was_chosen_is_found_again() {
    let mut stream = super::Stream::default();
    stream.recall("list", "sessions");
    assert_eq!(stream.remember(), [("list", "sessions".to_owned())]);
    stream.recall("list", "nonsense");
    assert_eq!(stream.remember(), [("list", "runs".to_owned())]);
}

#[test]
fn a_search_fills_the_list_as_it_finds_and_says_how_far_it_is() {
    let mut desk = desk(80, 24, 12_000);
    desk.press("/").type_text("text:refund").press("Enter");
    desk.answer("stream", found(0, 2_400, false));
    assert!(desk.screen().contains("20 %, 2,400 of 12,000 traces") && desk.screen().contains("Esc stops"), "{}", desk.screen());
    desk.answer("stream", found(2, 4_800, false));
    assert!(desk.screen().contains("filter: text:refund · 2 so far, 40 %"), "{}", desk.screen());
    desk.answer("stream", found(3, 12_000, true));
    assert!(desk.screen().contains("filter: text:refund · 3 of 12,000"), "{}", desk.screen());
    desk.press("Esc");
    assert_eq!(desk.workbench.shared.filter, None, "a search that has ended is not stopped");
}

/// A search that has found so many of the newest runs.
fn found(rows: u64, searched: u64, done: bool) -> Arrived {
    let rows: Vec<_> = (12_000 - rows + 1..=12_000).rev().map(run).collect();
    let total = rows.len() as u64;
    Arrived::Rows(Arc::new(RowPage { rows, total, exact: done, stored: 12_000, searched, done, ..RowPage::default() }))
}

#[test]
fn esc_stops_a_search_and_keeps_what_it_found_and_space_searches_again() {
    let mut desk = desk(80, 24, 12_000);
    desk.press("/").type_text("text:refund").press("Enter").answer("stream", found(2, 4_800, false));
    desk.take_effects();
    desk.press("Esc");
    assert!(desk.workbench.shared.filter.is_some());
    assert!(desk.screen().contains("2 in 4,800 of 12,000, stopped"), "{}", desk.screen());
    desk.wait(5_000).beat(2, 12_001);
    assert_eq!(desk.asked("stream"), None, "nothing is searched any more");
    desk.press("Space");
    assert!(desk.asked("stream").is_some());
    desk.answer("stream", found(0, 100, false)).press("Esc Esc");
    assert_eq!(desk.workbench.shared.filter, None, "the second Esc clears the filter");
}

#[test]
fn a_search_that_was_stopped_before_it_found_anything_says_so() {
    let mut desk = desk(80, 24, 12_000);
    desk.press("/").type_text("text:refund").press("Enter").answer("stream", found(0, 4_800, false)).press("Esc");
    let screen = desk.screen();
    assert!(screen.contains("4,800 of 12,000 traces were searched") && screen.contains("Space searches again"), "{screen}");
}

#[test]
fn while_a_search_is_repeated_neither_rows_nor_count_go_and_come() {
    let mut desk = desk(80, 24, 12_000);
    desk.press("/").type_text("text:refund").press("Enter").wait(2_000).answer("stream", found(9, 12_000, true));
    let before = desk.screen();
    desk.take_effects();
    desk.wait(5_000).beat(2, 12_000);
    assert_eq!(desk.asked("stream"), None, "what took two seconds is not repeated all the time");
    desk.wait(20_000);
    desk.answer("stream", found(1, 500, false));
    assert_eq!(desk.screen(), before);
    desk.answer("stream", found(10, 12_000, true));
    assert!(desk.screen().contains("10 of 12,000"), "{}", desk.screen());
}

#[test]
fn a_long_filter_is_cut_in_the_title_and_its_count_is_not() {
    let mut desk = desk(80, 24, 12_000);
    desk.press("/").type_text(&format!("agent:{}", "x".repeat(90))).press("Enter");
    desk.answer("stream", page(12_000, 90, 12_000));
    let screen = desk.screen();
    let title = screen.lines().nth(1).unwrap();
    assert!(title.contains("agent:xxx") && title.contains("… · 12,000 of 12,000"), "{title}");
}

#[test]
fn what_sessions_look_like() {
    for (width, height) in SIZES {
        let talks = by_session(width, height, &(462..=500).rev().collect::<Vec<_>>());
        insta::assert_snapshot!(format!("sessions_{width}x{height}"), talks.room("stream"));
        let mut no_talks = desk(width, height, 500);
        no_talks.press("b").answer("stream", sessions([], 500));
        insta::assert_snapshot!(format!("sessions_none_{width}x{height}"), no_talks.room("stream"));
        let mut evil = desk(width, height, 500);
        let evil_page = SessionPage { sessions: (1..=40).map(hostile_session).collect(), total: u64::MAX, ..SessionPage::default() };
        evil.press("b").answer("stream", Arrived::Sessions(Arc::new(evil_page)));
        assert_harmless(&evil.screen());
    }
}
