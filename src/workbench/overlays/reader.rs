//! A text to read: messages, explanations.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::workbench::{draw::card, pane::View};

use super::Outcome;

/// The text and how far it is scrolled.
#[derive(Debug)]
pub struct Reader {
    title: String,
    lines: Vec<String>,
    top: usize,
}

impl Reader {
    /// Opens a text at its start.
    #[must_use]
    pub const fn new(title: String, lines: Vec<String>) -> Self {
        Self { title, lines, top: 0 }
    }

    /// Takes a key: moves scroll, everything that usually closes closes.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        let last = self.lines.len().saturating_sub(1);
        self.top = match event.code {
            KeyCode::Char('j') | KeyCode::Down => self.top.saturating_add(1),
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::PageDown => self.top.saturating_add(10),
            KeyCode::PageUp => self.top.saturating_sub(10),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Outcome::Close,
            _ => self.top,
        }
        .min(last);
        Outcome::Stay
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let height = u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        card::place((100, height.max(5)), area)
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::at(&self.title, self.card(area), buffer, view);
        for (row, text) in (0..inside.height).zip(self.lines.iter().skip(self.top)) {
            card::line(inside, row, &Line::from(text.as_str()), buffer);
        }
    }
}
