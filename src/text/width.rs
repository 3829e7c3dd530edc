//! Columns: how many a text takes on the screen, and how to make it take a given number.
//!
//! Widths are those that ratatui's buffer gives each cluster, so that what is counted is what is drawn. Texts are expected to be
//! clean (`text::clean`); a control character counts as one column, though nothing draws it.

use std::borrow::Cow;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const ELLIPSIS: &str = "…";
const CLUSTER_BYTES_MAX: usize = 8_192;

/// Columns a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(cluster_width).sum() }
}

/// Columns one cluster takes.
fn cluster_width(cluster: &str) -> usize {
    match cluster.len() {
        // A lone control character is none of ratatui's business.
        0..=1 => cluster.len(),
        // ratatui counts a cell in 16 bits; only an uncleaned text has clusters that could overflow them.
        CLUSTER_BYTES_MAX.. => cluster.width(),
        _ => usize::from(cluster.cell_width()),
    }
}

/// Columns one character takes by itself; 0 for a combining mark.
pub(super) fn character_width(character: char) -> usize {
    cluster_width(character.encode_utf8(&mut [0; 4]))
}

/// The text if it fits into `columns`, else its beginning and `…`; never wider than `columns`.
#[must_use]
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut taken = 0;
    let mut cut = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        taken += cluster_width(cluster);
        if taken <= room {
            cut = at + cluster.len();
        } else if taken > columns {
            return Cow::Owned(format!("{}{ELLIPSIS}", &text[..cut]));
        }
    }
    Cow::Borrowed(text)
}

/// The text at the left of exactly `columns`, cut like [`fit`] or filled with spaces.
#[must_use]
pub fn pad_right(text: &str, columns: usize) -> String {
    let mut padded = fit(text, columns).into_owned();
    let missing = columns.saturating_sub(width(&padded));
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}

/// The text at the right of exactly `columns`, cut like [`fit`] or filled with spaces.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    let fitted = fit(text, columns);
    let missing = columns.saturating_sub(width(&fitted));
    format!("{}{fitted}", " ".repeat(missing))
}

/// The text if it fits into `columns`, else its two ends around `…`, as ids are read: `01J9…7QF`.
#[must_use]
pub fn middle(text: &str, columns: usize) -> Cow<'_, str> {
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let head = within(text.graphemes(true), room.div_ceil(2));
    let tail = within(text.graphemes(true).rev(), room / 2);
    Cow::Owned(format!("{}{ELLIPSIS}{}", &text[..head], &text[text.len() - tail..]))
}

/// Bytes of the leading clusters that fit into `columns`.
fn within<'a>(clusters: impl Iterator<Item = &'a str>, columns: usize) -> usize {
    let mut taken = 0;
    clusters
        .take_while(|cluster| {
            taken += cluster_width(cluster);
            taken <= columns
        })
        .map(str::len)
        .sum()
}

/// The text in lines of at most `columns` (0 counts as 1): broken at its own line breaks, then between words, then inside words that
/// are too long. A line that fits keeps its spaces; spaces at a break are dropped. A cluster that is wider than a whole line becomes `…`.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        wrap_line(line, columns, &mut lines);
    }
    lines
}

fn wrap_line(line: &str, columns: usize, lines: &mut Vec<String>) {
    let mut current = String::new();
    let mut taken = 0;
    for piece in pieces(line) {
        let wide = width(piece);
        if taken + wide <= columns {
            current.push_str(piece);
            taken += wide;
        } else if piece.starts_with(' ') {
            // Spaces that do not fit are where the line breaks.
            lines.push(std::mem::take(&mut current));
            taken = 0;
        } else {
            if !current.trim_end_matches(' ').is_empty() {
                current.truncate(current.trim_end_matches(' ').len());
                lines.push(std::mem::take(&mut current));
                taken = 0;
            }
            for cluster in piece.graphemes(true) {
                let (cluster, wide) = if cluster_width(cluster) > columns { (ELLIPSIS, 1) } else { (cluster, cluster_width(cluster)) };
                if taken + wide > columns {
                    lines.push(std::mem::take(&mut current));
                    taken = 0;
                }
                current.push_str(cluster);
                taken += wide;
            }
        }
    }
    lines.push(current);
}

/// Runs of spaces and runs of anything else, in order.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let spaces = rest.starts_with(' ');
        let end = rest.find(|character| (character == ' ') != spaces).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    use super::*;
    use crate::text::clean::clean_line;

    #[test]
    fn columns_are_counted_as_drawn() {
        for (text, columns) in [("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👍🏽", 2), ("…", 1)] {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_between_clusters() {
        assert_eq!(fit("checkout", 8), "checkout");
        assert_eq!(fit("checkout", 5), "chec…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("ne\u{301}e\u{301}", 2), "n…");
        assert_eq!(fit("anything", 0), "");
        assert_eq!(fit("anything", 1), "…");
    }

    #[test]
    fn padding_gives_exactly_the_columns_asked_for() {
        assert_eq!(pad_right("ab", 4), "ab  ");
        assert_eq!(pad_left("日", 4), "  日");
        assert_eq!(pad_right("日本語", 4), "日… ");
    }

    #[test]
    fn ids_keep_both_ends() {
        assert_eq!(middle("01J9ABCDEFGHK7QF", 8), "01J9…7QF");
        assert_eq!(middle("short", 8), "short");
        assert_eq!(middle("日本語日本語", 6), "日…語");
        assert_eq!(middle("anything", 1), "…");
    }

    #[test]
    fn wrapping_prefers_spaces_and_keeps_indentation() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("    indented", 20), ["    indented"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap("abcdefghij klm", 4), ["abcd", "efgh", "ij", "klm"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("日", 1), ["…"]);
    }

    fn drawn(text: &str) -> usize {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2_000, 1));
        usize::from(buffer.set_stringn(0, 0, text, 2_000, Style::new()).0)
    }

    proptest! {
        #[test]
        fn ratatui_draws_as_many_columns_as_counted(text in "\\PC{0,40}") {
            let text = clean_line(&text);
            prop_assert_eq!(width(&text), drawn(&text));
        }

        #[test]
        fn nothing_is_ever_wider_than_asked(text in any::<String>(), columns in 0usize..40) {
            let text = clean_line(&text);
            let fitted = fit(&text, columns);
            prop_assert!(width(&fitted) <= columns && drawn(&fitted) <= columns && fitted.width() <= columns);
            prop_assert!(width(&middle(&text, columns)) <= columns);
            prop_assert_eq!(width(&pad_right(&text, columns)), columns);
            prop_assert_eq!(width(&pad_left(&text, columns)), columns);
            prop_assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns.max(1)));
        }

        #[test]
        fn what_fits_is_untouched(text in "\\PC{0,20}") {
            let text = clean_line(&text);
            prop_assert_eq!(fit(&text, width(&text).max(1)), &*text);
            prop_assert_eq!(middle(&text, width(&text).max(1)), &*text);
        }

        #[test]
        fn wrapping_loses_nothing_but_spaces(text in "[a-z日é \n]{0,60}", columns in 2usize..20) {
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&wrap(&text, columns).concat()), letters(&text));
        }
    }
}
