//! The comment form: one line about a run, and a score from 1 to 5.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::model::feedback::Feedback;
use crate::workbench::{
    draw::card,
    effects::{Order, Orders},
    judge,
    pane::{Subject, View},
    theme::Role,
};

use super::{Outcome, entry::Entry};

/// The form for one run.
#[derive(Debug)]
pub struct Comment {
    subject: Subject,
    before: Option<Feedback>,
    entry: Entry,
    score: Option<u8>,
    /// Whether keys go to the score rather than to the text.
    on_score: bool,
}

impl Comment {
    /// An empty form; keys go to the text first.
    #[must_use]
    pub fn new(subject: Subject, before: Option<Feedback>) -> Self {
        Self { subject, before, entry: Entry::default(), score: None, on_score: false }
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        match event.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => self.on_score = !self.on_score,
            KeyCode::Enter => return self.send(),
            KeyCode::Char(digit @ '1'..='5') if self.on_score => {
                self.score = digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
            }
            KeyCode::Char('0') | KeyCode::Backspace | KeyCode::Delete if self.on_score => self.score = None,
            _ if self.on_score => {}
            _ => {
                self.entry.key(event);
            }
        }
        Outcome::Stay
    }

    fn send(&self) -> Outcome {
        let notes = self.entry.text().trim().to_owned();
        if notes.is_empty() && self.score.is_none() {
            return Outcome::Close;
        }
        let mut orders = Orders::default();
        let vote = judge::comment(self.before.as_ref(), &notes, self.score);
        orders.push(Order::Judge { subject: self.subject.clone(), vote, before: self.before.clone() });
        Outcome::Order(orders)
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.entry.paste(text);
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        card::place((72, 7), area)
    }

    /// Draws it; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        let inside = card::at(&format!("Comment on a run of {}", self.subject.agent), self.card(area), buffer, view);
        let role = |on: bool| view.style(if on { Role::Accent } else { Role::Dim });
        card::line(inside, 0, &Line::styled("What was right or wrong", role(!self.on_score)), buffer);
        let line = Rect { y: inside.y + 1.min(inside.height), height: inside.height.saturating_sub(1).min(1), ..inside };
        let cursor = self.entry.draw("> ", line, buffer, view);
        let mut spans = vec![Span::styled("Score  ", role(self.on_score))];
        for score in 1..=5u8 {
            spans.push(match self.score == Some(score) {
                true => Span::styled(format!("[{score}]"), view.style(Role::Selection)),
                false => Span::styled(format!(" {score} "), view.style(Role::Dim)),
            });
        }
        spans.push(Span::styled("   1 bad, 5 good", view.style(Role::Dim)));
        card::line(inside, 3, &Line::from(spans), buffer);
        card::line(inside, 4, &Line::styled("       4 and 5 count as right, 1 and 2 as wrong", view.style(Role::Dim)), buffer);
        (!self.on_score).then_some(cursor)
    }
}
