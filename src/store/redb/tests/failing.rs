//! A disk that fails: senders are told, nothing acknowledged is harmed, and writing goes on when the disk does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    disk::{Disk, Fault},
    fixture::{answer, arrive, commit, id, record, run, snapshot},
    recount,
};
use crate::{
    model::{failure::FailureCode, ids::Sequence},
    store::{
        Arrival, Change, Store, StoreError,
        redb::{
            RedbStore,
            tables::{PATTERNS, ROWS},
        },
    },
};

fn trace(name: &str) -> Change {
    let body = format!("{{\"trace_id\":\"{name}\",\"text\":\"{}\"}}", name.repeat(50));
    Change::Trace(Box::new(record(run(name, "refund-bot"), &body, &[(FailureCode::ToolTimeout, "order 17 timed out", false)])))
}

/// Commits once the store has seen that the disk works again; until then it may refuse without trying.
fn commit_when_well(store: &RedbStore, name: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(error) = commit(store, trace(name)) {
        assert!(Instant::now() < deadline, "still failing: {error}");
    }
}

fn failing_text(store: &RedbStore) -> Option<String> {
    store.pulse().borrow().failing.clone()
}

#[test]
fn every_acknowledged_commit_was_synced_before_its_answer() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    for n in 0..12 {
        let before = disk.syncs();
        let name = format!("t-{n}");
        commit(&*store, trace(&name)).unwrap();
        assert!(disk.syncs() > before, "a sync for every commit");
        // What is on the disk without anything unsynced is enough to find the trace again.
        let copy = disk.after_power_loss(|| false).store().unwrap();
        assert_eq!(snapshot(&*copy).find(&id(&name)).unwrap(), Some(Sequence(n + 1)));
    }
}

#[test]
fn a_failing_write_is_told_to_its_sender_and_harms_nothing() {
    for fault in [Fault::Writes, Fault::Syncs, Fault::Panics] {
        let disk = Arc::new(Disk::default());
        let store = disk.store().unwrap();
        for n in 0..20 {
            commit(&*store, trace(&format!("before-{n}"))).unwrap();
        }
        assert_eq!(failing_text(&store), None);
        disk.fault(fault);
        // Longer than it holds off after a failure, so that it tries again and fails again.
        let until = Instant::now() + Duration::from_millis(600);
        while Instant::now() < until {
            let error = commit(&*store, trace("during")).unwrap_err();
            assert!(matches!(error, StoreError::Write(_)), "{fault:?}: {error}");
        }
        assert!(failing_text(&store).is_some(), "{fault:?}");
        disk.fault(Fault::None);
        commit_when_well(&store, "after");
        assert_eq!(failing_text(&store), None, "{fault:?}");
        // A commit whose last sync failed may have reached the disk all the same; its sender asks again and learns so.
        commit(&*store, trace("during")).unwrap();
        recount::check(&*store);
        assert_eq!(snapshot(&*store).counts().unwrap().traces, 22, "{fault:?}");
        assert_eq!(store.pulse().borrow().traces, 22);
    }
}

#[test]
fn a_full_disk_refuses_new_traces_and_still_shows_the_old_ones() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    commit(&*store, trace("before")).unwrap();
    disk.fault(Fault::Full);
    // Some more may fit into blocks the file already has.
    let mut taken = 0;
    let error = loop {
        match commit(&*store, trace(&format!("during-{taken}"))) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 10_000, "the disk never filled up");
    };
    assert!(error.to_string().contains("cannot write"), "{error}");
    assert_eq!(snapshot(&*store).counts().unwrap().traces, 1 + taken);
    recount::check(&*store);
    disk.fault(Fault::None);
    commit_when_well(&store, "after");
    recount::check(&*store);
}

#[test]
fn learns_by_itself_that_writing_works_again() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    disk.fault(Fault::Writes);
    commit(&*store, trace("during")).unwrap_err();
    disk.fault(Fault::None);
    let mut pulse = store.pulse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let healed = runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(20), pulse.wait_for(|pulse| pulse.failing.is_none())).await.map(|found| found.is_ok())
    });
    assert_eq!(healed, Ok(true));
}

#[test]
fn a_snapshot_taken_before_a_failure_answers_with_an_error_and_not_with_nonsense() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    for n in 0..50 {
        commit(&*store, trace(&format!("before-{n}"))).unwrap();
    }
    let old = snapshot(&*store);
    disk.fault(Fault::Writes);
    commit(&*store, trace("during")).unwrap_err();
    match old.rows_before(None, 100) {
        Ok(rows) => assert_eq!(rows.len(), 50, "pages it had at hand"),
        Err(error) => assert!(matches!(error, StoreError::Read(_)), "{error}"),
    }
    assert_eq!(snapshot(&*store).rows_before(None, 100).unwrap().len(), 50, "a new one reads on, while writing still fails");
}

#[test]
fn a_change_that_fails_for_a_reason_of_its_own_does_not_spoil_its_group() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    arrive(&*store, record(run("damaged", "a"), "{}", &[]));
    let transaction = store.handle.begin_write().unwrap();
    transaction.open_table(ROWS).unwrap().insert(1, b"\x01nonsense".as_slice()).unwrap();
    // While this transaction is open the writer waits, so that the three below come in one group.
    let pending: Vec<_> = ["good-1", "damaged", "good-2"].iter().map(|name| store.submit(trace(name)).unwrap()).collect();
    transaction.commit().unwrap();
    let answers: Vec<_> = pending.into_iter().map(answer).collect();
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert!(matches!(&answers[1], Err(StoreError::Write(why)) if why.contains("a row is damaged")), "{answers:?}");
    assert_eq!(failing_text(&store), None, "the store itself is well");
    assert_eq!(arrive(&*store, record(run("good-3", "a"), "{}", &[])).1, Arrival::New);
}

#[test]
fn a_damaged_pattern_refuses_what_touches_it_and_nothing_else() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    commit(&*store, trace("shows-it")).unwrap();
    arrive(&*store, record(run("fine", "a"), "{}", &[]));
    let fingerprint = snapshot(&*store).patterns(1).unwrap()[0].fingerprint;
    let transaction = store.handle.begin_write().unwrap();
    transaction.open_table(PATTERNS).unwrap().insert(fingerprint.0, b"\x01".as_slice()).unwrap();
    let pending: Vec<_> = [
        Change::Delete(vec![id("shows-it")]),
        trace("would-show-it"),
        Change::Delete(vec![id("fine")]),
        Change::Trace(Box::new(record(run("new", "a"), "{}", &[]))),
    ]
    .into_iter()
    .map(|change| store.submit(change).unwrap())
    .collect();
    transaction.commit().unwrap();
    let answers: Vec<_> = pending.into_iter().map(answer).collect();
    assert!(answers[0].is_err() && answers[1].is_err(), "{answers:?}");
    assert!(answers[2].is_ok() && answers[3].is_ok(), "{answers:?}");
    let view = snapshot(&*store);
    assert!(view.find(&id("shows-it")).unwrap().is_some() && view.find(&id("fine")).unwrap().is_none());
    assert_eq!(view.agents(9).unwrap().iter().map(|agent| agent.runs).sum::<u64>(), 2, "nothing was half done");
    store.close().unwrap();
    assert!(disk.store().is_ok(), "the store still opens");
}

#[test]
fn a_full_queue_refuses_and_says_so_beforehand() {
    let disk = Arc::new(Disk::default());
    let options = super::super::StoreOptions { queue: 4, ..Default::default() };
    let store = disk.store_with(&options).unwrap();
    let transaction = store.handle.begin_write().unwrap();
    let mut pending = Vec::new();
    let mut refused = 0;
    // The writer may have taken some of the first before it began to wait for the open transaction.
    while refused == 0 {
        let full = store.is_full();
        match store.submit(trace(&format!("t-{}", pending.len()))) {
            Ok(answer) => pending.push(answer),
            Err(StoreError::Busy) => {
                assert!(full);
                refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
        assert!(pending.len() <= 4 + 4 + 1);
    }
    transaction.abort().unwrap();
    for pending in pending {
        answer(pending).unwrap();
    }
    assert!(!store.is_full());
}
