//! What must hold for the action table, whatever panes put into it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use crate::workbench::{
    action::ActionId,
    effects::Orders,
    keymap::KeyMap,
    message::Msg,
    pane::{Handled, PaneMsg},
    panes::PANES,
    testing::{Desk, fixtures},
};

use super::*;

#[test]
fn one_letter_has_one_meaning_in_all_panes() {
    let mut meanings: BTreeMap<&str, BTreeSet<ActionId>> = BTreeMap::new();
    for entry in entries() {
        for key in entry.action.keys {
            meanings.entry(key).or_default().insert(entry.action.id);
        }
    }
    for (key, ids) in meanings {
        assert_eq!(ids.len(), 1, "{key} means {ids:?}");
    }
}

#[test]
fn one_meaning_has_the_same_keys_and_nature_in_all_panes() {
    let mut first: BTreeMap<ActionId, Action> = BTreeMap::new();
    for entry in entries() {
        let known = *first.entry(entry.action.id).or_insert(entry.action);
        let nature = |action: &Action| (action.keys, action.group, action.danger, action.repeatable);
        assert_eq!(nature(&known), nature(&entry.action), "{} differs between panes", entry.action.id.0);
    }
}

#[test]
fn no_pane_lists_a_meaning_twice_or_one_of_the_roots() {
    for pane in PANES {
        let mut seen = BTreeSet::new();
        for action in pane.actions {
            assert!(seen.insert(action.id), "{} has {} twice", pane.spec.title, action.id.0);
            assert!(GLOBAL.iter().all(|global| global.id != action.id), "{} takes {} from the root", pane.spec.title, action.id.0);
        }
    }
}

#[test]
fn every_action_has_a_name_and_a_help_of_one_sentence() {
    for entry in entries() {
        let (name, help) = (entry.action.name, &entry.help);
        assert!(!name.is_empty() && name.len() <= 14 && name.to_lowercase() == *name, "{name:?} is no word for the hint line");
        assert!(help.len() >= 4 && help.len() <= 100 && !help.ends_with('.'), "{help:?}");
        assert!(help.starts_with(char::is_uppercase), "{help:?}");
        assert!(
            entry.action.id.0.chars().all(|character| character.is_ascii_lowercase() || character == '-' || character.is_ascii_digit())
        );
    }
}

#[test]
fn dangerous_keys_are_capitals() {
    for entry in entries().into_iter().filter(|entry| entry.action.danger) {
        let capital = |key: &str| key.len() == 1 && key.chars().all(char::is_uppercase);
        assert!(entry.action.keys.iter().all(|key| capital(key)), "{} is dangerous", entry.action.id.0);
    }
}

#[test]
fn panes_are_told_apart() {
    let digits: BTreeSet<u8> = PANES.iter().map(|pane| pane.spec.digit).collect();
    let ids: BTreeSet<_> = PANES.iter().map(|pane| pane.spec.id).collect();
    assert_eq!((digits.len(), ids.len()), (PANES.len(), PANES.len()));
    assert!(digits.iter().all(|digit| (1..=9).contains(digit)));
    for pane in PANES {
        let opening = PANES.iter().filter(|other| other.spec.opens == pane.spec.opens).count();
        assert_eq!(opening, 1, "{:?} would open in two panes", pane.spec.opens);
        assert!(!pane.spec.lesson.is_empty(), "{} teaches nothing", pane.spec.title);
    }
}

#[test]
fn every_pane_makes_use_of_every_action_it_lists() {
    let mut desk = Desk::new(160, 48);
    desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500));
    let workbench = &mut desk.workbench;
    for seat in &mut workbench.seats {
        for action in seat.registration.actions {
            if seat.pane.blocked(action.id, &workbench.shared).is_some() {
                continue;
            }
            let handled = seat.pane.update(&PaneMsg::Act(action.id), &workbench.shared, &mut Orders::default());
            assert_eq!(handled, Handled::Yes, "{} lists {} and has no use for it", seat.registration.spec.title, action.id.0);
        }
    }
}

#[test]
fn the_root_makes_use_of_every_action_it_lists() {
    for action in GLOBAL {
        let mut desk = Desk::new(160, 48);
        desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500));
        match action.id.0 {
            "back" => drop(desk.press("z")),
            "reset-borders" => drop(desk.press("<")),
            "undo-key" => desk.workbench.rebound.push((ActionId("copy"), None)),
            _ => {}
        }
        if matches!(action.id.0, "up" | "page-up" | "first") {
            desk.press("j j");
        }
        let before = (desk.screen(), desk.take_effects());
        match action.keys.first() {
            Some(key) => desk.press(key),
            None => desk.press(":").type_text(action.help).press("Enter"),
        };
        let after = (desk.screen(), desk.take_effects());
        assert!(before.0 != after.0 || !after.1.is_empty(), "{} does nothing", action.id.0);
    }
}

#[test]
fn what_a_rebound_key_does_is_what_the_hint_line_says() {
    let mut desk = Desk::new(120, 40);
    desk.workbench.keys = KeyMap::with("filter = \"F3\"").unwrap();
    desk.beat(1, 500).answer("stream", fixtures::page(500, 120, 500));
    assert!(desk.screen().lines().last().unwrap().contains("F3 filter"), "{}", desk.screen());
    desk.send(Msg::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::F(3))));
    assert!(desk.screen().contains("Filter"), "{}", desk.screen());
}
