//! A list whose figures are refreshed under its reader: rows keep their places and the selection its row, whatever the new figures are.

use std::collections::HashMap;

use super::{pane::Motion, picked::Picked};

/// Rows in the order the reader first saw them, one of them selected by its identity.
#[derive(Debug)]
pub struct Kept<T> {
    rows: Vec<T>,
    keys: Vec<String>,
    key: fn(&T) -> &str,
    picked: Picked<String>,
    /// Whether the next rows come in their own order.
    sort: bool,
}

impl<T> Kept<T> {
    /// An empty list of rows told apart by this key.
    #[must_use]
    pub fn new(key: fn(&T) -> &str) -> Self {
        Self { rows: Vec::new(), keys: Vec::new(), key, picked: Picked::default(), sort: true }
    }

    /// Takes fresh rows: those seen before keep their places, new ones come after them, gone ones leave. When the selected row is
    /// gone, the one that took its place is selected.
    pub fn refresh(&mut self, fresh: impl IntoIterator<Item = T>) {
        let mut rows: Vec<T> = fresh.into_iter().collect();
        if !std::mem::take(&mut self.sort) {
            let places: HashMap<&str, usize> = self.keys.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
            // New rows share the last place, and the sort is stable.
            rows.sort_by_key(|row| places.get((self.key)(row)).copied().unwrap_or(usize::MAX));
        }
        self.keys = rows.iter().map(|row| (self.key)(row).to_owned()).collect();
        self.rows = rows;
        self.picked.settle(&self.keys);
    }

    /// Another question was asked: the next rows come in their own order. The selection stays with its row.
    pub const fn sort(&mut self) {
        self.sort = true;
    }

    /// The next rows are other things altogether: they come in their own order, and the first is selected.
    pub fn restart(&mut self) {
        self.picked = Picked::default();
        self.sort = true;
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> Option<&T> {
        self.rows.get(self.picked.index())
    }

    /// Which row is selected, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.picked.index()
    }

    /// Selects the row of this identity; answers whether there is one.
    pub fn select(&mut self, key: &str) -> bool {
        let there = self.keys.iter().any(|known| known == key);
        if there {
            self.picked.pick(key.to_owned());
            self.picked.settle(&self.keys);
        }
        there
    }

    /// Moves the selection in a list shown in `height` rows.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.picked.step(motion, &self.keys, height);
    }

    /// The first row to show so that the selected one is among `height` rows.
    #[must_use]
    pub fn top(&self, height: usize) -> usize {
        self.picked.top(self.rows.len(), height)
    }

    /// The rows to show in so many rows of the screen, each with whether it is selected.
    pub fn shown(&self, height: usize) -> impl Iterator<Item = (bool, &T)> {
        let selected = self.index();
        self.rows.iter().enumerate().skip(self.top(height)).take(height).map(move |(place, row)| (place == selected, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, u32);

    fn list(rows: &[Row]) -> Kept<Row> {
        let mut list = Kept::new(|row: &Row| row.0);
        list.refresh(rows.iter().copied());
        list
    }

    #[test]
    fn fresh_figures_do_not_move_the_rows() {
        let mut list = list(&[("a", 1), ("b", 2), ("c", 3)]);
        list.step(Motion::Down, 9);
        list.refresh([("c", 9), ("new", 1), ("b", 8), ("a", 7)]);
        assert_eq!(list.rows(), [("a", 7), ("b", 8), ("c", 9), ("new", 1)]);
        assert_eq!(list.selected(), Some(&("b", 8)));
    }

    #[test]
    fn another_question_brings_its_own_order_and_keeps_the_selection() {
        let mut list = list(&[("a", 1), ("b", 2), ("c", 3)]);
        list.step(Motion::Down, 9);
        list.sort();
        list.refresh([("c", 9), ("b", 8), ("a", 7)]);
        assert_eq!(list.rows(), [("c", 9), ("b", 8), ("a", 7)]);
        assert_eq!(list.selected(), Some(&("b", 8)));
        list.restart();
        list.refresh([("x", 1), ("y", 1)]);
        assert_eq!(list.selected(), Some(&("x", 1)));
    }

    #[test]
    fn what_is_gone_leaves_and_the_selection_stays_near() {
        let mut list = list(&[("a", 1), ("b", 2)]);
        list.step(Motion::Last, 9);
        list.refresh([("a", 1)]);
        assert_eq!(list.selected(), Some(&("a", 1)));
        list.refresh([]);
        assert_eq!(list.selected(), None);
        list.step(Motion::Down, 9);
        assert_eq!(list.index(), 0);
    }

    #[test]
    fn the_selected_row_is_always_in_sight() {
        let mut list = list(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
        list.step(Motion::Last, 2);
        assert_eq!(list.shown(2).collect::<Vec<_>>(), [(false, &("c", 3)), (true, &("d", 4))]);
        list.step(Motion::Up, 2);
        assert_eq!(list.top(2), 2, "the list moves no further than the selection needs");
        assert_eq!(list.shown(0).count(), 0);
    }
}
