//! `export` and `delete`: runs go out whole and come back the same, and none is forgotten by mistake.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, process::Stdio};

use serde_json::{Value, json};

#[path = "support/commands.rs"]
mod commands;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use commands::{Home, run, wait_for};

/// The verdicts in a store that tell of runs by themselves, by agent and input: what must not change by a journey.
fn verdicts(home: &Home) -> Vec<Value> {
    let mut command = home.program();
    command.args(["--quiet-time", "0s"]);
    let server = support::Server::start_with(command);
    let get = |path: &str| serde_json::from_str::<Value>(&support::request(&server.address, "GET", path, b"").unwrap().1).unwrap();
    wait_for("the runs to be judged beside each other", || {
        get("/api/traces?limit=1000")["traces"].as_array().is_some_and(|rows| rows.iter().all(|row| row["state"] != "running"))
    });
    let rows = get("/api/traces?limit=1000");
    let mut verdicts: Vec<Value> = rows["traces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let verdict = get(&format!("/api/analysis/{}", row["trace_id"].as_str().unwrap()));
            let fields = ["trace_id", "agent_id", "outcome", "cost", "usage", "tools", "failures", "root_cause", "latency", "framework"];
            Value::from_iter(fields.map(|field| (field.to_owned(), verdict[field].clone())))
        })
        .collect();
    verdicts.sort_by_key(ToString::to_string);
    verdicts
}

/// A run that came as spans.
fn spans() -> Value {
    let span = |id: &str, parent: &str, name: &str, operation: &str| {
        json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": id, "parentSpanId": parent, "name": name,
            "startTimeUnixNano": "1795341600000000000", "endTimeUnixNano": "1795341601000000000",
            "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": operation}},
                {"key": "gen_ai.agent.name", "value": {"stringValue": "spanner"}}]})
    };
    let spans = [
        span("00000000000000aa", "", "invoke_agent spanner", "invoke_agent"),
        span("00000000000000bb", "00000000000000aa", "chat", "chat"),
    ];
    json!({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "strands.telemetry.tracer"}, "spans": spans}]}]})
}

#[test]
fn what_is_exported_as_it_was_sent_is_judged_the_same_where_it_is_imported() {
    let mut bodies: Vec<Value> = (0..8).map(run).collect();
    bodies.push(json!({"agent_id": "nameless", "output": "line one\nline two", "success": true}));
    bodies.push(json!({"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "good day"}]}));
    bodies.push(spans());
    let home = Home::with(&bodies);
    let printed = home.fine(&["export"]);
    assert_eq!(printed.lines().count(), bodies.len(), "{printed}");
    assert_eq!(serde_json::from_str::<Value>(printed.lines().next().unwrap()).unwrap(), bodies[0], "oldest first, as sent");
    let other = Home::empty();
    fs::write(other.path().join("runs.jsonl"), &printed).unwrap();
    other.fine(&["import", "runs.jsonl"]);
    assert_eq!(verdicts(&other), verdicts(&home));
    assert_eq!(other.fine(&["export"]), printed, "and so on for ever");
}

#[test]
fn what_is_exported_as_opentelemetry_is_the_same_run() {
    let home = Home::with(&[run(0), run(3), spans()]);
    let printed = home.fine(&["export", "--format", "otlp"]);
    assert!(printed.lines().all(|line| line.starts_with(r#"{"resourceSpans":"#)), "{printed}");
    let other = Home::empty();
    let (status, _, said) = other.run_with(&["import", "-"], &printed);
    assert_eq!(status, 0, "{said}");
    let (sent, back) = (verdicts(&home), verdicts(&other));
    assert_eq!(back.len(), sent.len());
    for field in ["agent_id", "usage", "cost"] {
        let of = |verdicts: &[Value]| {
            let mut values: Vec<String> = verdicts.iter().map(|verdict| verdict[field].to_string()).collect();
            values.sort();
            values
        };
        assert_eq!(of(&back), of(&sent), "{field}");
    }
    let outcomes = |verdicts: &[Value]| verdicts.iter().filter(|verdict| verdict["outcome"]["state"] == "failed").count();
    assert_eq!((outcomes(&back), outcomes(&sent)), (1, 1));
}

#[test]
fn a_table_has_a_header_and_no_cell_that_computes() {
    let home = Home::with(&[json!({"trace_id": "=1+1", "agent_id": "@clerk, \"the\" one", "output": "x", "success": true})]);
    let printed = home.fine(&["export", "--format", "csv"]);
    let mut lines = printed.split("\r\n");
    assert!(lines.next().unwrap().starts_with("trace_id,agent_id,"));
    assert!(lines.next().unwrap().starts_with("'=1+1,\"'@clerk, \"\"the\"\" one\","), "{printed}");
}

#[test]
fn the_filter_chooses_and_a_wrong_one_points_at_its_place() {
    let home = Home::with_runs(8);
    let failed = ["export", "--where", "is:failed"];
    assert_eq!(home.fine(&failed).lines().count(), 2);
    let beside = {
        let _server = home.serve();
        home.fine(&failed)
    };
    assert_eq!(beside, home.fine(&failed), "the same beside a server");
    assert_eq!(home.fine(&["export", "--where", "sort:took limit:3"]).lines().count(), 3);
    let (status, said) = home.refused(&["export", "--where", "agent:clerk cost>"]);
    assert!(status == 2 && said.contains("column"), "{said}");
    assert_eq!(home.refused(&["export", "--format", "xml"]).0, 2);
}

#[test]
fn a_file_is_written_whole_and_never_over_another() {
    let home = Home::with_runs(3);
    let told = home.json(&["export", "--out", "runs.jsonl", "--json"]);
    assert_eq!(told["runs"], 3);
    let path = home.path().join("runs.jsonl");
    assert_eq!(fs::read_to_string(&path).unwrap(), home.fine(&["export"]));
    fs::write(&path, "mine").unwrap();
    let (status, said) = home.refused(&["export", "--out", "runs.jsonl"]);
    assert!(status == 2 && said.contains("--force"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    home.fine(&["export", "--out", "runs.jsonl", "--force"]);
    assert_ne!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(home.refused(&["export", "--out", "nowhere/runs.jsonl"]).0, 2);
    assert_eq!(home.refused(&["export", "--where", "grade:", "--out", "none.jsonl"]).0, 2);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no draft is left behind: {left:?}");
}

#[test]
fn it_stops_when_nobody_reads_any_more() {
    let home =
        Home::with(&(0..400).map(|number| json!({"trace_id": format!("t{number}"), "output": "x".repeat(4000)})).collect::<Vec<_>>());
    let mut command = home.program();
    let mut child = command.arg("export").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn nothing_is_forgotten_without_a_word_of_agreement() {
    let home = Home::with_runs(8);
    let (status, said) = home.refused(&["delete", "--where", "is:failed"]);
    assert!(status == 2 && said.contains("2 of 8 runs: clerk (2)") && said.contains("--yes"), "{said}");
    for arguments in [&["delete"][..], &["delete", "--yes"], &["delete", "--where", " ", "--yes"], &["delete", "--where", "x:y:z", "--yes"]]
    {
        assert_eq!(home.refused(arguments).0, 2, "{arguments:?}");
    }
    assert_eq!(home.fine(&["export"]).lines().count(), 8);
    assert_eq!(home.json(&["delete", "--where", "is:failed", "--yes", "--json"])["deleted"], 2);
    assert_eq!(home.json(&["delete", "--where", "is:failed", "--yes", "--json"])["deleted"], 0, "none is left");
    let _server = home.serve();
    assert_eq!(home.json(&["delete", "--where", "agent:clerk sort:took limit:2", "--yes", "--json"])["deleted"], 2);
    assert_eq!(home.json(&["delete", "--all", "--yes", "--json"])["deleted"], 4);
    assert_eq!(home.fine(&["export"]), "");
}

#[test]
fn many_runs_are_forgotten_page_by_page() {
    let home = Home::with(
        &(0..2_500)
            .map(|number| json!({"trace_id": format!("t{number}"), "agent_id": if number % 2 == 0 { "a" } else { "b" }}))
            .collect::<Vec<_>>(),
    );
    assert_eq!(home.json(&["delete", "--where", "agent:a", "--yes", "--json"])["deleted"], 1_250);
    assert_eq!(home.fine(&["export", "--format", "csv"]).lines().count(), 1_251);
}
