//! How a pane divides its inside between a list and the detail of the selected row: the list first, the detail when rows allow.

use std::ops::Range;

use ratatui::layout::Rect;

/// From this height on a list has heads over its columns.
const HEADED: u16 = 10;
/// From this many rows on a long list leaves room for the detail.
const SHARED: u16 = 12;
/// A long list never gets fewer rows than this.
const LIST_LEAST: u16 = 4;
/// A detail of fewer rows, its heading included, says nothing.
const DETAIL_LEAST: u16 = 4;
/// From this many rows on a detail is set off from the list by an empty row.
const AIRY: u16 = 7;

/// The parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The row of heads.
    pub heads: Option<Rect>,
    /// The list.
    pub list: Rect,
    /// The detail, its heading included.
    pub detail: Option<Rect>,
}

impl Split {
    /// The rows that so many items of the list take at most.
    #[must_use]
    pub fn rows(&self, count: usize) -> Range<u16> {
        let end = self.list.y.saturating_add(u16::try_from(count).unwrap_or(u16::MAX));
        self.list.y..end.min(self.list.bottom())
    }
}

/// Divides an area for a list of so many rows.
#[must_use]
pub fn split(area: Rect, count: usize) -> Split {
    let heads = (area.height >= HEADED).then_some(Rect { height: 1, ..area });
    let below = u16::from(heads.is_some());
    let rest = Rect { y: area.y + below, height: area.height - below, ..area };
    let wanted = u16::try_from(count).unwrap_or(u16::MAX).min(rest.height);
    let height = if rest.height < SHARED { wanted } else { wanted.min((rest.height * 2 / 5).max(LIST_LEAST)) };
    let left = rest.height - height;
    if left < DETAIL_LEAST {
        return Split { heads, list: rest, detail: None };
    }
    let air = u16::from(left >= AIRY);
    let detail = Rect { y: rest.y + height + air, height: left - air, ..rest };
    Split { heads, list: Rect { height, ..rest }, detail: Some(detail) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_stay_inside_and_apart(width in 0u16..200, height in 0u16..60, count in 0usize..300) {
            let area = Rect::new(3, 2, width, height);
            let Split { heads, list, detail } = split(area, count);
            for part in [heads, Some(list), detail].into_iter().flatten() {
                prop_assert_eq!(part.intersection(area), part);
            }
            prop_assert!(heads.is_none_or(|heads| heads.bottom() <= list.y));
            prop_assert!(detail.is_none_or(|detail| list.bottom() <= detail.y && detail.height >= DETAIL_LEAST));
        }
    }
}
