//! `improve`: fixes with diffs from the store, a running server or a file alike; one applied to the user's file, and undone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

#[path = "support/commands.rs"]
#[allow(unreachable_pub)]
mod commands;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use commands::Home;
use serde_json::json;

const TOOLS: &str =
    "import requests\n\n\ndef fetch_order(order):\n    return requests.get(f\"https://shop.example/orders/{order}\").json()\n";

/// A home with a project in it, and the runs of its agent as a file.
fn home() -> Home {
    let home = Home::empty();
    fs::create_dir(home.path().join("shop")).unwrap();
    fs::write(home.path().join("shop/tools.py"), TOOLS).unwrap();
    let error = "TimeoutError: fetch_order timed out after 30 s";
    let run = |number: u32| {
        json!({
            "trace_id": format!("slow-{number}"), "agent_id": "clerk", "output": null, "success": false, "execution_time": 30.0,
            "error": { "type": "TimeoutError", "message": "fetch_order timed out after 30 s", "failed_at_step": 1 },
            "tool_calls": [{ "step": 1, "name": "fetch_order", "input": { "order": "A-1" }, "error": error, "success": false, "duration_ms": 30000 }]
        })
    };
    fs::write(home.path().join("runs.jsonl"), (0..3).map(|number| format!("{}\n", run(number))).collect::<String>()).unwrap();
    home
}

fn tools(home: &Home) -> String {
    fs::read_to_string(home.path().join("shop/tools.py")).unwrap()
}

/// The id of the fix that is a diff.
fn diff_id(told: &serde_json::Value) -> String {
    let fix = told["fixes"].as_array().unwrap().iter().find(|fix| fix["kind"] == "diff").unwrap_or_else(|| panic!("no diff: {told:#}"));
    assert!(fix["diff"].as_str().unwrap().starts_with("--- a/tools.py\n"), "{fix:#}");
    assert_eq!((fix["file"].as_str(), fix["covers"].as_u64()), (Some("tools.py"), Some(3)));
    fix["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_fix_is_listed_applied_and_undone_from_a_store() {
    let home = home();
    assert_eq!(home.run(&["import", "runs.jsonl"]).0, 0);
    let page = home.fine(&["improve", "--project", "shop"]);
    assert!(page.contains("a diff on tools.py:5") && page.contains("\n+++ b/tools.py\n"), "{page}");
    let id = diff_id(&home.json(&["improve", "--project", "shop", "--json"]));

    let (status, said) = home.refused(&["improve", "--project", "shop", "--apply", &id]);
    assert!(status == 2 && said.contains("--yes"), "{said}");
    assert_eq!(tools(&home), TOOLS, "nobody could be asked");

    let done = home.json(&["improve", "--project", "shop", "--apply", &id[..6], "--yes", "--json"]);
    assert_eq!((done["applied"].as_str(), done["file"].as_str()), (Some(id.as_str()), Some("tools.py")));
    assert_eq!(tools(&home).matches("timeout=").count(), 1);
    assert_eq!(home.refused(&["improve", "--project", "shop", "--apply", &id, "--yes"]).0, 2, "once is enough");
    let told = home.json(&["improve", "--project", "shop", "--json"]);
    let fix = told["fixes"].as_array().unwrap().iter().find(|fix| fix["id"] == id.as_str()).unwrap().clone();
    assert_eq!((fix["decision"].as_str(), fix["watch"]["runs"].as_u64()), (Some("applied"), Some(0)));

    assert_eq!(home.refused(&["improve", "--undo", &id, "--yes"]).0, 2, "another project: its root must be named");
    home.fine(&["improve", "--project", "shop", "--undo", &id, "--yes"]);
    assert_eq!(tools(&home), TOOLS);
    assert_eq!(home.refused(&["improve", "--project", "shop", "--undo", &id, "--yes"]).0, 2, "nothing left to undo");
}

#[test]
fn a_running_server_and_a_file_tell_the_same() {
    let home = home();
    assert_eq!(home.run(&["import", "runs.jsonl"]).0, 0);
    let stored = home.json(&["improve", "--project", "shop", "--json"]);
    let from_file = home.json(&["improve", "--project", "shop", "--input", "runs.jsonl", "--json"]);
    assert_eq!(diff_id(&from_file), diff_id(&stored));
    assert_eq!(home.refused(&["improve", "--live"]).0, 4, "nothing runs");
    // The server looks under the folders that it was started with: here none, as it stands in the home folder.
    let _server = home.serve();
    let live = home.json(&["improve", "--live", "--json"]);
    assert!(live["fixes"].as_array().unwrap().iter().all(|fix| fix["kind"] == "guidance"), "{live:#}");
}

#[test]
fn what_is_no_project_is_refused_by_name() {
    let home = home();
    for (named, expected) in [("/", "whole disk"), (".", "home folder"), ("nowhere", "cannot be opened"), ("runs.jsonl", "is no folder")] {
        let (status, said) = home.refused(&["improve", "--project", named, "--input", "runs.jsonl"]);
        assert!(status == 2 && said.contains(expected), "{named}: {said}");
    }
    let told = home.json(&["improve", "--input", "runs.jsonl", "--json"]);
    assert!(told.to_string().contains("--project DIR"), "the default says how to name one: {told:#}");
    for arguments in [
        &["improve", "--apply", "zz", "--input", "runs.jsonl", "--yes"][..],
        &["improve", "--undo", "zz", "--yes"],
        &["improve", "--limit", "0"],
    ] {
        assert_eq!(home.refused(arguments).0, 2, "{arguments:?}");
    }
}
