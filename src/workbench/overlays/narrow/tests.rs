//! Quick filters as stories, and what they look like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use crate::workbench::{
    message::{Effect, Slot},
    need::{Arrived, Ask, NameKind},
    testing::{
        Desk, SIZES, assert_harmless,
        fixtures::{HOSTILE, overview, page},
    },
};

const AGENTS: &[(&str, u64)] = &[("checkout", 9_120), ("refund-bot", 2_304), ("my agent", 980), ("日本語エージェント", 4), ("", 2)];

fn open(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 12_408).answer_status(overview(12_408)).answer("stream", page(12_408, 120, 12_408)).press("F");
    answer(&mut desk, AGENTS);
    desk
}

fn answer(desk: &mut Desk, names: &[(&str, u64)]) {
    let names = names.iter().map(|(name, runs)| ((*name).to_owned(), *runs)).collect();
    desk.answer_front(Slot::Names, Arrived::Names(Arc::new(names)));
}

fn filter(desk: &Desk) -> Option<&str> {
    desk.workbench.shared.filter.as_deref()
}

#[test]
fn typing_narrows_and_enter_shows_only_that_agent_then_everything_again() {
    let mut desk = open(80, 24);
    desk.type_text("refu").press("Enter");
    assert_eq!(filter(&desk), Some("agent:refund-bot"));
    desk.press("F");
    answer(&mut desk, AGENTS);
    assert!(desk.screen().contains("[x] refund-bot"), "{}", desk.screen());
    desk.press("Down Enter");
    assert_eq!(filter(&desk), None, "the same again takes it out");
}

#[test]
fn several_names_stand_beside_one_another() {
    let mut desk = open(80, 24);
    desk.press("Ctrl-o Down Down Ctrl-o");
    assert_eq!(filter(&desk), Some("agent:checkout|\"my agent\""));
    assert_eq!(desk.screen().matches("[x]").count(), 2, "{}", desk.screen());
    desk.press("Ctrl-o");
    assert_eq!(filter(&desk), Some("agent:checkout"));
}

#[test]
fn tab_goes_to_other_names_and_asks_for_them() {
    let mut desk = open(80, 24);
    desk.press("Tab");
    assert!(desk.effects.iter().any(|effect| matches!(effect, Effect::Fetch { ask: Ask::Names(NameKind::Project), .. })));
    assert!(desk.screen().contains("reading the names of projects"), "{}", desk.screen());
    answer(&mut desk, &[]);
    assert!(desk.screen().contains("No run names any projects"), "{}", desk.screen());
    desk.press("Shift-Tab Shift-Tab");
    assert!(desk.effects.iter().any(|effect| matches!(effect, Effect::Fetch { ask: Ask::Names(NameKind::Session), .. })));
}

#[test]
fn a_hostile_name_is_shown_harmless_and_asked_for_as_it_is() {
    let mut desk = open(80, 24);
    answer_again(&mut desk, &[(HOSTILE, 7)]);
    assert_harmless(&desk.screen());
    desk.press("Enter");
    assert_eq!(filter(&desk).map(str::to_owned), Some(format!("agent:{}", crate::query::quote(HOSTILE))));
    assert_harmless(&desk.screen());
}

/// The same kind of names, asked for again.
fn answer_again(desk: &mut Desk, names: &[(&str, u64)]) {
    desk.press("Tab Shift-Tab");
    answer(desk, names);
}

#[test]
fn what_it_looks_like() {
    for (width, height) in SIZES {
        let mut desk = open(width, height);
        desk.press("Down Ctrl-o");
        insta::assert_snapshot!(format!("narrow_{width}x{height}"), desk.screen());
    }
}
