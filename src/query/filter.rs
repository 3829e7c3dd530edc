//! A filter that has been read: it tests rows, writes itself back, and can be relaxed.

use std::fmt;

use jiff::tz::TimeZone;

use super::{condition::Condition, error::FilterError, parse, sort::Sort};
use crate::model::{progress::Moment, summary::Summary, time::Timestamp};

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

    /// Whether a run is shown at this moment.
    #[must_use]
    pub fn matches(&self, row: &Summary, moment: Moment) -> bool {
        self.terms.iter().all(|term| term.any.iter().any(|condition| condition.matches(row, moment)))
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
