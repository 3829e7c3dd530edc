//! One line of text being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use tui_input::{Input, InputRequest};

use crate::{
    text::{clean::clean_line, width::width},
    workbench::{draw::card, pane::View, theme::Role},
};

/// Most characters a line may have; typing and pasting stop there.
const LONGEST: usize = 2_000;

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
        if matches!(request, InputRequest::InsertChar(_)) && self.text().chars().count() >= LONGEST {
            return false;
        }
        self.0.handle(request).is_some_and(|change| change.value)
    }

    /// Takes pasted text, cleaned and cut to one line.
    pub fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text().chars().count());
        for character in clean_line(text).chars().take(room) {
            self.0.handle(InputRequest::InsertChar(character));
        }
    }

    /// The column, from 0, at which a character stands when drawn without a mark in so many columns.
    #[must_use]
    pub fn column_of(&self, place: usize, columns: usize) -> usize {
        let (_, skipped) = after_columns(self.text(), self.0.visual_scroll(columns.saturating_sub(1).max(1)));
        let before: String = self.text().chars().take(place).collect();
        width(&before).saturating_sub(skipped).min(columns.saturating_sub(1))
    }

    /// Draws it on the first row of an area, scrolled so that the cursor shows; answers where the cursor is.
    pub fn draw(&self, mark: &str, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let lead = width(mark);
        let room = usize::from(area.width).saturating_sub(lead + 1).max(1);
        let scroll = self.0.visual_scroll(room);
        let (shown, skipped) = after_columns(self.text(), scroll);
        let line = Line::from(vec![Span::styled(mark.to_owned(), view.style(Role::Accent)), Span::raw(shown.to_owned())]);
        card::line(area, 0, &line, buffer);
        let column = lead + self.0.visual_cursor().saturating_sub(skipped);
        let x = area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX)).min(area.right().saturating_sub(1));
        (x, area.y)
    }
}

/// The text from the first character that starts at or behind so many columns, and how many columns were left out.
fn after_columns(text: &str, columns: usize) -> (&str, usize) {
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= columns {
            return (text.get(at..).unwrap_or(""), passed);
        }
        passed += width(character.encode_utf8(&mut [0; 4]));
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
