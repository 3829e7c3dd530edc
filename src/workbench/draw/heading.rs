//! The heading of a part of a pane, drawn as a line with words in it: `── empty amount ──────────`.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::width::{fit, width},
    workbench::{pane::View, theme::Role},
};

use super::card;

/// Draws a heading over the first row of an area.
pub fn draw(words: &str, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let columns = usize::from(area.width);
    let words = fit(words, columns.saturating_sub(6));
    let rule = view.shared.glyphs.rule;
    let rest = columns.saturating_sub(width(&words) + 6);
    let line = Line::from(vec![
        Span::styled(format!(" {rule}{rule} "), view.style(Role::Border)),
        Span::styled(words.into_owned(), view.style(Role::Heading)),
        Span::styled(format!(" {}", rule.repeat(rest)), view.style(Role::Border)),
    ]);
    card::line(area, 0, &line, buffer);
}
