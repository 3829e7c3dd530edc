//! What was refused lately and why, with counts, so that a sender's mistake shows on the screen.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use tokio::sync::watch;

use crate::{model::time::Timestamp, text::clean::clean_line};

/// How many refused requests are kept.
pub const KEPT: usize = 32;

/// Longest text kept of each, in characters.
const LONGEST: usize = 300;

/// One request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest {
    /// When.
    pub at: Timestamp,
    /// What was asked: `POST /api/trace`.
    pub request: String,
    /// The kind, as in the error body: `TraceValidationError`, `Busy`, …
    pub kind: String,
    /// Why, in one line. Cleaned.
    pub message: String,
}

/// What was accepted and refused since start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusals {
    /// Traces accepted.
    pub accepted: u64,
    /// Requests and batch items refused, busy ones not counted.
    pub refused: u64,
    /// Requests and batch items turned away as busy.
    pub busy: u64,
    /// The last refused requests, newest first, at most [`KEPT`].
    pub last: Vec<RefusedRequest>,
    /// When the last request of any kind came.
    pub last_request: Option<Timestamp>,
}

/// Where it is counted.
#[derive(Debug)]
pub(super) struct Ledger {
    accepted: AtomicU64,
    refused: AtomicU64,
    busy: AtomicU64,
    last_request: AtomicI64,
    last: Mutex<VecDeque<RefusedRequest>>,
    news: watch::Sender<u64>,
}

impl Ledger {
    const NEVER: i64 = i64::MIN;

    pub(super) fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            busy: AtomicU64::new(0),
            last_request: AtomicI64::new(Self::NEVER),
            last: Mutex::new(VecDeque::with_capacity(KEPT)),
            news: watch::Sender::new(0),
        }
    }

    pub(super) fn request(&self, at: Timestamp) {
        self.last_request.fetch_max(at.micros(), Ordering::Relaxed);
    }

    pub(super) fn accept(&self, count: u64) {
        self.accepted.fetch_add(count, Ordering::Relaxed);
    }

    /// Counts `count` refusals of which `example` is one; a count of 0 counts nothing.
    pub(super) fn refuse(&self, count: u64, busy: bool, at: Timestamp, request: &str, kind: &str, message: &str) {
        if count == 0 {
            return;
        }
        if busy { &self.busy } else { &self.refused }.fetch_add(count, Ordering::Relaxed);
        let short = |text: &str| clean_line(text).chars().take(LONGEST).collect::<String>();
        let entry = RefusedRequest { at, request: short(request), kind: kind.to_owned(), message: short(message) };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.truncate(KEPT - 1);
        last.push_front(entry);
        drop(last);
        self.news.send_modify(|refused| *refused += count);
    }

    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub(super) fn read(&self) -> Refusals {
        let last_request = self.last_request.load(Ordering::Relaxed);
        Refusals {
            accepted: self.accepted.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            busy: self.busy.load(Ordering::Relaxed),
            last: self.last.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect(),
            last_request: (last_request != Self::NEVER).then(|| Timestamp::from_micros(last_request)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_old_ones_go() {
        let ledger = Ledger::new();
        assert_eq!(ledger.read(), Refusals::default());
        for number in 0..40 {
            ledger.refuse(1, number % 2 == 0, Timestamp::from_micros(number), "POST /api/trace", "Busy", &format!("number {number}"));
        }
        ledger.accept(1);
        ledger.request(Timestamp::from_micros(9));
        ledger.request(Timestamp::from_micros(5));
        let read = ledger.read();
        assert_eq!((read.accepted, read.refused, read.busy), (1, 20, 20));
        assert_eq!(read.last.len(), KEPT);
        assert_eq!(read.last[0].message, "number 39");
        assert_eq!(read.last_request, Some(Timestamp::from_micros(9)));
    }

    #[test]
    fn what_a_sender_wrote_is_cleaned_and_cut() {
        let ledger = Ledger::new();
        ledger.refuse(3, false, Timestamp::from_micros(1), "POST /x\u{1b}[2J", "BadRequest", &"\u{202e}long ".repeat(500));
        let read = ledger.read();
        assert_eq!(read.refused, 3);
        assert!(!read.last[0].request.contains('\u{1b}'));
        assert!(!read.last[0].message.contains('\u{202e}'));
        assert!(read.last[0].message.chars().count() <= 300);
    }
}
