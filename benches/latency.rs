//! Key to frame on the real loop while traces pour in, and how soon the screen stands after a start; with 100,000 traces stored.
//!
//! `cargo bench --bench latency [-- KEYS]`. The senders run on the same processors. A key counts from the moment it is sent until the
//! end of the first frame that was drawn after the loop took it: what the terminal itself needs is not in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

use std::{
    cell::{Cell, RefCell},
    hint::black_box,
    io,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        error::EngineError,
        facts::{Anchor, Facts, RowQuery},
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
        window::Window,
    },
    model::{clock::SystemClock, cost_report::Breakdown},
    repair::{desk, project::Projects},
    workbench::runtime::screen_loop::{Counts, Sources},
};
use bytes::Bytes;
use crossterm::event::{Event, KeyCode, KeyEvent};
use futures_util::stream;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::mpsc,
    time::timeout,
};

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;
#[path = "support/trace_body.rs"]
mod trace_body;
use screen::{TestStage, fill, screen_loop};
use trace_body::{Numbers, trace_body};

const TRACES: u64 = 100_000;
const SIZE: (u16, u16) = (160, 48);
/// Senders that each wait for their answer, as connections do.
const SENDERS: usize = 16;
/// Moves through the list, the jumps to all panes, zoom there and back.
const KEYS: &[char] = &['j', 'k', 'j', 'j', 'k', '1', '2', '3', '4', '5', '6', '7', '1'];
/// Between two keys, in microseconds: from a held key to a fast typist.
const PAUSES: std::ops::Range<u64> = 2_000..40_000;

fn main() {
    let keys = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000);
    let network = Builder::new_multi_thread().enable_all().build().unwrap();
    let memory = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    network.block_on(fill(&memory, TRACES, 1 << 10));
    println!("{TRACES} traces stored, {}x{}", SIZE.0, SIZE.1);
    answers(&memory);
    let started = start(network.handle(), |_| memory.clone());
    println!("start, in memory          first frame {:>8.1?}   last answer drawn {:>8.1?}", started.first, started.last);
    on_disk(&network);
    for (words, senders) in [("at rest", 0), ("under load", SENDERS)] {
        key_to_frame(&network, &memory, words, senders, keys);
    }
    network.block_on(memory.close()).unwrap();
}

/// How long the questions of the panes take on their own thread, one at a time and at rest: the median of five.
fn answers(engine: &Engine) {
    let time = |name: &str, question: &dyn Fn(&Facts) -> Result<usize, EngineError>| {
        let mut times: Vec<Duration> = (0..5)
            .map(|_| {
                let begun = Instant::now();
                black_box(question(&engine.facts().unwrap()).unwrap());
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("answer: {name:<34}{:>10.2?}", times[2]);
    };
    let rows = RowQuery { anchor: Anchor::Newest, before: 0, after: 100, filter: None };
    time("100 newest rows", &|facts| Ok(facts.rows(&rows)?.rows.len()));
    time("overview", &|facts| Ok(facts.overview()?.agents as usize));
    for window in [Window::Auto, Window::Day, Window::All] {
        time(&format!("agents, {window:?}"), &|facts| Ok(facts.agents(window)?.len()));
        time(&format!("costs by model, {window:?}"), &|facts| Ok(facts.costs(window, Breakdown::Model)?.shares.len()));
    }
    time("failure patterns", &|facts| Ok(facts.patterns(200)?.len()));
    time("scenarios", &|facts| Ok(desk::scenarios(facts, 200)?.len()));
    time("fixes", &|facts| Ok(desk::fixes(facts, &Projects::none(), 50)?.len()));
}

/// From a start.
struct Started {
    first: Duration,
    last: Duration,
}

/// Opens an engine and runs the loop on a thread of its own until nothing more is drawn.
fn start(network: &Handle, open: impl Fn(&Handle) -> Engine + Sync) -> Started {
    thread::scope(|scope| {
        let showing = scope.spawn(|| {
            let own = Builder::new_current_thread().enable_all().build().unwrap();
            let begun = Instant::now();
            let frames: Rc<RefCell<Vec<Duration>>> = Rc::default();
            let noted = Rc::clone(&frames);
            let stage = TestStage::new(&Rc::new(Cell::new(SIZE)), move |_| noted.borrow_mut().push(begun.elapsed()));
            let engine = open(network);
            own.block_on(async {
                let (mut screen, _held, queue) = screen_loop(&engine, network.clone(), stage, Arc::new(SystemClock));
                let sources = Sources { input: stream::pending(), signals: std::future::pending(), queue };
                assert!(timeout(Duration::from_secs(4), screen.run(sources)).await.is_err(), "the loop ended");
            });
            let frames = frames.borrow();
            Started { first: frames[0], last: frames[frames.len() - 1] }
        });
        showing.join().unwrap()
    })
}

/// Start on a store on disk, the opening included.
fn on_disk(network: &Runtime) {
    let folder = tempfile::tempdir().unwrap();
    let place = StorePlace::Path(folder.path().join("store"));
    let engine = Engine::open(EngineOptions::new(place.clone())).unwrap();
    network.block_on(fill(&engine, TRACES, 1 << 10));
    network.block_on(engine.close()).unwrap();
    drop(engine);
    for _ in 0..3 {
        let opened: std::sync::Mutex<Option<(Engine, Duration)>> = std::sync::Mutex::default();
        let started = start(network.handle(), |_| {
            let begun = Instant::now();
            let engine = Engine::open(EngineOptions::new(place.clone())).unwrap();
            *opened.lock().unwrap() = Some((engine.clone(), begun.elapsed()));
            engine
        });
        let (engine, opening) = opened.into_inner().unwrap().unwrap();
        println!(
            "start, on disk            first frame {:>8.1?}   last answer drawn {:>8.1?}   (opening the store {opening:.1?})",
            started.first, started.last
        );
        network.block_on(engine.close()).unwrap();
    }
}

/// Sends keys at random moments while senders post as fast as they are answered.
fn key_to_frame(network: &Runtime, engine: &Engine, words: &str, senders: usize, keys: usize) {
    let (stop, accepted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    // Without an id each is a new trace.
    let body = |index| Bytes::from(trace_body(index, 16 << 10).replace(&format!(r#""trace_id":"bench-{index}","#), ""));
    let bodies: Arc<Vec<Bytes>> = Arc::new((0..256).map(body).collect());
    let posting: Vec<_> = (0..senders)
        .map(|sender| network.spawn(post(engine.clone(), Arc::clone(&bodies), sender, Arc::clone(&stop), Arc::clone(&accepted))))
        .collect();
    let (input, events) = mpsc::channel::<(Instant, Event)>(64);
    let showing = {
        let (engine, network) = (engine.clone(), network.handle().clone());
        thread::spawn(move || show(&engine, network, events))
    };
    let mut numbers = Numbers::new(7);
    let begun = Instant::now();
    let before = accepted.load(Ordering::Relaxed);
    // The panes fill first; keys on an empty list would be too easy.
    thread::sleep(Duration::from_secs(2));
    for index in 0..keys {
        thread::sleep(Duration::from_micros(PAUSES.start + numbers.below(PAUSES.end - PAUSES.start)));
        let key = KEYS[(numbers.below(KEYS.len() as u64) as usize + index) % KEYS.len()];
        input.blocking_send((Instant::now(), Event::Key(KeyEvent::from(KeyCode::Char(key))))).unwrap();
    }
    let rate = (accepted.load(Ordering::Relaxed) - before) as f64 / begun.elapsed().as_secs_f64();
    drop(input);
    let (mut times, counts) = showing.join().unwrap();
    stop.store(true, Ordering::Relaxed);
    for one in posting {
        network.block_on(one).unwrap();
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!(
        "key to frame, {words:<12}p50 {:>8.2?}   p99 {:>8.2?}   max {:>8.2?}   {} keys, {rate:.0} traces/s of 16 KB, {} frames, {} messages",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len(),
        counts.draws,
        counts.messages
    );
}

/// One sender: a trace, its answer, the next.
async fn post(engine: Engine, bodies: Arc<Vec<Bytes>>, first: usize, stop: Arc<AtomicBool>, accepted: Arc<AtomicU64>) {
    for body in bodies.iter().cycle().skip(first * 16) {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        match engine.ingest(body.clone(), Source::Http).await {
            Ingested::Single(Ok(_)) => _ = accepted.fetch_add(1, Ordering::Relaxed),
            // Busy: as a client does, a moment later again.
            _ => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// The screen's thread: the loop on a runtime of its own until the keys end; how long each took, and what was done.
fn show(engine: &Engine, network: Handle, mut events: mpsc::Receiver<(Instant, Event)>) -> (Vec<Duration>, Counts) {
    let own = Builder::new_current_thread().enable_all().build().unwrap();
    let taken: Rc<RefCell<Vec<Instant>>> = Rc::default();
    let times: Rc<RefCell<Vec<Duration>>> = Rc::default();
    let (seen, noted) = (Rc::clone(&taken), Rc::clone(&times));
    let stage = TestStage::new(&Rc::new(Cell::new(SIZE)), move |_| {
        noted.borrow_mut().extend(seen.borrow_mut().drain(..).map(|sent| sent.elapsed()));
    });
    let input = stream::poll_fn(move |context| {
        events.poll_recv(context).map(|event| {
            event.map(|(sent, event)| {
                taken.borrow_mut().push(sent);
                io::Result::Ok(event)
            })
        })
    });
    let counts = own.block_on(async {
        let (mut screen, _held, queue) = screen_loop(engine, network, stage, Arc::new(SystemClock));
        screen.run(Sources { input, signals: std::future::pending(), queue }).await.unwrap();
        screen.counts
    });
    (times.take(), counts)
}
