//! Rows around an anchor: by arithmetic without a filter, by a search with one, which tells what it has found while it goes on.

use std::{ops::ControlFlow, time::Duration};

use super::{
    Anchor, Cancel, Counted, Facts, RowQuery, RowWindow, Total,
    hits::Hits,
    search::{Effort, Search, Tell, everything},
    sweep::{Keep, is_empty},
};
use crate::{
    engine::error::EngineError,
    model::{ids::Sequence, summary::Summary},
    query::Filter,
    store::{Counts, Toward},
};

/// Most rows one call gives in each direction.
pub(super) const MOST_ROWS: usize = 10_000;

/// How often a long answer is told again while it is refined.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// How long is looked for the first screen before what was found so far is told.
const TELL_FIRST: Duration = Duration::from_millis(40);

impl Facts {
    /// Rows around an anchor, with what lies beside them. Costs depend on how many rows are asked for; with a filter, on how many
    /// are looked at, at most some 50,000 in each direction (2,000 where bodies are read): ask again at `resume_below` to go on. A filter
    /// that sorts or has a limit is answered from its whole list, for which everything is searched.
    pub fn rows(&self, query: &RowQuery<'_>) -> Result<RowWindow, EngineError> {
        self.rows_until(query, &Cancel::default())
    }

    /// The same; when it is not wanted any more it ends early with what it has.
    pub fn rows_until(&self, query: &RowQuery<'_>, cancel: &Cancel) -> Result<RowWindow, EngineError> {
        self.rows_with(query, Effort::OneCall, cancel, &mut |_| {})
    }

    /// The same, searched to the end: rows as soon as there are a screen of them, then how many there are in all. `tell` gets what is found
    /// so far, every now and then; the answer is the last word. When it is not wanted any more it ends early with what it has.
    pub fn search(&self, query: &RowQuery<'_>, cancel: &Cancel, tell: &mut dyn FnMut(RowWindow)) -> Result<RowWindow, EngineError> {
        self.rows_with(query, Effort::Whole, cancel, tell)
    }

    fn rows_with(
        &self,
        query: &RowQuery<'_>,
        effort: Effort,
        cancel: &Cancel,
        tell: &mut dyn FnMut(RowWindow),
    ) -> Result<RowWindow, EngineError> {
        let counts = self.snapshot.counts()?;
        let (before, after) = (query.before.min(MOST_ROWS), query.after.min(MOST_ROWS));
        let (before, after) = if query.anchor == Anchor::Oldest { ((before + after).saturating_sub(1), 1) } else { (before, after) };
        let query = RowQuery { before, after, ..*query };
        let mut tell = Tell::new(TELL_FIRST, TELL_EVERY, tell);
        match query.filter {
            None => self.plain_rows(&query, &counts),
            Some(filter) if filter.sort().is_some() || filter.limit().is_some() => {
                self.sorted_rows(&query, filter, &counts, cancel, &mut tell)
            }
            Some(filter) => match self.recall(filter, &counts, cancel)? {
                Some(known) => self.window_of_known(&known.found, &query, &counts),
                None => Search::new(self, filter, cancel, effort, &counts).rows(&query, &mut tell),
            },
        }
    }

    fn window_of_known(&self, hits: &Hits, query: &RowQuery<'_>, counts: &Counts) -> Result<RowWindow, EngineError> {
        let around = hits.around(query);
        Ok(RowWindow {
            rows: self.snapshot.summaries(&around.sequences)?,
            anchor_index: around.anchor_index,
            position: Some(around.above),
            total: Total::Exactly(hits.len()),
            more_above: around.above > 0,
            more_below: around.below > 0,
            searched: counts.traces,
            resume_below: None,
            resume_above: None,
            done: true,
        })
    }

    fn plain_rows(&self, query: &RowQuery<'_>, counts: &Counts) -> Result<RowWindow, EngineError> {
        let anchor = match query.anchor {
            Anchor::Newest => None,
            Anchor::At(anchor) => Some(anchor),
            Anchor::Oldest => counts.first,
        };
        let (above, below) = match anchor {
            None => (Vec::new(), self.snapshot.rows_before(None, query.after)?),
            Some(anchor) => (
                self.snapshot.rows_after(anchor, query.before)?,
                self.snapshot.rows_before(Some(Sequence(anchor.0.saturating_add(1))), query.after)?,
            ),
        };
        let anchor_index = above.len();
        let rows: Vec<Summary> = above.into_iter().rev().chain(below).collect();
        let ends = counts.first.zip(counts.last);
        // Without holes a row's place is arithmetic; with holes only the top is known.
        let dense = ends.is_some_and(|(first, last)| last.0 - first.0 + 1 == counts.traces);
        let place = |row: &Summary| ends.map(|(_, last)| last.0.saturating_sub(row.sequence.0));
        let position = rows.first().and_then(place).filter(|place| dense || *place == 0);
        Ok(RowWindow {
            anchor_index,
            position,
            total: Total::Exactly(counts.traces),
            more_above: rows.first().zip(counts.last).is_some_and(|(row, last)| row.sequence < last),
            more_below: rows.last().zip(counts.first).is_some_and(|(row, first)| row.sequence > first),
            searched: rows.len() as u64,
            resume_below: None,
            resume_above: None,
            done: true,
            rows,
        })
    }

    /// How many rows a filter lets through (its limit and order left aside). `tell` gets the count so far, every now and then.
    pub fn count(&self, filter: &Filter, cancel: &Cancel, tell: &mut dyn FnMut(Counted)) -> Result<Counted, EngineError> {
        self.count_newest(filter, u64::MAX, cancel, tell)
    }

    /// The same of the newest rows, at least `most` of them where there are so many.
    pub fn count_newest(&self, filter: &Filter, most: u64, cancel: &Cancel, tell: &mut dyn FnMut(Counted)) -> Result<Counted, EngineError> {
        let counts = self.snapshot.counts()?;
        if filter.shows_all() {
            return Ok(Counted { matches: counts.traces, searched: counts.traces, stored: counts.traces, done: true });
        }
        if let Some(known) = self.recall(filter, &counts, cancel)? {
            return Ok(Counted { matches: known.found.len(), searched: counts.traces, stored: counts.traces, done: true });
        }
        let mut counted = Counted { stored: counts.traces, ..Counted::default() };
        let mut tell = Tell::new(TELL_FIRST, TELL_EVERY, tell);
        let mut hits = Hits::new(everything(&counts));
        let all = Keep { most: usize::MAX, of: &|row| row.sequence() };
        let rest = self.sweep(filter, cancel).run(everything(&counts), Toward::Older, &all, &mut |part| {
            counted.matches += part.matches;
            counted.searched += part.searched;
            part.kept.into_iter().for_each(|sequence| hits.add(sequence));
            tell.now_and_then(|| counted);
            if counted.searched < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if is_empty(rest) && !cancel.is_cancelled() {
            self.remember(filter.clone(), &counts, hits);
        }
        Ok(Counted { done: true, ..counted })
    }

    /// Up to `limit` rows a filter lets through, in its order and within its own limit; all rows are looked at if need be.
    pub fn matching(&self, filter: &Filter, limit: usize) -> Result<Vec<Summary>, EngineError> {
        let query = RowQuery { anchor: Anchor::Newest, before: 0, after: limit.min(MOST_ROWS), filter: Some(filter) };
        Ok(self.rows_with(&query, Effort::Filled, &Cancel::default(), &mut |_| {})?.rows)
    }
}
