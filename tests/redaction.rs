//! With `redact = true` no sensitive value reaches the disk, by whichever way it comes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

#[path = "support/grpc.rs"]
mod grpc;
#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};
use support::{Server, program, request};

/// What must not be found afterwards, in the forms in which it was sent. Made up, and put together so that no scanner takes them for real.
fn planted() -> Vec<String> {
    let token = ["gh", "p_", "k3Jx9QmZ2vLp8RtWbT5c", "4hUe7YdN1sFg6KwP"].concat();
    [
        "4111 1111 1111 1111",
        "5500000000000004",
        "ana.lima@example.org",
        "Zq8!kfR2vv",
        "DE89370400440532013000",
        "460-89-9847",
        "203.0.113.77",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([token])
    .collect()
}

/// A text with all of them.
fn text() -> String {
    let values = planted();
    format!(
        "card {}, account {}, {} or {}; password = \"{}\", token {}, ssn {}",
        values[0], values[4], values[2], values[6], values[3], values[7], values[5]
    )
}

fn body(id: &str) -> Value {
    let values = planted();
    json!({
        "trace_id": id, "agent_id": "till", "input": text(), "output": format!("done for {}", values[2]), "success": false, "execution_time": 1.5,
        "error": {"type": "ValueError", "message": format!("no card {} for {}", values[0], values[2])},
        "tool_calls": [{"step": 1, "name": "charge", "input": {"card": 5_500_000_000_000_004_u64, "password": values[3]}, "error": format!("refused: {}", values[0])}],
        "llm_calls": [{"step": 2, "model": "gpt-4o", "input_tokens": 4111, "output_tokens": 20, "messages": [{"role": "user", "content": text()}]}],
    })
}

/// One span of a run as OTLP/JSON.
fn span(trace: u8, number: u8, parent: Option<u8>) -> Value {
    let id = |number: u8| format!("{number:02x}").repeat(8);
    json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "till"}}, {"key": "owner", "value": {"stringValue": planted()[2]}}]},
        "scopeSpans": [{"scope": {"name": "made-up"}, "spans": [{
            "traceId": format!("{trace:02x}").repeat(16), "spanId": id(number), "parentSpanId": parent.map_or(String::new(), id),
            "name": "invoke_agent till", "startTimeUnixNano": "1795341600000000000", "endTimeUnixNano": "1795341601000000000",
            "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": if parent.is_some() { "chat" } else { "invoke_agent" }}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
                {"key": "gen_ai.input.messages", "value": {"stringValue": json!([{"role": "user", "parts": [{"type": "text", "content": text()}]}]).to_string()}},
                {"key": "card", "value": {"intValue": "5500000000000004"}},
            ],
            "events": [{"name": "exception", "attributes": [{"key": "exception.message", "value": {"stringValue": format!("no card {}", planted()[0])}}]}],
            "status": {"code": 2, "message": format!("refused: {}", planted()[2])},
        }]}],
    }]})
}

/// The planted values that are on disk below a folder: in the bytes of its files, and in what was packed there.
fn on_disk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(on_disk(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            let mut all = vec![bytes.clone()];
            let magic = [0x28, 0xB5, 0x2F, 0xFD];
            for at in bytes.windows(4).enumerate().filter(|(_, window)| *window == magic).map(|(at, _)| at) {
                let mut unpacked = Vec::new();
                // What merely looks like a beginning fails on the way; what was read until then counts.
                let _ =
                    zstd::stream::read::Decoder::new(&bytes[at..]).map(|decoder| std::io::copy(&mut decoder.single_frame(), &mut unpacked));
                all.push(unpacked);
            }
            for value in planted() {
                if all.iter().any(|bytes| bytes.windows(value.len()).any(|window| window == value.as_bytes())) {
                    found.push(value);
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A home folder with a configuration that redacts, or not.
fn home(redact: bool) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".arc-eval");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), format!("redact = {redact}\nlog = {:?}\n", folder.join("log.txt"))).unwrap();
    home
}

fn post(server: &Server, path: &str, body: &str) -> String {
    let (status, answer) = request(&server.address, "POST", path, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Waits until a trace is there and has so many steps; its trace and verdict.
fn shown(server: &Server, id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let (status, body) = request(&server.address, "GET", &format!("/api/trace/{id}"), b"").unwrap();
        if status == 200 {
            return serde_json::from_str(&body).unwrap();
        }
        assert!(Instant::now() < deadline, "{id}: {status} {body}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends by one of the ways; the id of what was sent.
type Door = fn(&Server, &Path) -> &'static str;

fn by_post(server: &Server, _: &Path) -> &'static str {
    post(server, "/api/trace", &body("post").to_string());
    "post"
}

fn by_batch(server: &Server, _: &Path) -> &'static str {
    post(server, "/api/trace", &json!([body("one"), body("two")]).to_string());
    post(server, "/api/trace", &format!("{}\n{}\n", body("three"), body("four")));
    "four"
}

fn by_import(_: &Server, home: &Path) -> &'static str {
    let file = home.join("traces.jsonl");
    fs::write(&file, format!("{}\n{}\n", body("filed"), span(7, 1, None))).unwrap();
    let output = program(home).arg("import").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_file(file).unwrap();
    "filed"
}

fn by_otlp(server: &Server, _: &Path) -> &'static str {
    // A piece that waits for its run, its run, and a piece that comes later; and a body with spans at the other door.
    post(server, "/v1/traces", &span(1, 2, Some(9)).to_string());
    post(server, "/v1/traces", &span(1, 9, None).to_string());
    post(server, "/v1/traces", &span(1, 3, Some(9)).to_string());
    post(server, "/api/trace", &span(2, 1, None).to_string());
    "01010101010101010101010101010101"
}

fn by_grpc(server: &Server, _: &Path) -> &'static str {
    let request: ExportTraceServiceRequest = serde_json::from_value(span(3, 1, None)).unwrap();
    let framed = grpc::framed(&request.encode_to_vec(), false);
    let address = server.address.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async { grpc::Client::connect(address).await.call(grpc::TRACES, &[], framed).await });
    assert_eq!(outcome.code, 0, "{}", outcome.message);
    "03030303030303030303030303030303"
}

const DOORS: [(&str, Door); 5] = [("post", by_post), ("batch", by_batch), ("import", by_import), ("otlp", by_otlp), ("grpc", by_grpc)];

#[test]
fn nothing_planted_is_on_disk_after_a_kill() {
    for (name, send) in DOORS {
        let home = home(true);
        let server = Server::start(home.path());
        let id = send(&server, home.path());
        let answer = shown(&server, id);
        let redacted = answer["verdict"]["redacted"].as_array().unwrap();
        assert!(redacted.iter().any(|pair| pair[0] == "credit_card" && pair[1].as_u64() > Some(0)), "{name}: {redacted:?}");
        assert_eq!(answer["verdict"]["leaks"], json!([]), "{name}");
        server.kill();
        assert_eq!(on_disk(&home.path().join(".arc-eval")), Vec::<String>::new(), "{name}");
    }
}

/// The control: what looks for the values finds them where they were not taken out.
#[test]
fn all_is_on_disk_as_it_was_sent_where_nothing_is_redacted() {
    for (name, send) in DOORS {
        let home = home(false);
        let server = Server::start(home.path());
        let id = send(&server, home.path());
        shown(&server, id);
        server.kill();
        assert!(on_disk(&home.path().join(".arc-eval")).len() >= 7, "{name}: {:?}", on_disk(&home.path().join(".arc-eval")));
    }
}

#[test]
fn a_program_run_with_tracing_is_redacted_too() {
    let home = home(true);
    let file = home.path().join("traces.jsonl");
    fs::write(&file, body("inside").to_string()).unwrap();
    let output = program(home.path()).args(["run", "--", env!("CARGO_BIN_EXE_arc-eval-tui"), "import"]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_file(file).unwrap();
    assert_eq!(on_disk(&home.path().join(".arc-eval")), Vec::<String>::new());
    let server = Server::start(home.path());
    shown(&server, "inside");
}

#[test]
fn the_same_body_again_is_unchanged_and_ids_and_counts_stay() {
    let home = home(true);
    let server = Server::start(home.path());
    for _ in 0..2 {
        post(&server, "/api/trace", &body("again").to_string());
    }
    let answer = shown(&server, "again");
    assert_eq!(answer["trace"]["trace_id"], "again");
    assert_eq!(answer["trace"]["llm_calls"][0]["input_tokens"], 4111);
    assert_eq!(answer["trace"]["tool_calls"][0]["input"], json!({"card": "[redacted credit_card]", "password": "[redacted secret]"}));
    let (_, traces) = request(&server.address, "GET", "/api/traces", b"").unwrap();
    let traces: Value = serde_json::from_str(&traces).unwrap();
    assert_eq!(traces["traces"].as_array().unwrap().len(), 1);
    // Judged anew, it still knows what was taken out.
    post(&server, "/api/feedback/again", r#"{"correct": true}"#);
    assert_eq!(shown(&server, "again")["verdict"]["redacted"], answer["verdict"]["redacted"]);
}
