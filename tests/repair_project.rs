//! From a failing run to a diff on the user's own file: found, made, checked, applied, undone, watched; and nothing else touched.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/shop.rs"]
mod shop;

use std::{fs, path::PathBuf};

use arc_eval_tui::{
    engine::{
        Engine,
        delivery::Source,
        options::{EngineOptions, StorePlace},
        receipt::Ingested,
    },
    model::{
        decision::{Choice, Decision},
        fix::{Fix, FixKind},
        ids::TraceId,
    },
    repair::{change, desk, project::Projects},
};
use serde_json::{Value, json};
use shop::Shop;

const TOOLS: &str = "import requests\n\n\ndef fetch_order(order):\n    \"\"\"Looks an order up.\"\"\"\n    return requests.get(f\"https://shop.example/orders/{order}\").json()\n";

struct Bench {
    shop: Shop,
    projects: Projects,
    engine: Engine,
}

impl Bench {
    fn new() -> Self {
        let shop = Shop::new();
        let projects = shop.projects();
        Self { shop, projects, engine: Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap() }
    }

    async fn take(&self, body: Value) {
        let taken = self.engine.ingest(body.to_string().into(), Source::Http).await;
        assert!(matches!(taken, Ingested::Single(Ok(_))), "{taken:?}");
    }

    fn fixes(&self) -> Vec<Fix> {
        desk::fixes(&self.engine.facts().unwrap(), &self.projects, 20).unwrap()
    }

    /// The fixes for one run.
    fn of_run(&self, id: &str) -> Vec<Fix> {
        desk::fixes_of(&self.engine.facts().unwrap(), &self.projects, &TraceId::new(id).unwrap()).unwrap().unwrap()
    }

    async fn decide(&self, fix: &Fix, choice: Choice) {
        let (subject, at) = (format!("fix:{}", fix.id), self.engine.now());
        let decision = Decision { subject, pattern: fix.fingerprint, choice, reason: None, at };
        self.engine.decide(decision).await.unwrap();
    }
}

/// A run that failed because a tool took too long.
fn slow(id: &str, traceback: Option<&str>, code: Option<Value>) -> Value {
    let error = "TimeoutError: fetch_order timed out after 30 s";
    json!({
        "trace_id": id, "agent_id": "clerk", "output": null, "success": false, "execution_time": 30.0,
        "error": { "type": "TimeoutError", "message": "fetch_order timed out after 30 s", "traceback": traceback, "failed_at_step": 1 },
        "tool_calls": [{
            "step": 1, "name": "fetch_order", "input": { "order": "A-1" }, "error": error, "success": false, "duration_ms": 30000, "code": code
        }]
    })
}

fn diff(fixes: &[Fix]) -> &Fix {
    fixes.iter().find(|fix| fix.kind == FixKind::Diff).unwrap_or_else(|| panic!("no diff among {fixes:#?}"))
}

fn says(fixes: &[Fix]) -> String {
    fixes.iter().flat_map(|fix| &fix.evidence).map(|evidence| evidence.says.as_str()).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_goes_its_whole_way() {
    let bench = Bench::new();
    bench.shop.write("shop/tools.py", TOOLS.as_bytes());
    let untouched = bench.shop.digest();
    bench.take(slow("slow", None, None)).await;

    let fixes = bench.fixes();
    let fix = diff(&fixes);
    assert_eq!(fix.file.as_deref(), Some("shop/tools.py"));
    let text = fix.diff.as_deref().unwrap();
    assert!(text.starts_with("--- a/shop/tools.py\n+++ b/shop/tools.py\n@@ ") && text.contains("timeout="), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---")).count(), 2);
    assert!(bench.shop.differing(&untouched).is_empty(), "a list writes nothing, no bytecode either");

    bench.decide(fix, Choice::Accepted).await;
    assert!(bench.shop.differing(&untouched).is_empty(), "accepting changes no file");
    let accepted = bench.fixes();
    assert_eq!((diff(&accepted).decision, diff(&accepted).watch.as_ref().unwrap().runs), (Some(Choice::Accepted), 0));

    let applied = change::apply(&bench.projects, fix, bench.engine.now()).unwrap();
    bench.decide(fix, Choice::Applied).await;
    assert_eq!(bench.shop.differing(&untouched), ["shop/tools.py"]);
    let after = bench.fixes();
    let shown = after.iter().find(|other| other.id == fix.id).unwrap();
    assert_eq!(shown.diff, fix.diff, "what was applied is shown, and not offered once more");
    assert_eq!(shown.change.as_ref().unwrap().applied.as_deref(), Some(applied.kept.id.as_str()));

    change::undo(&bench.projects, &applied.kept.id, bench.engine.now()).unwrap();
    bench.decide(fix, Choice::Undone).await;
    assert!(bench.shop.differing(&untouched).is_empty());
    let again = bench.fixes();
    assert_eq!((diff(&again).diff.as_deref(), diff(&again).decision), (Some(text), Some(Choice::Undone)), "open again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_already_is_not_done_twice() {
    let bench = Bench::new();
    bench.shop.write("shop/tools.py", TOOLS.as_bytes());
    bench.take(slow("slow", None, None)).await;
    let first = bench.fixes();
    let made = diff(&first);
    change::apply(&bench.projects, made, bench.engine.now()).unwrap();
    // Nothing is known of the change but what the file says.
    let stranger = Projects::new(vec![bench.shop.root()], None);
    let fixes = desk::fixes(&bench.engine.facts().unwrap(), &stranger, 20).unwrap();
    assert!(fixes.iter().all(|fix| fix.id != made.id || fix.diff.is_none()), "{fixes:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_fix_is_watched_and_the_run_that_brings_it_back_is_named() {
    let bench = Bench::new();
    bench.shop.write("shop/tools.py", TOOLS.as_bytes());
    bench.take(slow("slow", None, None)).await;
    bench.decide(diff(&bench.fixes()), Choice::Accepted).await;
    for number in 0..3 {
        bench.take(json!({ "trace_id": format!("fine-{number}"), "agent_id": "clerk", "output": "done", "success": true, "execution_time": 1.0 })).await;
    }
    let watch = diff(&bench.fixes()).watch.clone().unwrap();
    assert_eq!((watch.runs, watch.again, watch.back), (3, 0, None));
    bench.take(slow("slow-again", None, None)).await;
    let watch = diff(&bench.fixes()).watch.clone().unwrap();
    assert_eq!((watch.runs, watch.again, watch.back), (4, 1, Some(TraceId::new("slow-again").unwrap())));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tools_of_a_name_the_traceback_tells_which() {
    let bench = Bench::new();
    bench.shop.write("shop/tools.py", TOOLS.as_bytes());
    bench.shop.write("old/tools.py", TOOLS.as_bytes());
    bench.take(slow("unclear", None, None)).await;
    let unclear = bench.of_run("unclear");
    assert!(unclear.iter().all(|fix| fix.diff.is_none()));
    assert!(says(&unclear).contains("old/tools.py:4") && says(&unclear).contains("shop/tools.py:4"), "{}", says(&unclear));

    // From a container: only the end of the path is the same.
    let traceback = "Traceback (most recent call last):\n  File \"/app/old/tools.py\", line 6, in fetch_order\n    return requests\n  File \
                     \"/usr/lib/python3.12/site-packages/requests/api.py\", line 73, in get\nTimeoutError\n";
    bench.take(slow("clear", Some(traceback), None)).await;
    let found = bench.of_run("clear");
    assert_eq!(diff(&found).file.as_deref(), Some("old/tools.py"));

    bench.take(slow("named", None, Some(json!({ "file": "C:\\work\\shop\\tools.py", "line": 4, "function": "fetch_order" })))).await;
    let found = bench.of_run("named");
    assert_eq!(diff(&found).file.as_deref(), Some("shop/tools.py"));
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_of_a_trace_lead_nowhere_but_into_the_project() {
    let bench = Bench::new();
    let outside = Shop::new();
    outside.write("tools.py", TOOLS.as_bytes());
    let absolute = outside.root().join("tools.py").display().to_string();
    for (number, path) in [absolute.as_str(), "../shop/tools.py", "../../../../etc/passwd", "/", "", "\u{0}"].into_iter().enumerate() {
        let code = json!({ "file": path, "line": 4, "function": "fetch_order" });
        let traceback = format!("  File \"{path}\", line 6, in fetch_order\n");
        let id = format!("hostile-{number}");
        bench.take(slow(&id, Some(&traceback), Some(code))).await;
        let fixes = bench.of_run(&id);
        assert!(!fixes.is_empty() && fixes.iter().all(|fix| fix.diff.is_none() && fix.place.is_none()), "{path}: {fixes:#?}");
        assert!(says(&fixes).contains("fetch_order was not found"), "{}", says(&fixes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_edited_is_said_and_left() {
    let cases: [(&str, &[u8], &str); 4] = [
        ("a syntax error", b"def fetch_order(order:\n    return 1\n", "not edited"),
        ("another encoding", b"# coding: cp1252\ndef fetch_order(order):\n    return '\xe9'\n", "encoding"),
        ("not its encoding", b"def fetch_order(order):\n    return '\xe9'\n", "encoding"),
        ("two-byte text", b"\xff\xfed\0e\0f\0 \0fetch_order", "encoding"),
    ];
    for (name, bytes, expected) in cases {
        let bench = Bench::new();
        bench.shop.write("tools.py", bytes);
        let untouched = bench.shop.digest();
        bench.take(slow("slow", None, None)).await;
        let fixes = bench.fixes();
        assert!(!fixes.is_empty() && fixes.iter().all(|fix| fix.diff.is_none()), "{name}");
        assert!(says(&fixes).contains(expected), "{name}: {}", says(&fixes));
        assert!(bench.shop.differing(&untouched).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn style_is_kept_whatever_it_is() {
    for (name, text) in [
        ("CRLF", TOOLS.replace('\n', "\r\n")),
        ("tabs", TOOLS.replace("    ", "\t")),
        ("BOM", format!("\u{feff}{TOOLS}")),
        ("no last line end", TOOLS.trim_end().to_owned()),
    ] {
        let bench = Bench::new();
        bench.shop.write("tools.py", text.as_bytes());
        bench.take(slow("slow", None, None)).await;
        let fixes = bench.fixes();
        change::apply(&bench.projects, diff(&fixes), bench.engine.now()).unwrap();
        let after = String::from_utf8(bench.shop.read("tools.py")).unwrap();
        let (before, after): (Vec<&str>, Vec<&str>) = (text.split('\n').collect(), after.split('\n').collect());
        let differing: Vec<(&&str, &&str)> = before.iter().zip(&after).filter(|(one, other)| one != other).collect();
        assert!(before.len() == after.len() && differing.len() == 1, "{name}: {differing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_source_a_fix_is_guidance_and_says_how_to_have_more() {
    let bench = Bench::new();
    bench.take(slow("slow", None, None)).await;
    let facts = bench.engine.facts().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    for (projects, expected) in [
        (Projects::none(), "--project DIR"),
        (Projects::new(vec![empty.path().to_owned()], None), "no Python file under"),
        (Projects::new(vec![PathBuf::from("/")], Some(home.path())), "whole disk"),
        (Projects::new(vec![home.path().to_owned()], Some(home.path())), "home folder"),
    ] {
        let fixes = desk::fixes(&facts, &projects, 20).unwrap();
        assert!(!fixes.is_empty() && fixes.iter().all(|fix| fix.kind == FixKind::Guidance && !fix.snippet.is_empty()));
        assert!(says(&fixes).contains(expected), "{}", says(&fixes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_vanishes_or_changes_is_seen_at_the_next_look() {
    let bench = Bench::new();
    bench.shop.write("shop/tools.py", TOOLS.as_bytes());
    bench.take(slow("slow", None, None)).await;
    let stale = diff(&bench.fixes()).clone();
    bench.shop.write("shop/tools.py", format!("# {}\n{TOOLS}", "the user's own line").as_bytes());
    assert!(change::apply(&bench.projects, &stale, bench.engine.now()).is_err());
    let fresh = bench.fixes();
    assert_ne!(diff(&fresh).change.as_ref().unwrap().base, stale.change.as_ref().unwrap().base, "made again at once");
    fs::remove_file(bench.shop.root().join("shop/tools.py")).unwrap();
    assert!(bench.fixes().iter().all(|fix| fix.diff.is_none()));
}
