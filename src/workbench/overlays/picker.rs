//! One of a few names: themes. Moving tries a theme on, Esc takes the one before back.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::workbench::{draw::card, effects::Orders, message::Effect, pane::View, theme::Role};

use super::Outcome;

/// The names and the one chosen.
#[derive(Debug)]
pub struct Picker {
    names: Vec<String>,
    before: String,
    selected: usize,
}

impl Picker {
    /// Opens on the theme in use.
    #[must_use]
    pub fn new(names: &[String], now: &str) -> Self {
        let selected = names.iter().position(|name| name == now).unwrap_or(0);
        Self { names: names.to_vec(), before: now.to_owned(), selected }
    }

    fn load(name: &str) -> Orders {
        let mut orders = Orders::default();
        orders.effect(Effect::LoadTheme(name.to_owned()));
        orders
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        let last = self.names.len().saturating_sub(1);
        let selected = match event.code {
            KeyCode::Char('j') | KeyCode::Down => (self.selected + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::Enter => return Outcome::Close,
            KeyCode::Esc | KeyCode::Char('q') => return Outcome::Order(Self::load(&self.before)),
            _ => self.selected,
        };
        if selected == self.selected {
            return Outcome::Stay;
        }
        self.selected = selected;
        self.names.get(selected).map_or(Outcome::Stay, |name| Outcome::Try(Self::load(name)))
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let height = u16::try_from(self.names.len()).unwrap_or(u16::MAX).saturating_add(2);
        card::place((40, height), area)
    }

    /// The first name shown on so many rows.
    fn top(&self, rows: u16) -> usize {
        self.selected.saturating_sub(usize::from(rows).saturating_sub(1))
    }

    /// Takes a click on a row of its inside, which has so many: tries a theme on; a click on the chosen one keeps it.
    pub fn click(&mut self, row: u16, rows: u16) -> Outcome {
        let index = self.top(rows) + usize::from(row);
        if index == self.selected {
            return Outcome::Close;
        }
        let Some(name) = self.names.get(index) else { return Outcome::Stay };
        self.selected = index;
        Outcome::Try(Self::load(name))
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::at("Themes", self.card(area), buffer, view);
        let top = self.top(inside.height);
        for (row, (index, name)) in (0..inside.height).zip(self.names.iter().enumerate().skip(top)) {
            let chosen = index == self.selected;
            let mark = if chosen { view.shared.glyphs.cursor } else { " " };
            card::line(inside, row, &Line::from(format!("{mark} {name}")), buffer);
            if chosen {
                buffer.set_style(Rect { y: inside.y + row, height: 1, ..inside }, view.style(Role::Selection));
            }
        }
    }
}
