//! A kill costs nothing that was acknowledged: SIGKILL under load, start again, ask for everything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

#[path = "support/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;
use support::{Server, request};

#[test]
fn everything_acknowledged_survives_kills_under_load() {
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::start(home.path());
    let mut acknowledged_ever = Vec::new();
    for round in 0..3 {
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let posted = Arc::new(AtomicUsize::new(0));
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (address, acknowledged, posted) = (server.address.clone(), Arc::clone(&acknowledged), Arc::clone(&posted));
                std::thread::spawn(move || {
                    for at in 0.. {
                        let id = format!("{round}-{sender}-{at}");
                        let body = format!(
                            r#"{{"trace_id":"{id}","agent_id":"a","output":"{}","execution_time":1,"success":true}}"#,
                            "x".repeat(2_000)
                        );
                        match request(&address, "POST", "/api/trace", body.as_bytes()) {
                            Ok((200, _)) => {
                                acknowledged.lock().unwrap().push(id);
                                posted.fetch_add(1, Ordering::Relaxed);
                            }
                            _ => return,
                        }
                    }
                })
            })
            .collect();
        let deadline = Instant::now() + Duration::from_secs(30);
        while posted.load(Ordering::Relaxed) < 40 {
            assert!(Instant::now() < deadline, "only {} posts were acknowledged", posted.load(Ordering::Relaxed));
            std::thread::yield_now();
        }
        server.kill();
        for sender in senders {
            sender.join().unwrap();
        }
        acknowledged_ever.append(&mut acknowledged.lock().unwrap());
        server = Server::start(home.path());
        for id in &acknowledged_ever {
            let (status, body) = request(&server.address, "GET", &format!("/api/trace/{id}"), b"").unwrap();
            assert_eq!(status, 200, "{id} was acknowledged and is gone: {body}");
        }
    }
    let (_, summary) = request(&server.address, "GET", "/api/summary", b"").unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert!(summary["traces"].as_u64().unwrap() >= acknowledged_ever.len() as u64, "{summary}");
}
