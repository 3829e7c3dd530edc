//! Asks why a fix is rejected: one line, which may stay empty.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{fix::Fix, time::Timestamp},
    workbench::{draw::card, effects::Orders, mending::Mending, message::Effect, pane::View, theme::Role},
};

use super::{Outcome, entry::Entry};

/// The question about one fix.
#[derive(Debug)]
pub struct Reason {
    fix: Fix,
    entry: Entry,
}

impl Reason {
    /// Asks about a fix.
    #[must_use]
    pub fn new(fix: Fix) -> Self {
        Self { fix, entry: Entry::default() }
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        match event.code {
            KeyCode::Esc => Outcome::Close,
            KeyCode::Enter => {
                let reason = Some(self.entry.text().trim().to_owned()).filter(|reason| !reason.is_empty());
                let mut orders = Orders::default();
                orders.effect(Effect::Mend(Mending::Reject { fix: Box::new(self.fix.clone()), reason, at: now }));
                Outcome::Order(orders)
            }
            _ => {
                self.entry.key(event);
                Outcome::Stay
            }
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.entry.paste(text);
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(area: Rect) -> Rect {
        card::place((76, 6), area)
    }

    /// Draws it; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at("Reject", Self::card(area), buffer, view);
        card::line(inside, 0, &Line::styled(self.fix.title.as_str(), view.style(Role::Strong)), buffer);
        card::line(
            inside,
            1,
            &Line::styled("Why not? It is not offered again for its pattern. Empty is fine.", view.style(Role::Dim)),
            buffer,
        );
        let line = Rect { y: inside.y + 2.min(inside.height), height: inside.height.saturating_sub(2).min(1), ..inside };
        self.entry.draw("> ", line, buffer, view)
    }
}
