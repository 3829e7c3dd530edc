//! The messages shown so far: when, what, how often; the chosen one in full, to be copied.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::{
        human,
        width::{fit, wrap},
    },
    workbench::{
        draw::{card, heading},
        effects::Orders,
        message::Effect,
        pane::View,
        theme::Role,
        toasts::{Said, Toasts},
    },
};

use super::Outcome;

/// Rows for the chosen message in full, its heading included.
const WHOLE_ROWS: u16 = 5;

/// The messages, newest first, and the one chosen.
#[derive(Debug)]
pub struct Messages {
    said: Vec<Said>,
    selected: usize,
}

impl Messages {
    /// Opens on the newest.
    #[must_use]
    pub fn new(toasts: &Toasts) -> Self {
        Self { said: toasts.kept().rev().cloned().collect(), selected: 0 }
    }

    /// Takes a key: moves choose, `y` copies the chosen one.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        let last = self.said.len().saturating_sub(1);
        self.selected = match event.code {
            KeyCode::Char('j') | KeyCode::Down => self.selected.saturating_add(1),
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::PageDown => self.selected.saturating_add(10),
            KeyCode::PageUp => self.selected.saturating_sub(10),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Char('y') => return self.copied(),
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Outcome::Close,
            _ => self.selected,
        }
        .min(last);
        Outcome::Stay
    }

    fn copied(&self) -> Outcome {
        let Some(said) = self.said.get(self.selected) else { return Outcome::Stay };
        let mut orders = Orders::default();
        orders.effect(Effect::Copy(said.toast.text.clone()));
        Outcome::Try(orders)
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let rows = u16::try_from(self.said.len()).unwrap_or(u16::MAX).max(1);
        card::place((110.min(area.width.saturating_sub(4)), rows.saturating_add(WHOLE_ROWS + 2)), area)
    }

    /// The rows of the list within the inside of the card, and its first message.
    fn list(&self, inside: Rect) -> (Rect, usize) {
        let list = Rect { height: inside.height.saturating_sub(WHOLE_ROWS), ..inside };
        (list, self.selected.saturating_sub(usize::from(list.height).saturating_sub(1)))
    }

    /// Takes a click on a row of its inside: chooses a message.
    pub fn click(&mut self, row: u16, inside: Rect) -> Outcome {
        let (list, top) = self.list(inside);
        let index = top + usize::from(row);
        if row < list.height && index < self.said.len() {
            self.selected = index;
        }
        Outcome::Stay
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::at("Messages", self.card(area), buffer, view);
        let Some(chosen) = self.said.get(self.selected) else {
            return card::line(inside, 0, &Line::styled("No messages so far.", view.style(Role::Dim)), buffer);
        };
        let (list, top) = self.list(inside);
        for (row, (index, said)) in (0..list.height).zip(self.said.iter().enumerate().skip(top)) {
            card::line(list, row, &line(said, index == self.selected, list.width, view), buffer);
            if index == self.selected {
                buffer.set_style(Rect { y: list.y + row, height: 1, ..list }, view.style(Role::Selection));
            }
        }
        let whole = Rect { y: list.bottom(), height: inside.height.saturating_sub(list.height), ..inside };
        let words = format!("{} of {}", self.selected + 1, self.said.len());
        heading::draw(&words, whole, buffer, view);
        for (row, text) in (1..whole.height).zip(wrap(&chosen.toast.text, usize::from(whole.width))) {
            card::line(whole, row, &Line::raw(text), buffer);
        }
    }
}

/// One message on one row: when it was last said, whether it is a problem, what, how often.
fn line(said: &Said, chosen: bool, columns: u16, view: &View<'_>) -> Line<'static> {
    let cursor = if chosen { view.shared.glyphs.cursor } else { " " };
    let time = human::clock(said.at.micros(), &view.shared.zone);
    let mark = if said.toast.problem { "!" } else { " " };
    let times = if said.times > 1 { format!(" x{}", said.times) } else { String::new() };
    let lead = format!("{cursor} {time}  {mark} ");
    let room = usize::from(columns).saturating_sub(lead.chars().count() + times.len());
    let role = if said.toast.problem { Role::Bad } else { Role::Text };
    Line::from(vec![
        Span::styled(lead, view.style(if said.toast.problem { Role::Bad } else { Role::Dim })),
        Span::styled(fit(&said.toast.text, room).into_owned(), view.style(role)),
        Span::styled(times, view.style(Role::Dim)),
    ])
}
