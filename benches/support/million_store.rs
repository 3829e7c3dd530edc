//! Builds a store of many small runs, quickly: a few dozen runs are judged by the engine, and each stored run is one of them with
//! its own id, agent, session, project, times, figures and texts, handed to the store's writer in large groups.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        facts::{Anchor, RowQuery},
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::{
        ids::{Sequence, TraceId},
        money::Money,
        summary::Summary,
        time::{Elapsed, Timestamp},
    },
    store::{
        Change, MinedFailure, Pending, Record, Store,
        redb::{RedbStore, StoreOptions},
    },
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use xxhash_rust::xxh3::xxh3_128;

use super::trace_body::Numbers;

/// Runs judged to make the others of.
const MODELS_OF_RUNS: usize = 96;
/// Changes in one commit.
const GROUP: usize = 8_192;
/// Days the runs are spread over, oldest first, and when they end: 2026-11-21 18:00 UTC.
const DAYS: i64 = 90;
const END_MICROS: i64 = 1_795_284_000_000_000;
const DAY_MICROS: i64 = 86_400_000_000;

pub const AGENTS: [&str; 24] = [
    "refund-bot",
    "checkout",
    "kyc-screen",
    "support-triage",
    "invoice-reader",
    "travel-desk",
    "sql-helper",
    "log-search",
    "code-review",
    "release-notes",
    "hr-faq",
    "onboarding",
    "lead-scoring",
    "price-watch",
    "fraud-check",
    "claims",
    "tax-form",
    "meeting-notes",
    "translation",
    "data-quality",
    "inventory",
    "routing",
    "legal-search",
    "night-shift",
];
pub const TOOLS: [&str; 20] = [
    "lookup_order",
    "issue_refund",
    "send_mail",
    "search_docs",
    "run_sql",
    "fetch_page",
    "read_file",
    "write_file",
    "create_ticket",
    "close_ticket",
    "check_stock",
    "convert_currency",
    "book_flight",
    "cancel_booking",
    "score_lead",
    "verify_identity",
    "list_logs",
    "summarise",
    "translate",
    "schedule_meeting",
];
const MODELS: [&str; 8] =
    ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "claude-haiku-4-5", "gemini-2.5-flash", "gpt-4.1", "gpt-4.1-mini", "house-model-7b"];
const PROJECTS: [&str; 6] = ["shop", "bank", "travel", "internal", "research", "support"];
const ERRORS: [&str; 6] = [
    "ValueError: amount must be a number, got '12,50'",
    "TimeoutError: the call timed out after 30 s",
    "HTTPError: 429 Too Many Requests",
    "KeyError: 'customer_id'",
    "PermissionError: not allowed to read the ledger",
    "ValidationError: field date is required",
];

/// A judged run, ready to be told as another.
struct Pattern {
    /// The body; what differs by run stands in it as words in angle brackets.
    body: String,
    verdict: bytes::Bytes,
    failures: Vec<MinedFailure>,
    summary: Summary,
}

/// One body with marks in it: model calls, one to four tool calls, every third failing in one of a few ways, every seventh telling nothing.
fn marked_body(index: usize) -> Value {
    let mut numbers = Numbers::new(index as u64 + 1);
    let failing = index.is_multiple_of(3);
    let silent = !failing && index.is_multiple_of(7);
    let tool = |numbers: &mut Numbers| TOOLS[numbers.below(TOOLS.len() as u64) as usize];
    let model = MODELS[index % MODELS.len()];
    let mut steps = vec![json!({ "step": 1, "action": "reasoning", "content": "The customer asks about order <order>." })];
    let calls = 1 + numbers.below(4);
    for call in 0..calls {
        let last = call + 1 == calls;
        let error = (failing && last).then(|| ERRORS[index / 3 % ERRORS.len()]);
        steps.push(json!({
            "step": call + 2, "action": "tool_call", "tool": tool(&mut numbers), "input": { "order": "<order>", "note": "Stra\u{df}e <word>" },
            "output": if error.is_none() { json!({ "state": "shipped", "city": "<city>" }) } else { Value::Null },
            "error": error, "success": error.is_none(), "duration_ms": 40 + numbers.below(900),
        }));
    }
    let mut body = json!({
        "trace_id": format!("model-{index}"), "agent_id": "<agent>", "input": "Where is my order <order>?", "output": "It is in <city>. <word>",
        "framework": (["langchain", "crewai", "openai-agents", "pydantic-ai"][index % 4]), "domain": (["finance", "retail", "travel"][index % 3]),
        "execution_time": 1.0,
        "llm_calls": [{ "step": 1, "provider": "openai", "model": model, "input_tokens": 900 + numbers.below(4_000), "output_tokens": 80 + numbers.below(500) }],
        "trace": { "steps": steps },
    });
    if !silent {
        body["success"] = json!(!failing);
    }
    body
}

/// Has the engine judge the model runs.
fn patterns() -> Vec<Pattern> {
    let runtime = Runtime::new().unwrap();
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    let bodies: Vec<Value> = (0..MODELS_OF_RUNS).map(marked_body).collect();
    let lines: String = bodies.iter().map(|body| format!("{body}\n")).collect();
    let Ingested::Many(items) = runtime.block_on(engine.ingest(lines.into(), Source::File)) else { panic!("not a batch") };
    assert!(items.iter().all(|(_, item)| item.is_ok()), "{items:?}");
    let facts = engine.facts().unwrap();
    let window = facts.rows(&RowQuery { anchor: Anchor::Newest, before: 0, after: MODELS_OF_RUNS, filter: None }).unwrap();
    let judged = window.rows.into_iter().map(|summary| {
        let detail = facts.body(summary.sequence).unwrap().unwrap();
        let json = serde_json::to_vec(&detail.verdict).unwrap();
        let mined = |(mark, failure): (&arc_eval_tui::model::summary::FailureMark, &arc_eval_tui::model::failure::Failure)| MinedFailure {
            code: mark.code,
            subject: failure.subject.clone(),
            framework: summary.framework.clone(),
            message: failure.message.clone(),
        };
        Pattern {
            body: String::from_utf8(detail.body).unwrap(),
            verdict: zstd::bulk::compress(&json, 1).unwrap().into(),
            failures: summary.failures.iter().zip(&detail.verdict.failures).map(mined).collect(),
            summary,
        }
    });
    let judged = judged.collect();
    runtime.block_on(engine.close()).unwrap();
    judged
}

/// The `n`th of `count` runs.
fn record(n: u64, count: u64, patterns: &[Pattern], packer: &mut zstd::bulk::Compressor<'_>) -> Record {
    let mut numbers = Numbers::new(n.wrapping_mul(2_654_435_761).wrapping_add(99));
    let pattern = &patterns[numbers.below(patterns.len() as u64) as usize];
    // Few agents have most runs.
    let agent = AGENTS[(numbers.below(AGENTS.len() as u64).min(numbers.below(AGENTS.len() as u64))) as usize];
    let id = format!("run-{n:07}-{:08x}", numbers.next() as u32);
    let order = format!("A-{}", numbers.below(10_000_000));
    let city = ["K\\u00f6ln", "Lisboa", "Oslo", "Kraków", "Nairobi"][numbers.below(5) as usize];
    let word = if numbers.below(10_000) == 0 { "zyzzyva" } else { "thanks" };
    let mut body = String::with_capacity(pattern.body.len() + 64);
    let marks = [("<agent>", agent), ("<order>", order.as_str()), ("<city>", city), ("<word>", word)];
    let mut rest = pattern.body.as_str();
    while let Some(at) = rest.find('<') {
        let (before, marked) = rest.split_at(at);
        body.push_str(before);
        match marks.iter().find(|(mark, _)| marked.starts_with(mark)) {
            Some((mark, text)) => {
                body.push_str(text);
                rest = &marked[mark.len()..];
            }
            None => {
                body.push('<');
                rest = &marked[1..];
            }
        }
    }
    body.push_str(rest);
    let body = body.replacen(pattern.summary.trace_id.as_str(), &id, 1);

    let mut summary = pattern.summary.clone();
    let span = DAYS * DAY_MICROS;
    let micros = END_MICROS - span + (n as i128 * i128::from(span) / i128::from(count.max(1))) as i64 - numbers.below(3_600_000_000) as i64;
    summary.trace_id = TraceId::new(&id).unwrap();
    summary.time = Timestamp::from_micros(micros);
    summary.arrived = Timestamp::from_micros(micros + 5_000_000);
    summary.agent = agent.to_owned();
    summary.project = (numbers.below(10) > 0).then(|| PROJECTS[numbers.below(PROJECTS.len() as u64) as usize].to_owned());
    summary.session = (numbers.below(4) > 0).then(|| {
        let mut name = String::new();
        let _ = write!(name, "conversation-{}", n / 6 * 3 + numbers.below(3));
        name
    });
    summary.took = Some(Elapsed::from_micros(1 + numbers.below(60_000_000) * (1 + numbers.below(10)) / 10));
    summary.cost = summary.cost.map(|cost| Money::from_pico(cost.pico() * i128::from(1 + numbers.below(4_000)) / 400));
    summary.body_bytes = body.len() as u32;
    for mark in &mut summary.failures {
        mark.fingerprint = None;
    }
    Record {
        body: packer.compress(body.as_bytes()).unwrap().into(),
        body_hash: xxh3_128(body.as_bytes()),
        verdict: pattern.verdict.clone(),
        failures: pattern.failures.clone(),
        summary,
        likeness: None,
        continues: None,
    }
}

/// Waits until a change is on disk.
fn done(pending: Pending) {
    pending.blocking_recv().unwrap().unwrap();
}

/// Writes `count` runs into a new store at `path`.
pub fn build(path: &Path, count: u64) -> Duration {
    let begun = Instant::now();
    let patterns = patterns();
    let options = StoreOptions { group: GROUP, queue: 2 * GROUP, cache_bytes: 1 << 30, ..StoreOptions::default() };
    let store = RedbStore::open(path, options).unwrap();
    let mut packer = zstd::bulk::Compressor::new(1).unwrap();
    let mut waiting: std::collections::VecDeque<Pending> = std::collections::VecDeque::new();
    for n in 0..count {
        if waiting.len() == 2 * GROUP - 1 {
            waiting.drain(..GROUP).for_each(done);
        }
        let record = record(n, count, &patterns, &mut packer);
        waiting.push_back(store.submit(Change::Trace(Box::new(record))).unwrap());
        if n % 100_000 == 99_999 {
            eprintln!("  {} runs after {:.1?}", n + 1, begun.elapsed());
        }
    }
    waiting.into_iter().for_each(done);
    assert_eq!(store.snapshot().unwrap().counts().unwrap().last, Some(Sequence(count)));
    store.close().unwrap();
    begun.elapsed()
}
