//! `debug` and `check`: the figures of some runs, from the store, a running server or a file alike, and a gate for CI.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

#[path = "support/commands.rs"]
mod commands;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use commands::{Home, run};

#[test]
fn the_page_says_what_there_is_and_the_same_beside_a_server() {
    let home = Home::with_runs(24);
    let page = home.fine(&["debug"]);
    for part in [
        "24 runs, ",
        "reliability",
        "failed          25.0 %",
        "cost per run",
        "latency",
        "median",
        "in tools",
        "clerk",
        "root cause: ",
        "example: run-",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let json = home.json(&["debug", "--json", "--where", "agent:clerk"]);
    assert_eq!((json["runs"].as_u64(), json["whole"].as_bool()), (Some(24), Some(true)));
    let _server = home.serve();
    assert_eq!(home.fine(&["debug"]), page);
    assert_eq!(home.fine(&["debug", "--live"]), page);
    assert_eq!(home.json(&["debug", "--json", "--where", "agent:clerk"]), json);
}

#[test]
fn a_file_is_looked_at_without_a_store() {
    let home = Home::empty();
    let lines: String = (0..24).map(|number| format!("{}\n", run(number))).collect();
    fs::write(home.path().join("runs.jsonl"), &lines).unwrap();
    let told = home.json(&["debug", "--input", "runs.jsonl", "--json"]);
    assert_eq!(told["runs"], 24);
    assert!((told["failure_rate"]["value"].as_f64().unwrap() - 0.25).abs() < 1e-9, "{told}");
    assert_eq!(told["failures"][0]["unrecovered"], 6, "{told}");
    let (status, printed, _) = home.run_with(&["debug", "--input", "-", "--json"], &lines);
    let piped: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((status, &piped["failure_rate"], &piped["grade"]), (0, &told["failure_rate"], &told["grade"]));
    assert!(!home.path().join(".arc-eval").exists());
    let (status, printed, said) = home.run_with(&["debug", "--input", "-"], "not json\n{\"agent_id\":\"a\",\"success\":true}\n");
    assert!(status == 3 && printed.starts_with("1 run,") && said.contains("line 1"), "{status} {printed} {said}");
    assert_eq!(home.refused(&["debug", "--input", "nowhere.jsonl"]).0, 3);
}

#[test]
fn a_gate_ends_with_0_or_1_and_a_line_a_rule() {
    let home = Home::with_runs(24);
    let kept =
        home.fine(&["check", "--min-reliability", "0.5", "--max-failure-rate", "25%", "--max-p95-latency", "1m", "--max-leaks", "0"]);
    assert_eq!(kept.lines().filter(|line| line.starts_with("ok    ")).count(), 4, "{kept}");
    let (status, printed, said) = home.run(&["check", "--min-reliability", "99%", "--max-cost", "1"]);
    assert_eq!((status, said.as_str()), (1, ""), "{printed}");
    assert!(printed.starts_with("FAIL  reliability: ") && printed.contains("\nok    cost per run: $0."), "{printed}");
    let (status, printed, _) = home.run(&["check", "--max-failure-rate", "0.25", "--confident", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((status, told["passed"].as_bool(), told["rules"][0]["runs"].as_u64()), (1, Some(false), Some(24)));
    let _server = home.serve();
    assert_eq!(home.run(&["check", "--min-reliability", "99%"]).0, 1);
    assert_eq!(home.run(&["check", "--live", "--min-reliability", "1%", "--where", "is:ok"]).0, 0);
}

#[test]
fn a_gate_without_data_or_rules_does_not_pass() {
    let home = Home::with_runs(4);
    let (status, printed, _) = home.run(&["check", "--min-reliability", "0.1", "--where", "agent:nobody"]);
    assert!(status == 1 && printed.contains("no runs were chosen"), "{printed}");
    assert_eq!(home.refused(&["check"]).0, 2, "no rule");
    assert_eq!(home.refused(&["check", "--min-reliability", "80"]).0, 2);
    assert_eq!(home.refused(&["check", "--max-cost", "1", "--where", "cost>"]).0, 2);
    assert_eq!(Home::empty().refused(&["check", "--max-cost", "1"]).0, 4, "no store");
    let (status, printed, said) = home.run_with(&["check", "--max-leaks", "5", "--input", "-"], "");
    assert!(status == 3 && printed.contains("no runs were chosen"), "an empty file is an input that cannot be read: {printed} {said}");
}
