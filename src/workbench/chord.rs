//! One key with its modifiers: how it is written in tables and `keys.toml`, and how the terminal sends it.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers. Shift is part of the character (`G`), except for `Shift-Tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd)]
pub struct Chord {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
}

/// Why a text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no key; write one character, Ctrl-x, Alt-x, F1 to F12, or one of: {names}", names = NAMES.map(|(name, _)| name).join(", "))]
pub struct ChordError(pub String);

const NAMES: [(&str, KeyCode); 16] = [
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Space", KeyCode::Char(' ')),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
];

impl Chord {
    /// Reads a key as written in the action table and in `keys.toml`.
    pub fn parse(text: &str) -> Result<Self, ChordError> {
        let wrong = || ChordError(text.to_owned());
        if let Some(code) = named(text) {
            return Ok(Self { code, ctrl: false, alt: false });
        }
        let (ctrl, alt, rest) = if let Some(rest) = after(text, "Ctrl-") {
            (true, false, rest)
        } else if let Some(rest) = after(text, "Alt-") {
            (false, true, rest)
        } else {
            (false, false, text)
        };
        let code = named(rest).or_else(|| character(rest)).ok_or_else(wrong)?;
        let code = if ctrl { lower(code) } else { code };
        Ok(Self { code, ctrl, alt })
    }

    /// Whether it is a character to be typed, so that a prompt takes it for text.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.ctrl && !self.alt
    }

    /// The key an event of the terminal carries.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Self {
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code if ctrl => lower(code),
            code => code,
        };
        Self { code, ctrl, alt: event.modifiers.contains(KeyModifiers::ALT) }
    }
}

/// What follows a prefix, written in capitals or not.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn named(text: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*code);
    }
    let number: u8 = text.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=12).contains(&number).then_some(KeyCode::F(number))
}

fn character(text: &str) -> Option<KeyCode> {
    let mut characters = text.chars();
    let first = characters.next()?;
    (characters.next().is_none() && !first.is_control() && !first.is_whitespace()).then_some(KeyCode::Char(first))
}

fn lower(code: KeyCode) -> KeyCode {
    match code {
        KeyCode::Char(character) => KeyCode::Char(character.to_ascii_lowercase()),
        other => other,
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(character) => write!(f, "{character}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_key_is_written_as_it_is_read() {
        for text in ["j", "G", "?", ":", "+", "-", "[", "Space", "Enter", "Shift-Tab", "Ctrl-l", "Alt-x", "F5", "PgDn", "Ctrl-Up"] {
            assert_eq!(Chord::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_names_no_key_says_what_would() {
        for text in ["", "jj", "Ctrl-", "F13", "Hyper-x", "\u{1b}", "\n"] {
            let error = Chord::parse(text).unwrap_err().to_string();
            assert!(error.contains("Ctrl-x"), "{error}");
        }
    }

    #[test]
    fn the_terminal_sends_shift_tab_in_two_ways() {
        let back_tab = Chord::of(&KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT));
        let shifted = Chord::of(&KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT));
        assert_eq!(back_tab, shifted);
        assert_eq!(back_tab, Chord::parse("Shift-Tab").unwrap());
    }

    #[test]
    fn shift_is_in_the_letter_itself() {
        assert_eq!(Chord::of(&KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT)), Chord::parse("G").unwrap());
    }
}
