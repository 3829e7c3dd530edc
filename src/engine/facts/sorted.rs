//! Rows of a filter that sorts or has a limit: its whole list is made first, then a window of it is opened.

use std::{cmp::Ordering, collections::HashSet};

use super::{Anchor, Facts, RowQuery, RowWindow, Total, rows::End};
use crate::{
    analysis::informative,
    engine::error::EngineError,
    model::{ids::Sequence, summary::Summary},
    query::{
        Filter,
        sort::{By, Sort},
    },
    store::Counts,
};

/// Rows looked at for a whole list: about half a second of work.
const LIST_BUDGET: u64 = 200_000;

/// A row's place in the order, without the row: a list of 200,000 takes 8 MB.
struct Place {
    key: Option<i128>,
    sequence: Sequence,
}

impl Facts {
    pub(super) fn sorted_rows(&self, query: &RowQuery<'_>, filter: &Filter, counts: &Counts) -> Result<RowWindow, EngineError> {
        let (places, searched, whole) = self.list(filter)?;
        let anchor = match query.anchor {
            Anchor::Newest => 0,
            Anchor::At(sequence) => places.iter().position(|place| place.sequence == sequence).unwrap_or(0),
        };
        let from = anchor.saturating_sub(query.before);
        let to = anchor.saturating_add(query.after).min(places.len());
        let mut rows: Vec<Summary> = Vec::with_capacity(to - from);
        for place in places.get(from..to).unwrap_or_default() {
            // Deleted rows cannot be missing: the list and the rows are of one snapshot.
            rows.extend(self.snapshot.summary(place.sequence)?);
        }
        let total = places.len() as u64;
        Ok(RowWindow {
            anchor_index: anchor - from,
            position: Some(from as u64),
            total: if whole || searched >= counts.traces { Total::Exactly(total) } else { Total::AtLeast(total) },
            more_above: from > 0,
            more_below: to < places.len(),
            searched,
            resume_below: None,
            resume_above: None,
            rows,
        })
    }

    fn list(&self, filter: &Filter) -> Result<(Vec<Place>, u64, bool), EngineError> {
        let limit = filter.limit().unwrap_or(usize::MAX);
        let sort = filter.sort();
        if let Some(sort) = sort.filter(|sort| matches!(sort.key.by, By::Informative)) {
            return self.list_to_judge(filter, limit, sort.descending);
        }
        let (mut places, mut searched) = (Vec::new(), 0_u64);
        let end = self.each_down(None, LIST_BUDGET, |row| {
            searched += 1;
            if filter.matches(&row, self.moment()) {
                places.push(Place { key: sort.and_then(|sort| sort.figure(&row)), sequence: row.sequence });
            }
            // Without an order the newest matches are the list; with one, any row may belong on top.
            sort.is_some() || places.len() < limit
        })?;
        if let Some(sort) = sort {
            places.sort_by(|left, right| compare(&sort, left, right));
        }
        places.truncate(limit);
        Ok((places, searched, !matches!(end, End::Budget(_))))
    }
}

impl Facts {
    /// The newest matches by what a vote on each would teach. Runs that were judged count although the filter leaves them out.
    fn list_to_judge(&self, filter: &Filter, limit: usize, reversed: bool) -> Result<(Vec<Place>, u64, bool), EngineError> {
        let (mut rows, mut matches, mut searched) = (Vec::new(), HashSet::new(), 0_u64);
        let end = self.each_down(None, LIST_BUDGET, |row| {
            let matching = filter.matches(&row, self.moment());
            let full = rows.len() == informative::MOST_ROWS;
            if !full && (matching || row.feedback.is_some()) {
                if matching {
                    matches.insert(row.sequence);
                }
                rows.push(row);
            }
            searched += u64::from(!full);
            !full
        })?;
        let mut order = informative::order(&rows, self.now);
        order.retain(|sequence| matches.contains(sequence));
        if reversed {
            order.reverse();
        }
        order.truncate(limit);
        let places = order.into_iter().map(|sequence| Place { key: None, sequence }).collect();
        Ok((places, searched, matches!(end, End::Reached)))
    }
}

/// As [`Sort::compare`], on places.
fn compare(sort: &Sort, left: &Place, right: &Place) -> Ordering {
    let order = match (left.key, right.key) {
        (Some(left), Some(right)) if sort.descending => right.cmp(&left),
        (Some(left), Some(right)) => left.cmp(&right),
        (left, right) => left.is_none().cmp(&right.is_none()),
    };
    order.then(right.sequence.cmp(&left.sequence))
}
