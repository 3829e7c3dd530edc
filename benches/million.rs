//! A store of a million runs: what filters, orders, pages, sessions and names cost on it, and in how much memory.
//!
//! `cargo bench --bench million [-- --rebuild] [RUNS]`. The store is built once, under the target folder, and used again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub
)]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        facts::{Anchor, Cancel, Facts, RowQuery},
        options::{EngineOptions, StorePlace},
    },
    model::ids::Sequence,
    query::Filter,
};

#[path = "support/million_store.rs"]
mod million_store;
#[path = "support/trace_body.rs"]
#[allow(dead_code)]
mod trace_body;

/// As the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: u64 = 1_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runs = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(RUNS);
    let path = store(runs, arguments.iter().any(|argument| argument == "--rebuild"));
    if arguments.iter().any(|argument| argument == "--build") {
        return;
    }
    let begun = Instant::now();
    let engine = Engine::open(EngineOptions::new(StorePlace::Path(path))).unwrap();
    println!("open {:?}", begun.elapsed());
    let rss = || resident() >> 20;
    println!("rss {} MB", rss());
    let now = engine.now();
    let filter = |text: &str| Filter::parse(text, now).unwrap();
    let time = |name: &str, question: &dyn Fn(&Facts) -> String| {
        let mut times: Vec<(Duration, String)> = (0..3)
            .map(|_| {
                let begun = Instant::now();
                let said = question(&engine.facts().unwrap());
                (begun.elapsed(), said)
            })
            .collect();
        times.sort_unstable();
        println!("{name:<40}{:>10.2?} (worst {:.2?})  {}", times[1].0, times[2].0, times[1].1);
    };
    time("overview", &|facts| format!("{:?}", facts.overview().unwrap().traces));
    let page = |anchor, filter: Option<&Filter>, facts: &Facts| {
        let window = facts.rows(&RowQuery { anchor, before: 60, after: 120, filter }).unwrap();
        format!("{} rows of {:?}", window.rows.len(), window.total)
    };
    time("page at the top", &|facts| page(Anchor::Newest, None, facts));
    time("page in the middle", &|facts| page(Anchor::At(Sequence(runs / 2)), None, facts));
    for text in ["agent:refund-bot", "is:failed cost>0.01", "tool:run_sql took>4s", "agent:nobody", "timed out"] {
        let only = filter(text);
        time(&format!("first screen  {text}"), &|facts| page(Anchor::Newest, Some(&only), facts));
        time(&format!("counted  {text}"), &|facts| format!("{:?}", facts.count(&only, &Cancel::default(), &mut |_| {}).unwrap()));
    }
    time("a trace", &|facts| format!("{}", facts.trace(Sequence(runs / 3)).unwrap().unwrap().trace.steps.len()));
    println!("rss {} MB", rss());
}

/// The store's file, built if it is not there yet.
fn store(runs: u64, rebuild: bool) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("million");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{runs}.redb"));
    if rebuild || !path.exists() {
        let unfinished = folder.join("unfinished.redb");
        let _ = std::fs::remove_file(&unfinished);
        eprintln!("building a store of {runs} runs ...");
        let took = million_store::build(&unfinished, runs);
        std::fs::rename(&unfinished, &path).unwrap();
        eprintln!("built in {took:.1?}: {} MB", std::fs::metadata(&path).unwrap().len() >> 20);
    }
    path
}

/// Memory in use by the process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) << 10
}
