//! A text to read: messages, explanations. `/` searches in it, `n` and `N` go from place to place.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::width::width,
    workbench::{
        draw::card,
        pane::View,
        search::{Hit, TextSearch},
        theme::Role,
    },
};

use super::{Outcome, entry::Entry};

/// Lines shown above a place that was gone to.
const ABOVE: usize = 3;

/// The text, how far it is scrolled, and what is looked for in it.
#[derive(Debug)]
pub struct Reader {
    title: String,
    lines: Vec<String>,
    top: usize,
    /// The search line, while it is typed on, with the search and the scroll to go back to.
    typing: Option<(Entry, TextSearch, usize)>,
    search: TextSearch,
}

impl Reader {
    /// Opens a text at its start.
    #[must_use]
    pub fn new(title: String, lines: Vec<String>) -> Self {
        Self { title, lines, top: 0, typing: None, search: TextSearch::default() }
    }

    /// Takes a key: moves scroll, `/` searches, Esc takes the search away, then everything that usually closes closes.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        if self.typing.is_some() {
            self.type_on(event);
            return Outcome::Stay;
        }
        let last = self.lines.len().saturating_sub(1);
        self.top = match event.code {
            KeyCode::Char('j') | KeyCode::Down => self.top.saturating_add(1),
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.top.saturating_add(10),
            KeyCode::PageUp => self.top.saturating_sub(10),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Char('/') => {
                self.typing = Some((Entry::default(), std::mem::take(&mut self.search), self.top));
                self.top
            }
            KeyCode::Char('n') => self.search.next().map_or(self.top, around),
            KeyCode::Char('N') => self.search.previous().map_or(self.top, around),
            KeyCode::Esc if !self.search.query().is_empty() => {
                self.search = TextSearch::default();
                self.top
            }
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Outcome::Close,
            _ => self.top,
        }
        .min(last);
        Outcome::Stay
    }

    /// A key while the search line is typed on: the text goes to the first place at every key.
    fn type_on(&mut self, event: &KeyEvent) {
        let Some((entry, before, top)) = &mut self.typing else { return };
        match event.code {
            KeyCode::Esc => {
                (self.search, self.top) = (std::mem::take(before), *top);
                self.typing = None;
            }
            KeyCode::Enter => {
                if entry.text().is_empty() {
                    self.search = std::mem::take(before);
                }
                self.typing = None;
            }
            _ if entry.key(event) => self.look(),
            _ => {}
        }
    }

    fn look(&mut self) {
        let Some((entry, _, from)) = &self.typing else { return };
        self.search = TextSearch::new(entry.text());
        self.search.find(&self.lines);
        self.top = self.search.start_at(*from).map_or(*from, around);
    }

    /// Takes pasted text into the search line, where that is open.
    pub fn paste(&mut self, text: &str) {
        if let Some((entry, ..)) = &mut self.typing {
            entry.paste(text);
            self.look();
        }
    }

    fn is_searching(&self) -> bool {
        self.typing.is_some() || !self.search.query().is_empty()
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let height = u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_add(2 + u16::from(self.is_searching()));
        card::place((100, height.max(5)), area)
    }

    /// Draws it; answers where the cursor blinks, while something is searched for.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        let searching = self.is_searching();
        let inside = card::at(&self.title, self.card(area), buffer, view);
        let rows = inside.height.saturating_sub(u16::from(searching));
        let (found, here) = (view.style(Role::Match), view.style(Role::Selection));
        for (row, (number, text)) in (0..rows).zip(self.lines.iter().enumerate().skip(self.top)) {
            card::line(inside, row, &self.search.marked(number, Line::from(text.as_str()), found, here), buffer);
        }
        if !searching {
            return None;
        }
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: inside.height.min(1), ..inside };
        let cursor = match &self.typing {
            Some((entry, ..)) => Some(entry.draw("/", foot, buffer, view)),
            None => {
                card::line(foot, 0, &Line::from(format!("/{}", self.search.query())), buffer);
                None
            }
        };
        if !self.search.query().is_empty() {
            let place = self.search.place();
            let wide = u16::try_from(width(&place)).unwrap_or(u16::MAX).saturating_add(1).min(foot.width);
            let right = Rect { x: foot.right().saturating_sub(wide), width: wide, ..foot };
            let role = if self.search.hits().is_empty() { Role::Warn } else { Role::Dim };
            card::line(right, 0, &Line::from(vec![Span::raw(" "), Span::styled(place, view.style(role))]), buffer);
        }
        cursor
    }

    /// What its keys do now.
    #[must_use]
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.typing.is_some() {
            &[("Enter", "keep"), ("Esc", "cancel")]
        } else if self.search.query().is_empty() {
            &[("j/k", "scroll"), ("/", "search"), ("Esc", "close")]
        } else {
            &[("n", "next match"), ("N", "match before"), ("j/k", "scroll"), ("/", "search"), ("Esc", "end the search")]
        }
    }
}

/// The first line to show so that a place stands under what leads to it.
const fn around(hit: &Hit) -> usize {
    hit.line.saturating_sub(ABOVE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::workbench::{
        overlays::Overlay,
        testing::{Desk, SIZES},
    };

    /// A desk with a text of sixty lines in front; every twentieth speaks of a refund.
    fn reading(width: u16, height: u16) -> Desk {
        let line =
            |number: usize| if number.is_multiple_of(20) { format!("{number}: Refund was not made") } else { format!("{number}: nothing") };
        let mut desk = Desk::new(width, height);
        desk.workbench.overlay = Some(Overlay::text("Why".to_owned(), (1..=60).map(line).collect()));
        desk
    }

    #[test]
    fn a_search_goes_to_its_places_and_round() {
        let mut desk = reading(80, 24);
        desk.press("/").type_text("refund").press("Enter");
        assert!(desk.screen().contains("20: Refund") && desk.screen().contains("1 of 3"), "{}", desk.screen());
        desk.press("n n");
        assert!(desk.screen().contains("60: Refund") && desk.screen().contains("3 of 3"), "{}", desk.screen());
        desk.press("n N");
        assert!(desk.screen().contains("3 of 3"), "{}", desk.screen());
        desk.press("Esc");
        assert!(desk.screen().contains("60: Refund") && !desk.screen().contains("3 of 3"), "first the search goes, the text stays");
        desk.press("Esc");
        assert!(!desk.screen().contains("Refund"), "{}", desk.screen());
    }

    #[test]
    fn esc_on_the_search_line_goes_back_to_where_it_began() {
        let mut desk = reading(80, 24);
        let before = desk.screen();
        desk.press("/").type_text("refund");
        assert_ne!(desk.screen(), before);
        desk.press("Esc");
        assert_eq!(desk.screen(), before);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let mut desk = reading(80, 24);
        desk.press("/").type_text("REFUND!");
        assert!(desk.screen().contains("no match"), "{}", desk.screen());
        desk.press("Enter n N");
        assert!(desk.screen().contains("1: nothing"), "the text stays where it was\n{}", desk.screen());
    }

    #[test]
    fn what_it_looks_like() {
        for (width, height) in SIZES {
            let mut desk = reading(width, height);
            desk.press("/").type_text("refund");
            insta::assert_snapshot!(format!("reader_search_{width}x{height}"), desk.screen());
        }
    }
}
