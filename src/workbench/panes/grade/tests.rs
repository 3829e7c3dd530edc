//! Stories of the reliability pane, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use proptest::prelude::*;

use crate::{
    model::{
        agent::{HistoryKind, HistoryMark},
        progress::Moment,
    },
    query::Filter,
    workbench::{
        glyphs::{GlyphSet, Glyphs},
        pane::Motion,
        testing::{
            Desk, NOON, SIZES,
            any::any_size,
            any_figures::any_agents,
            failures::{INSIDES, drawn, tell},
            figures::{agent, agents, draw_marked, hostile_agents, many_agents, run_of, shared},
        },
    },
};

use super::*;

fn answer(agents: Vec<AgentView>) -> PaneMsg {
    PaneMsg::Arrived(Arrived::Agents(Arc::new(agents)))
}

fn pane(agents: Vec<AgentView>) -> Reliability {
    let mut pane = Reliability::default();
    tell(&mut pane, &shared(), PaneMsg::Size { width: 78, height: 19 });
    tell(&mut pane, &shared(), answer(agents));
    pane
}

fn act(pane: &mut Reliability, action: Action) -> Vec<Order> {
    tell(pane, &shared(), PaneMsg::Act(action.id))
}

fn selected(pane: &Reliability) -> &str {
    &pane.agents.selected().unwrap().name
}

#[test]
fn it_asks_for_agents_as_soon_as_it_is_seen() {
    let mut desk = Desk::new(80, 24);
    assert_eq!(desk.asked("grade"), None);
    desk.press("2");
    assert_eq!(desk.asked("grade").map(|(_, ask)| ask), Some(Ask::Agents(Window::Auto)));
    desk.beat(1, 1_204).answer("grade", Arrived::Agents(Arc::new(agents())));
    insta::assert_snapshot!("screen_80x24", desk.screen());
    desk.press("j i");
    insta::assert_snapshot!("why_80x24", desk.screen());
}

#[test]
fn the_grade_leads_to_the_runs_behind_it() {
    let mut pane = pane(agents());
    assert_eq!(act(&mut pane, verbs::OPEN), [Order::Open(Link::Runs("agent:refund-bot limit:215".to_owned()))]);
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    assert_eq!(act(&mut pane, verbs::OPEN), [Order::Open(Link::Runs("agent:batch".to_owned()))], "all its runs are looked at");
    act(&mut pane, verbs::NEXT);
    tell(&mut pane, &shared(), answer(agents()));
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::First));
    assert_eq!(
        act(&mut pane, verbs::OPEN),
        [Order::Open(Link::Runs(format!("agent:refund-bot since:{}", agents()[0].report.series[0].start)))]
    );
}

#[test]
fn runs_are_asked_for_by_the_name_as_sent() {
    for view in hostile_agents() {
        let name = view.name.clone();
        let mut pane = pane(vec![view]);
        let orders = act(&mut pane, verbs::OPEN);
        if name.is_empty() {
            assert_eq!(orders, []);
            assert_eq!(pane.blocked(verbs::OPEN.id, &shared()).as_deref(), Some("it has no name to ask by"));
            continue;
        }
        let [Order::Open(Link::Runs(filter))] = &orders[..] else { panic!("{orders:?}") };
        assert!(Filter::parse(filter, NOON).unwrap().matches(&run_of(&name), Moment::default()), "{filter}");
    }
}

#[test]
fn figures_that_change_do_not_move_the_reader() {
    let mut pane = pane(agents());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    let mut reordered = agents();
    reordered.reverse();
    tell(&mut pane, &shared(), answer(reordered));
    assert_eq!(selected(&pane), "kyc-screen");
    assert_eq!(pane.agents.rows()[0].name, "refund-bot");
    assert_eq!(pane.selected_row(), Some(2));
}

#[test]
fn another_stretch_of_time_is_another_question_and_sorts_anew() {
    let mut pane = pane(agents());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    act(&mut pane, verbs::NEXT);
    assert_eq!(pane.need(&shared()).unwrap().ask, Ask::Agents(Window::Week));
    assert_eq!(pane.badge(&shared()), "last 7 d: reading", "what is shown still answers the question before");
    let mut reordered = agents();
    reordered.reverse();
    tell(&mut pane, &shared(), answer(reordered));
    assert_eq!(pane.badge(&shared()), "5 agents · last 7 d");
    assert_eq!((pane.agents.rows()[0].name.as_str(), selected(&pane)), ("batch", "kyc-screen"));
}

#[test]
fn the_ends_of_the_stretches_say_so() {
    let mut pane = pane(agents());
    for _ in 0..9 {
        act(&mut pane, verbs::NEXT);
    }
    assert_eq!(pane.blocked(verbs::NEXT.id, &shared()).as_deref(), Some("these are all runs"));
    assert_eq!(pane.blocked(verbs::PREVIOUS.id, &shared()), None);
}

#[test]
fn a_link_selects_its_agent_now_or_when_it_comes_or_says_that_it_has_no_run() {
    let mut pane = pane(agents());
    assert_eq!(tell(&mut pane, &shared(), PaneMsg::Open(Link::Agent("checkout".to_owned()))), []);
    assert_eq!(selected(&pane), "checkout");

    assert_eq!(tell(&mut pane, &shared(), PaneMsg::Open(Link::Agent("new".to_owned()))), [Order::Refresh]);
    let mut more = agents();
    more.push(agent("new", None));
    tell(&mut pane, &shared(), answer(more));
    assert_eq!(selected(&pane), "new");

    tell(&mut pane, &shared(), PaneMsg::Open(Link::Agent("gone\u{1b}[2J".to_owned())));
    let orders = tell(&mut pane, &shared(), answer(agents()));
    assert_eq!(orders, [Order::Toast(Toast::news("gone has no run in the last 7 days"))]);
    assert_eq!(tell(&mut pane, &shared(), answer(agents())), [], "it says so once");
}

#[test]
fn a_baseline_is_of_the_agent_by_its_name_as_sent() {
    let name = "evil\u{202e}txt";
    let mut pane = pane(vec![agent(name, Some(crate::workbench::testing::figures::grade(84.0, 80.0, 88.0, 99)))]);
    let runs = BaselineRuns::Agent(name.to_owned());
    assert_eq!(act(&mut pane, verbs::BASELINE), [Order::Do(Effect::Baseline { name: None, runs })]);
}

#[test]
fn an_agent_that_tells_nothing_has_nothing_to_compare() {
    let mut pane = pane(agents());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    assert!(pane.blocked(verbs::BASELINE.id, &shared()).is_some());
    assert_eq!(pane.blocked(verbs::OPEN.id, &shared()), None);
}

#[test]
fn copies_say_number_interval_count_and_time() {
    let mut pane = pane(agents());
    let copied = |text: &str| [Order::Do(Effect::Copy(text.to_owned()))];
    assert_eq!(act(&mut pane, verbs::COPY), copied("refund-bot: F 45 (38-52), 203 runs, last 200 runs or 7 d"));
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    assert_eq!(act(&mut pane, verbs::COPY), copied("batch: unknown, 7 runs, none tells how it ended, last 200 runs or 7 d"));
    let orders = act(&mut pane, verbs::COPY_LONG);
    let [Order::Do(Effect::Copy(json))] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(&serde_json::from_str::<AgentReport>(json).unwrap(), &pane.agents.selected().unwrap().report);
}

#[test]
fn without_agents_nothing_can_be_done_but_looking_further() {
    let mut pane = pane(Vec::new());
    for action in ACTIONS.iter().filter(|action| ![verbs::PREVIOUS.id, verbs::NEXT.id].contains(&action.id)) {
        assert!(pane.blocked(action.id, &shared()).is_some(), "{action:?}");
        assert_eq!(tell(&mut pane, &shared(), PaneMsg::Act(action.id)), []);
    }
    assert_eq!(pane.blocked(verbs::NEXT.id, &shared()), None);
    assert_eq!(pane.selected_row(), None);
    assert!(drawn(&mut pane, &shared(), (78, 19)).contains("No run in the last 7 days."));
}

#[test]
fn a_list_longer_than_the_screen_keeps_the_selection_in_sight() {
    let mut pane = pane(many_agents());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Up));
    for size in INSIDES {
        draw_marked(&mut pane, &shared(), size);
        assert!(drawn(&mut pane, &shared(), size).contains("> agent-88"));
    }
}

#[test]
fn looks() {
    let few = agents().split_off(3);
    for (name, agents) in [("empty", vec![]), ("few", few), ("fortnight", agents()), ("full", many_agents()), ("hostile", hostile_agents())]
    {
        let mut pane = pane(agents);
        let mut shared = shared();
        shared.beat.traces = if name == "empty" { 0 } else { 1_204 };
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&mut pane, &shared, (width, height)));
        }
    }
    let mut rising = pane(agents());
    tell(&mut rising, &shared(), PaneMsg::Open(Link::Agent("checkout".to_owned())));
    insta::assert_snapshot!("capped_118x35", drawn(&mut rising, &shared(), (118, 35)));
    insta::assert_snapshot!("capped_54x7", drawn(&mut rising, &shared(), (54, 7)));
}

#[test]
fn plain_ascii_is_enough() {
    let mut shared = shared();
    shared.glyphs = Glyphs::of(GlyphSet::Ascii);
    let mut pane = pane(agents());
    tell(&mut pane, &shared, PaneMsg::Size { width: 118, height: 35 });
    let screen = drawn(&mut pane, &shared, (118, 35));
    assert!(screen.is_ascii(), "{screen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn drawing_never_panics_and_stays_inside(agents in any_agents(), sizes in proptest::collection::vec(any_size(), 1..4), last in any::<bool>()) {
        let mut pane = pane(agents);
        if last {
            tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
        }
        for size in sizes {
            draw_marked(&mut pane, &shared(), size);
            for action in ACTIONS {
                if pane.blocked(action.id, &shared()).is_none() {
                    tell(&mut pane, &shared(), PaneMsg::Act(action.id));
                }
            }
        }
    }
}

/// The ordinary agents, to whom something happened.
fn marked() -> Vec<AgentView> {
    let mut agents = agents();
    let report = &mut agents[0].report;
    let mark = |hours: u64, kind, name: &str| HistoryMark {
        at: NOON.minus(std::time::Duration::from_secs(hours * 3_600)),
        kind,
        name: name.to_owned(),
    };
    report.marks = vec![
        mark(200, HistoryKind::Baseline, "before the fix"),
        mark(60, HistoryKind::Fix, "tool timed out: issue_refund"),
        mark(20, HistoryKind::Rules, "2026.11.2"),
    ];
    report.newest = Some(500);
    agents
}

#[test]
fn the_history_marks_what_happened_and_says_it_in_words() {
    for (width, height) in SIZES {
        let mut desk = Desk::new(width, height);
        desk.press("2").beat(1, 1_204).answer("grade", Arrived::Agents(Arc::new(marked()))).press("b");
        if width > 120 {
            desk.press("z");
        }
        insta::assert_snapshot!(format!("history_{width}x{height}"), desk.screen());
        desk.press("b");
        assert!(desk.screen().contains("task completed"), "b shows again what drags the grade");
    }
}

#[test]
fn a_history_of_anything_is_drawn_in_any_space() {
    let mut shared = shared();
    for set in [GlyphSet::Line, GlyphSet::Ascii] {
        shared.glyphs = Glyphs::of(set);
        let agents = [marked(), hostile_agents(), many_agents()].concat();
        for size in INSIDES {
            let mut pane = pane(agents.clone());
            act(&mut pane, verbs::BREAK_DOWN);
            draw_marked(&mut pane, &shared, size);
        }
    }
}
