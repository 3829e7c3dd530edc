//! Every dependency, on every platform, comes under a licence that lets people use and pass on the program freely.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, process::Command};

/// Permissive licences, and MPL-2.0 (file-wise copyleft, unmodified here) for nucleo-matcher alone.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];
const MPL_ALLOWED_FOR: &[&str] = &["nucleo-matcher"];

/// Whether an SPDX expression of AND, OR and brackets can be met with allowed licences.
fn can_be_met(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    // AND binds tighter than OR; with brackets removed this is stricter than the real expression, never laxer, for `(A OR B) AND C`.
    expression.split(" OR ").any(|choice| choice.split(" AND ").all(|licence| ALLOWED.contains(&licence.trim())))
        || expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| ALLOWED.contains(&licence.trim())))
}

#[test]
fn every_dependency_is_permissively_licensed() {
    // `cargo tree` follows the chosen features exactly; `cargo metadata` would list optional parts that nobody switched on.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--target", "all", "--prefix", "none", "--format", "{p}\t{l}"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<(&str, &str)> = listing
        .lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('\t'))
        .map(|(package, licence)| (package, licence.trim()))
        .collect();
    assert!(packages.len() > 50, "only {} packages in the tree", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter(|(package, licence)| {
            let name = package.split(' ').next().unwrap_or(package);
            !(can_be_met(licence) || *licence == "MPL-2.0" && MPL_ALLOWED_FOR.contains(&name))
        })
        .map(|(package, licence)| format!("{package}: {licence}"))
        .collect();
    assert!(refused.is_empty(), "not allowed:\n{}", refused.join("\n"));
}

#[test]
fn the_check_itself_refuses() {
    assert!(!can_be_met("GPL-3.0"));
    assert!(!can_be_met("MIT AND GPL-3.0"));
    assert!(can_be_met("GPL-2.0 OR MIT"));
    assert!(can_be_met("(MIT OR Apache-2.0) AND Unicode-3.0"));
}
