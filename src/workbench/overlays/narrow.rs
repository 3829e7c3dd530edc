//! Names to narrow the filter to, with how many runs each has: agents, projects, models, tools, sessions. Typing narrows the list.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::{
        clean::clean_line,
        fuzzy::rank,
        width::{fit, pad_left, pad_right},
    },
    workbench::{
        draw::card,
        effects::{Order, Orders},
        narrow::{KINDS, field, has, toggled},
        need::{Ask, NameKind, Need},
        pane::View,
        shared::Shared,
        theme::Role,
        words,
    },
};

use super::{Outcome, entry::Entry};

/// Most names looked through.
const NAMES_MOST: usize = 20_000;
/// Rows above the list: kinds, what is typed, air; and below it: air, the filter.
const ABOVE: u16 = 3;
const BELOW: u16 = 2;
/// Columns of the number of runs.
const RUNS_COLUMNS: usize = 16;

/// The names of one kind.
#[derive(Debug)]
pub struct Names {
    kind: NameKind,
    /// The names as sent with their runs; `None` until they came.
    names: Option<Vec<(String, u64)>>,
    entry: Entry,
    selected: usize,
    /// The filter as it is now.
    filter: Option<String>,
    problem: Option<String>,
}

impl Names {
    /// Opens on a kind of names.
    #[must_use]
    pub fn new(kind: NameKind, shared: &Shared) -> Self {
        Self { kind, names: None, entry: Entry::default(), selected: 0, filter: shared.filter.clone(), problem: None }
    }

    /// Takes the names that were asked for; runs without a name cannot be asked for by it.
    pub fn named(&mut self, names: &[(String, u64)]) {
        self.names = Some(names.iter().filter(|(name, _)| !name.trim().is_empty()).take(NAMES_MOST).cloned().collect());
        self.selected = 0;
    }

    /// The names of its kind.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        Some(Need::once(Ask::Names(self.kind)))
    }

    /// The names that fit what is typed, best first.
    fn fitting(&self) -> Vec<&(String, u64)> {
        let Some(names) = &self.names else { return Vec::new() };
        rank(self.entry.text(), names.iter().map(|(name, _)| clean_line(name)))
            .into_iter()
            .filter_map(|(place, _)| names.get(place))
            .collect()
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        self.problem = None;
        let last = self.fitting().len().saturating_sub(1);
        match event.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Enter => return self.toggle(false),
            KeyCode::Char('o') if event.modifiers.contains(KeyModifiers::CONTROL) => return self.toggle(true),
            KeyCode::Up => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down => self.selected = (self.selected + 1).min(last),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(10),
            KeyCode::PageDown => self.selected = (self.selected + 10).min(last),
            KeyCode::Tab => self.turn(1),
            KeyCode::BackTab => self.turn(KINDS.len() - 1),
            _ => {
                if self.entry.key(event) {
                    self.selected = 0;
                }
            }
        }
        Outcome::Stay
    }

    /// Goes to another kind of names.
    fn turn(&mut self, by: usize) {
        let here = KINDS.iter().position(|(kind, ..)| *kind == self.kind).unwrap_or(0);
        if let Some((kind, ..)) = KINDS.get((here + by) % KINDS.len()) {
            (self.kind, self.names, self.selected) = (*kind, None, 0);
            self.entry = Entry::default();
        }
    }

    /// Puts the chosen name into the filter, or takes it out; alone, or beside the others.
    fn toggle(&mut self, also: bool) -> Outcome {
        let Some((name, _)) = self.fitting().get(self.selected).copied() else { return Outcome::Stay };
        match toggled(self.filter.as_deref(), field(self.kind), name, also) {
            Ok(filter) => {
                self.filter.clone_from(&filter);
                let mut orders = Orders::default();
                orders.push(Order::Filter(filter));
                if also { Outcome::Try(orders) } else { Outcome::Order(orders) }
            }
            Err(problem) => {
                self.problem = Some(problem);
                Outcome::Stay
            }
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.entry.paste(text);
        self.selected = 0;
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        card::place((72, 20), area)
    }

    /// The first name shown on so many rows.
    fn top(&self, rows: u16) -> usize {
        self.selected.saturating_sub(usize::from(rows).saturating_sub(1))
    }

    /// Takes a click on a row of its inside, which has so many: puts the name there beside the others, or takes it out.
    pub fn click(&mut self, row: u16, rows: u16) -> Outcome {
        let Some(row) = row.checked_sub(ABOVE).filter(|row| *row < rows.saturating_sub(ABOVE + BELOW)) else { return Outcome::Stay };
        let place = self.top(rows.saturating_sub(ABOVE + BELOW)) + usize::from(row);
        if place >= self.fitting().len() {
            return Outcome::Stay;
        }
        self.selected = place;
        self.toggle(true)
    }

    /// Draws it; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at("Only", self.card(area), buffer, view);
        card::line(inside, 0, &self.kinds(view), buffer);
        let typed = Rect { y: inside.y.saturating_add(1), height: inside.height.saturating_sub(1), ..inside };
        let cursor = self.entry.draw("> ", typed, buffer, view);
        let list = Rect { y: inside.y.saturating_add(ABOVE), height: inside.height.saturating_sub(ABOVE + BELOW), ..inside };
        let fitting = self.fitting();
        let columns = usize::from(list.width);
        let top = self.top(list.height);
        for (row, (place, (name, runs))) in (0..list.height).zip(fitting.iter().enumerate().skip(top)) {
            let chosen = place == self.selected;
            let mark = if chosen { view.shared.glyphs.cursor } else { " " };
            let asked = if has(self.filter.as_deref(), field(self.kind), name) { "[x]" } else { "[ ]" };
            let head = format!("{mark} {asked} ");
            let room = columns.saturating_sub(head.len() + RUNS_COLUMNS);
            let line = Line::from(vec![
                Span::styled(head, view.style(Role::Accent)),
                Span::raw(pad_right(&clean_line(name), room)),
                Span::styled(pad_left(&words::counted(*runs, "run"), RUNS_COLUMNS), view.style(Role::Dim)),
            ]);
            card::line(list, row, &line, buffer);
            if chosen {
                buffer.set_style(Rect { y: list.y + row, height: 1, ..list }, view.style(Role::Selection));
            }
        }
        if fitting.is_empty() {
            card::line(list, 0, &Line::styled(self.nothing(), view.style(Role::Dim)), buffer);
        }
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: inside.height.min(1), ..inside };
        let (says, role) = match (&self.problem, &self.filter) {
            (Some(problem), _) => (problem.clone(), Role::Bad),
            (None, Some(filter)) => (format!("filter: {}", clean_line(filter)), Role::Dim),
            (None, None) => ("filter: none".to_owned(), Role::Dim),
        };
        card::line(foot, 0, &Line::styled(fit(&says, columns).into_owned(), view.style(role)), buffer);
        cursor
    }

    /// The kinds there are, this one marked.
    fn kinds(&self, view: &View<'_>) -> Line<'static> {
        let kind = |(kind, _, plural): &(NameKind, &str, &str)| match *kind == self.kind {
            true => Span::styled(format!("[{plural}] "), view.style(Role::TabFocused)),
            false => Span::styled(format!(" {plural}  "), view.style(Role::Tab)),
        };
        Line::from(KINDS.iter().map(kind).collect::<Vec<_>>())
    }

    fn nothing(&self) -> String {
        let plural = KINDS.iter().find(|(kind, ..)| *kind == self.kind).map_or("names", |(_, _, plural)| plural);
        match &self.names {
            None => format!("reading the names of {plural} …"),
            Some(names) if names.is_empty() => format!("No run names any {plural}; Tab goes to other names."),
            Some(_) => "None fits what is typed.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
