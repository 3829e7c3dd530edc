//! The selected item of a list that changes under the reader: kept by identity, never by row, and held where it stood on the screen.

use super::pane::Motion;

/// Which item of a list is selected, and from which row on the list is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked<K> {
    key: Option<K>,
    index: usize,
    top: usize,
}

impl<K> Default for Picked<K> {
    fn default() -> Self {
        Self { key: None, index: 0, top: 0 }
    }
}

impl<K: Clone + PartialEq> Picked<K> {
    /// The identity of the selected item; `None` before there was one.
    #[must_use]
    pub const fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    /// Where the selected item stands in the list, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Selects an item, even one the list does not have yet: [`Picked::settle`] finds it when it comes.
    pub fn pick(&mut self, key: K) {
        self.key = Some(key);
    }

    /// The list now has these items. The selected one keeps its row on the screen where it can; when it is gone, the one that took
    /// its place is selected. Answers whether the item selected before is still there (also when none was).
    pub fn settle(&mut self, keys: &[K]) -> bool {
        let found = self.key.as_ref().and_then(|wanted| keys.iter().position(|key| key == wanted));
        let there = found.is_some() || self.key.is_none();
        let on_screen = self.index.saturating_sub(self.top);
        self.index = found.unwrap_or_else(|| self.index.min(keys.len().saturating_sub(1)));
        self.top = self.index.saturating_sub(on_screen);
        self.key = keys.get(self.index).cloned();
        there
    }

    /// Moves the selection in a list shown in `height` rows.
    pub fn step(&mut self, motion: Motion, keys: &[K], height: usize) {
        let last = keys.len().saturating_sub(1);
        let page = height.saturating_sub(1).max(1);
        self.index = match motion {
            Motion::Up => self.index.saturating_sub(1),
            Motion::Down => self.index.saturating_add(1),
            Motion::PageUp => self.index.saturating_sub(page),
            Motion::PageDown => self.index.saturating_add(page),
            Motion::First => 0,
            Motion::Last => last,
        }
        .min(last);
        self.key = keys.get(self.index).cloned();
        self.top = self.top(keys.len(), height);
    }

    /// The first item shown when `count` items stand in `height` rows: as before, moved no further than the selection needs.
    #[must_use]
    pub fn top(&self, count: usize, height: usize) -> usize {
        let lowest = self.index.saturating_sub(height.saturating_sub(1));
        self.top.clamp(lowest, self.index).min(count.saturating_sub(height)).max(lowest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_selection_follows_its_item_and_keeps_its_row() {
        let mut picked = Picked::default();
        picked.settle(&["a", "b", "c", "d"]);
        picked.step(Motion::Down, &["a", "b", "c", "d"], 3);
        assert!(picked.settle(&["new", "a", "b", "c", "d"]));
        assert_eq!((picked.key(), picked.index(), picked.top(5, 3)), (Some(&"b"), 2, 1));
    }

    #[test]
    fn when_the_item_goes_its_neighbour_is_selected() {
        let mut picked = Picked::default();
        picked.settle(&["a", "b", "c"]);
        picked.step(Motion::Last, &["a", "b", "c"], 3);
        assert!(!picked.settle(&["a", "b"]));
        assert_eq!(picked.key(), Some(&"b"));
        picked.settle(&[]);
        assert_eq!(picked.key(), None);
    }

    #[test]
    fn an_item_can_be_selected_before_it_comes() {
        let mut picked = Picked::default();
        picked.pick("c");
        assert!(picked.settle(&["a", "b", "c"]));
        assert_eq!(picked.index(), 2);
    }

    proptest! {
        #[test]
        fn the_selected_row_is_always_shown(
            motions in proptest::collection::vec(0usize..6, 0..40), count in 0usize..50, other in 0usize..50, height in 1usize..20,
        ) {
            const MOTIONS: [Motion; 6] =
                [Motion::Up, Motion::Down, Motion::PageUp, Motion::PageDown, Motion::First, Motion::Last];
            let mut picked = Picked::default();
            let keys: Vec<usize> = (0..count).collect();
            picked.settle(&keys);
            for motion in motions {
                picked.step(MOTIONS[motion], &keys, height);
            }
            for count in [count, other] {
                picked.settle(&(0..count).collect::<Vec<_>>());
                let top = picked.top(count, height);
                prop_assert!(count == 0 || (top..top + height).contains(&picked.index()));
                prop_assert!(top + height <= count.max(height), "no empty rows while there are items above");
            }
        }
    }
}
