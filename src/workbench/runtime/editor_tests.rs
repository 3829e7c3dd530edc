//! Which files the editor gets, and how it is told the line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use super::*;

/// A project with a file `tools/refund.py`, in a folder with another file beside the project.
fn project() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir_all(root.join("tools")).unwrap();
    fs::write(root.join("tools/refund.py"), "def refund(): ...\n").unwrap();
    fs::write(folder.path().join("secret.txt"), "").unwrap();
    let roots = vec![root.canonicalize().unwrap()];
    (folder, roots)
}

fn editor(command: &'static str) -> impl Fn(&str) -> Option<String> {
    move |name| (name == "EDITOR").then(|| command.to_owned())
}

fn arguments(command: &'static str) -> Vec<String> {
    let (_folder, roots) = project();
    let errand = plan(editor(command), &roots, Path::new("tools/refund.py"), Some(12)).unwrap();
    let root = format!("{}/", roots[0].display());
    let shown = errand.arguments.iter().map(|argument| argument.to_str().unwrap().replace(&root, ""));
    std::iter::once(errand.program.clone()).chain(shown).collect()
}

#[test]
fn each_editor_is_told_the_line_in_its_own_way() {
    assert_eq!(arguments("vim"), ["vim", "+12", "tools/refund.py"]);
    assert_eq!(arguments("/usr/bin/nvim -p"), ["/usr/bin/nvim", "-p", "+12", "tools/refund.py"]);
    assert_eq!(arguments("code --wait"), ["code", "--wait", "-g", "tools/refund.py:12"]);
    assert_eq!(arguments("subl"), ["subl", "tools/refund.py:12"]);
    assert_eq!(arguments("'/opt/my editor/ed' -x"), ["/opt/my editor/ed", "-x", "tools/refund.py"], "what is not known gets the file");
}

#[test]
fn visual_comes_before_editor_and_a_blank_one_is_none() {
    let (_folder, roots) = project();
    let file = Path::new("tools/refund.py");
    let of = |visual: &'static str| {
        let get = move |name: &str| match name {
            "VISUAL" => Some(visual.to_owned()),
            _ => Some("nano".to_owned()),
        };
        plan(get, &roots, file, None).unwrap().program
    };
    assert_eq!(of("hx"), "hx");
    assert_eq!(of("  "), "nano");
    let said = plan(|_| None, &roots, file, Some(12)).unwrap_err();
    assert!(said.starts_with("no editor is set to open ") && said.contains("refund.py:12 with: set $EDITOR"), "{said}");
    let said = plan(editor("vim 'x"), &roots, file, None).unwrap_err();
    assert_eq!(said, "$EDITOR cannot be read as a command: the quote ' is not closed");
    assert_eq!(plan(editor("''"), &roots, file, None).unwrap_err(), "$EDITOR names no program");
}

#[test]
fn only_ordinary_files_of_the_project_are_opened() {
    let (folder, roots) = project();
    let refused = |file: &Path| plan(editor("vim"), &roots, file, None).unwrap_err();
    let outside = folder.path().join("secret.txt");
    for path in [Path::new("../secret.txt"), &outside, Path::new("/etc/passwd"), Path::new("/nowhere/at/all.py")] {
        assert!(refused(path).contains("only the project's own files are opened"), "{}", refused(path));
    }
    assert!(refused(Path::new("tools")).contains("no ordinary file"));
    assert!(refused(Path::new("tools/gone.py")).starts_with("there is no file tools/gone.py under "));
    assert!(refused(Path::new("\u{1b}[2Jgone.py")).starts_with("there is no file "), "what is shown is clean");
    assert!(!refused(Path::new("\u{1b}[2Jgone.py")).contains('\u{1b}'));
    let absolute = roots[0].join("tools/refund.py");
    assert!(plan(editor("vim"), &roots, &absolute, None).is_ok());
    assert!(plan(editor("vim"), &[], &absolute, None).unwrap_err().contains("none is known"));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let (folder, roots) = project();
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), roots[0].join("inside.txt")).unwrap();
    std::os::unix::fs::symlink(roots[0].join("tools/refund.py"), roots[0].join("again.py")).unwrap();
    assert!(plan(editor("vim"), &roots, Path::new("inside.txt"), None).unwrap_err().contains("only the project's own files"));
    assert!(plan(editor("vim"), &roots, Path::new("again.py"), None).is_ok(), "one that stays inside is");
}

#[cfg(unix)]
#[tokio::test]
async fn an_editor_that_fails_or_is_not_there_is_told() {
    let (_folder, roots) = project();
    let run = async |command: &'static str| plan(editor(command), &roots, Path::new("tools/refund.py"), Some(1)).unwrap().run().await;
    assert_eq!(run("/bin/true").await, Ok(()));
    assert_eq!(run("/bin/false").await, Err("the editor /bin/false ended with exit status: 1".to_owned()));
    assert_eq!(run("no-such-editor").await, Err("there is no program no-such-editor, which $EDITOR names as the editor".to_owned()));
}
