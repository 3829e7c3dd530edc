//! How the search of a filter goes: it is repeated while the store changes, but takes no more than a share of the time, and what is found
//! while it is repeated does not show before it ends again.

use std::time::Duration;

use crate::model::time::Timestamp;

use super::title::Progress;

/// A search that took long is repeated after so many times as long.
const SHARE: u32 = 10;

/// The search of the present filter.
#[derive(Debug, Default)]
pub(super) struct Search {
    began: Timestamp,
    /// What was known at its end, and how long it took.
    ended: Option<(Progress, Duration)>,
    stopped: bool,
}

impl Search {
    /// A search that begins now.
    pub(super) fn beginning(now: Timestamp) -> Self {
        Self { began: now, ..Self::default() }
    }

    /// Notes what is known at its end.
    pub(super) fn end(&mut self, found: Progress, now: Timestamp) {
        let took = self.ended.map_or_else(|| now.since(self.began), |(_, took)| took);
        self.ended = Some((found, took));
    }

    /// Whether it is seen to go on for the first time, given what is found.
    pub(super) const fn goes_on(&self, found: &Progress) -> bool {
        !self.stopped && self.ended.is_none() && found.answered && !found.done
    }

    /// Ends it early, because the reader says so.
    pub(super) const fn stop(&mut self) {
        self.stopped = true;
    }

    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// What to show, given what is found: once it has ended, what was known then.
    pub(super) fn shown(&self, found: Progress) -> Progress {
        self.ended.map_or(found, |(ended, _)| ended)
    }

    /// How soon it may be repeated, when lists are read again this often.
    pub(super) fn every(&self, usual: Duration) -> Duration {
        usual.max(self.ended.map_or(Duration::ZERO, |(_, took)| took * SHARE))
    }
}
