//! The fetch threads: they answer the panes' questions from the engine, away from the screen. One question a slot waits; the newest wins,
//! and the one before it is given up.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::mpsc;

use super::{
    answers,
    screen_loop::{Content, Envelope},
};
use crate::{
    engine::{Engine, facts::Cancel},
    repair::project::Projects,
    workbench::{
        message::{Msg, Slot},
        need::{Arrived, Ask},
    },
};

/// Threads that answer. One of them never searches, so that opening a trace does not wait for a search.
const THREADS: usize = 3;
const SEARCHES_MOST: usize = THREADS - 1;

/// A question that waits.
struct Waiting {
    order: u64,
    engine: Engine,
    projects: Projects,
    stay: u64,
    generation: u64,
    ask: Ask,
}

/// A question that is being answered.
struct Running {
    cancel: Cancel,
    search: bool,
}

/// The questions, at most one a slot waiting and one being answered.
#[derive(Default)]
struct Board {
    waiting: BTreeMap<Slot, Waiting>,
    running: BTreeMap<Slot, Running>,
    asked: u64,
    closed: bool,
}

impl Board {
    /// The question that has waited longest of those that may be answered now, and the flag by which it is given up.
    fn next(&mut self) -> Option<(Slot, Waiting, Cancel)> {
        let searches = self.running.values().filter(|running| running.search).count();
        let may_start =
            |slot: &Slot, waiting: &Waiting| !self.running.contains_key(slot) && (!waiting.ask.is_search() || searches < SEARCHES_MOST);
        let startable = self.waiting.iter().filter(|(slot, waiting)| may_start(slot, waiting));
        let slot = *startable.min_by_key(|(_, waiting)| waiting.order)?.0;
        let waiting = self.waiting.remove(&slot)?;
        let cancel = Cancel::default();
        self.running.insert(slot, Running { cancel: cancel.clone(), search: waiting.ask.is_search() });
        Some((slot, waiting, cancel))
    }

    fn give_up(&self, slot: Slot) {
        if let Some(running) = self.running.get(&slot) {
            running.cancel.cancel();
        }
    }
}

/// The board and the bell that rings when it has changed.
#[derive(Default)]
struct Desk {
    board: Mutex<Board>,
    bell: Condvar,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands questions to the fetch threads, which end when this is dropped.
pub(super) struct Fetcher {
    desk: Arc<Desk>,
}

impl Fetcher {
    /// Starts the threads; `edits` is the folder of edited scenarios.
    pub(super) fn start(edits: PathBuf, queue: mpsc::Sender<Envelope>) -> io::Result<Self> {
        let desk = Arc::new(Desk::default());
        for _ in 0..THREADS {
            let (theirs, edits, queue) = (Arc::clone(&desk), edits.clone(), queue.clone());
            thread::Builder::new().name("fetch".to_owned()).spawn(move || run(&theirs, &edits, &queue))?;
        }
        Ok(Self { desk })
    }

    /// Asks; a question of the same slot that still waits is replaced, and keeps its place in the line. One that is being answered is given
    /// up.
    pub(super) fn ask(&self, engine: &Engine, projects: Projects, stay: u64, slot: Slot, generation: u64, ask: Ask) {
        let mut board = self.desk.lock();
        board.asked += 1;
        let order = board.waiting.get(&slot).map_or(board.asked, |waiting| waiting.order);
        board.waiting.insert(slot, Waiting { order, engine: engine.clone(), projects, stay, generation, ask });
        board.give_up(slot);
        self.desk.bell.notify_all();
    }

    /// The answer to a slot's question is not wanted any more.
    pub(super) fn give_up(&self, slot: Slot) {
        let mut board = self.desk.lock();
        board.waiting.remove(&slot);
        board.give_up(slot);
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        let mut board = self.desk.lock();
        board.closed = true;
        board.running.values().for_each(|running| running.cancel.cancel());
        self.desk.bell.notify_all();
    }
}

fn run(desk: &Desk, edits: &Path, queue: &mpsc::Sender<Envelope>) {
    loop {
        let (slot, waiting, cancel) = {
            let mut board = desk.lock();
            loop {
                if board.closed {
                    return;
                }
                if let Some(next) = board.next() {
                    break next;
                }
                board = desk.bell.wait(board).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let Waiting { engine, projects, stay, generation, ask, .. } = waiting;
        let send = |answer: Result<Arrived, String>| {
            // What is not wanted is not sent; and when the loop has ended, nothing is.
            let sent = cancel.is_cancelled()
                || queue.blocking_send(Envelope::during(stay, Content::Msg(Msg::Arrived { slot, generation, answer }))).is_ok();
            if !sent {
                cancel.cancel();
            }
        };
        let answer = answers::answer(&engine, (&projects, edits), &ask, &cancel, &mut |part| send(Ok(part)));
        send(answer.map_err(|error| error.to_string()));
        desk.lock().running.remove(&slot);
        desk.bell.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{
        engine::options::{EngineOptions, StorePlace},
        workbench::pane::PaneId,
    };

    fn put(board: &mut Board, engine: &Engine, slot: Slot, ask: Ask) {
        board.asked += 1;
        let waiting = Waiting { order: board.asked, engine: engine.clone(), projects: Projects::none(), stay: 0, generation: 1, ask };
        board.waiting.insert(slot, waiting);
    }

    #[test]
    fn searches_leave_a_thread_to_what_is_quick_and_a_slot_has_one_answer_in_the_making() {
        let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
        let mut board = Board::default();
        let count = || Ask::Count("text:refund".to_owned());
        let pane = |name| Slot::Pane(PaneId(name));
        for name in ["a", "b", "c"] {
            put(&mut board, &engine, pane(name), count());
        }
        put(&mut board, &engine, Slot::Status, Ask::Overview);
        let mut started = || board.next().map(|(slot, ..)| slot);
        assert_eq!((started(), started()), (Some(pane("a")), Some(pane("b"))));
        assert_eq!(started(), Some(Slot::Status), "a third search would take the last thread");
        assert_eq!(started(), None);
        put(&mut board, &engine, pane("a"), Ask::Overview);
        assert!(board.next().is_none(), "its answer before is still in the making");
        board.give_up(pane("a"));
        assert!(board.running[&pane("a")].cancel.is_cancelled());
        board.running.remove(&pane("a"));
        assert_eq!(board.next().map(|(slot, ..)| slot), Some(pane("c")), "it has waited longest");
        assert_eq!(board.next().map(|(slot, ..)| slot), Some(pane("a")));
    }
}
