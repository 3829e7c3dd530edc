//! A list whose items take several rows each: which is selected, and which rows are on the screen. It knows no more heights than it needs:
//! those of the items on the screen and of the ones beside them.

use super::pane::Motion;

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The selected item.
    pub selected: usize,
    /// The first item on the screen.
    top: usize,
    /// How many of its rows are above the screen.
    skip: usize,
}

/// A stretch of rows of one item on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The item.
    pub item: usize,
    /// Its first row that is shown.
    pub from: usize,
    /// How many of its rows are shown.
    pub rows: usize,
}

/// The list as it is laid out now.
pub struct Laid<'a> {
    /// How many items there are.
    pub count: usize,
    /// Rows of the screen.
    pub height: usize,
    /// The rows of an item; at least 1.
    pub rows: &'a dyn Fn(usize) -> usize,
}

impl Laid<'_> {
    fn rows_of(&self, item: usize) -> usize {
        (self.rows)(item).max(1)
    }

    const fn last(&self) -> usize {
        self.count.saturating_sub(1)
    }
}

impl Scroll {
    /// What is on the screen, from its first row on.
    #[must_use]
    pub fn shown(&self, laid: &Laid<'_>) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let mut left = laid.height;
        let mut from = self.skip;
        for item in self.top..laid.count {
            if left == 0 {
                break;
            }
            let all = laid.rows_of(item);
            let from = std::mem::take(&mut from).min(all - 1);
            let rows = (all - from).min(left);
            stretches.push(Stretch { item, from, rows });
            left -= rows;
        }
        stretches
    }

    /// Selects an item and brings it onto the screen: whole where it fits, else its beginning.
    pub fn select(&mut self, item: usize, laid: &Laid<'_>) {
        self.selected = item.min(laid.last());
        let shown = self.shown(laid);
        let rows = laid.rows_of(self.selected);
        let whole = shown.iter().any(|stretch| stretch.item == self.selected && stretch.rows == rows);
        if whole {
            return;
        }
        let below =
            shown.last().is_some_and(|last| self.selected >= last.item) && shown.first().is_some_and(|first| self.selected > first.item);
        if below && rows <= laid.height {
            self.end_at(self.selected, laid);
        } else {
            (self.top, self.skip) = (self.selected, 0);
        }
    }

    /// Keeps the selection within the list and on the screen, after something changed.
    pub fn settle(&mut self, laid: &Laid<'_>) {
        self.top = self.top.min(laid.last());
        self.selected = self.selected.min(laid.last());
        let shown = self.shown(laid);
        if !shown.iter().any(|stretch| stretch.item == self.selected) {
            self.select(self.selected, laid);
        }
    }

    /// A move. Up and down go through an item that is longer than the screen before they leave it.
    pub fn go(&mut self, motion: Motion, laid: &Laid<'_>) {
        let page = laid.height.saturating_sub(1).max(1);
        match motion {
            Motion::Down => {
                let shown = self.shown(laid);
                let cut = shown.last().is_some_and(|last| last.item == self.selected && last.from + last.rows < laid.rows_of(last.item));
                if cut {
                    self.roll_down(1, laid);
                } else {
                    self.select((self.selected + 1).min(laid.last()), laid);
                }
            }
            Motion::Up if self.top == self.selected && self.skip > 0 => self.roll_up(1, laid),
            Motion::Up => {
                let item = self.selected.saturating_sub(1);
                if item == self.selected || laid.rows_of(item) <= laid.height {
                    self.select(item, laid);
                    return;
                }
                // From below one comes to the end of what does not fit.
                if !self.shown(laid).iter().any(|stretch| stretch.item == item) {
                    self.end_at(item, laid);
                }
                self.selected = item;
            }
            Motion::PageDown => self.page(page, true, laid),
            Motion::PageUp => self.page(page, false, laid),
            Motion::First => (self.selected, self.top, self.skip) = (0, 0, 0),
            Motion::Last => {
                self.selected = laid.last();
                self.end_at(self.selected, laid);
            }
        }
    }

    /// A page on or back; the selection comes along, and reaches the very end.
    fn page(&mut self, rows: usize, down: bool, laid: &Laid<'_>) {
        let before = (self.top, self.skip);
        if down {
            self.roll_down(rows, laid);
        } else {
            self.roll_up(rows, laid);
        }
        if (self.top, self.skip) == before {
            self.selected = if down { laid.last() } else { 0 };
            return;
        }
        let shown = self.shown(laid);
        let (first, last) = (shown.first().map_or(0, |first| first.item), shown.last().map_or(0, |last| last.item));
        self.selected = self.selected.clamp(first, last);
    }

    /// Moves the screen down, at most until the last row is on it.
    pub fn roll_down(&mut self, rows: usize, laid: &Laid<'_>) {
        let mut end = Self { selected: self.selected, ..Self::default() };
        end.end_at(laid.last(), laid);
        for _ in 0..rows {
            if (self.top, self.skip) >= (end.top, end.skip) {
                return;
            }
            self.skip += 1;
            if self.skip >= laid.rows_of(self.top) {
                (self.top, self.skip) = (self.top + 1, 0);
            }
        }
    }

    /// Moves the screen up.
    pub fn roll_up(&mut self, rows: usize, laid: &Laid<'_>) {
        for _ in 0..rows {
            if self.skip > 0 {
                self.skip -= 1;
            } else if self.top > 0 {
                self.top -= 1;
                self.skip = laid.rows_of(self.top) - 1;
            } else {
                return;
            }
        }
    }

    /// Puts the last row of an item on the last row of the screen, or everything from the start where that is less.
    fn end_at(&mut self, item: usize, laid: &Laid<'_>) {
        let mut left = laid.height.max(1);
        let mut at = item.min(laid.last());
        loop {
            let rows = laid.rows_of(at);
            if rows >= left {
                (self.top, self.skip) = (at, rows - left);
                return;
            }
            left -= rows;
            let Some(above) = at.checked_sub(1) else {
                (self.top, self.skip) = (0, 0);
                return;
            };
            at = above;
        }
    }

    /// How many rows of the selected item are out of sight below.
    #[must_use]
    pub fn below(&self, laid: &Laid<'_>) -> usize {
        let shown = self.shown(laid);
        let last = shown.last().filter(|last| last.item == self.selected);
        last.map_or(0, |last| laid.rows_of(last.item).saturating_sub(last.from + last.rows))
    }

    /// The first item on the screen.
    #[must_use]
    pub const fn top(&self) -> usize {
        self.top
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn laid(heights: &[usize], height: usize) -> (usize, usize, impl Fn(usize) -> usize) {
        let heights = heights.to_vec();
        (heights.len(), height, move |item| heights.get(item).copied().unwrap_or(1))
    }

    #[test]
    fn down_reads_a_long_item_to_its_end_before_it_goes_on() {
        let (count, height, rows) = laid(&[2, 6, 1], 4);
        let laid = Laid { count, height, rows: &rows };
        let mut scroll = Scroll::default();
        scroll.go(Motion::Down, &laid);
        assert_eq!((scroll.selected, scroll.shown(&laid)[0]), (1, Stretch { item: 1, from: 0, rows: 4 }));
        scroll.go(Motion::Down, &laid);
        scroll.go(Motion::Down, &laid);
        assert_eq!((scroll.selected, scroll.below(&laid)), (1, 0));
        scroll.go(Motion::Down, &laid);
        assert_eq!(scroll.selected, 2);
        scroll.go(Motion::Up, &laid);
        assert_eq!((scroll.selected, scroll.shown(&laid).last().map(|last| last.item)), (1, Some(2)), "what is on the screen stays");
    }

    #[test]
    fn the_ends_are_reached() {
        let (count, height, rows) = laid(&[1, 1, 3, 1, 1], 3);
        let laid = Laid { count, height, rows: &rows };
        let mut scroll = Scroll::default();
        scroll.go(Motion::Last, &laid);
        assert_eq!((scroll.selected, scroll.shown(&laid)[0]), (4, Stretch { item: 2, from: 2, rows: 1 }));
        for _ in 0..4 {
            scroll.go(Motion::PageUp, &laid);
        }
        assert_eq!((scroll.selected, scroll.top()), (0, 0));
        for _ in 0..4 {
            scroll.go(Motion::PageDown, &laid);
        }
        assert_eq!(scroll.selected, 4);
    }

    proptest! {
        #[test]
        fn the_selection_is_always_on_the_screen_and_no_row_is_lost(heights in prop::collection::vec(1usize..9, 1..20), height in 1usize..8, moves in prop::collection::vec(0u8..7, 0..40)) {
            let (count, height, rows) = laid(&heights, height);
            let laid = Laid { count, height, rows: &rows };
            let mut scroll = Scroll::default();
            for step in moves {
                match step {
                    0 => scroll.go(Motion::Up, &laid),
                    1 => scroll.go(Motion::Down, &laid),
                    2 => scroll.go(Motion::PageUp, &laid),
                    3 => scroll.go(Motion::PageDown, &laid),
                    4 => scroll.go(Motion::First, &laid),
                    5 => scroll.go(Motion::Last, &laid),
                    other => scroll.select(usize::from(other) * 3, &laid),
                }
                let shown = scroll.shown(&laid);
                prop_assert!(shown.iter().any(|stretch| stretch.item == scroll.selected), "{:?} {:?}", scroll, shown);
                let all: usize = heights.iter().sum();
                prop_assert!(shown.iter().map(|stretch| stretch.rows).sum::<usize>() == height.min(all) || scroll.top() + 1 == count || scroll.top() == scroll.selected);
            }
        }

        #[test]
        fn going_down_meets_every_item_in_turn(heights in prop::collection::vec(1usize..9, 1..20), height in 1usize..8) {
            let (count, height, rows) = laid(&heights, height);
            let laid = Laid { count, height, rows: &rows };
            let mut scroll = Scroll::default();
            let mut met = vec![0];
            for _ in 0..heights.iter().sum::<usize>() {
                scroll.go(Motion::Down, &laid);
                if met.last() != Some(&scroll.selected) {
                    met.push(scroll.selected);
                }
            }
            prop_assert_eq!(met, (0..count).collect::<Vec<_>>());
        }
    }
}
