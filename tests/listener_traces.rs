//! Traces over a real socket: sent, read back, listed, forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;
#[path = "support/http.rs"]
mod http;

use bodies::{failed, good};
use http::{Server, wait_for};
use serde_json::{Value, json};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_trace_is_received_and_can_be_read_back_at_once() {
    let server = Server::start();
    let body = failed("refund-bot", "run-1");
    let answer = server.post("/api/trace", body.to_string());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "trace_id": "run-1", "status": "received", "next": "/api/analysis/run-1" }));
    assert_eq!(answer.header("content-type"), Some("application/json"));

    let shown = server.get("/api/trace/run-1").json();
    assert_eq!(shown["trace"], body, "the trace comes back as sent");
    assert_eq!(shown["verdict"]["agent_id"], "refund-bot");
    assert_eq!(server.get("/api/trace/run-1?raw").body, body.to_string().into_bytes(), "and byte for byte");

    let verdict = server.get("/api/analysis/run-1");
    assert_eq!(verdict.status, 200);
    let verdict = verdict.json();
    for field in
        ["trace_id", "reliability_score", "grade", "cost_per_run", "framework", "issues", "tool_accuracy", "outcome", "failures", "leaks"]
    {
        assert!(verdict.get(field).is_some(), "{field} is missing in {verdict}");
    }
    assert_eq!(verdict["outcome"]["state"], "failed");
    assert_eq!(verdict["tools"]["items"][0]["input"], json!({ "amount": "12,50" }), "arguments come from the body");
    assert_eq!(verdict, shown["verdict"]);
}

#[test]
fn an_id_is_made_where_none_is_sent() {
    let server = Server::start();
    let first = server.take(&json!({ "agent_id": "me", "output": "hi" }));
    let second = server.take(&json!({ "agent_id": "me", "output": "hi" }));
    assert_ne!(first, second);
    assert_eq!(first.len(), 36, "a UUID: {first}");
    assert_eq!(server.get(&format!("/api/analysis/{first}")).json()["trace_id"], first);
}

#[test]
fn an_array_is_taken_item_by_item() {
    let server = Server::start();
    let body = json!([good("a", "one"), 7, good("a", "two"), { "nothing": "known" }, good("a", "three")]);
    let answer = server.post("/api/trace", body.to_string());
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let ids: Vec<&str> = answer["traces"].as_array().unwrap().iter().map(|trace| trace["trace_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two", "three"]);
    let rejected = answer["rejected"].as_array().unwrap();
    assert_eq!(rejected.iter().map(|item| item["index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 3]);
    assert!(rejected.iter().all(|item| item["error"] == "TraceValidationError" && item["message"].as_str().is_some()), "{rejected:?}");
    assert_eq!(server.get("/api/summary").json()["traces"], 3);
    let refusals = server.engine.refusals();
    assert_eq!((refusals.accepted, refusals.refused), (3, 2));
    assert!(refusals.last[0].message.contains("item 1 of 5"), "{refusals:?}");
}

#[test]
fn arrays_of_one_and_of_none_are_answered_as_arrays() {
    let server = Server::start();
    let answer = server.post("/api/trace", json!([good("a", "one")]).to_string()).json();
    assert_eq!((answer["traces"].as_array().unwrap().len(), answer["rejected"].as_array().unwrap().len()), (1, 0));
    let answer = server.post("/api/trace", "[]");
    assert_eq!((answer.status, answer.json()), (200, json!({ "traces": [], "rejected": [] })));
}

#[test]
fn json_lines_with_a_bad_line_lose_only_that_line() {
    let server = Server::start();
    let body = format!("{}\n{{\"agent_id\": \n{}\n\n{}\n", good("a", "one"), good("a", "two"), good("a", "three"));
    let answer = server.ask("POST", "/api/trace", &[("Content-Type", "application/x-ndjson")], body.as_bytes());
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(answer["traces"].as_array().unwrap().len(), 3, "{answer}");
    assert_eq!(answer["rejected"][0]["index"], 1);
}

#[test]
fn a_large_batch_keeps_its_order() {
    let server = Server::start();
    let lines: String = (0..3_000).map(|number| format!("{}\n", good("a", &format!("run-{number}")))).collect();
    let answer = server.post("/api/trace", lines).json();
    let traces = answer["traces"].as_array().unwrap();
    assert_eq!((traces.len(), answer["rejected"].as_array().unwrap().len()), (3_000, 0));
    assert!(traces.iter().enumerate().all(|(index, trace)| trace["trace_id"] == format!("run-{index}") && trace["index"] == index));
    let newest = server.get("/api/traces?limit=1").json();
    assert_eq!(newest["traces"][0]["trace_id"], "run-2999", "the last of the batch is the newest");
}

#[test]
fn packed_bodies_are_unpacked() {
    let server = Server::start();
    let plain = |id: &str| good("a", id).to_string().into_bytes();
    for (encoding, id, body) in [
        ("gzip", "g", gzip(&plain("g"))),
        ("deflate", "d", zlib(&plain("d"))),
        ("zstd", "z", zstd::bulk::compress(&plain("z"), 1).unwrap()),
        ("identity", "i", plain("i")),
    ] {
        let answer = server.ask("POST", "/api/trace", &[("Content-Encoding", encoding)], &body);
        assert_eq!(answer.status, 200, "{encoding}: {answer:?}");
        assert_eq!(server.get(&format!("/api/trace/{id}?raw")).body, plain(id), "what is stored is what was packed");
    }
    let damaged = server.ask("POST", "/api/trace", &[("Content-Encoding", "gzip")], b"not gzip at all");
    assert_eq!((damaged.status, damaged.error().as_str()), (400, "TraceValidationError"));
}

#[test]
fn chunked_bodies_are_understood() {
    let server = Server::start();
    let body = good("a", "chunked").to_string();
    let (first, second) = body.split_at(20);
    let chunked = format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    let answer = server.ask("POST", "/api/trace", &[("Transfer-Encoding", "chunked")], chunked.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn the_same_body_again_is_the_same_trace_and_another_body_replaces_it() {
    let server = Server::start();
    for _ in 0..2 {
        assert_eq!(server.post("/api/trace", good("a", "one").to_string()).status, 200);
    }
    assert_eq!(server.get("/api/summary").json()["traces"], 1);
    assert_eq!(server.post("/api/trace", failed("a", "one").to_string()).status, 200);
    assert_eq!(server.get("/api/summary").json()["traces"], 1, "counted once");
    let row = &server.get("/api/traces").json()["traces"][0];
    assert_eq!((row["revision"].as_u64(), row["outcome"]["state"].as_str()), (Some(2), Some("failed")));
}

#[test]
fn ids_of_any_kind_are_percent_encoded_in_paths() {
    let server = Server::start();
    for id in ["a/b", "what? #1 100%", "ünï 😀", "line\nbreak", "..", "a+b&c=d"] {
        let answer = server.post("/api/trace", good("a", id).to_string()).json();
        let next = answer["next"].as_str().unwrap();
        assert!(next.starts_with("/api/analysis/") && !next["/api/analysis/".len()..].contains('/'), "{next}");
        assert_eq!(server.get(next).json()["trace_id"], id);
    }
    let long = "x".repeat(10_000);
    let answer = server.post("/api/trace", good("a", &long).to_string());
    assert_eq!((answer.status, answer.error().as_str()), (400, "TraceValidationError"));
    assert!(answer.message().contains("trace_id") && answer.message().len() < 500, "{}", answer.message());
    assert_eq!(server.get(&format!("/api/trace/{long}")).status, 400);
    assert_eq!(server.get("/api/trace/%e2%28").status, 400);
}

#[test]
fn what_is_not_a_trace_is_refused_with_its_place() {
    let server = Server::start();
    for (body, part) in [
        ("", ""),
        ("   ", ""),
        ("hello", ""),
        ("{\"agent_id\": \"a\"", ""),
        ("7", ""),
        ("{}", ""),
        ("{\"colour\": \"blue\"}", ""),
        ("{\"agent_id\": \"a\", \"output\": NaN}", "NaN"),
        ("{\"agent_id\": \"a\", \"llm_calls\": [{}, {\"input_tokens\": \"many\"}]}", "llm_calls[1].input_tokens"),
        ("{\"agent_id\": \"a\", \"llm_calls\": [{\"input_tokens\": -5}]}", "input_tokens"),
        ("{\"agent_id\": \"a\", \"success\": \"\\u001b[2J\u{202e}\u{9b}\"}", "success"),
    ] {
        let answer = server.post("/api/trace", body);
        assert_eq!((answer.status, answer.error().as_str()), (400, "TraceValidationError"), "{body:?}");
        assert!(answer.message().contains(part), "{body:?}: {}", answer.message());
        let raw = answer.text();
        assert!(!raw.chars().any(|character| character.is_control() || character == '\u{202e}'), "{raw:?}");
    }
    let invalid = server.post("/api/trace", b"{\"agent_id\": \"\xff\xfe\"}");
    assert_eq!(invalid.status, 400, "{invalid:?}");
    let deep = format!("{{\"agent_id\":\"a\",\"input\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(server.post("/api/trace", deep).status, 400);
    assert_eq!(server.get("/api/summary").json()["traces"], 0);
    assert!(server.engine.refusals().refused >= 13);
}

#[test]
fn hostile_text_reaches_no_answer_raw_and_is_not_lost() {
    let server = Server::start();
    let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}txt.exe\u{2066}\u{200b}";
    let mut body = failed(hostile, "hostile");
    body["error"]["message"] = hostile.into();
    body["output"] = hostile.into();
    server.take(&body);
    for path in ["/api/trace/hostile", "/api/analysis/hostile", "/api/traces", "/api/agents", "/api/patterns", "/api/trends"] {
        let text = server.get(path).text();
        let acts =
            |character: char| character.is_control() || matches!(character, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.chars().any(acts), "{path}: {text:?}");
    }
    assert_eq!(server.get("/api/trace/hostile").json()["trace"]["output"], hostile);
    assert_eq!(server.get("/api/traces").json()["traces"][0]["agent_id"], hostile);
}

#[test]
fn lists_are_newest_first_filtered_and_paged() {
    let server = Server::start();
    for number in 0..25 {
        server.take(&if number % 5 == 0 { failed("b", &format!("run-{number}")) } else { good("a", &format!("run-{number}")) });
    }
    let first = server.get("/api/traces?limit=10").json();
    let ids = |page: &Value| {
        page["traces"].as_array().unwrap().iter().map(|row| row["trace_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first)[0], "run-24");
    let mut all = ids(&first);
    let mut next = first["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = server.get(&format!("/api/traces?limit=10&after={cursor}")).json();
        all.extend(ids(&page));
        next = page["next"].clone();
    }
    assert_eq!(all, (0..25).rev().map(|number| format!("run-{number}")).collect::<Vec<_>>());

    let filtered = server.get("/api/traces?where=agent:b").json();
    assert_eq!(ids(&filtered), ["run-20", "run-15", "run-10", "run-5", "run-0"]);
    let page = server.get("/api/traces?where=agent:b&limit=2").json();
    assert_eq!(ids(&page), ["run-20", "run-15"]);
    let page = server.get(&format!("/api/traces?where=agent:b&limit=3&after={}", page["next"].as_str().unwrap())).json();
    assert_eq!(ids(&page), ["run-10", "run-5", "run-0"]);

    let row = &filtered["traces"][0];
    for field in ["trace_id", "agent_id", "timestamp", "grade", "success_probability", "cost"] {
        assert!(row.get(field).is_some(), "{field} is missing in {row}");
    }
}

#[test]
fn a_sorted_list_can_be_paged_as_well() {
    let server = Server::start();
    for number in 0..7 {
        let mut body = good("a", &format!("run-{number}"));
        body["execution_time"] = json!(f64::from((number * 3) % 7));
        server.take(&body);
    }
    let mut took = Vec::new();
    let mut path = "/api/traces?where=sort:-took&limit=3".to_owned();
    loop {
        let page = server.get(&path).json();
        took.extend(page["traces"].as_array().unwrap().iter().map(|row| row["took_ms"].as_f64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/traces?where=sort:-took&limit=3&after={next}");
    }
    assert_eq!(took, [6000.0, 5000.0, 4000.0, 3000.0, 2000.0, 1000.0, 0.0]);
    let limited = server.get("/api/traces?where=limit:2").json();
    assert_eq!((limited["traces"].as_array().unwrap().len(), limited["next"].clone()), (2, Value::Null));
}

#[test]
fn lists_filtered_by_bodies_are_paged_and_sorted() {
    let server = Server::start();
    for number in 0..30 {
        let mut body = good("a", &format!("run-{number}"));
        body["execution_time"] = json!(f64::from((number * 7) % 30));
        body["output"] = json!(if number % 3 == 0 { "on its way to Köln" } else { "delivered" });
        server.take(&body);
    }
    let pages = |filter: &str| {
        let mut all = Vec::new();
        let mut path = format!("/api/traces?where={filter}&limit=4");
        loop {
            let page = server.get(&path).json();
            let rows = page["traces"].as_array().unwrap();
            assert!(rows.len() <= 4);
            all.extend(rows.iter().map(|row| row["trace_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { return all };
            path = format!("/api/traces?where={filter}&limit=4&after={next}");
        }
    };
    let expected: Vec<String> = (0..30).rev().filter(|number| number % 3 == 0).map(|number| format!("run-{number}")).collect();
    assert_eq!(pages("text:k%C3%B6ln"), expected);
    let mut slowest: Vec<u32> = (0..30).filter(|number| number % 3 == 0).collect();
    slowest.sort_by_key(|number| std::cmp::Reverse((number * 7) % 30));
    let slowest: Vec<String> = slowest.into_iter().map(|number| format!("run-{number}")).collect();
    assert_eq!(pages("text:k%C3%B6ln+sort:-took"), slowest);
    assert_eq!(pages("text:k%C3%B6ln+limit:6"), expected[..6]);
    assert_eq!(pages("sort:time").len(), 30);
}

#[test]
fn a_bad_filter_points_at_the_column() {
    let server = Server::start();
    let answer = server.get("/api/traces?where=agent:a+colour:blue");
    assert_eq!((answer.status, answer.error().as_str()), (400, "BadRequest"));
    assert!(answer.message().contains("column 9"), "{}", answer.message());
    for path in ["/api/traces?limit=0", "/api/traces?limit=1001", "/api/traces?after=x", "/api/traces?wheer=x", "/api/traces?where=%zz"] {
        assert_eq!(server.get(path).error(), "BadRequest", "{path}");
    }
}

#[test]
fn a_forgotten_trace_is_gone_from_everything() {
    let server = Server::start();
    server.take(&failed("a", "one"));
    server.take(&good("a", "two"));
    let answer = server.ask("DELETE", "/api/trace/one", &[], b"");
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("forgotten")));
    for path in ["/api/trace/one", "/api/analysis/one", "/api/scenarios/one"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.error().as_str()), (404, "NotFound"), "{path}");
        assert_eq!(answer.json()["trace_id"], "one");
    }
    assert_eq!(server.ask("DELETE", "/api/trace/one", &[], b"").status, 404);
    assert_eq!(server.get("/api/summary").json()["traces"], 1);
}

#[test]
fn requests_on_one_connection_are_answered_in_order() {
    let server = Server::start();
    let mut client = server.connect();
    let mut bytes = Vec::new();
    for number in 0..20 {
        let body = good("a", &format!("run-{number}")).to_string();
        bytes.extend(client.head("POST", "/api/trace", &[], Some(body.len())).into_bytes());
        bytes.extend(body.into_bytes());
    }
    client.say(bytes);
    for number in 0..20 {
        assert_eq!(client.answer(false).json()["trace_id"], format!("run-{number}"));
    }
}

#[test]
fn many_senders_at_once_lose_nothing() {
    let server = Server::start();
    std::thread::scope(|scope| {
        for sender in 0..16 {
            let server = &server;
            scope.spawn(move || {
                let mut client = server.connect();
                for number in 0..25 {
                    let body = good("a", &format!("{sender}-{number}")).to_string();
                    assert_eq!(client.ask("POST", "/api/trace", &[], body.as_bytes()).status, 200);
                }
            });
        }
    });
    assert_eq!(server.get("/api/summary").json()["traces"], 400);
    assert_eq!(server.engine.refusals().accepted, 400);
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
}
