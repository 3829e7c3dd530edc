//! A small project of a user's, with the folder beside it in which changes are kept; every byte of it can be held against what it was.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use arc_eval_tui::{
    model::{
        failure::FailureCode,
        fix::{Fix, FixChange, FixKind, FixPlace},
    },
    repair::{
        diff,
        ledger::Ledger,
        project::{
            Projects,
            encoding::{self, Encoding},
            source,
        },
    },
};

/// A project in a folder of its own.
pub struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    /// With a few files that nothing may touch.
    pub fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        shop.write("README.md", b"# shop\n");
        shop.write("api.py", b"def refund(order, amount, timeout=None):\n    return {}\n");
        shop.write("tests/test_refund.py", b"def test_refund():\n    pass\n");
        shop
    }

    pub fn root(&self) -> PathBuf {
        let root = self.folder.path().canonicalize().unwrap().join("shop");
        fs::create_dir_all(&root).unwrap();
        root
    }

    /// Where changes are kept.
    pub fn undo(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("undo")
    }

    pub fn projects(&self) -> Projects {
        Projects::new(vec![self.root()], None).with_ledger(Ledger::new(self.undo(), Some("ada".to_owned())))
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.root().join(path)).unwrap()
    }

    /// Everything in the project's folder, by path.
    pub fn digest(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        gather(&self.root(), &self.root(), &mut found);
        found
    }

    /// What is there, gone or different since.
    pub fn differing(&self, before: &BTreeMap<String, String>) -> Vec<String> {
        let now = self.digest();
        let paths: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        paths.into_iter().filter(|path| before.get(*path) != now.get(*path)).cloned().collect()
    }

    /// What the history tells, oldest first: the word and the fix.
    pub fn entries(&self) -> Vec<(String, String)> {
        let entries = self.projects().ledger().unwrap().entries(100).unwrap();
        entries.into_iter().rev().map(|entry| (entry.what.word().to_owned(), entry.fix)).collect()
    }
}

fn gather(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().display().to_string(), source::digest(&fs::read(&path).unwrap()));
        }
    }
}

/// A fix that makes this of a file.
pub fn fix_of(root: &Path, path: &str, before: &[u8], after: &[u8]) -> Fix {
    let (old, encoding) = encoding::decode(before).unwrap();
    let (new, _) = encoding::decode(after).unwrap();
    Fix {
        id: "0123456789abcdef".to_owned(),
        title: "give issue_refund a time limit".to_owned(),
        kind: FixKind::Diff,
        file: Some(path.to_owned()),
        diff: diff::unified(path, &old, &new),
        place: Some(FixPlace { root: root.display().to_string(), path: path.to_owned(), line: 5 }),
        change: Some(FixChange {
            base: source::digest(before),
            result: source::digest(after),
            encoding: if encoding == Encoding::Latin1 { "latin-1" } else { "utf-8" }.to_owned(),
            compiled: None,
            applied: None,
        }),
        snippet: String::new(),
        language: "python".to_owned(),
        why: String::new(),
        evidence: Vec::new(),
        code: FailureCode::ToolTimeout,
        fingerprint: None,
        framework: None,
        covers: 1,
        impact: None,
        confidence: None,
        verified: false,
        decision: None,
        watch: None,
    }
}
