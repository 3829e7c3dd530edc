//! What scrolls under a fix's head: why, the snippet with line numbers, what it rests on, what accepting does.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    model::fix::Fix,
    text::{clean::clean_line, width},
    workbench::{
        draw::{card, facts::Facts, heading},
        message::Paint,
        pane::View,
        theme::Role,
    },
};

use super::text;

/// Columns for labels.
const LABEL: usize = 10;
/// From this height on reasons stand before the snippet; below it the snippet comes first.
const ROOMY: u16 = 10;
/// Below this height the snippet has no heading: every row is wanted for the snippet itself.
const HEADED: u16 = 6;

/// The rows under the head, written only when they are shown.
#[derive(Debug)]
pub(super) struct Body<'a> {
    before: Facts,
    /// Rows of the heading over the snippet: one or, where rows are few, none.
    heading: usize,
    language: &'a str,
    code: Vec<&'a str>,
    after: Facts,
}

impl<'a> Body<'a> {
    pub(super) fn of(fix: &'a Fix, area: Rect) -> Self {
        let mut before = Facts::new(area.width, LABEL);
        let mut after = Facts::new(area.width, LABEL);
        let reasons = if area.height >= ROOMY { &mut before } else { &mut after };
        reasons.gap();
        reasons.fact("Why", if fix.why.trim().is_empty() { "not said" } else { &fix.why }, Role::Text);
        for (at, says) in text::evidence(fix).enumerate() {
            reasons.fact(if at == 0 { "Rests on" } else { "" }, &says, Role::Text);
        }
        if area.height >= ROOMY {
            reasons.gap();
        }
        after.gap();
        after.fact("Kind", &text::kind_sentence(fix), Role::Dim);
        after.fact("Accept", text::ACCEPTING_MEANS, Role::Dim);
        let code = text::code(fix).lines().collect();
        Self { before, heading: usize::from(area.height >= HEADED), language: text::language(fix), code, after }
    }

    /// Rows in all.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.heading + self.code.len() + self.after.len()
    }

    /// Draws a row, from 0, at the top of an area.
    pub(super) fn draw_row(&self, row: usize, paint: Option<&Paint>, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(row) = row.checked_sub(self.before.len()) else { return self.before.draw_row(row, area, buffer, view) };
        let Some(line) = row.checked_sub(self.heading) else {
            let words = if self.code.is_empty() { "no snippet" } else { self.language.trim() };
            return heading::draw(if words.is_empty() { "snippet" } else { words }, area, buffer, view);
        };
        match line.checked_sub(self.code.len()) {
            None => self.code_row(line, paint, area, buffer, view),
            Some(row) => self.after.draw_row(row, area, buffer, view),
        }
    }

    /// A line of the snippet with its number; in colour once they are there, plain until then.
    fn code_row(&self, line: usize, paint: Option<&Paint>, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(plain) = self.code.get(line).map(|line| clean_line(line)) else { return };
        let digits = self.code.len().to_string().len();
        let number = format!(" {:>digits$}  ", line + 1);
        let room = usize::from(area.width).saturating_sub(number.len());
        let mut spans = vec![Span::styled(number, view.style(Role::Dim))];
        match paint.and_then(|paint| paint.lines.get(line)).filter(|pieces| same(pieces, &plain)) {
            Some(pieces) => spans.extend(cut(pieces.iter().map(|(role, text)| (view.style(*role), text.as_str())), room)),
            None => spans.extend(cut(std::iter::once((view.style(Role::Text), &*plain)), room)),
        }
        card::line(area, 0, &Line::from(spans), buffer);
    }
}

/// Whether the colours are those of this line: colours of anything else are not shown.
fn same(pieces: &[(Role, String)], plain: &str) -> bool {
    let mut rest = plain;
    pieces.iter().all(|(_, piece)| {
        let piece = piece.trim_end_matches('\n');
        rest.strip_prefix(piece).is_some_and(|after| {
            rest = after;
            true
        })
    }) && rest.is_empty()
}

/// The pieces that fit, the last one cut with `…`.
fn cut<'a>(pieces: impl Iterator<Item = (Style, &'a str)>, room: usize) -> Vec<Span<'a>> {
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

/// Says on the last row of an area that there is no more.
pub(super) fn end(area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    card::line(area, area.height.saturating_sub(1), &Line::styled(" end", view.style(Role::Dim)), buffer);
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

    #[test]
    fn colours_of_another_text_are_not_shown() {
        let pieces = [(Role::CodeKeyword, "return".to_owned()), (Role::Text, " 1\n".to_owned())];
        assert!(same(&pieces, "return 1"));
        assert!(!same(&pieces, "return 10") && !same(&pieces, "return"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(pieces in proptest::collection::vec("[a-z日 ]{0,6}", 0..6), room in 0usize..20) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert!(width::width(&shown(&pieces, room)) <= room);
        }
    }
}
