//! A pass over many rows: several threads look at stretches of them, what they found comes in the order of the rows.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::sync_channel,
    },
    thread,
};

use super::{Cancel, Facts, body_text::BodyText};
use crate::{
    engine::error::EngineError,
    model::{ids::Sequence, progress::Moment},
    query::{Filter, fields::Row},
    store::{Bodies, Snapshot, StoreError, Toward},
};

/// Most threads that look at rows for one question.
const THREADS_MOST: usize = 4;

/// Sequence numbers in the first stretch, which the asking thread looks at alone, and at most in a later one: of rows, some
/// milliseconds of work; of bodies, a tenth as much for each.
const ROWS: Sizes = Sizes { first: 512, most: 16_384 };
const BODIES: Sizes = Sizes { first: 32, most: 512 };

/// Rows between two looks at whether the answer is still wanted.
const CANCEL_EVERY: u64 = 256;

struct Sizes {
    first: u64,
    most: u64,
}

/// Which rows are looked for, and what for.
pub(super) struct Sweep<'a> {
    snapshot: &'a dyn Snapshot,
    filter: &'a Filter,
    moment: Moment,
    cancel: &'a Cancel,
}

/// What was found in one stretch.
pub(super) struct Part<T> {
    /// Rows looked at.
    pub(super) searched: u64,
    /// Rows the filter lets through.
    pub(super) matches: u64,
    /// What was kept of the first of those, in their order.
    pub(super) kept: Vec<T>,
}

/// What is kept of a row, and of how many in a stretch at most.
pub(super) struct Keep<'a, T> {
    pub(super) most: usize,
    pub(super) of: &'a (dyn Fn(&Row<'_>) -> T + Sync),
}

impl Facts {
    pub(super) fn sweep<'a>(&'a self, filter: &'a Filter, cancel: &'a Cancel) -> Sweep<'a> {
        Sweep { snapshot: self.snapshot.as_ref(), filter, moment: self.moment(), cancel }
    }
}

/// The rows with `from <= sequence < to`.
pub(super) type Stretch = (Sequence, Sequence);

impl Sweep<'_> {
    /// Whether the answer is not wanted any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Looks at the rows of `all`. `hear` gets what each stretch of them holds, in their order, and may break. Answers what was not heard
    /// of: an empty stretch when all was. When the answer is no longer wanted it ends where it is.
    pub(super) fn run<T: Send>(
        &self,
        all: Stretch,
        toward: Toward,
        keep: &Keep<'_, T>,
        hear: &mut dyn FnMut(Part<T>) -> ControlFlow<()>,
    ) -> Result<Stretch, EngineError> {
        let sizes = if self.filter.reads_bodies() { &BODIES } else { &ROWS };
        let mut stretches = Stretches { rest: all, toward, size: sizes.first, most: sizes.most };
        // Most screens are filled by the first: threads would only cost time.
        let Some(first) = stretches.next() else { return Ok(all) };
        let ended = hear(self.look(first, toward, keep, &AtomicBool::new(false))?).is_break();
        if ended || self.cancel.is_cancelled() || is_empty(stretches.rest) {
            return Ok(stretches.rest);
        }
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MOST);
        self.run_on(threads, stretches, keep, hear)
    }

    fn run_on<T: Send>(
        &self,
        threads: usize,
        stretches: Stretches,
        keep: &Keep<'_, T>,
        hear: &mut dyn FnMut(Part<T>) -> ControlFlow<()>,
    ) -> Result<Stretch, EngineError> {
        let (toward, mut rest) = (stretches.toward, stretches.rest);
        // Handed out under one lock, so that they are numbered in their order.
        let waiting = Mutex::new(stretches.enumerate());
        let stop = AtomicBool::new(false);
        let (send, found) = sync_channel(2 * threads);
        thread::scope(|scope| {
            for _ in 0..threads {
                let (send, waiting, stop) = (send.clone(), &waiting, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some((number, stretch)) = next else { return };
                        if send.send((number, stretch, self.look(stretch, toward, keep, stop))).is_err() {
                            // Nobody listens any more: enough was found.
                            return;
                        }
                    }
                });
            }
            drop(send);
            let mut early = BTreeMap::new();
            let mut awaited = 0;
            let listen = || {
                for (number, stretch, part) in found {
                    early.insert(number, (stretch, part));
                    while let Some((stretch, part)) = early.remove(&awaited) {
                        awaited += 1;
                        rest = beyond(toward, stretch, rest);
                        if hear(part?).is_break() || self.cancel.is_cancelled() {
                            return Ok(rest);
                        }
                    }
                }
                Ok(rest)
            };
            let heard = listen();
            stop.store(true, Ordering::Relaxed);
            heard
        })
    }

    /// Looks at one stretch, unless nobody wants to hear of it any more.
    fn look<T>(&self, (from, to): Stretch, toward: Toward, keep: &Keep<'_, T>, stop: &AtomicBool) -> Result<Part<T>, EngineError> {
        let mut part = Part { searched: 0, matches: 0, kept: Vec::new() };
        let mut judge = self.judge();
        let mut failed = None;
        self.snapshot.look_through(from, to, toward, &mut |row| {
            if part.searched.is_multiple_of(CANCEL_EVERY) && (self.cancel.is_cancelled() || stop.load(Ordering::Relaxed)) {
                return ControlFlow::Break(());
            }
            part.searched += 1;
            let shown = match judge.shows(row) {
                Ok(shown) => shown,
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            };
            if shown {
                part.matches += 1;
                if part.kept.len() < keep.most {
                    part.kept.push((keep.of)(row));
                }
            }
            ControlFlow::Continue(())
        })?;
        failed.map_or(Ok(part), |error| Err(error.into()))
    }

    /// Somebody who tells which rows the filter lets through.
    pub(super) fn judge(&self) -> Judge<'_> {
        Judge { sweep: self, bodies: None }
    }
}

/// Tells which rows a filter lets through, reading bodies where it has to.
pub(super) struct Judge<'a> {
    sweep: &'a Sweep<'a>,
    bodies: Option<Box<dyn Bodies + 'a>>,
}

impl Judge<'_> {
    /// Whether it lets a row through. When the answer is no longer wanted, no body is read for it.
    pub(super) fn shows(&mut self, row: &Row<'_>) -> Result<bool, StoreError> {
        let Sweep { snapshot, filter, moment, cancel } = *self.sweep;
        if let Some(shown) = filter.judge(row, moment) {
            return Ok(shown);
        }
        if cancel.is_cancelled() {
            return Ok(false);
        }
        let bodies = match &mut self.bodies {
            Some(bodies) => bodies,
            None => self.bodies.insert(snapshot.bodies()?),
        };
        let body = BodyText::new(bodies.read(row.sequence())?.unwrap_or_default());
        Ok(filter.matches_with(row, moment, &mut |needle| body.holds(needle)))
    }
}

/// Whether there are no sequence numbers in it.
pub(super) fn is_empty((from, to): Stretch) -> bool {
    from >= to
}

/// Stretches of rows still to be looked at, small ones first.
struct Stretches {
    rest: Stretch,
    toward: Toward,
    size: u64,
    most: u64,
}

impl Iterator for Stretches {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        let (from, to) = self.rest;
        if is_empty(self.rest) {
            return None;
        }
        let next = match self.toward {
            Toward::Older => (Sequence(to.0.saturating_sub(self.size).max(from.0)), to),
            Toward::Newer => (from, Sequence(from.0.saturating_add(self.size).min(to.0))),
        };
        self.size = (self.size * 4).min(self.most);
        self.rest = beyond(self.toward, next, self.rest);
        Some(next)
    }
}

/// What of `rest` lies beyond a stretch at its beginning.
const fn beyond(toward: Toward, (from, to): Stretch, rest: Stretch) -> Stretch {
    match toward {
        Toward::Older => (rest.0, from),
        Toward::Newer => (to, rest.1),
    }
}
