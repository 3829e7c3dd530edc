//! From failures to what helps: patterns, scenarios, fixes, decisions, joined over a real engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::{
        clock::Clock,
        decision::{Choice, Decision},
        fix::Fix,
        ids::TraceId,
        pattern::PatternState,
        time::Timestamp,
    },
    repair::{desk, project::Projects},
};
use bodies::{failed, good};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000_000;

/// A clock that is moved by hand.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

struct Bench {
    engine: Engine,
    clock: Arc<Moved>,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(Moved(AtomicI64::new(Timestamp::parse("2026-06-15T12:00:00Z").unwrap().micros())));
        let options = EngineOptions { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..EngineOptions::new(StorePlace::Memory) };
        Self { engine: Engine::open(options).unwrap(), clock }
    }

    fn wait(&self, hours: i64) {
        self.clock.0.fetch_add(hours * HOUR, Ordering::Relaxed);
    }

    async fn take(&self, body: Value) {
        let taken = self.engine.ingest(body.to_string().into(), Source::Http).await;
        assert!(matches!(taken, Ingested::Single(Ok(_))), "{taken:?}");
    }

    async fn decide(&self, fix: &Fix, choice: Choice) {
        let at = self.engine.now();
        let decision = Decision { subject: format!("fix:{}", fix.id), pattern: fix.fingerprint, choice, reason: None, at };
        self.engine.decide(decision).await.unwrap();
    }

    fn fixes(&self) -> Vec<Fix> {
        desk::fixes(&self.engine.facts().unwrap(), &Projects::none(), 20).unwrap()
    }

    fn state(&self) -> PatternState {
        self.engine.facts().unwrap().patterns(1).unwrap()[0].state
    }
}

/// A run that failed because a tool took too long: another pattern than [`failed`].
fn slow(agent: &str, id: &str) -> Value {
    json!({
        "trace_id": id, "agent_id": agent, "output": null, "success": false, "execution_time": 30.0,
        "error": { "type": "TimeoutError", "message": "fetch_order timed out after 30 s", "failed_at_step": 1 },
        "tool_calls": [{ "step": 1, "name": "fetch_order", "input": { "order": "A-1" }, "error": "TimeoutError: fetch_order timed out after 30 s", "success": false, "duration_ms": 30000 }]
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cost_most_runs_comes_first_and_nothing_comes_from_success() {
    let bench = Bench::new();
    bench.take(good("a", "fine")).await;
    let facts = bench.engine.facts().unwrap();
    assert!(desk::scenarios(&facts, 20).unwrap().is_empty() && desk::fixes(&facts, &Projects::none(), 20).unwrap().is_empty());
    for number in 0..5 {
        bench.take(failed("a", &format!("bad-{number}"))).await;
    }
    bench.take(slow("a", "slow")).await;

    let facts = bench.engine.facts().unwrap();
    let scenarios = desk::scenarios(&facts, 20).unwrap();
    assert_eq!(scenarios[0].tool.as_deref(), Some("issue_refund"), "five runs before one");
    assert_eq!(scenarios[0].stands_for, 5);
    assert!(scenarios.iter().any(|scenario| scenario.tool.as_deref() == Some("fetch_order")), "each pattern gets its share");
    assert!(desk::scenarios(&facts, 1).unwrap().len() == 1);

    let fixes = desk::fixes(&facts, &Projects::none(), 20).unwrap();
    assert_eq!((fixes[0].covers, fixes[0].evidence.is_empty()), (5, false));
    let impact = fixes[0].impact.unwrap();
    assert!(impact.of == 6 && impact.low <= 5 && impact.high >= 5, "{impact:?}");
    let ids: std::collections::BTreeSet<&str> = fixes.iter().map(|fix| fix.id.as_str()).collect();
    assert_eq!(ids.len(), fixes.len(), "each fix once");

    let of_pattern = desk::fixes_for_pattern(&facts, &Projects::none(), fixes[0].fingerprint.unwrap()).unwrap();
    assert!(!of_pattern.is_empty() && of_pattern.iter().all(|fix| fix.fingerprint == fixes[0].fingerprint));
    let for_pattern = desk::scenarios_for_pattern(&facts, scenarios[0].fingerprint.unwrap()).unwrap();
    assert_eq!(for_pattern[0].id, scenarios[0].id, "the same scenario has the same id wherever it is shown");
    let of_run = desk::scenarios_of(&facts, &TraceId::new("bad-0").unwrap()).unwrap().unwrap();
    assert_eq!(of_run[0].id, scenarios[0].id, "and whatever run of the pattern it was made from");
    assert!(desk::fixes_of(&facts, &Projects::none(), &TraceId::new("nobody").unwrap()).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_fix_goes_to_the_end_and_an_accepted_one_is_marked() {
    let bench = Bench::new();
    for number in 0..3 {
        bench.take(failed("a", &format!("bad-{number}"))).await;
    }
    bench.take(slow("a", "slow")).await;
    let fixes = bench.fixes();
    assert!(fixes.len() > 1);
    bench.decide(&fixes[0], Choice::Rejected).await;
    bench.decide(&fixes[1], Choice::Accepted).await;
    let after = bench.fixes();
    let last = after.last().unwrap();
    assert_eq!((last.id.as_str(), last.decision), (fixes[0].id.as_str(), Some(Choice::Rejected)));
    assert_eq!(after.iter().find(|fix| fix.id == fixes[1].id).unwrap().decision, Some(Choice::Accepted));
    assert_eq!(after.len(), fixes.len(), "what was rejected can still be seen, and taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_whose_fix_was_accepted_is_watched() {
    let bench = Bench::new();
    for number in 0..60 {
        bench.take(if number % 3 == 0 { failed("a", &format!("before-{number}")) } else { good("a", &format!("before-{number}")) }).await;
    }
    assert_eq!(bench.state(), PatternState::New);
    bench.wait(100);
    let fixes = bench.fixes();
    bench.decide(&fixes[0], Choice::Accepted).await;
    bench.wait(2);
    bench.take(good("a", "too-early-to-tell")).await;
    assert_eq!(bench.state(), PatternState::Known, "one run without it tells nothing");
    for number in 0..20 {
        bench.take(good("a", &format!("after-{number}"))).await;
    }
    assert_eq!(bench.state(), PatternState::Fixed, "of 60 runs 20 showed it, of 21 since none");
    bench.take(failed("a", "again")).await;
    assert_eq!(bench.state(), PatternState::BackAgain);
    bench.decide(&fixes[0], Choice::Rejected).await;
    assert_ne!(bench.state(), PatternState::BackAgain, "a decision taken back is no longer watched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_is_counted_by_day_and_weighed_by_agent() {
    let bench = Bench::new();
    for number in 0..4 {
        bench.take(failed("a", &format!("first-{number}"))).await;
        bench.take(good("a", &format!("good-{number}"))).await;
    }
    bench.wait(24);
    bench.take(failed("b", "second")).await;
    let report = bench.engine.facts().unwrap().patterns(5).unwrap().remove(0);
    assert_eq!((report.days.len(), &report.days[12..]), (14, &[4, 1][..]));
    assert_eq!(report.example_id, Some(TraceId::new("second").unwrap()));
    let a = report.points.iter().find(|points| points.agent == "a").unwrap();
    assert!(a.points > 20.0 && a.runs == 4 && a.failed_runs == 4, "{a:?}");
    assert!(report.title.contains("issue_refund"), "{}", report.title);
}
