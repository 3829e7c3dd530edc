//! Which way a text goes to the clipboard, and what is then said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use super::*;

fn here(variables: &[(&str, &str)]) -> Clipboard {
    Clipboard::of_environment(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

/// A folder with a program of this name that keeps what it reads in `kept`.
#[cfg(unix)]
fn program(name: &str, script: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[tokio::test]
async fn without_a_display_it_goes_through_the_terminal() {
    let exports = tempfile::tempdir().unwrap();
    let went = here(&[("TERM", "xterm-256color")]).put("trace-1", exports.path()).await;
    assert_eq!(went, Went::Terminal("copied 7 characters through the terminal (OSC 52)".to_owned()));
    let Went::Terminal(words) = here(&[("TMUX", "/tmp/tmux")]).put("a\nb", exports.path()).await else { panic!("not to the terminal") };
    assert_eq!(words, "copied 3 characters in 2 lines through the terminal (OSC 52; tmux needs `set -g set-clipboard on`)");
}

#[tokio::test]
async fn what_a_terminal_does_not_take_goes_into_a_file() {
    let exports = tempfile::tempdir().unwrap();
    let Went::Done(words) = here(&[]).put(&"x".repeat(TERMINAL_MOST + 1), exports.path()).await else { panic!("it is too large") };
    let path = exports.path().join("copied.txt");
    assert_eq!(
        words,
        format!(
            "a terminal takes at most 74994 bytes (OSC 52) and this has 74995: 74,995 characters written to {} instead",
            path.display()
        )
    );
    assert_eq!(fs::read_to_string(path).unwrap().len(), TERMINAL_MOST + 1);
    let Went::Done(words) = here(&[("TERM", "linux")]).put("x", exports.path()).await else { panic!("a console has no clipboard") };
    assert!(words.starts_with("the Linux console has no clipboard: 1 character written to "), "{words}");
}

#[tokio::test]
async fn where_nothing_can_be_written_either_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let Went::Nowhere(words) = here(&[("STY", "1.pts")]).put("x", &file.join("exports")).await else { panic!("there is nowhere to go") };
    assert!(words.starts_with("not copied: GNU screen passes nothing on to the clipboard, and cannot make the folder"), "{words}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_display_has_its_own_program() {
    let kept = tempfile::tempdir().unwrap();
    let path = kept.path().join("kept");
    // Programs of the script itself are found by their whole path: the test's PATH holds only the tool.
    let folder = program("xclip", &format!("/bin/cat > {}", path.display()));
    let variables = [("DISPLAY", ":0"), ("PATH", folder.path().to_str().unwrap())];
    assert_eq!(here(&variables).tool.map(|tool| tool.program), Some("xclip"));
    assert_eq!(here(&[("PATH", folder.path().to_str().unwrap())]).tool, None, "no display, no program");
    let wayland = [("WAYLAND_DISPLAY", "wayland-0"), ("SSH_TTY", "/dev/pts/1"), ("PATH", folder.path().to_str().unwrap())];
    assert_eq!(here(&wayland).tool, None, "over ssh this machine's clipboard is not the reader's");
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_fails_leaves_it_to_the_terminal() {
    let tool = |program: &'static str| Tool { program, arguments: &[], wide: false, display: Display::X };
    assert!(tool("/bin/cat").put("text").await.is_ok());
    assert!(tool("/bin/false").put("text").await.is_err());
    let clipboard = Clipboard { tool: Some(tool("/nowhere/to/be/found")), terminal: Terminal::Takes };
    assert!(matches!(clipboard.put("x", Path::new("unused")).await, Went::Terminal(_)));
}

#[test]
fn windows_reads_utf_16() {
    assert_eq!(wide("é"), [0xFF, 0xFE, 0xE9, 0x00]);
}
