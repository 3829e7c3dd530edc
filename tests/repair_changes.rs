//! Changes of the user's files: what is written, what is refused, and that nothing else is ever touched.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/shop.rs"]
mod shop;

use std::{fs, path::Path, process::Command};

use arc_eval_tui::{
    model::{decision::Choice, fix::Fix, time::Timestamp},
    repair::{
        change::{self, ChangeError},
        project::Projects,
    },
};
use shop::{Shop, fix_of};

const BEFORE: &str = "import api\n\n\ndef issue_refund(order, amount):\n    return api.refund(order, amount)\n";
const AFTER: &str = "import api\n\n\ndef issue_refund(order, amount):\n    return api.refund(order, amount, timeout=5)\n";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn changed(shop: &Shop, before: &[u8], after: &[u8]) -> (Projects, Fix) {
    shop.write("tools/refund.py", before);
    (shop.projects(), fix_of(&shop.root(), "tools/refund.py", before, after))
}

#[test]
fn applying_changes_one_file_and_undoing_gives_back_its_bytes() {
    let texts: [(&str, Vec<u8>, Vec<u8>); 5] = [
        ("plain", BEFORE.into(), AFTER.into()),
        ("CRLF", BEFORE.replace('\n', "\r\n").into(), AFTER.replace('\n', "\r\n").into()),
        ("BOM", format!("\u{feff}{BEFORE}").into(), format!("\u{feff}{AFTER}").into()),
        ("tabs, and no line end at the end", BEFORE.replace("    ", "\t").trim_end().into(), AFTER.replace("    ", "\t").trim_end().into()),
        (
            "latin-1",
            [b"# coding: latin-1\n# caf\xe9\n", BEFORE.as_bytes()].concat(),
            [b"# coding: latin-1\n# caf\xe9\n", AFTER.as_bytes()].concat(),
        ),
    ];
    for (name, before, after) in texts {
        let shop = Shop::new();
        let (projects, fix) = changed(&shop, &before, &after);
        let untouched = shop.digest();

        let applied = change::apply(&projects, &fix, at(1)).unwrap();
        assert_eq!(shop.read("tools/refund.py"), after, "{name}");
        assert_eq!(shop.differing(&untouched), ["tools/refund.py"], "{name}: nothing else is written");
        assert_eq!(shop.entries(), [("applied".to_owned(), fix.id.clone())]);

        let undone = change::undo(&projects, &applied.kept.id, at(2)).unwrap();
        assert_eq!(undone.undone, Some(at(2)));
        assert_eq!(shop.read("tools/refund.py"), before, "{name}");
        assert!(shop.differing(&untouched).is_empty(), "{name}: byte for byte");
        assert!(matches!(change::undo(&projects, &applied.kept.id, at(3)), Err(ChangeError::Undone(_))));
        assert_eq!(shop.entries().len(), 2);
    }
}

#[test]
fn a_file_that_changed_is_left_alone() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    shop.write("tools/refund.py", b"# the user was faster\n");
    let untouched = shop.digest();
    let refused = change::apply(&projects, &fix, at(1)).unwrap_err();
    assert!(refused.to_string().contains("made again"), "{refused}");
    assert!(shop.differing(&untouched).is_empty() && shop.entries().is_empty());
    assert!(change::all(projects.ledger().unwrap()).is_empty(), "nothing is kept of what was not done");
}

#[test]
fn undoing_over_later_work_is_refused_and_says_where_the_old_text_is() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let applied = change::apply(&projects, &fix, at(1)).unwrap();
    shop.write("tools/refund.py", format!("{AFTER}# more\n").as_bytes());
    let refused = change::undo(&projects, &applied.kept.id, at(2)).unwrap_err().to_string();
    let kept = shop.undo().join(&applied.kept.id).join("before");
    assert!(refused.contains(&kept.display().to_string()), "{refused}");
    assert_eq!(fs::read(kept).unwrap(), BEFORE.as_bytes());
    fs::remove_file(shop.root().join("tools/refund.py")).unwrap();
    assert!(change::undo(&projects, &applied.kept.id, at(3)).is_err(), "a file that is gone is not made again");
}

#[test]
fn nothing_outside_of_the_named_roots_is_changed() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let elsewhere = Shop::new();
    elsewhere.write("tools/refund.py", BEFORE.as_bytes());
    let untouched = (shop.digest(), elsewhere.digest());
    let place = |root: &Path, path: &str| {
        let mut fix = fix.clone();
        let place = fix.place.as_mut().unwrap();
        (place.root, place.path) = (root.display().to_string(), path.to_owned());
        fix
    };
    let up = format!("../{}/tools/refund.py", elsewhere.root().file_name().unwrap().to_str().unwrap());
    let attempts = [
        place(&elsewhere.root(), "tools/refund.py"),
        place(Path::new("/"), elsewhere.root().join("tools/refund.py").strip_prefix("/").unwrap().to_str().unwrap()),
        place(&shop.root(), &up),
        place(&shop.root(), elsewhere.root().join("tools/refund.py").to_str().unwrap()),
        place(&shop.root(), ""),
    ];
    for attempt in attempts {
        assert!(change::apply(&projects, &attempt, at(1)).is_err(), "{:?}", attempt.place);
    }
    assert!(shop.differing(&untouched.0).is_empty() && elsewhere.differing(&untouched.1).is_empty());
}

#[cfg(unix)]
#[test]
fn links_and_files_of_several_names_are_not_written_through() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let elsewhere = Shop::new();
    elsewhere.write("refund.py", BEFORE.as_bytes());
    let file = shop.root().join("tools/refund.py");

    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(elsewhere.root().join("refund.py"), &file).unwrap();
    assert!(change::apply(&projects, &fix, at(1)).unwrap_err().to_string().contains("without links"));

    fs::remove_file(&file).unwrap();
    fs::hard_link(elsewhere.root().join("refund.py"), &file).unwrap();
    assert!(matches!(change::apply(&projects, &fix, at(1)), Err(ChangeError::Linked(_))));

    fs::remove_dir_all(shop.root().join("tools")).unwrap();
    std::os::unix::fs::symlink(elsewhere.root(), shop.root().join("tools")).unwrap();
    assert!(change::apply(&projects, &fix, at(1)).unwrap_err().to_string().contains("without links"));
    assert_eq!(elsewhere.read("refund.py"), BEFORE.as_bytes());
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_a_read_only_file_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let file = shop.root().join("tools/refund.py");
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    assert!(matches!(change::apply(&projects, &fix, at(1)), Err(ChangeError::ReadOnly(_))));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();
    let applied = change::apply(&projects, &fix, at(2)).unwrap();
    assert_eq!(mode(), 0o750);
    change::undo(&projects, &applied.kept.id, at(3)).unwrap();
    assert_eq!(mode(), 0o750);
    let kept = fs::metadata(shop.undo()).unwrap().permissions().mode() & 0o777;
    assert_eq!(kept, 0o700, "what was replaced is the user's alone");
}

#[test]
fn a_diff_that_was_tampered_with_changes_nothing() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let untouched = shop.digest();
    let tampered = |from: &str, to: &str| Fix { diff: fix.diff.as_ref().map(|diff| diff.replace(from, to)), ..fix.clone() };
    for attempt in [tampered("timeout=5", "timeout=6"), tampered("return", "yield"), tampered("@@ -2", "@@ -1"), tampered("--- a", "x")] {
        assert!(change::apply(&projects, &attempt, at(1)).is_err());
    }
    assert!(shop.differing(&untouched).is_empty());
}

#[test]
fn without_a_ledger_or_a_diff_no_file_is_changed() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    let bare = Projects::new(vec![shop.root()], None);
    assert!(matches!(change::apply(&bare, &fix, at(1)), Err(ChangeError::NoLedger)));
    assert!(matches!(change::apply(&projects, &Fix { diff: None, ..fix }, at(1)), Err(ChangeError::Guidance)));
    for name in ["", "..", "../..", "/etc", "00ff-zz", "0123456789abcdef-01234567"] {
        assert!(matches!(change::undo(&projects, name, at(2)), Err(ChangeError::Kept(..))), "{name}");
    }
    assert_eq!(shop.read("tools/refund.py"), BEFORE.as_bytes());
}

#[test]
fn the_history_tells_who_did_what() {
    let shop = Shop::new();
    let (projects, fix) = changed(&shop, BEFORE.as_bytes(), AFTER.as_bytes());
    change::apply(&projects, &fix, at(1)).unwrap();
    let entries = projects.ledger().unwrap().entries(9).unwrap();
    let told = &entries[0];
    assert_eq!((told.what, told.who.as_deref(), told.file.as_deref()), (Choice::Applied, Some("ada"), Some("tools/refund.py")));
}

/// A patch file as accepting writes it, tried with the tools people use.
#[test]
fn patches_are_taken_by_git_and_by_patch() {
    let crlf = (BEFORE.replace('\n', "\r\n"), AFTER.replace('\n', "\r\n"));
    let cases = [
        ("tools/refund.py", BEFORE.to_owned(), AFTER.to_owned()),
        ("tools/refund.py", crlf.0, crlf.1),
        ("tools/no end.py", BEFORE.trim_end().to_owned(), AFTER.trim_end().to_owned()),
        ("tools/rückgabe.py", format!("\u{feff}{BEFORE}"), format!("\u{feff}{AFTER}")),
    ];
    for (path, before, after) in cases {
        let shop = Shop::new();
        shop.write(path, before.as_bytes());
        let patch = shop.undo().with_extension("patch");
        fs::write(&patch, change::patch(&fix_of(&shop.root(), path, before.as_bytes(), after.as_bytes())).unwrap()).unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.current_dir(shop.root()).args(arguments);
            command.output().ok().map(|output| (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
        };
        let file = patch.display().to_string();
        if let Some((fits, says)) = run("git", &["apply", "--check", &file]) {
            assert!(fits, "git, {path}: {says}");
        }
        if let Some((done, says)) = run("patch", &["-p1", "-i", &file]) {
            assert!(done, "patch, {path}: {says}");
            assert_eq!(String::from_utf8(shop.read(path)).unwrap(), after, "{path}");
        }
    }
}
