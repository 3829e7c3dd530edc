//! A unified diff as rows: unified, or old and new side by side, with the words that changed within a line marked.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::{
    repair::diff,
    text::clean::clean_block,
    workbench::{pane::View, theme::Role},
};

use super::{card, pieces};

/// From this width on old and new fit side by side.
pub const SPLIT_LEAST: u16 = 76;
/// Longest line looked at for changed words, in bytes; longer ones are shown as changed whole.
const WORDS_IN: usize = 2_000;
/// Most lines of one change looked at for which belong together.
const PAIRED_MAX: usize = 60;
/// Lines that share less than this of their words are two lines, not one that was changed.
const ALIKE: f64 = 0.5;

/// What a line is in a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Removed,
    Added,
}

/// One line of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    kind: Kind,
    /// Its number in the text it is of; of a line that stayed, in the new one.
    number: usize,
    /// Of a line that stayed, its number in the old text.
    before: usize,
    /// Its text, cleaned.
    text: String,
    /// The bytes of it that changed, where that is less than all.
    words: Vec<Range<usize>>,
}

/// One row as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    /// Between two hunks.
    Gap,
    /// One line after the other.
    One(Side),
    /// Old at the left, new at the right.
    Two(Option<Side>, Option<Side>),
}

/// A diff laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunks {
    rows: Vec<Row>,
    digits: usize,
}

impl Hunks {
    /// Lays a diff out; `None` where it is none.
    #[must_use]
    pub fn of(text: &str, split: bool) -> Option<Self> {
        let hunks = diff::hunks(text).ok()?;
        let mut rows = Vec::new();
        let mut most = 0;
        for (index, hunk) in hunks.iter().enumerate() {
            if index > 0 {
                rows.push(Row::Gap);
            }
            let sides = numbered(hunk);
            most = sides.iter().map(|side| side.number).max().unwrap_or(0).max(most);
            let mut sides = sides.into_iter().peekable();
            while let Some(side) = sides.next() {
                if side.kind == Kind::Same {
                    rows.push(if split {
                        Row::Two(Some(Side { number: side.before, ..side.clone() }), Some(side))
                    } else {
                        Row::One(side)
                    });
                    continue;
                }
                let mut block = vec![side];
                while let Some(next) = sides.next_if(|next| next.kind != Kind::Same) {
                    block.push(next);
                }
                changed(block, split, &mut rows);
            }
        }
        Some(Self { rows, digits: most.to_string().len() })
    }

    /// How many rows it takes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it takes none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Draws one row at the top of an area.
    pub fn draw_row(&self, row: usize, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        match self.rows.get(row) {
            Some(Row::One(side)) => self.side(Some(side), area, buffer, view),
            Some(Row::Two(old, new)) => {
                let left = Rect { width: area.width / 2, ..area };
                let right = Rect { x: area.x + left.width, width: area.width - left.width, ..area };
                self.side(old.as_ref(), left, buffer, view);
                self.side(new.as_ref(), right, buffer, view);
            }
            Some(Row::Gap) => {
                let dots = format!(" {:>width$}", "…", width = self.digits);
                card::line(area, 0, &Line::styled(dots, view.style(Role::Dim)), buffer);
            }
            None => {}
        }
    }

    fn side(&self, side: Option<&Side>, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(side) = side else { return };
        let (mark, role) = match side.kind {
            Kind::Same => (' ', Role::Text),
            Kind::Removed => ('-', Role::Removed),
            Kind::Added => ('+', Role::Added),
        };
        let style = view.style(role);
        let number = format!(" {:>digits$} ", side.number, digits = self.digits);
        let room = usize::from(area.width).saturating_sub(number.len() + 2);
        let mut spans = vec![Span::styled(number, view.style(Role::Dim)), Span::styled(format!("{mark} "), style)];
        spans.extend(pieces::cut(marked(side, style).into_iter(), room));
        card::line(area, 0, &Line::from(spans), buffer);
    }
}

/// The text in pieces, the changed words made to stand out.
fn marked(side: &Side, style: Style) -> Vec<(Style, &str)> {
    let strong = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    let mut found = Vec::new();
    let mut at = 0;
    for word in &side.words {
        found.push((style, side.text.get(at..word.start).unwrap_or_default()));
        found.push((strong, side.text.get(word.clone()).unwrap_or_default()));
        at = word.end;
    }
    found.push((style, side.text.get(at..).unwrap_or_default()));
    found.retain(|(_, text)| !text.is_empty());
    found
}

/// The lines of a hunk with the numbers they have in their own text.
fn numbered(hunk: &diff::Hunk) -> Vec<Side> {
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let side = |(mark, line): &(char, String)| {
        let (kind, number) = match mark {
            '-' => (Kind::Removed, old),
            '+' => (Kind::Added, new),
            _ => (Kind::Same, new),
        };
        let before = old;
        old += usize::from(kind != Kind::Added);
        new += usize::from(kind != Kind::Removed);
        let text = clean_block(line.trim_end_matches(['\n', '\r'])).replace('\n', " ");
        Side { kind, number, before, text, words: Vec::new() }
    };
    hunk.lines.iter().map(side).collect()
}

/// The rows of lines that were removed and of those that came in their place.
fn changed(block: Vec<Side>, split: bool, rows: &mut Vec<Row>) {
    let (mut old, mut new): (Vec<Side>, Vec<Side>) = block.into_iter().partition(|side| side.kind == Kind::Removed);
    let pairs = pairs(&old, &new);
    for (left, right) in &pairs {
        if let (Some(one), Some(other)) = (old.get_mut(*left), new.get_mut(*right)) {
            (one.words, other.words) = words(&one.text, &other.text);
        }
    }
    if !split {
        rows.extend(old.into_iter().chain(new).map(Row::One));
        return;
    }
    let (mut old, mut new) = (old.into_iter().enumerate().peekable(), new.into_iter().enumerate().peekable());
    for (left, right) in pairs.into_iter().chain([(usize::MAX, usize::MAX)]) {
        // What stands before a pair on one side has nothing beside it, unless the other side has something left as well.
        loop {
            let (before, after) = (old.next_if(|(at, _)| *at < left), new.next_if(|(at, _)| *at < right));
            if before.is_none() && after.is_none() {
                break;
            }
            rows.push(Row::Two(before.map(|(_, side)| side), after.map(|(_, side)| side)));
        }
        if let (Some((_, one)), Some((_, other))) = (old.next(), new.next()) {
            rows.push(Row::Two(Some(one), Some(other)));
        }
    }
}

/// Which removed line became which added one: in order, each with the one most like it, where that is alike at all.
fn pairs(old: &[Side], new: &[Side]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    for (left, one) in old.iter().enumerate().take(PAIRED_MAX) {
        let alike = new.iter().enumerate().skip(from).take(PAIRED_MAX).map(|(right, other)| (right, likeness(&one.text, &other.text)));
        let best = alike.filter(|(_, alike)| *alike >= ALIKE).max_by(|(one, a), (other, b)| a.total_cmp(b).then(other.cmp(one)));
        if let Some((right, _)) = best {
            found.push((left, right));
            from = right + 1;
        }
    }
    found
}

/// The share of two lines' words that both have, in order.
fn likeness(one: &str, other: &str) -> f64 {
    if one.len().max(other.len()) > WORDS_IN {
        return 0.0;
    }
    let (a, b) = (split(one), split(other));
    let solid = |words: &[&str]| words.iter().filter(|word| !word.trim().is_empty()).count();
    let total = solid(&a) + solid(&b);
    let shared: usize = capture_diff_slices(Algorithm::Myers, &a, &b)
        .iter()
        .filter(|operation| matches!(operation, DiffOp::Equal { .. }))
        .map(|operation| a.get(operation.old_range()).map_or(0, solid))
        .sum();
    if total == 0 { 1.0 } else { 2.0 * shared as f64 / total as f64 }
}

/// The bytes that differ between two lines, word by word.
fn words(one: &str, other: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (a, b) = (split(one), split(other));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for operation in capture_diff_slices(Algorithm::Myers, &a, &b) {
        if !matches!(operation, DiffOp::Equal { .. }) {
            push(&a, operation.old_range(), &mut left);
            push(&b, operation.new_range(), &mut right);
        }
    }
    (left, right)
}

fn push(words: &[&str], range: Range<usize>, into: &mut Vec<Range<usize>>) {
    let length = |words: Option<&[&str]>| words.unwrap_or_default().iter().map(|word| word.len()).sum::<usize>();
    let start = length(words.get(..range.start));
    let end = start + length(words.get(range));
    if start < end {
        into.push(start..end);
    }
}

/// Names and numbers whole, blanks together, everything else one by one.
fn split(text: &str) -> Vec<&str> {
    let class = |one: char| match one {
        one if one.is_alphanumeric() || one == '_' => 1,
        one if one.is_whitespace() => 2,
        _ => 3,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = 0;
    for (at, one) in text.char_indices() {
        let now = class(one);
        if at > 0 && (now != before || now == 3) {
            found.extend(text.get(start..at));
            start = at;
        }
        before = now;
    }
    found.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const BEFORE: &str = "def refund(order, amount):\n    check(order)\n    return api.refund(order, amount)\n";
    const AFTER: &str = "def refund(order, amount):\n    check(order)\n    value = parse(amount)\n    return api.refund(order, value)\n";

    fn hunks(split: bool) -> Hunks {
        Hunks::of(&diff::unified("x.py", BEFORE, AFTER).unwrap(), split).unwrap()
    }

    #[test]
    fn the_changed_word_of_a_line_is_marked_and_a_new_line_is_new() {
        let rows = hunks(false).rows;
        let marked: Vec<&str> = rows
            .iter()
            .filter_map(|row| match row {
                Row::One(side) => Some(side),
                _ => None,
            })
            .flat_map(|side| side.words.iter().map(|word| &side.text[word.clone()]))
            .collect();
        assert_eq!(marked, ["amount", "value"]);
    }

    #[test]
    fn side_by_side_the_old_line_stands_beside_what_it_became() {
        let rows = hunks(true).rows;
        let text = |side: &Option<Side>| side.as_ref().map(|side| side.text.trim().to_owned());
        let Some(Row::Two(old, new)) = rows.last() else { unreachable!() };
        assert_eq!(
            (text(old).unwrap(), text(new).unwrap()),
            ("return api.refund(order, amount)".into(), "return api.refund(order, value)".into())
        );
        assert!(rows.iter().any(|row| matches!(row, Row::Two(None, Some(side)) if side.text.contains("parse"))));
    }

    #[test]
    fn numbers_are_those_of_the_text_a_line_is_of() {
        let numbers: Vec<(Kind, usize)> = hunks(false)
            .rows
            .iter()
            .filter_map(|row| match row {
                Row::One(side) => Some((side.kind, side.number)),
                _ => None,
            })
            .collect();
        use Kind::{Added, Removed, Same};
        assert_eq!(numbers, [(Same, 1), (Same, 2), (Removed, 3), (Added, 3), (Added, 4)]);
    }

    #[test]
    fn what_is_no_diff_is_not_laid_out() {
        assert_eq!(Hunks::of("def f(): ...\n", false), None);
    }
}
