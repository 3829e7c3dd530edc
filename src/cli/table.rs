//! Columns of text that stand under each other.

use crate::text::{clean::clean_line, width::width};

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At the left: words.
    Left,
    /// At the right: numbers.
    Right,
}

/// Rows of cells.
#[derive(Debug)]
pub struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table whose columns stand like this.
    #[must_use]
    pub fn new(sides: impl Into<Vec<Side>>) -> Self {
        Self { sides: sides.into(), rows: Vec::new() }
    }

    /// Adds a row; what could act on a terminal is taken out of its cells.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(|cell| clean_line(cell.as_ref()).into_owned()).collect());
    }

    /// The rows as lines, two spaces between columns and none at the end.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let widths: Vec<usize> = (0..self.sides.len())
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
            .collect();
        self.rows.iter().map(move |row| {
            let mut line = String::new();
            for ((cell, side), widest) in row.iter().zip(&self.sides).zip(&widths) {
                let gap = " ".repeat(widest.saturating_sub(width(cell)));
                match side {
                    Side::Left => line.extend([cell.as_str(), &gap]),
                    Side::Right => line.extend([gap.as_str(), cell]),
                }
                line.push_str("  ");
            }
            line.truncate(line.trim_end().len());
            line
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_also_where_characters_are_wide() {
        let mut table = Table::new([Side::Left, Side::Right]);
        table.row(["cost", "1"]);
        table.row(["延迟\u{1b}[2J", "1,000"]);
        assert_eq!(table.lines().collect::<Vec<_>>(), ["cost      1", "延迟  1,000"]);
    }
}
