//! Rows of a filter that sorts or has a limit: its whole list is made first, then a window of it is opened.

use std::{cmp::Ordering, collections::BTreeSet, ops::ControlFlow, sync::Arc};

use super::{
    Anchor, Cancel, Facts, RowQuery, RowWindow, Total,
    memory::Known,
    search::{Tell, everything},
    sweep::{Keep, is_empty},
};
use crate::{
    analysis::informative,
    engine::error::EngineError,
    model::ids::Sequence,
    query::{
        Filter,
        fields::Row,
        sort::{By, Sort},
    },
    store::{Counts, Toward},
};

/// Most rows in a list, the newest: what is kept of them takes 32 MB.
const LIST_MOST: usize = 2_000_000;

/// Most rows above and below the anchor that are opened in the order of time, which is not kept as a list.
const BY_TIME_MOST: usize = super::rows::MOST_ROWS;

/// A row's place in the order, without the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The figure, as far as it fits: pico-dollars do up to nine million dollars. [`UNKNOWN`] where there is none.
    key: i64,
    pub(super) sequence: Sequence,
}

const UNKNOWN: i64 = i64::MIN;

/// Is told of a list in the making: what is in it, not in order yet, and how many rows were searched for it.
type TellList<'a> = dyn FnMut(&[Place], u64) -> Result<(), EngineError> + 'a;

/// A list in its order.
struct List {
    /// Those in it, and perhaps others below that are beyond its limit.
    places: Arc<Known<Vec<Place>>>,
    limit: usize,
    searched: u64,
    /// Whether every row is in it that should be.
    whole: bool,
}

impl List {
    fn places(&self) -> &[Place] {
        let all = &self.places.found;
        all.get(..self.limit).unwrap_or(all)
    }
}

impl Facts {
    pub(super) fn sorted_rows(
        &self,
        query: &RowQuery<'_>,
        filter: &Filter,
        counts: &Counts,
        cancel: &Cancel,
        tell: &mut Tell<'_, RowWindow>,
    ) -> Result<RowWindow, EngineError> {
        if let Some(down) = by_time(filter) {
            return self.rows_by_time(query, down, counts);
        }
        let limit = filter.limit().unwrap_or(usize::MAX);
        // Only what has to be read body by body takes so long that a list in the making is worth its sorting; and it has no place yet for
        // who stands in its middle.
        let worth_telling = filter.reads_bodies() && matches!(query.anchor, Anchor::Newest);
        let list = self.list(filter, counts, cancel, &mut |places, searched| {
            if worth_telling && tell.is_due() {
                let mut places = places.to_vec();
                order(&mut places, filter.sort());
                let places = Arc::new(Known::new(filter.clone(), counts, places));
                tell.now(self.window_of(&List { places, limit, searched, whole: false }, query, false)?);
            }
            Ok(())
        })?;
        self.window_of(&list, query, true)
    }

    /// A window of a list.
    fn window_of(&self, list: &List, query: &RowQuery<'_>, done: bool) -> Result<RowWindow, EngineError> {
        let places = list.places();
        let anchor = match query.anchor {
            Anchor::Newest => 0,
            Anchor::At(sequence) => places.iter().position(|place| place.sequence == sequence).unwrap_or(0),
            Anchor::Oldest => places.len().saturating_sub(1),
        };
        let from = anchor.saturating_sub(query.before);
        let to = anchor.saturating_add(query.after).min(places.len());
        let window = self.stretch_of(list, from, to)?;
        Ok(RowWindow { anchor_index: anchor - from, done, ..window })
    }

    /// The rows of a filter that sorts or has a limit from a place of its list on, counted from 0, at most `limit`.
    pub fn page_of_list(&self, filter: &Filter, from: usize, limit: usize, cancel: &Cancel) -> Result<RowWindow, EngineError> {
        let counts = self.snapshot.counts()?;
        let list = match by_time(filter) {
            Some(toward) => {
                let most = from.saturating_add(limit).saturating_add(1).min(LIST_MOST);
                let places =
                    self.snapshot.by_time(None, toward, most)?.into_iter().map(|sequence| Place { key: UNKNOWN, sequence }).collect();
                let places = Arc::new(Known::new(filter.clone(), &counts, places));
                List { places, limit: usize::MAX, searched: 0, whole: false }
            }
            None => self.list(filter, &counts, cancel, &mut |_, _| Ok(()))?,
        };
        self.stretch_of(&list, from, from.saturating_add(limit))
    }

    fn stretch_of(&self, list: &List, from: usize, to: usize) -> Result<RowWindow, EngineError> {
        let places = list.places();
        let to = to.min(places.len());
        let sequences: Vec<Sequence> = places.get(from..to).unwrap_or_default().iter().map(|place| place.sequence).collect();
        let total = places.len() as u64;
        Ok(RowWindow {
            anchor_index: 0,
            position: Some(from as u64),
            total: if list.whole { Total::Exactly(total) } else { Total::AtLeast(total) },
            more_above: from > 0,
            more_below: to < places.len(),
            searched: list.searched,
            resume_below: None,
            resume_above: None,
            done: true,
            // Deleted rows cannot be missing: the list and the rows are of one snapshot.
            rows: self.snapshot.summaries(&sequences)?,
        })
    }

    /// All rows in the order of time: an index has them so.
    fn rows_by_time(&self, query: &RowQuery<'_>, down: Toward, counts: &Counts) -> Result<RowWindow, EngineError> {
        let up = if down == Toward::Older { Toward::Newer } else { Toward::Older };
        let anchor = match query.anchor {
            Anchor::Newest => None,
            Anchor::At(sequence) => self.snapshot.summary(sequence)?.map(|row| (row.time, row.sequence)),
            Anchor::Oldest => match self.snapshot.by_time(None, up, 1)?.first() {
                Some(last) => self.snapshot.summary(*last)?.map(|row| (row.time, row.sequence)),
                None => None,
            },
        };
        // One more than wanted on each side tells whether there are more.
        let look = |toward, most: usize| self.snapshot.by_time(anchor, toward, most.min(BY_TIME_MOST) + 1);
        let mut above = if anchor.is_some() { look(up, query.before)? } else { Vec::new() };
        let mut below: Vec<Sequence> = anchor.iter().map(|(_, sequence)| *sequence).collect();
        below.extend(look(down, query.after)?);
        let (more_above, more_below) = (above.len() > query.before, below.len() > query.after);
        above.truncate(query.before);
        below.truncate(query.after);
        let sequences: Vec<Sequence> = above.iter().rev().chain(&below).copied().collect();
        Ok(RowWindow {
            anchor_index: above.len(),
            position: (!more_above).then_some(0),
            total: Total::Exactly(counts.traces),
            more_above,
            more_below,
            searched: sequences.len() as u64,
            resume_below: None,
            resume_above: None,
            done: true,
            rows: self.snapshot.summaries(&sequences)?,
        })
    }

    fn list(&self, filter: &Filter, counts: &Counts, cancel: &Cancel, tell: &mut TellList<'_>) -> Result<List, EngineError> {
        let limit = filter.limit().unwrap_or(usize::MAX);
        let sort = filter.sort();
        if let Some(sort) = sort.filter(|sort| matches!(sort.key.by, By::Informative)) {
            return self.list_to_judge(filter, limit, sort.descending, counts, cancel);
        }
        let most = if sort.is_some() { LIST_MOST } else { limit.min(LIST_MOST) };
        let unlimited = filter.unlimited();
        let place =
            |row: &Row<'_>| Place { key: sort.and_then(|sort| sort.figure(row)).map_or(UNKNOWN, clamped), sequence: row.sequence() };
        if sort.is_some()
            && let Some(places) = self.recall_list(&unlimited, counts, cancel, &place, &|places| order(places, sort))?
        {
            return Ok(List { places, limit, searched: counts.traces, whole: true });
        }
        let (mut places, mut searched) = (Vec::new(), 0);
        let mut failed = None;
        let rest = self.sweep(filter, cancel).run(everything(counts), Toward::Older, &Keep { most, of: &place }, &mut |part| {
            searched += part.searched;
            places.extend(part.kept);
            places.truncate(most);
            match tell(&places, searched) {
                Ok(()) if places.len() < most => ControlFlow::Continue(()),
                Ok(()) => ControlFlow::Break(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        order(&mut places, sort);
        let all_searched = is_empty(rest) && !cancel.is_cancelled();
        // Without an order the newest matches are the list, however many there are.
        let whole = all_searched || (sort.is_none() && places.len() == limit);
        let places = if sort.is_some() && all_searched {
            self.remember_list(unlimited, counts, places)
        } else {
            Arc::new(Known::new(unlimited, counts, places))
        };
        Ok(List { places, limit, searched, whole })
    }
}

impl Facts {
    /// The newest matches by what a vote on each would teach. Runs that were judged count although the filter leaves them out.
    fn list_to_judge(&self, filter: &Filter, limit: usize, reversed: bool, counts: &Counts, cancel: &Cancel) -> Result<List, EngineError> {
        let all = everything(counts);
        let mut searched = 0;
        let mut newest = |filter: &Filter, stretch| {
            let (mut found, keep) = (Vec::new(), Keep { most: informative::MOST_ROWS, of: &|row| row.sequence() });
            let rest = self.sweep(filter, cancel).run(stretch, Toward::Older, &keep, &mut |part| {
                searched += part.searched;
                found.extend(part.kept);
                if found.len() < informative::MOST_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            found.truncate(informative::MOST_ROWS);
            Ok::<_, EngineError>((found, is_empty(rest)))
        };
        let (matches, whole) = newest(filter, all)?;
        let oldest = matches.last().filter(|_| !whole).copied().unwrap_or(all.0);
        let (judged, _) = newest(&Filter::parse("is:voted", self.now)?, (oldest, all.1))?;
        let matches: BTreeSet<Sequence> = matches.into_iter().collect();
        let both: Vec<Sequence> = matches.iter().copied().chain(judged).collect::<BTreeSet<_>>().into_iter().rev().collect();
        let both = both.get(..informative::MOST_ROWS).unwrap_or(&both);
        let mut order = informative::order(&self.snapshot.summaries(both)?, self.now);
        order.retain(|sequence| matches.contains(sequence));
        if reversed {
            order.reverse();
        }
        let places = order.into_iter().map(|sequence| Place { key: UNKNOWN, sequence }).collect();
        let places = Arc::new(Known::new(filter.clone(), counts, places));
        Ok(List { places, limit, searched, whole: whole && both.len() < informative::MOST_ROWS })
    }
}

/// Which way the rows of a filter go that shows all of them in the order of time, which an index has.
fn by_time(filter: &Filter) -> Option<Toward> {
    let sort = filter.sort().filter(|sort| sort.key.name == "time" && filter.shows_all() && filter.limit().is_none())?;
    Some(if sort.descending { Toward::Older } else { Toward::Newer })
}

/// Puts a list in its order.
fn order(places: &mut [Place], sort: Option<Sort>) {
    if let Some(sort) = sort {
        places.sort_unstable_by(|left, right| compare(sort, left, right));
    }
}

fn clamped(figure: i128) -> i64 {
    i64::try_from(figure).unwrap_or(if figure < 0 { UNKNOWN } else { i64::MAX }).max(UNKNOWN + 1)
}

/// As [`Sort::compare`], on places.
fn compare(sort: Sort, left: &Place, right: &Place) -> Ordering {
    let figure = |place: &Place| (Some(place.key).filter(|key| *key != UNKNOWN), place.sequence);
    sort.compare_figures(figure(left), figure(right))
}
