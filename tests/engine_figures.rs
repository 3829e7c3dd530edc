//! Figures over many runs: summed over all of a window, broken down, held against budgets, two runs beside each other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
        window::Window,
    },
    model::{
        budget::{Budget, BudgetLevel, Period},
        clock::FixedClock,
        cost_report::Breakdown,
        money::Money,
        time::Timestamp,
    },
};
use serde_json::{Value, json};

/// A Wednesday.
const NOW: &str = "2026-06-17T12:00:00Z";

fn engine(budgets: Vec<Budget>) -> Engine {
    let clock = Arc::new(FixedClock(Timestamp::parse(NOW).unwrap()));
    let zone = jiff::tz::TimeZone::UTC;
    Engine::open(EngineOptions { clock, zone, budgets, ..EngineOptions::new(StorePlace::Memory) }).unwrap()
}

async fn take(engine: &Engine, body: &Value) {
    match engine.ingest(bytes::Bytes::from(body.to_string()), Source::Http).await {
        Ingested::Single(Ok(_)) => {}
        other => panic!("{other:?}"),
    }
}

/// A run of an agent that many minutes ago.
fn run(agent: &str, number: usize, minutes: i64, good: bool) -> Value {
    let at = Timestamp::from_micros(Timestamp::parse(NOW).unwrap().micros() - minutes * 60_000_000);
    json!({
        "trace_id": format!("{agent}-{number}"), "agent_id": agent, "timestamp": at.to_string(), "input": "refund A-1182",
        "output": "done", "execution_time": 1.0, "success": good,
        "llm_calls": [{ "provider": "openai", "model": "gpt-4o", "input_tokens": 1_000, "output_tokens": 0 }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_more_runs_than_are_opened_counts_all_of_them() {
    let engine = engine(Vec::new());
    for number in 0..620 {
        take(&engine, &run("busy", number, i64::try_from(number % 600).unwrap(), number % 4 != 0)).await;
    }
    let facts = engine.facts().unwrap();
    let report = facts.agent("busy", Window::Day).unwrap().unwrap();
    assert_eq!((report.runs, report.grade.unwrap().runs, report.newest), (620, 620, Some(500)));
    let all = facts.agent("busy", Window::All).unwrap().unwrap();
    assert!((all.grade.unwrap().score - report.grade.unwrap().score).abs() < 1e-9, "the same runs, summed by days and by hours");
    assert_eq!(report.cost_per_run.unwrap().usd(), 0.0025);
    assert_eq!(report.series.iter().map(|point| point.runs).sum::<u32>(), 620);
    let auto = facts.agent("busy", Window::Auto).unwrap().unwrap();
    assert_eq!((auto.runs, auto.newest), (200, None), "the last runs are all opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stretch_before_is_compared_with_by_its_sums() {
    let engine = engine(Vec::new());
    for number in 0..40 {
        take(&engine, &run("a", number, 60, true)).await;
        take(&engine, &run("a", 100 + number, 30 * 60, false)).await;
    }
    let trend = engine.facts().unwrap().agent("a", Window::Day).unwrap().unwrap().trend.unwrap();
    assert_eq!((trend.before_runs, trend.current_runs, trend.could_be_chance), (40, 40, false));
    assert!(trend.difference > 80.0, "{trend:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_counts_the_calendar_period_and_the_agent() {
    let usd = |dollars: f64| Money::from_usd(dollars).unwrap();
    let budget = |agent: Option<&str>, period, dollars| Budget { agent: agent.map(str::to_owned), period, limit: usd(dollars) };
    let engine = engine(vec![budget(None, Period::Day, 0.1), budget(None, Period::Week, 1.0), budget(Some("b"), Period::Month, 0.002)]);
    for number in 0..30 {
        take(&engine, &run("a", number, 60, true)).await;
    }
    // The evening before, and the Sunday before that, which is of another week.
    take(&engine, &run("b", 0, 13 * 60, true)).await;
    take(&engine, &run("b", 1, 3 * 24 * 60, true)).await;
    let facts = engine.facts().unwrap();
    let states = facts.budgets().unwrap();
    let told: Vec<(f64, u64, BudgetLevel)> = states.iter().map(|state| (state.spent.usd(), state.runs, state.level())).collect();
    assert_eq!(told, [(0.075, 30, BudgetLevel::Fine), (0.0775, 31, BudgetLevel::Fine), (0.005, 2, BudgetLevel::Over)]);
    assert_eq!(states[0].projected, Some(usd(0.15)), "at noon, half of the day has passed");
    assert_eq!(states[2].projected, None, "two runs tell nothing of a month");
    assert_eq!(facts.overview().unwrap().budgets, states);
}

#[tokio::test(flavor = "multi_thread")]
async fn cost_is_broken_down_by_tool_step_and_day() {
    let engine = engine(Vec::new());
    let mut body = run("a", 1, 60, true);
    body["reasoning_trace"] = json!([]);
    body["llm_calls"] = json!([
        { "provider": "openai", "model": "gpt-4o", "input_tokens": 1_000, "output_tokens": 0 },
        { "provider": "openai", "model": "gpt-4o", "input_tokens": 3_000, "output_tokens": 0 },
    ]);
    take(&engine, &body).await;
    take(&engine, &run("a", 2, 26 * 60, true)).await;
    let facts = engine.facts().unwrap();
    let told = |by: Breakdown| {
        let report = facts.costs(Window::Week, by).unwrap();
        let shares: Vec<_> = report.shares.iter().map(|share| (share.name.clone(), share.cost.usd(), share.count)).collect();
        (shares, report.sample.map(|sample| sample.runs))
    };
    let named = |name: &str, usd: f64, count: u64| (name.to_owned(), usd, count);
    assert_eq!(told(Breakdown::Day), (vec![named("2026-06-17", 0.01, 1), named("2026-06-16", 0.0025, 1)], None));
    assert_eq!(told(Breakdown::Step), (vec![named("a: call 2, gpt-4o", 0.0075, 1), named("a: call 1, gpt-4o", 0.005, 2)], Some(2)));
    let (tools, sample) = told(Breakdown::Tool);
    assert_eq!((tools.iter().map(|(_, usd, _)| usd).sum::<f64>(), sample), (0.0125, Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_compared_with_the_agents_last_good_one_of_the_same_task() {
    let engine = engine(Vec::new());
    take(&engine, &run("a", 1, 90, true)).await;
    let mut other = run("a", 2, 60, true);
    other["input"] = json!("something else");
    take(&engine, &other).await;
    take(&engine, &run("a", 3, 30, false)).await;
    let facts = engine.facts().unwrap();
    let find = |id: &str| facts.find(&arc_eval_tui::model::ids::TraceId::new(id).unwrap()).unwrap().unwrap();
    let compared = facts.compare_runs(None, find("a-3")).unwrap();
    assert_eq!((compared.left.summary.trace_id.as_str(), compared.chosen), ("a-1", Some("the last good run of the same task")));
    let named = facts.compare_runs(Some(find("a-2")), find("a-3")).unwrap();
    assert_eq!((named.left.summary.trace_id.as_str(), named.chosen), ("a-2", None));
    take(&engine, &run("alone", 1, 5, true)).await;
    let facts = engine.facts().unwrap();
    let alone = facts.find(&arc_eval_tui::model::ids::TraceId::new("alone-1").unwrap()).unwrap().unwrap();
    assert!(facts.compare_runs(None, alone).unwrap_err().to_string().contains("no other run"));
}
