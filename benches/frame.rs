//! What a frame costs on the screen's thread: 160x48, all panes filled from a store of 100,000 traces. The panes' questions are answered on
//! another thread and are no part of it.
//!
//! `cargo bench --bench frame`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::{cell::Cell, io, rc::Rc, sync::Arc, time::Duration};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::clock::{Clock, SystemClock},
    workbench::{
        draw::screen as drawing,
        message::Msg,
        panes::PANES,
        runtime::{
            screen_loop::{Content, Envelope, ScreenLoop},
            stage::Stage,
        },
        update::update,
    },
};
use criterion::{Criterion, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, buffer::Buffer, layout::Rect};
use tokio::{runtime::Runtime, sync::mpsc, time::timeout};

#[path = "support/long_trace.rs"]
mod long_trace;
#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;
#[path = "support/trace_body.rs"]
mod trace_body;
use screen::{TestStage, fill, screen_loop};

const TRACES: u64 = 100_000;
const STEPS: u64 = 30_000;
const SIZE: (u16, u16) = (160, 48);
/// The answers are all there when none has come for so long.
const QUIET: Duration = Duration::from_secs(2);

/// The loop with its steps taken by hand.
struct Desk {
    screen: ScreenLoop<TestStage>,
    queue: mpsc::Receiver<Envelope>,
    runtime: Runtime,
}

impl Desk {
    fn new() -> Self {
        Self::with(|runtime, engine| runtime.block_on(fill(engine, TRACES, 1 << 10)))
    }

    /// On a store of one run of very many steps, opened.
    fn with_long_trace() -> Self {
        let mut desk = Self::with(|runtime, engine| {
            let body = long_trace::long_trace(STEPS);
            match runtime.block_on(engine.ingest(body.into(), Source::File)) {
                Ingested::Single(result) => assert!(result.is_ok(), "{result:?}"),
                Ingested::Many(items) => panic!("one trace was sent, not {}", items.len()),
            }
        });
        desk.press(KeyCode::Enter);
        desk.settle();
        desk
    }

    fn with(fill: impl FnOnce(&Runtime, &Engine)) -> Self {
        let runtime = Runtime::new().unwrap();
        let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
        fill(&runtime, &engine);
        let stage = TestStage::new(&Rc::new(Cell::new(SIZE)), |_| {});
        let (mut screen, _, queue) = screen_loop(&engine, runtime.handle().clone(), stage, Arc::new(SystemClock));
        let beat = screen.carrier.present();
        let mut desk = Self { screen, queue, runtime };
        desk.take(Msg::Pulse(beat));
        desk.take(Msg::Resize(SIZE.0, SIZE.1));
        desk.settle();
        desk.key('j');
        desk.settle();
        desk
    }

    fn take(&mut self, msg: Msg) {
        for effect in update(&mut self.screen.workbench, msg, SystemClock.now()) {
            self.screen.carrier.carry(effect);
        }
    }

    fn key(&mut self, key: char) {
        self.press(KeyCode::Char(key));
    }

    fn press(&mut self, key: KeyCode) {
        self.take(Msg::Key(KeyEvent::from(key)));
    }

    /// Takes answers until no more come.
    fn settle(&mut self) {
        while let Ok(Some(envelope)) = self.runtime.block_on(async { timeout(QUIET, self.queue.recv()).await }) {
            self.open(envelope);
        }
    }

    /// Takes the answers that are there.
    fn open_waiting(&mut self) {
        while let Ok(envelope) = self.queue.try_recv() {
            self.open(envelope);
        }
    }

    fn open(&mut self, envelope: Envelope) {
        if let Content::Msg(msg) = envelope.content {
            self.take(msg);
        }
    }

    fn draw(&mut self) {
        let workbench = &self.screen.workbench;
        self.screen.stage.draw(&mut |frame| drawing::draw(workbench, SystemClock.now(), frame)).unwrap();
    }

    fn shown(&self) -> String {
        let area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let mut buffer = Buffer::empty(area);
        drawing::paint(&self.screen.workbench, SystemClock.now(), area, &mut buffer);
        screen::text(&buffer)
    }
}

fn frames(criterion: &mut Criterion) {
    let mut desk = Desk::new();
    let shown = desk.shown();
    assert!(
        shown.contains("100,000 traces") && shown.contains("refund-bot") && shown.contains("issue_refund"),
        "panes are empty:\n{shown}"
    );
    let mut group = criterion.benchmark_group("frame 160x48");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group.bench_function("all panes", |bench| bench.iter(|| desk.draw()));
    group.bench_function("all panes, every cell anew", |bench| {
        bench.iter(|| {
            desk.screen.stage.forget().unwrap();
            desk.draw();
        });
    });
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(io::sink()), options).unwrap();
    group.bench_function("all panes, every cell anew, encoded for a terminal", |bench| {
        bench.iter(|| {
            // Swapping once more leaves two empty buffers: everything that is not blank differs from what was there.
            terminal.swap_buffers();
            terminal.draw(|frame| drawing::draw(&desk.screen.workbench, SystemClock.now(), frame)).map(|_| ()).unwrap();
        });
    });
    let mut down = false;
    group.bench_function("a key and its frame", |bench| {
        bench.iter(|| {
            down = !down;
            desk.key(if down { 'j' } else { 'k' });
            desk.draw();
            desk.open_waiting();
        });
    });
    for registration in PANES {
        desk.key(char::from(b'0' + registration.spec.digit));
        desk.key('z');
        desk.settle();
        group.bench_function(format!("zoomed: {}", registration.spec.title), |bench| bench.iter(|| desk.draw()));
        desk.key('z');
    }
    group.finish();
}

/// One run of 30,000 steps, in every view: the frame alone, and every kind of key with its frame.
fn long_trace(criterion: &mut Criterion) {
    let mut desk = Desk::with_long_trace();
    desk.key('z');
    desk.settle();
    let mut group = criterion.benchmark_group("trace of 30,000 steps, 160x48");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20);
    for (name, shows) in [
        ("waterfall", "waterfall"),
        ("tree", "· tree"),
        ("conversation", "conversation"),
        ("JSON", "JSON"),
        ("attributes", "attributes"),
        ("as sent", "as sent"),
    ] {
        desk.settle();
        let shown = desk.shown();
        assert!(shown.contains(shows) && shown.contains("order-checker"), "{name} is not shown:\n{shown}");
        group.bench_function(format!("{name}: a frame"), |bench| bench.iter(|| desk.draw()));
        // There and back again, so that every round begins alike.
        for (what, keys) in [
            ("down and up", "jk"),
            ("last and first", "Gg"),
            ("fold and unfold", "hl"),
            ("fold and unfold all", "()"),
            ("next and previous wrong step or match", "nN"),
            ("order of time and back", "oo"),
        ] {
            group.bench_function(format!("{name}: {what}, a key and its frame"), |bench| {
                let mut keys = keys.chars().cycle();
                bench.iter(|| {
                    desk.key(keys.next().unwrap_or('j'));
                    desk.draw();
                });
            });
        }
        desk.key('v');
    }
    desk.key('/');
    for letter in "A-0290".chars() {
        desk.key(letter);
    }
    group.bench_function("search in the waterfall: a letter and its frame", |bench| {
        let mut keys = [KeyCode::Char('1'), KeyCode::Backspace].into_iter().cycle();
        bench.iter(|| {
            desk.press(keys.next().unwrap_or(KeyCode::Backspace));
            desk.draw();
        });
    });
    group.finish();
}

criterion_group!(benches, long_trace, frames);
criterion_main!(benches);
