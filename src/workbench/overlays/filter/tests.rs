//! The prompt as stories: counting, completing names, recalling filters, being wrong; and what it looks like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use crate::workbench::{
    message::{Effect, Msg, Slot, ViewNews},
    need::{Arrived, Ask, Counted, NameKind},
    testing::{
        Desk, NOON, SIZES, assert_harmless,
        fixtures::{HOSTILE, overview, page},
    },
    views::Views,
};

/// A desk with runs, views and an open prompt.
fn prompt(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 12_408).answer_status(overview(12_408)).answer("stream", page(12_408, 120, 12_408));
    let views = Views::parse("slow-refunds = \"agent:refund* took>2s\"\nfailed-today = \"is:failed since:today\"", NOON);
    desk.send(Msg::Views(ViewNews { views: views.map_err(|problem| problem.to_string()), says: String::new() }));
    desk.press("/");
    desk
}

fn counted(desk: &mut Desk, matches: u64, searched: u64, done: bool) {
    desk.answer_front(Slot::Prompt, Arrived::Count(Counted { matches, searched, stored: 12_408, done }));
}

fn named(desk: &mut Desk, names: &[(&str, u64)]) {
    let names = names.iter().map(|(name, runs)| ((*name).to_owned(), *runs)).collect();
    desk.answer_front(Slot::Names, Arrived::Names(Arc::new(names)));
}

fn filter(desk: &Desk) -> Option<&str> {
    desk.workbench.shared.filter.as_deref()
}

/// What was last asked to be counted.
fn asked_count(desk: &Desk) -> Option<String> {
    desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::Fetch { ask: Ask::Count(text), .. } => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn the_count_grows_while_one_looks_and_a_key_starts_it_again() {
    let mut desk = prompt(80, 24);
    desk.type_text("is:failed");
    assert!(desk.screen().contains("counting …"), "{}", desk.screen());
    counted(&mut desk, 85, 4_963, false);
    assert!(desk.screen().contains("counting … 39 %, 85 so far"), "{}", desk.screen());
    counted(&mut desk, 212, 12_408, true);
    assert!(desk.screen().contains("matches 212 of 12,408"), "{}", desk.screen());
    desk.type_text(" took>2s");
    assert_eq!(asked_count(&desk).as_deref(), Some("is:failed took>2s"));
    assert!(!desk.screen().contains("212"), "a count of another filter is not shown\n{}", desk.screen());
}

#[test]
fn a_count_that_was_given_up_says_how_far_it_went() {
    let mut desk = prompt(80, 24);
    counted(&mut desk, 7, 5_000, true);
    assert!(desk.screen().contains("matches 7 of the newest 5,000, of 12,408"), "{}", desk.screen());
}

#[test]
fn opened_again_it_counts_again() {
    let mut desk = prompt(80, 24);
    desk.type_text("is:failed");
    counted(&mut desk, 212, 12_408, true);
    desk.press("Enter").take_effects();
    desk.press("/");
    assert_eq!(asked_count(&desk).as_deref(), Some("is:failed"));
    counted(&mut desk, 213, 12_408, true);
    assert!(desk.screen().contains("matches 213 of"), "{}", desk.screen());
}

#[test]
fn stored_names_are_offered_as_they_are_written_in_a_filter() {
    let mut desk = prompt(80, 24);
    desk.type_text("agent:che");
    assert!(desk.effects.iter().any(|effect| matches!(effect, Effect::Fetch { ask: Ask::Names(NameKind::Agent), .. })));
    assert!(desk.screen().contains("reading the names of agents"), "{}", desk.screen());
    named(&mut desk, &[("my checkout", 900), ("checkout", 412), (HOSTILE, 9), ("refund-bot", 1)]);
    let screen = desk.screen();
    assert_harmless(&screen);
    let offered: Vec<&str> = screen.lines().filter(|line| line.contains(" runs ")).collect();
    assert!(offered[0].contains("> checkout") && offered[1].contains("\"my checkout\""), "what begins so comes first\n{screen}");
    desk.press("Down Tab");
    assert!(desk.screen().contains("agent:\"my checkout\""), "{}", desk.screen());
    desk.type_text(" tool:");
    assert!(desk.effects.iter().any(|effect| matches!(effect, Effect::Fetch { ask: Ask::Names(NameKind::Tool), .. })));
    named(&mut desk, &[("search", 3)]);
    desk.press("Tab Enter");
    assert_eq!(filter(&desk), Some("agent:\"my checkout\" tool:search"));
}

#[test]
fn a_name_that_nothing_has_is_told() {
    let mut desk = prompt(80, 24);
    desk.type_text("agent:zzz");
    named(&mut desk, &[("checkout", 412)]);
    assert!(desk.screen().contains("none of the agents fits"), "{}", desk.screen());
}

#[test]
fn while_runs_arrive_the_count_is_kept_fresh_and_does_not_flicker() {
    let mut desk = prompt(80, 24);
    desk.type_text("is:failed");
    counted(&mut desk, 212, 12_408, true);
    desk.take_effects();
    desk.wait(2_500).beat(2, 12_500);
    assert_eq!(asked_count(&desk).as_deref(), Some("is:failed"));
    counted(&mut desk, 3, 100, false);
    assert!(desk.screen().contains("matches 212 of 12,408"), "{}", desk.screen());
    counted(&mut desk, 215, 12_408, true);
    assert!(desk.screen().contains("matches 215 of"), "{}", desk.screen());
}

#[test]
fn a_view_stands_for_its_filter() {
    let mut desk = prompt(80, 24);
    desk.type_text("@slo");
    assert!(desk.screen().contains("@slow-refunds   agent:refund* took>2s"), "{}", desk.screen());
    desk.press("Tab");
    desk.type_text(" is:failed");
    assert_eq!(asked_count(&desk).as_deref(), Some("agent:refund* took>2s is:failed"));
    desk.press("Enter");
    assert_eq!(filter(&desk), Some("agent:refund* took>2s is:failed"));
    desk.press("/ Ctrl-u").type_text("@slow-refund").press("Enter");
    assert!(desk.screen().contains("did you mean `@slow-refunds`?"), "{}", desk.screen());
}

#[test]
fn a_filter_that_is_a_view_is_called_by_its_name() {
    let mut desk = prompt(80, 24);
    desk.type_text("@slow-refunds").press("Enter");
    assert!(desk.screen().contains("@slow-refunds · searching"), "{}", desk.screen());
}

#[test]
fn earlier_filters_come_back_with_up_and_esc_changes_nothing() {
    let mut desk = prompt(80, 24);
    desk.type_text("is:failed").press("Enter /");
    desk.press("Ctrl-u").type_text("grade<C").press("Enter Esc /");
    assert_eq!(filter(&desk), None);
    desk.press("Up");
    assert!(desk.screen().contains("┃ grade<C "), "the newest first\n{}", desk.screen());
    desk.press("Up Up");
    assert!(desk.screen().contains("┃ is:failed "), "and the oldest stays\n{}", desk.screen());
    desk.press("Down Enter");
    assert_eq!(filter(&desk), Some("grade<C"));
    desk.press("/ Up Esc");
    assert_eq!(filter(&desk), Some("grade<C"), "Esc keeps what was in force");
}

#[test]
fn without_earlier_filters_up_says_so() {
    let mut desk = prompt(80, 24);
    desk.press("Up");
    assert!(desk.screen().contains("no filter has been used before"), "{}", desk.screen());
    desk.press("Down Down Up");
    assert!(!desk.screen().contains("used before"), "among offers Up goes back\n{}", desk.screen());
}

#[test]
fn a_mistake_is_pointed_at_below_wide_characters_and_beside_scrolled_text() {
    let mut desk = prompt(80, 24);
    desk.type_text("agent:日本語 grade<Q");
    let screen = desk.screen();
    let (text, pointer) = pointed(&screen);
    assert_eq!(text.find('Q').map(|at| columns(&text[..at])), pointer.find('^').map(|at| columns(&pointer[..at])), "{screen}");
    let mut desk = prompt(80, 24);
    desk.type_text("grade<Q ").type_text(&"x".repeat(100));
    let screen = desk.screen();
    assert_eq!(pointed(&screen).1.trim_matches(['┃', ' ']), "<", "it is out of sight at the left\n{screen}");
}

fn columns(text: &str) -> usize {
    crate::text::width::width(text)
}

/// The line that is typed and the one below it.
fn pointed(screen: &str) -> (String, String) {
    let lines: Vec<&str> = screen.lines().collect();
    let top = lines.iter().position(|line| line.contains("━ Filter") || line.contains("┏ Filter")).expect("the prompt is open");
    (lines[top + 1].to_owned(), lines[top + 2].to_owned())
}

#[test]
fn ten_kilobytes_are_refused_in_one_sentence_and_leave_the_text_alone() {
    let mut desk = prompt(80, 24);
    desk.type_text("is:ok").send(Msg::Paste("agent:x ".repeat(1_280)));
    let screen = desk.screen();
    assert!(screen.contains("not pasted: 10,240 bytes, and a filter here has at most 2,000 characters"), "{screen}");
    assert!(pointed(&screen).0.contains("is:ok "), "{screen}");
    desk.press("Enter");
    assert_eq!(filter(&desk), Some("is:ok"));
    let mut desk = prompt(80, 24);
    desk.send(Msg::Paste("\"unclosed\nis:\u{1b}[2Jok".to_owned()));
    assert!(desk.screen().contains("this quote is not closed"), "{}", desk.screen());
    assert_harmless(&desk.screen());
}

#[test]
fn a_filter_gets_a_name_from_inside_the_prompt() {
    let mut desk = prompt(80, 24);
    desk.press("Ctrl-s");
    assert!(desk.screen().contains("there is no filter yet"), "{}", desk.screen());
    desk.type_text("took>9s").press("Ctrl-s").type_text("very slow").press("Enter");
    let change = desk.take_effects().into_iter().find_map(|effect| match effect {
        Effect::ChangeViews(change) => Some(change),
        _ => None,
    });
    assert_eq!(change, Some(crate::workbench::views::Change::Save { name: "very-slow".to_owned(), filter: "took>9s".to_owned() }));
    assert_eq!(filter(&desk), Some("took>9s"));
}

#[test]
fn what_it_looks_like() {
    for (width, height) in SIZES {
        let mut empty = prompt(width, height);
        counted(&mut empty, 12_408, 12_408, true);
        insta::assert_snapshot!(format!("prompt_empty_{width}x{height}"), empty.screen());

        let mut names = prompt(width, height);
        names.type_text("took>2s agent:");
        named(
            &mut names,
            &[("checkout", 9_120), ("refund-bot", 2_304), ("my agent", 980), ("kyc", 3), ("日本語エージェント", 1), ("a", 1), ("b", 1)],
        );
        counted(&mut names, 85, 4_963, false);
        insta::assert_snapshot!(format!("prompt_names_{width}x{height}"), names.screen());

        let mut wrong = prompt(width, height);
        wrong.type_text("grade<C tok>5k since:1h");
        insta::assert_snapshot!(format!("prompt_mistake_{width}x{height}"), wrong.screen());
    }
}
