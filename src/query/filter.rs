//! A filter that has been read: it tests rows, writes itself back, and can be relaxed.

use std::fmt;

use jiff::tz::TimeZone;

use super::{
    condition::{self, Condition},
    error::FilterError,
    fields::Row,
    needle::Needle,
    parse,
    sort::Sort,
};
use crate::model::{progress::Moment, time::Timestamp};

/// Longest filter that is read, in bytes.
pub const LENGTH_MAX: usize = 4_096;

/// Which runs, in what order, how many. Its `Display` is a filter that reads back as the same one; it holds the user's own text, so clean it
/// before it reaches a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub(super) terms: Vec<Term>,
    pub(super) sort: Option<Sort>,
    pub(super) limit: Option<usize>,
}

/// One of the conditions joined by and: itself conditions joined by or, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) any: Vec<Condition>,
}

impl Filter {
    /// Reads a filter; days without an offset are those of UTC.
    ///
    /// # Errors
    /// Where and why the text is not a filter. Never panics, whatever the text.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, FilterError> {
        Self::parse_in(text, now, &TimeZone::UTC)
    }

    /// Reads a filter; days without an offset are those of `zone`, and times ago are counted from `now`.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_in(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, FilterError> {
        if text.len() > LENGTH_MAX {
            let within = text.char_indices().take_while(|(at, _)| *at < LENGTH_MAX).count();
            return Err(FilterError::at(within, format!("a filter has at most {LENGTH_MAX} bytes; this one has {}", text.len())));
        }
        parse::parse(text, now, zone)
    }

    /// Whether a run is shown at this moment, as far as its row tells; `None` when its body decides.
    #[must_use]
    pub fn judge(&self, row: &Row<'_>, moment: Moment) -> Option<bool> {
        // All hold unless any does not.
        let fails = |term: &Term| term.judge(row, moment).map(|holds| !holds);
        condition::any(self.terms.iter().map(fails)).map(|fails| !fails)
    }

    /// Whether a run is shown at this moment, nothing being known of its body: what only that decides holds for none.
    #[must_use]
    pub fn matches(&self, row: &Row<'_>, moment: Moment) -> bool {
        self.judge(row, moment) == Some(true)
    }

    /// Whether a run is shown at this moment; `body` is asked whether the run's body holds a text where nothing else decides.
    pub fn matches_with(&self, row: &Row<'_>, moment: Moment, body: &mut dyn FnMut(&Needle) -> bool) -> bool {
        self.judge(row, moment).unwrap_or_else(|| {
            let mut holds = |term: &Term| match term.judge(row, moment) {
                Some(holds) => holds,
                None => term.any.iter().any(|condition| condition.matches(row, moment, &mut *body)),
            };
            self.terms.iter().all(&mut holds)
        })
    }

    /// Whether bodies may have to be read to tell which runs are shown.
    #[must_use]
    pub fn reads_bodies(&self) -> bool {
        self.terms.iter().flat_map(|term| &term.any).any(Condition::reads_bodies)
    }

    /// Whether it shows the same of the same rows at any moment.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        !self.terms.iter().flat_map(|term| &term.any).any(Condition::passes)
    }

    /// The same without its limit.
    #[must_use]
    pub fn unlimited(&self) -> Self {
        Self { limit: None, ..self.clone() }
    }

    /// Its conditions alone, without order and limit.
    #[must_use]
    pub fn conditions(&self) -> Self {
        Self { terms: self.terms.clone(), sort: None, limit: None }
    }

    /// Whether every run is shown: there is no condition. An order or a limit may still be asked for.
    #[must_use]
    pub const fn shows_all(&self) -> bool {
        self.terms.is_empty()
    }

    /// The order asked for; `None` for the list's own, newest first.
    #[must_use]
    pub const fn sort(&self) -> Option<Sort> {
        self.sort
    }

    /// The same conditions in another order, named as after `sort:`; in the list's own for `None` and for a name that is no order's.
    #[must_use]
    pub fn in_order(&self, order: Option<&str>) -> Self {
        Self { sort: order.and_then(Sort::read), ..self.clone() }
    }

    /// The most runs asked for, at least 1; `None` for all.
    #[must_use]
    pub const fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// The conditions that all must hold, each as it could be written.
    pub fn terms(&self) -> impl ExactSizeIterator<Item = String> {
        self.terms.iter().map(ToString::to_string)
    }

    /// The same filter without the condition at this place of [`Filter::terms`]; itself where there is none.
    #[must_use]
    pub fn without(&self, term: usize) -> Self {
        let mut relaxed = self.clone();
        if term < relaxed.terms.len() {
            relaxed.terms.remove(term);
        }
        relaxed
    }
}

impl Term {
    fn judge(&self, row: &Row<'_>, moment: Moment) -> Option<bool> {
        condition::any(self.any.iter().map(|condition| condition.judge(row, moment)))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for term in &self.terms {
            write!(f, "{gap}{term}")?;
            gap = " ";
        }
        if let Some(sort) = self.sort {
            write!(f, "{gap}sort:{sort}")?;
            gap = " ";
        }
        if let Some(limit) = self.limit {
            write!(f, "{gap}limit:{limit}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for condition in &self.any {
            write!(f, "{gap}{condition}")?;
            gap = " | ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
