//! Help and palette tell the truth: what is listed can be done, what cannot says why, and a key changed there is the key from then on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::workbench::{
    action::{ActionId, GLOBAL},
    keymap::KeyMap,
    message::{Effect, KeyNews, Msg},
    panes::PANES,
    testing::{
        Desk,
        fixtures::{overview, page},
    },
};

fn live(width: u16, height: u16) -> Desk {
    let mut desk = Desk::new(width, height);
    desk.beat(1, 500).answer_status(overview(500)).answer("stream", page(500, 120, 500));
    desk
}

/// The line of an action in help, found by its own words.
fn line(desk: &mut Desk, door: &str, help: &str) -> String {
    desk.press(door).type_text(help);
    let screen = desk.screen();
    let start: String = help.chars().take(30).collect();
    // What was typed stands in the first line of the card, right behind its mark.
    let line = screen.lines().find(|line| line.contains(&start) && !line.contains(&format!("> {start}")));
    let line = line.unwrap_or_else(|| panic!("{help} is not listed\n{screen}")).to_owned();
    desk.press("Esc");
    line
}

#[test]
fn every_action_of_a_pane_stands_in_its_help_with_its_key_and_why_it_cannot_be_done() {
    for registration in PANES {
        for action in registration.actions.iter().chain(GLOBAL) {
            let mut desk = live(120, 40);
            desk.press(&registration.spec.digit.to_string());
            let blocked = desk.workbench.blocked(action.id);
            let listed = line(&mut desk, "?", action.help);
            let key = desk.workbench.keys.shown(action.id).unwrap_or_else(|| "no key".to_owned());
            assert!(listed.contains(&key), "{} in {}: {listed}", action.id.0, registration.spec.title);
            match blocked {
                Some(reason) => {
                    let start: String = reason.chars().take(12).collect();
                    assert!(listed.contains(&format!("({start}")), "{} in {}: {listed}", action.id.0, registration.spec.title);
                }
                None => assert!(!listed.contains("  ("), "{} in {}: {listed}", action.id.0, registration.spec.title),
            }
        }
    }
}

#[test]
fn a_blocked_key_says_what_help_says_of_it() {
    let mut desk = Desk::new(120, 40);
    let reason = desk.workbench.blocked(ActionId("filter")).unwrap();
    desk.press("/");
    assert!(desk.screen().contains(&reason), "{}", desk.screen());
    assert!(line(&mut desk, "?", "Filter the stream").contains(&reason));
}

#[test]
fn the_palette_tells_of_other_panes_whether_their_actions_can_be_done() {
    let mut desk = live(120, 40);
    let reason = desk.workbench.seats[6].pane.blocked(ActionId("copy"), &desk.workbench.shared).unwrap();
    let listed = line(&mut desk, ":", "Copy this trace's id");
    let start: String = reason.chars().take(12).collect();
    assert!(listed.contains(&format!("({start}")), "{reason}: {listed}");
}

#[test]
fn a_key_is_changed_in_the_palette() {
    let mut desk = live(120, 40);
    desk.press("?").type_text("Copy the trace's id").press("Ctrl-k");
    let screen = desk.screen();
    assert!(screen.contains("Press the key for: Copy the trace's id"), "{screen}");
    insta::assert_snapshot!("another_key_120x40", super::tests::uncounted(&screen));
    desk.press("q");
    let said = "the key q means both `quit` (Quit) and `copy` (Copy the trace's id";
    assert!(desk.screen().contains(said), "a key that is taken is refused by name\n{}", desk.screen());
    desk.press("Ctrl-c").take_effects();
    assert!(desk.screen().contains("Ctrl-c again quits"), "that one stays what it is");
    desk.press("K");
    let bind = Effect::BindKeys { id: ActionId("copy"), keys: Some(vec!["K".to_owned()]), undoing: false };
    assert_eq!(desk.take_effects(), [bind]);
    let keys = KeyMap::with("copy = \"K\"").unwrap();
    let undo = Some((ActionId("copy"), None));
    desk.send(Msg::Keys(Ok(KeyNews { keys, says: "copy now has the key K".to_owned(), undo })));
    assert!(desk.screen().contains("K          Copy the trace's id"), "the list knows it\n{}", desk.screen());
    desk.press("Esc K");
    assert!(desk.take_effects().iter().any(|effect| matches!(effect, Effect::Copy(_))));
    desk.press(":").type_text("take back the last change of a key").press("Enter");
    let back = Effect::BindKeys { id: ActionId("copy"), keys: None, undoing: true };
    assert!(desk.take_effects().contains(&back));
}

#[test]
fn a_letter_that_quits_is_still_a_letter_in_a_prompt() {
    let mut desk = live(80, 24);
    let keys = KeyMap::with("interrupt = [\"Ctrl-c\", \"X\"]").unwrap();
    desk.send(Msg::Keys(Ok(KeyNews { keys, says: "keys reloaded".to_owned(), undo: None })));
    desk.press("/").type_text("XX").take_effects();
    assert!(desk.screen().contains("XX"), "{}", desk.screen());
    desk.press("Esc X X");
    assert!(desk.take_effects().contains(&Effect::Quit));
}

#[test]
fn a_key_is_taken_away_or_given_back_and_esc_leaves_it() {
    let bound = |key: &str| {
        let mut desk = live(80, 24);
        desk.press("?").type_text("Hold the stream").press("Ctrl-k").take_effects();
        desk.press(key);
        desk.take_effects().into_iter().find_map(|effect| match effect {
            Effect::BindKeys { id, keys, .. } => Some((id.0, keys)),
            _ => None,
        })
    };
    assert_eq!(bound("Delete"), Some(("hold", Some(Vec::new()))));
    assert_eq!(bound("Ctrl-k"), Some(("hold", None)));
    assert_eq!(bound("Esc"), None);
    assert_eq!(bound("Tab"), None, "Tab has a meaning");
}

#[test]
fn keys_that_changed_on_the_disk_hold_at_once_and_broken_ones_are_told() {
    let mut desk = live(120, 40);
    let keys = KeyMap::with("quit = \"Q\"").unwrap();
    desk.send(Msg::Keys(Ok(KeyNews { keys, says: "keys reloaded from keys.toml".to_owned(), undo: None })));
    assert!(desk.screen().lines().last().unwrap().contains("Q quit"), "{}", desk.screen());
    desk.send(Msg::Keys(Err("keys.toml, line 3: there is no action `qiut`; the keys before stay".to_owned())));
    assert!(desk.screen().contains("line 3"), "{}", desk.screen());
    assert!(desk.press("Q").take_effects().contains(&Effect::Quit));
}
