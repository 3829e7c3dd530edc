//! The borders between panes: where they were moved to, as parts of the space they stand in, so that they hold at any size.

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::pane::PaneId;

/// The whole of a space, in the parts a border's place is counted in.
const WHOLE: u16 = 10_000;

/// A border between panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Border {
    /// Between list and detail where only these two are shown.
    Beside,
    /// Between the left part and the right column.
    Column,
    /// Between the list and the detail under it.
    Row,
    /// Under the pane of the right column with this place, from 0 at the top.
    Side(u8),
    /// Under the pane of the desk with this place, from 0 at the top.
    Desk(u8),
}

impl Border {
    /// Its name in a file: `column`, `side-0`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Beside => "beside".to_owned(),
            Self::Column => "column".to_owned(),
            Self::Row => "row".to_owned(),
            Self::Side(place) => format!("side-{place}"),
            Self::Desk(place) => format!("desk-{place}"),
        }
    }

    /// The border of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "beside" => Some(Self::Beside),
            "column" => Some(Self::Column),
            "row" => Some(Self::Row),
            _ => match name.split_once('-')? {
                ("side", place) => place.parse().ok().map(Self::Side),
                ("desk", place) => place.parse().ok().map(Self::Desk),
                _ => None,
            },
        }
    }
}

/// Where borders were moved to, in ten-thousandths of the space they stand in. Those nobody moved are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Borders(BTreeMap<Border, u16>);

impl Borders {
    /// Moves a border to so many ten-thousandths of its space.
    pub fn set(&mut self, border: Border, share: u16) {
        self.0.insert(border, share.min(WHOLE));
    }

    /// Puts all of them back; answers whether any had been moved.
    pub fn reset(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }

    /// Whether none was moved.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that were moved.
    pub fn moved(&self) -> impl Iterator<Item = (Border, u16)> {
        self.0.iter().map(|(border, share)| (*border, *share))
    }

    /// The cell a border stands at: its share, or the usual one, of a span (start and length), kept within its reach.
    pub(super) fn place(&self, border: Border, usual: u16, (start, length): (u16, u16), (least, most): (u16, u16)) -> u16 {
        let share = self.0.get(&border).copied().unwrap_or(usual).min(WHOLE);
        let offset = u32::from(length) * u32::from(share) / u32::from(WHOLE);
        start.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX)).min(most).max(least)
    }
}

/// A border on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Which one.
    pub border: Border,
    /// Whether it stands upright, between left and right.
    pub upright: bool,
    /// The first column or row behind it.
    pub at: u16,
    /// The space it stands in: first column or row, and how many.
    pub span: (u16, u16),
    /// The least and the most it can stand at.
    pub reach: (u16, u16),
    /// The cells by which the mouse takes hold of it.
    pub handle: Rect,
    /// The panes before it and those behind it.
    pub panes: [Vec<PaneId>; 2],
}

impl Edge {
    /// The share at which it stands at this column or row, as near as its reach allows.
    #[must_use]
    pub fn share_at(&self, at: u16) -> u16 {
        let at = at.min(self.reach.1).max(self.reach.0);
        let (start, length) = self.span;
        let offset = u32::from(at.saturating_sub(start)) * u32::from(WHOLE);
        // Rounded up, since a share becomes a cell by rounding down.
        u16::try_from(offset.div_ceil(u32::from(length.max(1)))).unwrap_or(WHOLE).min(WHOLE)
    }

    /// Where it goes for a pane to get so many columns or rows more (or less); `None` when it is no border of this pane, or can go no further.
    #[must_use]
    pub fn grown(&self, pane: PaneId, by: i32) -> Option<u16> {
        let direction = if self.panes[0].contains(&pane) {
            1
        } else if self.panes[1].contains(&pane) {
            -1
        } else {
            return None;
        };
        let to = (i32::from(self.at) + direction * by).clamp(i32::from(self.reach.0), i32::from(self.reach.1.max(self.reach.0)));
        u16::try_from(to).ok().filter(|to| *to != self.at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_border_is_found_by_its_name() {
        for border in [Border::Beside, Border::Column, Border::Row, Border::Side(0), Border::Side(200), Border::Desk(3)] {
            assert_eq!(Border::named(&border.name()), Some(border));
        }
        for name in ["", "side", "side-", "side-256", "desk--1", "colum"] {
            assert_eq!(Border::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_pane_grows_from_either_side_of_its_border() {
        let (left, right) = (PaneId("left"), PaneId("right"));
        let edge = Edge {
            border: Border::Column,
            upright: true,
            at: 50,
            span: (0, 100),
            reach: (24, 76),
            handle: Rect::default(),
            panes: [vec![left], vec![right]],
        };
        assert_eq!(edge.grown(left, 2), Some(52));
        assert_eq!(edge.grown(right, 2), Some(48));
        assert_eq!(edge.grown(left, 100), Some(76), "as far as it reaches");
        assert_eq!(Edge { at: 76, ..edge.clone() }.grown(left, 2), None, "and no further");
        assert_eq!(edge.grown(PaneId("elsewhere"), 2), None);
    }
}
