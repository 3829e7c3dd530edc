//! What a theme file may say, and that every mistake is told with its line and what was meant.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn message(text: &str) -> String {
    draft("mine.toml", text).unwrap_err().to_string()
}

#[test]
fn roles_take_a_colour_or_a_style() {
    let draft = draft(
        "mine.toml",
        r##"
        extends = "terminal"
        ground = "dark"
        [palette]
        rose = "#e06c75"
        [roles]
        bad = "rose"
        good = "bright-green"
        dim = "8"
        selection = { fg = "#fff", bg = "rose", bold = true, italic = false }
        "##,
    )
    .unwrap();
    let rose = Color::Rgb(0xe0, 0x6c, 0x75);
    assert_eq!(draft.extends, Some(("terminal".to_owned(), 2)));
    let theme = draft.over("mine", Theme::bare("under"));
    assert_eq!((theme.name.as_str(), theme.ground), ("mine", Ground::Dark));
    assert_eq!(theme.style(Role::Bad), Style::new().fg(rose));
    assert_eq!(theme.style(Role::Good), Style::new().fg(Color::LightGreen));
    assert_eq!(theme.style(Role::Dim), Style::new().fg(Color::Indexed(8)));
    let selection = Style::new().fg(Color::Rgb(255, 255, 255)).bg(rose).add_modifier(Modifier::BOLD).remove_modifier(Modifier::ITALIC);
    assert_eq!(theme.style(Role::Selection), selection);
    assert_eq!(theme.style(Role::Text), Style::new(), "what is not said stays as it is underneath");
}

#[test]
fn a_mistake_is_told_with_its_line_and_what_was_meant() {
    assert_eq!(message("[roles]\nbda = \"red\""), "theme mine.toml, line 2: there is no role `bda`; did you mean `bad`?");
    assert_eq!(message("[roles]\nbad = \"rde\""), "theme mine.toml, line 2: there is no colour `rde`; did you mean `red`?");
    assert_eq!(message("[roles]\n\nbad = \"#12\""), "theme mine.toml, line 3: `#12` is no colour; write #rgb or #rrggbb");
    assert_eq!(message("[roles]\nbad = 5"), "theme mine.toml, line 2: a text in quotes is expected here");
    assert_eq!(message("[roles]\nbad = { bold = 1 }"), "theme mine.toml, line 2: `bold` must be true or false");
    assert_eq!(
        message("[roles]\nbad = { blod = true }"),
        "theme mine.toml, line 2: there is no part of a style `blod`; did you mean `bold`?"
    );
    assert!(message("ground = \"dusk\"").starts_with("theme mine.toml, line 1: there is no ground `dusk`"));
    assert!(message("colours = 1").starts_with("theme mine.toml, line 1: there is no field `colours`"));
    assert!(message("\n\n[roles\n").starts_with("theme mine.toml, line 3: "), "{}", message("\n\n[roles\n"));
    assert!(message("roles = 1").contains("a table is expected"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC*") {
        let _ = draft("mine.toml", &text);
    }

    #[test]
    fn a_problem_is_safe_for_a_terminal(name in "[\\x00-\\x7f\u{202e}]{1,12}") {
        let text = format!("[roles]\n{name:?} = \"red\"");
        if let Err(problem) = draft("mine.toml", &text) {
            let told = problem.to_string();
            prop_assert!(!told.chars().any(|character| character.is_control() || character == '\u{202e}'), "{told:?}");
        }
    }
}
