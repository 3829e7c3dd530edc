//! Asks before something that cannot easily be taken back; the safe answer is first and is what Enter gives.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::workbench::{
    action::{Action, ActionId},
    draw::card,
    pane::View,
    theme::Role,
};

use super::Outcome;

/// The question.
#[derive(Debug)]
pub struct Confirm {
    id: ActionId,
    help: &'static str,
    yes: bool,
}

impl Confirm {
    /// Asks about an action.
    #[must_use]
    pub const fn new(action: &Action) -> Self {
        Self { id: action.id, help: action.help, yes: false }
    }

    /// Takes a key: y and n answer, arrows and Tab choose, Enter takes what is chosen.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        match event.code {
            KeyCode::Char('y' | 'Y') => Outcome::Confirmed(self.id),
            KeyCode::Enter if self.yes => Outcome::Confirmed(self.id),
            KeyCode::Enter | KeyCode::Esc | KeyCode::Char('n' | 'N' | 'q') => Outcome::Close,
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab | KeyCode::Char('h' | 'l') => {
                self.yes = !self.yes;
                Outcome::Stay
            }
            _ => Outcome::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::draw("Sure?", (60, 5), area, buffer, view);
        let choice = |words: &str, chosen: bool| match chosen {
            true => Span::styled(format!("[{words}]"), view.style(Role::Selection)),
            false => Span::raw(format!(" {words} ")),
        };
        let answers = Line::from(vec![choice("No, leave it", !self.yes), Span::raw("  "), choice("Yes", self.yes)]);
        card::line(inside, 0, &Line::from(format!("{}?", self.help)), buffer);
        card::line(inside, 2, &answers, buffer);
    }
}
