//! Search in a text that is shown: where a query stands in its lines, which of these places is the present one, and how they are marked.

use std::ops::Range;

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::{clean::clean_line, human};

/// Longest query, in characters; what is typed beyond it is left out.
const QUERY_LONGEST: usize = 200;
/// Most places kept; a text that has more is searched no further.
const HITS_MOST: usize = 10_000;

/// A place where the query stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which line, from 0.
    pub line: usize,
    /// Which characters of that line (`char`s, not columns and not bytes).
    pub chars: Range<usize>,
}

/// A query, the places where it stands in a text, and the one the reader is at. Case counts only where the query has a capital.
/// Its work grows with the length of the text and nothing else; the lines are expected to be clean, as everything shown is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextSearch {
    query: String,
    /// What is looked for: the query as it is compared.
    needle: String,
    needle_chars: usize,
    exact_case: bool,
    hits: Vec<Hit>,
    at: usize,
    more: bool,
}

impl TextSearch {
    /// A search for this text, which has looked at nothing yet. An empty query stands nowhere.
    #[must_use]
    pub fn new(query: &str) -> Self {
        let query: String = clean_line(query).chars().take(QUERY_LONGEST).collect();
        let exact_case = query.chars().any(char::is_uppercase);
        let needle = compared(&query, exact_case);
        Self { needle_chars: needle.chars().count(), needle, query, exact_case, hits: Vec::new(), at: 0, more: false }
    }

    /// What is looked for, as typed.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Looks through these lines; answers the places in their order, none overlapping. The present place stays where it was when the
    /// text changes under the reader, as far as it is still there.
    pub fn find<L: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = L>) -> &[Hit] {
        let before = self.current().cloned();
        (self.hits, self.more) = (Vec::new(), false);
        if !self.needle.is_empty() {
            for (number, line) in lines.into_iter().enumerate() {
                if !self.find_in(number, line.as_ref()) {
                    self.more = true;
                    break;
                }
            }
        }
        self.at = before.map_or(0, |before| self.first_from(before.line, before.chars.start));
        &self.hits
    }

    /// Adds the places in one line; false when there are too many.
    fn find_in(&mut self, number: usize, line: &str) -> bool {
        let text = compared(line, self.exact_case);
        let (mut byte, mut character) = (0, 0);
        for (at, found) in text.match_indices(&self.needle) {
            if self.hits.len() >= HITS_MOST {
                return false;
            }
            let start = character + text.get(byte..at).map_or(0, |between| between.chars().count());
            character = start + self.needle_chars;
            byte = at + found.len();
            self.hits.push(Hit { line: number, chars: start..character });
        }
        true
    }

    /// The first place at or behind a character of a line, from the start again when there is none.
    fn first_from(&self, line: usize, character: usize) -> usize {
        let place = self.hits.partition_point(|hit| (hit.line, hit.chars.start) < (line, character));
        if place < self.hits.len() { place } else { 0 }
    }

    /// Makes the first place at or below a line the present one, as a search starts from what is on the screen.
    pub fn start_at(&mut self, line: usize) -> Option<&Hit> {
        self.at = self.first_from(line, 0);
        self.current()
    }

    /// Goes to the next place; behind the last comes the first.
    // It goes round and lends what it finds, which no iterator does.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<&Hit> {
        self.at = if self.at + 1 < self.hits.len() { self.at + 1 } else { 0 };
        self.current()
    }

    /// Goes to the place before; before the first comes the last.
    pub fn previous(&mut self) -> Option<&Hit> {
        self.at = self.at.checked_sub(1).unwrap_or_else(|| self.hits.len().saturating_sub(1));
        self.current()
    }

    /// The place the reader is at; `None` when the query stands nowhere.
    #[must_use]
    pub fn current(&self) -> Option<&Hit> {
        self.hits.get(self.at)
    }

    /// Every place, in order.
    #[must_use]
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Where the reader is, in words: `3 of 17`, `1 of 10,000+`, `no match`.
    #[must_use]
    pub fn place(&self) -> String {
        if self.hits.is_empty() {
            return "no match".to_owned();
        }
        let count = |number: usize| human::count(u64::try_from(number).unwrap_or(u64::MAX));
        format!("{} of {}{}", count(self.at + 1), count(self.hits.len()), if self.more { "+" } else { "" })
    }

    /// A line with its places marked over whatever styles it has: the present one with `here`, the others with `found`. A mark covers
    /// whole clusters, so that no combining mark is parted from its base.
    #[must_use]
    pub fn marked<'a>(&self, number: usize, line: Line<'a>, found: Style, here: Style) -> Line<'a> {
        let first = self.hits.partition_point(|hit| hit.line < number);
        let hits: Vec<&Hit> = self.hits.iter().skip(first).take_while(|hit| hit.line == number).collect();
        if hits.is_empty() {
            return line;
        }
        let present = self.current();
        let (mut character, mut next) = (0, 0);
        let mut spans: Vec<Span<'a>> = Vec::new();
        for span in line.spans {
            let mut piece = String::new();
            let mut style = span.style;
            for cluster in span.content.graphemes(true) {
                let end = character + cluster.chars().count();
                while hits.get(next).is_some_and(|hit| hit.chars.end <= character) {
                    next += 1;
                }
                let hit = hits.get(next).filter(|hit| hit.chars.start < end);
                let wanted = match hit {
                    Some(hit) if present == Some(*hit) => span.style.patch(here),
                    Some(_) => span.style.patch(found),
                    None => span.style,
                };
                if wanted != style && !piece.is_empty() {
                    spans.push(Span::styled(std::mem::take(&mut piece), style));
                }
                style = wanted;
                piece.push_str(cluster);
                character = end;
            }
            if !piece.is_empty() {
                spans.push(Span::styled(piece, style));
            }
        }
        Line { spans, ..Line::default() }.style(line.style)
    }
}

/// A text as it is compared: one character for each of its characters, so that places in it are places in the text.
fn compared(text: &str, exact_case: bool) -> String {
    if exact_case {
        return text.to_owned();
    }
    text.chars()
        .map(|character| {
            let mut lower = character.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => character,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use ratatui::style::Modifier;

    use super::*;

    fn places(query: &str, lines: &[&str]) -> Vec<(usize, Range<usize>)> {
        let mut search = TextSearch::new(query);
        search.find(lines).iter().map(|hit| (hit.line, hit.chars.clone())).collect()
    }

    #[test]
    fn places_are_lines_and_characters() {
        assert_eq!(places("refund", &["a refund", "none", "Refund refund"]), [(0, 2..8), (2, 0..6), (2, 7..13)]);
        assert_eq!(places("語", &["日本語 語"]), [(0, 2..3), (0, 4..5)], "characters, not bytes and not columns");
        assert_eq!(places("aa", &["aaaa"]), [(0, 0..2), (0, 2..4)], "none overlaps another");
        assert_eq!(places("", &["anything"]), []);
    }

    #[test]
    fn case_counts_only_where_the_query_has_a_capital() {
        assert_eq!(places("tool", &["Tool TOOL tool"]).len(), 3);
        assert_eq!(places("Tool", &["Tool TOOL tool"]), [(0, 0..4)]);
        assert_eq!(places("straße", &["STRAßE"]), [(0, 0..6)]);
        assert_eq!(places("x", &["İİx"]), [(0, 2..3)], "a letter whose small form is two characters shifts nothing");
    }

    #[test]
    fn next_and_previous_go_round() {
        let mut search = TextSearch::new("x");
        assert_eq!(search.next(), None);
        assert_eq!(search.previous(), None);
        assert_eq!(search.place(), "no match");
        search.find(["x", "-", "x x"]);
        assert_eq!(search.place(), "1 of 3");
        assert_eq!(search.previous().unwrap().chars, 2..3);
        assert_eq!(search.next().unwrap().line, 0);
        assert_eq!(search.start_at(1).unwrap(), &Hit { line: 2, chars: 0..1 });
        assert_eq!(search.place(), "2 of 3");
        assert_eq!(search.start_at(3).unwrap().line, 0, "below the last place the first comes again");
    }

    #[test]
    fn when_the_text_changes_the_reader_stays_at_the_place() {
        let mut search = TextSearch::new("x");
        search.find(["x", "x", "x"]);
        search.next();
        search.find(["x", "y", "x", "x"]);
        assert_eq!(search.current().unwrap().line, 2, "its place is gone, so the one after it");
        search.find(["nothing"]);
        assert_eq!(search.current(), None);
    }

    #[test]
    fn a_text_full_of_places_is_searched_only_so_far() {
        let mut search = TextSearch::new("a");
        assert_eq!(search.find(["a".repeat(HITS_MOST + 1)]).len(), HITS_MOST);
        assert_eq!(search.place(), "1 of 10,000+");
    }

    #[test]
    fn marks_keep_the_styles_below_them_and_whole_clusters() {
        let (found, here) = (Style::new().add_modifier(Modifier::BOLD), Style::new().add_modifier(Modifier::REVERSED));
        let mut search = TextSearch::new("ab");
        search.find(["xabe\u{301}", "ab"]);
        let dim = Style::new().add_modifier(Modifier::DIM);
        let line = search.marked(0, Line::from(vec![Span::styled("xa", dim), Span::raw("be\u{301}")]), found, here);
        let shown: Vec<_> = line.spans.iter().map(|span| (&*span.content, span.style)).collect();
        assert_eq!(shown, [("x", dim), ("a", dim.patch(here)), ("b", here), ("e\u{301}", Style::new())]);
        let other = search.marked(1, Line::raw("ab"), found, here);
        assert_eq!(other.spans, [Span::styled("ab", found)]);
        let mut search = TextSearch::new("e");
        search.find(["e\u{301}f"]);
        assert_eq!(search.marked(0, Line::raw("e\u{301}f"), found, here).spans[0].content, "e\u{301}");
    }

    proptest! {
        #[test]
        fn every_place_holds_the_query(query in "[a-cA-C日é ]{1,3}", lines in proptest::collection::vec("[a-cA-C日éİ ]{0,20}", 0..6)) {
            let mut search = TextSearch::new(&query);
            let hits = search.find(&lines).to_vec();
            for hit in &hits {
                let there: String = lines[hit.line].chars().skip(hit.chars.start).take(hit.chars.len()).collect();
                prop_assert!(there == query || there.to_lowercase() == query.to_lowercase());
            }
            for (number, line) in lines.iter().enumerate() {
                let marked = search.marked(number, Line::raw(line.as_str()), Style::new().add_modifier(Modifier::BOLD), Style::new());
                let text: String = marked.spans.iter().map(|span| &*span.content).collect();
                prop_assert_eq!(&text, line, "marking changes no text");
            }
        }

        #[test]
        fn no_query_and_no_text_panics(query in any::<String>(), lines in proptest::collection::vec(any::<String>(), 0..5), steps in 0usize..9) {
            let mut search = TextSearch::new(&query);
            search.find(&lines);
            for _ in 0..steps {
                search.next();
                search.previous();
                search.next();
            }
            for (number, line) in lines.iter().enumerate() {
                let _ = search.marked(number, Line::raw(line.as_str()), Style::new(), Style::new());
            }
        }
    }
}
