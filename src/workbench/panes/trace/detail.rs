//! What is known of the open step, field by field, and how far it is scrolled.

use crate::{
    text::width::wrap,
    workbench::{
        draw::rich::{Rich, wrapped},
        theme::Role,
    },
};

/// Most rows made of one step.
const ROWS_MOST: usize = 4_000;
/// Columns of a field's name.
const LABEL: usize = 6;

/// One field: its name and its lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) role: Role,
    pub(super) lines: Vec<Rich>,
}

impl Field {
    /// A field of coloured lines.
    pub(super) const fn rich(label: &'static str, lines: Vec<Rich>) -> Self {
        Self { label, role: Role::Dim, lines }
    }

    /// A field of plain text, line by line.
    pub(super) fn text(label: &'static str, role: Role, text: &str) -> Self {
        Self {
            label,
            role: if role == Role::Bad { Role::Bad } else { Role::Dim },
            lines: text.lines().map(|line| vec![(role, line.to_owned())]).collect(),
        }
    }
}

/// The rows of all fields and the first one shown.
#[derive(Debug, Default)]
pub(super) struct Detail {
    rows: Vec<Rich>,
    /// At which row each field starts.
    starts: Vec<usize>,
    top: usize,
}

/// Columns left for a field's lines.
pub(super) const fn room(columns: usize) -> usize {
    columns.saturating_sub(LABEL + 3)
}

/// A line in rows: plain text between words, coloured pieces between characters.
fn broken(line: &Rich, columns: usize) -> Vec<Rich> {
    match line.as_slice() {
        [(role, text)] => wrap(text, columns).into_iter().map(|row| vec![(*role, row)]).collect(),
        _ => wrapped(line, columns, 2),
    }
}

impl Detail {
    /// Lays fields out in so many columns; `fresh` starts at the first row again.
    pub(super) fn set(&mut self, fields: Vec<Field>, columns: usize, fresh: bool) {
        self.rows.clear();
        self.starts.clear();
        for field in fields {
            self.starts.push(self.rows.len());
            let mut label = format!(" {:LABEL$}", field.label);
            for line in field.lines.iter().flat_map(|line| broken(line, room(columns))) {
                if self.rows.len() >= ROWS_MOST {
                    break;
                }
                let mut row = vec![(field.role, std::mem::replace(&mut label, " ".repeat(LABEL + 1)))];
                row.extend(line);
                self.rows.push(row);
            }
        }
        self.top = if fresh { 0 } else { self.top.min(self.rows.len().saturating_sub(1)) };
    }

    /// The rows from the first one shown.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Rich> {
        self.rows.iter().skip(self.top)
    }

    /// Rows below the last one shown.
    pub(super) fn hidden(&self, height: usize) -> usize {
        self.rows.len().saturating_sub(self.top + height)
    }

    /// To the next field, or a page on where the field is longer; past the end it starts again.
    pub(super) fn forward(&mut self, height: usize) {
        if self.hidden(height) == 0 {
            self.top = 0;
            return;
        }
        let page = self.top + height.max(1);
        let field = self.starts.iter().copied().find(|start| *start > self.top).unwrap_or(page);
        self.top = field.min(page).min(self.rows.len().saturating_sub(1));
    }

    /// To the field before, or a page back.
    pub(super) fn back(&mut self, height: usize) {
        let page = self.top.saturating_sub(height.max(1));
        let field = self.starts.iter().copied().rev().find(|start| *start < self.top).unwrap_or(0);
        self.top = field.max(page);
    }
}
