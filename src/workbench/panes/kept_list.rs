//! A list that is refreshed under its reader: rows keep their places and the selection keeps its row, whatever the new figures are.

use crate::workbench::pane::Motion;

/// Rows in the order the reader first saw them, and one of them selected by its key.
#[derive(Debug)]
pub struct KeptList<T> {
    rows: Vec<T>,
    selected: usize,
    page: usize,
}

impl<T> Default for KeptList<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), selected: 0, page: 10 }
    }
}

impl<T> KeptList<T> {
    /// Takes fresh rows: those seen before keep their places, new ones come after them, gone ones leave. The selection stays on
    /// its row; when that row is gone, on what stands in its place.
    pub fn refresh<K: PartialEq>(&mut self, fresh: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) {
        let mut fresh: Vec<Option<T>> = fresh.into_iter().map(Some).collect();
        let selected = self.rows.get(self.selected).map(&key);
        let mut kept = Vec::with_capacity(fresh.len());
        for old in &self.rows {
            let wanted = key(old);
            if let Some(slot) = fresh.iter_mut().find(|slot| slot.as_ref().is_some_and(|row| key(row) == wanted)) {
                kept.extend(slot.take());
            }
        }
        kept.extend(fresh.into_iter().flatten());
        self.rows = kept;
        let stays = selected.and_then(|wanted| self.rows.iter().position(|row| key(row) == wanted));
        self.selected = stays.unwrap_or(self.selected).min(self.rows.len().saturating_sub(1));
    }

    /// Forgets the order: the next rows come as they are (another question was asked).
    pub fn clear(&mut self) {
        self.rows.clear();
        self.selected = 0;
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> Option<&T> {
        self.rows.get(self.selected)
    }

    /// Which row is selected, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.selected
    }

    /// Selects the first row that fits; answers whether there is one.
    pub fn select(&mut self, fits: impl Fn(&T) -> bool) -> bool {
        let found = self.rows.iter().position(fits);
        self.selected = found.unwrap_or(self.selected);
        found.is_some()
    }

    /// How many rows a page has.
    pub const fn set_page(&mut self, rows: usize) {
        self.page = if rows == 0 { 1 } else { rows };
    }

    /// Moves the selection.
    pub fn step(&mut self, motion: Motion) {
        let last = self.rows.len().saturating_sub(1);
        self.selected = match motion {
            Motion::Up => self.selected.saturating_sub(1),
            Motion::Down => (self.selected + 1).min(last),
            Motion::PageUp => self.selected.saturating_sub(self.page),
            Motion::PageDown => (self.selected + self.page).min(last),
            Motion::First => 0,
            Motion::Last => last,
        };
    }

    /// The first row to show so that the selected one is among `height` rows.
    #[must_use]
    pub fn top(&self, height: usize) -> usize {
        (self.selected + 1).saturating_sub(height.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[(&'static str, u32)]) -> KeptList<(&'static str, u32)> {
        let mut list = KeptList::default();
        list.refresh(rows.iter().copied(), |row| row.0);
        list
    }

    #[test]
    fn fresh_figures_do_not_move_the_rows() {
        let mut list = list(&[("a", 1), ("b", 2), ("c", 3)]);
        list.step(Motion::Down);
        list.refresh([("c", 9), ("new", 1), ("b", 8), ("a", 7)], |row| row.0);
        assert_eq!(list.rows(), [("a", 7), ("b", 8), ("c", 9), ("new", 1)]);
        assert_eq!(list.selected(), Some(&("b", 8)));
    }

    #[test]
    fn what_is_gone_leaves_and_the_selection_stays_near() {
        let mut list = list(&[("a", 1), ("b", 2)]);
        list.step(Motion::Last);
        list.refresh([("a", 1)], |row| row.0);
        assert_eq!(list.selected(), Some(&("a", 1)));
        list.refresh([], |row| row.0);
        assert_eq!(list.selected(), None);
        list.step(Motion::Down);
        assert_eq!(list.index(), 0);
    }

    #[test]
    fn the_selected_row_is_always_in_sight() {
        let mut list = list(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
        list.step(Motion::Last);
        assert_eq!(list.top(2), 2);
        assert_eq!(list.top(0), 3);
        list.step(Motion::First);
        assert_eq!(list.top(2), 0);
    }
}
