//! What the listener refuses and bears: sizes, times, keys, origins, half requests, garbage, too many connections.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/bodies.rs"]
mod bodies;
#[path = "support/http.rs"]
mod http;

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener},
    time::{Duration, Instant},
};

use arc_eval_tui::{
    engine::{
        Engine,
        options::{EngineOptions, StorePlace},
    },
    listener::{Listener, ListenerError, ListenerOptions},
};
use bodies::good;
use http::{Client, PATIENCE, Server, wait_for};

const MIB: usize = 1024 * 1024;

/// A trace of about this many bytes.
fn large(bytes: usize) -> Vec<u8> {
    let mut body = good("a", "large");
    body["output"] = "x".repeat(bytes).into();
    body.to_string().into_bytes()
}

#[test]
fn a_body_up_to_the_limit_is_taken_and_one_over_it_is_not() {
    let server = Server::with(|_, listener| listener.limits.body = 100_000);
    assert_eq!(server.post("/api/trace", large(90_000)).status, 200);
    let answer = server.post("/api/trace", large(100_000));
    assert_eq!((answer.status, answer.error().as_str()), (413, "TooLarge"));
}

#[test]
fn a_sender_of_sixty_megabytes_can_read_why_it_is_refused() {
    let server = Server::start();
    let body = vec![b'x'; 60 * MIB];
    // Told by its length: the answer comes while the body is still being sent, and the sender gets to read it.
    let answer = server.post("/api/trace", &body);
    assert_eq!((answer.status, answer.error().as_str()), (413, "TooLarge"));
    // In chunks: only found out on the way.
    let mut client = server.connect();
    let head = client.head("POST", "/api/trace", &[("Transfer-Encoding", "chunked")], None);
    client.say(head);
    let chunk = [format!("{MIB:x}\r\n").into_bytes(), vec![b'x'; MIB], b"\r\n".to_vec()].concat();
    for _ in 0..40 {
        client.say(&chunk);
    }
    client.say("0\r\n\r\n");
    let answer = client.answer(false);
    assert_eq!((answer.status, answer.error().as_str()), (413, "TooLarge"));
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
}

#[test]
fn whoever_asks_before_sending_is_told_at_once() {
    let server = Server::start();
    let mut client = server.connect();
    let head = client.head("POST", "/api/trace", &[("Expect", "100-continue")], Some(60 * MIB));
    client.say(head);
    assert_eq!(client.answer(false).status, 413, "not one byte of the body was asked for");
    let body = good("a", "polite").to_string();
    let mut client = server.connect();
    let head = client.head("POST", "/api/trace", &[("Expect", "100-continue")], Some(body.len()));
    client.say(head);
    assert_eq!(client.answer_head().0, 100);
    client.say(body);
    assert_eq!(client.answer(false).status, 200);
}

#[test]
fn a_bomb_is_refused_before_it_bursts() {
    let server = Server::start();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; MIB];
    for _ in 0..200 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < MIB, "200 MB in {} bytes", bomb.len());
    let answer = server.ask("POST", "/api/trace", &[("Content-Encoding", "gzip")], &bomb);
    assert_eq!((answer.status, answer.error().as_str()), (413, "TooLarge"));
    let answer = server.ask("POST", "/api/feedback/x", &[("Content-Encoding", "gzip")], &bomb);
    assert_eq!((answer.status, answer.error().as_str()), (413, "TooLarge"));
}

#[test]
fn the_limit_after_unpacking_can_be_chosen() {
    let server = Server::with(|engine, _| engine.max_body = 10_000);
    assert_eq!(server.post("/api/trace", large(20_000)).status, 413);
    let packed = zstd::bulk::compress(&large(20_000), 1).unwrap();
    assert_eq!(server.ask("POST", "/api/trace", &[("Content-Encoding", "zstd")], &packed).status, 413);
    assert_eq!(server.post("/api/trace", large(5_000)).status, 200);
}

#[test]
fn more_bytes_than_can_be_worked_on_are_turned_away_as_busy() {
    let server = Server::with(|engine, _| engine.max_in_flight = 50_000);
    let answer = server.post("/api/trace", large(60_000));
    assert_eq!((answer.status, answer.error().as_str()), (503, "Busy"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(server.post("/api/trace", large(10_000)).status, 200);
    assert_eq!((server.engine.refusals().busy, server.engine.bytes_in_flight()), (1, 0));
}

#[test]
fn types_and_encodings_that_are_not_understood_are_named() {
    let server = Server::start();
    let body = good("a", "one").to_string();
    for (name, value) in [("Content-Type", "text/html"), ("Content-Type", "application/x-protobuf"), ("Content-Encoding", "br")] {
        let answer = server.ask("POST", "/api/trace", &[(name, value)], body.as_bytes());
        assert_eq!((answer.status, answer.error().as_str()), (415, "UnsupportedMediaType"), "{value}");
        assert!(answer.message().contains(value), "{}", answer.message());
    }
    for kind in ["application/json; charset=utf-8", "application/x-www-form-urlencoded", "text/plain"] {
        assert_eq!(server.ask("POST", "/api/trace", &[("Content-Type", kind)], body.as_bytes()).status, 200, "{kind}");
    }
}

#[test]
fn unknown_paths_and_methods_are_told_apart() {
    let server = Server::start();
    for path in ["/", "/sdk", "/sdk/other.whl", "/v1/profiles", "/api", "/api/nothing", "/api/trace/a/b"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.error().as_str()), (404, "NotFound"), "{path}");
    }
    for (method, path, allow) in [
        ("GET", "/api/trace", "POST"),
        ("OPTIONS", "/api/trace", "POST"),
        ("PUT", "/api/trace/x", "GET, HEAD, DELETE"),
        ("POST", "/health", "GET, HEAD"),
        ("BREW", "/metrics", "GET, HEAD"),
        ("GET", "/p/shop/v1/traces", "POST"),
    ] {
        let answer = server.ask(method, path, &[], b"");
        assert_eq!((answer.status, answer.error().as_str()), (405, "MethodNotAllowed"), "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
    let head = server.ask("HEAD", "/health", &[], b"");
    assert_eq!((head.status, head.header("content-length").is_some()), (200, true));
}

#[test]
fn with_a_key_everything_but_health_asks_for_it() {
    let server = Server::with(|_, listener| listener.api_key = Some("s3cret".into()));
    let body = good("a", "one").to_string();
    for (method, path) in [
        ("POST", "/api/trace"),
        ("GET", "/api/traces"),
        ("GET", "/api/trace/one"),
        ("DELETE", "/api/trace/one"),
        ("GET", "/api/events"),
        ("GET", "/metrics"),
    ] {
        for headers in [&[][..], &[("X-API-Key", "wrong")], &[("Authorization", "Bearer s3cre")], &[("Authorization", "Basic s3cret")]] {
            let answer = server.ask(method, path, headers, body.as_bytes());
            assert_eq!((answer.status, answer.error().as_str()), (401, "Unauthorized"), "{method} {path} {headers:?}");
        }
    }
    assert_eq!(server.get("/health").status, 200);
    assert_eq!(server.ask("POST", "/api/trace", &[("X-API-Key", "s3cret")], body.as_bytes()).status, 200);
    assert_eq!(server.ask("GET", "/api/trace/one", &[("Authorization", "Bearer s3cret")], b"").status, 200);
    let refusal = &server.engine.refusals().last[0];
    assert_eq!((refusal.kind.as_str(), refusal.request.as_str()), ("Unauthorized", "GET /metrics"));
    assert!(!format!("{refusal:?}").contains("s3cret"));
}

#[test]
fn web_pages_of_others_and_names_that_are_not_ours_are_refused() {
    let server = Server::with(|_, listener| listener.allow_hosts = vec!["host.docker.internal".into()]);
    let own = format!("http://{}", server.address);
    let body = good("a", "one").to_string();
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://localhost:3000"),
        ("Host", "evil.example"),
        ("Host", "rebound.example:8000"),
    ] {
        for (method, path) in [("POST", "/api/trace"), ("GET", "/api/traces"), ("OPTIONS", "/api/trace"), ("GET", "/health")] {
            let answer = server.ask(method, path, &[(name, value)], body.as_bytes());
            assert_eq!((answer.status, answer.error().as_str()), (403, "Forbidden"), "{method} {path} {name}: {value}");
            assert!(answer.header("access-control-allow-origin").is_none());
        }
    }
    assert_eq!(server.ask("POST", "/api/trace", &[("Origin", &own)], body.as_bytes()).status, 200);
    assert_eq!(server.ask("GET", "/health", &[("Host", "host.docker.internal:8000")], b"").status, 200);
    assert_eq!(server.ask("GET", "/health", &[("Host", "localhost")], b"").status, 200);
    let mut old = server.connect();
    old.say("GET /health HTTP/1.0\r\n\r\n");
    assert_eq!(old.answer(false).status, 200, "an old client without a host name is no browser");
    let mut nameless = server.connect();
    nameless.say("GET /health HTTP/1.1\r\n\r\n");
    assert_eq!(nameless.answer(false).status, 400);
}

#[test]
fn a_body_that_does_not_come_is_given_up_with_408() {
    let server = Server::with(|_, listener| listener.limits.body_time = Duration::from_millis(200));
    let mut client = server.connect();
    let head = client.head("POST", "/api/trace", &[], Some(1000));
    client.say(head);
    client.say("{\"agent_id\":");
    let answer = client.answer(false);
    assert_eq!((answer.status, answer.error().as_str()), (408, "Timeout"));
    assert_eq!(server.engine.bytes_in_flight(), 0);
}

#[test]
fn a_head_that_drips_is_cut_off() {
    let server = Server::with(|_, listener| listener.limits.head_time = Duration::from_millis(300));
    let mut client = server.connect();
    let begun = Instant::now();
    let mut stream = client.stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        for byte in b"GET /health HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'x')) {
            if stream.write_all(&[*byte]).is_err() || begun.elapsed() > PATIENCE {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let said = client.end();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said:?}");
    assert!(begun.elapsed() >= Duration::from_millis(290), "not before its time: {:?}", begun.elapsed());
    assert!(begun.elapsed() < PATIENCE);
    dripping.join().unwrap();
}

#[test]
fn a_connection_may_rest_between_requests_but_not_for_ever() {
    let server = Server::with(|_, listener| {
        listener.limits.head_time = Duration::from_millis(100);
        listener.limits.idle_time = Duration::from_millis(600);
    });
    let mut client = server.connect();
    assert_eq!(client.ask("GET", "/health", &[], b"").status, 200);
    // The rest is what is tested: longer than a head may take, shorter than the rest allowed.
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(client.ask("GET", "/health", &[], b"").status, 200, "a rest longer than a head may take");
    let begun = Instant::now();
    assert_eq!(client.end(), "");
    assert!(begun.elapsed() >= Duration::from_millis(550), "{:?}", begun.elapsed());
}

#[test]
fn half_requests_and_garbage_harm_nobody() {
    let server = Server::start();
    let mut half = server.connect();
    let head = half.head("POST", "/api/trace", &[], Some(1000));
    half.say(head);
    half.say("{\"agent_id\": \"half\"");
    drop(half);
    let mut closing = server.connect();
    closing.say("GET /hea");
    drop(closing);
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS hello"[..],
        b"\0\0\0\0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSO\r\n\r\n",
        b"GET\r\n\r\n",
        b"hello there\r\n\r\n",
        &[0xff; 4096],
    ] {
        let mut client = server.connect();
        client.say(garbage);
        let _ = client.stream.shutdown(Shutdown::Write);
        let said = client.end();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said:?}");
    }
    let mut huge = server.connect();
    let _ = huge.stream.write_all(format!("GET /health HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(200_000)).as_bytes());
    let said = huge.end();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said:?}");
    assert_eq!(server.post("/api/trace", good("a", "one").to_string()).status, 200);
    assert_eq!(server.get("/api/summary").json()["traces"], 1);
    wait_for("the TLS handshake to be noted", || server.engine.refusals().last.iter().any(|refusal| refusal.message.contains("http://")));
    wait_for("all bytes to be given back", || server.engine.bytes_in_flight() == 0);
}

#[test]
fn a_sender_that_shuts_its_side_still_gets_its_answer() {
    let server = Server::start();
    let mut client = server.connect();
    let body = good("a", "one").to_string();
    let head = client.head("POST", "/api/trace", &[("Connection", "close")], Some(body.len()));
    client.say(head + &body);
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer(false).status, 200);
}

#[test]
fn two_requests_with_different_lengths_in_one_are_refused() {
    let server = Server::start();
    for headers in ["Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: -1\r\n", "Content-Length: 5\r\nContent-Length: x\r\n"] {
        let mut client = server.connect();
        client.say(format!("POST /api/trace HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n[    ]"));
        let _ = client.stream.shutdown(Shutdown::Write);
        assert!(client.end().starts_with("HTTP/1.1 400"), "{headers:?}");
    }
}

#[test]
fn two_hundred_idle_connections_do_not_keep_a_sender_out() {
    let server = Server::start();
    let idle: Vec<Client> = (0..200).map(|_| server.connect()).collect();
    let begun = Instant::now();
    assert_eq!(server.post("/api/trace", good("a", "one").to_string()).status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    drop(idle);
}

#[test]
fn when_all_connections_are_taken_the_longest_idle_goes() {
    let server = Server::with(|_, listener| listener.limits.connections = 4);
    let mut idle: Vec<Client> = (0..4).map(|_| server.connect()).collect();
    for client in &mut idle {
        assert_eq!(client.ask("GET", "/health", &[], b"").status, 200);
    }
    // The first is heard again, so the second has been silent longest.
    assert_eq!(idle[0].ask("GET", "/health", &[], b"").status, 200);
    assert_eq!(server.post("/api/trace", good("a", "one").to_string()).status, 200);
    assert_eq!(idle[1].end(), "", "the second was closed");
    assert_eq!(idle[0].ask("GET", "/health", &[], b"").status, 200, "the first was not");
}

#[test]
fn when_all_connections_are_at_work_a_newcomer_is_told() {
    let server = Server::with(|_, listener| listener.limits.connections = 2);
    let mut streams: Vec<Client> = (0..2).map(|_| server.connect()).collect();
    for client in &mut streams {
        let head = client.head("GET", "/api/events", &[], None);
        client.say(head);
        client.until("listening");
    }
    let mut newcomer = server.connect();
    let answer = newcomer.answer(false);
    assert_eq!((answer.status, answer.error().as_str()), (503, "Busy"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    drop(streams);
}

#[test]
fn a_client_that_reads_nothing_is_let_go() {
    let server = Server::with(|_, listener| listener.limits.stall_time = Duration::from_millis(300));
    let mut body = good("a", "big");
    body["output"] = "x".repeat(8 * MIB).into();
    assert_eq!(server.post("/api/trace", body.to_string()).status, 200);
    let mut client = server.connect();
    let ask = client.head("GET", "/api/trace/big?raw", &[], None).repeat(8);
    client.say(ask);
    // Sixty-four megabytes wait for a reader that does not come: more than the system's own buffers take. Only who asks is left.
    wait_for("the silent reader to be let go", || server.get("/metrics").text().contains("arc_eval_connections 1\n"));
    let mut taken = 0_usize;
    let mut buffer = vec![0; MIB];
    while let Ok(count @ 1..) = client.stream.read(&mut buffer) {
        taken += count;
    }
    assert!(taken < 64 * MIB, "the rest was never sent, but {taken} bytes were");
}

#[test]
fn stopping_finishes_what_is_in_work_and_closes_the_rest() {
    let mut server = Server::start();
    let mut resting = server.connect();
    assert_eq!(resting.ask("GET", "/health", &[], b"").status, 200);
    let mut events = server.connect();
    let head = events.head("GET", "/api/events", &[], None);
    events.say(head);
    events.until("listening");
    let mut sending = server.connect();
    let body = good("a", "late").to_string();
    let head = sending.head("POST", "/api/trace", &[], Some(body.len()));
    sending.say(head);
    sending.say(&body[..10]);
    // The request is in work once its bytes are counted.
    wait_for("the body to begin", || server.engine.bytes_in_flight() > 0);
    server.signal_stop();
    assert_eq!(resting.end(), "");
    events.end();
    sending.say(&body[10..]);
    assert_eq!(sending.answer(false).status, 200, "what had begun was finished");
    assert!(server.stop() < Duration::from_secs(4));
    assert!(std::net::TcpStream::connect(server.address).is_err(), "nobody listens any more");
}

#[test]
fn stopping_does_not_wait_for_ever() {
    let mut server = Server::with(|_, listener| listener.limits.stop_time = Duration::from_millis(200));
    let mut sending = server.connect();
    let head = sending.head("POST", "/api/trace", &[], Some(1000));
    sending.say(head + "{");
    wait_for("the body to begin", || server.engine.bytes_in_flight() > 0);
    assert!(server.stop() < Duration::from_secs(3));
}

fn bind(address: &str, change: impl FnOnce(&mut ListenerOptions)) -> Result<Listener, ListenerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let engine = Engine::open(EngineOptions::new(StorePlace::Memory)).unwrap();
    let mut options = ListenerOptions::default();
    change(&mut options);
    runtime.block_on(Listener::bind(address, engine, options))
}

#[test]
fn a_taken_port_is_said_with_its_holder_and_a_way_out() {
    let server = Server::start();
    let taken = bind(&server.address.to_string(), |_| {}).err().unwrap().to_string();
    for part in [&server.address.to_string(), "taken by another arc-eval-tui", "--listen"] {
        assert!(taken.contains(part), "{taken}");
    }
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let speaking = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"SSH-2.0-something\r\n");
        drop(stream);
        other
    });
    let taken = bind(&address, |_| {}).err().unwrap().to_string();
    assert!(taken.contains("another program"), "{taken}");
    drop(speaking.join().unwrap());
}

#[test]
fn the_owner_file_says_who_has_the_port() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("traces.redb");
    let server = Server::with(|engine, _| engine.store = StorePlace::Path(store.clone()));
    server.engine.announce(Some(server.address)).unwrap();
    let taken = bind(&server.address.to_string(), |options| options.neighbours = vec![store.clone()]).err().unwrap().to_string();
    assert!(taken.contains(&format!("process {}", std::process::id())) && taken.contains("traces.redb"), "{taken}");
    drop(server);
    assert!(!folder.path().join("traces.redb.owner").exists(), "the owner file goes with its owner");
}

#[test]
fn an_address_that_others_can_reach_needs_a_key() {
    assert!(matches!(bind("0.0.0.0:0", |_| {}), Err(ListenerError::Open { .. })));
    assert!(bind("0.0.0.0:0", |options| options.api_key = Some("s3cret".into())).is_ok());
    assert!(matches!(bind("127.0.0.1:0", |options| options.key_required = true), Err(ListenerError::KeyRequired)));
    assert!(matches!(bind("127.0.0.1:0", |options| options.api_key = Some(String::new())), Err(ListenerError::Key(_))));
    assert!(matches!(bind("127.0.0.1:0", |options| options.allow_hosts = vec!["http://x".into()]), Err(ListenerError::AllowHost(_))));
    assert!(matches!(bind("nonsense", |_| {}), Err(ListenerError::Address { .. })));
}
