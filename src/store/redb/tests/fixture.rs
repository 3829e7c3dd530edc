//! Records as an engine would make them, small and different on purpose.

use bytes::Bytes;
use serde_json::json;

use crate::{
    analysis::peers::Likeness,
    model::{
        failure::{FailureCode, Severity},
        feedback::Feedback,
        ids::{Sequence, TraceId},
        money::Money,
        probability::Probability,
        progress::Progress,
        summary::{FailureMark, Insight, ModelUse, Summary},
        time::{Elapsed, Timestamp},
        trace::Trace,
        usage::{TokenClass, TokenUsage},
        verdict::{Outcome, OutcomeState},
    },
    store::{Arrival, Change, Committed, Continues, MinedFailure, NewPiece, Pending, Record, Snapshot, Store, StoreError},
};

/// 2026-11-22T10:00:00Z.
pub(super) const NOON: i64 = 1_795_341_600_000_000;
pub(super) const MINUTE: i64 = 60_000_000;

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_micros(NOON + minutes * MINUTE)
}

pub(super) fn id(text: &str) -> TraceId {
    TraceId::new(text).unwrap()
}

/// A run of `agent` that tells nothing but that it was; each test says what it needs beyond.
pub(super) fn run(trace_id: &str, agent: &str) -> Summary {
    Summary {
        sequence: Sequence(0),
        trace_id: id(trace_id),
        revision: 0,
        arrived: at(0),
        time: at(0),
        agent: agent.to_owned(),
        session: None,
        project: None,
        domain: None,
        framework: None,
        steps: 3,
        took: None,
        model_time: None,
        tool_time: None,
        usage: None,
        cost: None,
        tool_calls: 0,
        wrong_tool_calls: 0,
        outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
        probability: None,
        failures: Vec::new(),
        tools: Vec::new(),
        models: Vec::new(),
        error: None,
        leaks: 0,
        incomplete: false,
        progress: Progress::Whole,
        insight: Insight::default(),
        feedback: None,
        body_bytes: 0,
        rules: "test".to_owned(),
    }
}

/// A record of this run with this body and these failures (code, message, recovered).
pub(super) fn record(mut summary: Summary, body: &str, failures: &[(FailureCode, &str, bool)]) -> Record {
    summary.body_bytes = u32::try_from(body.len()).unwrap();
    summary.failures = failures
        .iter()
        .map(|(code, _, recovered)| FailureMark {
            code: *code,
            severity: if *recovered { Severity::Medium } else { Severity::High },
            recovered: *recovered,
            step: None,
            fingerprint: None,
        })
        .collect();
    let mined = failures.iter().map(|(code, message, _)| MinedFailure {
        code: *code,
        subject: Some("lookup".to_owned()),
        framework: None,
        message: (*message).to_owned(),
    });
    Record {
        body: pack(body.as_bytes()),
        body_hash: xxhash_rust::xxh3::xxh3_128(body.as_bytes()),
        verdict: pack(verdict_json(&summary, failures).as_bytes()),
        failures: mined.collect(),
        summary,
        likeness: likeness(body),
        continues: None,
    }
}

/// One of three requests, by the body, so that different runs are about the same.
pub(super) fn likeness(body: &str) -> Option<Likeness> {
    let mut trace = Trace::empty(id("any"));
    trace.input = Some(json!(format!("request {}", body.len() % 3)));
    trace.output = Some(json!(body.len()));
    Likeness::of(&trace)
}

pub(super) fn pack(bytes: &[u8]) -> Bytes {
    zstd::bulk::compress(bytes, 1).unwrap().into()
}

fn verdict_json(summary: &Summary, failures: &[(FailureCode, &str, bool)]) -> String {
    let failures: Vec<_> = failures
        .iter()
        .map(|(code, message, recovered)| {
            json!({"code": code, "severity": "high", "step": null, "says": message, "subject": "lookup",
                   "message": message, "recovered": recovered, "fingerprint": null})
        })
        .collect();
    json!({
        "trace_id": summary.trace_id, "agent_id": summary.agent, "rules": "test", "domain": null, "domain_signal": null,
        "outcome": {"state": "unknown", "source": null, "reported": null},
        "success_probability": null, "reliability_score": null, "grade": null, "evidence": [], "framework": null,
        "framework_signal": null, "tool_accuracy": null, "tools": {"calls": 0, "wrong": 0, "items": []},
        "call_valid_probability": null, "root_cause": null, "failures": failures, "issues": [],
        "cost": {"usd": null, "logged_usd": null, "unknown": [], "lines": []}, "cost_per_run": null, "usage": null,
        "latency": {"total_ms": null, "model_ms": null, "tool_ms": null, "other_ms": null}, "leaks": [], "domain_checks": [],
        "incomplete": []
    })
    .to_string()
}

/// A run that tells everything, each figure derived from `seed`.
pub(super) fn telling_run(trace_id: &str, agent: &str, seed: u64) -> Summary {
    let mut summary = run(trace_id, agent);
    let number = |salt: u64, below: u64| xxhash_rust::xxh3::xxh3_64_with_seed(&seed.to_le_bytes(), salt) % below;
    summary.time = at(number(1, 3000) as i64);
    summary.arrived = at(number(2, 5) as i64);
    summary.took = (number(3, 3) > 0).then(|| Elapsed::from_micros(number(4, 90_000_000)));
    summary.cost = (number(5, 4) > 0).then(|| Money::from_pico(number(6, 1 << 40).into()));
    summary.probability = (number(7, 4) > 0).then(|| Probability::clamped(number(8, 1001) as f64 / 1000.0));
    summary.tool_calls = number(9, 12) as u32;
    summary.wrong_tool_calls = number(10, 4) as u32;
    let usage = TokenUsage {
        input_tokens: number(11, 100_000),
        cached_input_tokens: number(12, 100),
        cache_write_input_tokens: number(13, 100),
        output_tokens: number(14, 5000),
        reasoning_tokens: number(15, 50),
        estimated: number(16, 5) == 0,
    };
    summary.usage = (number(17, 5) > 0).then_some(usage);
    summary.models = (0..number(18, 3))
        .map(|place| ModelUse {
            model: format!("model-{}", number(19 + place, 3)),
            calls: number(22, 5) as u32,
            usage,
            cost: (number(23 + place, 3) > 0).then(|| Money::from_pico(number(25, 1 << 40).into())),
            by_class: vec![
                (TokenClass::Input, Money::from_pico(number(26, 1 << 30).into())),
                (TokenClass::Reasoning, Money::from_pico(number(27, 1 << 30).into())),
            ],
        })
        .collect();
    summary.session = (number(30, 4) > 0).then(|| format!("session-{}", number(31, 3)));
    summary.project = (number(32, 3) > 0).then(|| format!("project-{}", number(33, 2)));
    summary.tools = (0..number(34, 3)).map(|place| format!("tool-{}", number(35 + place, 4))).collect();
    summary.outcome.state = [OutcomeState::Ok, OutcomeState::Failed, OutcomeState::Unknown][number(38, 3) as usize];
    summary.feedback = match number(28, 4) {
        0 => Some(Feedback { correct: None, score: Some(3), notes: None, at: at(number(29, 9) as i64) }),
        judged @ (1 | 2) => Some(feedback(judged == 1, number(29, 9) as i64)),
        _ => None,
    };
    summary
}

pub(super) fn feedback(correct: bool, minutes: i64) -> Feedback {
    Feedback { correct: Some(correct), score: None, notes: None, at: at(minutes) }
}

/// Submits and waits for the answer.
pub(super) fn commit(store: &dyn Store, change: Change) -> Result<Committed, StoreError> {
    answer(store.submit(change)?)
}

pub(super) fn answer(pending: Pending) -> Result<Committed, StoreError> {
    pending.blocking_recv().expect("the writer answers every change")
}

/// Submits a trace and says where it is and how it arrived.
pub(super) fn arrive(store: &dyn Store, record: Record) -> (Sequence, Arrival) {
    match commit(store, Change::Trace(Box::new(record))).unwrap() {
        Committed::Trace { sequence, status } => (sequence, status),
        other => panic!("a trace was answered with {other:?}"),
    }
}

pub(super) fn snapshot(store: &dyn Store) -> Box<dyn Snapshot> {
    store.snapshot().unwrap()
}

/// Spans of a run on their way into the inbox.
pub(super) fn piece(trace_id: &str, content: &str, minutes: i64) -> Change {
    Change::Spans(Box::new(NewPiece { trace: id(trace_id), piece: pack(content.as_bytes()), heard: at(minutes), names: Vec::new() }))
}

/// A record of a run made of its stored body, if it has one, and of the pieces that wait.
pub(super) fn grown(store: &dyn Store, trace_id: &str) -> Record {
    let view = snapshot(store);
    let stored = view.find(&id(trace_id)).unwrap().map(|sequence| view.stored(sequence).unwrap().unwrap());
    let pieces = view.pieces(&id(trace_id), usize::MAX).unwrap();
    let mut body = stored.as_ref().map_or_else(Vec::new, |stored| stored.body.clone());
    pieces.iter().for_each(|piece| body.extend(&piece.bytes));
    let mut record = record(run(trace_id, "agent"), std::str::from_utf8(&body).unwrap(), &[]);
    record.summary.feedback = stored.as_ref().and_then(|stored| stored.summary.feedback.clone());
    record.continues = Some(Box::new(Continues {
        body_hash: stored.map(|stored| stored.body_hash),
        through: pieces.last().map(|piece| piece.number),
        names: Vec::new(),
    }));
    record
}
