//! What was decided and done about fixes: who, when, what; a change can be undone from here.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::{decision::Choice, time::Timestamp},
    text::{clean::clean_line, human, width::pad_right},
    workbench::{
        draw::card,
        effects::Orders,
        mending::{HistoryRow, Mending},
        message::Effect,
        need::{Ask, Need},
        pane::View,
        theme::Role,
    },
};

use super::Outcome;

/// Least time between two looks while decisions are made.
const EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// The list.
#[derive(Debug, Default)]
pub struct History {
    /// `None` until they came.
    rows: Option<Arc<Vec<HistoryRow>>>,
    selected: usize,
}

impl History {
    /// What it must know.
    #[must_use]
    pub fn need() -> Need {
        Need::live(Ask::History, EVERY)
    }

    /// Takes the rows.
    pub fn arrived(&mut self, rows: Arc<Vec<HistoryRow>>) {
        self.selected = self.selected.min(rows.len().saturating_sub(1));
        self.rows = Some(rows);
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        let rows = self.rows.as_deref().map_or(&[][..], Vec::as_slice);
        let last = rows.len().saturating_sub(1);
        self.selected = match event.code {
            KeyCode::Char('j') | KeyCode::Down => (self.selected + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Outcome::Close,
            KeyCode::Char('u' | 'U') => {
                let kept = rows.get(self.selected).filter(|row| row.undoable).and_then(|row| row.entry.kept.clone());
                let Some(kept) = kept else { return Outcome::Stay };
                let mut orders = Orders::default();
                orders.effect(Effect::Mend(Mending::Undo { kept, at: now }));
                return Outcome::Try(orders);
            }
            _ => self.selected,
        };
        Outcome::Stay
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let count = self.rows.as_ref().map_or(1, |rows| rows.len().max(1));
        let height = u16::try_from(count).unwrap_or(u16::MAX).saturating_add(5).min(area.height.saturating_sub(2));
        card::place((area.width.saturating_sub(4).min(140), height.max(8)), area)
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::at("History of fixes", self.card(area), buffer, view);
        let Some(rows) = &self.rows else { return card::line(inside, 0, &Line::from("Reading."), buffer) };
        if rows.is_empty() {
            return card::line(inside, 0, &Line::from("Nothing was decided yet. a accepts a fix, A applies it, x rejects it."), buffer);
        }
        let room = usize::from(inside.height.saturating_sub(2)).max(1);
        let top = self.selected.saturating_sub(room - 1);
        for ((at, row), y) in rows.iter().enumerate().skip(top).take(room).zip(0u16..) {
            let style = view.style(if at == self.selected { Role::Selection } else { Role::Text });
            let entry = &row.entry;
            let when = pad_right(&human::age(view.now.micros().saturating_sub(entry.at.micros())), 10);
            let who = pad_right(entry.who.as_deref().unwrap_or("-"), 10);
            let file = entry.file.as_deref().map_or_else(String::new, |file| format!("  {file}"));
            let line = Line::from(vec![
                Span::styled(format!(" {when} {who} "), view.style(Role::Dim)),
                Span::styled(pad_right(entry.what.word(), 9), view.style(word_role(entry.what))),
                Span::styled(format!(" {}", entry.title), style),
                Span::styled(file, view.style(Role::Dim)),
            ]);
            card::line(inside, y, &line.style(style), buffer);
        }
        let selected = rows.get(self.selected);
        let says = match selected {
            Some(row) if row.undoable => "u puts the file back as it was before".to_owned(),
            Some(row) => clean_line(row.entry.reason.as_deref().or(row.entry.kept.as_deref()).unwrap_or_default()).into_owned(),
            None => String::new(),
        };
        card::line(inside, inside.height.saturating_sub(1), &Line::styled(says, view.style(Role::Dim)), buffer);
    }
}

const fn word_role(what: Choice) -> Role {
    match what {
        Choice::Accepted | Choice::Applied => Role::Good,
        Choice::Rejected | Choice::Undone => Role::Dim,
    }
}
