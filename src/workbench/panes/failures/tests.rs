//! Stories of the failures pane, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::{
    model::ids::TraceId,
    workbench::{
        pane::Motion,
        testing::{
            Desk,
            any::{any_patterns, any_size},
            failures::{INSIDES, draw_inside, drawn, hostile_patterns, pattern, patterns, shared, tell},
        },
    },
};

use super::*;

fn page(patterns: Vec<PatternReport>, runs: u64) -> PaneMsg {
    PaneMsg::Arrived(Arrived::Patterns(Arc::new(PatternPage { patterns, runs })))
}

fn pane(patterns: Vec<PatternReport>) -> Failures {
    let mut pane = Failures::default();
    tell(&mut pane, &shared(), PaneMsg::Size { width: 78, height: 19 });
    tell(&mut pane, &shared(), page(patterns, 412));
    pane
}

fn act(pane: &mut Failures, action: Action) -> Vec<Order> {
    tell(pane, &shared(), PaneMsg::Act(action.id))
}

#[test]
fn the_selected_pattern_leads_to_its_relatives() {
    let mut pane = pane(patterns());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    assert_eq!(act(&mut pane, verbs::OPEN), [Order::Open(Link::Runs("pattern:0000000000000002".to_owned()))]);
    assert_eq!(act(&mut pane, verbs::SCENARIOS), [Order::Open(Link::Scenarios(Some(Fingerprint(2))))]);
    assert_eq!(act(&mut pane, verbs::FIX), [Order::Open(Link::Fixes(Some(Fingerprint(2))))]);
    let example = TraceId::new("01J9ZK3T5W8Q2M4N6P0027QF").unwrap();
    assert_eq!(act(&mut pane, verbs::TRACE), [Order::Open(Link::TraceId(example))]);
}

#[test]
fn what_is_unclassified_stands_last_and_without_an_example_says_so() {
    let mut pane = pane(patterns());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    assert_eq!(pane.selected().unwrap().title, "unclassified");
    assert_eq!(pane.blocked(verbs::TRACE.id, &shared()), Some("no run that shows it is stored any more".to_owned()));
    assert_eq!(pane.blocked(verbs::OPEN.id, &shared()), None);
}

#[test]
fn the_selection_stays_with_its_pattern_when_the_order_changes() {
    let mut pane = pane(patterns());
    let mut reordered = patterns();
    reordered.reverse();
    tell(&mut pane, &shared(), page(reordered, 500));
    assert_eq!(pane.selected().unwrap().pattern.fingerprint, Fingerprint(1));
}

#[test]
fn a_link_selects_its_pattern_now_or_when_it_comes_or_says_that_it_did_not() {
    let mut pane = pane(patterns());
    assert_eq!(tell(&mut pane, &shared(), PaneMsg::Open(Link::Pattern(Fingerprint(4)))), []);
    assert_eq!(pane.selected().unwrap().pattern.fingerprint, Fingerprint(4));

    let late = PaneMsg::Open(Link::Pattern(Fingerprint(9)));
    assert_eq!(tell(&mut pane, &shared(), late.clone()), [Order::Refresh]);
    let mut more = patterns();
    more.push(pattern(9, FailureCode::Refusal, "gpt-4o", 1));
    assert_eq!(tell(&mut pane, &shared(), page(more, 413)), []);
    assert_eq!(pane.selected().unwrap().pattern.fingerprint, Fingerprint(9));

    tell(&mut pane, &shared(), PaneMsg::Open(Link::Pattern(Fingerprint(77))));
    assert!(matches!(tell(&mut pane, &shared(), page(patterns(), 414))[..], [Order::Toast(_)]));
}

#[test]
fn copies_carry_the_identity() {
    let mut pane = pane(patterns());
    let line =
        "bad tool arguments: issue_refund (tool.bad_arguments), 37 runs: amount must be a number, got <*> [pattern:0000000000000001]";
    assert_eq!(act(&mut pane, verbs::COPY), [Order::Do(Effect::Copy(line.to_owned()))]);
    let orders = act(&mut pane, verbs::COPY_LONG);
    let [Order::Do(Effect::Copy(json))] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(&serde_json::from_str::<PatternReport>(json).unwrap(), pane.selected().unwrap());
}

#[test]
fn without_patterns_nothing_can_be_done_and_the_lesson_counts_runs() {
    let mut pane = pane(Vec::new());
    for action in ACTIONS {
        assert!(pane.blocked(action.id, &shared()).is_some());
        assert_eq!(tell(&mut pane, &shared(), PaneMsg::Act(action.id)), []);
    }
    assert!(drawn(&mut pane, &shared(), (78, 19)).contains("No failures in 412 runs."));
}

#[test]
fn it_asks_for_patterns_as_soon_as_it_is_seen() {
    let mut desk = Desk::new(80, 24);
    assert_eq!(desk.asked("failures"), None);
    desk.press("4");
    assert_eq!(desk.asked("failures").map(|(_, ask)| ask), Some(Ask::Patterns(LIMIT)));
    desk.answer("failures", Arrived::Patterns(Arc::new(PatternPage { patterns: patterns(), runs: 412 })));
    desk.press("j i");
    insta::assert_snapshot!("why", desk.screen());
}

#[test]
fn looks() {
    let many: Vec<_> = (1..=40).map(|number| pattern(number, FailureCode::ToolError, &format!("tool_{number}"), 400 - number)).collect();
    let cases = [("empty", vec![]), ("one", vec![pattern(1, FailureCode::ToolTimeout, "fetch_order", 1)]), ("day", patterns())];
    for (name, patterns) in cases.into_iter().chain([("full", many), ("hostile", hostile_patterns())]) {
        let mut pane = pane(patterns);
        tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&mut pane, &shared(), (width, height)));
        }
    }
}

#[test]
fn plain_ascii_is_enough() {
    let mut shared = shared();
    shared.glyphs = crate::workbench::glyphs::Glyphs::of(crate::workbench::glyphs::GlyphSet::Ascii);
    let screen = drawn(&mut pane(patterns()), &shared, (118, 35));
    assert!(screen.is_ascii(), "{screen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn drawing_never_panics(patterns in any_patterns(), told in any_size(), given in any_size(), last in any::<bool>()) {
        let mut pane = pane(patterns);
        if last {
            tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
        }
        tell(&mut pane, &shared(), PaneMsg::Size { width: given.0, height: given.1 });
        draw_inside(&mut pane, &shared(), given);
        tell(&mut pane, &shared(), PaneMsg::Size { width: told.0, height: told.1 });
        tell(&mut pane, &shared(), PaneMsg::Act(verbs::EXPLAIN.id));
    }
}
