//! What scrolls under a fix's head: why, the snippet with line numbers, what it rests on, what accepting does.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::fix::Fix,
    text::clean::clean_line,
    workbench::{
        draw::{
            card,
            facts::Facts,
            heading,
            hunks::{Hunks, SPLIT_LEAST},
            pieces::cut,
        },
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

/// What is changed: as the file's own lines, or as a snippet.
#[derive(Debug)]
enum Code<'a> {
    Diff(Hunks),
    Snippet(Vec<&'a str>),
}

impl Code<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Diff(hunks) => hunks.len(),
            Self::Snippet(lines) => lines.len(),
        }
    }
}

/// The rows under the head, written only when they are shown.
#[derive(Debug)]
pub(super) struct Body<'a> {
    before: Facts,
    /// Rows of the heading over the snippet: one or, where rows are few, none.
    heading: usize,
    language: String,
    code: Code<'a>,
    after: Facts,
}

impl<'a> Body<'a> {
    pub(super) fn of(fix: &'a Fix, area: Rect, split: bool) -> Self {
        let mut before = Facts::new(area.width, LABEL);
        let mut after = Facts::new(area.width, LABEL);
        // A diff speaks for itself; a snippet needs its reasons first, where there is room.
        let first = area.height >= ROOMY && fix.diff.is_none();
        let reasons = if first { &mut before } else { &mut after };
        reasons.gap();
        reasons.fact("Why", if fix.why.trim().is_empty() { "not said" } else { &fix.why }, Role::Text);
        for (at, says) in text::evidence(fix).enumerate() {
            reasons.fact(if at == 0 { "Rests on" } else { "" }, &says, Role::Text);
        }
        if first {
            reasons.gap();
        }
        after.gap();
        if let Some(checked) = text::checked(fix) {
            after.fact("Checked", &checked, Role::Dim);
        }
        after.fact("Kind", &text::kind_sentence(fix), Role::Dim);
        if text::applied(fix).is_none() {
            after.fact("Accept", text::accepting(fix), Role::Dim);
        }
        let hunks = fix.diff.as_deref().and_then(|diff| Hunks::of(diff, split && area.width >= SPLIT_LEAST));
        let code = hunks.map_or_else(|| Code::Snippet(text::code(fix).lines().collect()), Code::Diff);
        let language = if fix.diff.is_some() { text::where_it_is(fix) } else { text::language(fix).to_owned() };
        if fix.diff.is_some() && area.height >= ROOMY {
            before.gap();
        }
        Self { before, heading: usize::from(area.height >= HEADED), language, code, after }
    }

    /// Rows in all.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.heading + self.code.len() + self.after.len()
    }

    /// Draws a row, from 0, at the top of an area.
    pub(super) fn draw_row(&self, row: usize, paint: Option<&Paint>, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(row) = row.checked_sub(self.before.len()) else { return self.before.draw_row(row, area, buffer, view) };
        let Some(line) = row.checked_sub(self.heading) else {
            let words = if self.code.len() == 0 { "no snippet" } else { self.language.trim() };
            return heading::draw(if words.is_empty() { "snippet" } else { words }, area, buffer, view);
        };
        match line.checked_sub(self.code.len()) {
            None => match &self.code {
                Code::Diff(hunks) => hunks.draw_row(line, area, buffer, view),
                Code::Snippet(lines) => snippet_row(lines, line, paint, area, buffer, view),
            },
            Some(row) => self.after.draw_row(row, area, buffer, view),
        }
    }
}

/// A line of the snippet with its number; in colour once they are there, plain until then.
fn snippet_row(lines: &[&str], line: usize, paint: Option<&Paint>, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let Some(plain) = lines.get(line).map(|line| clean_line(line)) else { return };
    let digits = lines.len().to_string().len();
    let number = format!(" {:>digits$}  ", line + 1);
    let room = usize::from(area.width).saturating_sub(number.len());
    let mut spans = vec![Span::styled(number, view.style(Role::Dim))];
    match paint.and_then(|paint| paint.lines.get(line)).filter(|pieces| same(pieces, &plain)) {
        Some(pieces) => spans.extend(cut(pieces.iter().map(|(role, text)| (view.style(*role), text.as_str())), room)),
        None => spans.extend(cut(std::iter::once((view.style(Role::Text), &*plain)), room)),
    }
    card::line(area, 0, &Line::from(spans), buffer);
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

/// Says on the last row of an area that there is no more.
pub(super) fn end(area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    card::line(area, area.height.saturating_sub(1), &Line::styled(" end", view.style(Role::Dim)), buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_another_text_are_not_shown() {
        let pieces = [(Role::CodeKeyword, "return".to_owned()), (Role::Text, " 1\n".to_owned())];
        assert!(same(&pieces, "return 1"));
        assert!(!same(&pieces, "return 10") && !same(&pieces, "return"));
    }
}
