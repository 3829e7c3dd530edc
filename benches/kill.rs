//! Twenty kills under load: everything that was acknowledged is there, and the program listens again at once.
//!
//! `cargo bench --bench kill [-- --traces 100000 --kills 20]`. Fills a store, then posts over four connections, kills the program
//! (SIGKILL) at a random moment, starts it again, measures the time until it answers, and asks for every acknowledged trace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, net::TcpStream};

#[path = "support/server.rs"]
#[allow(dead_code, unreachable_pub)]
mod server;
#[path = "support/trace_body.rs"]
#[allow(dead_code, unreachable_pub)]
mod trace_body;
use server::{Server, answer_of};
use trace_body::{Numbers, trace_body};

fn number_after(flag: &str, default: u64) -> u64 {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == flag).and_then(|_| arguments.next()).map_or(default, |text| text.parse().unwrap())
}

fn post(address: &str, body: &str) -> Vec<u8> {
    format!("POST /api/trace HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

async fn status_of(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> u16 {
    stream.write_all(request).await.unwrap();
    answer_of(stream, buffer).await.unwrap()
}

/// Fills the store with lines of 200 traces a request.
async fn fill(address: &str, traces: u64) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < traces {
        let lines: Vec<String> =
            (at..(at + 200).min(traces)).map(|index| trace_body(index, 4_096).replacen("bench-", "fill-", 1)).collect();
        assert_eq!(status_of(&mut stream, &post(address, &lines.join("\n")), &mut buffer).await, 200);
        at += 200;
    }
}

/// Posts until the connection breaks; writes down each id once it is acknowledged.
async fn post_until_killed(address: String, round: u64, worker: u64, acknowledged: Arc<Mutex<Vec<String>>>) {
    let Ok(mut stream) = TcpStream::connect(&address).await else { return };
    let mut buffer = Vec::new();
    for at in 0.. {
        let id = format!("kill-{round}-{worker}-{at}");
        let body = trace_body(at, 16 * 1024).replacen(&format!("bench-{at}"), &id, 1);
        if stream.write_all(&post(&address, &body)).await.is_err() {
            return;
        }
        let Ok(status) = answer_of(&mut stream, &mut buffer).await else { return };
        if status == 200 {
            acknowledged.lock().unwrap().push(id);
        }
    }
}

fn main() {
    let (traces, kills) = (number_after("--traces", 100_000), number_after("--kills", 20));
    let folder = tempfile::Builder::new().prefix("kill-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = folder.path().join("traces.redb");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut numbers = Numbers::new(42);
    let mut server = Server::start(&store);
    let started = Instant::now();
    runtime.block_on(fill(&server.address, traces));
    println!("filled {traces} traces in {:.1} s", started.elapsed().as_secs_f64());
    let (mut restarts, mut acknowledged_in_all, mut missing) = (Vec::new(), 0, 0);
    for round in 0..kills {
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        for worker in 0..4 {
            runtime.spawn(post_until_killed(server.address.clone(), round, worker, Arc::clone(&acknowledged)));
        }
        let moment = Duration::from_millis(200 + numbers.below(800));
        runtime.block_on(async { tokio::time::sleep(moment).await });
        server.kill();
        let restarted = Instant::now();
        server = Server::start(&store);
        restarts.push(restarted.elapsed());
        let ids = acknowledged.lock().unwrap().clone();
        acknowledged_in_all += ids.len();
        missing += runtime.block_on(async {
            let mut stream = TcpStream::connect(&server.address).await.unwrap();
            let (mut buffer, mut missing) = (Vec::new(), 0);
            for id in &ids {
                let request = format!("GET /api/analysis/{id} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
                if status_of(&mut stream, request.as_bytes(), &mut buffer).await != 200 {
                    missing += 1;
                }
            }
            missing
        });
    }
    restarts.sort_unstable();
    println!(
        "{kills} kills: {acknowledged_in_all} acknowledged under load, {missing} missing; listening again after {:.0} ms (median), {:.0} ms (longest)",
        restarts[restarts.len() / 2].as_secs_f64() * 1e3,
        restarts[restarts.len() - 1].as_secs_f64() * 1e3,
    );
    assert_eq!(missing, 0, "acknowledged traces are missing");
}
