//! Two runs beside each other: what they came to on top, then step beside step with what differs, and one pair of steps opened.

mod rows;
mod step;
#[cfg(test)]
mod tests;

use std::{cell::Cell, sync::Arc};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{ids::Sequence, run_comparison::StepPair},
    workbench::{
        draw::card,
        effects::{Order, Orders},
        need::{Arrived, Ask, Need},
        pane::{Link, View},
        run_pair::RunPair,
        theme::Role,
    },
};

use super::Outcome;

/// What is asked, what came, and where the reader is.
#[derive(Debug)]
pub struct CompareRuns {
    left: Option<Sequence>,
    right: Sequence,
    pair: Option<Result<Arc<RunPair>, String>>,
    /// Whether steps that are the same are left out.
    differences_only: bool,
    /// The selected row of those shown.
    selected: usize,
    /// The pair of steps that is opened, and how far it is scrolled.
    opened: Option<usize>,
    top: usize,
    /// Rows of the opened pair beyond the screen when it was drawn last: how far it can be scrolled.
    below: Cell<usize>,
    /// Rows of the list when it was drawn last: a page.
    page: Cell<usize>,
}

impl CompareRuns {
    /// Asks for two runs; the left one is chosen where none is named.
    #[must_use]
    pub const fn new(left: Option<Sequence>, right: Sequence) -> Self {
        Self {
            left,
            right,
            pair: None,
            differences_only: false,
            selected: 0,
            opened: None,
            top: 0,
            below: Cell::new(0),
            page: Cell::new(10),
        }
    }

    /// What it must know.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        Some(Need::once(Ask::CompareRuns { left: self.left, right: self.right }))
    }

    /// Takes the answer, and goes to the first difference.
    pub fn arrived(&mut self, answer: Result<Arrived, String>) {
        match answer {
            Ok(Arrived::RunsCompared(pair)) => {
                let again = self.pair().is_some_and(|before| before.left.summary.sequence == pair.left.summary.sequence);
                self.pair = Some(Ok(pair));
                if !again {
                    self.selected = self.shown().iter().position(|(_, pair)| !pair.same()).unwrap_or(0);
                }
            }
            Ok(_) => {}
            Err(problem) => self.pair = Some(Err(problem)),
        }
    }

    fn pair(&self) -> Option<&Arc<RunPair>> {
        self.pair.as_ref()?.as_ref().ok()
    }

    /// The pairs of steps that are shown, each with its place among all.
    fn shown(&self) -> Vec<(usize, &StepPair)> {
        let pairs = self.pair().map_or(&[][..], |pair| &pair.comparison.pairs);
        pairs.iter().enumerate().filter(|(_, pair)| !(self.differences_only && pair.same())).collect()
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        if self.opened.is_some() { self.read(event) } else { self.walk(event) }
    }

    /// A key while the list is shown.
    fn walk(&mut self, event: &KeyEvent) -> Outcome {
        let shown = self.shown();
        let (last, page) = (shown.len().saturating_sub(1), self.page.get().max(1));
        let differing = |place: &usize| shown.get(*place).is_some_and(|(_, pair)| !pair.same());
        let to = match event.code {
            KeyCode::Esc | KeyCode::Char('q') => return Outcome::Close,
            KeyCode::Char('j') | KeyCode::Down => self.selected + 1,
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::PageDown => self.selected + page,
            KeyCode::PageUp => self.selected.saturating_sub(page),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Char('n') => (self.selected + 1..=last).find(differing).unwrap_or(self.selected),
            KeyCode::Char('N') => (0..self.selected).rev().find(differing).unwrap_or(self.selected),
            KeyCode::Char('f') => (0..=last).find(differing).unwrap_or(self.selected),
            KeyCode::Char('h') => return self.hide_or_show(),
            KeyCode::Char('x') => return self.swap(),
            KeyCode::Char('t') => return self.open_trace(),
            KeyCode::Enter => {
                self.opened = shown.get(self.selected).map(|(place, _)| *place);
                self.top = 0;
                return Outcome::Stay;
            }
            _ => self.selected,
        };
        self.selected = to.min(last);
        Outcome::Stay
    }

    /// A key while a pair of steps is opened.
    fn read(&mut self, event: &KeyEvent) -> Outcome {
        let page = self.page.get().max(1);
        let to = match event.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => {
                self.opened = None;
                return Outcome::Stay;
            }
            KeyCode::Char('j') | KeyCode::Down => self.top + 1,
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::PageDown => self.top + page,
            KeyCode::PageUp => self.top.saturating_sub(page),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => self.below.get(),
            KeyCode::Char('n' | 'N') => {
                self.walk(event);
                self.opened = self.shown().get(self.selected).map(|(place, _)| *place);
                0
            }
            _ => self.top,
        };
        self.top = to.min(self.below.get());
        Outcome::Stay
    }

    /// Leaves out what is the same, or shows it again; the selected step stays selected, or the next one that is shown.
    fn hide_or_show(&mut self) -> Outcome {
        let place = self.shown().get(self.selected).map_or(0, |(place, _)| *place);
        self.differences_only = !self.differences_only;
        let shown = self.shown();
        let found = shown.iter().position(|(other, _)| *other >= place);
        self.selected = found.unwrap_or_else(|| shown.len().saturating_sub(1));
        Outcome::Stay
    }

    /// The other way round.
    fn swap(&mut self) -> Outcome {
        if let Some(left) = self.pair().map(|pair| pair.left.summary.sequence) {
            *self = Self { differences_only: self.differences_only, ..Self::new(Some(self.right), left) };
        }
        Outcome::Stay
    }

    /// To the right run in the trace pane.
    fn open_trace(&self) -> Outcome {
        let Some(pair) = self.pair() else { return Outcome::Stay };
        let mut orders = Orders::default();
        orders.push(Order::Open(Link::Trace(pair.right.subject())));
        Outcome::Order(orders)
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::draw("Two runs", (area.width, area.height), area, buffer, view);
        let pair = match &self.pair {
            None => return card::line(inside, 1, &Line::styled("Reading the two runs.", view.style(Role::Dim)), buffer),
            Some(Err(problem)) => {
                let lines = crate::text::width::wrap(problem, usize::from(inside.width));
                for (row, line) in (1..).zip(lines) {
                    card::line(inside, row, &Line::styled(line, view.style(Role::Warn)), buffer);
                }
                return;
            }
            Some(Ok(pair)) => pair,
        };
        if let Some(place) = self.opened {
            let drawn = step::draw(pair, place, self.top, inside, buffer, view);
            self.below.set(drawn.saturating_sub(usize::from(inside.height)));
            self.page.set(usize::from(inside.height).saturating_sub(1));
            return;
        }
        let list = rows::totals(pair, inside, buffer, view);
        let height = usize::from(list.height.saturating_sub(1));
        self.page.set(height);
        let shown = self.shown();
        let top = (self.selected + 1)
            .saturating_sub(height.max(1))
            .max(self.selected.saturating_sub(height / 2).min(shown.len().saturating_sub(height)));
        rows::list(pair, shown.get(top..).unwrap_or_default(), self.selected - top.min(self.selected), list, buffer, view);
        if shown.is_empty() {
            let words = if self.differences_only { "No step differs; h shows those that are the same." } else { "Neither run has a step." };
            card::line(list, 1, &Line::styled(format!("  {words}"), view.style(Role::Dim)), buffer);
        }
    }

    /// What its keys do.
    #[must_use]
    pub const fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.opened.is_some() {
            &[("j/k", "scroll"), ("n/N", "difference"), ("Esc", "back to the steps")]
        } else {
            &[("Enter", "open"), ("n/N", "difference"), ("f", "first"), ("h", "hide same"), ("x", "swap"), ("t", "trace"), ("Esc", "close")]
        }
    }
}
