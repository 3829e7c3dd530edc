//! Stories of the fixes pane, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::{
    repair::ledger::Entry,
    workbench::{
        mending::HistoryRow,
        message::{Msg, Paint, Slot},
        need::PatternPage,
        testing::{
            Desk, NOON,
            any::{any_fixes, any_size},
            failures::{INSIDES, SNIPPET, diff_fixes, draw_inside, drawn, fix, fixes, hostile_fixes, patterns, scenarios, shared, tell},
        },
    },
};

use super::*;

fn arrived(items: Vec<Fix>) -> PaneMsg {
    PaneMsg::Arrived(Arrived::Fixes(Arc::new(items)))
}

fn pane(items: Vec<Fix>) -> Fixes {
    let mut pane = Fixes::default();
    tell(&mut pane, &shared(), PaneMsg::Size { width: 78, height: 19 });
    tell(&mut pane, &shared(), arrived(items));
    pane
}

fn act(pane: &mut Fixes, action: Action) -> Vec<Order> {
    tell(pane, &shared(), PaneMsg::Act(action.id))
        .into_iter()
        .filter(|order| !matches!(order, Order::Do(Effect::Highlight { .. })))
        .collect()
}

#[test]
fn accepting_is_asked_of_the_outside_and_rejecting_asks_why() {
    let mut pane = pane(fixes());
    let first = || Box::new(fixes().remove(0));
    assert_eq!(act(&mut pane, verbs::ACCEPT), [Order::Do(Effect::Mend(Mending::Accept(first(), NOON)))]);
    assert_eq!(act(&mut pane, verbs::REJECT), [Order::Overlay(OverlayKind::Reason(first()))]);
    assert_eq!(pane.blocked(verbs::APPLY.id, &shared()), Some("it is guidance: there is no file to change".to_owned()));
}

#[test]
fn a_file_is_changed_only_after_it_was_shown_and_yes_was_said() {
    let mut desk = Desk::new(120, 40);
    desk.press("6");
    desk.answer("fixes", Arrived::Fixes(Arc::new(diff_fixes())));
    let applies = |desk: &Desk| desk.effects.iter().any(|effect| matches!(effect, Effect::Mend(Mending::Apply(..))));
    for no in ["Enter", "n", "Esc", "q"] {
        desk.press("A");
        assert!(desk.screen().contains("Apply this fix to your file?") && desk.screen().contains("Decimal"));
        desk.press(no);
        assert!(!applies(&desk), "{no} is no");
    }
    desk.press("A y");
    assert!(applies(&desk));
}

#[test]
fn an_applied_fix_can_be_undone_after_asking() {
    let mut desk = Desk::new(120, 40);
    desk.press("6");
    desk.answer("fixes", Arrived::Fixes(Arc::new(diff_fixes())));
    desk.press("]");
    let undoes = |desk: &Desk| {
        desk.effects.iter().any(|effect| matches!(effect, Effect::Mend(Mending::Undo { kept, .. }) if kept == "0000000000000001-aaaaaaaa"))
    };
    desk.press("U n");
    assert!(!undoes(&desk));
    desk.press("U y");
    assert!(undoes(&desk));
}

#[test]
fn a_reason_goes_with_the_rejection() {
    let mut desk = Desk::new(120, 40);
    desk.press("6");
    desk.answer("fixes", Arrived::Fixes(Arc::new(diff_fixes())));
    desk.press("x").type_text("not ours").press("Enter");
    let rejected = desk.effects.iter().find_map(|effect| match effect {
        Effect::Mend(Mending::Reject { fix, reason, .. }) => Some((fix.id.clone(), reason.clone())),
        _ => None,
    });
    assert_eq!(rejected, Some(("d1".to_owned(), Some("not ours".to_owned()))));
}

#[test]
fn the_history_undoes_what_can_be_undone() {
    let mut desk = Desk::new(120, 40);
    desk.press("6 D");
    let entry = |what, title: &str, kept: Option<&str>, reason: Option<&str>| Entry {
        at: NOON,
        who: Some("ada".to_owned()),
        what,
        fix: "d1".to_owned(),
        title: title.to_owned(),
        pattern: None,
        file: Some("tools/refund.py".to_owned()),
        reason: reason.map(str::to_owned),
        kept: kept.map(str::to_owned),
    };
    let rows = vec![
        HistoryRow { entry: entry(Choice::Rejected, "retry issue_refund", None, Some("the bank does that")), undoable: false },
        HistoryRow { entry: entry(Choice::Applied, "give issue_refund a time limit", Some("01-aa"), None), undoable: true },
    ];
    let generation = desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::Fetch { ask: Ask::History, generation, .. } => Some(*generation),
        _ => None,
    });
    let answer = Ok(Arrived::History(Arc::new(rows)));
    desk.send(Msg::Arrived { slot: Slot::Prompt, generation: generation.unwrap(), answer });
    let undone = |desk: &Desk| desk.effects.iter().any(|effect| matches!(effect, Effect::Mend(Mending::Undo { .. })));
    desk.press("u");
    assert!(!undone(&desk), "a rejection is no change");
    insta::assert_snapshot!("history", desk.screen());
    desk.press("j u");
    assert!(undone(&desk));
}

#[test]
fn a_diff_looks() {
    for (name, turns) in [("open", 0), ("applied", 1), ("back", 2)] {
        let mut pane = pane(diff_fixes());
        for _ in 0..turns {
            act(&mut pane, verbs::NEXT);
        }
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("diff_{name}_{width}x{height}"), drawn(&mut pane, &shared(), (width, height)));
        }
    }
    let mut pane = pane(diff_fixes());
    tell(&mut pane, &shared(), PaneMsg::Size { width: 118, height: 35 });
    act(&mut pane, verbs::SPLIT);
    insta::assert_snapshot!("diff_split", drawn(&mut pane, &shared(), (118, 35)));
    assert!(drawn(&mut pane, &shared(), (54, 19)).contains("+ from decimal"), "where there is no room for two sides it is one");
}

#[test]
fn the_question_before_applying_looks() {
    for (width, height) in [(80, 24), (120, 40), (160, 48)] {
        let mut desk = Desk::new(width, height);
        desk.press("6");
        desk.answer("fixes", Arrived::Fixes(Arc::new(diff_fixes())));
        desk.press("A");
        insta::assert_snapshot!(format!("apply_{width}x{height}"), desk.screen());
    }
}

#[test]
fn one_fix_at_a_time_with_an_end_at_both_sides() {
    let mut pane = pane(fixes());
    assert_eq!(pane.blocked(verbs::PREVIOUS.id, &shared()), Some("this is the first fix".to_owned()));
    act(&mut pane, verbs::NEXT);
    assert_eq!(pane.badge(&shared()), "2 of 3");
    assert_eq!(pane.blocked(verbs::ACCEPT.id, &shared()), Some("it is accepted already".to_owned()));
    act(&mut pane, verbs::NEXT);
    assert_eq!(pane.blocked(verbs::NEXT.id, &shared()), Some("this is the last fix".to_owned()));
    assert_eq!(pane.blocked(verbs::TRACE.id, &shared()), Some("it belongs to no pattern".to_owned()));
    act(&mut pane, verbs::PREVIOUS);
    assert_eq!(pane.selected().unwrap().id, "f2");
}

#[test]
fn the_fix_read_stays_when_others_come_before_it() {
    let mut pane = pane(fixes());
    act(&mut pane, verbs::NEXT);
    act(&mut pane, verbs::NEXT);
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::PageDown));
    let top = pane.top;
    let more = std::iter::once(fix("f0", "new")).chain(fixes()).collect();
    tell(&mut pane, &shared(), arrived(more));
    assert_eq!((pane.selected().unwrap().id.as_str(), pane.top), ("f3", top));
}

#[test]
fn it_scrolls_to_its_end_and_no_further() {
    let mut pane = pane(fixes());
    act(&mut pane, verbs::NEXT);
    act(&mut pane, verbs::NEXT);
    for _ in 0..20 {
        tell(&mut pane, &shared(), PaneMsg::Move(Motion::PageDown));
    }
    let end = drawn(&mut pane, &shared(), (78, 19));
    insta::assert_snapshot!("scrolled_to_its_end", end);
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::First));
    assert_eq!(pane.top, 0);
}

#[test]
fn the_snippet_goes_out_as_it_is() {
    let mut pane = pane(fixes());
    let write = Effect::Write { name: "parse-the-amount-before-the-call-f1.py".to_owned(), text: SNIPPET.to_owned() };
    assert_eq!(act(&mut pane, verbs::WRITE), [Order::Do(write)]);
    assert_eq!(act(&mut pane, verbs::COPY), [Order::Do(Effect::Copy(SNIPPET.to_owned()))]);
    let orders = act(&mut pane, verbs::COPY_LONG);
    let [Order::Do(Effect::Copy(markdown))] = &orders[..] else { panic!("{orders:?}") };
    insta::assert_snapshot!("markdown", markdown);
}

#[test]
fn a_fence_is_longer_than_those_inside() {
    let mut made = fix("f1", "x");
    made.snippet = "```\n````\n".to_owned();
    assert!(text::markdown(&made).ends_with("`````python\n```\n````\n`````\n"));
}

#[test]
fn it_leads_to_its_relatives() {
    let mut pane = pane(fixes());
    assert_eq!(act(&mut pane, verbs::PATTERN), [Order::Open(Link::Pattern(Fingerprint(1)))]);
    assert_eq!(act(&mut pane, verbs::TRACE), [Order::Open(Link::Runs("pattern:0000000000000001".to_owned()))]);
    assert_eq!(act(&mut pane, verbs::SCENARIOS), [Order::Open(Link::Scenarios(Some(Fingerprint(1))))]);
}

#[test]
fn colours_are_asked_for_once_a_text_and_shown_when_they_come() {
    let mut desk = Desk::new(80, 24);
    desk.press("6");
    desk.answer("fixes", Arrived::Fixes(Arc::new(fixes())));
    let key = PaintKey::of(SNIPPET, "python");
    let asked =
        |desk: &Desk| desk.effects.iter().filter(|effect| matches!(effect, Effect::Highlight { key: of, .. } if *of == key)).count();
    assert_eq!(asked(&desk), 1);
    desk.press("j k");
    assert_eq!(asked(&desk), 1);

    let plain = desk.screen();
    let lines = SNIPPET.lines().map(|line| vec![(Role::CodeKeyword, line.to_owned())]).collect();
    desk.send(crate::workbench::message::Msg::Highlighted(Paint { key, lines }));
    assert_eq!(desk.screen(), plain, "colours change no character");
    desk.workbench.shared.theme.set(Role::CodeKeyword, ratatui::style::Style::new().fg(ratatui::style::Color::Red));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    crate::workbench::draw::screen::paint(&desk.workbench, NOON, buffer.area, &mut buffer);
    assert!(buffer.content().iter().any(|cell| cell.fg == ratatui::style::Color::Red));
}

#[test]
fn a_link_narrows_to_a_pattern_and_esc_widens_again() {
    let mut pane = pane(fixes());
    tell(&mut pane, &shared(), PaneMsg::Open(Link::Fixes(Some(Fingerprint(2)))));
    assert_eq!(pane.need(&shared()).map(|need| need.ask), Some(Ask::Fixes(Whose::Pattern(Fingerprint(2)), LIMIT)));
    assert!(pane.selected().is_none(), "what is shown must answer what is asked");
    tell(&mut pane, &shared(), arrived(fixes().into_iter().filter(|fix| fix.fingerprint == Some(Fingerprint(2))).collect()));
    insta::assert_snapshot!("narrowed", drawn(&mut pane, &shared(), (78, 19)));
    let mut orders = Orders::default();
    assert_eq!(pane.update(&PaneMsg::Back, &shared(), &mut orders), Handled::Yes);
    assert_eq!(pane.need(&shared()).map(|need| need.ask), Some(Ask::Fixes(Whose::All, LIMIT)));
    assert_eq!(pane.update(&PaneMsg::Back, &shared(), &mut orders), Handled::No);
}

#[test]
fn nothing_is_said_that_nothing_counted() {
    let mut pane = pane(fixes());
    let first = drawn(&mut pane, &shared(), (118, 35));
    assert!(first.contains("would have spared 11 to 27 of 74 failed runs (90 %)"));
    assert!(first.contains("guidance") && !first.contains("confidence") && !first.contains("verified"));
    act(&mut pane, verbs::NEXT);
    assert!(!drawn(&mut pane, &shared(), (118, 35)).contains("spared"));
}

#[test]
fn without_fixes_nothing_can_be_done() {
    let mut pane = pane(vec![]);
    for action in ACTIONS.iter().filter(|action| action.id != verbs::HISTORY.id) {
        assert!(pane.blocked(action.id, &shared()).is_some());
        assert_eq!(tell(&mut pane, &shared(), PaneMsg::Act(action.id)), []);
    }
}

#[test]
fn looks() {
    for (name, items, turns) in [("empty", vec![], 0), ("first", fixes(), 0), ("long", fixes(), 2), ("hostile", hostile_fixes(), 2)] {
        let mut pane = pane(items);
        for _ in 0..turns {
            act(&mut pane, verbs::NEXT);
        }
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&mut pane, &shared(), (width, height)));
        }
    }
}

#[test]
fn beside_its_neighbours_on_a_large_screen() {
    let mut desk = Desk::new(160, 48);
    desk.press("6");
    desk.answer("failures", Arrived::Patterns(Arc::new(PatternPage { patterns: patterns(), runs: 412 })));
    desk.answer("scenarios", Arrived::Scenarios(Arc::new(scenarios())));
    desk.answer("fixes", Arrived::Fixes(Arc::new(fixes())));
    desk.press("a");
    let right: Vec<String> = desk.screen().lines().map(|line| line.chars().skip(104).collect()).collect();
    insta::assert_snapshot!("large", right[19..].join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn drawing_never_panics(items in any_fixes(), size in any_size(), turns in 0usize..8, scrolls in 0usize..8, narrowed in any::<bool>()) {
        let mut pane = pane(vec![]);
        if narrowed {
            tell(&mut pane, &shared(), PaneMsg::Open(Link::Fixes(Some(Fingerprint(1)))));
            draw_inside(&mut pane, &shared(), size);
        }
        tell(&mut pane, &shared(), arrived(items));
        for _ in 0..turns {
            act(&mut pane, verbs::NEXT);
        }
        for _ in 0..scrolls {
            tell(&mut pane, &shared(), PaneMsg::Move(Motion::PageDown));
        }
        draw_inside(&mut pane, &shared(), size);
        tell(&mut pane, &shared(), PaneMsg::Size { width: size.0, height: size.1 });
        draw_inside(&mut pane, &shared(), size);
        tell(&mut pane, &shared(), PaneMsg::Act(verbs::COPY_LONG.id));
    }
}
