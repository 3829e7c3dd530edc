//! Runs that come as spans: durable when answered, one row however they come, revised as more is heard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/spans.rs"]
mod spans;

use std::{sync::Arc, time::Duration};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        event::Event,
        facts::TraceDetail,
        judgement::FeedbackInput,
        options::{EngineOptions, StorePlace},
        receipt::{Ingested, SpansTaken},
    },
    formats::otlp::{
        bundle,
        span::{LogRecord, Span},
    },
    model::{
        ids::TraceId,
        progress::{Patience, Progress, RunState},
        time::Elapsed,
    },
    store::Arrival,
};
use spans::{agent, agent_made, id_of, log, model_call, on_a_bus};

fn options(place: StorePlace) -> EngineOptions {
    let quiet = Elapsed::from_micros(300_000);
    EngineOptions { patience: Patience { quiet, ..Patience::default() }, ..EngineOptions::new(place) }
}

fn in_memory() -> Engine {
    Engine::open(options(StorePlace::Memory)).unwrap()
}

fn id(trace: u8) -> TraceId {
    TraceId::new(&id_of(trace).to_string()).unwrap()
}

async fn send(engine: &Engine, spans: Vec<Span>, logs: Vec<LogRecord>) -> SpansTaken {
    engine.spans(spans, logs, engine.reserve()).await.unwrap()
}

fn row(engine: &Engine, trace: &TraceId) -> Option<TraceDetail> {
    let facts = engine.facts().unwrap();
    facts.find(trace).unwrap().and_then(|sequence| facts.trace(sequence).unwrap())
}

/// Waits until something of a run holds; what holds is looked for whenever the store tells news.
async fn until(engine: &Engine, trace: &TraceId, what: &str, holds: impl Fn(&TraceDetail) -> bool) -> TraceDetail {
    let mut pulse = engine.pulse();
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            pulse.mark_unchanged();
            if let Some(detail) = row(engine, trace).filter(&holds) {
                return detail;
            }
            pulse.changed().await.unwrap();
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}: {:?}", row(engine, trace).map(|detail| detail.summary)))
}

fn right() -> FeedbackInput {
    FeedbackInput::Give { correct: Some(true), score: None, notes: None }
}

/// Steps that are model calls.
fn calls(detail: &TraceDetail) -> usize {
    detail.trace.steps.iter().filter(|step| step.name.contains("model-")).count()
}

fn run_of(trace: u8, calls: u64) -> Vec<Span> {
    (1..=calls).map(|number| model_call(trace, number)).chain([agent(trace, true)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_run_in_one_request_is_a_row_when_it_is_answered() {
    let engine = in_memory();
    let taken = send(&engine, run_of(1, 3), Vec::new()).await;
    assert_eq!(taken, SpansTaken { accepted: 4, rejected: 0, reasons: Vec::new(), runs: 1 });
    let detail = row(&engine, &id(1)).unwrap();
    assert_eq!((detail.summary.agent.as_str(), calls(&detail), detail.trace.ended), ("refund-bot", 3, true));
    let facts = engine.facts().unwrap();
    assert_eq!(facts.state(&detail.summary), RunState::Running, "more may come");
    assert_eq!(engine.refusals().accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sent_span_by_span_from_several_senders_is_one_row_with_all_of_it() {
    let engine = in_memory();
    let mut events = engine.events();
    let senders: Vec<_> = (0..4_u64)
        .map(|sender| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    send(&engine, vec![model_call(7, 1 + sender * 10 + number)], Vec::new()).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    send(&engine, vec![agent(7, true)], Vec::new()).await;
    let detail = until(&engine, &id(7), "all of it", |detail| calls(detail) == 40 && detail.trace.ended).await;
    assert_eq!((detail.summary.revision, engine.facts().unwrap().overview().unwrap().traces), (1, 1));
    let mut firsts = 0;
    while let Ok(event) = events.try_recv() {
        firsts += usize::from(matches!(event, Event::Trace(_)));
    }
    assert_eq!(firsts, 1, "told of once, not with every span");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_span_twice_counts_once() {
    let engine = in_memory();
    send(&engine, run_of(1, 2), Vec::new()).await;
    send(&engine, run_of(1, 2), Vec::new()).await;
    let detail = until(&engine, &id(1), "both pieces", |detail| detail.summary.body_bytes > 0 && waiting(&engine) == 0).await;
    assert_eq!(calls(&detail), 2);
}

fn waiting(engine: &Engine) -> u64 {
    engine.facts().unwrap().waiting_pieces().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_settles_when_it_has_been_quiet_and_a_late_span_reopens_it() {
    let engine = in_memory();
    let mut events = engine.events();
    send(&engine, run_of(1, 1), Vec::new()).await;
    let state = |detail: &TraceDetail| engine.facts().unwrap().state(&detail.summary);
    until(&engine, &id(1), "done", |detail| state(detail) == RunState::Done).await;
    send(&engine, vec![model_call(1, 2)], Vec::new()).await;
    let late = until(&engine, &id(1), "the late call", |detail| calls(detail) == 2).await;
    assert_eq!(late.summary.revision, 1);
    until(&engine, &id(1), "done again", |detail| calls(detail) == 2 && state(detail) == RunState::Done).await;
    let verdicts = std::iter::from_fn(|| events.try_recv().ok()).filter(|event| matches!(event, Event::Verdict(_))).count();
    assert!((1..=3).contains(&verdicts), "{verdicts}: each time it settled, not more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_end_never_came_is_lost_and_counts_as_nothing() {
    let patience = Patience { quiet: Elapsed::ZERO, idle: Elapsed::from_micros(200_000) };
    let engine = Engine::open(EngineOptions { patience, ..EngineOptions::new(StorePlace::Memory) }).unwrap();
    send(&engine, vec![model_call(1, 1), agent(1, false)], Vec::new()).await;
    let lost = until(&engine, &id(1), "lost", |detail| engine.facts().unwrap().state(&detail.summary) == RunState::Lost).await;
    assert_eq!((lost.summary.probability, calls(&lost)), (None, 1));
    assert!(engine.facts().unwrap().overview().unwrap().grade.is_none(), "not known to have gone well");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_records_may_come_before_their_spans() {
    let engine = in_memory();
    let taken = send(&engine, Vec::new(), vec![log(1, 1)]).await;
    assert_eq!((taken.accepted, taken.runs), (1, 0));
    assert!(row(&engine, &id(1)).is_none(), "log records alone are no run");
    send(&engine, run_of(1, 1), Vec::new()).await;
    until(&engine, &id(1), "the run", |_| waiting(&engine) == 0).await;
    let facts = engine.facts().unwrap();
    let body = facts.body(facts.find(&id(1)).unwrap().unwrap()).unwrap().unwrap().body;
    let sent = arc_eval_tui::formats::otlp::wire::both(&body).unwrap();
    assert_eq!((sent.spans.items.len(), sent.logs.items.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_and_not_yet_assembled_is_taken_up_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = || StorePlace::Path(folder.path().join("traces.redb"));
    let engine = Engine::open(options(place())).unwrap();
    send(&engine, vec![model_call(1, 1)], Vec::new()).await;
    send(&engine, vec![model_call(1, 2)], Vec::new()).await;
    send(&engine, Vec::new(), vec![log(2, 1)]).await;
    engine.close().await.unwrap();

    let engine = Engine::open(options(place())).unwrap();
    until(&engine, &id(1), "both calls", |detail| calls(detail) == 2).await;
    send(&engine, vec![agent(1, true)], Vec::new()).await;
    until(&engine, &id(1), "the end", |detail| detail.trace.ended && calls(detail) == 2).await;
    assert!(row(&engine, &id(2)).is_none());
    assert_eq!(waiting(&engine), 1, "the log record still waits for its run");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_says_of_a_running_run_outlives_its_next_spans() {
    let engine = in_memory();
    send(&engine, vec![model_call(1, 1)], Vec::new()).await;
    let talking = {
        let engine = engine.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                engine.feedback(&id(1), right()).await.unwrap();
            }
        })
    };
    for number in 2..=20 {
        send(&engine, vec![model_call(1, number)], Vec::new()).await;
    }
    talking.await.unwrap();
    send(&engine, vec![agent(1, true)], Vec::new()).await;
    let detail = until(&engine, &id(1), "all of it", |detail| calls(detail) == 20 && detail.trace.ended).await;
    assert_eq!(detail.summary.feedback.and_then(|feedback| feedback.correct), Some(true));
    assert!(matches!(detail.summary.progress, Progress::Spans { ended: true, .. }));
    engine.feedback(&id(1), FeedbackInput::Clear).await.unwrap();
    send(&engine, vec![model_call(1, 21)], Vec::new()).await;
    let detail = until(&engine, &id(1), "a late call", |detail| calls(detail) == 21).await;
    assert_eq!(detail.summary.feedback, None, "what was taken back stays so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_run_is_forgotten_with_all_that_waits() {
    let engine = in_memory();
    send(&engine, run_of(1, 1), Vec::new()).await;
    send(&engine, vec![model_call(1, 2)], Vec::new()).await;
    assert_eq!(engine.forget(vec![id(1)]).await.unwrap(), 1);
    assert_eq!((row(&engine, &id(1)).is_none(), waiting(&engine)), (true, 0));
    send(&engine, vec![model_call(1, 3)], Vec::new()).await;
    until(&engine, &id(1), "only what came since", |detail| calls(detail) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_only_made_is_no_run_until_it_runs() {
    let engine = in_memory();
    let taken = send(&engine, vec![agent_made(1, 90)], Vec::new()).await;
    assert_eq!((taken.accepted, taken.rejected, taken.runs), (1, 0, 0));
    assert!(row(&engine, &id(1)).is_none());
    send(&engine, run_of(1, 1), Vec::new()).await;
    until(&engine, &id(1), "the run", |detail| calls(detail) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_traces_in_one_request_are_each_a_run() {
    let engine = in_memory();
    let all: Vec<Span> = (1..=200).flat_map(|trace| run_of(trace, 1)).collect();
    let taken = send(&engine, all, Vec::new()).await;
    assert_eq!((taken.accepted, taken.runs), (400, 200));
    assert_eq!(engine.facts().unwrap().overview().unwrap().traces, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_sent_span_by_span_is_assembled_a_bounded_number_of_times() {
    let engine = in_memory();
    let mut commits = engine.pulse();
    let engine = Arc::new(engine);
    let begun = std::time::Instant::now();
    for chunk in 0..30_u64 {
        let sending: Vec<_> = (0..20_u64)
            .map(|number| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move { send(&engine, vec![model_call(1, 1 + chunk * 20 + number)], Vec::new()).await })
            })
            .collect();
        for sent in sending {
            sent.await.unwrap();
        }
    }
    let sent_for = begun.elapsed();
    send(&engine, vec![agent(1, true)], Vec::new()).await;
    until(&engine, &id(1), "all of it", |detail| calls(detail) == 600 && detail.trace.ended).await;
    // The first piece makes the row; then at most four a second, and the last.
    let most = 3 + sent_for.as_millis() as u64 / 250;
    let commits = commits.borrow_and_update().commits;
    assert!(commits <= most, "{commits} commits of a row in {sent_for:?}, expected at most {most}");
}

fn file(spans: &[Span], logs: &[LogRecord]) -> bytes::Bytes {
    bundle::to_json(&bundle::encode(spans, logs)).unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_spans_is_imported_once_however_often_it_is_read() {
    let engine = in_memory();
    let take = async |body: bytes::Bytes| match engine.ingest(body, Source::File).await {
        Ingested::Single(Ok(receipt)) => (receipt.trace_id, receipt.arrival),
        other => panic!("{other:?}"),
    };
    let body = file(&run_of(1, 2), &[log(1, 1)]);
    assert_eq!(take(body.clone()).await, (id(1), Arrival::New));
    assert_eq!(take(body).await, (id(1), Arrival::Unchanged));
    let detail = row(&engine, &id(1)).unwrap();
    assert_eq!((calls(&detail), engine.facts().unwrap().state(&detail.summary)), (2, RunState::Done), "it happened long ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_file_may_share_a_run_and_stand_beside_other_traces() {
    let engine = in_memory();
    let mut lines = Vec::new();
    for line in [file(&[model_call(1, 1)], &[]), file(&run_of(2, 1), &[]), file(&[agent(1, true)], &[])] {
        lines.extend_from_slice(&line);
        lines.push(b'\n');
    }
    lines.extend_from_slice(b"{\"trace_id\":\"plain\",\"agent_id\":\"other\",\"steps\":[],\"output\":\"x\"}\n{\"resourceSpans\":7}\n");
    let Ingested::Many(items) = engine.ingest(lines.into(), Source::File).await else { panic!("lines are several") };
    let told: Vec<_> = items.iter().map(|(index, item)| (*index, item.as_ref().map(|receipt| receipt.trace_id.to_string()).ok())).collect();
    let known = |name: &str| Some(name.to_owned());
    let (first, second) = (id(1).to_string(), id(2).to_string());
    assert_eq!(told, [(0, known(&first)), (1, known(&second)), (2, known(&first)), (3, known("plain")), (4, None)]);
    let detail = row(&engine, &id(1)).unwrap();
    assert_eq!((calls(&detail), detail.trace.ended), (1, true));
    assert_eq!(engine.facts().unwrap().overview().unwrap().traces, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_under_the_id_of_a_run_that_was_sent_whole_are_refused() {
    let engine = in_memory();
    let body = format!("{{\"trace_id\":\"{}\",\"agent_id\":\"a\",\"output\":\"x\"}}", id(1));
    assert!(matches!(engine.ingest(body.into(), Source::Http).await, Ingested::Single(Ok(_))));
    let taken = send(&engine, run_of(1, 1), Vec::new()).await;
    assert_eq!((taken.accepted, taken.rejected), (0, 2));
    assert!(taken.reasons[0].contains("sent whole"), "{:?}", taken.reasons);
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_with_the_same_key_are_one_run_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = || StorePlace::Path(folder.path().join("traces.redb"));
    let engine = Engine::open(options(place())).unwrap();
    let team = "6b8b4567-327b-43c6-b3c6-74b0dc511111";
    send(&engine, vec![on_a_bus(1, 1, team), agent(1, false)], Vec::new()).await;
    send(&engine, vec![on_a_bus(2, 2, team), model_call(2, 3)], Vec::new()).await;
    until(&engine, &id(1), "both traces", |detail| calls(detail) == 1).await;
    engine.close().await.unwrap();
    let engine = Engine::open(options(place())).unwrap();
    send(&engine, vec![model_call(2, 4)], Vec::new()).await;
    until(&engine, &id(1), "more of the second trace", |detail| calls(detail) == 2).await;
    send(&engine, vec![on_a_bus(3, 5, team), model_call(3, 6)], Vec::new()).await;
    until(&engine, &id(1), "a third trace", |detail| calls(detail) == 3).await;
    assert_eq!(engine.facts().unwrap().overview().unwrap().traces, 1);
}
