//! Lines that lie within lines and can be folded away: which are closed, which are shown, and where a line went when it is not.
//!
//! Items are counted from 0 in reading order and know only their level. An item holds all that follow it on deeper levels, up to the
//! next of its own level or above. What changes costs one walk over all items; what is asked costs nothing, or one binary search.

/// Items with their levels, and which of them are closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folding {
    levels: Vec<u16>,
    /// Behind the last item that lies within each.
    ends: Vec<u32>,
    closed: Vec<bool>,
    /// The items that lie within no closed one, in order.
    shown: Vec<u32>,
}

impl Folding {
    /// All open. Items beyond `u32::MAX` are left out.
    #[must_use]
    pub fn new(levels: Vec<u16>) -> Self {
        let mut levels = levels;
        levels.truncate(u32::MAX as usize);
        let count = levels.len();
        let mut ends = vec![as_item(count); count];
        // Items whose end is not known yet, the deepest last.
        let mut open: Vec<usize> = Vec::new();
        for (item, level) in levels.iter().enumerate() {
            while let Some(held) = open.pop_if(|held| levels.get(*held).is_some_and(|above| above >= level)) {
                if let Some(end) = ends.get_mut(held) {
                    *end = as_item(item);
                }
            }
            open.push(item);
        }
        let mut folding = Self { closed: vec![false; count], levels, ends, shown: Vec::new() };
        folding.show();
        folding
    }

    /// How many items there are, shown or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.levels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// How many rows are shown.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.shown.len()
    }

    /// The item in a row.
    #[must_use]
    pub fn item(&self, row: usize) -> Option<usize> {
        self.shown.get(row).map(|item| *item as usize)
    }

    /// The row an item is in, or that of the closed item it lies within. Row 0 where there are no items.
    #[must_use]
    pub fn row(&self, item: usize) -> usize {
        self.shown.partition_point(|shown| *shown as usize <= item).saturating_sub(1)
    }

    /// The level of an item.
    #[must_use]
    pub fn level(&self, item: usize) -> u16 {
        self.levels.get(item).copied().unwrap_or(0)
    }

    /// How many items lie within an item, on all levels below it.
    #[must_use]
    pub fn within(&self, item: usize) -> usize {
        self.ends.get(item).map_or(0, |end| (*end as usize).saturating_sub(item + 1))
    }

    /// The items that lie within an item.
    #[must_use]
    pub fn inside(&self, item: usize) -> std::ops::Range<usize> {
        item + 1..item + 1 + self.within(item)
    }

    /// Whether an item is closed and so hides what lies within it.
    #[must_use]
    pub fn is_closed(&self, item: usize) -> bool {
        self.closed.get(item).copied().unwrap_or(false)
    }

    /// The item this one lies within.
    #[must_use]
    pub fn parent(&self, item: usize) -> Option<usize> {
        let level = self.level(item);
        (0..item.min(self.len())).rev().find(|above| self.level(*above) < level)
    }

    /// Closes an item; false when nothing lies within it or it is closed already.
    pub fn close(&mut self, item: usize) -> bool {
        self.within(item) > 0 && self.set(item, true)
    }

    /// Opens an item; false when it is open already.
    pub fn open(&mut self, item: usize) -> bool {
        self.set(item, false)
    }

    /// Closes an open item, opens a closed one; false when nothing lies within it.
    pub fn toggle(&mut self, item: usize) -> bool {
        if self.is_closed(item) { self.open(item) } else { self.close(item) }
    }

    /// Opens everything.
    pub fn open_all(&mut self) {
        self.close_from(u16::MAX);
    }

    /// Closes every item on this level or deeper that holds others, and opens those above.
    pub fn close_from(&mut self, level: u16) {
        for item in 0..self.len() {
            let closed = self.level(item) >= level && self.within(item) > 0;
            if let Some(slot) = self.closed.get_mut(item) {
                *slot = closed;
            }
        }
        self.show();
    }

    /// Closes exactly these items, as far as anything lies within them.
    pub fn close_only(&mut self, closes: impl Fn(usize) -> bool) {
        for item in 0..self.len() {
            let closed = self.within(item) > 0 && closes(item);
            if let Some(slot) = self.closed.get_mut(item) {
                *slot = closed;
            }
        }
        self.show();
    }

    /// Opens everything an item lies within, so that it is shown.
    pub fn reveal(&mut self, item: usize) {
        if self.item(self.row(item)) == Some(item) {
            return;
        }
        let mut above = self.parent(item);
        while let Some(held) = above {
            if let Some(slot) = self.closed.get_mut(held) {
                *slot = false;
            }
            above = self.parent(held);
        }
        self.show();
    }

    /// The deepest level on which anything is shown.
    #[must_use]
    pub fn deepest_shown(&self) -> u16 {
        self.shown.iter().map(|item| self.level(*item as usize)).max().unwrap_or(0)
    }

    /// Whether anything can be closed.
    #[must_use]
    pub fn folds(&self) -> bool {
        (0..self.len()).any(|item| self.within(item) > 0)
    }

    fn set(&mut self, item: usize, closed: bool) -> bool {
        match self.closed.get_mut(item) {
            Some(slot) if *slot != closed => {
                *slot = closed;
                self.show();
                true
            }
            _ => false,
        }
    }

    fn show(&mut self) {
        self.shown.clear();
        let mut item = 0;
        while item < self.levels.len() {
            self.shown.push(as_item(item));
            item += 1 + if self.is_closed(item) { self.within(item) } else { 0 };
        }
    }
}

fn as_item(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// run, agent (model, tool, tool), agent (model), end
    const LEVELS: [u16; 8] = [0, 0, 1, 2, 2, 0, 1, 0];

    fn shown(folding: &Folding) -> Vec<usize> {
        (0..folding.rows()).filter_map(|row| folding.item(row)).collect()
    }

    #[test]
    fn a_closed_item_hides_all_that_lies_within_it() {
        let mut folding = Folding::new(LEVELS.to_vec());
        assert_eq!(shown(&folding), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((folding.within(1), folding.within(2), folding.within(0)), (3, 2, 0));
        assert!(folding.close(1));
        assert_eq!(shown(&folding), [0, 1, 5, 6, 7]);
        assert_eq!(folding.row(4), 1, "what is hidden is where the closed one is");
        assert!(!folding.close(0), "nothing lies within it");
        folding.reveal(4);
        assert_eq!(shown(&folding), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn all_are_closed_from_a_level_on() {
        let mut folding = Folding::new(LEVELS.to_vec());
        folding.close_from(0);
        assert_eq!(shown(&folding), [0, 1, 5, 7]);
        folding.close_from(1);
        assert_eq!(shown(&folding), [0, 1, 2, 5, 6, 7]);
        folding.open_all();
        assert_eq!(folding.rows(), 8);
    }

    #[test]
    fn an_inner_fold_stays_while_the_outer_one_is_closed_and_opened() {
        let mut folding = Folding::new(LEVELS.to_vec());
        folding.close(2);
        folding.close(1);
        folding.open(1);
        assert_eq!(shown(&folding), [0, 1, 2, 5, 6, 7]);
        assert_eq!((folding.parent(3), folding.parent(6), folding.parent(5)), (Some(2), Some(5), None));
    }

    #[test]
    fn without_items_there_is_nothing_to_show() {
        let mut folding = Folding::new(Vec::new());
        folding.open_all();
        folding.reveal(3);
        assert_eq!((folding.rows(), folding.row(7), folding.item(0), folding.toggle(0)), (0, 0, None, false));
    }

    proptest! {
        #[test]
        fn folding_never_loses_or_reorders_anything(levels in prop::collection::vec(0u16..6, 0..60), keys in prop::collection::vec((0usize..60, 0u8..5), 0..30)) {
            let mut folding = Folding::new(levels.clone());
            for (item, key) in keys {
                match key {
                    0 => _ = folding.close(item),
                    1 => _ = folding.open(item),
                    2 => folding.reveal(item),
                    3 => folding.close_from(u16::try_from(item % 6).unwrap_or(0)),
                    _ => _ = folding.toggle(item),
                }
                // Every item is either in its own row, in order, or within exactly the closed item whose row it shares.
                let mut next = 0;
                for row in 0..folding.rows() {
                    let item = folding.item(row).unwrap_or(usize::MAX);
                    prop_assert_eq!(item, next);
                    prop_assert_eq!(folding.row(item), row);
                    let hidden = if folding.is_closed(item) { folding.inside(item) } else { item + 1..item + 1 };
                    for inside in hidden.clone() {
                        prop_assert_eq!(folding.row(inside), row);
                        prop_assert!(folding.level(inside) > folding.level(item));
                    }
                    next = hidden.end;
                }
                prop_assert_eq!(next, levels.len());
            }
            folding.open_all();
            prop_assert_eq!(shown(&folding), (0..levels.len()).collect::<Vec<_>>());
        }

        #[test]
        fn closing_and_opening_again_changes_nothing(levels in prop::collection::vec(0u16..6, 1..60), closed in prop::collection::vec(any::<bool>(), 60), item in 0usize..60) {
            let mut folding = Folding::new(levels);
            folding.close_only(|item| closed.get(item) == Some(&true));
            let before = folding.clone();
            if folding.toggle(item) {
                prop_assert_ne!(&folding, &before);
                folding.toggle(item);
            }
            prop_assert_eq!(folding, before);
        }
    }
}
