//! OpenTelemetry over gRPC, on the same address as everything else: what is taken, what is refused, and what a bad client can do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/grpc.rs"]
mod grpc;
#[path = "support/http.rs"]
mod http;
#[path = "support/otlp_requests.rs"]
mod spans;

use std::{net::Shutdown, time::Duration};

use arc_eval_tui::listener::{Listener, ListenerError, ListenerOptions};
use grpc::{Client, LOGS, METRICS, TRACES, framed, unending};
use http::{PATIENCE, Server, wait_for};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use spans::{gzip, log, protobuf, run, run_with_an_odd_span, trace_id};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A call on a connection of its own.
fn call(server: &Server, path: &str, headers: &[(&str, &str)], body: impl Into<bytes::Bytes>) -> grpc::Outcome {
    server.runtime.block_on(async { Client::connect(server.address).await.call(path, headers, body).await })
}

fn is_stored(server: &Server, run: u8) -> bool {
    server.get(&format!("/api/trace/{}", trace_id(run).1)).status == 200
}

#[test]
fn spans_and_logs_are_taken_and_metrics_counted() {
    let server = Server::start();
    for (number, (headers, body)) in (1..).zip([
        (&[][..], framed(&protobuf(&run(1)), false)),
        (&[("grpc-encoding", "gzip")], framed(&gzip(&protobuf(&run(2))), true)),
        (&[("grpc-encoding", "zstd")], framed(&zstd::encode_all(protobuf(&run(3)).as_slice(), 1).unwrap(), true)),
        (&[("grpc-encoding", "gzip")], framed(&protobuf(&run(4)), false)),
        (&[("content-type", "application/grpc+proto")], framed(&protobuf(&run(5)), false)),
    ]) {
        let outcome = call(&server, TRACES, headers, body);
        assert_eq!((outcome.code, outcome.body.len()), (0, 0), "{headers:?}: {outcome:?}");
        assert!(is_stored(&server, number), "{headers:?}");
    }
    assert_eq!(call(&server, LOGS, &[], framed(&protobuf(&log(1)), false)).code, 0);
    assert_eq!(call(&server, METRICS, &[], framed(b"", false)).code, 0);
    assert_eq!(server.engine.refusals().refused, 0);
}

#[test]
fn one_connection_serves_many_calls_and_other_paths() {
    let server = Server::start();
    server.runtime.block_on(async {
        let mut client = Client::connect(server.address).await;
        for number in 1..=20 {
            assert_eq!(client.call(TRACES, &[], framed(&protobuf(&run(number)), false)).await.code, 0);
        }
        let (status, body) = client.get("/api/traces?limit=100").await;
        let rows: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, rows["traces"].as_array().unwrap().len()), (200, 20));
    });
}

#[test]
fn one_odd_span_costs_nobody_else_and_is_told() {
    let server = Server::start();
    let outcome = call(&server, TRACES, &[], framed(&protobuf(&run_with_an_odd_span(1)), false));
    let partial = ExportTraceServiceResponse::decode(outcome.body).unwrap().partial_success.unwrap();
    assert_eq!((outcome.code, partial.rejected_spans), (0, 1));
    assert!(is_stored(&server, 1));
}

#[test]
fn what_cannot_be_read_is_refused_with_the_reason() {
    let server = Server::start();
    let good = framed(&protobuf(&run(1)), false);
    let half = good.slice(..good.len() / 2);
    for (what, path, headers, body, code) in [
        ("half a message", TRACES, &[][..], half, 3),
        ("half a frame", TRACES, &[], good.slice(..3), 3),
        ("nothing", TRACES, &[], bytes::Bytes::new(), 3),
        ("garbage", TRACES, &[], framed(b"\xff\xff\xff\xff garbage", false), 3),
        ("a length beyond all bounds", TRACES, &[], bytes::Bytes::from_static(b"\0\xff\xff\xff\xffab"), 3),
        ("two messages", TRACES, &[], [good.clone(), good.clone()].concat().into(), 3),
        ("packed as nobody says", TRACES, &[], framed(b"abc", true), 3),
        ("damaged gzip", TRACES, &[("grpc-encoding", "gzip")], framed(b"abc", true), 3),
        ("an unknown packing", TRACES, &[("grpc-encoding", "snappy")], framed(b"abc", true), 3),
        ("an unknown method", "/other.Service/Export", &[], good.clone(), 12),
        ("an HTTP path", "/v1/traces", &[], good.clone(), 12),
        ("a foreign name", TRACES, &[("host", "evil.example")], good.clone(), 7),
        ("another site", TRACES, &[("origin", "https://evil.example")], good.clone(), 7),
    ] {
        let outcome = call(&server, path, headers, body);
        assert_eq!(outcome.code, code, "{what}: {outcome:?}");
        assert!(!outcome.message.is_empty(), "{what}");
        let noted = &server.engine.refusals().last[0];
        assert!(noted.message == outcome.message, "{what}: {noted:?} instead of {outcome:?}");
    }
    let unknown = call(&server, TRACES, &[("grpc-encoding", "snappy")], framed(b"abc", true));
    assert!(unknown.headers["grpc-accept-encoding"].to_str().unwrap().contains("gzip"));
    assert!(!is_stored(&server, 1));
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
}

#[test]
fn bombs_and_huge_messages_are_refused_for_good() {
    let server = Server::with(|engine, listener| {
        engine.max_body = 1 << 20;
        listener.limits.body = 256 * 1024;
    });
    let bomb = framed(&gzip(&vec![0; 16 << 20]), true);
    let outcome = call(&server, TRACES, &[("grpc-encoding", "gzip")], bomb);
    assert_eq!(outcome.code, 3, "exporters send again after the codes for what is too large: {outcome:?}");
    let outcome = call(&server, TRACES, &[], framed(&vec![0; 8 << 20], false));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
    assert_eq!(call(&server, TRACES, &[], framed(&protobuf(&run(1)), false)).code, 0);
}

#[test]
fn the_key_comes_as_metadata() {
    let server = Server::with(|_, listener| listener.api_key = Some("s3cret".into()));
    let body = framed(&protobuf(&run(1)), false);
    for (headers, code) in
        [(&[][..], 16), (&[("x-api-key", "wrong")], 16), (&[("x-api-key", "s3cret")], 0), (&[("authorization", "Bearer s3cret")], 0)]
    {
        assert_eq!(call(&server, TRACES, headers, body.clone()).code, code, "{headers:?}");
    }
}

#[test]
fn a_sender_that_stops_inside_a_message_is_given_up() {
    let server = Server::with(|_, listener| listener.limits.body_time = Duration::from_millis(200));
    let good = framed(&protobuf(&run(1)), false);
    let outcome = server.runtime.block_on(async {
        let mut client = Client::connect(server.address).await;
        client.send(TRACES, &[], unending(good.slice(..good.len() / 2))).await
    });
    assert_eq!(outcome.code, 4, "{outcome:?}");
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
    assert!(!is_stored(&server, 1));
}

#[test]
fn garbage_and_silence_on_http2_harm_nobody() {
    let server = Server::with(|_, listener| {
        listener.limits.head_time = Duration::from_millis(200);
        listener.limits.idle_time = Duration::from_millis(300);
    });
    // Frames that cannot be.
    let mut garbage = server.connect();
    garbage.say([PREFACE, &[0xff; 4096]].concat());
    let _ = garbage.end();
    wait_for("the garbage to be noted", || server.engine.refusals().last.iter().any(|refusal| refusal.message.contains("not HTTP")));
    // Half of the first words.
    let mut half = server.connect();
    half.say(&PREFACE[..10]);
    assert!(half.end().starts_with("HTTP/1.1 408"), "the head took too long");
    // Half a frame, and then nothing.
    let mut silent = server.connect();
    silent.say([PREFACE, b"\0\0\0\x04\0\0\0\0\0", b"\0\0\x40\x01"].concat());
    let _ = silent.end();
    let mut gone = server.connect();
    gone.say(PREFACE);
    gone.stream.shutdown(Shutdown::Both).unwrap();
    assert_eq!(call(&server, TRACES, &[], framed(&protobuf(&run(1)), false)).code, 0);
    wait_for("all connections to be gone", || server.get("/metrics").text().contains("arc_eval_connections 1\n"));
}

#[test]
fn an_idle_connection_is_told_goodbye_and_stopping_is_quick() {
    let mut server = Server::with(|_, listener| listener.limits.idle_time = Duration::from_millis(200));
    let address = server.address;
    let ended = server.runtime.block_on(async {
        let mut client = Client::connect(address).await;
        assert_eq!(client.call(TRACES, &[], framed(&protobuf(&run(1)), false)).await.code, 0);
        tokio::time::timeout(PATIENCE, client.connection).await.expect("the connection never ended").unwrap()
    });
    assert!(ended.is_ok(), "a goodbye is no error: {ended:?}");
    let open = server.runtime.block_on(async {
        let mut client = Client::connect(address).await;
        assert_eq!(client.call(TRACES, &[], framed(&protobuf(&run(2)), false)).await.code, 0);
        client
    });
    assert!(server.stop() < Duration::from_secs(4), "an open connection held the listener up");
    drop(open);
}

#[test]
fn further_addresses_take_the_same_under_the_same_rules() {
    let server = Server::start();
    let bind = |options: ListenerOptions| Listener::bind("127.0.0.1:0", server.engine.clone(), options);
    server.runtime.block_on(async {
        let mut listener = bind(ListenerOptions::default()).await.unwrap();
        let further = listener.also_on("127.0.0.1:0").await.unwrap();
        assert_ne!(further, listener.local_addr());
        let taken = listener.also_on(&further.to_string()).await.unwrap_err();
        assert!(matches!(taken, ListenerError::Taken { .. }) && taken.to_string().contains("--otlp-listen"), "{taken}");
        let open = listener.also_on("0.0.0.0:0").await.unwrap_err();
        assert!(matches!(open, ListenerError::Open { .. }), "{open}");
        assert!(matches!(listener.also_on("nonsense").await.unwrap_err(), ListenerError::Address { .. }));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let main = listener.local_addr();
        let serving = tokio::spawn(listener.serve(async {
            let _ = stopped.await;
        }));
        for (number, address) in [(1, main), (2, further)] {
            let outcome = Client::connect(address).await.call(TRACES, &[], framed(&protobuf(&run(number)), false)).await;
            assert_eq!(outcome.code, 0, "{address}");
            let (status, _) = Client::connect(address).await.get("/health").await;
            assert_eq!(status, 200);
        }
        drop(stop);
        serving.await.unwrap();
    });
    assert!(is_stored(&server, 1) && is_stored(&server, 2));
}
