//! What real frameworks sent, recorded by `tests/recordings/record.py`, sent again as it came: every run has to be one row that says what
//! really happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "support/grpc.rs"]
mod grpc;
#[path = "support/http.rs"]
mod http;
#[path = "support/recording.rs"]
mod recording;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use arc_eval_tui::model::{progress::Patience, time::Elapsed};
use http::{PATIENCE, Server, wait_for};
use recording::{Recording, Request, recordings};
use serde_json::Value;

/// A listener that soon knows that nothing more comes.
fn server() -> Server {
    Server::with(|engine, _| engine.patience = Patience { quiet: Elapsed::from_micros(300_000), ..Patience::default() })
}

fn send(server: &Server, request: &Request) {
    if request.is_grpc() {
        let outcome = server.runtime.block_on(async {
            let body = grpc::framed(&request.unpacked(), false);
            grpc::Client::connect(server.address).await.call(&request.path, &[], body).await
        });
        assert_eq!((outcome.code, outcome.body.len()), (0, 0), "{outcome:?}");
        return;
    }
    let mut headers = vec![("Content-Type", request.content_type.as_str())];
    if request.packed {
        headers.push(("Content-Encoding", "gzip"));
    }
    let body = if request.packed { request.gzipped() } else { request.unpacked() };
    let answer = server.ask("POST", &request.path, &headers, &body);
    assert_eq!((answer.status, answer.text().trim_matches(['{', '}'])), (200, ""), "nothing is rejected: {answer:?}");
}

/// A row, and the verdict behind it.
struct Shown {
    row: Value,
    verdict: Value,
}

impl Shown {
    fn tools(&self) -> Vec<(String, Value)> {
        let items = self.verdict["tools"]["items"].as_array().into_iter().flatten();
        items.map(|item| (item["name"].as_str().unwrap_or_default().to_owned(), item["input"].clone())).collect()
    }

    fn outcome(&self) -> &str {
        self.row["outcome"]["state"].as_str().unwrap_or_default()
    }

    /// Tokens in and out, when the sender counted them.
    fn tokens(&self) -> Option<(u64, u64)> {
        let usage = &self.row["usage"];
        let counted = usage["estimated"] != true;
        usage["input_tokens"].as_u64().zip(usage["output_tokens"].as_u64()).filter(|_| counted)
    }
}

/// All rows by the trace they are named for.
fn rows(server: &Server) -> BTreeMap<String, Shown> {
    let listed = server.get("/api/traces?limit=1000").json();
    let rows = listed["traces"].as_array().unwrap().iter().map(|row| {
        let id = row["trace_id"].as_str().unwrap().to_owned();
        let verdict = server.get(&format!("/api/analysis/{id}")).json();
        (id, Shown { row: row.clone(), verdict })
    });
    rows.collect()
}

/// Letters only: `OpenAI Agents SDK` and `openaiagentssdk` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whole numbers as the fractions they are equal to: `25` and `25.0` are the same argument.
fn levelled(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), levelled(value))).collect(),
        other => other.clone(),
    }
}

/// What is wrong with what is shown of a run.
fn faults(recording: &Recording, shown: &[&Shown]) -> Vec<String> {
    let [shown] = shown else { return vec![format!("{} rows instead of one", shown.len())] };
    let (mut faults, happened) = (Vec::new(), &recording.happened);
    let untold = |what| recording.untold.contains_key(what);
    let framework = shown.row["framework"].as_str().unwrap_or("none");
    if !recording.framework.contains(&plain(framework)) {
        faults.push(format!("framework {framework}"));
    }

    let told = (happened.told.input_tokens, happened.told.output_tokens);
    match shown.tokens() {
        None if untold("tokens") => {}
        Some(counted) if counted == told && !untold("tokens") => {}
        // A sender that tells of some calls only; nobody can tell more than there was.
        Some((input, output)) if untold("tokens") && input < told.0 && output < told.1 => {}
        counted => faults.push(format!("tokens {counted:?} instead of {told:?}")),
    }

    let tools = shown.tools();
    let names: Vec<&str> = tools.iter().map(|(name, _)| name.rsplit('-').next().unwrap_or_default()).collect();
    let called = happened.tools.iter().map(|call| &call.name).chain(&recording.closing).map(String::as_str);
    let called: Vec<&str> = called.filter(|_| !untold("tools")).collect();
    if names != called {
        faults.push(format!("tools {names:?} instead of {called:?}"));
    }
    for ((name, input), call) in tools.iter().zip(&happened.tools) {
        let right = if untold("arguments") { input.is_null() } else { levelled(input) == levelled(&call.arguments) };
        if !right {
            faults.push(format!("{name} called with {input} instead of {}", call.arguments));
        }
    }

    let outcome = shown.outcome();
    let agrees = match happened.error {
        Some(_) => (outcome == "failed") != untold("outcome"),
        None => outcome != "failed",
    };
    if !agrees {
        faults.push(format!("outcome {outcome} of a run that {}", happened.error.as_deref().unwrap_or("answered")));
    }
    faults
}

/// What is shown of every recording, and rows that belong to none.
fn of_each<'a>(recordings: &[Recording], rows: &'a BTreeMap<String, Shown>) -> (Vec<Vec<&'a Shown>>, Vec<&'a str>) {
    let each: Vec<BTreeSet<String>> = recordings.iter().map(Recording::traces).collect();
    let shown = each.iter().map(|traces| traces.iter().filter_map(|id| rows.get(id)).collect()).collect();
    let nobodys = rows.keys().filter(|id| !each.iter().any(|traces| traces.contains(*id))).map(String::as_str);
    (shown, nobodys.collect())
}

/// Waits until every row is right, or until it is plain that some will not be; then until nothing moves any more. Gives the rows.
fn settled(server: &Server, recordings: &[Recording]) -> BTreeMap<String, Shown> {
    let begun = Instant::now();
    loop {
        let rows = rows(server);
        let (shown, _) = of_each(recordings, &rows);
        let right = recordings.iter().zip(&shown).all(|(recording, shown)| faults(recording, shown).is_empty());
        if right || begun.elapsed() > PATIENCE / 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    wait_for("all runs to be over", || rows(server).values().all(|shown| shown.row["state"] == "done"));
    rows(server)
}

/// Prints what is shown of every recording; gives how many are wrong.
fn table(recordings: &[Recording], rows: &BTreeMap<String, Shown>) -> usize {
    let (shown, nobodys) = of_each(recordings, rows);
    println!("{:44}{:>5}  {:28}{:>6}{:>8}{:>7}  {:9}right?", "recording", "rows", "framework", "tools", "in", "out", "outcome");
    let mut wrong = nobodys.len();
    for (recording, shown) in recordings.iter().zip(&shown) {
        let found = faults(recording, shown);
        wrong += usize::from(!found.is_empty());
        let verdict = match (found.as_slice(), recording.untold.keys().collect::<Vec<_>>().as_slice()) {
            ([], []) => "yes".to_owned(),
            ([], untold) => format!("yes; the sender does not tell {untold:?}"),
            (found, _) => format!("NO: {}", found.join("; ")),
        };
        let first = shown.first();
        let tokens = first.and_then(|shown| shown.tokens());
        let number = |of: Option<u64>| of.map_or_else(|| "-".to_owned(), |number| number.to_string());
        println!(
            "{:44}{:>5}  {:28}{:>6}{:>8}{:>7}  {:9}{verdict}",
            recording.name,
            shown.len(),
            first.and_then(|shown| shown.row["framework"].as_str()).unwrap_or("-"),
            number(first.and_then(|shown| shown.row["tool_calls"].as_u64())),
            number(tokens.map(|(input, _)| input)),
            number(tokens.map(|(_, output)| output)),
            first.map_or("-", |shown| shown.outcome()),
        );
    }
    nobodys.iter().for_each(|id| println!("{id}: a row of no recording"));
    wrong
}

#[test]
fn every_recorded_run_is_one_row_that_says_what_happened() {
    let (server, recordings) = (server(), recordings());
    for recording in &recordings {
        recording.requests.iter().for_each(|request| send(&server, request));
    }
    let rows = settled(&server, &recordings);
    let wrong = table(&recordings, &rows);
    assert_eq!(wrong, 0, "see the table");
}

#[test]
fn all_at_once_and_backwards_gives_the_same_rows() {
    let (server, recordings) = (server(), recordings());
    let longest = recordings.iter().map(|recording| recording.requests.len()).max().unwrap();
    assert!(longest > 3, "some run came in several requests, else nothing is mixed");
    for turn in (0..longest).rev() {
        recordings.iter().rev().filter_map(|recording| recording.requests.get(turn)).for_each(|request| send(&server, request));
    }
    let rows = settled(&server, &recordings);
    let wrong = table(&recordings, &rows);
    assert_eq!(wrong, 0, "see the table");
}
