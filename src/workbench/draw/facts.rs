//! Facts under each other: a label at the left, its text wrapped at the right.
//!
//! ```text
//!  Message   amount must be a number,
//!            got <*>
//!  Runs      37, of which 31 did not recover
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::width::{pad_right, wrap},
    workbench::{layout::LEAST_WIDTH, pane::View, theme::Role},
};

use super::card;

/// Texts are not made wider than this: longer lines are hard to read.
const READABLE: usize = 110;

/// The inside of the widest reader.
const READER: u16 = 98;

/// Wrapped facts, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    columns: usize,
    label: usize,
    rows: Vec<(String, Role, String)>,
}

impl Facts {
    /// For this many columns, with this many for labels.
    #[must_use]
    pub fn new(columns: u16, label: usize) -> Self {
        Self { columns: usize::from(columns).saturating_sub(2).min(READABLE), label, rows: Vec::new() }
    }

    /// For a reader in front of a pane of this width. A pane narrower than the narrowest terminal's inside stands among others on a
    /// wide terminal, so the reader is as wide as it gets.
    #[must_use]
    pub fn for_reader(pane: u16, label: usize) -> Self {
        let columns = if pane < LEAST_WIDTH - 2 { READER } else { pane.min(READER) };
        Self::new(columns, label)
    }

    /// Adds a fact. Further facts of the same kind may have an empty label.
    pub fn fact(&mut self, label: &str, text: &str, role: Role) {
        let label = pad_right(label, self.label);
        for (at, line) in wrap(text, self.columns.saturating_sub(self.label)).into_iter().enumerate() {
            let label = if at == 0 { label.clone() } else { " ".repeat(self.label) };
            self.rows.push((label, role, line));
        }
    }

    /// Adds a text without a label, from the left edge on.
    pub fn text(&mut self, text: &str, role: Role) {
        self.rows.extend(wrap(text, self.columns).into_iter().map(|line| (String::new(), role, line)));
    }

    /// Adds an empty row.
    pub fn gap(&mut self) {
        self.rows.push((String::new(), Role::Text, String::new()));
    }

    /// How many rows they take.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows as plain text, for a reader in front.
    #[must_use]
    pub fn into_strings(self) -> Vec<String> {
        self.rows.into_iter().map(|(label, _, text)| format!("{label}{text}").trim_end().to_owned()).collect()
    }

    /// Draws one row of them at the top of an area.
    pub fn draw_row(&self, row: usize, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some((label, role, text)) = self.rows.get(row) else { return };
        let line = Line::from(vec![
            Span::raw(" "),
            Span::styled(label.as_str(), view.style(Role::Dim)),
            Span::styled(text.as_str(), view.style(*role)),
        ]);
        card::line(area, 0, &line, buffer);
    }

    /// Draws as many as fit; when not all do, the last row says how many are left and what shows them.
    pub fn draw(&self, area: Rect, how: &str, buffer: &mut Buffer, view: &View<'_>) {
        let height = usize::from(area.height);
        let shown = if self.len() > height { height.saturating_sub(1) } else { self.len() };
        for (y, row) in (area.y..).zip(0..shown) {
            self.draw_row(row, Rect { y, height: 1, ..area }, buffer, view);
        }
        if shown < self.len() {
            more(self.len() - shown, how, area, buffer, view);
        }
    }
}

/// Says on the last row of an area how many rows are left, and what shows them.
pub fn more(rows: usize, how: &str, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let plural = if rows == 1 { "" } else { "s" };
    let line = Line::styled(format!(" … {rows} more row{plural}{how}"), view.style(Role::Dim));
    card::line(area, area.height.saturating_sub(1), &line, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_stays_beside_its_label() {
        let mut facts = Facts::new(20, 6);
        facts.fact("Why", "one two three four", Role::Text);
        facts.fact("Who", "me", Role::Text);
        assert_eq!(facts.into_strings(), ["Why   one two", "      three four", "Who   me"]);
    }
}
