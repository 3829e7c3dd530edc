//! A window on a list of a million rows: it knows the rows around what is shown, and asks for others before they are needed.
//! What is shown and what is selected are sequence numbers, never row indexes, so arrivals move nothing.

use std::sync::Arc;

use crate::{
    model::{ids::Sequence, summary::Summary},
    workbench::{
        need::{Anchor, RowPage},
        pane::Motion,
        shared::Shared,
    },
};

/// Where the window stands.
#[derive(Debug, Default)]
pub(super) struct Window {
    page: Arc<RowPage>,
    /// Rows that fit on the screen.
    height: usize,
    /// The first row shown; `None` while following.
    top: Option<Sequence>,
    selected: Option<Sequence>,
    /// The row questions are asked around; it changes only when what is shown comes near an end of the page.
    anchor: Option<Anchor>,
    held: Option<Held>,
    /// The move to finish once the rows it leads to have come.
    pending: Option<Motion>,
}

/// What was there when the list was held, to count arrivals from.
#[derive(Debug, Clone, Copy)]
struct Held {
    newest: Option<Sequence>,
    total: u64,
}

impl Window {
    pub(super) fn page(&self) -> &RowPage {
        &self.page
    }

    pub(super) fn rows(&self) -> &[Summary] {
        &self.page.rows
    }

    pub(super) fn stored(&self) -> u64 {
        self.page.stored
    }

    pub(super) const fn selected(&self) -> Option<Sequence> {
        self.selected
    }

    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    fn index_of(&self, sequence: Sequence) -> Option<usize> {
        // A filter may sort by something else than arrival, so this cannot be a binary search; a page is a few screens.
        self.page.rows.iter().position(|row| row.sequence == sequence)
    }

    fn top_index(&self) -> usize {
        self.top.and_then(|top| self.index_of(top)).unwrap_or(0)
    }

    fn selected_index(&self) -> Option<usize> {
        self.selected.and_then(|selected| self.index_of(selected))
    }

    pub(super) fn selected_row(&self) -> Option<&Summary> {
        self.selected_index().and_then(|index| self.page.rows.get(index))
    }

    /// The line of the selected row, from 0 at the first row shown.
    pub(super) fn selected_place(&self) -> Option<usize> {
        let place = self.selected_index()?.checked_sub(self.top_index())?;
        (place < self.height).then_some(place)
    }

    /// The rows shown, newest first.
    pub(super) fn visible(&self) -> impl Iterator<Item = &Summary> {
        self.page.rows.iter().skip(self.top_index()).take(self.height)
    }

    /// What to ask for: around which row, how many above, how many from it on.
    pub(super) fn wanted(&self) -> (Anchor, usize, usize) {
        let screen = self.height.max(1);
        match self.anchor {
            Some(Anchor::Oldest) => (Anchor::Oldest, screen * 3, 1),
            Some(anchor) => (anchor, screen * 2, screen * 3),
            None => (Anchor::Newest, 0, screen * 3),
        }
    }

    pub(super) fn resize(&mut self, height: usize) {
        self.height = height;
        self.keep_selected_visible();
        self.reanchor();
    }

    /// Starts over at the newest row, following (the filter changed).
    pub(super) fn restart(&mut self) {
        *self = Self { height: self.height, page: Arc::new(RowPage { stored: self.page.stored, ..RowPage::default() }), ..Self::default() };
    }

    /// Follows: the newest rows are shown, and the newest is selected as soon as it is known.
    pub(super) fn follow(&mut self) {
        (self.top, self.anchor, self.held, self.selected) = (None, None, None, None);
        if self.page.more_above {
            self.pending = Some(Motion::First);
        } else {
            self.pending = None;
            self.selected = self.page.rows.first().map(|row| row.sequence);
        }
    }

    /// Holds what is shown; arrivals are counted from `newest` on.
    pub(super) fn hold(&mut self, newest: Option<Sequence>) {
        if self.held.is_none() && !self.page.rows.is_empty() {
            self.held = Some(Held { newest, total: self.page.total });
            self.top = self.page.rows.get(self.top_index()).map(|row| row.sequence);
            self.anchor = self.top.map(Anchor::At);
        }
    }

    pub(super) fn toggle(&mut self, newest: Option<Sequence>) {
        if self.is_held() { self.follow() } else { self.hold(newest) }
    }

    /// Rows that arrived since the list was held; `None` when that cannot be told.
    pub(super) fn arrivals(&self, shared: &Shared) -> Option<u64> {
        let held = self.held?;
        if shared.filter.is_none() {
            let (newest, then) = (shared.beat.last?, held.newest?);
            return Some(newest.0.saturating_sub(then.0));
        }
        self.page.exact.then(|| self.page.total.saturating_sub(held.total))
    }

    /// Moves the cursor; where there is none yet, any move by rows puts it on the first row shown.
    pub(super) fn go(&mut self, motion: Motion, newest: Option<Sequence>) {
        if motion == Motion::First {
            return self.follow();
        }
        if self.page.rows.is_empty() {
            return;
        }
        self.hold(newest);
        if motion == Motion::Last && self.page.more_below {
            self.anchor = Some(Anchor::Oldest);
            self.pending = Some(motion);
            return;
        }
        let last = self.page.rows.len() - 1;
        let Some(here) = self.selected_index() else {
            self.selected = self.page.rows.get(self.top_index()).map(|row| row.sequence);
            return;
        };
        let screen = self.height.max(1);
        let to = match motion {
            Motion::Up => here.saturating_sub(1),
            Motion::Down => here + 1,
            Motion::PageUp => here.saturating_sub(screen),
            Motion::PageDown => here + screen,
            Motion::First => 0,
            Motion::Last => last,
        };
        self.selected = self.page.rows.get(to.min(last)).map(|row| row.sequence);
        self.keep_selected_visible();
        self.reanchor();
    }

    /// Puts the cursor on a row of the screen, if there is one.
    pub(super) fn click(&mut self, place: usize, newest: Option<Sequence>) {
        let clicked = self.visible().nth(place).map(|row| row.sequence);
        if let Some(row) = clicked {
            self.hold(newest);
            self.selected = Some(row);
            self.reanchor();
        }
    }

    /// Takes the rows that came. What is shown and selected stays, as far as it is still there; `first` puts the cursor on the first row
    /// when it is nowhere.
    pub(super) fn take(&mut self, page: Arc<RowPage>, first: bool) {
        if !page.done && self.loses(&page) {
            return;
        }
        let fresh = self.page.rows.is_empty();
        let (old_top, old_place) = (self.top_index(), self.selected_index());
        let neighbours: Vec<Sequence> = self.page.rows.iter().skip(old_top).map(|row| row.sequence).collect();
        let near_selected: Vec<Sequence> = self.page.rows.iter().skip(old_place.unwrap_or(0)).map(|row| row.sequence).collect();
        self.page = page;
        match self.pending.take() {
            Some(Motion::Last) => {
                self.selected = self.page.rows.last().map(|row| row.sequence);
                self.top = self.page.rows.first().map(|row| row.sequence);
            }
            Some(_) => self.selected = self.page.rows.first().map(|row| row.sequence),
            None => {}
        }
        if self.held.is_some() {
            // A row that was deleted gives its place to the next older one that is still there.
            let still = |candidates: &[Sequence]| candidates.iter().copied().find(|sequence| self.index_of(*sequence).is_some());
            let first = self.page.rows.first().map(|row| row.sequence);
            let top = self.top.filter(|top| self.index_of(*top).is_some()).or_else(|| still(&neighbours)).or(first);
            let selected = self.selected.filter(|row| self.index_of(*row).is_some()).or_else(|| still(&near_selected)).or(top);
            (self.top, self.selected) = (top, selected);
        } else if self.selected_place().is_none() {
            // Following, and the selected row was pushed off the screen. The cursor does not jump to another run, which would then be
            // the one that a vote or the trace pane speaks of; it is gone until the reader moves.
            let newest = self.page.rows.first().map(|row| row.sequence);
            self.selected = newest.filter(|_| first || fresh);
        }
        self.keep_selected_visible();
        self.reanchor();
    }

    /// Whether a page that is not the last word lacks rows that are shown: it would empty the screen only to fill it again.
    fn loses(&self, page: &RowPage) -> bool {
        if self.pending.is_some() {
            return page.rows.is_empty();
        }
        let top = match self.top {
            Some(top) => page.rows.iter().position(|row| row.sequence == top),
            None => Some(0),
        };
        let there = top.map_or(0, |top| page.rows.len().saturating_sub(top));
        there < self.visible().count()
    }

    fn keep_selected_visible(&mut self) {
        let (Some(selected), true) = (self.selected_index(), self.is_held()) else { return };
        let screen = self.height.max(1);
        let top = self.top_index();
        let top = top.clamp(selected.saturating_sub(screen - 1), selected);
        self.top = self.page.rows.get(top).map(|row| row.sequence);
    }

    /// Asks around another row once less than a screen is left above or below, and there is more.
    fn reanchor(&mut self) {
        if !self.is_held() || self.pending.is_some() {
            return;
        }
        let top = self.top_index();
        let screen = self.height.max(1);
        let left_below = self.page.rows.len().saturating_sub(top + screen);
        let short_above = top < screen && self.page.more_above;
        let short_below = left_below < screen && self.page.more_below;
        if (short_above || short_below) && self.top.is_some() {
            self.anchor = self.top.map(Anchor::At);
        }
    }
}
