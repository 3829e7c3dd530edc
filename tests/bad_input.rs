//! Bad input against the real program: nothing crashes or hangs, what was acknowledged stays, and every refusal says what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
#[path = "support/terminal.rs"]
#[allow(dead_code, unreachable_pub)]
mod terminal;
use support::{Server, program, request, run_with_input};
use terminal::Terminal;

/// A title, a cleared screen, a colour by its one-byte code, text that runs backwards, an isolate, a character of no width.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}txt.exe\u{2066}\u{200b}";

fn post(server: &Server, body: &Value) -> (u16, String) {
    request(&server.address, "POST", "/api/trace", body.to_string().as_bytes()).unwrap()
}

/// What a path answers; it has to be there.
fn get(server: &Server, path: &str) -> String {
    let (status, body) = request(&server.address, "GET", path, b"").unwrap();
    assert_eq!(status, 200, "{path}: {}", body.get(..200).unwrap_or(&body));
    body
}

fn get_json(server: &Server, path: &str) -> Value {
    serde_json::from_str(&get(server, path)).unwrap()
}

/// Fails if a text holds what acts on a terminal. Line breaks between lines of text are not raw characters of the sender.
fn assert_harmless(what: &str, text: &str) {
    let acts = |one: char| {
        (one.is_control() && one != '\n') || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(at) = text.find(acts) {
        panic!("{what} holds {:?} raw", text[at..].chars().take(20).collect::<String>());
    }
}

/// A trace with a text in every place that takes one.
fn with_text_everywhere(text: &str) -> Value {
    json!({
        "trace_id": text, "agent_id": text, "session_id": text, "project": text, "domain": text, "framework": text, "input": {text: text},
        "output": text, "success": false, "execution_time": 1, "error": {"type": text, "message": text, "traceback": text, "failed_at_step": 2},
        "tools_available": [{"name": text, "description": text, "parameters": {"type": "object", "required": [text], "properties": {text: {}}}}],
        "llm_calls": [{"step": 1, "provider": text, "model": text, "input_tokens": 5, "output_tokens": 5, "output": text, "error": text,
            "finish_reason": text, "messages": [{"role": text, "content": text}]}],
        "tool_calls": [{"step": 2, "id": text, "name": text, "input": {text: text}, "output": text, "error": text, "success": false,
            "code": {"file": text, "line": 1, "function": text}}],
        "framework_metadata": {text: text}, text: text,
        "trace": {"steps": [{"step": 1, "action": "llm_call", "role": text, "agent": text, "content": text},
            {"step": 2, "action": "tool_call", "tool": text, "role": text, "agent": text, "content": text}]},
    })
}

#[test]
fn bad_bodies_harm_nothing_that_was_acknowledged() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let kept = json!({"trace_id": "kept", "agent_id": "refund-bot", "output": "done", "success": true, "execution_time": 1});
    assert_eq!(post(&server, &kept).0, 200);
    let deep = format!(r#"{{"agent_id":"a","input":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let huge = vec![b'x'; 60_000_000];
    let refused: [(&[u8], u16, &str); 8] = [
        (b"hello", 400, "a trace is sent as a JSON object"),
        (br#"{"agent_id": "a", "output": "x"#, 400, "send it whole"),
        (br#"{"agent_id": {"a": 1}}"#, 400, "agent_id: expected a text"),
        (br#"{"agent_id": "a", "execution_time": NaN}"#, 400, "send null for a number that is not known"),
        (br#"{"agent_id": "a", "llm_calls": [{"input_tokens": -5}]}"#, 400, "llm_calls[0].input_tokens: must not be negative"),
        (b"{\"agent_id\": \"\xff\xfe\"}", 400, "JSON is sent as UTF-8"),
        (deep.as_bytes(), 400, "flatten what is that deep, or leave it out"),
        (&huge, 413, "larger than 16,777,216 bytes; send less in one request"),
    ];
    for (body, status, says) in refused {
        let answer = request(&server.address, "POST", "/api/trace", body).unwrap();
        assert!(answer.0 == status && answer.1.contains(says), "{says:?} is missing: {answer:?}");
    }
    assert_eq!(server.terminate().code(), Some(0));
    let server = Server::start(home.path());
    assert_eq!(get_json(&server, "/api/analysis/kept")["trace_id"], "kept");
    assert_eq!(get_json(&server, "/api/summary")["traces"], 1);
}

#[test]
fn moments_that_cannot_be_believed_become_the_time_of_arrival() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    for year in ["2999", "1970"] {
        let sent = format!("{year}-01-01T00:00:00Z");
        let body = json!({"trace_id": year, "timestamp": sent, "agent_id": "a", "output": "x", "execution_time": 1});
        assert_eq!(post(&server, &body).0, 200);
        let incomplete = get_json(&server, &format!("/api/analysis/{year}"))["incomplete"].to_string();
        assert!(incomplete.contains(&sent) && incomplete.contains("the time of arrival is used"), "{incomplete}");
        let row = &get_json(&server, "/api/traces?limit=1")["traces"][0];
        assert_eq!((&row["trace_id"], &row["timestamp"]), (&json!(year), &row["arrived"]));
    }
}

#[test]
fn hostile_text_in_every_string_is_escaped_in_every_answer() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let (status, receipt) = post(&server, &with_text_everywhere(HOSTILE));
    assert_eq!(status, 200, "{receipt}");
    assert_harmless("the receipt", &receipt);
    let next = serde_json::from_str::<Value>(&receipt).unwrap()["next"].as_str().unwrap().to_owned();
    let id = next.rsplit('/').next().unwrap();
    for path in [&next, &format!("/api/trace/{id}"), &format!("/api/scenarios/{id}")] {
        assert_harmless(path, &get(&server, path));
    }
    for path in ["/api/traces", "/api/agents", "/api/patterns", "/api/costs", "/api/trends", "/api/summary", "/metrics", "/health"] {
        assert_harmless(path, &get(&server, path));
    }
    for (method, path, body) in [
        ("POST", format!("/api/improve/{id}"), json!(null)),
        ("POST", format!("/api/feedback/{id}"), json!({"correct": false, "notes": HOSTILE})),
        ("POST", format!("/api/feedback/{id}"), json!({"correct": HOSTILE})),
        ("POST", "/api/baseline".to_owned(), json!({"name": HOSTILE, "trace_ids": [HOSTILE]})),
        ("POST", "/api/trace".to_owned(), json!({"agent_id": "a", "success": HOSTILE})),
        ("POST", "/api/trace".to_owned(), json!({"agent_id": "a", "trace": {"steps": [{"step": HOSTILE}]}})),
        ("GET", format!("/api/trace/no-{id}"), json!(null)),
        ("GET", format!("/api/traces?where=agent%3D{id}%3Dx&limit={id}"), json!(null)),
        ("GET", format!("/api/compare/{id}/{id}"), json!(null)),
        ("GET", format!("/{id}"), json!(null)),
        ("DELETE", format!("/api/trace/{id}"), json!(null)),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, answer) = request(&server.address, method, &path, body.as_bytes()).unwrap();
        assert!(status < 500 && !answer.is_empty(), "{method} {path}: {status}");
        assert_harmless(&format!("{method} {path}"), &answer);
    }
}

#[test]
fn a_hundred_thousand_steps_are_taken_and_read_back() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let step = |number: u32| json!({"step": number, "action": "tool_call", "tool": "search", "input": {"page": number}, "success": false, "error": "boom"});
    let steps: Vec<Value> = (1..=100_000).map(step).collect();
    let body = json!({"trace_id": "long", "agent_id": "a", "success": false, "trace": {"steps": steps}});
    assert_eq!(post(&server, &body).0, 200);
    assert_eq!(get_json(&server, "/api/analysis/long")["tools"]["calls"], 100_000);
    assert_eq!(get_json(&server, "/api/trace/long")["trace"]["trace"]["steps"].as_array().unwrap().len(), 100_000);
    assert_eq!(get_json(&server, "/api/traces")["traces"][0]["steps"], 100_000);
}

#[test]
fn a_model_of_its_own_at_each_of_many_calls_is_no_burden() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let calls: Vec<Value> =
        (0..60_000).map(|number| json!({"model": format!("model-{number}"), "input_tokens": 10, "output_tokens": 5})).collect();
    assert_eq!(
        post(&server, &json!({"trace_id": "models", "agent_id": "a", "llm_calls": calls})).0,
        200,
        "answered within the patience of a sender"
    );
    assert_eq!(get_json(&server, "/api/analysis/models")["cost"]["unknown"].as_array().unwrap().len(), 60_000);
}

#[test]
fn names_and_values_of_megabytes_are_not_multiplied_by_scenarios() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let large = "x".repeat(2_000_000);
    let call = json!({"name": large, "input": {"query": large, "limit": 5}, "output": large, "error": "bad", "success": false});
    assert_eq!(
        post(&server, &json!({"trace_id": "large", "agent_id": large, "success": false, "input": large, "tool_calls": [call]})).0,
        200
    );
    let scenarios = get(&server, "/api/scenarios/large");
    assert!(scenarios.contains("generated") && scenarios.len() < 500_000, "{} bytes", scenarios.len());
    let (status, fixes) = request(&server.address, "POST", "/api/improve/large", b"").unwrap();
    assert!(status == 200 && fixes.len() < 500_000, "{} bytes", fixes.len());
}

#[test]
fn files_that_hold_no_traces_are_named_with_the_reason() {
    let home = tempfile::tempdir().unwrap();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(&vec![b'x'; 40_000_000]).unwrap();
    let utf16: Vec<u8> = "\u{feff}{\"agent_id\":\"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::create_dir(home.path().join("folder")).unwrap();
    fs::write(home.path().join("bomb.json.gz"), bomb.finish().unwrap()).unwrap();
    fs::write(home.path().join("utf16.json"), utf16).unwrap();
    fs::write(home.path().join("deep.json"), "[".repeat(5_000)).unwrap();
    fs::write(home.path().join(format!("{HOSTILE}.json")), HOSTILE).unwrap();
    for command in ["import", "analyse"] {
        let mut program = program(home.path());
        program.args([command, "bomb.json.gz", "utf16.json", "deep.json", "folder", "nowhere.json"]).arg(format!("{HOSTILE}.json"));
        let output = run_with_input(program, b"");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        for part in ["larger than", "save it as UTF-8", "cut off", "name the files in it", "nowhere.json", "not JSON"] {
            assert!(said.contains(part), "{command}: {part:?} is missing in {said}");
        }
        assert_harmless(command, &said);
    }
}

#[test]
fn garbage_beside_a_trace_changes_neither_the_trace_nor_the_count() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("garbage.json"), "[1]]").unwrap();
    fs::write(home.path().join("good.json"), r#"{"agent_id": "a", "output": "x"}"#).unwrap();
    let mut program = program(home.path());
    program.args(["import", "--json", "garbage.json", "good.json", "garbage.json"]);
    let output = run_with_input(program, b"");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["imported"], 1, "{told}");
    assert_eq!(told["skipped"].as_array().unwrap().len(), 4, "each `1` and each `]`: {told}");
}

#[test]
fn a_store_of_a_newer_program_says_which_to_use() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("newer.redb");
    drop(redb_of_schema(&path, 99));
    let mut command = program(home.path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store", "newer.redb"]);
    let output = run_with_input(command, b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("schema 99") && said.contains("Use the newer program") && said.contains("--store"), "{said}");
}

/// A store as a program of another schema would leave it.
fn redb_of_schema(path: &Path, schema: u64) -> redb::Database {
    let database = redb::Database::create(path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("arc_eval_meta");
    transaction.open_table(table).unwrap().insert("schema", schema).unwrap();
    transaction.commit().unwrap();
    database
}

#[test]
fn an_unknown_theme_is_refused_before_the_screen_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0", "--theme", "dsuk"], home.path(), 120, 24);
    assert_eq!(terminal.wait_for_exit().exit_code(), 2);
    let said = terminal.screen();
    assert!(["dsuk", "dusk", "mono", "terminal"].iter().all(|name| said.contains(name)), "{said}");
    terminal.assert_sane();
    assert!(!home.path().join(".arc-eval/traces.redb").exists(), "nothing was opened");
}

#[test]
fn the_workbench_starts_and_ends_in_a_terminal_of_ten_by_three() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(&["--listen", "127.0.0.1:0"], home.path(), 10, 3);
    terminal.wait_for("small");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_sane();
}

#[test]
fn half_a_request_and_two_hundred_idle_connections_keep_nobody_waiting() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let connect = || std::net::TcpStream::connect(&server.address).unwrap();
    let idle: Vec<_> = (0..200).map(|_| connect()).collect();
    let mut half = connect();
    half.write_all(b"POST /api/trace HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{\"agent_id\":").unwrap();
    let begun = Instant::now();
    assert_eq!(post(&server, &json!({"agent_id": "a", "output": "x"})).0, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    drop((idle, half));
    assert_eq!(get_json(&server, "/api/summary")["traces"], 1, "half a trace is none");
}
