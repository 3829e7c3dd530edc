//! A search for the rows around an anchor that a filter lets through: what is asked for first, then how many there are in all.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use super::{
    Anchor, Cancel, Facts, RowQuery, RowWindow, Total,
    hits::Hits,
    sweep::{Keep, Stretch, Sweep, is_empty},
};
use crate::{
    engine::error::EngineError,
    model::{ids::Sequence, summary::Summary},
    query::Filter,
    store::{Counts, Toward},
};

/// Rows that are looked at in one call in each direction, see [`Effort::OneCall`]: less than a tenth of a second of work.
const ROWS_OF_A_CALL: u64 = 50_000;
/// The same where bodies are read.
const BODIES_OF_A_CALL: u64 = 2_000;

/// How far is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Until the rows asked for are found, or enough was looked at for one call.
    OneCall,
    /// Until the rows asked for are found.
    Filled,
    /// To both ends.
    Whole,
}

/// Tells somebody how far it has come, every now and then.
pub(super) struct Tell<'a, T> {
    next: Instant,
    every: Duration,
    to: &'a mut dyn FnMut(T),
}

impl<'a, T> Tell<'a, T> {
    pub(super) fn new(first: Duration, every: Duration, to: &'a mut dyn FnMut(T)) -> Self {
        Self { next: Instant::now() + first, every, to }
    }

    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.next
    }

    pub(super) fn now(&mut self, what: T) {
        (self.to)(what);
        self.next = Instant::now() + self.every;
    }

    pub(super) fn now_and_then(&mut self, what: impl FnOnce() -> T) {
        if self.is_due() {
            self.now(what());
        }
    }
}

/// All the rows there are.
pub(super) fn everything(counts: &Counts) -> Stretch {
    let end = counts.last.map_or(0, |last| last.0.saturating_add(1));
    (counts.first.unwrap_or(Sequence(0)), Sequence(end))
}

/// Every match is kept: they are remembered once all are found.
const ALL: Keep<'_, Sequence> = Keep { most: usize::MAX, of: &|row| row.sequence() };

/// A search.
pub(super) struct Search<'a> {
    facts: &'a Facts,
    filter: &'a Filter,
    sweep: Sweep<'a>,
    effort: Effort,
    budget: u64,
    counts: Counts,
}

/// What was found on one side of the anchor, the nearest first.
struct Side {
    toward: Toward,
    wanted: usize,
    rest: Stretch,
    rows: Vec<Summary>,
    matches: u64,
    searched: u64,
}

impl Side {
    const fn new(toward: Toward, wanted: usize, rest: Stretch) -> Self {
        Self { toward, wanted, rest, rows: Vec::new(), matches: 0, searched: 0 }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.wanted
    }

    /// Whether the end of the list was reached.
    fn is_ended(&self) -> bool {
        is_empty(self.rest)
    }

    /// Whether there are more rows than those shown, or may be.
    fn has_more(&self) -> bool {
        !self.is_ended() || self.matches > self.rows.len() as u64
    }

    /// Where the search goes on, when it ended before it had found enough.
    fn resume(&self) -> Option<Sequence> {
        let stopped = !self.is_full() && !self.is_ended();
        let edge = if self.toward == Toward::Older { self.rest.1 } else { self.rest.0 };
        stopped.then_some(Sequence(edge.0.saturating_sub(1)))
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(facts: &'a Facts, filter: &'a Filter, cancel: &'a Cancel, effort: Effort, counts: &Counts) -> Self {
        let budget = if filter.reads_bodies() { BODIES_OF_A_CALL } else { ROWS_OF_A_CALL };
        let budget = if effort == Effort::OneCall { budget } else { u64::MAX };
        Self { facts, filter, sweep: facts.sweep(filter, cancel), effort, budget, counts: *counts }
    }

    pub(super) fn rows(&self, query: &RowQuery<'_>, tell: &mut Tell<'_, RowWindow>) -> Result<RowWindow, EngineError> {
        let all = everything(&self.counts);
        let (first, end) = all;
        let mut hits = Hits::new(all);
        let middle = match query.anchor {
            Anchor::Newest => end,
            Anchor::At(anchor) => Sequence(anchor.0.saturating_add(1)).clamp(first, end),
            // The oldest that matches is found on the way up.
            Anchor::Oldest => first,
        };
        let above_wanted = if query.anchor == Anchor::Oldest { query.before + query.after } else { query.before };
        let mut above = Side::new(Toward::Newer, above_wanted, (middle, end));
        let mut below = Side::new(Toward::Older, query.after, (first, middle));
        self.fill(&mut above, &mut hits, &mut |_| {})?;
        self.fill(&mut below, &mut hits, &mut |below| tell.now_and_then(|| window(&above, below)))?;
        if self.effort == Effort::Whole && (!above.is_ended() || !below.is_ended()) && !self.sweep.is_cancelled() {
            tell.now(window(&above, &below));
            self.finish(&mut above, &mut hits, &mut |above| tell.now_and_then(|| window(above, &below)))?;
            self.finish(&mut below, &mut hits, &mut |below| tell.now_and_then(|| window(&above, below)))?;
        }
        if above.is_ended() && below.is_ended() && !self.sweep.is_cancelled() {
            self.facts.remember(self.filter.clone(), &self.counts, hits);
        }
        Ok(RowWindow { done: true, ..window(&above, &below) })
    }

    /// Looks for the rows that are wanted on one side.
    fn fill(&self, side: &mut Side, hits: &mut Hits, heard: &mut dyn FnMut(&Side)) -> Result<(), EngineError> {
        if side.is_full() {
            return Ok(());
        }
        let mut failed = None;
        let rest = self.sweep.run(side.rest, side.toward, &ALL, &mut |part| {
            side.searched += part.searched;
            side.matches += part.matches;
            let room = side.wanted - side.rows.len();
            part.kept.iter().for_each(|sequence| hits.add(*sequence));
            match self.facts.snapshot.summaries(&part.kept[..part.kept.len().min(room)]) {
                Ok(rows) => side.rows.extend(rows),
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            heard(side);
            if side.is_full() || side.searched >= self.budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        side.rest = rest;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Counts what is left on one side.
    fn finish(&self, side: &mut Side, hits: &mut Hits, heard: &mut dyn FnMut(&Side)) -> Result<(), EngineError> {
        side.rest = self.sweep.run(side.rest, side.toward, &ALL, &mut |part| {
            part.kept.iter().for_each(|sequence| hits.add(*sequence));
            side.searched += part.searched;
            side.matches += part.matches;
            heard(side);
            ControlFlow::Continue(())
        })?;
        Ok(())
    }
}

/// What is known when so much was found above and below the anchor.
fn window(above: &Side, below: &Side) -> RowWindow {
    let found = above.matches + below.matches;
    let whole = above.is_ended() && below.is_ended();
    RowWindow {
        anchor_index: above.rows.len(),
        position: above.is_ended().then(|| above.matches - above.rows.len() as u64),
        total: if whole { Total::Exactly(found) } else { Total::AtLeast(found) },
        more_above: above.has_more(),
        more_below: below.has_more(),
        searched: above.searched + below.searched,
        resume_below: below.resume(),
        resume_above: above.resume(),
        done: false,
        rows: above.rows.iter().rev().chain(&below.rows).cloned().collect(),
    }
}
