//! What is searched in the trace pane, and which items of the view have it.

use aho_corasick::AhoCorasick;
use ratatui::text::Line;

use crate::{
    text::human,
    workbench::{pane::View, search::TextSearch, theme::Role},
};

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

    /// Searches for something else; what has it is told by [`Finder::found`].
    pub(super) fn set(&mut self, query: &str) {
        self.query = TextSearch::new(query).query().to_owned();
        self.items.clear();
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
        match AhoCorasick::builder().ascii_case_insensitive(true).build([&query]) {
            Ok(searcher) if query.is_ascii() => Box::new(move |text| searcher.is_match(text)),
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
