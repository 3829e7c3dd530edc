//! Rows around an anchor: by arithmetic without a filter, by a bounded search with one.

use super::{Anchor, Counted, Facts, RowQuery, RowWindow, Total};
use crate::{
    engine::error::EngineError,
    model::{ids::Sequence, summary::Summary},
    query::Filter,
    store::Counts,
};

/// Rows a filter looks at in one call in each direction: some 150 ms of work, after which what was found so far is answered.
const SEARCH_BUDGET: u64 = 50_000;

/// Rows read from the store in one go: the first go is small, so that a filter that lets most through costs little.
const FIRST_READ: usize = 128;
const LARGEST_READ: usize = 2_048;

/// Most rows one call gives in each direction.
const MOST_ROWS: usize = 10_000;

/// What a search in one direction found.
struct Found {
    rows: Vec<Summary>,
    searched: u64,
    /// Where to go on when the search ended early because it had looked at enough.
    resume: Option<Sequence>,
    /// Whether the end of the list was reached.
    ended: bool,
}

impl Facts {
    /// Rows around an anchor, with what lies beside them. Costs depend on how many rows are asked for; with a filter, on how many
    /// are looked at, at most 50,000 in each direction: ask again at `resume_below` to go on. A filter that sorts or has a
    /// limit is answered from its whole list (the newest 200,000 rows are searched for it).
    pub fn rows(&self, query: &RowQuery<'_>) -> Result<RowWindow, EngineError> {
        let counts = self.snapshot.counts()?;
        let query = RowQuery { before: query.before.min(MOST_ROWS), after: query.after.min(MOST_ROWS), ..*query };
        match query.filter {
            None => self.plain_rows(&query, &counts),
            Some(filter) if filter.sort().is_some() || filter.limit().is_some() => self.sorted_rows(&query, filter, &counts),
            Some(filter) => self.filtered_rows(&query, filter, &counts),
        }
    }

    fn plain_rows(&self, query: &RowQuery<'_>, counts: &Counts) -> Result<RowWindow, EngineError> {
        let (above, below) = match query.anchor {
            Anchor::Newest => (Vec::new(), self.snapshot.rows_before(None, query.after)?),
            Anchor::At(anchor) => (
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
            rows,
        })
    }

    fn filtered_rows(&self, query: &RowQuery<'_>, filter: &Filter, counts: &Counts) -> Result<RowWindow, EngineError> {
        let (from, above) = match query.anchor {
            Anchor::Newest => (None, Found { rows: Vec::new(), searched: 0, resume: None, ended: true }),
            Anchor::At(anchor) => (Some(anchor), self.search_up(filter, anchor, query.before)?),
        };
        let below = self.search_down(filter, from, query.after, SEARCH_BUDGET)?;
        let found = (above.rows.len() + below.rows.len()) as u64;
        let whole = above.ended && below.ended;
        Ok(RowWindow {
            anchor_index: above.rows.len(),
            position: above.ended.then_some(0),
            total: if whole { Total::Exactly(found) } else { Total::AtLeast(found) },
            more_above: !above.ended,
            more_below: !below.ended && counts.traces > 0,
            searched: above.searched + below.searched,
            resume_below: below.resume,
            resume_above: above.resume,
            rows: above.rows.into_iter().rev().chain(below.rows).collect(),
        })
    }

    /// Rows that match, newest first, from `from` downwards.
    fn search_down(&self, filter: &Filter, from: Option<Sequence>, wanted: usize, budget: u64) -> Result<Found, EngineError> {
        let mut found = Found { rows: Vec::new(), searched: 0, resume: None, ended: false };
        self.each_down(from, budget, |row| {
            found.searched += 1;
            if found.rows.len() == wanted {
                // One row too many looked at: it is where the next page begins, or whether there is one.
                return false;
            }
            if filter.matches(&row, self.moment()) {
                found.rows.push(row);
            }
            true
        })
        .map(|end| {
            match end {
                End::Reached => found.ended = true,
                End::Stopped => {}
                End::Budget(next) => found.resume = Some(next),
            }
            found
        })
    }

    /// Rows that match, oldest first, above `anchor`.
    fn search_up(&self, filter: &Filter, anchor: Sequence, wanted: usize) -> Result<Found, EngineError> {
        let mut found = Found { rows: Vec::new(), searched: 0, resume: None, ended: false };
        let (mut after, mut read) = (anchor, FIRST_READ);
        if wanted == 0 {
            found.ended = self.snapshot.rows_after(anchor, 1)?.is_empty();
            return Ok(found);
        }
        loop {
            if found.searched >= SEARCH_BUDGET {
                found.resume = Some(after);
                return Ok(found);
            }
            let rows = self.snapshot.rows_after(after, read)?;
            let Some(last) = rows.last() else {
                found.ended = true;
                return Ok(found);
            };
            after = last.sequence;
            for row in rows {
                found.searched += 1;
                if found.rows.len() == wanted {
                    return Ok(found);
                }
                if filter.matches(&row, self.moment()) {
                    found.rows.push(row);
                }
            }
            read = (read * 4).min(LARGEST_READ);
        }
    }

    /// Looks at rows newest first from `from` downwards until `look` says false, `budget` is used up, or there are none left.
    pub(super) fn each_down(&self, from: Option<Sequence>, budget: u64, mut look: impl FnMut(Summary) -> bool) -> Result<End, EngineError> {
        let mut before = from.map(|from| Sequence(from.0.saturating_add(1)));
        let (mut looked, mut read) = (0_u64, FIRST_READ);
        loop {
            if let Some(next) = before
                && looked >= budget
            {
                return Ok(End::Budget(Sequence(next.0.saturating_sub(1))));
            }
            let rows = self.snapshot.rows_before(before, read)?;
            let Some(last) = rows.last() else { return Ok(End::Reached) };
            before = Some(last.sequence);
            for row in rows {
                looked += 1;
                if !look(row) {
                    return Ok(End::Stopped);
                }
            }
            read = (read * 4).min(LARGEST_READ);
        }
    }

    /// How many of the newest `budget` rows a filter lets through (its limit and order left aside).
    pub fn count(&self, filter: &Filter, budget: u64) -> Result<Counted, EngineError> {
        let stored = self.snapshot.counts()?.traces;
        let (mut matches, mut searched) = (0, 0);
        self.each_down(None, budget, |row| {
            searched += 1;
            matches += u64::from(filter.matches(&row, self.moment()));
            true
        })?;
        Ok(Counted { matches, searched, stored, done: true })
    }

    /// Up to `limit` rows a filter lets through, in its order and within its own limit; all rows are looked at if need be.
    pub fn matching(&self, filter: &Filter, limit: usize) -> Result<Vec<Summary>, EngineError> {
        if filter.sort().is_some() || filter.limit().is_some() {
            let query = RowQuery { anchor: Anchor::Newest, before: 0, after: limit.min(MOST_ROWS), filter: Some(filter) };
            return Ok(self.rows(&query)?.rows);
        }
        Ok(self.search_down(filter, None, limit, u64::MAX)?.rows)
    }
}

/// How a look downwards ended.
pub(super) enum End {
    /// There are no more rows.
    Reached,
    /// Enough was found.
    Stopped,
    /// Enough was looked at; the next row to look at is this or an older one.
    Budget(Sequence),
}
