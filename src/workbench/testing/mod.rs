//! A workbench to test with: keys in as they are written, facts in as a fetch thread would bring them, the screen out as text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) mod any;
pub(crate) mod any_figures;
pub(crate) mod failures;
pub(crate) mod figures;
pub(crate) mod fixtures;
#[cfg(test)]
mod monkey;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::model::time::Timestamp;

use super::{
    draw::screen,
    effects::Effects,
    glyphs::Glyphs,
    keymap::KeyMap,
    message::{Beat, Effect, ListenerState, Msg, Slot},
    need::{Arrived, Ask},
    pane::PaneId,
    root::Workbench,
    shared::Shared,
    theme::Theme,
    update::update,
};

/// Noon of a Sunday: every test's "now" unless it moves on.
pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_795_348_800_000_000);

/// A workbench with what it has asked for so far.
pub(crate) struct Desk {
    pub(crate) workbench: Workbench,
    pub(crate) now: Timestamp,
    /// Everything asked of the outside and not yet taken.
    pub(crate) effects: Effects,
}

impl Desk {
    /// A workbench of this size whose listener is up and whose store is empty.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let listener = ListenerState::Up("127.0.0.1:8000".to_owned());
        let shared = Shared::new(Theme::bare("bare"), Glyphs::default(), listener);
        let mut desk = Self { workbench: Workbench::new(shared, KeyMap::defaults().unwrap()), now: NOON, effects: Vec::new() };
        desk.send(Msg::Resize(width, height));
        desk
    }

    /// Sends a message; what it asks for is added to `effects`.
    pub(crate) fn send(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.workbench, msg, self.now);
        self.effects.extend(effects);
        self
    }

    /// Presses keys written as in the action table, apart by spaces: `2 j j Enter`.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.send(Msg::Key(event(key)));
        }
        self
    }

    /// Types a text, character by character.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.send(Msg::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)));
        }
        self
    }

    /// The store commits: so many traces now, so many commits.
    pub(crate) fn beat(&mut self, commits: u64, traces: u64) -> &mut Self {
        let last = (traces > 0).then_some(crate::model::ids::Sequence(traces));
        self.send(Msg::Pulse(Beat { commits, traces, last, ..Beat::default() }))
    }

    /// The newest open question of a pane, with its generation.
    pub(crate) fn asked(&self, pane: &'static str) -> Option<(u64, Ask)> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Fetch { slot: Slot::Pane(PaneId(id)), generation, ask } if *id == pane => Some((*generation, ask.clone())),
            _ => None,
        })
    }

    /// Answers the newest question of a pane.
    pub(crate) fn answer(&mut self, pane: &'static str, answer: Arrived) -> &mut Self {
        let (generation, _) = self.asked(pane).unwrap_or_else(|| panic!("{pane} has asked nothing"));
        self.send(Msg::Arrived { slot: Slot::Pane(PaneId(pane)), generation, answer: Ok(answer) })
    }

    /// Answers the newest question of what stands in front: its count or its names.
    pub(crate) fn answer_front(&mut self, slot: Slot, answer: Arrived) -> &mut Self {
        let generation = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Fetch { slot: asking, generation, .. } if *asking == slot => Some(*generation),
            _ => None,
        });
        let generation = generation.unwrap_or_else(|| panic!("{slot:?} has asked nothing"));
        self.send(Msg::Arrived { slot, generation, answer: Ok(answer) })
    }

    /// Answers the status line's newest question.
    pub(crate) fn answer_status(&mut self, answer: Arrived) -> &mut Self {
        let generation = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Fetch { slot: Slot::Status, generation, .. } => Some(*generation),
            _ => None,
        });
        self.send(Msg::Arrived { slot: Slot::Status, generation: generation.expect("the status line asks first"), answer: Ok(answer) })
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, millis: u64) -> &mut Self {
        self.now = self.now.plus(std::time::Duration::from_millis(millis));
        self.send(Msg::Tick)
    }

    /// The screen as text, row by row, trailing spaces kept out.
    pub(crate) fn screen(&self) -> String {
        let (width, height) = self.workbench.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        screen::paint(&self.workbench, self.now, buffer.area, &mut buffer);
        rows(&buffer).join("\n")
    }

    /// The screen cut to the frame of one pane, where all stand side by side; the whole screen elsewhere. A snapshot of this does not
    /// change when another pane does.
    pub(crate) fn room(&self, pane: &'static str) -> String {
        let places = self.workbench.arrangement().map(|arrangement| arrangement.places).unwrap_or_default();
        let Some(place) = places.iter().find(|place| place.pane.0 == pane).filter(|_| places.len() > 2) else { return self.screen() };
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.workbench.size.0, self.workbench.size.1));
        screen::paint(&self.workbench, self.now, buffer.area, &mut buffer);
        let mut cut = Buffer::empty(place.frame);
        for position in place.frame.positions() {
            cut[position] = buffer[position].clone();
        }
        rows(&cut).join("\n")
    }

    /// Takes what was asked of the outside.
    pub(crate) fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }
}

/// The rows of a buffer as text. The second cell of a wide character holds nothing.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    (buffer.area.top()..buffer.area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut skip = 0;
            for x in buffer.area.left()..buffer.area.right() {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    row.push_str(symbol);
                    skip = unicode_width::UnicodeWidthStr::width(symbol).max(1);
                }
                skip -= 1;
            }
            row.trim_end().to_owned()
        })
        .collect()
}

/// A key as it is written in the action table.
pub(crate) fn event(key: &str) -> KeyEvent {
    let (modifiers, rest) = match key.strip_prefix("Ctrl-") {
        Some(rest) if !rest.is_empty() => (KeyModifiers::CONTROL, rest),
        _ => (KeyModifiers::NONE, key),
    };
    let code = match rest {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Space" => KeyCode::Char(' '),
        "Tab" => KeyCode::Tab,
        "Shift-Tab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Delete" => KeyCode::Delete,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        one => KeyCode::Char(one.chars().next().expect("a key")),
    };
    KeyEvent::new(code, modifiers)
}

/// Snapshots are compared at these sizes.
pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (160, 48)];

/// No cell of a screen may hold anything that steers a terminal or hides in a line.
pub(crate) fn assert_harmless(screen: &str) {
    let steering = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!screen.chars().any(steering), "{screen:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pane_is_reached_by_its_digit_and_teaches_while_it_is_empty() {
        let mut desk = Desk::new(80, 24);
        for registration in super::super::panes::PANES {
            desk.press(&registration.spec.digit.to_string());
            assert_eq!(desk.workbench.focused(), registration.spec.id);
            let screen = desk.screen();
            let first = registration.spec.lesson[0];
            assert!(screen.contains(&first[..first.len().min(30)]), "{screen}");
        }
    }

    #[test]
    fn a_small_terminal_is_told_the_size_needed() {
        assert!(Desk::new(40, 10).screen().contains("60x16 is needed"));
    }

    #[test]
    fn all_seven_stand_on_a_large_screen() {
        let desk = Desk::new(160, 48);
        let screen = desk.screen();
        for registration in super::super::panes::PANES {
            assert!(screen.contains(&format!("{} {}", registration.spec.digit, registration.spec.title)), "{screen}");
        }
    }
}
