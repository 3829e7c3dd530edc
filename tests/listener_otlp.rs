//! OpenTelemetry over HTTP as exporters send it: encodings, prefixes, partial success, refusals in the words the protocol asks for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/exports.rs"]
mod exports;
#[path = "support/http.rs"]
mod http;

use std::{io::Write, time::Duration};

use exports::{gzip, log, metrics, only_an_odd_span, protobuf, run, run_with_an_odd_span, trace_id};
use http::{Answer, Server, wait_for};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use serde_json::{Value, json};

const PROTOBUF: (&str, &str) = ("Content-Type", "application/x-protobuf");
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// `google.rpc.Status`, by its numbers.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

fn status(answer: &Answer) -> Status {
    assert_eq!(answer.header("content-type"), Some("application/x-protobuf"), "{answer:?}");
    let status = Status::decode(answer.body.as_slice()).unwrap();
    assert!(!status.message.is_empty());
    status
}

fn names(server: &Server, run: u8) -> Value {
    let answer = server.get(&format!("/api/trace/{}", trace_id(run).1));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["verdict"]["agent_id"].clone()
}

fn stored(server: &Server) -> usize {
    server.get("/api/traces").json()["traces"].as_array().unwrap().len()
}

#[test]
fn every_encoding_and_packing_gives_a_run_before_the_answer() {
    let server = Server::start();
    let plain = |number| protobuf(&run(number));
    let json = |number| serde_json::to_vec(&run(number)).unwrap();
    let deflated = |bytes: Vec<u8>| {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&bytes).unwrap();
        packer.finish().unwrap()
    };
    type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>);
    let cases: [Case<'_>; 6] = [
        (&[PROTOBUF], plain(1)),
        (&[PROTOBUF, ("Content-Encoding", "gzip")], gzip(&plain(2))),
        (&[PROTOBUF, ("Content-Encoding", "zstd")], zstd::encode_all(plain(3).as_slice(), 1).unwrap()),
        (&[JSON], json(4)),
        (&[JSON, ("Content-Encoding", "deflate")], deflated(json(5))),
        (&[], json(6)),
    ];
    for (number, (headers, body)) in (1..).zip(cases) {
        let answer = server.ask("POST", "/v1/traces", headers, &body);
        assert_eq!(answer.status, 200, "{headers:?}: {answer:?}");
        let (content_type, expected): (_, &[u8]) = if number <= 3 { (PROTOBUF.1, b"") } else { (JSON.1, b"{}") };
        assert_eq!((answer.header("content-type"), answer.body.as_slice()), (Some(content_type), expected), "{headers:?}");
        assert_eq!(names(&server, number), "refunds", "{headers:?}");
    }
    assert_eq!(stored(&server), 6);
    assert_eq!(server.engine.refusals().refused, 0);
}

#[test]
fn any_path_may_stand_before_it() {
    let server = Server::start();
    for (number, path) in (1..).zip(["/v1/traces", "/p/shop/v1/traces", "/r/a/b/c/v1/traces"]) {
        assert_eq!(server.ask("POST", path, &[PROTOBUF], &protobuf(&run(number))).status, 200, "{path}");
    }
    assert_eq!(stored(&server), 3);
    let answer = server.get("/p/shop/v1/traces");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    for path in ["/v1/profiles", "/v1/traces/", "/v1/tracesx"] {
        assert_eq!(server.ask("POST", path, &[PROTOBUF], b"").status, 404, "{path}");
    }
}

#[test]
fn what_came_as_spans_is_given_back_as_otlp_json_that_can_be_sent_again() {
    let (first, second) = (Server::start(), Server::start());
    first.ask("POST", "/v1/traces", &[PROTOBUF], &protobuf(&run(1)));
    let path = format!("/api/trace/{}", trace_id(1).1);
    let raw = first.get(&format!("{path}?raw"));
    assert_eq!((raw.status, raw.header("content-type")), (200, Some("application/json")));
    assert_eq!(raw.json()["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().len(), 3, "{}", raw.text());
    assert_eq!(first.get(&path).json()["trace"], raw.json(), "beside the verdict stands the same");
    assert_eq!(second.ask("POST", "/v1/traces", &[JSON], &raw.body).status, 200);
    assert_eq!(second.get(&format!("{path}?raw")).json(), raw.json());
}

#[test]
fn one_odd_span_costs_nobody_else_and_is_told() {
    let server = Server::start();
    let answer = server.ask("POST", "/v1/traces", &[PROTOBUF], &protobuf(&run_with_an_odd_span(1)));
    let partial = ExportTraceServiceResponse::decode(answer.body.as_slice()).unwrap().partial_success.unwrap();
    assert_eq!((answer.status, partial.rejected_spans), (200, 1));
    assert!(partial.error_message.contains("id"), "{}", partial.error_message);
    assert_eq!(names(&server, 1), "refunds");

    let answer = server.ask("POST", "/v1/traces", &[JSON], &serde_json::to_vec(&only_an_odd_span()).unwrap());
    assert_eq!(answer.status, 200, "what was read and not taken is no failure of the request: {answer:?}");
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "1");
    assert!(!partial["errorMessage"].as_str().unwrap().is_empty());
    assert_eq!(stored(&server), 1);
    assert!(server.engine.refusals().refused >= 2, "both are on the list of what was refused");
}

#[test]
fn logs_are_taken_and_metrics_counted() {
    let server = Server::start();
    assert_eq!(server.ask("POST", "/v1/logs", &[PROTOBUF], &protobuf(&log(1))).status, 200);
    assert_eq!(stored(&server), 0, "a log record alone is no run");
    assert_eq!(server.ask("POST", "/v1/traces", &[PROTOBUF], &protobuf(&run(1))).status, 200);
    let answer = server.ask("POST", "/v1/metrics", &[JSON], metrics().to_string().as_bytes());
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    let text = server.get("/metrics").text();
    assert!(text.lines().any(|line| line == "arc_eval_otlp_data_points_total 1"), "{text}");
    wait_for("the spans to be joined to what was known of the run", || stored(&server) == 1);
}

#[test]
fn what_cannot_be_read_is_refused_in_the_words_of_the_request() {
    let server = Server::start();
    let refused = server.ask("POST", "/v1/traces", &[PROTOBUF], b"\xff\xff\xff nothing of the kind");
    assert_eq!((refused.status, status(&refused).code), (400, 3));
    let cut = protobuf(&run(1));
    let refused = server.ask("POST", "/v1/traces", &[PROTOBUF], &cut[..cut.len() - 7]);
    assert_eq!((refused.status, status(&refused).code), (400, 3));
    let damaged = server.ask("POST", "/v1/traces", &[PROTOBUF, ("Content-Encoding", "gzip")], &cut);
    assert_eq!(damaged.status, 400);
    assert!(status(&damaged).message.contains("gzip"));

    let snake = r#"{"resource_spans":[{"scope_spans":[{"spans":[]}]}]}"#;
    for body in ["not json", "[]", "{\"agent_id\": \"a\"}", snake] {
        let refused = server.ask("POST", "/v1/traces", &[JSON], body.as_bytes());
        assert_eq!((refused.status, refused.error().as_str()), (400, "TraceValidationError"), "{body}");
        assert_eq!(refused.json()["code"], 3, "{body}");
    }
    let refused = server.ask("POST", "/v1/traces", &[("Content-Type", "text/html")], b"{}");
    assert_eq!((refused.status, refused.error().as_str()), (415, "UnsupportedMediaType"));
    assert!(refused.message().contains("application/x-protobuf"), "{}", refused.message());
    let refused = server.ask("POST", "/v1/traces", &[PROTOBUF, ("Content-Encoding", "br")], &cut);
    assert_eq!((refused.status, status(&refused).code), (415, 3));
    assert_eq!(stored(&server), 0);
    assert!(server.engine.refusals().refused >= 9, "{:?}", server.engine.refusals());
}

#[test]
fn bombs_and_bodies_over_the_limit_are_too_large() {
    let server = Server::with(|engine, listener| {
        engine.max_body = 1 << 20;
        listener.limits.body = 64 * 1024;
    });
    let bomb = gzip(&vec![0; 8 << 20]);
    let refused = server.ask("POST", "/v1/traces", &[PROTOBUF, ("Content-Encoding", "gzip")], &bomb);
    assert_eq!((refused.status, status(&refused).code), (413, 3));
    let refused = server.ask("POST", "/v1/traces", &[JSON], &vec![b' '; 65 * 1024]);
    assert_eq!((refused.status, refused.error().as_str()), (413, "TooLarge"));
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
}

#[test]
fn who_may_not_send_is_told_in_the_words_of_the_request() {
    let server = Server::with(|_, listener| listener.api_key = Some("s3cret".into()));
    let body = protobuf(&run(1));
    let send = |headers: &[(&str, &str)]| server.ask("POST", "/v1/traces", &[&[PROTOBUF][..], headers].concat(), &body);
    let refused = send(&[]);
    assert_eq!((refused.status, status(&refused).code), (401, 16));
    assert_eq!(send(&[("X-API-Key", "wrong")]).status, 401);
    assert_eq!(stored_with_key(&server), 0);
    assert_eq!(send(&[("X-API-Key", "s3cret")]).status, 200);
    assert_eq!(send(&[("Authorization", "Bearer s3cret")]).status, 200);
    assert_eq!(stored_with_key(&server), 1, "the same spans again are the same run");
    let refused = send(&[("X-API-Key", "s3cret"), ("Origin", "https://evil.example")]);
    assert_eq!((refused.status, status(&refused).code), (403, 7));
    let refused = send(&[("X-API-Key", "s3cret"), ("Host", "evil.example")]);
    assert_eq!((refused.status, status(&refused).code), (403, 7));
    assert_eq!(server.engine.refusals().last[0].request, "POST /v1/traces");
}

fn stored_with_key(server: &Server) -> usize {
    let answer = server.ask("GET", "/api/traces", &[("X-API-Key", "s3cret")], b"");
    answer.json()["traces"].as_array().unwrap().len()
}

#[test]
fn a_busy_engine_says_when_to_come_back() {
    let server = Server::with(|engine, _| engine.max_in_flight = 2_000);
    let refused = server.ask("POST", "/v1/traces", &[PROTOBUF], &vec![0; 5_000]);
    assert_eq!((refused.status, status(&refused).code, refused.header("retry-after")), (503, 14, Some("1")));
    assert!(server.engine.refusals().busy >= 1);
    assert_eq!(server.ask("POST", "/v1/traces", &[PROTOBUF], &protobuf(&run(1))).status, 200);
}

#[test]
fn a_sender_that_stops_inside_the_body_leaves_nothing_behind() {
    let server = Server::with(|_, listener| listener.limits.body_time = Duration::from_millis(200));
    let body = protobuf(&run(1));
    let mut gone = server.connect();
    let head = gone.head("POST", "/v1/traces", &[PROTOBUF], Some(body.len()));
    gone.say(head);
    gone.say(&body[..body.len() / 2]);
    drop(gone);
    let mut silent = server.connect();
    let head = silent.head("POST", "/v1/traces", &[PROTOBUF], Some(body.len()));
    silent.say(head);
    silent.say(&body[..body.len() / 2]);
    let refused = silent.answer(false);
    assert_eq!((refused.status, status(&refused).code), (408, 4));
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
    assert_eq!(stored(&server), 0);
    assert_eq!(server.ask("POST", "/v1/traces", &[PROTOBUF], &body).status, 200);
}

#[test]
fn the_tracer_can_be_had_without_the_key_and_nowhere_from_another_site() {
    let server = Server::with(|_, listener| listener.api_key = Some("s3cret".into()));
    let page = server.get("/sdk/").text();
    let link = page.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let (name, digest) = link.split_once("#sha256=").unwrap();
    let wheel = server.get(&format!("/sdk/{name}"));
    assert_eq!((wheel.status, wheel.header("content-type")), (200, Some("application/zip")));
    let real: String = <sha2::Sha256 as sha2::Digest>::digest(&wheel.body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(real, digest);
    assert_eq!(wheel.body, server.get(&format!("/sdk/{name}")).body);
    let missing = server.get("/sdk/arc_tracer-0.0.0-py3-none-any.whl");
    assert_eq!(missing.status, 404);
    assert!(missing.message().contains(name), "{}", missing.message());
    assert_eq!(server.ask("GET", &format!("/sdk/{name}"), &[("Origin", "https://evil.example")], b"").status, 403);
}
