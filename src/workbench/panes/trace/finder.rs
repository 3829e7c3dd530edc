//! What is searched in the trace pane, and which items of the view have it.

use memchr::memchr2;
use ratatui::text::Line;

use crate::{
    text::human,
    workbench::{pane::View, search::TextSearch, theme::Role},
};

/// Whether a text has a small ASCII needle, in capitals or not. Texts are many and short, so it builds nothing.
fn has(text: &[u8], needle: &[u8], lower: u8, upper: u8) -> bool {
    let mut rest = text;
    while let Some(at) = memchr2(lower, upper, rest) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.get(..needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle)) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// Its state.
#[derive(Debug, Default)]
pub(super) struct Finder {
    query: String,
    /// The items that have it, in order.
    items: Vec<usize>,
}

impl Finder {
    /// What is searched; empty where nothing is.
    pub(super) fn query(&self) -> &str {
        &self.query
    }

    pub(super) const fn is_on(&self) -> bool {
        !self.query.is_empty()
    }

    /// Searches for something else; what has it is told by [`Finder::found`]. Answers among which items it is to be looked for, where not
    /// among all: what has a longer text has its beginning.
    pub(super) fn set(&mut self, query: &str) -> Option<Vec<usize>> {
        let query = TextSearch::new(query).query().to_owned();
        let items = std::mem::take(&mut self.items);
        let longer = self.is_on() && query.starts_with(&self.query);
        self.query = query;
        longer.then_some(items)
    }

    /// Takes the items that have it.
    pub(super) fn found(&mut self, items: Vec<usize>) {
        self.items = items;
    }

    /// Whether a text has it; case counts only where the query has a capital, as everywhere.
    pub(super) fn matcher(&self) -> Box<dyn Fn(&str) -> bool> {
        let query = self.query.clone();
        if query.chars().any(char::is_uppercase) {
            return Box::new(move |text| text.contains(&query));
        }
        match query.as_bytes() {
            [first, ..] if query.is_ascii() => {
                let (lower, upper) = (*first, first.to_ascii_uppercase());
                Box::new(move |text| has(text.as_bytes(), query.as_bytes(), lower, upper))
            }
            _ => Box::new(move |text| text.to_lowercase().contains(&query)),
        }
    }

    /// The item after this one, or before it; round the ends.
    pub(super) fn next(&self, here: usize, on: bool) -> Option<usize> {
        let found = if on {
            self.items.get(self.items.partition_point(|item| *item <= here)).or_else(|| self.items.first())
        } else {
            let before = self.items.partition_point(|item| *item < here);
            before.checked_sub(1).and_then(|place| self.items.get(place)).or_else(|| self.items.last())
        };
        found.copied()
    }

    /// The first item at or behind this one; else the first of all.
    pub(super) fn first_from(&self, here: usize) -> Option<usize> {
        self.items.get(self.items.partition_point(|item| *item < here)).or_else(|| self.items.first()).copied()
    }

    /// What is searched and where the reader is: `/amount  3 of 17`.
    pub(super) fn says(&self, here: usize) -> Option<String> {
        if self.query.is_empty() {
            return None;
        }
        let count = |number: usize| human::count(number as u64);
        let place = match (self.items.len(), self.items.binary_search(&here)) {
            (0, _) => "no match".to_owned(),
            (all, Ok(place)) => format!("{} of {}", count(place + 1), count(all)),
            (all, Err(_)) => format!("{} matches", count(all)),
        };
        Some(format!("/{}  {place}", self.query))
    }

    /// A row with what is searched marked in it.
    pub(super) fn marked<'a>(&self, line: Line<'a>, view: &View<'_>) -> Line<'a> {
        if self.query.is_empty() {
            return line;
        }
        let text: String = line.spans.iter().map(|span| &*span.content).collect();
        let mut search = TextSearch::new(&self.query);
        search.find([text]);
        let style = view.style(Role::Match);
        search.marked(0, line, style, style)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finder(query: &str) -> Finder {
        let mut finder = Finder::default();
        finder.set(query);
        finder
    }

    #[test]
    fn case_counts_only_where_the_query_has_a_capital() {
        let finds = |query: &str, text: &str| finder(query).matcher()(text);
        assert!(finds("tool", "a TOOL") && finds("Tool", "a Tool") && !finds("Tool", "a tool"));
        assert!(finds("straße", "Die STRAßE") && finds("aab", "aaab"));
    }

    #[test]
    fn what_is_typed_on_is_looked_for_only_where_its_beginning_was() {
        let mut finder = finder("a");
        finder.found(vec![1, 4, 7]);
        assert_eq!(finder.set("ab"), Some(vec![1, 4, 7]));
        assert_eq!(finder.set("a"), None);
    }

    proptest! {
        #[test]
        fn it_finds_what_the_marks_show(query in "[a-cA-C ]{1,3}", text in "[a-cA-Cé ]{0,20}") {
            let mut marks = TextSearch::new(&query);
            prop_assert_eq!(finder(&query).matcher()(&text), !marks.find([&text]).is_empty());
        }
    }
}
