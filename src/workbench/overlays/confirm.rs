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

const NO: &str = "No, leave it";
const YES: &str = "Yes";
/// The row of its inside with the answers.
const ANSWERS_ROW: u16 = 2;
/// Columns of the first answer with its brackets.
const NO_COLUMNS: u16 = NO.len() as u16 + 2;
/// Where the second answer starts, and where it ends.
const YES_COLUMN: u16 = NO_COLUMNS + 2;
const YES_END: u16 = YES_COLUMN + YES.len() as u16 + 2;

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

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        card::place((60, 5), area)
    }

    /// Takes a click on its inside: an answer is taken at once.
    #[must_use]
    pub const fn click(&self, row: u16, column: u16) -> Outcome {
        match (row, column) {
            (ANSWERS_ROW, 0..NO_COLUMNS) => Outcome::Close,
            (ANSWERS_ROW, YES_COLUMN..YES_END) => Outcome::Confirmed(self.id),
            _ => Outcome::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::at("Sure?", self.card(area), buffer, view);
        let choice = |words: &str, chosen: bool| match chosen {
            true => Span::styled(format!("[{words}]"), view.style(Role::Selection)),
            false => Span::raw(format!(" {words} ")),
        };
        let answers = Line::from(vec![choice(NO, !self.yes), Span::raw("  "), choice(YES, self.yes)]);
        card::line(inside, 0, &Line::from(format!("{}?", self.help)), buffer);
        card::line(inside, ANSWERS_ROW, &answers, buffer);
    }
}
