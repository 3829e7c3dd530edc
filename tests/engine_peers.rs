//! Runs about the same subject are judged beside each other, the earlier ones too once later ones have come.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{iter, time::Duration};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        event::Event,
        facts::TraceDetail,
        judgement::FeedbackInput,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::{ids::TraceId, probability::Probability},
};
use serde_json::{Value, json};

fn open(place: StorePlace, settling_pause: Duration) -> Engine {
    Engine::open(EngineOptions { settling_pause, ..EngineOptions::new(place) }).unwrap()
}

fn soon(place: StorePlace) -> Engine {
    open(place, Duration::from_millis(20))
}

/// A run of one request that says nothing of its success.
fn answers(agent: &str, id: &str, answer: i64) -> Value {
    json!({ "trace_id": id, "agent_id": agent, "input": "What does order A-1 cost?", "output": [answer], "execution_time": 1.5 })
}

async fn take(engine: &Engine, body: &Value) {
    let taken = engine.ingest(body.to_string().into(), Source::Http).await;
    assert!(matches!(taken, Ingested::Single(Ok(_))), "{taken:?}");
}

fn detail(engine: &Engine, id: &str) -> TraceDetail {
    let facts = engine.facts().unwrap();
    let sequence = facts.find(&TraceId::new(id).unwrap()).unwrap().unwrap();
    facts.trace(sequence).unwrap().unwrap()
}

fn inferred(engine: &Engine, id: &str) -> f64 {
    detail(engine, id).verdict.inferred_probability.unwrap().get()
}

fn peers(engine: &Engine, id: &str) -> u32 {
    detail(engine, id).verdict.agreement.map_or(0, |agreement| agreement.runs)
}

/// Waits until something is so, ten seconds at most.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(tokio::time::Instant::now() < deadline, "not within ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_runs_of_one_request_the_one_that_differs_gets_less() {
    let engine = soon(StorePlace::Memory);
    take(&engine, &answers("a", "apart", 7)).await;
    let alone = inferred(&engine, "apart");
    assert_eq!(peers(&engine, "apart"), 0);
    take(&engine, &answers("b", "one", 12)).await;
    take(&engine, &answers("c", "two", 12)).await;
    until("each is held against the two others", || ["apart", "one", "two"].iter().all(|run| peers(&engine, run) == 2)).await;
    assert!(inferred(&engine, "apart") < alone, "it was judged anew");
    assert!(inferred(&engine, "apart") < inferred(&engine, "one") - 0.05);
    let kept = detail(&engine, "apart");
    assert_eq!((kept.summary.insight.peers, kept.summary.revision), (2, 1));
    assert!(kept.verdict.evidence.iter().any(|piece| piece.code == "peers" && piece.says.starts_with("None of 2 other runs")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_word_stands_and_is_joined_by_what_other_runs_say() {
    let engine = soon(StorePlace::Memory);
    take(&engine, &answers("a", "apart", 7)).await;
    let right = FeedbackInput::Give { correct: Some(true), score: None, notes: None };
    engine.feedback(&TraceId::new("apart").unwrap(), right.clone()).await.unwrap();
    take(&engine, &answers("b", "one", 12)).await;
    take(&engine, &answers("c", "two", 12)).await;
    until("the run is held against the others", || peers(&engine, "apart") == 2).await;
    assert_eq!(detail(&engine, "apart").summary.probability, Some(Probability::CONFIRMED));
    assert!(detail(&engine, "apart").summary.feedback.is_some());
    engine.feedback(&TraceId::new("apart").unwrap(), right).await.unwrap();
    assert_eq!(peers(&engine, "apart"), 2, "judged anew by feedback, it is still beside the others");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_settled_when_the_program_ended_is_settled_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let place = || StorePlace::Path(folder.path().join("traces.redb"));
    let engine = open(place(), Duration::from_secs(3_600));
    take(&engine, &answers("a", "apart", 7)).await;
    take(&engine, &answers("b", "one", 12)).await;
    assert_eq!((peers(&engine, "apart"), peers(&engine, "one")), (0, 1), "only what came before is known on arrival");
    engine.close().await.unwrap();
    let engine = soon(place());
    until("the first run is held against the second", || peers(&engine, "apart") == 1).await;
    engine.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_request_is_settled_and_then_left_alone() {
    let engine = soon(StorePlace::Memory);
    let lines: String = (0..400).map(|number| format!("{}\n", answers("a", &format!("run-{number}"), 12))).collect();
    let Ingested::Many(taken) = engine.ingest(lines.into(), Source::File).await else { panic!("not a batch") };
    assert!(taken.iter().all(|(_, taken)| taken.is_ok()));
    until("the newest run is held against as many as are looked at", || peers(&engine, "run-399") == 32).await;
    // A run that agrees changes what is said of none, so that, once the flood is settled, nothing but itself is told of. The pauses are what
    // is tested: in each, the other runs about the subject are looked at several times.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    for number in 0.. {
        let id = format!("one more {number}");
        let mut events = engine.events();
        take(&engine, &answers("a", &id, 12)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let told: Vec<Event> = iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(peers(&engine, &id), 32);
        if let [Event::Trace(news)] = told.as_slice() {
            assert_eq!(news.trace_id.as_str(), id);
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "runs are still judged anew: {told:?}");
    }
}
