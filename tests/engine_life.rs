//! The engine's life: what is taken stays, what is contended is settled, what is closed is closed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;

use std::{sync::Arc, time::Duration};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::{Delivery, Source},
        error::EngineError,
        event::Event,
        judgement::{BaselineChoice, FeedbackInput},
        options::{EngineOptions, StorePlace},
        owner::Owner,
        receipt::{Ingested, RefusalKind},
        window::Window,
    },
    formats::decompress::Encoding,
    model::{
        advice::AdviceKind,
        clock::FixedClock,
        cost_report::Breakdown,
        decision::{Choice, Decision},
        ids::TraceId,
        time::Timestamp,
    },
    store::{Arrival, RetentionRule},
};
use bodies::{failed, good};
use bytes::Bytes;
use serde_json::{Value, json};

fn in_memory() -> Engine {
    Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap()
}

fn id(text: &str) -> TraceId {
    TraceId::new(text).unwrap()
}

fn bytes(body: &Value) -> Bytes {
    body.to_string().into()
}

async fn take(engine: &Engine, body: &Value) -> Arrival {
    match engine.ingest(bytes(body), Source::Http).await {
        Ingested::Single(Ok(receipt)) => receipt.arrival,
        other => panic!("{other:?}"),
    }
}

fn right() -> FeedbackInput {
    FeedbackInput::Give { correct: Some(true), score: None, notes: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let open = || Engine::open(EngineOptions::new(StorePlace::Path(path.clone())));
    let engine = open().unwrap();
    engine.announce(None).unwrap();
    assert_eq!(Owner::of(&path).map(|owner| owner.pid), Some(std::process::id()));
    assert_eq!(take(&engine, &good("a", "one")).await, Arrival::New);
    engine.feedback(&id("one"), right()).await.unwrap();
    engine.close().await.unwrap();
    assert!(Owner::of(&path).is_none());

    let engine = open().unwrap();
    let facts = engine.facts().unwrap();
    let detail = facts.trace(facts.find(&id("one")).unwrap().unwrap()).unwrap().unwrap();
    assert_eq!(detail.summary.feedback.map(|feedback| feedback.correct), Some(Some(true)));
    assert_eq!(detail.trace.output, Some(json!("done")));
    // Dropped without being closed, as on a way out through an error: the next start finds it closed.
    drop(facts);
    drop(engine);
    open().unwrap().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_everything_says_so() {
    let engine = in_memory();
    take(&engine, &good("a", "one")).await;
    let others = engine.clone();
    engine.close().await.unwrap();
    others.close().await.unwrap();
    let refused = others.ingest(bytes(&good("a", "two")), Source::Http).await;
    assert!(matches!(&refused, Ingested::Single(Err(refusal)) if refusal.kind == RefusalKind::Busy), "{refused:?}");
    assert!(matches!(others.feedback(&id("one"), right()).await, Err(EngineError::Closed)));
    assert!(others.facts().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_what_was_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.redb");
    let engine = Engine::open(EngineOptions::new(StorePlace::Path(path.clone()))).unwrap();
    let lines: String = (0..2_000).map(|number| format!("{}\n", good("a", &number.to_string()))).collect();
    let sending = {
        let engine = engine.clone();
        tokio::spawn(async move { engine.ingest(lines.into(), Source::Http).await })
    };
    // The batch has begun when its first traces are stored.
    let mut pulse = engine.pulse();
    tokio::time::timeout(Duration::from_secs(20), pulse.wait_for(|pulse| pulse.traces > 0)).await.unwrap().unwrap();
    engine.close().await.unwrap();
    let Ingested::Many(items) = sending.await.unwrap() else { panic!("not a batch") };
    let taken = items.iter().filter(|(_, item)| item.is_ok()).count() as u64;
    assert_eq!(taken, 2_000, "what was let in is finished before the store closes");
    let engine = Engine::open(EngineOptions::new(StorePlace::Path(path))).unwrap();
    assert_eq!(engine.facts().unwrap().overview().unwrap().traces, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_goes_away_does_not_undo_what_it_sent() {
    let engine = in_memory();
    let mut events = engine.events();
    let delivery = engine.ingest(bytes(&good("a", "one")), Source::Http);
    // Polled once and dropped, as when a connection breaks.
    let _ = tokio::time::timeout(Duration::ZERO, delivery).await;
    let news = tokio::time::timeout(Duration::from_secs(20), events.recv()).await.unwrap().unwrap();
    assert!(matches!(news, Event::Trace(news) if news.trace_id == id("one")));
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_and_new_revisions_at_once_lose_neither() {
    let engine = in_memory();
    take(&engine, &good("a", "one")).await;
    for round in 0..20 {
        let mut body = good("a", "one");
        body["output"] = format!("answer {round}").into();
        let one = id("one");
        let (resent, said) = tokio::join!(engine.ingest(bytes(&body), Source::Http), engine.feedback(&one, right_with(round)));
        assert!(matches!(resent, Ingested::Single(Ok(_))), "{resent:?}");
        said.unwrap();
        let facts = engine.facts().unwrap();
        let detail = facts.trace(facts.find(&id("one")).unwrap().unwrap()).unwrap().unwrap();
        assert_eq!(detail.trace.output, Some(json!(format!("answer {round}"))), "the newest body");
        assert_eq!(detail.summary.feedback.and_then(|feedback| feedback.notes), Some(format!("note {round}")), "the newest word");
        assert_eq!(detail.verdict.success_probability.map(|probability| probability.get()), Some(0.98));
    }
    assert_eq!(engine.facts().unwrap().overview().unwrap().traces, 1);
}

fn right_with(round: u32) -> FeedbackInput {
    FeedbackInput::Give { correct: Some(true), score: None, notes: Some(format!("note {round}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_at_once_are_both_heard() {
    let engine = in_memory();
    take(&engine, &good("a", "one")).await;
    let voices = (0..16).map(|number| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.feedback(&id("one"), right_with(number)).await })
    });
    for voice in voices.collect::<Vec<_>>() {
        let receipt = voice.await.unwrap().unwrap();
        assert_eq!(receipt.agent, "a");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_time_is_replaced_and_said() {
    let now = Timestamp::parse("2026-06-15T12:00:00Z").unwrap();
    let engine = Engine::open(EngineOptions { clock: Arc::new(FixedClock(now)), ..EngineOptions::new(StorePlace::Memory) }).unwrap();
    for (name, sent) in [("future", "2999-01-01T00:00:00Z"), ("past", "1970-01-01T00:00:00Z")] {
        let mut body = good("a", name);
        body["timestamp"] = sent.into();
        take(&engine, &body).await;
        let facts = engine.facts().unwrap();
        let detail = facts.trace(facts.find(&id(name)).unwrap().unwrap()).unwrap().unwrap();
        assert_eq!((detail.summary.time, detail.summary.incomplete), (now, true));
        assert!(detail.verdict.incomplete.iter().any(|note| note.contains("timestamp")), "{:?}", detail.verdict.incomplete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_be_saved_is_counted_on_stored_runs() {
    let engine = in_memory();
    for name in ["one", "two", "three"] {
        let mut body = good("a", name);
        body["llm_calls"] =
            json!([{ "provider": "openai", "model": "gpt-4.1", "input_tokens": 10_000, "output_tokens": 100, "cost": 0.5 }]);
        take(&engine, &body).await;
    }
    let costs = engine.facts().unwrap().costs(Window::All, Breakdown::Agent).unwrap();
    let advice = costs.advice.iter().find(|advice| advice.kind == AdviceKind::SwitchModel).unwrap();
    assert_eq!((advice.agent.as_str(), advice.runs, advice.says.as_str()), ("a", 3, "call gpt-4.1-mini instead of gpt-4.1"));
    // $2 and $8 a million against $0.40 and $1.60; three runs on this day.
    assert_eq!(advice.saved_per_run.usd(), (10_000.0 * 1.6 + 100.0 * 6.4) / 1e6);
    assert!((advice.saved_per_day.usd() - 3.0 * advice.saved_per_run.usd()).abs() < 1e-9, "{advice:?}");
    assert_eq!((costs.differences.len(), costs.differences[0].runs, costs.differences[0].of), (1, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn today_is_the_day_of_the_user() {
    let now = Timestamp::parse("2026-06-15T02:00:00Z").unwrap();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-5));
    let options = EngineOptions { clock: Arc::new(FixedClock(now)), zone, ..EngineOptions::new(StorePlace::Memory) };
    let engine = Engine::open(options).unwrap();
    // In the zone, it is 21:00 of the 14th: its day began at 05:00 UTC of the 14th.
    for (name, time) in [("today", "2026-06-14T05:00:00Z"), ("now", "2026-06-15T02:00:00Z"), ("yesterday", "2026-06-14T04:59:59Z")] {
        let mut body = good("a", name);
        body["timestamp"] = time.into();
        body["llm_calls"] = json!([{ "provider": "openai", "model": "gpt-4o", "input_tokens": 1_000_000, "output_tokens": 0 }]);
        take(&engine, &body).await;
    }
    let facts = engine.facts().unwrap();
    let overview = facts.overview().unwrap();
    assert_eq!((overview.runs_today, overview.unpriced_today), (2, 0));
    let costs = facts.costs(Window::Week, Breakdown::Model).unwrap();
    assert_eq!((costs.today, costs.runs), (overview.cost_today, 3));
    assert_eq!(costs.total.pico() * 2, costs.today.pico() * 3, "three runs of the same price, two of them today");
    assert_eq!(costs.shares.iter().map(|share| (share.name.as_str(), share.count)).collect::<Vec<_>>(), [("gpt-4o", 3)]);
    assert_eq!(costs.series.len(), 7);
    let compared = facts.compare("yesterday", "today").unwrap();
    assert_eq!(compared.lines[0].change.map(|change| (change.before_runs, change.current_runs)), Some((1, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_rests_keeps_its_grade() {
    let now = Timestamp::parse("2026-06-15T12:00:00Z").unwrap();
    let engine = Engine::open(EngineOptions { clock: Arc::new(FixedClock(now)), ..EngineOptions::new(StorePlace::Memory) }).unwrap();
    for day in 1..=20 {
        let mut body = good("resting", &format!("run-{day}"));
        body["timestamp"] = format!("2026-03-{day:02}T12:00:00Z").into();
        take(&engine, &body).await;
    }
    let facts = engine.facts().unwrap();
    let auto = facts.agent("resting", Window::Auto).unwrap().unwrap();
    assert_eq!((auto.runs, auto.grade.map(|grade| grade.runs), auto.total_runs), (8, Some(8), 20), "the seven days before its newest run");
    assert_eq!(auto.trend.map(|trend| trend.before_runs), Some(7), "against the seven days before those");
    let week = facts.agent("resting", Window::Week).unwrap().unwrap();
    assert_eq!((week.runs, week.grade), (0, None), "the last seven days are empty, and say so");
    assert_eq!(facts.agent("resting", Window::All).unwrap().unwrap().runs, 20);
    assert!(facts.agent("nobody", Window::Auto).unwrap().is_none());
    let series = &facts.trends(Window::All).unwrap()[0].series;
    assert_eq!((series.len(), series[0].runs, series[106].runs), (107, 1, 0), "from its first day, the first of March, to the present one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baseline_is_what_later_runs_are_held_against() {
    let engine = in_memory();
    for number in 0..5 {
        take(&engine, &failed("a", &format!("old-{number}"))).await;
    }
    let baseline = engine.set_baseline(Some(" first ".into()), BaselineChoice::Agent("a".into())).await.unwrap();
    assert_eq!((baseline.name.as_deref(), baseline.agent.as_deref(), baseline.runs.len()), (Some("first"), Some("a"), 5));
    for number in 0..5 {
        take(&engine, &good("a", &format!("new-{number}"))).await;
    }
    let since = engine.facts().unwrap().agent("a", Window::Auto).unwrap().unwrap().since_baseline.unwrap();
    assert!(since.difference > 0.0 && since.before_runs == 5, "{since:?}");
    assert!(engine.set_baseline(None, BaselineChoice::Agent("nobody".into())).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_kept_and_told() {
    let engine = in_memory();
    let mut events = engine.events();
    let decision = |choice| Decision { subject: "fix-1".into(), pattern: None, choice, reason: Some("tried it".into()), at: engine.now() };
    engine.decide(decision(Choice::Rejected)).await.unwrap();
    engine.decide(decision(Choice::Accepted)).await.unwrap();
    let kept = engine.facts().unwrap().decisions().unwrap();
    assert_eq!((kept.len(), kept["fix-1"].choice), (1, Choice::Accepted), "the newest counts");
    assert!(matches!(events.recv().await.unwrap(), Event::Decision(decision) if decision.choice == Choice::Rejected));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_stay_goes() {
    let rule = RetentionRule { oldest: Some(Timestamp::from_micros(i64::MAX)), ..RetentionRule::default() };
    let retention_period = Duration::from_millis(20);
    let options = EngineOptions { retention: rule, retention_period, ..EngineOptions::new(StorePlace::Memory) };
    let engine = Engine::open(options).unwrap();
    take(&engine, &good("a", "one")).await;
    let mut pulse = engine.pulse();
    let emptied = pulse.wait_for(|pulse| pulse.traces == 0 && pulse.commits > 0);
    tokio::time::timeout(Duration::from_secs(20), emptied).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_delivery_is_unpacked_on_the_way() {
    let engine = in_memory();
    let packed = zstd::bulk::compress(good("a", "one").to_string().as_bytes(), 1).unwrap();
    let delivery = Delivery { encoding: Encoding::Zstd, ..Delivery::plain(packed.into(), Source::File) };
    assert!(matches!(engine.deliver(delivery).await, Ingested::Single(Ok(receipt)) if receipt.trace_id == id("one")));
    let damaged = Delivery { encoding: Encoding::Gzip, ..Delivery::plain(Bytes::from_static(b"junk"), Source::File) };
    assert!(matches!(engine.deliver(damaged).await, Ingested::Single(Err(refusal)) if refusal.kind == RefusalKind::Invalid));
    let refusals = engine.refusals();
    assert_eq!((refusals.accepted, refusals.refused, refusals.last[0].request.as_str()), (1, 1, "import"));
}

#[tokio::test(flavor = "multi_thread")]
async fn news_come_for_each_change_and_none_for_none() {
    let engine = in_memory();
    let mut events = engine.events();
    take(&engine, &good("a", "one")).await;
    assert_eq!(take(&engine, &good("a", "one")).await, Arrival::Unchanged);
    assert_eq!(take(&engine, &failed("a", "one")).await, Arrival::Revised);
    assert!(matches!(events.recv().await.unwrap(), Event::Trace(news) if !news.revised));
    assert!(matches!(events.recv().await.unwrap(), Event::Trace(news) if news.revised && news.failure.is_some()));
    assert!(matches!(events.recv().await.unwrap(), Event::Pattern(news) if news.agent_id == "a"));
}
