//! A framed card in front of everything, and lines inside an area.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Block, Clear, Widget},
};

use crate::workbench::{pane::View, theme::Role};

/// Draws an empty card of at most this size in the middle of `area`; answers its inside, one column of air at both sides.
pub fn draw(title: &str, size: (u16, u16), area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Rect {
    at(title, place(size, area), buffer, view)
}

/// Where a card of at most this size stands in the middle of `area`.
#[must_use]
pub fn place(size: (u16, u16), area: Rect) -> Rect {
    let width = size.0.min(area.width);
    let height = size.1.min(area.height);
    Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height)
}

/// The inside of a card: its frame taken off, and one column of air at both sides.
#[must_use]
pub fn inside(card: Rect) -> Rect {
    let (x, y) = (card.x.saturating_add(2).min(card.right()), card.y.saturating_add(1).min(card.bottom()));
    Rect { x, y, width: card.width.saturating_sub(4), height: card.height.saturating_sub(2) }
}

/// Draws an empty card exactly here; answers its inside.
pub fn at(title: &str, card: Rect, buffer: &mut Buffer, view: &View<'_>) -> Rect {
    Clear.render(card, buffer);
    let block = Block::bordered()
        .border_set(view.shared.glyphs.border_focused)
        .border_style(view.style(Role::BorderFocused))
        .style(view.style(Role::Overlay))
        .title(Line::styled(format!(" {title} "), view.style(Role::TitleFocused)));
    block.render(card, buffer);
    inside(card)
}

/// Writes one line at a row of an area; rows outside are left out.
pub fn line(area: Rect, row: u16, text: &Line<'_>, buffer: &mut Buffer) {
    if row < area.height {
        buffer.set_line(area.x, area.y + row, text, area.width);
    }
}
