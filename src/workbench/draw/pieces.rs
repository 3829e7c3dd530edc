//! A line made of styled pieces, cut once where the room ends.

use ratatui::{style::Style, text::Span};

use crate::text::width;

/// The pieces that fit, the last one cut with `…`.
pub fn cut<'a>(pieces: impl Iterator<Item = (Style, &'a str)>, room: usize) -> Vec<Span<'a>> {
    let pieces: Vec<(Style, &str)> = pieces.map(|(style, text)| (style, text.trim_end_matches('\n'))).collect();
    let mut left = room;
    let mut spans = Vec::new();
    for (at, (style, text)) in pieces.iter().enumerate() {
        let wide = width::width(text);
        let last = pieces.iter().skip(at + 1).all(|(_, text)| text.is_empty());
        if wide < left || (wide == left && last) {
            spans.push(Span::styled(*text, *style));
            left -= wide;
        } else {
            // One column more than there is, so that it is cut, and its cut is marked.
            let marked = if wide <= left { format!("{text}  ") } else { (*text).to_owned() };
            spans.push(Span::styled(width::fit(&marked, left).into_owned(), *style));
            break;
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[&str], room: usize) -> String {
        cut(pieces.iter().map(|piece| (Style::new(), *piece)), room).iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn a_line_is_cut_once_whatever_its_pieces() {
        for pieces in [&["return total"][..], &["return", " ", "total"], &["return ", "total", ""]] {
            assert_eq!(shown(pieces, 12), "return total");
            assert_eq!(shown(pieces, 9), "return t…");
            assert_eq!(shown(pieces, 6), "retur…");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(pieces in proptest::collection::vec("[a-z日 ]{0,6}", 0..6), room in 0usize..20) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert!(width::width(&shown(&pieces, room)) <= room);
        }
    }
}
