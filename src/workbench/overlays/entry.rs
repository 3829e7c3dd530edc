//! One line of text being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use tui_input::{Input, InputRequest};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    text::{clean::clean_line, width::width},
    workbench::{draw::card, pane::View, theme::Role},
};

/// Most characters a line may have; typing and pasting stop there.
pub const LONGEST: usize = 2_000;

/// One line of text and the cursor in it.
#[derive(Debug, Default)]
pub struct Entry(Input);

impl Entry {
    /// Starts with a text, the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Input::new(clean_line(text).into_owned()))
    }

    /// What has been typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// Characters before the cursor.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.0.cursor()
    }

    /// Replaces a range of bytes and puts the cursor behind the new text.
    pub fn replace(&mut self, range: std::ops::Range<usize>, with: &str) {
        let (Some(head), Some(tail)) = (self.text().get(..range.start), self.text().get(range.end..)) else { return };
        let cursor = head.chars().count() + with.chars().count();
        self.0 = Input::new(format!("{head}{with}{tail}")).with_cursor(cursor);
    }

    /// Takes a key; answers whether the text changed. Keys that edit no text are left alone.
    pub fn key(&mut self, event: &KeyEvent) -> bool {
        let Some(request) = request(event) else { return false };
        if matches!(request, InputRequest::InsertChar(_)) && self.is_full() {
            return false;
        }
        self.0.handle(request).is_some_and(|change| change.value)
    }

    /// Whether nothing more can be typed.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.text().chars().count() >= LONGEST
    }

    /// Whether a text can be pasted whole.
    #[must_use]
    pub fn has_room(&self, text: &str) -> bool {
        self.text().chars().count() + clean_line(text).chars().count() <= LONGEST
    }

    /// Takes pasted text, cleaned and cut to one line.
    pub fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text().chars().count());
        for character in clean_line(text).chars().take(room) {
            self.0.handle(InputRequest::InsertChar(character));
        }
    }

    /// The text before a character.
    fn before(&self, place: usize) -> &str {
        let end = self.text().char_indices().nth(place).map_or(self.text().len(), |(at, _)| at);
        self.text().get(..end).unwrap_or_default()
    }

    /// What of it is shown in so many columns, and how many columns stand left of that: no more than the cursor needs.
    fn shown(&self, room: usize) -> (&str, usize) {
        after_columns(self.text(), width(self.before(self.cursor())).saturating_sub(room))
    }

    /// How to point at a character from the row below, when drawn without a mark in so many columns: the column, from 0, and the
    /// pointer, `<` or `>` where the character is scrolled out of sight at that side.
    #[must_use]
    pub fn pointer(&self, place: usize, columns: usize) -> (usize, &'static str) {
        let last = columns.saturating_sub(1);
        let (_, skipped) = self.shown(last.max(1));
        let column = width(self.before(place));
        match column.checked_sub(skipped) {
            None => (0, "<"),
            Some(shown) if shown > last => (last, ">"),
            Some(shown) => (shown, "^"),
        }
    }

    /// Draws it on the first row of an area, scrolled so that the cursor shows; answers where the cursor is.
    pub fn draw(&self, mark: &str, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let lead = width(mark);
        let room = usize::from(area.width).saturating_sub(lead + 1).max(1);
        let (shown, skipped) = self.shown(room);
        let line = Line::from(vec![Span::styled(mark.to_owned(), view.style(Role::Accent)), Span::raw(shown.to_owned())]);
        card::line(area, 0, &line, buffer);
        let column = lead + width(self.before(self.cursor())).saturating_sub(skipped);
        let x = area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)).min(area.right().saturating_sub(1));
        (x, area.y)
    }
}

/// The text from the first cluster that starts at or behind so many columns, and how many columns were left out.
fn after_columns(text: &str, columns: usize) -> (&str, usize) {
    let mut passed = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        if passed >= columns {
            return (text.get(at..).unwrap_or(""), passed);
        }
        passed += width(cluster);
    }
    ("", passed)
}

/// What a key does to a line, as readline has it.
fn request(event: &KeyEvent) -> Option<InputRequest> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(match event.code {
        KeyCode::Char('a') if ctrl => InputRequest::GoToStart,
        KeyCode::Char('e') if ctrl => InputRequest::GoToEnd,
        KeyCode::Char('w') if ctrl => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if ctrl => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if ctrl => InputRequest::DeleteTillEnd,
        KeyCode::Char('b') if alt => InputRequest::GoToPrevWord,
        KeyCode::Char('f') if alt => InputRequest::GoToNextWord,
        KeyCode::Char(character) if !ctrl && !alt && !character.is_control() => InputRequest::InsertChar(character),
        KeyCode::Backspace if alt => InputRequest::DeletePrevWord,
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left if ctrl => InputRequest::GoToPrevWord,
        KeyCode::Right if ctrl => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pointer_stands_under_its_character_or_says_on_which_side_it_is() {
        let entry = Entry::new("agent:日本 grade<Q");
        assert_eq!(entry.pointer(8, 40), (10, "^"), "two wide characters are four columns");
        assert_eq!(entry.pointer(0, 10), (0, "<"), "the beginning is scrolled out of sight");
        assert_eq!(entry.pointer(16, 10), (8, "^"));
        let mut entry = Entry::new("grade<Q agent:checkout");
        entry.key(&KeyEvent::from(KeyCode::Home));
        assert_eq!(entry.pointer(20, 10), (9, ">"));
    }

    #[test]
    fn long_texts_are_scrolled_by_whole_clusters() {
        let entry = Entry::new("👍🏽👍🏽👍🏽x");
        let (shown, skipped) = entry.shown(4);
        assert_eq!((shown, skipped), ("👍🏽x", 4));
    }

    proptest! {
        #[test]
        fn the_pointer_is_always_inside(text in "\\PC{0,40}", place in 0usize..60, columns in 1usize..30, home in any::<bool>()) {
            let mut entry = Entry::new(&text);
            if home {
                entry.key(&KeyEvent::from(KeyCode::Home));
            }
            prop_assert!(entry.pointer(place, columns).0 < columns);
            let (shown, skipped) = entry.shown(columns.saturating_sub(1).max(1));
            prop_assert!(text.is_empty() || skipped <= width(entry.text()));
            prop_assert!(entry.text().ends_with(shown));
        }
    }
}
