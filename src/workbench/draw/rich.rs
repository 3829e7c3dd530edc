//! Lines of coloured pieces, broken to a width between characters.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    text::width::width,
    workbench::{pane::View, theme::Role},
};

/// A line in pieces, each with the role that colours it.
pub type Rich = Vec<(Role, String)>;

/// Breaks a line to rows of at most `columns` (at least 1); later rows are indented by `indent` columns.
#[must_use]
pub fn wrapped(line: &Rich, columns: usize, indent: usize) -> Vec<Rich> {
    let columns = columns.max(1);
    let indent = if indent * 2 < columns { indent } else { 0 };
    let mut rows: Vec<Rich> = vec![Vec::new()];
    let mut used = 0;
    for (role, text) in line {
        for cluster in text.graphemes(true) {
            let wide = width(cluster);
            if used + wide > columns && used > 0 {
                rows.push(vec![(Role::Text, " ".repeat(indent))]);
                used = indent;
            }
            used += wide;
            let Some(row) = rows.last_mut() else { continue };
            match row.last_mut() {
                Some((last, piece)) if last == role => piece.push_str(cluster),
                _ => row.push((*role, cluster.to_owned())),
            }
        }
    }
    rows
}

/// The line in the theme's colours.
#[must_use]
pub fn line(rich: &Rich, view: &View<'_>) -> Line<'static> {
    rich.iter().map(|(role, text)| Span::styled(text.clone(), view.style(*role))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &[Rich]) -> Vec<String> {
        rows.iter().map(|row| row.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    #[test]
    fn a_line_breaks_between_characters_and_keeps_its_colours() {
        let line = vec![(Role::CodeName, "abc".to_owned()), (Role::CodeString, "defg".to_owned())];
        let rows = wrapped(&line, 5, 2);
        assert_eq!(texts(&rows), ["abcde", "  fg"]);
        assert_eq!(rows[1][1].0, Role::CodeString);
    }

    #[test]
    fn wide_characters_are_never_cut_in_two() {
        let line = vec![(Role::Text, "宽字符".to_owned())];
        assert_eq!(texts(&wrapped(&line, 5, 0)), ["宽字", "符"]);
        assert_eq!(texts(&wrapped(&line, 1, 0)), ["宽", "字", "符"], "a column too few still ends");
    }
}
