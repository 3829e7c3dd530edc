//! The columns of a list: which of them fit, how wide each gets, and cells written into them.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    text::width::{fit, pad_left},
    workbench::{pane::View, theme::Role},
};

/// One column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub head: &'static str,
    /// The least width it is of use with.
    pub least: u16,
    /// The most width it has a use for.
    pub most: u16,
    /// Whether it stands at the right, as figures do.
    pub right: bool,
    /// When columns are short the one with the highest figure leaves first; 0 never leaves.
    pub leaves: u8,
}

impl Column {
    /// A column of texts that never leaves.
    #[must_use]
    pub const fn new(head: &'static str, least: u16, most: u16) -> Self {
        Self { head, least, most, right: false, leaves: 0 }
    }

    /// The same for figures.
    #[must_use]
    pub const fn figures(self) -> Self {
        Self { right: true, ..self }
    }

    /// The same, leaving at this rank when columns are short.
    #[must_use]
    pub const fn leaving(self, leaves: u8) -> Self {
        Self { leaves, ..self }
    }
}

/// Columns laid out in a width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    columns: Vec<Column>,
    /// Zero where a column left.
    widths: Vec<u16>,
    gap: u16,
}

/// Columns before the first, for the mark of the selected row; one is left free after the last.
const MARGIN: u16 = 2;
/// From this width on, two columns stand between two.
const ROOMY: u16 = 70;

impl Columns {
    /// Lays out: columns leave by rank until the least widths fit, then the first ones grow first.
    #[must_use]
    pub fn lay(columns: &[Column], width: u16) -> Self {
        let gap = if width >= ROOMY { 2 } else { 1 };
        let room = width.saturating_sub(MARGIN + 1);
        let mut widths: Vec<u16> = columns.iter().map(|column| column.least).collect();
        let taken = |widths: &[u16]| {
            let kept = widths.iter().filter(|width| **width > 0);
            kept.fold(0u16, |sum, width| sum.saturating_add(*width).saturating_add(gap)).saturating_sub(gap)
        };
        while taken(&widths) > room {
            let leaving = (0..columns.len()).filter(|at| widths[*at] > 0 && columns[*at].leaves > 0).max_by_key(|at| columns[*at].leaves);
            let Some(leaving) = leaving else { break };
            widths[leaving] = 0;
        }
        let mut left = room.saturating_sub(taken(&widths));
        for (width, column) in widths.iter_mut().zip(columns).filter(|(width, _)| **width > 0) {
            let more = column.most.saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
        Self { columns: columns.to_vec(), widths, gap }
    }

    /// The width of a column; 0 when it left.
    #[must_use]
    pub fn width(&self, column: usize) -> u16 {
        self.widths.get(column).copied().unwrap_or(0)
    }

    /// Writes the heads.
    pub fn heads(&self, row: Rect, buffer: &mut Buffer, view: &View<'_>) {
        self.cells(row, self.columns.iter().map(|column| (Cow::Borrowed(column.head), Role::Column)), buffer, view);
    }

    /// Writes one row: a text with its role for every column, those that left included.
    pub fn cells<'a>(&self, row: Rect, cells: impl IntoIterator<Item = (Cow<'a, str>, Role)>, buffer: &mut Buffer, view: &View<'_>) {
        if row.is_empty() {
            return;
        }
        let mut x = row.x.saturating_add(MARGIN);
        for ((text, role), (column, width)) in cells.into_iter().zip(self.columns.iter().zip(&self.widths)) {
            let room = (*width).min(row.right().saturating_sub(x));
            if room == 0 {
                continue;
            }
            let text = if column.right { Cow::Owned(pad_left(&text, usize::from(room))) } else { fit(&text, usize::from(room)) };
            buffer.set_stringn(x, row.y, text, usize::from(room), view.style(role));
            x = x.saturating_add(*width).saturating_add(self.gap);
        }
    }
}

/// Marks a written row as the selected one.
pub fn select(row: Rect, buffer: &mut Buffer, view: &View<'_>) {
    if row.is_empty() {
        return;
    }
    buffer.set_style(row, view.style(if view.focused { Role::Selection } else { Role::SelectionUnfocused }));
    buffer.set_stringn(row.x, row.y, view.shared.glyphs.cursor, usize::from(row.width), view.style(Role::Accent));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 3] =
        [Column::new("name", 8, 20), Column::new("runs", 4, 4).figures().leaving(1), Column::new("agents", 6, 30).leaving(2)];

    #[test]
    fn the_least_needed_column_leaves_first_and_the_first_grows_first() {
        let widths = |width| (0..3).map(|at| Columns::lay(&COLUMNS, width).width(at)).collect::<Vec<_>>();
        assert_eq!(widths(13), [10, 0, 0]);
        assert_eq!(widths(21), [13, 4, 0]);
        assert_eq!(widths(27), [12, 4, 6]);
        assert_eq!(widths(80), [20, 4, 30]);
    }

    proptest! {
        #[test]
        fn what_stays_never_takes_more_than_there_is(width in 0u16..300) {
            let laid = Columns::lay(&COLUMNS, width);
            let kept: Vec<u16> = (0..3).map(|at| laid.width(at)).filter(|width| *width > 0).collect();
            let taken = kept.iter().sum::<u16>() + laid.gap * u16::try_from(kept.len() - 1).unwrap_or(0);
            prop_assert!(taken < width.saturating_sub(MARGIN) || kept == [8], "only what never leaves may stand out, and is cut");
        }
    }
}
