//! Everything else over a real socket: feedback, baselines, comparison, reports, repair, events, health, metrics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;
#[path = "support/http.rs"]
mod http;

use bodies::{failed, good};
use http::Server;
use serde_json::{Value, json};

/// Three good runs and one failed one of agent `a`, one good one of agent `b`.
fn with_runs() -> Server {
    let server = Server::start();
    for id in ["one", "two", "three"] {
        server.take(&good("a", id));
    }
    server.take(&failed("a", "bad"));
    server.take(&good("b", "other"));
    server
}

#[test]
fn feedback_moves_the_score_of_the_agent_and_can_be_taken_back() {
    let server = with_runs();
    let answer = server.post("/api/feedback/bad", json!({ "correct": true, "score": 5, "notes": "it was fine" }).to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    assert_eq!((answer["status"].as_str(), answer["impact"].as_str()), (Some("feedback recorded"), Some("reliability score updated")));
    let (before, after) = (answer["before"].as_f64().unwrap(), answer["after"].as_f64().unwrap());
    assert!(after > before + 10.0, "{before} to {after}");
    let verdict = server.get("/api/analysis/bad").json();
    assert_eq!((verdict["success_probability"].as_f64(), verdict["outcome"]["source"].as_str()), (Some(0.98), Some("feedback")));
    assert_eq!(verdict["doubtful"], false, "what a person has judged is not in doubt");
    let row = &server.get("/api/traces?where=is:voted").json()["traces"][0];
    assert_eq!(row["doubtful"], false);
    assert_eq!((row["trace_id"].as_str(), row["feedback"]["notes"].as_str()), (Some("bad"), Some("it was fine")));

    let wrong = server.post("/api/feedback/bad", json!({ "correct": false }).to_string()).json();
    assert_eq!(server.get("/api/analysis/bad").json()["success_probability"], 0.02);
    assert!(wrong["after"].as_f64().unwrap() < after);

    let cleared = server.post("/api/feedback/bad", json!({ "clear": true }).to_string()).json();
    assert_eq!(cleared["status"], "feedback cleared");
    assert_eq!(cleared["after"].as_f64().unwrap(), before, "as if nothing had been said");
}

#[test]
fn feedback_stays_with_a_trace_that_is_sent_again() {
    let server = with_runs();
    server.post("/api/feedback/one", json!({ "correct": false }).to_string());
    let mut body = good("a", "one");
    body["output"] = "done, after a while".into();
    server.take(&body);
    let verdict = server.get("/api/analysis/one").json();
    assert_eq!((verdict["success_probability"].as_f64(), verdict["outcome"]["reported"].as_bool()), (Some(0.02), Some(true)));
}

#[test]
fn feedback_that_makes_no_sense_is_refused() {
    let server = with_runs();
    for body in [
        "",
        "{}",
        "{\"score\": 6}",
        "{\"score\": 0}",
        "{\"correct\": \"yes\"}",
        "{\"corect\": true}",
        "[]",
        "{\"clear\": true, \"correct\": true}",
        "not json",
    ] {
        let answer = server.post("/api/feedback/one", body);
        assert_eq!((answer.status, answer.error().as_str()), (400, "BadRequest"), "{body}");
    }
    assert!(server.post("/api/feedback/one", "{\"correct\": \"yes\"}").message().contains("correct"));
    let answer = server.post("/api/feedback/nobody", "{\"correct\": true}");
    assert_eq!((answer.status, answer.json()["trace_id"].as_str()), (404, Some("nobody")));
}

#[test]
fn baselines_are_made_in_each_way_and_compared_with() {
    let server = with_runs();
    let plain = server.post("/api/baseline", json!(["one", "two", "one"]).to_string());
    assert_eq!((plain.status, plain.json()["traces"].as_u64()), (200, Some(2)), "{plain:?}");
    let named = server.post("/api/baseline", json!({ "name": "before the fix", "where": "agent:a" }).to_string()).json();
    assert_eq!((named["traces"].as_u64(), named["name"].as_str()), (Some(4), Some("before the fix")));
    let agent = server.post("/api/baseline", json!({ "name": "b", "agent": "b" }).to_string()).json();
    assert_eq!(agent["traces"], 1);

    let comparison = server.get("/api/compare/before%20the%20fix/today");
    assert_eq!(comparison.status, 200, "{comparison:?}");
    let comparison = comparison.json();
    assert_eq!(comparison["before"], "before the fix");
    let measures: Vec<&str> = comparison["lines"].as_array().unwrap().iter().map(|line| line["measure"].as_str().unwrap()).collect();
    for measure in ["reliability", "cost_per_run", "tool_success", "latency", "checks"] {
        assert!(measures.contains(&measure), "{measures:?}");
    }
    let id = plain.json()["baseline_id"].as_str().unwrap().to_owned();
    let lines = server.get(&format!("/api/compare/{id}/b")).json();
    assert_eq!(lines["lines"][0]["measure"], "reliability");
    assert_eq!(server.get("/api/compare/yesterday/today").status, 200);
    let missing = server.get("/api/compare/nothing/today");
    assert_eq!((missing.status, missing.error().as_str()), (404, "NotFound"));
}

#[test]
fn baselines_that_make_no_sense_are_refused() {
    let server = with_runs();
    for body in [
        "",
        "7",
        "[]",
        "[7]",
        "{}",
        "{\"name\": \"x\"}",
        "{\"where\": \"agent:nobody\"}",
        "{\"where\": \"colour:blue\"}",
        "{\"trace_ids\": [\"one\"], \"where\": \"agent:a\"}",
        "{\"name\": \"today\", \"trace_ids\": [\"one\"]}",
        "{\"nam\": \"x\", \"trace_ids\": [\"one\"]}",
    ] {
        let answer = server.post("/api/baseline", body);
        assert_eq!((answer.status, answer.error().as_str()), (400, "BadRequest"), "{body}: {answer:?}");
    }
    assert_eq!(server.post("/api/baseline", "[\"one\", \"nobody\"]").status, 404);
    assert_eq!(server.post("/api/baseline", "{\"agent\": \"nobody\"}").status, 404);
}

#[test]
fn reports_tell_what_the_panes_show() {
    let server = with_runs();
    let agents = server.get("/api/agents").json();
    assert_eq!(agents["window"], "auto");
    let a = agents["agents"].as_array().unwrap().iter().find(|agent| agent["agent"] == "a").unwrap().clone();
    assert_eq!((a["runs"].as_u64(), a["total_runs"].as_u64(), a["grade"]["runs"].as_u64()), (Some(4), Some(4), Some(4)));
    let interval = &a["grade"]["interval"];
    for told in ["changes", "repeated", "taught", "reported_ok", "doubtful", "trend_same_tasks"] {
        assert!(a.get(told).is_some(), "{told} is missing\n{a}");
    }
    assert_eq!((a["changes"].as_array().map(Vec::len), a["taught"].is_null()), (Some(0), true), "nothing is made up");
    let (low, score, high) = (interval["low"].as_f64().unwrap(), a["grade"]["score"].as_f64().unwrap(), interval["high"].as_f64().unwrap());
    assert!(low < score && score < high && high <= 100.0, "{a}");

    let trends = server.get("/api/trends?window=day").json();
    let points = trends["agents"][0]["series"].as_array().unwrap();
    assert_eq!(points.len(), 24);

    let costs = server.get("/api/costs?window=day&by=agent").json();
    assert_eq!((costs["runs"].as_u64(), costs["unpriced_runs"].as_u64()), (Some(5), Some(5)), "no cost is known, and none is made up");
    assert_eq!(costs["total"], 0.0);
    assert_eq!(server.get("/api/costs?by=colour").error(), "BadRequest");
    assert_eq!(server.get("/api/agents?window=year").error(), "BadRequest");

    let patterns = server.get("/api/patterns").json();
    let pattern = &patterns["patterns"][0];
    assert_eq!(pattern["runs"], 1, "{patterns}");
    assert!(pattern["fingerprint"].as_str().is_some_and(|fingerprint| fingerprint.len() == 16), "{pattern}");

    let summary = server.get("/api/summary").json();
    assert_eq!(
        (summary["traces"].as_u64(), summary["agents"].as_u64(), summary["runs_today"].as_u64()),
        (Some(5), Some(2), Some(5)),
        "{summary}"
    );
    assert!(summary["grade"]["score"].as_f64().is_some());
}

#[test]
fn an_empty_store_says_that_nothing_is_known() {
    let server = Server::start();
    let summary = server.get("/api/summary").json();
    assert_eq!((summary["traces"].as_u64(), &summary["grade"], &summary["last"]), (Some(0), &Value::Null, &Value::Null));
    assert_eq!(server.get("/api/agents").json()["agents"], json!([]));
    assert_eq!(server.get("/api/traces").json(), json!({ "traces": [], "next": null }));
    assert_eq!(server.get("/api/patterns").json()["patterns"], json!([]));
    for window in ["auto", "hour", "day", "week", "fortnight", "all"] {
        assert_eq!(server.get(&format!("/api/costs?window={window}")).json()["runs"], 0, "{window}");
    }
    let comparison = server.get("/api/compare/yesterday/today").json();
    assert_eq!(comparison["lines"][0]["change"], Value::Null);
}

#[test]
fn scenarios_and_fixes_come_from_failures_only() {
    let server = with_runs();
    let none = server.get("/api/scenarios/one");
    assert_eq!((none.status, none.json()), (200, json!({ "generated": 0, "scenarios": [], "message": "No failures to learn from" })));
    let some = server.get("/api/scenarios/bad").json();
    assert!(some["generated"].as_u64().unwrap() > 0, "{some}");
    assert_eq!(some["generated"].as_u64().unwrap() as usize, some["scenarios"].as_array().unwrap().len());
    let fixes = server.post("/api/improve/bad", "").json();
    let list = fixes["fixes"].as_array().unwrap();
    assert!((1..=3).contains(&list.len()), "{fixes}");
    for field in ["id", "title", "kind", "file", "diff", "snippet", "why", "evidence", "covers", "impact", "confidence", "verified"] {
        assert!(list[0].get(field).is_some(), "{field} is missing in {}", list[0]);
    }
    assert_eq!(list[0]["kind"], "guidance");
    let well = server.post("/api/improve/one", "").json();
    assert_eq!((well["fixes"].clone(), well["estimated_impact"].clone()), (json!([]), Value::Null));
    assert_eq!(server.post("/api/improve/nobody", "").status, 404);
}

#[test]
fn events_tell_each_trace_verdict_and_new_pattern() {
    let server = Server::start();
    let mut events = server.connect();
    let head = events.head("GET", "/api/events", &[("Accept", "text/event-stream")], None);
    events.say(head);
    let (status, headers) = events.answer_head();
    assert_eq!(status, 200);
    assert!(headers.iter().any(|(name, value)| name == "content-type" && value == "text/event-stream"), "{headers:?}");
    events.until("listening");
    server.take(&failed("a", "bad"));
    let told = events.until("event: pattern");
    assert!(told.contains("event: trace\nid: 1\ndata: {\"sequence\":1,\"trace_id\":\"bad\""), "{told}");
    server.post("/api/feedback/bad", "{\"correct\": true}");
    events.until("event: verdict");
    server.take(&failed("a", "again"));
    let told = events.until("\"trace_id\":\"again\"");
    assert_eq!(told.matches("event: pattern").count(), 1, "a pattern is new once: {told}");
}

#[test]
fn an_event_stream_shows_that_it_lives_and_says_what_it_missed() {
    let server = Server::with(|_, listener| listener.limits.heartbeat = std::time::Duration::from_millis(50));
    let mut events = server.connect();
    let head = events.head("GET", "/api/events", &[], None);
    events.say(head);
    events.until(": heartbeat");
    // Far more news than is kept for a reader that does not read; each line alone would fit the system's buffers.
    let long = "x".repeat(400);
    for part in 0..8 {
        let lines: String = (0..5_000).map(|number| format!("{}\n", good(&format!("{long}{part}"), &format!("{part}-{number}")))).collect();
        assert_eq!(server.post("/api/trace", lines).status, 200);
    }
    let told = events.until("event: missed");
    assert!(told.contains("data: {\"missed\":"), "{}", &told[told.len() - 200..]);
}

#[test]
fn event_streams_are_bounded() {
    let server = Server::with(|_, listener| listener.limits.streams = 1);
    let mut first = server.connect();
    let head = first.head("GET", "/api/events", &[], None);
    first.say(head);
    first.until("listening");
    let second = server.get("/api/events");
    assert_eq!((second.status, second.error().as_str()), (503, "Busy"));
}

#[test]
fn health_and_metrics_say_how_it_stands() {
    let server = with_runs();
    server.post("/api/trace", "not a trace");
    let health = server.get("/health").json();
    assert_eq!(
        (health["status"].as_str(), health["program"].as_str(), health["traces"].as_u64()),
        (Some("ok"), Some("arc-eval-tui"), Some(5))
    );
    let metrics = server.get("/metrics");
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let text = metrics.text();
    for line in [
        "arc_eval_traces_accepted_total 5",
        "arc_eval_refused_total 1",
        "arc_eval_stored_traces 5",
        "arc_eval_http_responses_total{class=\"4xx\"} 1",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} is missing in\n{text}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let bare = name.split('{').next().unwrap();
        assert!(text.contains(&format!("# TYPE {bare} ")), "{bare} has no type");
    }
}
