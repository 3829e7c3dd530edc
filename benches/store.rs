//! What the store costs: durable commits beside a raw append of the same bytes, windows read from a large store, opening it again.
//!
//! Runs on the disk of the project. `STORE_BENCH_TRACES` sets how large the large store is (100,000).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::{
    fs::File,
    hint::black_box,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_eval_tui::{
    model::{
        failure::{FailureCode, Severity},
        ids::{Sequence, TraceId},
        money::Money,
        probability::Probability,
        progress::Progress,
        summary::{FailureMark, Insight, ModelUse, Summary},
        time::{Elapsed, Timestamp},
        usage::{TokenClass, TokenUsage},
        verdict::{Outcome, OutcomeSource, OutcomeState},
    },
    store::{
        Change, MinedFailure, Record, Resolution, Snapshot, Store,
        redb::{RedbStore, StoreOptions},
    },
};
use criterion::{Criterion, Throughput, criterion_group};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A 16 KB body after zstd.
const BODY_BYTES: usize = 6 * 1024;
/// A verdict after zstd.
const VERDICT_BYTES: usize = 900;
const AGENTS: u64 = 8;
const FORTNIGHT_MICROS: i64 = 14 * 86_400_000_000;
const FROM: Timestamp = Timestamp::from_micros(1_795_341_600_000_000);
const TO: Timestamp = Timestamp::from_micros(FROM.micros() + FORTNIGHT_MICROS);
const CHILD: &str = "STORE_BENCH_CHILD";

fn noise(seed: u64, len: usize) -> Vec<u8> {
    (0_u64..).flat_map(|n| xxh3_64_with_seed(&n.to_le_bytes(), seed).to_le_bytes()).take(len).collect()
}

/// The `n`th run: unlike all others, one in five fails, spread over a fortnight and eight agents.
fn record(n: u64) -> Record {
    let failing = n.is_multiple_of(5);
    let usage = TokenUsage { input_tokens: 4000 + n % 977, output_tokens: 300 + n % 97, ..TokenUsage::default() };
    let cost = Some(Money::from_pico(13_000_000_000 + i128::from(n % 1013)));
    let model = ModelUse {
        model: "gpt-4o-mini".into(),
        calls: 4,
        usage,
        cost,
        by_class: vec![(TokenClass::Input, Money::from_pico(9_000_000_000)), (TokenClass::Output, Money::from_pico(4_000_000_000))],
    };
    let mark = FailureMark {
        code: FailureCode::ToolTimeout,
        severity: Severity::High,
        recovered: n.is_multiple_of(3),
        step: None,
        fingerprint: None,
    };
    let mined = MinedFailure {
        code: FailureCode::ToolTimeout,
        subject: Some("lookup_order".into()),
        framework: Some("langgraph".into()),
        message: format!("lookup of order {n} timed out after 30 s"),
    };
    let summary = Summary {
        sequence: Sequence(0),
        trace_id: TraceId::generate(),
        revision: 0,
        arrived: FROM,
        time: Timestamp::from_micros(FROM.micros() + (n as i64 * 12_096_000) % FORTNIGHT_MICROS),
        agent: format!("agent-{}", n % AGENTS),
        session: Some(format!("session-{}", n / 7)),
        project: Some("shop".into()),
        domain: Some("finance".into()),
        framework: Some("langgraph".into()),
        steps: 14,
        took: Some(Elapsed::from_micros(4_200_000)),
        model_time: Some(Elapsed::from_micros(3_100_000)),
        tool_time: Some(Elapsed::from_micros(700_000)),
        usage: Some(usage),
        cost,
        tool_calls: 5,
        wrong_tool_calls: u32::from(failing),
        outcome: Outcome { state: OutcomeState::Ok, source: Some(OutcomeSource::Reported), reported: Some(true) },
        probability: Some(Probability::clamped(if failing { 0.05 } else { 0.95 })),
        failures: if failing { vec![mark] } else { Vec::new() },
        tools: vec!["lookup_order".into(), "issue_refund".into(), "send_mail".into()],
        models: vec![model],
        error: failing.then(|| "lookup timed out".to_owned()),
        leaks: 0,
        incomplete: false,
        progress: Progress::Whole,
        insight: Insight::default(),
        feedback: None,
        body_bytes: 16_600,
        rules: "2026.11.1".into(),
    };
    Record {
        body: noise(n, BODY_BYTES).into(),
        body_hash: u128::from(n),
        verdict: noise(n ^ u64::MAX, VERDICT_BYTES).into(),
        failures: if failing { vec![mined] } else { Vec::new() },
        summary,
        likeness: None,
        continues: None,
    }
}

fn place(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("store-bench");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path);
    path
}

/// `clients` threads that each send a trace, wait until it is on disk, and send the next, until `count` are.
fn closed_loop(store: &RedbStore, clients: u64, count: u64, numbers: &AtomicU64) -> Duration {
    let end = numbers.load(Ordering::Relaxed) + count;
    // Made beforehand: compressing and analysing are not the store's work.
    let records: Vec<Mutex<Option<Record>>> = (end - count..end).map(|n| Mutex::new(Some(record(n)))).collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                loop {
                    let n = numbers.fetch_add(1, Ordering::Relaxed);
                    if n >= end {
                        break;
                    }
                    let record = records[(n + count - end) as usize].lock().unwrap().take().unwrap();
                    store.submit(Change::Trace(Box::new(record))).unwrap().blocking_recv().unwrap().unwrap();
                }
            });
        }
    });
    numbers.store(end, Ordering::Relaxed);
    start.elapsed()
}

/// Appends the same bytes to a plain file, `group` records a sync.
fn raw_append(file: &mut File, group: u64, count: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for first in (0..count).step_by(group as usize) {
        let bytes: Vec<u8> = (first..count.min(first + group)).flat_map(|n| noise(n, BODY_BYTES + VERDICT_BYTES)).collect();
        let start = Instant::now();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        spent += start.elapsed();
    }
    spent
}

fn commits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("durable");
    group.throughput(Throughput::Elements(1)).sample_size(10).measurement_time(Duration::from_secs(8));
    for clients in [1, 16, 64] {
        let mut file = File::create(place("raw.log")).unwrap();
        group.bench_function(format!("raw_append/{clients}"), |bencher| {
            bencher.iter_custom(|count| raw_append(&mut file, clients, count));
        });
        for quick_restart in [true, false] {
            let options = StoreOptions { quick_restart, ..StoreOptions::default() };
            let store = RedbStore::open(&place("commits.redb"), options).unwrap();
            let numbers = AtomicU64::new(0);
            let name = if quick_restart { "commit" } else { "commit_without_quick_restart" };
            group.bench_function(format!("{name}/{clients}"), |bencher| {
                bencher.iter_custom(|count| closed_loop(&store, clients, count, &numbers));
            });
            let commits = store.pulse().borrow().commits;
            eprintln!("{name}/{clients}: {:.1} traces a commit", numbers.load(Ordering::Relaxed) as f64 / commits as f64);
        }
    }
}

fn traces() -> u64 {
    std::env::var("STORE_BENCH_TRACES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// Fills a store as fast as it takes traces, and says what that took.
fn fill(path: &Path, options: StoreOptions) {
    let store = RedbStore::open(path, options).unwrap();
    let count = traces();
    let start = Instant::now();
    let mut pending = std::collections::VecDeque::new();
    for n in 0..count {
        while store.is_full() || pending.len() >= 512 {
            let oldest: arc_eval_tui::store::Pending = pending.pop_front().unwrap();
            oldest.blocking_recv().unwrap().unwrap();
        }
        pending.push_back(store.submit(Change::Trace(Box::new(record(n)))).unwrap());
    }
    for oldest in pending {
        oldest.blocking_recv().unwrap().unwrap();
    }
    let spent = start.elapsed();
    let writer = thread_cpu("store");
    let counts = store.snapshot().unwrap().counts().unwrap();
    eprintln!(
        "filled {count} traces in {spent:.1?}: {:.0}/s, {:.0} us CPU of the writer a trace, {} commits, {:.0} bytes on disk and {:.0} live \
         a trace, peak memory {}",
        count as f64 / spent.as_secs_f64(),
        writer.as_secs_f64() * 1e6 / count as f64,
        store.pulse().borrow().commits,
        counts.file_bytes as f64 / count as f64,
        counts.live_bytes as f64 / count as f64,
        peak_memory()
    );
}

/// CPU time of the thread of this name so far, where the system tells.
fn thread_cpu(name: &str) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|task| task.path());
    let of_thread = |task: &PathBuf| std::fs::read_to_string(task.join("comm")).is_ok_and(|found| found.trim() == name);
    let spent = |task: PathBuf| std::fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse::<u64>().ok();
    Duration::from_nanos(tasks.filter(of_thread).filter_map(spent).sum())
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("unknown".into(), |text| text.trim().to_owned())
}

/// What this program does when it is started as a child: fills a store, or writes one trace and dies without closing.
fn child(order: &str) {
    let (order, path) = order.split_once(' ').unwrap();
    let options = StoreOptions { quick_restart: !order.contains("slow"), ..StoreOptions::default() };
    if order.starts_with("fill") {
        fill(Path::new(path), options);
        return;
    }
    let store = RedbStore::open(Path::new(path), options).unwrap();
    store.submit(Change::Trace(Box::new(record(7)))).unwrap().blocking_recv().unwrap().unwrap();
    std::process::abort();
}

fn send_child(order: &str, path: &Path) {
    let status = Command::new(std::env::current_exe().unwrap()).env(CHILD, format!("{order} {}", path.display())).status().unwrap();
    assert!(status.success() || order.starts_with("die"), "{order}: {status}");
}

/// The large store, filled when it is first asked for: a filter may leave out whoever needs it.
fn large_store() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = place("large.redb");
        send_child("fill", &path);
        path
    })
}

fn large(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("large_store");
    group.sample_size(10);
    for (name, order) in [("after_kill", "die"), ("after_kill_without_quick_restart", "die-slow"), ("after_close", "")] {
        group.bench_function(format!("open/{name}"), |bencher| {
            let path = large_store();
            bencher.iter_custom(|count| {
                let mut spent = Duration::ZERO;
                for _ in 0..count {
                    if !order.is_empty() {
                        send_child(order, path);
                    }
                    let start = Instant::now();
                    let store = RedbStore::open(path, StoreOptions::default()).unwrap();
                    black_box(store.snapshot().unwrap().rows_before(None, 60).unwrap());
                    spent += start.elapsed();
                    store.close().unwrap();
                }
                spent
            });
        });
    }
    group.finish();
}

type Question = fn(&dyn Snapshot, Sequence);

/// What panes ask, each on a snapshot of its own.
const QUESTIONS: [(&str, Question); 8] = [
    ("newest_60_rows", |view, _| drop(black_box(view.rows_before(None, 60).unwrap()))),
    ("60_rows_anywhere", |view, anywhere| drop(black_box(view.rows_before(Some(anywhere), 60).unwrap()))),
    ("last_200_runs_of_an_agent", |view, _| drop(black_box(view.agent_rows("agent-3", None, None, 200).unwrap()))),
    ("agents", |view, _| drop(black_box(view.agents(100).unwrap()))),
    ("patterns", |view, _| drop(black_box(view.patterns(100).unwrap()))),
    ("fortnight_by_hour_of_one_agent", |view, _| {
        drop(black_box(view.agent_buckets(Resolution::Hour, FROM, TO, Some("agent-3")).unwrap()));
    }),
    ("fortnight_by_hour_of_all", |view, _| drop(black_box(view.agent_buckets(Resolution::Hour, FROM, TO, None).unwrap()))),
    ("fortnight_by_day_of_models", |view, _| drop(black_box(view.model_buckets(Resolution::Day, FROM, TO).unwrap()))),
];

fn reads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for (name, question) in QUESTIONS {
        group.bench_function(name, |bencher| {
            let store = RedbStore::open(large_store(), StoreOptions::default()).unwrap();
            let last = store.snapshot().unwrap().counts().unwrap().last.unwrap().0;
            let mut anchor = 1;
            bencher.iter(|| {
                anchor = (anchor + 7919) % last + 1;
                question(&*store.snapshot().unwrap(), Sequence(anchor));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, commits, large, reads);

fn main() {
    match std::env::var(CHILD) {
        Ok(order) => child(&order),
        Err(_) => {
            benches();
            Criterion::default().configure_from_args().final_summary();
            let _ = std::fs::remove_dir_all(place("").parent().unwrap());
        }
    }
}
