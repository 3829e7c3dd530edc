//! End-to-end load: the real program on a real disk, posts of 16 KB traces, each answered only when it is durable.
//!
//! `cargo bench --bench load [-- --traces 4000 --connections 4,16,64 --bytes 16384]`, and with `--otlp` runs of nine spans as OTLP in
//! protobuf, 19 KB each; with `--alike` runs that are all of one request, so that each is held against others. The client runs on the same cores. Beside each rate stands what the disk allows: the same bytes appended to a
//! plain file in groups as large as the number of connections, with one fdatasync a group, measured just before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use prost::Message;
use tokio::{io::AsyncWriteExt, net::TcpStream};

#[path = "support/server.rs"]
#[allow(dead_code, unreachable_pub)]
mod server;
#[path = "support/span_request.rs"]
#[allow(dead_code, unreachable_pub)]
mod span_request;
#[path = "support/trace_body.rs"]
#[allow(dead_code, unreachable_pub)]
mod trace_body;
use server::{Server, answer_of};
use span_request::span_request;
use trace_body::trace_body;

struct Options {
    otlp: bool,
    alike: bool,
    traces: u64,
    connections: Vec<usize>,
    bytes: usize,
}

fn options() -> Options {
    let mut options = Options { otlp: false, alike: false, traces: 6_000, connections: vec![4, 16, 64], bytes: 16 * 1024 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--otlp" => options.otlp = true,
            "--alike" => options.alike = true,
            "--traces" => options.traces = arguments.next().unwrap().parse().unwrap(),
            "--connections" => options.connections = arguments.next().unwrap().split(',').map(|text| text.parse().unwrap()).collect(),
            "--bytes" => options.bytes = arguments.next().unwrap().parse().unwrap(),
            _ => {} // what cargo bench adds
        }
    }
    options
}

/// Appends the same bodies in groups with one fdatasync each; returns groups' worth of traces a second.
fn raw_append(folder: &Path, bodies: &[Vec<u8>], group: usize) -> f64 {
    let path = folder.join("raw");
    let mut file: File = OpenOptions::new().create(true).append(true).open(&path).unwrap();
    let started = Instant::now();
    let mut written = 0_usize;
    while started.elapsed() < Duration::from_secs(2) {
        let mut buffer = Vec::new();
        for at in 0..group {
            buffer.extend_from_slice(&bodies[(written + at) % bodies.len()]);
        }
        file.write_all(&buffer).unwrap();
        file.sync_data().unwrap();
        written += group;
    }
    let rate = written as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_file(path).unwrap();
    rate
}

/// Posts all bodies over so many connections; returns the time of each request, in order of completion, and what was busy.
async fn drive(address: &str, heading: &'static str, bodies: Arc<Vec<Vec<u8>>>, connections: usize) -> (Duration, Vec<Duration>, u64) {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..connections {
        let (bodies, next, address) = (Arc::clone(&bodies), Arc::clone(&next), address.to_owned());
        workers.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut times, mut busy, mut buffer) = (Vec::new(), 0, Vec::new());
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed) as usize;
                let Some(body) = bodies.get(at) else { break };
                let head = format!("POST {heading}\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n", body.len());
                let request = [head.as_bytes(), body].concat();
                loop {
                    let sent = Instant::now();
                    stream.write_all(&request).await.unwrap();
                    match answer_of(&mut stream, &mut buffer).await.unwrap() {
                        200 => {
                            times.push(sent.elapsed());
                            break;
                        }
                        503 => busy += 1,
                        other => panic!("answered {other}: {}", String::from_utf8_lossy(&buffer)),
                    }
                }
            }
            (times, busy)
        }));
    }
    let (mut times, mut busy) = (Vec::new(), 0);
    for worker in workers {
        let (part, refused) = worker.await.unwrap();
        times.extend(part);
        busy += refused;
    }
    (started.elapsed(), times, busy)
}

/// A body with the request that every run of this kind gets.
fn of_one_request(mut body: String) -> String {
    const INPUT: &str = r#""input":""#;
    let start = body.find(INPUT).unwrap() + INPUT.len();
    let end = start + body[start..].find('"').unwrap();
    body.replace_range(start..end, "refund the order that came late");
    body
}

fn percentile(sorted: &[Duration], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3
}

fn main() {
    let options = options();
    // Beside the build, so on a real disk: /tmp may be memory.
    let folder = tempfile::Builder::new().prefix("load-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let heading = if options.otlp {
        "/v1/traces HTTP/1.1\r\ncontent-type: application/x-protobuf"
    } else {
        "/api/trace HTTP/1.1\r\ncontent-type: application/json"
    };
    let body = |index| match (options.otlp, options.alike) {
        (true, _) => span_request(index).encode_to_vec(),
        (false, true) => of_one_request(trace_body(index, options.bytes)).into_bytes(),
        (false, false) => trace_body(index, options.bytes).into_bytes(),
    };
    let mean = (0..100).map(|index| body(index).len()).sum::<usize>() / 100;
    println!("{} traces of {mean} bytes a round; one store; client on the same cores", options.traces);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = Server::start(&folder.path().join("traces.redb"));
    println!("connections   traces/s   p50 ms   p99 ms   server CPU us/trace   raw append/s   share of raw   busy   peak MB");
    for (round, connections) in (0..).zip(&options.connections) {
        // Every run is new to the store.
        let first: u64 = round * options.traces;
        let bodies = Arc::new((first..first + options.traces).map(body).collect::<Vec<_>>());
        let raw = raw_append(folder.path(), &bodies, *connections);
        let before = server.cpu();
        let (took, mut times, busy) = runtime.block_on(drive(&server.address, heading, bodies, *connections));
        let cpu = (server.cpu() - before).as_secs_f64() * 1e6 / times.len() as f64;
        times.sort_unstable();
        let rate = times.len() as f64 / took.as_secs_f64();
        println!(
            "{connections:>11}   {rate:>8.0}   {:>6.1}   {:>6.1}   {cpu:>19.0}   {raw:>12.0}   {:>11.0} %   {busy:>4}   {:>7}",
            percentile(&times, 0.5),
            percentile(&times, 0.99),
            rate / raw * 100.0,
            server.peak_megabytes(),
        );
    }
}
