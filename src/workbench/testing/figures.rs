//! Reports of agents and costs to test with: an ordinary fortnight, and the hostile ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{
        advice::{Advice, AdviceKind, AdviceLine, Risk},
        agent::{AgentReport, ChangePoint, Component, Pass, RepeatedTasks, Taught, TrendPoint},
        comparison::Change,
        cost_report::{CostReport, CostShare, LoggedDifference, UnpricedModel},
        grade::{Grade, Letter},
        money::Money,
        probability::Interval,
        summary::{ModelUse, Summary},
        time::Elapsed,
        usage::{TokenClass, TokenUsage},
    },
    text::clean::clean_line,
    workbench::{
        hygiene,
        need::AgentView,
        pane::{Pane, PaneMsg, View},
        shared::Shared,
    },
};

use super::{NOON, failures, fixtures};

/// Names to harm the reader with, as sent.
pub(crate) const HOSTILE: [&str; 6] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}evil\u{202e}txt.exe",
    "株式会社カスタマーサポート代理人プログラム第七号機改良版",
    "a-name-that-never-ends-and-has-no-space-in-it-at-all-so-that-nothing-can-be-broken-anywhere-however-hard-one-tries",
    "👩‍👩‍👧‍👦👍🏽 z\u{301}\u{302}\u{303}algo",
    "",
    " say \"hi\" \\ *",
];

/// A workbench in which something has arrived.
pub(crate) fn shared() -> Shared {
    let mut shared = failures::shared();
    shared.beat.traces = 1_204;
    shared
}

/// Gives a pane a size and draws it: nothing outside its area is touched, and the row it calls selected is the one with the mark.
pub(crate) fn draw_marked(pane: &mut dyn Pane, shared: &Shared, (width, height): (u16, u16)) {
    failures::tell(pane, shared, PaneMsg::Size { width, height });
    failures::draw_inside(pane, shared, (width, height));
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    pane.draw(buffer.area, &mut buffer, &View { shared, focused: false, now: NOON });
    if let Some(row) = pane.selected_row().filter(|_| width > 0) {
        assert!(row < height, "the selected row {row} is not among {height}");
        assert_eq!(buffer[(0, row)].symbol(), shared.glyphs.cursor, "row {row} carries no mark");
    }
}

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

fn usd(amount: f64) -> Money {
    Money::from_usd(amount).unwrap()
}

pub(crate) fn grade(score: f64, low: f64, high: f64, runs: u32) -> Grade {
    Grade { letter: Letter::of_score(score), score, interval: Interval { low, high }, runs }
}

pub(crate) fn change(difference: f64, low: f64, high: f64, before_runs: u32, current_runs: u32) -> Change {
    Change { difference, interval: Interval { low, high }, could_be_chance: low <= 0.0 && high >= 0.0, before_runs, current_runs }
}

fn component(name: &str, good: u32, of: u32, says: &str) -> Component {
    let share = f64::from(good) / f64::from(of.max(1));
    let reach = 0.5 / f64::from(of.max(1)).sqrt();
    let interval = (of > 0).then(|| Interval { low: (share - reach).max(0.0), high: (share + reach).min(1.0) });
    Component { name: name.to_owned(), good, of, interval, says: says.to_owned() }
}

/// A fortnight of success from `from` to `to`, a bucket every six hours; nothing ran on the fourth day.
fn series(from: f64, to: f64) -> Vec<TrendPoint> {
    (0..56u32)
        .map(|place| {
            let known = if (12..16).contains(&place) { 0 } else { 4 };
            let mean = from + (to - from) * f64::from(place) / 55.0;
            TrendPoint {
                start: NOON.minus(hours(6 * u64::from(56 - place))),
                known,
                runs: known,
                successes: mean * f64::from(known),
                cost: usd(0.01 * f64::from(known) * (1.0 + f64::from(place % 5))),
                unpriced: 0,
            }
        })
        .collect()
}

/// An agent whose runs all tell.
pub(crate) fn agent(name: &str, grade: Option<Grade>) -> AgentView {
    let runs = grade.map_or(0, |grade| grade.runs);
    let report = AgentReport {
        agent: clean_line(name).into_owned(),
        grade,
        runs,
        unknown_runs: 0,
        total_runs: u64::from(runs) * 6,
        trend: None,
        since_baseline: None,
        trend_same_tasks: None,
        since_baseline_same_tasks: None,
        changes: Vec::new(),
        marks: Vec::new(),
        newest: None,
        repeated: None,
        taught: None,
        reported_ok: 0,
        doubtful: 0,
        components: vec![
            component("task completed", runs / 2, runs, &format!("{} of {runs} failed", runs - runs / 2)),
            component("tool calls correct", 33, 51, "18 of 51 wrong"),
            component("recovered after error", 19, 30, "11 of 30 not recovered"),
            component("human feedback", 0, 0, "no votes"),
            component("finished without limit", runs, runs, "none stopped by a limit"),
        ],
        series: series(0.8, 0.4),
        cost_per_run: Some(usd(0.0043)),
        median_took: Elapsed::from_millis(1_100.0),
        p95_took: Elapsed::from_millis(3_200.0),
        cap: None,
        last_seen: NOON.minus(Duration::from_secs(180)),
        rules: vec!["1".to_owned()],
    };
    AgentView { name: name.to_owned(), report }
}

/// Five agents of an ordinary fortnight, worst first: one falls, one is provisional by its interval, one rises, one has three runs,
/// one tells nothing.
pub(crate) fn agents() -> Vec<AgentView> {
    let mut falling = agent("refund-bot", Some(grade(45.2, 38.1, 52.3, 203)));
    falling.report.runs = 215;
    falling.report.unknown_runs = 12;
    falling.report.since_baseline = Some(change(-19.3, -26.0, -12.4, 198, 203));
    falling.report.trend = Some(change(-3.0, -9.7, 3.6, 200, 203));
    falling.report.since_baseline_same_tasks = Some(change(-21.0, -25.1, -16.9, 88, 91));
    falling.report.changes =
        vec![ChangePoint { at: NOON.minus(hours(100)), before: 66.0, after: 41.0, change: change(-25.0, -34.1, -15.8, 120, 83) }];
    falling.report.taught = Some(Taught { votes: 12, shared_score: Some(51.4), offset: -0.42 });
    (falling.report.doubtful, falling.report.reported_ok) = (3, 40);
    let pass = |k, value: f64| Pass { k, tasks: 6, value, interval: Interval { low: value - 0.09, high: value + 0.09 } };
    falling.report.repeated = Some(RepeatedTasks { tasks: 6, runs: 24, passes: vec![pass(1, 0.45), pass(2, 0.3), pass(4, 0.17)] });
    let mut wide = agent("kyc-screen", Some(grade(72.0, 49.6, 83.1, 38)));
    wide.report.trend = Some(change(-0.3, -14.0, 13.0, 40, 38));
    wide.report.series = series(0.72, 0.72);
    let mut rising = agent("checkout", Some(grade(84.1, 79.0, 88.2, 412)));
    rising.report.trend = Some(change(6.2, 1.4, 11.0, 388, 412));
    rising.report.series = series(0.3, 0.95);
    rising.report.cap = Some("a critical leak in 2 of 412 runs".to_owned());
    rising.report.rules = vec!["3".to_owned(), "2".to_owned()];
    let mut few = agent("scratch-agent", Some(grade(75.0, 33.4, 98.2, 3)));
    few.report.total_runs = 3;
    few.report.series.drain(..53);
    let mut untold = agent("batch", None);
    untold.report.runs = 7;
    untold.report.unknown_runs = 7;
    untold.report.total_runs = 7;
    untold.report.components =
        vec![component("task completed", 0, 0, "no run tells how it ended"), component("tool calls correct", 0, 0, "no tool calls")];
    untold.report.series = Vec::new();
    (untold.report.cost_per_run, untold.report.median_took, untold.report.p95_took) = (None, None, None);
    vec![falling, wide, rising, few, untold]
}

/// More agents than fit on any screen.
pub(crate) fn many_agents() -> Vec<AgentView> {
    (0..90u32)
        .map(|number| {
            let score = f64::from(10 + number);
            let mut view = agent(&format!("agent-{number:02}"), Some(grade(score, score - 4.0, (score + 4.0).min(100.0), 200 + number)));
            view.report.trend = Some(change(f64::from(number) - 45.0, f64::from(number) - 50.0, f64::from(number) - 40.0, 200, 200));
            view
        })
        .collect()
}

/// Agents named to harm the reader, with figures at the ends of what there can be.
pub(crate) fn hostile_agents() -> Vec<AgentView> {
    let mut views: Vec<AgentView> = HOSTILE.iter().map(|name| agent(name, Some(grade(100.0, 97.0, 100.0, u32::MAX)))).collect();
    for view in &mut views {
        view.report.total_runs = u64::MAX;
        view.report.runs = u32::MAX;
        view.report.unknown_runs = u32::MAX;
        view.report.cost_per_run = Some(Money::from_pico(i128::MAX));
        view.report.since_baseline = Some(change(99.9, 99.0, 100.0, u32::MAX, u32::MAX));
        view.report.components[1].says = HOSTILE[2].to_owned();
        view.report.components[2].name = HOSTILE[1].to_owned();
        view.report.cap = Some(HOSTILE[2].to_owned());
        view.report.rules = vec![HOSTILE[0].to_owned(), "2".to_owned()];
        view.report = hygiene::agent(view.report.clone());
    }
    views[1].report.since_baseline = Some(change(f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0, 0));
    views[3].report.grade = Some(grade(0.0, 0.0, 0.0, 20));
    views[3].report.runs = 0;
    views
}

fn share(name: &str, count: u64, tokens: u64, cost: f64, share: f64, unpriced: u64) -> CostShare {
    let series = (0..7u32).map(|day| if day == 2 { Money::ZERO } else { usd(cost / 7.0 * f64::from(day % 3 + 1) / 2.0) }).collect();
    CostShare { name: name.to_owned(), agent: None, count, tokens, cost: usd(cost), share, unpriced, estimated: false, series }
}

fn week_of(total: f64) -> Vec<TrendPoint> {
    (0..7u32)
        .map(|day| TrendPoint {
            start: NOON.minus(hours(24 * u64::from(7 - day))),
            known: 10,
            runs: 12,
            successes: 8.0,
            cost: usd(total / 7.0 * f64::from(day % 3 + 1) / 2.0),
            unpriced: 2,
        })
        .collect()
}

/// A week by model: one model of which some calls are of unknown cost, one without a price.
pub(crate) fn costs_by_model() -> CostReport {
    CostReport {
        from: NOON.minus(hours(156)),
        to: NOON,
        today: usd(3.21),
        total: usd(18.40),
        runs: 3_896,
        unpriced_runs: 301,
        sample: None,
        budgets: Vec::new(),
        shares: vec![
            share("gpt-4o", 812, 1_900_000, 12.02, 0.653, 0),
            share("claude-haiku-4-5", 2_940, 4_100_000, 4.27, 0.232, 14),
            share("claude-sonnet-4-5", 144, 300_000, 2.11, 0.115, 0),
            share("foo-7b", 301, 600_000, 0.0, 0.0, 301),
        ],
        by_class: vec![(TokenClass::Output, usd(11.02)), (TokenClass::Input, usd(6.10)), (TokenClass::CachedInput, usd(1.28))],
        unpriced: vec![
            UnpricedModel { model: "foo-7b".to_owned(), calls: 301, tokens: 600_000 },
            UnpricedModel { model: "claude-haiku-4-5".to_owned(), calls: 14, tokens: 0 },
        ],
        series: week_of(18.40),
        advice: Vec::new(),
        differences: Vec::new(),
    }
}

/// The same week by agent with advice of each sort, and an agent that logs another cost.
pub(crate) fn costs_with_advice() -> CostReport {
    let line = |class, tokens: u64, from: f64, to: f64| AdviceLine {
        class,
        tokens,
        from_per_million: usd(from),
        to_per_million: usd(to),
        saved: Money::from_pico(((from - to) * 1e6).round() as i128 * i128::from(tokens)),
    };
    let piece = |kind, agent: &str, says: &str, day: f64, risk: &str, working| Advice {
        kind,
        agent: agent.to_owned(),
        says: says.to_owned(),
        saved_per_run: usd(day / 160.0),
        saved_per_day: usd(day),
        runs: 50,
        runs_saving: 48,
        risk: Risk { says: risk.to_owned(), points: None, runs: 0 },
        working,
    };
    CostReport {
        advice: vec![
            piece(
                AdviceKind::SwitchModel,
                "checkout",
                "call gpt-4o-mini instead of gpt-4o",
                1.81,
                "unknown: no run with gpt-4o-mini",
                vec![line(TokenClass::Input, 140_000, 2.5, 0.15), line(TokenClass::Output, 12_000, 10.0, 0.6)],
            ),
            piece(
                AdviceKind::CachePrefix,
                "kyc-screen",
                "cache the repeated prompt beginning",
                0.22,
                "none: the same tokens of the same model",
                vec![line(TokenClass::Input, 90_000, 3.0, 0.3), line(TokenClass::CacheWriteInput, 20_000, 3.0, 3.75)],
            ),
            piece(
                AdviceKind::DropRepeats,
                "refund-bot",
                "leave out calls whose result is known",
                0.04,
                "none: the results were known",
                Vec::new(),
            ),
            piece(
                AdviceKind::CapRetries,
                "refund-bot",
                "stop after 2 tries of a call: more never succeeded",
                0.03,
                "none: none of these tries succeeded",
                Vec::new(),
            ),
        ],
        differences: vec![LoggedDifference { agent: "refund-bot".to_owned(), runs: 17, of: 50, logged: usd(1.20), computed: usd(1.0) }],
        ..costs_by_agent()
    }
}

/// The same week by agent, everything priced.
pub(crate) fn costs_by_agent() -> CostReport {
    let shares = vec![
        share("checkout", 1_120, 3_900_000, 13.55, 0.736, 0),
        share("kyc-screen", 96, 900_000, 3.73, 0.203, 0),
        share("refund-bot", 261, 300_000, 1.12, 0.061, 0),
    ];
    CostReport { shares, runs: 1_477, unpriced_runs: 0, unpriced: Vec::new(), ..costs_by_model() }
}

/// A store whose models all lack a price.
pub(crate) fn costs_unknown() -> CostReport {
    CostReport {
        today: Money::ZERO,
        total: Money::ZERO,
        runs: 12,
        unpriced_runs: 12,
        sample: None,
        budgets: Vec::new(),
        shares: vec![share("llama-3-8b-local", 30, 41_000, 0.0, 0.0, 30)],
        by_class: Vec::new(),
        unpriced: vec![UnpricedModel { model: "llama-3-8b-local".to_owned(), calls: 30, tokens: 41_000 }],
        series: week_of(0.0),
        ..costs_by_model()
    }
}

/// More models than fit on any screen.
pub(crate) fn costs_of_many() -> CostReport {
    let shares = (0..90u32)
        .map(|number| share(&format!("model-{number:02}"), 10, 9_000, f64::from(90 - number), f64::from(90 - number) / 4_095.0, 0));
    CostReport { shares: shares.collect(), total: usd(4_095.0), unpriced_runs: 0, unpriced: Vec::new(), ..costs_by_model() }
}

/// Models named to harm the reader (as sent), with amounts at the ends of what there can be.
pub(crate) fn hostile_costs() -> CostReport {
    let huge = Money::from_pico(i128::MAX);
    let shares = HOSTILE.iter().map(|name| CostShare {
        agent: None,
        cost: huge,
        share: f64::NAN,
        series: vec![huge; 9],
        ..share(name, u64::MAX, u64::MAX, 1.0, 1.0, u64::MAX - 1)
    });
    hygiene::costs(CostReport {
        today: huge,
        total: huge,
        runs: u64::MAX,
        unpriced_runs: u64::MAX,
        sample: None,
        budgets: Vec::new(),
        shares: shares.collect(),
        by_class: vec![(TokenClass::Reasoning, huge), (TokenClass::Input, Money::from_pico(1))],
        unpriced: HOSTILE.iter().map(|name| UnpricedModel { model: (*name).to_owned(), calls: u64::MAX, tokens: u64::MAX }).collect(),
        ..costs_by_model()
    })
}

/// A run of the agent of this name, as sent.
pub(crate) fn run_of(agent: &str) -> Summary {
    Summary { agent: agent.to_owned(), ..fixtures::run(4) }
}

/// A run with a call of the model of this name, as sent.
pub(crate) fn run_with(model: &str) -> Summary {
    let call = ModelUse { model: model.to_owned(), calls: 1, usage: TokenUsage::default(), cost: None, by_class: Vec::new() };
    Summary { models: vec![call], ..fixtures::run(4) }
}
