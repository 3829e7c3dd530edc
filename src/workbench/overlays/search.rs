//! The search line of a pane: what is typed is looked for at every key.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::workbench::{
    draw::card,
    effects::{Order, Orders},
    pane::View,
};

use super::{Outcome, entry::Entry};

/// What is typed, and what was searched before.
#[derive(Debug)]
pub struct Search {
    entry: Entry,
    before: String,
}

impl Search {
    /// An empty line.
    #[must_use]
    pub fn new(before: String) -> Self {
        Self { entry: Entry::default(), before }
    }

    fn order(query: &str) -> Orders {
        let mut orders = Orders::default();
        orders.push(Order::Search(query.to_owned()));
        orders
    }

    /// Takes a key. Enter on an empty line ends the search, Esc takes the one before back.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        match event.code {
            KeyCode::Esc => Outcome::Order(Self::order(&self.before)),
            KeyCode::Enter => Outcome::Order(Self::order(self.entry.text())),
            _ if self.entry.key(event) => Outcome::Try(Self::order(self.entry.text())),
            _ => Outcome::Stay,
        }
    }

    /// Takes pasted text; it is looked for at the next key.
    pub fn paste(&mut self, text: &str) {
        self.entry.paste(text);
    }

    /// The card it is drawn on: at the foot of the panes, so that what is found stays in sight.
    #[must_use]
    pub fn card(area: Rect) -> Rect {
        let height = area.height.min(3);
        Rect { y: area.bottom().saturating_sub(height), height, ..area }
    }

    /// Draws it; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at("Search", Self::card(area), buffer, view);
        self.entry.draw("/", inside, buffer, view)
    }
}
