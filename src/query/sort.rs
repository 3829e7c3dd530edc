//! The orders a filter can ask for.

use std::{cmp::Ordering, fmt};

use super::fields::{Row, score_millionths};
use crate::model::{ids::Sequence, money::Money};

/// Something runs can be sorted by.
#[derive(Debug)]
pub struct SortKey {
    /// Its name in `sort:NAME`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub help: &'static str,
    /// How it is told.
    pub by: By,
}

/// How the order of runs is told.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// By a figure of each; `None` when unknown.
    Figure(fn(&Row<'_>) -> Option<i128>),
    /// By what a person's vote on each would teach, most first: told only by the runs together, so whoever holds them does it.
    Informative,
}

/// All keys.
pub static SORT_KEYS: &[SortKey] = &[
    SortKey { name: "time", help: "when the run was", by: By::Figure(|row| Some(i128::from(row.time().micros()))) },
    SortKey { name: "cost", help: "what it cost", by: By::Figure(|row| row.cost().map(Money::pico)) },
    SortKey { name: "took", help: "how long it took", by: By::Figure(|row| row.took().map(|took| i128::from(took.micros()))) },
    SortKey { name: "tokens", help: "tokens used", by: By::Figure(|row| row.usage().map(|usage| i128::from(usage.total()))) },
    SortKey { name: "steps", help: "number of steps", by: By::Figure(|row| Some(i128::from(row.steps()))) },
    SortKey { name: "informative", help: "what a vote would teach, most first", by: By::Informative },
    SortKey { name: "score", help: "score of the run", by: By::Figure(score_millionths) },
];

/// An order of runs.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// By what.
    pub key: &'static SortKey,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// Reads `cost` or `-cost`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        SORT_KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name)).map(|key| Self { key, descending })
    }

    /// The figure it goes by; `None` when unknown, or when no figure of one run tells.
    #[must_use]
    pub fn figure(&self, row: &Row<'_>) -> Option<i128> {
        match self.key.by {
            By::Figure(read) => read(row),
            By::Informative => None,
        }
    }

    /// Which of two runs comes first. Unknown comes last in either direction; of equal runs the older comes first, or the newer when the
    /// largest does.
    #[must_use]
    pub fn compare(&self, left: &Row<'_>, right: &Row<'_>) -> Ordering {
        self.compare_figures((self.figure(left), left.sequence()), (self.figure(right), right.sequence()))
    }

    /// The same of runs of which only the figure and the place are at hand.
    #[must_use]
    pub fn compare_figures<F: Ord>(&self, left: (Option<F>, Sequence), right: (Option<F>, Sequence)) -> Ordering {
        let (first, second) = if self.descending { (&right, &left) } else { (&left, &right) };
        let order = match (&first.0, &second.0) {
            (Some(first), Some(second)) => first.cmp(second),
            _ => left.0.is_none().cmp(&right.0.is_none()),
        };
        order.then(first.1.cmp(&second.1))
    }
}

impl PartialEq for Sort {
    fn eq(&self, other: &Self) -> bool {
        self.key.name == other.key.name && self.descending == other.descending
    }
}

impl Eq for Sort {}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.key.name)
    }
}
