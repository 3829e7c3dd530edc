//! The layers stated in `src/lib.rs`: an import may point left or stay in its own layer, never right, and no two files import
//! each other in a circle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Layers from left to right; names in one row do not see each other.
const LAYERS: &[&[&str]] = &[
    &["text", "model"],
    &["query"],
    &["formats", "analysis"],
    &["store"],
    &["engine"],
    &["repair", "report", "sdk"],
    &["listener"],
    &["workbench"],
    &["cli"],
];

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `crate::…` path of a file, comments left out; braces after `crate::` are opened up.
fn crate_paths(source: &str) -> BTreeSet<String> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut item = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        paths.insert(std::mem::take(&mut item).trim().to_owned());
                        continue;
                    }
                    _ => {}
                }
                if depth == 0 {
                    item.push(letter);
                }
            }
            paths.insert(item.trim().to_owned());
        } else {
            paths.insert(rest.chars().take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ':')).collect());
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}

fn first(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}

#[test]
fn imports_point_left() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    assert!(files.len() > 20, "the walk found only {} files", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&root).unwrap();
        let own = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        let Some(own_rank) = rank(&own) else {
            wrong.push(format!("{}: `{own}` is not a layer; add it to the order in src/lib.rs and here", inside.display()));
            continue;
        };
        for path in crate_paths(&fs::read_to_string(file).unwrap()) {
            let target = first(&path);
            match rank(target) {
                None => wrong.push(format!("{}: imports crate::{path}, which is no layer", inside.display())),
                Some(_) if target == own => {}
                Some(target_rank) if target_rank < own_rank => {}
                Some(_) => wrong.push(format!("{}: `{own}` must not see `{target}` (crate::{path})", inside.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "arrows to the right:\n{}", wrong.join("\n"));
}

/// The module a file is, as a path: `store/redb/mod.rs` is `store::redb`.
fn module_of(inside: &Path) -> String {
    let text = inside.with_extension("").to_str().unwrap().replace('/', "::");
    text.strip_suffix("::mod").map_or(text.clone(), str::to_owned)
}

#[test]
fn no_two_modules_of_different_folders_import_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let modules: BTreeMap<String, PathBuf> =
        files.iter().map(|file| (module_of(file.strip_prefix(&root).unwrap()), file.clone())).collect();
    // A folder and its parts are one room and may lean on each other; a circle between two sibling rooms is a circle.
    let room = |module: &str| module.split("::").take(2).collect::<Vec<_>>().join("::");
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, file) in &modules {
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        for path in crate_paths(&fs::read_to_string(file).unwrap()) {
            let mut target = path.as_str();
            while !modules.contains_key(target) {
                match target.rfind("::") {
                    Some(cut) => target = &target[..cut],
                    None => break,
                }
            }
            let (from, to) = (room(module), room(target));
            let layers_differ = first(&from) != first(&to);
            if layers_differ && from != to && modules.contains_key(target) {
                arrows.entry(from).or_default().insert(to);
            }
        }
    }
    for (from, targets) in &arrows {
        for to in targets {
            assert!(!arrows.get(to).is_some_and(|back| back.contains(from)), "{from} and {to} import each other");
        }
    }
}
