//! The program's hands in a real terminal: the mouse taken and left, the shell and an editor in between, keys changed on the disk, the
//! clipboard, the layout found again, and sizes that lie.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

#[path = "support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use portable_pty::CommandBuilder;
use terminal::Terminal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_arc-eval-tui");
const ESCAPE: &str = "\x1b";
const ENTER: &str = "\r";

/// The workbench on an empty store, its first screen drawn.
fn workbench(home: &Path, variables: &[(&str, &str)]) -> Terminal {
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0"]);
    for name in ["VISUAL", "EDITOR", "DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY", "SSH_TTY", "SSH_CONNECTION"] {
        command.env_remove(name);
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut terminal = Terminal::start_command(command, home, 100, 30);
    terminal.wait_for("No traces yet");
    terminal
}

/// Dismisses what is said. A key that followed Esc at once would be taken for one key with Alt.
fn dismiss(terminal: &mut Terminal, words: &str) {
    terminal.press(ESCAPE);
    terminal.wait_until("it to go", |screen| !screen.contains(words));
}

fn quit(mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}

/// A program of this name in `folder` that runs a shell script.
fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_mouse_is_left_alone_until_asked_for_and_given_back() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = workbench(home.path(), &[]);
    assert!(!terminal.mouse_captured());
    terminal.press("M");
    terminal.wait_for("Shift selects text as before");
    assert!(terminal.mouse_captured());
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("\x1b[?1003h"), "mere moves are not asked for");
    // A click on the third tab, as terminals of the last decades write it.
    terminal.press("\x1b[<0;33;1M\x1b[<0;33;1m");
    terminal.wait_for("[3 Cost]");
    terminal.press("M");
    terminal.wait_for("it is the terminal's again");
    assert!(!terminal.mouse_captured());
    terminal.press("M");
    terminal.wait_until("the mouse again", |screen| screen.contains("Shift selects"));
    quit(terminal);
}

#[test]
fn suspended_it_leaves_the_terminal_as_it_was_and_comes_back_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    // A shell with job control, as the one people start it from.
    let mut command = CommandBuilder::new("sh");
    let line = format!("set -m; '{PROGRAM}' --listen 127.0.0.1:0; echo IT-STANDS-STILL; read line; fg; echo IT-ENDED-WITH-$?");
    command.args(["-c", &line]);
    let mut terminal = Terminal::start_command(command, home.path(), 80, 24);
    terminal.wait_for("No traces yet");
    terminal.press("M");
    terminal.wait_for("Shift selects");
    terminal.press("\x1a");
    terminal.wait_for("IT-STANDS-STILL");
    terminal.assert_sane();
    assert!(!terminal.screen().contains("No traces yet"), "the screen of before is there again");
    // Meanwhile the window has become another.
    terminal.resize(120, 40);
    terminal.press("\n");
    terminal.wait_until("the screen at its new size", |screen| screen.contains("[1 Live stream]") && screen.contains("7 Trace"));
    terminal.wait_taken();
    assert!(terminal.mouse_captured());
    terminal.press("2");
    terminal.wait_for("[2 Reliability]");
    terminal.press("q");
    terminal.wait_for("IT-ENDED-WITH-0");
    terminal.assert_sane();
}

#[test]
fn stopped_from_outside_it_takes_the_terminal_back_when_it_is_continued() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("sh");
    let line = format!("set -m; '{PROGRAM}' --listen 127.0.0.1:0; stty sane; echo IT-STANDS-STILL; read line; fg");
    command.args(["-c", &line]);
    let mut terminal = Terminal::start_command(command, home.path(), 80, 24);
    terminal.wait_for("No traces yet");
    let owner = fs::read_to_string(home.path().join(".arc-eval/traces.redb.owner")).unwrap();
    let owner: serde_json::Value = serde_json::from_str(&owner).unwrap();
    let stopped = Command::new("kill").args(["-s", "STOP", &owner["pid"].to_string()]).status().unwrap();
    assert!(stopped.success());
    terminal.wait_for("IT-STANDS-STILL");
    terminal.press("\n");
    terminal.wait_until("our screen", |screen| screen.contains("No traces yet") && !screen.contains("IT-STANDS-STILL"));
    // Without Enter: keys come one by one again.
    terminal.press("2");
    terminal.wait_for("[2 Grade]");
    terminal.press("q");
    terminal.wait_for_exit();
    terminal.assert_sane();
}

#[test]
fn the_editor_gets_the_terminal_and_every_key_and_what_it_saved_holds() {
    let (home, tools) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let notes = tools.path().join("notes");
    let editor = script(
        tools.path(),
        "nvim",
        &format!(
            "trap '' INT\nprintf '%s\\n' \"$@\" > '{0}.args'\nread typed\necho \"$typed\" > '{0}.typed'\neval last=\\${{$#}}\necho 'quit = \"Q\"' >> \"$last\"",
            notes.display()
        ),
    );
    let mut terminal = workbench(home.path(), &[("EDITOR", &format!("{editor} --clean 'two words'"))]);
    terminal.press(":keys.toml in your editor");
    terminal.wait_for("Open keys.toml");
    terminal.press(ENTER);
    let read = |ending: &str| fs::read_to_string(format!("{}.{ending}", notes.display())).ok().filter(|text| text.ends_with('\n'));
    let arguments = terminal.wait_outside("the editor", || read("args"));
    let keys = home.path().join(".arc-eval/keys.toml");
    assert_eq!(arguments, format!("--clean\ntwo words\n{}\n", keys.display()));
    terminal.assert_sane();
    // An interrupt is now for the editor, not for us.
    terminal.press("\x03");
    terminal.press("every key\n");
    assert!(fs::read_to_string(&keys).unwrap().starts_with("# Keys of arc-eval-tui"), "there was none, so a sample was written");
    terminal.wait_taken();
    terminal.wait_for("Q quit");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}

#[test]
fn an_editor_that_is_absent_or_fails_is_told() {
    let home = tempfile::tempdir().unwrap();
    let say = |variables: &[(&str, &str)], words: &str| {
        let mut terminal = workbench(home.path(), variables);
        terminal.press(":keys.toml in your editor");
        terminal.wait_for("Open keys.toml");
        terminal.press(ENTER);
        terminal.wait_for(words);
        terminal.wait_taken();
        dismiss(&mut terminal, words);
        quit(terminal);
    };
    say(&[], "no editor is set to open");
    say(&[("VISUAL", "no-such-editor-at-all")], "there is no program no-such-editor-at-all, which $VISUAL names");
    say(&[("VISUAL", "false")], "the editor false ended with exit status: 1");
}

#[test]
fn keys_hold_as_soon_as_their_file_is_saved_and_a_broken_file_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".arc-eval");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("keys.toml"), "qiut = \"Q\"\nhelp = \"F1\"\n").unwrap();
    let mut terminal = workbench(home.path(), &[]);
    let screen = terminal.wait_for("line 1: there is no action `qiut`; did you mean `quit`?");
    assert!(screen.contains("F1 help"), "the other line holds\n{screen}");
    dismiss(&mut terminal, "line 1");
    fs::write(folder.join("keys.toml"), "help = \"F2\"\n").unwrap();
    terminal.wait_for("F2 help");
    fs::write(folder.join("keys.toml"), "help = F3\n").unwrap();
    let screen = terminal.wait_for("the keys before stay");
    assert!(screen.contains("F2 help") && screen.contains("keys.toml, line 1"), "{screen}");
    dismiss(&mut terminal, "keys.toml, line 1");
    // As editors save: another file, moved over the old one.
    fs::write(folder.join("keys.toml.new"), "help = \"F4\"\n").unwrap();
    fs::rename(folder.join("keys.toml.new"), folder.join("keys.toml")).unwrap();
    terminal.wait_for("F4 help");
    fs::remove_file(folder.join("keys.toml")).unwrap();
    terminal.wait_for("? help");
    quit(terminal);
}

#[test]
fn a_key_changed_in_the_palette_is_written_and_holds_next_time() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = workbench(home.path(), &[]);
    terminal.press(":Find and run any action");
    terminal.wait_for("Find and run any action");
    terminal.press("\x0b");
    terminal.wait_for("Press the key for");
    terminal.press("\x10");
    terminal.wait_for("palette now has the key Ctrl-p");
    let text = fs::read_to_string(home.path().join(".arc-eval/keys.toml")).unwrap();
    assert_eq!(text, "palette = \"Ctrl-p\"\n");
    dismiss(&mut terminal, "Command palette");
    terminal.wait_for("Ctrl-p palette");
    quit(terminal);
    let mut terminal = workbench(home.path(), &[]);
    terminal.press("\x10");
    terminal.wait_for("Command palette");
    dismiss(&mut terminal, "Command palette");
    quit(terminal);
}

#[test]
fn it_is_said_which_way_a_text_was_copied() {
    let (home, tools) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut terminal = workbench(home.path(), &[]);
    terminal.press("y");
    terminal.wait_until("the way", |screen| screen.contains("copied ") && screen.contains("through the terminal (OSC 52)"));
    assert!(String::from_utf8_lossy(&terminal.raw).contains("\x1b]52;c;"), "the terminal was told");
    quit(terminal);
    let kept = tools.path().join("kept");
    script(tools.path(), "xclip", &format!("cat > '{}'", kept.display()));
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap());
    let mut terminal = workbench(home.path(), &[("DISPLAY", ":0"), ("PATH", &path)]);
    terminal.press("y");
    terminal.wait_for("to the clipboard with xclip");
    assert!(fs::read_to_string(kept).unwrap().contains("ArcTracer"));
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("\x1b]52;c;"), "the terminal was left out");
    quit(terminal);
}

#[test]
fn the_layout_of_a_project_is_found_again_and_the_demo_leaves_none() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = workbench(home.path(), &[]);
    terminal.press("3");
    terminal.wait_for("[3 Cost]");
    quit(terminal);
    let layouts = home.path().join(".arc-eval/layouts.toml");
    let before = fs::read_to_string(&layouts).unwrap();
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0"], home.path(), 100, 30);
    terminal.wait_for("[3 Cost]");
    quit(terminal);
    let mut terminal = Terminal::start(&["--demo", "--listen", "127.0.0.1:0"], home.path(), 100, 30);
    terminal.wait_for("[1 Live stream]");
    terminal.press("5");
    terminal.wait_for("[5 ");
    quit(terminal);
    assert_eq!(fs::read_to_string(&layouts).unwrap(), before);
    fs::write(&layouts, "[broken").unwrap();
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0"], home.path(), 140, 30);
    let screen = terminal.wait_for("the layout is the usual one");
    assert!(screen.contains("layouts.toml: line 1"), "{screen}");
    dismiss(&mut terminal, "the layout is the usual one");
    quit(terminal);
    assert!(fs::read_to_string(&layouts).unwrap().contains("focus = \"stream\""), "and the file is whole again");
}

#[test]
fn a_terminal_that_lies_about_its_size_is_not_believed() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = workbench(home.path(), &[]);
    terminal.claim(0, 0);
    terminal.press("\x0c");
    terminal.wait_until("80x24, which is assumed", |screen| screen.contains("[1 Stream]"));
    let before = terminal.raw.len();
    terminal.claim(u16::MAX, u16::MAX);
    terminal.press("\x0c");
    terminal.wait_until_written(before + 100_000);
    terminal.claim(100, 30);
    terminal.press("\x0c");
    terminal.wait_for("[1 Live stream]");
    terminal.press("2");
    terminal.wait_for("[2 Reliability]");
    quit(terminal);
}
