//! A process that is killed while it commits: whatever it had acknowledged is there, and the store opens at once.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    fixture::{id, piece, record, snapshot, telling_run},
    recount,
};
use crate::{
    model::failure::FailureCode,
    store::{
        Change, Store,
        redb::{RedbStore, StoreOptions},
    },
};

const PLACE: &str = "ARC_EVAL_TEST_KILL_PLACE";
const ROUND: &str = "ARC_EVAL_TEST_KILL_ROUND";
const ROUNDS: u64 = 12;

#[test]
#[ignore = "started by the test below, as the process that is killed"]
fn writes_until_it_is_killed() {
    let (place, round) = (std::env::var(PLACE).unwrap(), std::env::var(ROUND).unwrap());
    let store = RedbStore::open(Path::new(&place), StoreOptions::default()).unwrap();
    let mut out = std::io::stdout().lock();
    for n in 0_u64.. {
        let names: Vec<String> = (0..9).map(|k| format!("t-{round}-{n}-{k}")).collect();
        let pending: Vec<_> = names
            .iter()
            .map(|name| {
                let failures = [(FailureCode::ToolTimeout, "order 17 timed out", true)];
                let body = name.repeat(300);
                if name.ends_with("-8") {
                    return store.submit(piece(name, &body, 0)).unwrap();
                }
                store.submit(Change::Trace(Box::new(record(telling_run(name, "agent", n), &body, &failures)))).unwrap()
            })
            .collect();
        for (name, pending) in names.iter().zip(pending) {
            pending.blocking_recv().unwrap().unwrap();
            writeln!(out, "acknowledged {name}").unwrap();
            out.flush().unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_outlives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("traces.redb");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::redb::tests::kill::writes_until_it_is_killed", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PLACE, &place)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // At another point of the work each round: somewhere between two commits, or in one.
        let enough = acknowledged.len() + 20 + 37 * round as usize;
        let named = |line: &str| line.strip_prefix("acknowledged ").map(str::to_owned);
        while acknowledged.len() < enough {
            let line = lines.next().expect("the child writes until it is killed");
            acknowledged.extend(named(&line));
        }
        child.kill().unwrap();
        // What it had said before the signal reached it counts as well.
        acknowledged.extend(lines.filter_map(|line| named(&line)));
        assert!(!child.wait().unwrap().success());

        let start = Instant::now();
        let store = RedbStore::open(&place, StoreOptions::default()).unwrap();
        // 300 ms is the promise for a release build and 100,000 traces; this leaves room for a busy machine.
        assert!(start.elapsed() < Duration::from_secs(3), "it took {:?} to open", start.elapsed());
        let view = snapshot(&*store);
        for name in &acknowledged {
            let waits = name.ends_with("-8") && !view.pieces(&id(name), usize::MAX).unwrap().is_empty();
            assert!(waits || view.find(&id(name)).unwrap().is_some(), "round {round}: {name} was acknowledged");
        }
        drop(view);
        recount::check(&*store);
        store.close().unwrap();
    }
}
