//! The README's generated sections are what the program says of itself. `UPDATE_DOCUMENTS=1 cargo test --test documents` rewrites them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::PathBuf};

/// Puts `text` between the markers of a section; panics when the section is missing.
fn with_section(document: &str, name: &str, text: &str) -> String {
    let begin = document.find(&format!("<!-- {name}: begin")).expect("the begin marker");
    let body = begin + document[begin..].find("-->").unwrap() + "-->".len();
    let end = document.find(&format!("<!-- {name}: end")).expect("the end marker");
    format!("{}\n\n{}\n\n{}", &document[..body], text.trim(), &document[end..])
}

#[test]
fn the_readme_says_what_the_program_does() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let before = fs::read_to_string(&path).unwrap();
    let after = with_section(&before, "keys", &arc_eval_tui::workbench::documents::keys_markdown());
    let after = with_section(&after, "api", &arc_eval_tui::listener::api_markdown());
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        fs::write(&path, &after).unwrap();
    }
    assert!(before == after, "README.md is not what the program says; run UPDATE_DOCUMENTS=1 cargo test --test documents");
}
