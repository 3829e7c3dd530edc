//! What people's votes do: they decide their runs, teach the agent's others when figures are read, and can be taken back; and which to give first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        facts::{Anchor, RowQuery, RowWindow, Total},
        judgement::{FeedbackInput, FeedbackReceipt},
        options::{EngineOptions, StorePlace},
        window::Window,
    },
    model::{agent::AgentReport, ids::TraceId, time::Timestamp},
    query::Filter,
};
use bodies::good;

/// An engine that holds runs 1 to `count` of agent `a`, all of which report themselves ok.
async fn with(count: u64) -> Engine {
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    let lines: String = (1..=count).map(|number| format!("{}\n", good("a", &number.to_string()))).collect();
    engine.ingest(lines.into(), Source::File).await;
    engine
}

async fn vote(engine: &Engine, number: u64, correct: Option<bool>) -> FeedbackReceipt {
    let input = match correct {
        None => FeedbackInput::Clear,
        correct => FeedbackInput::Give { correct, score: None, notes: None },
    };
    engine.feedback(&TraceId::new(&number.to_string()).unwrap(), input).await.unwrap()
}

fn report(engine: &Engine) -> AgentReport {
    engine.facts().unwrap().agent("a", Window::Auto).unwrap().unwrap()
}

fn rows(engine: &Engine, filter: &str) -> RowWindow {
    let filter = Filter::parse(filter, Timestamp::from_micros(0)).unwrap();
    engine.facts().unwrap().rows(&RowQuery { anchor: Anchor::Newest, before: 0, after: 100, filter: Some(&filter) }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_teach_the_other_runs_when_figures_are_read_and_can_be_taken_back() {
    let engine = with(30).await;
    let before = report(&engine);
    let untouched = rows(&engine, "id:30").rows[0].probability;
    for number in 1..=4 {
        vote(&engine, number, Some(false)).await;
    }
    let receipt = vote(&engine, 5, Some(false)).await;
    let after = report(&engine);
    let score = |report: &AgentReport| report.grade.unwrap().score;
    assert_eq!(receipt.after, Some(score(&after)), "what a vote is answered with is what the figures say");
    assert!(receipt.after < receipt.before);
    let taught = after.taught.unwrap();
    assert_eq!((taught.votes, taught.shared_score), (5, Some(score(&before))), "the shared model alone would still say the same");
    // Five of thirty wrong take some fifteen points; that they were reported ok like the others takes more.
    assert!(score(&before) - score(&after) > 17.0 && taught.offset < 0.0, "{} to {}", score(&before), score(&after));
    assert_eq!(rows(&engine, "id:30").rows[0].probability, untouched, "a row keeps what the shared model says of it");
    let chart: f64 = after.series.iter().map(|point| point.successes).sum();
    assert!((chart - after.grade.unwrap().score / 100.0 * 30.0).abs() < 1.0, "the chart shows what the grade says");
    assert_eq!(engine.facts().unwrap().overview().unwrap().grade, after.grade, "so does the grade of all");

    for number in 1..=5 {
        vote(&engine, number, None).await;
    }
    let cleared = report(&engine);
    assert_eq!((cleared.grade, cleared.taught), (before.grade, None), "as if nobody had said anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_lists_every_run_once_and_stays_as_it_is_while_it_goes_on() {
    let engine = with(12).await;
    let order = |filter: &str| rows(&engine, filter).rows.iter().map(|row| row.sequence.0).collect::<Vec<_>>();
    let before = order("sort:informative");
    let mut sorted = before.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=12).collect::<Vec<_>>());
    for sequence in before.iter().take(3) {
        vote(&engine, *sequence, Some(false)).await;
    }
    assert_eq!(order("sort:informative"), before);
    assert_eq!(order("-is:voted sort:informative"), before[3..]);
    assert_eq!(order("sort:informative limit:2"), before[..2]);
    assert_eq!(order("sort:-informative"), before.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(rows(&engine, "sort:informative").total, Total::Exactly(12));
}
