//! Stories of the cost pane, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::{
    model::{
        budget::{Budget, BudgetState, Period},
        money::Money,
        progress::Moment,
    },
    query::Filter,
    workbench::{
        glyphs::{GlyphSet, Glyphs},
        need::Overview,
        pane::Motion,
        testing::{
            Desk, NOON, SIZES,
            any::any_size,
            any_figures::any_costs,
            assert_harmless,
            failures::{INSIDES, drawn, tell},
            figures::{
                costs_by_agent, costs_by_model, costs_of_many, costs_unknown, costs_with_advice, draw_marked, hostile_costs, run_with,
                shared,
            },
        },
    },
};

use super::*;

fn answer(report: CostReport) -> PaneMsg {
    PaneMsg::Arrived(Arrived::Costs(Arc::new(report)))
}

fn pane(report: CostReport) -> Spending {
    let mut pane = Spending::default();
    tell(&mut pane, &shared(), PaneMsg::Size { width: 78, height: 19 });
    tell(&mut pane, &shared(), answer(report));
    pane
}

fn act(pane: &mut Spending, action: Action) -> Vec<Order> {
    tell(pane, &shared(), PaneMsg::Act(action.id))
}

fn selected(pane: &Spending) -> &str {
    &pane.shares.selected().unwrap().name
}

fn nothing() -> CostReport {
    CostReport { runs: 0, unpriced_runs: 0, today: Money::ZERO, total: Money::ZERO, shares: Vec::new(), ..costs_by_model() }
}

#[test]
fn it_asks_for_costs_as_soon_as_it_is_seen() {
    let mut desk = Desk::new(80, 24);
    assert_eq!(desk.asked("cost"), None);
    desk.press("3");
    assert_eq!(desk.asked("cost").map(|(_, ask)| ask), Some(Ask::Costs(Window::Week, Breakdown::Model)));
    desk.beat(1, 1_204).answer("cost", Arrived::Costs(Arc::new(costs_by_model())));
    insta::assert_snapshot!("screen_80x24", desk.screen());
    desk.press("i");
    insta::assert_snapshot!("why_80x24", desk.screen());
}

#[test]
fn advice_can_be_read_with_its_working() {
    let read = detail::explained(&costs_with_advice(), Window::Week, 78).join("\n");
    assert!(read.contains("140,000 input x ($2.50 - $0.1500) a million = $0.3290"), "{read}");
    assert!(read.contains("20,000 cache write x ($3.00 - $3.75) a million = -$0.0150"), "{read}");
    insta::assert_snapshot!("advice_explained", read);
}

#[test]
fn on_a_large_screen_grades_and_costs_stand_beside_the_stream() {
    let mut desk = Desk::new(160, 48);
    desk.beat(1, 1_204).answer("grade", Arrived::Agents(Arc::new(crate::workbench::testing::figures::agents())));
    desk.answer("cost", Arrived::Costs(Arc::new(costs_by_model())));
    let screen = desk.screen();
    let side: Vec<String> = screen.lines().skip(1).take(18).map(|line| line.chars().skip(104).collect()).collect();
    insta::assert_snapshot!("side_of_160x48", side.join("\n"));
}

#[test]
fn a_line_leads_to_the_runs_behind_it() {
    let mut pane = pane(costs_by_model());
    let orders = act(&mut pane, verbs::OPEN);
    let [Order::Open(Link::Runs(filter))] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(filter, &"model:gpt-4o since:2026-11-16T00:00:00Z");
    assert!(Filter::parse(filter, NOON).is_ok());
    for _ in 0..9 {
        act(&mut pane, verbs::NEXT);
    }
    tell(&mut pane, &shared(), answer(costs_by_model()));
    assert_eq!(act(&mut pane, verbs::OPEN), [Order::Open(Link::Runs("model:gpt-4o".to_owned()))]);
}

#[test]
fn runs_are_asked_for_by_the_name_as_sent() {
    let mut pane = pane(hostile_costs());
    for share in hostile_costs().shares {
        let orders = act(&mut pane, verbs::OPEN);
        match &orders[..] {
            [Order::Open(Link::Runs(filter))] => {
                assert!(Filter::parse(filter, NOON).unwrap().matches(&run_with(&share.name), Moment::default()), "{filter}")
            }
            _ => assert!(share.name.is_empty() && pane.blocked(verbs::OPEN.id, &shared()).is_some(), "{orders:?}"),
        }
        tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    }
}

#[test]
fn a_hostile_name_stays_harmless_as_the_filter_of_the_stream() {
    let mut desk = Desk::new(120, 40);
    desk.press("3").beat(1, 1_204).answer("cost", Arrived::Costs(Arc::new(hostile_costs()))).press("Enter");
    assert!(desk.workbench.shared.filter.as_ref().unwrap().contains('\u{202e}'), "the name is asked for as sent");
    assert_harmless(&desk.screen());
    assert!(desk.screen().contains("model:\"evil"), "{}", desk.screen());
    desk.press("/");
    assert_harmless(&desk.screen());
}

#[test]
fn what_is_shown_keeps_saying_what_it_is_until_the_next_answer_comes() {
    let mut pane = pane(costs_by_model());
    act(&mut pane, verbs::BREAK_DOWN);
    act(&mut pane, verbs::NEXT);
    assert_eq!(pane.need(&shared()).unwrap().ask, Ask::Costs(Window::Fortnight, Breakdown::Agent));
    let screen = drawn(&mut pane, &shared(), (78, 19));
    assert!(screen.starts_with("[by agent · last 14 d: reading]"), "{screen}");
    assert!(screen.contains("by model") && screen.contains("last 7 d $18.40+"), "{screen}");
    assert_eq!(act(&mut pane, verbs::OPEN), [Order::Open(Link::Runs(format!("model:gpt-4o since:{}", costs_by_model().from)))]);

    tell(&mut pane, &shared(), answer(costs_by_agent()));
    let screen = drawn(&mut pane, &shared(), (78, 19));
    assert!(screen.contains("by agent") && screen.contains("last 14 d $18.40 "), "{screen}");
    assert_eq!(selected(&pane), "checkout");
}

#[test]
fn figures_that_change_do_not_move_the_reader() {
    let mut pane = pane(costs_by_model());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    let mut report = costs_by_model();
    report.shares.reverse();
    tell(&mut pane, &shared(), answer(report.clone()));
    assert_eq!(selected(&pane), "claude-haiku-4-5");
    assert_eq!(pane.shares.rows()[0].name, "gpt-4o");
    assert_eq!(pane.selected_row(), Some(4));
    act(&mut pane, verbs::NEXT);
    tell(&mut pane, &shared(), answer(report));
    assert_eq!((pane.shares.rows()[0].name.as_str(), selected(&pane)), ("foo-7b", "claude-haiku-4-5"));
}

#[test]
fn a_link_breaks_down_by_agent_and_selects_it_or_says_that_it_has_no_run() {
    let mut pane = pane(costs_by_model());
    let link = |name: &str| PaneMsg::Open(Link::AgentCost(name.to_owned()));
    assert_eq!(tell(&mut pane, &shared(), link("refund-bot")), [Order::Refresh]);
    assert_eq!(pane.need(&shared()).unwrap().ask, Ask::Costs(Window::Week, Breakdown::Agent));
    assert_eq!(tell(&mut pane, &shared(), answer(costs_by_agent())), []);
    assert_eq!(selected(&pane), "refund-bot");
    assert_eq!(tell(&mut pane, &shared(), link("kyc-screen")), []);
    assert_eq!(selected(&pane), "kyc-screen");
    tell(&mut pane, &shared(), link("nobody"));
    let orders = tell(&mut pane, &shared(), answer(costs_by_agent()));
    assert_eq!(orders, [Order::Toast(Toast::news("nobody has no run in the last 7 days"))]);
}

#[test]
fn copies_never_pass_the_unknown_off_as_known() {
    let mut pane = pane(costs_by_model());
    let copied = |text: &str| [Order::Do(Effect::Copy(text.to_owned()))];
    assert_eq!(act(&mut pane, verbs::COPY), copied("gpt-4o: $12.02 in 812 calls, $0.0148 a call, last 7 d"));
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Down));
    assert_eq!(
        act(&mut pane, verbs::COPY),
        copied("claude-haiku-4-5: $4.27+ in 2,940 calls, $0.0015 a call, 14 calls of unknown cost, last 7 d")
    );
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    assert_eq!(act(&mut pane, verbs::COPY), copied("foo-7b: unknown: none of 301 calls has a price, last 7 d"));
    let orders = act(&mut pane, verbs::COPY_LONG);
    let [Order::Do(Effect::Copy(json))] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(serde_json::from_str::<CostReport>(json).unwrap().shares.len(), 4);
}

#[test]
fn without_runs_nothing_can_be_done_but_looking_elsewhere() {
    let mut pane = pane(nothing());
    for action in [verbs::OPEN, verbs::EXPLAIN, verbs::COPY, verbs::COPY_LONG] {
        assert!(pane.blocked(action.id, &shared()).is_some(), "{action:?}");
    }
    assert_eq!(pane.blocked(verbs::BREAK_DOWN.id, &shared()), None);
    assert_eq!(pane.selected_row(), None);
    assert!(drawn(&mut pane, &shared(), (78, 19)).contains("No run in the last 7 days."));
}

#[test]
fn a_list_longer_than_the_screen_keeps_the_selection_in_sight() {
    let mut pane = pane(costs_of_many());
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Last));
    tell(&mut pane, &shared(), PaneMsg::Move(Motion::Up));
    for size in INSIDES {
        draw_marked(&mut pane, &shared(), size);
        assert!(drawn(&mut pane, &shared(), size).contains("> model-88"));
    }
}

#[test]
fn looks() {
    let mut by_agent = Spending::default();
    act(&mut by_agent, verbs::BREAK_DOWN);
    tell(&mut by_agent, &shared(), answer(costs_by_agent()));
    let mut advised = Spending::default();
    act(&mut advised, verbs::BREAK_DOWN);
    tell(&mut advised, &shared(), answer(costs_with_advice()));
    let panes = [
        ("empty", pane(nothing())),
        ("unknown", pane(costs_unknown())),
        ("week", pane(costs_by_model())),
        ("agents", by_agent),
        ("advice", advised),
        ("full", pane(costs_of_many())),
        ("hostile", pane(hostile_costs())),
    ];
    for (name, mut pane) in panes {
        let mut shared = shared();
        shared.beat.traces = if name == "empty" { 0 } else { 1_204 };
        for (width, height) in INSIDES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), drawn(&mut pane, &shared, (width, height)));
        }
    }
}

#[test]
fn plain_ascii_is_enough() {
    let mut shared = shared();
    shared.glyphs = Glyphs::of(GlyphSet::Ascii);
    let screen = drawn(&mut pane(costs_by_model()), &shared, (118, 35));
    assert!(screen.is_ascii(), "{screen}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn drawing_never_panics_and_stays_inside(report in any_costs(), sizes in proptest::collection::vec(any_size(), 1..4), last in any::<bool>()) {
        let mut pane = pane(report);
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

#[test]
fn the_breakdown_goes_round_model_agent_tool_step_and_day() {
    let mut pane = pane(costs_by_model());
    let mut asked = Vec::new();
    for _ in 0..5 {
        act(&mut pane, verbs::BREAK_DOWN);
        let Some(Need { ask: Ask::Costs(_, by), .. }) = pane.need(&shared()) else { panic!("it asks for costs") };
        asked.push(by.name());
    }
    assert_eq!(asked, ["agent", "tool", "step", "day", "model"]);
}

#[test]
fn steps_lead_to_their_agents_runs_and_days_to_theirs() {
    let breakdown = |by: Breakdown, name: &str, agent: Option<&str>| {
        let mut pane = pane(costs_by_model());
        pane.break_down(by);
        let share = CostShare { name: name.to_owned(), agent: agent.map(str::to_owned), ..costs_by_model().shares[0].clone() };
        tell(&mut pane, &shared(), answer(CostReport { shares: vec![share], ..costs_by_model() }));
        act(&mut pane, verbs::OPEN)
    };
    let since = format!("since:{}", costs_by_model().from);
    let runs = |filter: String| [Order::Open(Link::Runs(filter))];
    assert_eq!(breakdown(Breakdown::Step, "bot: call 2, gpt-4o", Some("bot")), runs(format!("agent:bot {since}")));
    assert_eq!(breakdown(Breakdown::Tool, "search", None), runs(format!("tool:search {since}")));
    assert_eq!(breakdown(Breakdown::Day, "2026-11-30", None), runs("since:2026-11-30 before:2026-12-01".to_owned()));
    assert_eq!(breakdown(Breakdown::Tool, "(no tool asked for)", None), []);
}

/// What may be spent today, this week, and by one agent today.
fn budgets() -> Vec<BudgetState> {
    let usd = |amount: f64| Money::from_usd(amount).unwrap();
    let state = |agent: Option<&str>, period, limit: f64, spent: f64| BudgetState {
        budget: Budget { agent: agent.map(str::to_owned), period, limit: usd(limit) },
        from: NOON,
        to: NOON,
        spent: usd(spent),
        runs: 812,
        unpriced: 3,
        projected: Some(usd(spent * 2.0)),
    };
    vec![state(None, Period::Day, 5.0, 3.21), state(None, Period::Week, 20.0, 18.4), state(Some("refund-bot"), Period::Day, 1.0, 1.25)]
}

#[test]
fn budgets_stand_under_the_totals_the_worst_first_and_on_the_status_line() {
    for (width, height) in SIZES {
        let mut desk = Desk::new(width, height);
        desk.press("3").beat(1, 1_204);
        desk.answer("cost", Arrived::Costs(Arc::new(CostReport { budgets: budgets(), ..costs_by_model() })));
        let Arrived::Overview(overview) = crate::workbench::testing::fixtures::overview(1_204) else { panic!("an overview") };
        desk.answer_status(Arrived::Overview(Overview { budgets: budgets(), ..overview }));
        if width > 120 {
            desk.press("z");
        }
        insta::assert_snapshot!(format!("budgets_{width}x{height}"), desk.screen());
    }
    let read = detail::explained(&CostReport { budgets: budgets(), ..costs_by_model() }, Window::Week, 78).join("\n");
    insta::assert_snapshot!("budgets_explained", read);
}
