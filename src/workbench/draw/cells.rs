//! A row of cells: each text cut or padded to its column, with its role; the selected row marked by a sign as well as by style.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::width,
    workbench::{pane::View, theme::Role},
};

use super::card;

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At the left.
    Left,
    /// At the right: numbers.
    Right,
}

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    columns: usize,
    side: Side,
    role: Role,
}

/// A cell at the left of its column.
#[must_use]
pub fn left(text: impl Into<String>, columns: usize, role: Role) -> Cell {
    Cell { text: text.into(), columns, side: Side::Left, role }
}

/// A cell at the right of its column.
#[must_use]
pub fn right(text: impl Into<String>, columns: usize, role: Role) -> Cell {
    Cell { text: text.into(), columns, side: Side::Right, role }
}

/// Whether a row is the selected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selected {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Draws a row of cells, two columns apart, after three columns that hold the selection's mark.
pub fn row(cells: &[Cell], selected: Selected, area: Rect, at: u16, buffer: &mut Buffer, view: &View<'_>) {
    if at >= area.height {
        return;
    }
    let marked = selected == Selected::Yes;
    let mut spans =
        vec![Span::styled(if marked { format!(" {} ", view.shared.glyphs.cursor) } else { "   ".to_owned() }, view.style(Role::Accent))];
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            spans.push(Span::raw("  "));
        }
        let text = width::fit(&cell.text, cell.columns);
        let text = match cell.side {
            Side::Left => width::pad_right(&text, cell.columns),
            Side::Right => width::pad_left(&text, cell.columns),
        };
        spans.push(Span::styled(text, view.style(cell.role)));
    }
    card::line(area, at, &Line::from(spans), buffer);
    if marked {
        let role = if view.focused { Role::Selection } else { Role::SelectionUnfocused };
        buffer.set_style(Rect { y: area.y + at, height: 1, ..area }, view.style(role));
    }
}

/// A heading line inside a pane: `── refund-bot ─────`.
pub fn rule(title: &str, area: Rect, at: u16, buffer: &mut Buffer, view: &View<'_>) {
    let rule = view.shared.glyphs.rule;
    let title = width::fit(title, usize::from(area.width).saturating_sub(8)).into_owned();
    let rest = usize::from(area.width).saturating_sub(width::width(&title) + 6);
    let line = Line::from(vec![
        Span::styled(format!(" {rule}{rule} "), view.style(Role::Border)),
        Span::styled(title, view.style(Role::Heading)),
        Span::styled(format!(" {}", rule.repeat(rest)), view.style(Role::Border)),
    ]);
    card::line(area, at, &line, buffer);
}

/// A bar of so many columns for a share of 0 to 1, the rest empty: `███▌······`.
#[must_use]
pub fn bar(share: f64, columns: usize, view: &View<'_>) -> [Span<'static>; 2] {
    let glyphs = &view.shared.glyphs;
    let full = ((share.clamp(0.0, 1.0) * columns as f64).round() as usize).min(columns);
    [
        Span::styled(glyphs.bar.repeat(full), view.style(Role::Bar)),
        Span::styled(glyphs.bar_empty.repeat(columns - full), view.style(Role::BarEmpty)),
    ]
}
