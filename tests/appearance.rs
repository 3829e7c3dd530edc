//! How the screen looks in terminals of different kinds: dark or light by what they report, few colours or none, nothing but ASCII.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use portable_pty::CommandBuilder;

#[path = "support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use terminal::Terminal;
use vt100::Color;

/// What a terminal is asked for its ground with, and what ends the asking: a question every terminal answers.
const ASKS_GROUND: &str = "\x1b]11;?";
const ANSWERS_ANYWAY: &str = "\x1b[?62c";

fn workbench(arguments: &[&str], environment: &[(&str, &str)]) -> (Terminal, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("env");
    command.args(environment.iter().map(|(name, value)| format!("{name}={value}")));
    command.arg(env!("CARGO_BIN_EXE_arc-eval-tui"));
    command.args(["--listen", "127.0.0.1:0"]);
    command.args(arguments);
    (Terminal::start_command(command, home.path(), 100, 30), home)
}

fn is_on_screen(terminal: &mut Terminal, red: u8, green: u8, blue: u8) -> bool {
    terminal.wait_for("No traces yet");
    terminal.colours().contains(&Color::Rgb(red, green, blue))
}

#[test]
fn of_a_pair_of_themes_the_terminals_ground_chooses() {
    for (ground, theme) in [("rgb:ffff/ffff/ffff", (0xfa, 0xf6, 0xee)), ("rgb:1010/1010/1010", (0x1b, 0x1e, 0x2b))] {
        let (mut terminal, _home) = workbench(&["--theme", "auto"], &[]);
        terminal.wait_for_bytes(ASKS_GROUND);
        let ink = if ground.contains("ffff") { "rgb:0000/0000/0000" } else { "rgb:eeee/eeee/eeee" };
        terminal.press(&format!("\x1b]10;{ink}\x1b\\\x1b]11;{ground}\x1b\\{ANSWERS_ANYWAY}"));
        assert!(is_on_screen(&mut terminal, theme.0, theme.1, theme.2), "{ground}: {:?}", terminal.screen());
    }
}

#[test]
fn a_terminal_that_does_not_tell_is_taken_as_dark() {
    let (mut terminal, _home) = workbench(&["--theme", "auto"], &[]);
    terminal.wait_for_bytes(ASKS_GROUND);
    terminal.press(ANSWERS_ANYWAY);
    assert!(is_on_screen(&mut terminal, 0x1b, 0x1e, 0x2b));
}

#[test]
fn without_colours_none_is_written() {
    let (mut terminal, _home) = workbench(&[], &[("NO_COLOR", "1")]);
    terminal.wait_for("No traces yet");
    assert!(terminal.colours().iter().all(|colour| *colour == Color::Default));
}

#[test]
fn a_terminal_of_256_or_16_colours_gets_no_others() {
    for (term, most) in [("xterm-256color", u8::MAX), ("xterm", 15)] {
        let (mut terminal, _home) = workbench(&["--theme", "coal"], &[("COLORTERM", ""), ("TERM", term)]);
        terminal.wait_for("No traces yet");
        let colours = terminal.colours();
        assert!(colours.iter().any(|colour| matches!(colour, Color::Idx(_))), "{term}");
        let fits = |colour: &Color| matches!(colour, Color::Default) || matches!(colour, Color::Idx(index) if *index <= most);
        assert!(colours.iter().all(fits), "{term}: {colours:?}");
    }
}

#[test]
fn an_ascii_screen_holds_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".arc-eval")).unwrap();
    std::fs::write(home.path().join(".arc-eval/config.toml"), "glyphs = \"ascii\"\n").unwrap();
    let mut terminal = Terminal::start(&["--demo", "--listen", "127.0.0.1:0"], home.path(), 160, 48);
    let screen = terminal.wait_until("the runs of the samples", |screen| screen.contains("refund-bot"));
    let foreign: String = screen.chars().filter(|character| !character.is_ascii()).collect();
    assert_eq!(foreign, "", "{screen}");
}
