//! What stands at the right of the stream's upper border: what is listed, which filter is in force, how many it shows, how far the search is.

use crate::{
    text::{
        human,
        width::{fit, width},
    },
    workbench::shared::Shared,
};

/// Columns of the border that the title, its brackets and the corners take.
const TAKEN: usize = 24;
/// A filter cut to fewer columns than this says nothing.
const FILTER_LEAST: usize = 8;

/// How far the rows are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// Whether an answer has come at all.
    pub(super) answered: bool,
    /// Rows that match.
    pub(super) total: u64,
    /// Whether these are all.
    pub(super) exact: bool,
    /// Rows searched.
    pub(super) searched: u64,
    /// Runs stored.
    pub(super) stored: u64,
    /// Whether what matches is a part of those: sessions are not.
    pub(super) of_stored: bool,
    /// Whether the search has ended.
    pub(super) done: bool,
    /// Whether somebody ended it before its end.
    pub(super) stopped: bool,
}

impl Progress {
    /// How much of the store is searched, in whole per cent; 100 only at the end.
    pub(super) fn percent(&self) -> u64 {
        if self.done { 100 } else { self.searched.saturating_mul(100).checked_div(self.stored).unwrap_or(0).min(99) }
    }

    fn words(&self) -> String {
        let total = human::count(self.total);
        if self.stopped {
            format!("{total} in {} of {}, stopped", human::count(self.searched), human::count(self.stored))
        } else if !self.answered {
            "searching".to_owned()
        } else if !self.done {
            format!("{total} so far, {} %", self.percent())
        } else if !self.of_stored {
            format!("{total}{}", if self.exact { "" } else { "+" })
        } else if self.exact {
            format!("{total} of {}", human::count(self.stored))
        } else if self.searched < self.stored && self.searched > 0 {
            format!("{total}+ in {} of {}", human::count(self.searched), human::count(self.stored))
        } else {
            format!("{total}+ of {}", human::count(self.stored))
        }
    }
}

/// `filter: is:failed · 212 of 12,408` for a pane of so many columns. A filter that is a saved view is named; a long one is cut, never
/// the count.
pub(super) fn filtered(what: &str, progress: &Progress, shared: &Shared, columns: usize) -> Option<String> {
    let filter = shared.filter_shown()?;
    let name = shared.filter.as_deref().and_then(|filter| shared.views.name_for(filter));
    let (lead, filter) = name.map_or_else(|| ("filter: ", filter.into_owned()), |name| ("", format!("@{name}")));
    let rest = format!("{}{}", shared.glyphs.separator, progress.words());
    let what = if what.is_empty() { String::new() } else { format!("{what}{}", shared.glyphs.separator) };
    let room = columns.saturating_sub(TAKEN + width(&rest) + width(&what));
    let whole = width(lead) + width(&filter) <= room;
    Some(match room {
        _ if whole => format!("{what}{lead}{filter}{rest}"),
        FILTER_LEAST.. => format!("{what}{}{rest}", fit(&filter, room)),
        _ => format!("{what}filtered{rest}"),
    })
}
