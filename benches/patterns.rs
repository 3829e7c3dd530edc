//! How many failures a second are given their pattern: known messages, known ones with other values, and messages that are all different.
//!
//! `cargo bench --bench patterns`; the last line is the peak of memory, after a million distinct messages.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::{fs, hint::black_box, time::Instant};

use arc_eval_tui::{analysis::patterns::Miner, model::failure::FailureCode};
use criterion::{BatchSize, Criterion, Throughput};

/// Numbers that look random, the same every time.
fn noise(n: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64(&n.to_le_bytes())
}

/// A word of letters.
fn word(n: u64) -> String {
    (0..4 + n % 5).map(|at| char::from(b'a' + (noise(n * 16 + at) % 26) as u8)).collect()
}

/// Messages of the same few templates, each with values of its own.
fn with_values(count: u64) -> Vec<String> {
    let order = |n: u64| match n % 4 {
        0 => format!("order A-{} not found", noise(n) % 100_000),
        1 => format!("HTTPSConnectionPool(host='api.example', port=443): Read timed out. (read timeout={})", noise(n) % 60),
        2 => format!("Key (id)=({}) already exists in table {}", noise(n), word(n % 40)),
        _ => format!("[Errno 2] No such file or directory: '/data/{}.csv'", word(n)),
    };
    (0..count).map(order).collect()
}

/// Messages of which no two have anything in common but their form.
fn all_different(count: u64) -> Vec<String> {
    (0..count).map(|n| (0..12).map(|at| word(noise(n * 12 + at) % 50_000)).collect::<Vec<_>>().join(" ")).collect()
}

fn mine(miner: &mut Miner, messages: &[String]) {
    for message in messages {
        black_box(miner.assign(FailureCode::ToolError, Some("lookup"), None, message).fingerprint);
    }
}

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("patterns");
    for (name, messages) in [("values", with_values(2_000)), ("different", all_different(2_000))] {
        group.throughput(Throughput::Elements(messages.len() as u64));
        group.bench_function(name, |bencher| bencher.iter_batched_ref(Miner::new, |miner| mine(miner, &messages), BatchSize::SmallInput));
        let mut known = Miner::new();
        mine(&mut known, &messages);
        group.bench_function(format!("{name}, known"), |bencher| bencher.iter(|| mine(&mut known, &messages)));
    }
    group.finish();
}

/// Peak of this process's memory in kilobytes, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    throughput(&mut criterion);
    criterion.final_summary();
    let before = peak();
    let mut miner = Miner::new();
    let start = Instant::now();
    for part in 0..1_000_u64 {
        let messages: Vec<String> =
            (0..1_000).map(|n| (0..12).map(|at| word(noise((part * 1_000 + n) * 12 + at))).collect::<Vec<_>>().join(" ")).collect();
        for (n, message) in messages.iter().enumerate() {
            black_box(miner.assign(FailureCode::ToolError, Some(["a", "b", "c", "d"][n % 4]), None, message).fingerprint);
        }
    }
    println!("a million distinct messages: {:?}, {} patterns, peak of memory {before:?} to {:?} kB", start.elapsed(), miner.len(), peak());
}
