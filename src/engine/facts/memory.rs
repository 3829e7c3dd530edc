//! What whole searches have found, remembered: the next look at the same filter searches only what has come or changed since.

use std::{
    collections::{BTreeSet, VecDeque},
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Cancel, Facts, hits::Hits, search::everything, sorted::Place, sweep::Sweep};
use crate::{
    engine::error::EngineError,
    model::ids::Sequence,
    query::{Filter, fields::Row},
    store::{Counts, Toward},
};

/// Filters whose matches are remembered: one bit for each run stored, an eighth of a megabyte for a million.
const FILTERS_MOST: usize = 8;

/// What was found, shared by all that is asked of one engine.
#[derive(Default)]
pub(in crate::engine) struct Memory {
    /// The one used last in front.
    matches: Mutex<VecDeque<Arc<Known<Hits>>>>,
    /// Only the newest, for it may take megabytes.
    list: Mutex<Option<Arc<Known<Vec<Place>>>>>,
}

/// Something that was found for a filter among the rows of a moment.
pub(super) struct Known<T> {
    filter: Filter,
    revisions: u64,
    /// The first sequence that was not looked at.
    end: Sequence,
    pub(super) found: T,
}

impl<T> Known<T> {
    pub(super) fn new(filter: Filter, counts: &Counts, found: T) -> Self {
        Self { filter, revisions: counts.revisions, end: everything(counts).1, found }
    }

    fn is_of(&self, counts: &Counts) -> bool {
        self.revisions == counts.revisions && self.end == everything(counts).1
    }
}

impl Memory {
    fn matches(&self) -> MutexGuard<'_, VecDeque<Arc<Known<Hits>>>> {
        self.matches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list(&self) -> MutexGuard<'_, Option<Arc<Known<Vec<Place>>>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    /// The rows a filter lets through, its order and limit left aside, when they are known or can be known soon.
    pub(super) fn recall(&self, filter: &Filter, counts: &Counts, cancel: &Cancel) -> Result<Option<Arc<Known<Hits>>>, EngineError> {
        let filter = filter.conditions();
        let known = self.memory.matches().iter().find(|known| known.filter == filter).cloned();
        let Some(known) = known else { return Ok(None) };
        if known.is_of(counts) {
            return Ok(Some(known));
        }
        let mut hits = known.found.clone();
        let sweep = self.sweep(&filter, cancel);
        let whole = self.catch_up(&sweep, &known, counts, &mut |sequence, row| match row {
            Some(_) => hits.add(sequence),
            None => hits.remove(sequence),
        })?;
        Ok(whole.then(|| self.remember(filter, counts, hits)))
    }

    /// Keeps the rows a filter lets through; all of them, among the rows of this view.
    pub(super) fn remember(&self, filter: Filter, counts: &Counts, hits: Hits) -> Arc<Known<Hits>> {
        let known = Arc::new(Known::new(filter.conditions(), counts, hits));
        // What time alone changes is found anew each time.
        if known.filter.is_steady() {
            let mut all = self.memory.matches();
            all.retain(|other| other.filter != known.filter);
            all.push_front(Arc::clone(&known));
            all.truncate(FILTERS_MOST);
        }
        known
    }

    /// The whole list of a filter that sorts, when it is known or can be known soon. `place` makes an entry, `order` puts them in order.
    pub(super) fn recall_list(
        &self,
        filter: &Filter,
        counts: &Counts,
        cancel: &Cancel,
        place: &(dyn Fn(&Row<'_>) -> Place + Sync),
        order: &dyn Fn(&mut [Place]),
    ) -> Result<Option<Arc<Known<Vec<Place>>>>, EngineError> {
        let known = self.memory.list().clone().filter(|known| known.filter == *filter);
        let Some(known) = known else { return Ok(None) };
        if known.is_of(counts) {
            return Ok(Some(known));
        }
        let (mut gone, mut come) = (BTreeSet::new(), Vec::new());
        let sweep = self.sweep(filter, cancel);
        let whole = self.catch_up(&sweep, &known, counts, &mut |sequence, row| match row {
            Some(row) => come.push(place(row)),
            None => drop(gone.insert(sequence)),
        })?;
        if !whole {
            return Ok(None);
        }
        let mut places: Vec<Place> = known.found.iter().filter(|place| !gone.contains(&place.sequence)).copied().collect();
        places.extend(come);
        order(&mut places);
        Ok(Some(self.remember_list(filter.clone(), counts, places)))
    }

    /// Keeps the whole list of a filter that sorts.
    pub(super) fn remember_list(&self, filter: Filter, counts: &Counts, places: Vec<Place>) -> Arc<Known<Vec<Place>>> {
        let known = Arc::new(Known::new(filter, counts, places));
        if known.filter.is_steady() {
            *self.memory.list() = Some(Arc::clone(&known));
        }
        known
    }

    /// Looks at the rows that came or changed since something was found. `learn` is told of each that changed that it is no longer as it
    /// was known, and of each that is let through now. Whether it is known now what all the rows are.
    fn catch_up<T>(
        &self,
        sweep: &Sweep<'_>,
        known: &Known<T>,
        counts: &Counts,
        learn: &mut dyn FnMut(Sequence, Option<&Row<'_>>),
    ) -> Result<bool, EngineError> {
        let (_, end) = everything(counts);
        if known.revisions > counts.revisions || known.end > end {
            // It was found in a later view than this.
            return Ok(false);
        }
        let Some(revised) = self.snapshot.revised_since(known.revisions)? else { return Ok(false) };
        let mut judge = sweep.judge();
        let mut failed = None;
        let mut show = |from, to, learn: &mut dyn FnMut(Sequence, Option<&Row<'_>>)| {
            self.snapshot.look_through(from, to, Toward::Newer, &mut |row| {
                match judge.shows(row) {
                    Ok(true) => learn(row.sequence(), Some(row)),
                    Ok(false) => {}
                    Err(error) => failed = Some(error),
                }
                if failed.is_some() || sweep.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        };
        for sequence in revised.into_iter().filter(|sequence| *sequence < known.end).collect::<BTreeSet<_>>() {
            learn(sequence, None);
            show(sequence, Sequence(sequence.0.saturating_add(1)), learn)?;
        }
        show(known.end, end, learn)?;
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(!sweep.is_cancelled()),
        }
    }
}
