//! The fetch thread: answers the panes' questions from the engine, away from the screen. One question a pane waits; the newest wins.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use tokio::sync::mpsc;

use super::{
    answers,
    screen_loop::{Content, Envelope},
};
use crate::{
    engine::Engine,
    repair::project::Projects,
    workbench::{
        message::{Msg, Slot},
        need::Ask,
    },
};

/// A question that waits.
struct Waiting {
    order: u64,
    engine: Engine,
    stay: u64,
    generation: u64,
    ask: Ask,
}

/// The questions that wait, at most one a slot.
#[derive(Default)]
struct Board {
    waiting: BTreeMap<Slot, Waiting>,
    asked: u64,
    closed: bool,
}

impl Board {
    /// The question that has waited longest.
    fn next(&mut self) -> Option<(Slot, Waiting)> {
        let slot = *self.waiting.iter().min_by_key(|(_, waiting)| waiting.order)?.0;
        self.waiting.remove_entry(&slot)
    }
}

/// Hands questions to the fetch thread, which ends when this is dropped.
pub(super) struct Fetcher {
    board: Arc<(Mutex<Board>, Condvar)>,
}

impl Fetcher {
    /// Starts the thread.
    pub(super) fn start(projects: Projects, queue: mpsc::Sender<Envelope>) -> io::Result<Self> {
        let board = Arc::new((Mutex::new(Board::default()), Condvar::new()));
        let theirs = Arc::clone(&board);
        thread::Builder::new().name("fetch".to_owned()).spawn(move || run(&theirs, &projects, &queue))?;
        Ok(Self { board })
    }

    /// Asks; a question of the same slot that still waits is replaced, and keeps its place in the line.
    pub(super) fn ask(&self, engine: &Engine, stay: u64, slot: Slot, generation: u64, ask: Ask) {
        let (lock, bell) = &*self.board;
        let mut board = lock.lock().unwrap_or_else(PoisonError::into_inner);
        board.asked += 1;
        let order = board.waiting.get(&slot).map_or(board.asked, |waiting| waiting.order);
        board.waiting.insert(slot, Waiting { order, engine: engine.clone(), stay, generation, ask });
        bell.notify_one();
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        let (lock, bell) = &*self.board;
        lock.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        bell.notify_one();
    }
}

fn run(board: &(Mutex<Board>, Condvar), projects: &Projects, queue: &mpsc::Sender<Envelope>) {
    let (lock, bell) = board;
    loop {
        let (slot, waiting) = {
            let mut board = lock.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                if board.closed {
                    return;
                }
                if let Some(next) = board.next() {
                    break next;
                }
                board = bell.wait(board).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let Waiting { engine, stay, generation, ask, .. } = waiting;
        let answer = answers::answer(&engine, projects, &ask).map_err(|error| error.to_string());
        let msg = Msg::Arrived { slot, generation, answer };
        if queue.blocking_send(Envelope::during(stay, Content::Msg(msg))).is_err() {
            return;
        }
    }
}
