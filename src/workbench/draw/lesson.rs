//! An empty pane teaches: its lesson, wrapped to the width it has.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Text,
    widgets::{Paragraph, Widget, Wrap},
};

use crate::workbench::{pane::View, theme::Role};

/// Draws a lesson with a little air around it.
pub fn draw<S: AsRef<str>>(lines: &[S], area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let air = if area.height > 8 { 1 } else { 0 };
    let area = Rect {
        x: area.x.saturating_add(2),
        y: area.y.saturating_add(air),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(air),
    };
    let text: Text<'_> = lines.iter().map(AsRef::as_ref).collect();
    Paragraph::new(text).style(view.style(Role::Text)).wrap(Wrap { trim: false }).render(area, buffer);
}
