//! What a `keys.toml` may say, what it may not, and what is then said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn refused(text: &str) -> String {
    KeyMap::with(text).unwrap_err().to_string()
}

#[test]
fn a_user_gives_an_action_other_keys() {
    let keys = KeyMap::with("copy = \"Ctrl-y\"\nquit = [\"Q\", \"F10\"]\ndemo = []").unwrap();
    assert_eq!(keys.shown(ActionId("copy")).as_deref(), Some("Ctrl-y"));
    assert_eq!(keys.shown(ActionId("demo")), None);
    assert_eq!(keys.keys(ActionId("quit")).len(), 2);
    assert_eq!(keys.shown(ActionId("filter")).as_deref(), Some("/"), "what is not said stays");
    assert!(KeyMap::with("quit = \"y\"\ncopy = \"q\"").is_ok(), "two actions may trade keys");
    assert_eq!(KeyMap::with("").unwrap(), KeyMap::defaults().unwrap());
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_to_do() {
    let told = [
        ("\ncpoy = \"y\"", "keys.toml, line 2: there is no action `cpoy`; did you mean `copy`?; `arc-eval-tui keys` lists them"),
        ("xyzzy = \"y\"", "keys.toml, line 1: there is no action `xyzzy`; `arc-eval-tui keys` lists them"),
        ("copy = \"Hyper-y\"", "keys.toml, line 1: action `copy`: `Hyper-y` names no key; write one character, Ctrl-x"),
        ("# mine\n\ncopy = 7", "keys.toml, line 3: `copy` is a number; write a key such as copy = \"y\", or a list"),
        ("copy = true", "keys.toml, line 1: `copy` is true or false; write a key"),
        ("copy = [\"y\", 7]", "keys.toml, line 1: `copy` is a number; write a key"),
        ("copy = [[\"y\"]]", "keys.toml, line 1: `copy` is a list in a list; write a key"),
        ("[keys]\ncopy = \"y\"", "keys.toml, line 1: `[keys]` is a table, and this file has none: write a line for each action"),
        ("quit = \"Esc\"", "keys.toml, line 1: the key Esc always goes one step back, so `quit` cannot have it"),
        ("copy = \"Ctrl-c\"", "keys.toml, line 1: the key Ctrl-c always quits when pressed twice, so `copy` cannot have it"),
        ("interrupt = []", "keys.toml, line 1: `interrupt` must keep the key Ctrl-c, which always quits when pressed twice"),
        ("copy = \"Ctrl-i\"", "keys.toml, line 1: terminals send Tab for Ctrl-i, so `copy` cannot have it; write Tab"),
        ("\ncopy = ", "keys.toml, line 2: "),
        ("copy = \"y\"\ncopy = \"Y\"", "keys.toml, line 2: duplicate key"),
        ("[a]\n[a]", "keys.toml, line 2: duplicate key"),
    ];
    for (text, says) in told {
        assert!(refused(text).starts_with(says), "{text:?}: {}", refused(text));
    }
}

#[test]
fn two_actions_on_one_key_are_both_named_with_what_they_do() {
    let quit = "`quit` (Quit)";
    let said = refused("copy = \"q\"");
    assert!(said.starts_with("keys.toml, line 1: the key q means both `quit` (Quit) and `copy` (Copy"), "{said}");
    assert!(said.ends_with("; give one of them another key, or [] for none"), "{said}");
    let said = refused("demo = \"F5\"\n\nquit = \"F5\"");
    assert!(said.starts_with("keys.toml, line 3: the key F5 means both `demo`") && said.contains(quit), "{said}");
}

#[test]
fn lines_that_cannot_be_are_left_out_and_the_others_hold() {
    let (keys, problems) = KeyMap::read("demo = \"F5\"\ncpoy = \"F6\"\ncopy = \"q\"\nquit = \"F5\"\nhelp = \"F1\"").unwrap();
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(keys.shown(ActionId("demo")).as_deref(), Some("F5"));
    assert_eq!(keys.shown(ActionId("help")).as_deref(), Some("F1"));
    assert_eq!(keys.shown(ActionId("quit")).as_deref(), Some("q"), "its own line is out, so it has the usual key");
    assert_eq!(keys.shown(ActionId("copy")).as_deref(), Some("y"));
}

#[test]
fn another_key_takes_the_place_of_the_one_shown() {
    let keys = KeyMap::defaults().unwrap();
    let rebound = |id: &'static str, key: &str| keys.rebound(ActionId(id), Chord::parse(key).unwrap());
    assert_eq!(rebound("down", "K").unwrap(), ["K", "Down"], "the further keys stay");
    assert_eq!(rebound("down", "Down").unwrap(), ["Down"]);
    assert_eq!(rebound("interrupt", "F10").unwrap(), ["F10", "Ctrl-c"], "what it must keep stays");
    let said = rebound("down", "q").unwrap_err().to_string();
    assert!(said.starts_with("the key q means both `quit` (Quit) and `down` (Next row)"), "{said}");
    assert!(rebound("down", "Esc").is_err());
}

proptest! {
    #[test]
    fn whatever_a_file_holds_its_good_lines_are_a_map_without_clashes(
        lines in prop::collection::vec(("(copy|quit|demo|help|back|down|nonsense|\\[a\\]|\\PC{0,6})", "(= ?)?", "(\"(y|q|Esc|F5|Ctrl-x|\\PC{0,4})\"|\\[\\]|7|\\[\"a\", \"b\"\\])"), 0..8),
    ) {
        let text: String = lines.iter().map(|(name, equals, value)| format!("{name} {equals}{value}\n")).collect();
        let (map, problems) = KeyMap::read(&text).unwrap();
        for entry in entries() {
            for chord in map.keys(entry.action.id) {
                prop_assert_eq!(map.meaning(*chord), Some(entry.action.id));
            }
        }
        prop_assert_eq!(map.shown(ActionId("back")).is_some(), true);
        prop_assert!(problems.iter().all(|problem| problem.line >= 1 && problem.line <= lines.len().max(1)), "{:?}", problems);
    }
}
