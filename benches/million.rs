//! A store of a million runs: what opening it, filters, orders, pages, sessions and names cost, in how much memory, beside their limits.
//!
//! `cargo bench --bench million [-- --rebuild] [RUNS]`. The store is built once, under the target folder, and used again. Times are the median
//! of some; what was first in a process is told apart where it matters. The limits are for a million.
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
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        facts::{Anchor, Cancel, Facts, NameKind, RowQuery, RowWindow, SessionQuery},
        options::{EngineOptions, StorePlace},
    },
    model::{clock::SystemClock, ids::Sequence},
    query::Filter,
    workbench::runtime::screen_loop::Sources,
};
use futures_util::stream;
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

#[path = "support/million_store.rs"]
mod million_store;
#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;
#[path = "support/trace_body.rs"]
#[allow(dead_code)]
mod trace_body;

/// As the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: u64 = 1_000_000;
const SIZE: (u16, u16) = (160, 48);

/// Limits.
const KEY: Duration = Duration::from_millis(16);
const SCREEN: Duration = Duration::from_millis(50);
const OPEN: Duration = Duration::from_millis(200);
const ALL: Duration = Duration::from_secs(1);
const MEMORY_MB: u64 = 250;

const FILTERS: [&str; 7] = [
    "agent:refund-bot",
    "is:failed cost>0.01",
    "tool:run_sql took>4s",
    "model:claude* -project:shop tokens>3k",
    "agent:nobody",
    "\"timed out\"",
    "pattern:tool.timeout | score<20",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runs = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(RUNS);
    let path = place(runs);
    if arguments.iter().any(|argument| argument == "--build") {
        return build(&path, runs);
    }
    if arguments.iter().any(|argument| argument == "--rebuild") || !path.exists() {
        // In a process of its own, so that what it took is not in the figures.
        let built = Command::new(std::env::current_exe().unwrap()).args(["--build", &runs.to_string()]).status().unwrap();
        assert!(built.success());
    }
    // A store of an earlier version is led to today's, once.
    close(&Engine::open(EngineOptions::new(StorePlace::Path(path.clone()))).unwrap());
    workbench(&path);
    filters(&path);
    let engine = Engine::open(EngineOptions::new(StorePlace::Path(path))).unwrap();
    pages(&engine, runs);
    given_up(&engine);
    orders(&engine);
    bodies(&engine);
    sessions(&engine);
    for (name, key) in [("VmRSS", "memory in use"), ("VmHWM", "memory at most")] {
        let megabytes = memory(name) >> 20;
        println!("{key:<58}{megabytes:>9} MB   {}", if megabytes <= MEMORY_MB { "within" } else { "OVER" }.to_owned() + " 250 MB");
    }
    close(&engine);
}

fn close(engine: &Engine) {
    Runtime::new().unwrap().block_on(engine.close()).unwrap();
}

/// One line of the report.
fn say(name: &str, took: Duration, limit: Option<Duration>, found: &str) {
    let verdict = limit.map_or_else(String::new, |limit| format!("{} {limit:?}", if took <= limit { "within" } else { "OVER" }));
    println!("{name:<58}{:>12}   {verdict:<14} {found}", format!("{took:.2?}"));
}

/// The median of five.
fn time(engine: &Engine, name: &str, limit: Option<Duration>, question: &dyn Fn(&Facts) -> String) {
    let mut times: Vec<(Duration, String)> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            let found = question(&engine.facts().unwrap());
            (begun.elapsed(), found)
        })
        .collect();
    times.sort_unstable();
    say(name, times[2].0, limit, &times[2].1);
}

fn told(window: &RowWindow) -> String {
    format!("{} rows, {:?}", window.rows.len(), window.total)
}

/// From opening the store until the screen stands and nothing more is drawn.
fn workbench(path: &Path) {
    let network = Builder::new_multi_thread().enable_all().build().unwrap();
    let begun = Instant::now();
    let engine = Engine::open(EngineOptions::new(StorePlace::Path(path.to_path_buf()))).unwrap();
    say("open: the store", begun.elapsed(), Some(OPEN), "");
    let handle = network.handle().clone();
    let shown = engine.clone();
    let frames = thread::spawn(move || {
        let own = Builder::new_current_thread().enable_all().build().unwrap();
        let frames: Rc<RefCell<Vec<(Duration, bool)>>> = Rc::default();
        let noted = Rc::clone(&frames);
        let stage = screen::TestStage::new(&Rc::new(Cell::new(SIZE)), move |buffer| {
            let has_rows = million_store::AGENTS.iter().any(|agent| screen::text(buffer).contains(agent));
            noted.borrow_mut().push((begun.elapsed(), has_rows));
        });
        own.block_on(async {
            let (mut screen, _held, queue) = screen::screen_loop(&shown, handle, stage, Arc::new(SystemClock));
            let sources = Sources { input: stream::pending(), signals: std::future::pending(), queue };
            assert!(timeout(Duration::from_secs(2), screen.run(sources)).await.is_err(), "the loop ended");
        });
        frames.take()
    });
    let frames = frames.join().unwrap();
    say("open: first frame", frames[0].0, Some(OPEN), "");
    let rows = frames.iter().find(|(_, has_rows)| *has_rows).expect("no rows were drawn");
    say("open: runs on the screen", rows.0, Some(OPEN), "");
    say("open: last answer drawn", frames[frames.len() - 1].0, None, "");
    network.block_on(engine.close()).unwrap();
}

fn pages(engine: &Engine, runs: u64) {
    let page = |anchor, facts: &Facts| told(&facts.rows(&RowQuery { anchor, before: 60, after: 120, filter: None }).unwrap());
    time(engine, "page: newest", Some(KEY), &|facts| page(Anchor::Newest, facts));
    time(engine, "page: oldest", Some(KEY), &|facts| page(Anchor::Oldest, facts));
    let mut numbers = trace_body::Numbers::new(5);
    let places: Vec<u64> = (0..200).map(|_| 1 + numbers.below(runs)).collect();
    let each = |name: &str, question: &dyn Fn(&Facts, u64)| {
        let mut times: Vec<Duration> = Vec::new();
        for place in &places {
            let begun = Instant::now();
            question(&engine.facts().unwrap(), *place);
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        say(name, times[times.len() - 1], Some(KEY), &format!("the slowest of {}; half took {:.2?}", times.len(), times[times.len() / 2]));
    };
    each("page: anywhere", &|facts, place| drop(page(Anchor::At(Sequence(place)), facts)));
    each("a trace, anywhere", &|facts, place| drop(facts.trace(Sequence(place)).unwrap().unwrap()));
    time(engine, "overview", Some(KEY), &|facts| format!("{} runs", facts.overview().unwrap().traces));
}

fn filters(path: &Path) {
    for text in FILTERS {
        let (mut firsts, mut wholes, mut again) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = String::new();
        for _ in 0..3 {
            // Each time with an engine that remembers nothing.
            let engine = Engine::open(EngineOptions::new(StorePlace::Path(path.to_path_buf()))).unwrap();
            let filter = Filter::parse(text, engine.now()).unwrap();
            let query = RowQuery { anchor: Anchor::Newest, before: 0, after: 120, filter: Some(&filter) };
            let search = |first: &mut dyn FnMut()| engine.facts().unwrap().search(&query, &Cancel::default(), &mut |_| first()).unwrap();
            let begun = Instant::now();
            let mut first = None;
            let last = search(&mut || {
                first.get_or_insert(begun.elapsed());
            });
            wholes.push(begun.elapsed());
            firsts.push(first.unwrap_or(begun.elapsed()));
            let begun = Instant::now();
            assert_eq!(search(&mut || {}).rows, last.rows);
            again.push(begun.elapsed());
            found = told(&last);
            close(&engine);
        }
        for times in [&mut firsts, &mut wholes, &mut again] {
            times.sort_unstable();
        }
        say(&format!("first screen: {text}"), firsts[1], Some(SCREEN), "");
        say(&format!("all counted:  {text}"), wholes[1], Some(ALL), &found);
        say(&format!("asked again:  {text}"), again[1], Some(KEY), "");
    }
}

fn given_up(engine: &Engine) {
    let cancelled = |text: &str| {
        let filter = Filter::parse(text, engine.now()).unwrap();
        let cancel = Cancel::default();
        let (facts, theirs) = (engine.facts().unwrap(), cancel.clone());
        let counting = thread::spawn(move || {
            let counted = facts.count(&filter, &theirs, &mut |_| {}).unwrap();
            (Instant::now(), counted.searched)
        });
        thread::sleep(Duration::from_millis(60));
        let begun = Instant::now();
        cancel.cancel();
        let (ended, searched) = counting.join().unwrap();
        say(&format!("given up: {text}"), ended.saturating_duration_since(begun), Some(KEY), &format!("after {searched} rows"));
    };
    cancelled("agent:nobody-else");
    cancelled("text:nowhere");
}

fn orders(engine: &Engine) {
    let page = |text: &str, anchor, facts: &Facts| {
        let filter = Filter::parse(text, facts.now()).unwrap();
        let query = RowQuery { anchor, before: 60, after: 120, filter: Some(&filter) };
        facts.search(&query, &Cancel::default(), &mut |_| {}).unwrap()
    };
    for text in ["sort:-time", "sort:time"] {
        time(engine, text, Some(KEY), &|facts| told(&page(text, Anchor::Newest, facts)));
        let below = page(text, Anchor::Newest, &engine.facts().unwrap()).rows[100].sequence;
        time(engine, &format!("{text}, further down"), Some(KEY), &|facts| told(&page(text, Anchor::At(below), facts)));
    }
    for text in ["sort:-cost", "sort:-took is:failed"] {
        let begun = Instant::now();
        let first = page(text, Anchor::Newest, &engine.facts().unwrap());
        say(text, begun.elapsed(), Some(ALL), &told(&first));
        let below = first.rows[100].sequence;
        time(engine, &format!("{text}, further down"), Some(KEY), &|facts| told(&page(text, Anchor::At(below), facts)));
    }
    time(engine, "sort:informative", Some(SCREEN), &|facts| told(&page("sort:informative", Anchor::Newest, facts)));
}

/// Searches that read bodies: soon some results, then all of them.
fn bodies(engine: &Engine) {
    for text in ["text:thanks", "text:zyzzyva", "text:köln agent:claims", "text:\"not in any body\""] {
        let filter = Filter::parse(text, engine.now()).unwrap();
        let query = RowQuery { anchor: Anchor::Newest, before: 0, after: 120, filter: Some(&filter) };
        let begun = Instant::now();
        let mut first = None;
        let last = engine.facts().unwrap().search(&query, &Cancel::default(), &mut |window| {
            if !window.rows.is_empty() {
                first.get_or_insert(begun.elapsed());
            }
        });
        let whole = begun.elapsed();
        if let Some(first) = first {
            say(&format!("first results: {text}"), first, None, "");
        }
        say(&format!("all searched:  {text}"), whole, None, &told(&last.unwrap()));
    }
}

fn sessions(engine: &Engine) {
    let page = |text: Option<&str>, facts: &Facts, first: &mut dyn FnMut()| {
        let filter = text.map(|text| Filter::parse(text, facts.now()).unwrap());
        let query = SessionQuery { anchor: Anchor::Newest, before: 0, after: 60, filter: filter.as_ref() };
        let page = facts.sessions(&query, &Cancel::default(), &mut |_| first()).unwrap();
        format!("{} sessions of {}{}", page.sessions.len(), if page.exact { "" } else { "at least " }, page.total)
    };
    time(engine, "sessions: newest", Some(KEY), &|facts| page(None, facts, &mut || {}));
    for text in ["is:failed", "agent:night-shift cost>0.3"] {
        let begun = Instant::now();
        let mut first = None;
        let found = page(Some(text), &engine.facts().unwrap(), &mut || {
            first.get_or_insert_with(|| begun.elapsed());
        });
        let whole = begun.elapsed();
        say(&format!("sessions, first screen: {text}"), first.unwrap_or(whole), Some(SCREEN), "");
        say(&format!("sessions, all counted: {text}"), whole, Some(ALL), &found);
    }
    for kind in [NameKind::Agent, NameKind::Project, NameKind::Session, NameKind::Model, NameKind::Tool] {
        time(engine, &format!("names: {kind:?}"), Some(KEY), &|facts| format!("{} names", facts.names(kind, 500).unwrap().len()));
    }
}

/// Where the store is.
fn place(runs: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("million");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{runs}.redb"))
}

fn build(path: &Path, runs: u64) {
    let unfinished = path.with_extension("unfinished");
    let _ = std::fs::remove_file(&unfinished);
    eprintln!("building a store of {runs} runs ...");
    let took = million_store::build(&unfinished, runs);
    std::fs::rename(&unfinished, path).unwrap();
    eprintln!("built in {took:.1?}: {} MB", std::fs::metadata(path).unwrap().len() >> 20);
}

/// A figure of the process's memory, in bytes; 0 where the system does not tell.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) << 10
}
