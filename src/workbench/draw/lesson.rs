//! An empty pane teaches: its lesson, wrapped to the width it has, with hanging indents.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    text::width::{width, wrap},
    workbench::{pane::View, theme::Role},
};

use super::card;

/// Draws a lesson with a little air around it.
pub fn draw<S: AsRef<str>>(lines: &[S], area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let air = u16::from(area.height > 8);
    let area = Rect {
        x: area.x.saturating_add(2),
        y: area.y.saturating_add(air),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(air),
    };
    let wrapped = lines.iter().flat_map(|line| hanging(line.as_ref(), usize::from(area.width)));
    for (row, text) in (0..area.height).zip(wrapped) {
        card::line(area, row, &Line::styled(text, view.style(Role::Text)), buffer);
    }
}

/// A line in as many rows as it needs; later rows start where its words do, behind spaces and a number.
fn hanging(line: &str, columns: usize) -> Vec<String> {
    let words = line.trim_start_matches(|character: char| character == ' ' || character.is_ascii_digit());
    let numbered = line.len() - words.len();
    let indent =
        if line.get(..numbered).is_some_and(|lead| lead.ends_with("  ")) { numbered } else { line.len() - line.trim_start().len() };
    let (lead, rest) = line.split_at(indent);
    let room = columns.saturating_sub(width(lead)).max(1);
    let mut rows = wrap(rest, room).into_iter();
    let first = format!("{lead}{}", rows.next().unwrap_or_default());
    std::iter::once(first).chain(rows.map(|row| format!("{}{row}", " ".repeat(width(lead))))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_rows_start_where_the_words_do() {
        assert_eq!(hanging("1  one two three", 10), ["1  one two", "   three"]);
        assert_eq!(hanging("  one two", 7), ["  one", "  two"]);
        assert_eq!(hanging("20 runs are", 8), ["20 runs", "are"], "a number that is a word is no list");
        assert_eq!(hanging("", 8), [""]);
    }
}
