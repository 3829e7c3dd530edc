//! Stories of the scenarios pane, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::{
    model::{decision::Decision, ids::TraceId},
    workbench::{
        message::Msg,
        need::PatternPage,
        pane::Motion,
        testing::{
            Desk, NOON,
            any::{any_scenarios, any_size},
            failures::{INSIDES, draw_inside, drawn, hostile_scenarios, patterns, scenario, scenarios, shared, tell},
        },
    },
};

use super::*;

fn arrived(items: Vec<Scenario>) -> PaneMsg {
    PaneMsg::Arrived(Arrived::Scenarios(Arc::new(items)))
}

fn pane(items: Vec<Scenario>) -> Scenarios {
    let mut pane = Scenarios::default();
    tell(&mut pane, &shared(), PaneMsg::Size { width: 78, height: 19 });
    tell(&mut pane, &shared(), arrived(items));
    pane
}

fn act(pane: &mut Scenarios, action: Action) -> Vec<Order> {
    tell(pane, &shared(), PaneMsg::Act(action.id))
}

#[test]
fn a_decision_names_the_scenario_and_the_moment() {
    let mut pane = pane(scenarios());
    let decision =
        |choice| Decision { subject: "scenario:s1".to_owned(), pattern: scenarios()[0].fingerprint, choice, reason: None, at: NOON };
    assert_eq!(act(&mut pane, verbs::ACCEPT), [Order::Do(Effect::Decide(decision(Choice::Accepted)))]);
    assert_eq!(act(&mut pane, verbs::REJECT), [Order::Do(Effect::Decide(decision(Choice::Rejected)))]);
}

#[test]
fn what_is_decided_is_not_decided_again_but_may_be_changed() {
    let mut pane = pane(scenarios());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    assert_eq!(pane.blocked(verbs::ACCEPT.id, &shared()), Some("it is accepted already".to_owned()));
    assert_eq!(pane.blocked(verbs::REJECT.id, &shared()), None);
}

#[test]
fn what_is_written_is_the_selected_scenario_as_it_was_made() {
    let mut pane = pane(scenarios());
    let wanted = Effect::WriteScenario(Box::new(scenarios()[0].clone()));
    assert_eq!(act(&mut pane, verbs::WRITE), [Order::Do(wanted)]);
}

#[test]
fn it_can_be_copied_as_sentences() {
    let mut pane = pane(scenarios());
    let text = "Scenario: comma-decimal amount\n  Given the input of run 01J9…7QF\n  And issue_refund is called with the amount \"12,50\"\n  \
                When refund-bot is run\n  Then no uncaught error ends the run\n  And the run ends within 3 s\n";
    assert_eq!(act(&mut pane, verbs::COPY), [Order::Do(Effect::Copy(text.to_owned()))]);
}

#[test]
fn it_leads_to_its_relatives() {
    let mut pane = pane(scenarios());
    assert_eq!(act(&mut pane, verbs::PATTERN), [Order::Open(Link::Pattern(Fingerprint(1)))]);
    assert_eq!(act(&mut pane, verbs::FIX), [Order::Open(Link::Fixes(Some(Fingerprint(1))))]);
    assert_eq!(act(&mut pane, verbs::TRACE), [Order::Open(Link::TraceId(TraceId::new("01J9ZK3T5W8Q2M4N6P7QF").unwrap()))]);
    let mut alone = scenario("s1", "alone");
    alone.fingerprint = None;
    tell(&mut pane, &shared(), arrived(vec![alone]));
    assert_eq!(pane.blocked(verbs::PATTERN.id, &shared()), Some("it belongs to no pattern".to_owned()));
}

#[test]
fn a_link_narrows_to_a_pattern_and_esc_widens_again() {
    let mut desk = Desk::new(80, 24);
    desk.press("5");
    desk.answer("scenarios", Arrived::Scenarios(Arc::new(scenarios())));
    let all = Some(Ask::Scenarios(Whose::All, LIMIT));
    assert_eq!(desk.asked("scenarios").map(|(_, ask)| ask), all);

    let mut pane = pane(scenarios());
    tell(&mut pane, &shared(), PaneMsg::Open(Link::Scenarios(Some(Fingerprint(1)))));
    assert_eq!(pane.need(&shared()).map(|need| need.ask), Some(Ask::Scenarios(Whose::Pattern(Fingerprint(1)), LIMIT)));
    assert!(pane.selected().is_none(), "what is shown must answer what is asked");
    let of_one: Vec<_> = scenarios().into_iter().filter(|made| made.fingerprint == Some(Fingerprint(1))).collect();
    tell(&mut pane, &shared(), arrived(of_one));
    insta::assert_snapshot!("narrowed", drawn(&mut pane, &shared(), (78, 19)));

    let mut orders = Orders::default();
    assert_eq!(pane.update(&PaneMsg::Back, &shared(), &mut orders), Handled::Yes);
    assert_eq!(pane.need(&shared()).map(|need| need.ask), all);
    assert_eq!(pane.update(&PaneMsg::Back, &shared(), &mut orders), Handled::No);
}

#[test]
fn from_a_failure_to_its_scenarios_a_decision_and_back() {
    let mut desk = Desk::new(80, 24);
    desk.press("4").answer("failures", Arrived::Patterns(Arc::new(PatternPage { patterns: patterns(), runs: 412 })));
    desk.press("s");
    let narrowed = Ask::Scenarios(Whose::Pattern(Fingerprint(1)), LIMIT);
    assert_eq!((desk.workbench.focused(), desk.asked("scenarios").map(|(_, ask)| ask)), (SPEC.id, Some(narrowed.clone())));
    desk.answer("scenarios", Arrived::Scenarios(Arc::new(scenarios())));
    desk.take_effects();

    desk.press("a");
    assert!(matches!(desk.take_effects()[..], [Effect::Decide(_)]));
    desk.send(Msg::Done(Ok("recorded".to_owned())));
    assert_eq!(desk.asked("scenarios").map(|(_, ask)| ask), Some(narrowed), "what was decided is read again");

    desk.press("Esc");
    assert_eq!(desk.asked("scenarios").map(|(_, ask)| ask), Some(Ask::Scenarios(Whose::All, LIMIT)));
    desk.press("Esc");
    assert_eq!(desk.workbench.focused(), crate::workbench::panes::failures::SPEC.id);
}

#[test]
fn a_pattern_without_scenarios_says_why() {
    let mut pane = pane(scenarios());
    tell(&mut pane, &shared(), PaneMsg::Open(Link::Scenarios(Some(Fingerprint(7)))));
    tell(&mut pane, &shared(), arrived(vec![]));
    insta::assert_snapshot!("narrowed_empty", drawn(&mut pane, &shared(), (54, 7)));
    for action in ACTIONS {
        assert!(pane.blocked(action.id, &shared()).is_some());
        assert_eq!(tell(&mut pane, &shared(), PaneMsg::Act(action.id)), []);
    }
}

#[test]
fn looks() {
    let many: Vec<_> = (1..=40).map(|number| scenario(&format!("m{number}"), &format!("amount, variation {number}"))).collect();
    let cases = [("empty", vec![]), ("one", vec![scenario("s1", "comma-decimal amount")]), ("day", scenarios())];
    for (name, items) in cases.into_iter().chain([("full", many), ("hostile", hostile_scenarios())]) {
        let mut pane = pane(items);
        tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&mut pane, &shared(), (width, height)));
        }
    }
}

#[test]
fn opened_it_is_read_whole() {
    let mut desk = Desk::new(80, 24);
    desk.press("5");
    desk.answer("scenarios", Arrived::Scenarios(Arc::new(scenarios())));
    desk.press("Enter");
    insta::assert_snapshot!("opened", desk.screen());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn drawing_never_panics(items in any_scenarios(), size in any_size(), last in any::<bool>(), narrowed in any::<bool>()) {
        let mut pane = pane(vec![]);
        if narrowed {
            tell(&mut pane, &shared(), PaneMsg::Open(Link::Scenarios(Some(Fingerprint(1)))));
            draw_inside(&mut pane, &shared(), size);
        }
        tell(&mut pane, &shared(), arrived(items));
        if last {
            tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
        }
        tell(&mut pane, &shared(), PaneMsg::Size { width: size.0, height: size.1 });
        draw_inside(&mut pane, &shared(), size);
        tell(&mut pane, &shared(), PaneMsg::Act(verbs::OPEN.id));
    }
}
