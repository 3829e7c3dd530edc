//! What it costs to judge a trace: the analysis by itself, with decoding, and the whole `analyse` command on small traces.
//!
//! `cargo bench --bench analyse`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::{
    hint::black_box,
    process::{Command, Stdio},
    time::Duration,
};

use arc_eval_tui::{
    analysis::{
        Rules, analyse,
        patterns::Miner,
        peers::{Likeness, agreement},
    },
    formats::decode,
    model::ids::TraceId,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[path = "support/trace_body.rs"]
#[allow(dead_code)]
mod trace_body;
use trace_body::trace_body;

const SMALL: usize = 1 << 10;
const LARGE: usize = 16 << 10;

fn one_trace(criterion: &mut Criterion) {
    let rules = Rules::bundled();
    let mut group = criterion.benchmark_group("analyse");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for (name, bytes) in [("1 KB", SMALL), ("16 KB", LARGE)] {
        let bodies: Vec<String> = (0..64).map(|index| trace_body(index, bytes)).collect();
        let traces: Vec<_> = bodies.iter().map(|body| decode(body.as_bytes(), TraceId::generate).unwrap()).collect();
        group.throughput(Throughput::Bytes(bodies.iter().map(String::len).sum::<usize>() as u64 / 64));
        let mut next = traces.iter().cycle();
        group.bench_function(format!("{name}, decoded"), |bench| {
            bench.iter_with_large_drop(|| analyse(black_box(next.next().unwrap()), &rules, None));
        });
        let mut next = bodies.iter().cycle();
        group.bench_function(format!("{name}, with decoding"), |bench| {
            bench.iter_with_large_drop(|| {
                let trace = decode(next.next().unwrap().as_bytes(), TraceId::generate).unwrap();
                analyse(&trace, &rules, None)
            });
        });
        let mut next = traces.iter().map(|trace| analyse(trace, &rules, None)).collect::<Vec<_>>().into_iter().cycle();
        let mut miner = Miner::new();
        group.bench_function(format!("{name}, patterns and JSON of a verdict"), |bench| {
            bench.iter_batched(
                || next.next().unwrap(),
                |mut verdict| {
                    for failure in &mut verdict.failures {
                        let framework = verdict.framework.as_deref();
                        failure.fingerprint =
                            Some(miner.assign(failure.code, failure.subject.as_deref(), framework, &failure.message).fingerprint);
                    }
                    serde_json::to_vec(&verdict).unwrap()
                },
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// The program itself, from the file to JSON lines on its output; its start is in it.
fn whole_command(criterion: &mut Criterion) {
    const TRACES: u64 = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.jsonl");
    let lines: Vec<String> = (0..TRACES).map(|index| trace_body(index, SMALL)).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    let mut group = criterion.benchmark_group("command");
    group.sample_size(10).measurement_time(Duration::from_secs(10)).throughput(Throughput::Elements(TRACES));
    group.bench_function("analyse, 20,000 traces of 1 KB", |bench| {
        bench.iter(|| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_arc-eval-tui"));
            let ended = command.arg("analyse").arg(&path).env("HOME", folder.path()).stdout(Stdio::null()).status().unwrap();
            assert!(ended.success());
        });
    });
    group.finish();
}

/// What of a run can be compared, and how 33 dialogues about one customer, no two of which did the same, agree.
fn beside_others(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("peers");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    let bodies = (0..64).map(|index| trace_body(index, LARGE));
    let runs: Vec<_> = bodies.map(|body| decode(body.as_bytes(), TraceId::generate).unwrap()).collect();
    let mut next = runs.iter().cycle();
    group.bench_function("likeness, 16 KB of one request", |bench| bench.iter(|| Likeness::of(black_box(next.next().unwrap()))));
    let dialogues: Vec<_> = (0..33).map(|index| decode(dialogue(index).as_bytes(), TraceId::generate).unwrap()).collect();
    let mut next = dialogues.iter().cycle();
    group.bench_function("likeness, 16 KB of dialogue", |bench| bench.iter(|| Likeness::of(black_box(next.next().unwrap()))));
    let likenesses: Vec<_> = dialogues.iter().map(|run| Likeness::of(run).unwrap()).collect();
    let peers: Vec<_> = likenesses[1..].iter().collect();
    group.bench_function("agreement with 32 others", |bench| bench.iter(|| agreement(black_box(&likenesses[0]), &peers)));
    group.finish();
}

/// Twelve turns about one customer, with four changes that differ from run to run.
fn dialogue(index: u64) -> String {
    let mut steps = vec![
        serde_json::json!({"step": 1, "role": "user", "content": "hello, my id is mia_li_3668 and I need help with my orders"}),
        serde_json::json!({"step": 2, "action": "tool_call", "tool": "get_user", "input": {"user_id": "mia_li_3668"}, "output": {"user_id": "mia_li_3668"}}),
    ];
    for turn in 0..12 {
        let words: String = (0..90).map(|word| format!("word{} ", (index * 31 + turn * 97 + word * word) % 400)).collect();
        steps.push(serde_json::json!({"role": "user", "content": words}));
        steps.push(serde_json::json!({"role": "assistant", "content": words}));
        if turn % 3 == 0 {
            let input = serde_json::json!({"order": format!("W{turn}"), "items": [index, turn, index * turn], "payment": "card_1"});
            steps.push(serde_json::json!({"action": "tool_call", "tool": "modify_order", "input": input, "output": "done"}));
        }
    }
    serde_json::json!({"agent_id": format!("agent-{}", index % 3), "output": "done", "trace": {"steps": steps}}).to_string()
}

criterion_group!(benches, one_trace, beside_others, whole_command);
criterion_main!(benches);
