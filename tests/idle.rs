//! When the workbench draws: never while nothing happens, at once after a key, else at most thirty times a second. The real loop, questions
//! answered by a real engine; time stands still but for what the tests and the loop's own timers wait for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    cell::{Cell, RefCell},
    future::{Future, pending},
    io,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
    },
    model::{
        clock::{Clock, SystemClock},
        ids::Sequence,
        time::Timestamp,
    },
    workbench::{
        message::{Beat, Msg},
        runtime::screen_loop::{Envelope, Sources},
    },
};
use crossterm::event::{Event, KeyCode, KeyEvent};
use futures_util::stream;
use tokio::{
    runtime::Handle,
    sync::mpsc,
    time::{Instant, sleep},
};

#[path = "../benches/support/screen.rs"]
#[allow(dead_code, unreachable_pub)]
mod screen;
#[path = "../benches/support/trace_body.rs"]
#[allow(dead_code, unreachable_pub)]
mod trace_body;
use screen::{TestStage, fill, screen_loop, text};

/// The clock that the timers go by.
struct TimersClock {
    began: Instant,
    at: Timestamp,
}

impl Clock for TimersClock {
    fn now(&self) -> Timestamp {
        self.at.plus(self.began.elapsed())
    }
}

/// Somebody at the workbench: types, waits, looks.
#[derive(Clone)]
struct Reader {
    engine: Engine,
    keys: mpsc::Sender<Event>,
    queue: mpsc::Sender<Envelope>,
    size: Rc<Cell<(u16, u16)>>,
    frames: Rc<Cell<u64>>,
    shown: Rc<RefCell<String>>,
}

impl Reader {
    async fn press(&self, key: char) {
        self.keys.send(Event::Key(KeyEvent::from(KeyCode::Char(key)))).await.unwrap();
    }

    /// Waits without letting time pass until there is another frame than the `before`th.
    async fn next_frame(&self, before: u64) {
        for _ in 0..1_000 {
            if self.frames.get() > before {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("no frame was drawn");
    }

    /// Waits until nothing has been drawn for ten seconds of the timers' time, in which answers got a second of real time to come.
    async fn rest(&self) {
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        let (mut frames, mut quiet) = (self.frames.get(), 0);
        while quiet < 100 {
            assert!(std::time::Instant::now() < deadline, "it never came to rest: {} frames", self.frames.get());
            sleep(Duration::from_millis(100)).await;
            std::thread::sleep(Duration::from_millis(10));
            quiet = if self.frames.get() == frames { quiet + 1 } else { 0 };
            frames = self.frames.get();
        }
    }
}

/// Runs the loop on a store of 300 traces until the script ends.
async fn with_workbench<F: Future<Output = ()>>(script: impl FnOnce(Reader) -> F) {
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    fill(&engine, 300, 1 << 10).await;
    let (size, frames, shown) = (Rc::new(Cell::new((160, 48))), Rc::<Cell<u64>>::default(), Rc::<RefCell<String>>::default());
    let (counted, kept) = (Rc::clone(&frames), Rc::clone(&shown));
    let stage = TestStage::new(&size, move |buffer| {
        counted.set(counted.get() + 1);
        *kept.borrow_mut() = text(buffer);
    });
    let clock = Arc::new(TimersClock { began: Instant::now(), at: SystemClock.now() });
    let (mut screen, queue, waiting) = screen_loop(&engine, Handle::current(), stage, clock);
    let (keys, mut typed) = mpsc::channel(16);
    let input = stream::poll_fn(move |context| typed.poll_recv(context).map(|event| event.map(io::Result::Ok)));
    let reader = Reader { engine: engine.clone(), keys, queue, size, frames, shown };
    tokio::select! {
        ended = screen.run(Sources { input, signals: pending(), queue: waiting }) => panic!("the loop ended by itself: {ended:?}"),
        () = script(reader) => {}
    }
    engine.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_idle_workbench_draws_nothing() {
    with_workbench(async |reader| {
        reader.rest().await;
        assert!(reader.shown.borrow().contains("300 traces"), "{}", reader.shown.borrow());
        let drawn = reader.frames.get();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(reader.frames.get(), drawn, "frames in ten seconds in which nothing happened");

        // News keeps it lively for a while: the row, the figures, the falling rate. Then it is at rest again.
        reader.engine.ingest(trace_body::trace_body(300, 1 << 10).into(), Source::Http).await;
        reader.rest().await;
        assert!(reader.shown.borrow().contains("301 traces"), "{}", reader.shown.borrow());
        assert!(reader.frames.get() > drawn);
        let drawn = reader.frames.get();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(reader.frames.get(), drawn, "frames in ten seconds after the news had settled");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_news_draws_thirty_frames_a_second() {
    const NEWS: u64 = 10_000;
    const TOGETHER: u64 = 5;
    with_workbench(async |reader| {
        reader.rest().await;
        let (drawn, began) = (reader.frames.get(), Instant::now());
        for commits in 1..=NEWS {
            let beat = Beat { commits: 1_000 + commits, traces: 300 + commits, last: Some(Sequence(300 + commits)), ..Beat::default() };
            reader.queue.send(Envelope::always(Msg::Pulse(beat))).await.unwrap();
            if commits % TOGETHER == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
        let (drawn, seconds) = (reader.frames.get() - drawn, began.elapsed().as_secs_f64());
        let most = (seconds * 30.4).ceil() as u64 + 1;
        assert!((20.0 * seconds) as u64 <= drawn && drawn <= most, "{drawn} frames in {seconds:.2} s");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_key_does_not_wait_for_the_next_frame() {
    with_workbench(async |reader| {
        reader.rest().await;
        // A frame that no key asked for, so that the next such one would be a 30th of a second away.
        let drawn = reader.frames.get();
        let beat = Beat { commits: 1_000, traces: 301, last: Some(Sequence(301)), ..Beat::default() };
        reader.queue.send(Envelope::always(Msg::Pulse(beat))).await.unwrap();
        reader.next_frame(drawn).await;

        let (drawn, pressed) = (reader.frames.get(), Instant::now());
        reader.press('?').await;
        reader.next_frame(drawn).await;
        assert_eq!(pressed.elapsed(), Duration::ZERO);
        assert!(reader.shown.borrow().contains("Help: Live stream"), "the frame shows what the key did:\n{}", reader.shown.borrow());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_resize_draws_the_whole_new_size_at_once() {
    with_workbench(async |reader| {
        reader.rest().await;
        for (columns, rows) in [(100, 30), (60, 16), (30, 5), (160, 48)] {
            let (drawn, asked) = (reader.frames.get(), Instant::now());
            reader.size.set((columns, rows));
            reader.keys.send(Event::Resize(columns, rows)).await.unwrap();
            reader.next_frame(drawn).await;
            assert_eq!(asked.elapsed(), Duration::ZERO);
            let shown = reader.shown.borrow().clone();
            assert_eq!(shown.lines().count(), usize::from(rows));
            let fits = columns >= 60;
            assert_eq!(shown.contains("Too small"), !fits, "{shown}");
            assert_eq!(shown.lines().last().unwrap().contains("quit"), fits, "the hints stand in the last row:\n{shown}");
        }
    })
    .await;
}
