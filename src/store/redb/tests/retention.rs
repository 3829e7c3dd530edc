//! Keeping a store within its bounds, and giving space back.

use std::sync::Arc;

use super::{
    disk::Disk,
    fixture::{answer, at, commit, id, record, run, snapshot},
    recount,
};
use crate::{
    model::{failure::FailureCode, ids::Sequence},
    store::{Change, RetentionRule, Store, StoreError, redb::RedbStore},
};

/// Text that does not compress to nothing.
fn body(seed: u64, len: usize) -> String {
    let mut state = seed;
    let letters = std::iter::repeat_with(|| {
        state = xxhash_rust::xxh3::xxh3_64(&state.to_le_bytes());
        char::from(b'a' + (state % 26) as u8)
    });
    letters.take(len).collect()
}

fn fill(store: &RedbStore, count: u64) -> u64 {
    let mut bytes = 0;
    let pending: Vec<_> = (0..count)
        .map(|n| {
            let mut summary = run(&format!("t-{n}"), "a");
            (summary.time, summary.arrived) = (at(n as i64), at(n as i64));
            let record = record(summary, &body(n, 3000), &[(FailureCode::ToolTimeout, "order 17 timed out", false)]);
            bytes += (record.body.len() + record.verdict.len()) as u64;
            store.submit(Change::Trace(Box::new(record))).unwrap()
        })
        .collect();
    for pending in pending {
        answer(pending).unwrap();
    }
    bytes
}

#[test]
fn live_bytes_are_the_bytes_of_what_is_stored() {
    let store = RedbStore::in_memory().unwrap();
    let bytes = fill(&store, 20);
    assert_eq!(snapshot(&*store).counts().unwrap().live_bytes, bytes);
    commit(&*store, Change::Trace(Box::new(record(run("t-3", "a"), "{}", &[])))).unwrap();
    let revised = record(run("t-3", "a"), "{}", &[]);
    let old = record(run("t-3", "a"), &body(3, 3000), &[(FailureCode::ToolTimeout, "order 17 timed out", false)]);
    let expected = bytes - (old.body.len() + old.verdict.len()) as u64 + (revised.body.len() + revised.verdict.len()) as u64;
    assert_eq!(snapshot(&*store).counts().unwrap().live_bytes, expected);
}

#[test]
fn the_oldest_go_until_the_rest_fits() {
    let store = RedbStore::in_memory().unwrap();
    let bytes = fill(&store, 600);
    let commits = store.pulse().borrow().commits;
    let deleted = store.retain(RetentionRule { max_bytes: Some(bytes / 4), oldest: None }).unwrap();
    assert!((440..=460).contains(&deleted), "{deleted}");
    let counts = snapshot(&*store).counts().unwrap();
    assert!(counts.live_bytes <= bytes / 4);
    assert_eq!((counts.first, counts.last), (Some(Sequence(deleted + 1)), Some(Sequence(600))));
    assert!(store.pulse().borrow().commits >= commits + 2, "in several steps");
    assert_eq!(store.retain(RetentionRule { max_bytes: Some(bytes / 4), oldest: None }).unwrap(), 0);
    recount::check(&*store);
}

#[test]
fn what_arrived_too_long_ago_goes() {
    let store = RedbStore::in_memory().unwrap();
    fill(&store, 100);
    assert_eq!(store.retain(RetentionRule::default()).unwrap(), 0, "without bounds nothing goes");
    assert_eq!(store.retain(RetentionRule { max_bytes: None, oldest: Some(at(30)) }).unwrap(), 30);
    assert_eq!(snapshot(&*store).find(&id("t-29")).unwrap(), None);
    assert_eq!(snapshot(&*store).find(&id("t-30")).unwrap(), Some(Sequence(31)));
    recount::check(&*store);
}

#[test]
fn compaction_gives_space_back_but_not_under_a_reader() {
    let disk = Arc::new(Disk::default());
    let store = disk.store().unwrap();
    fill(&store, 400);
    store.retain(RetentionRule { max_bytes: Some(10_000), oldest: None }).unwrap();
    let before = snapshot(&*store).counts().unwrap().file_bytes;
    let reader = snapshot(&*store);
    assert!(matches!(store.compact(), Err(StoreError::Write(_))));
    drop(reader);
    assert!(store.compact().unwrap());
    let after = snapshot(&*store).counts().unwrap().file_bytes;
    assert!(after < before / 2, "{before} to {after}");
    recount::check(&*store);
    fill(&store, 10);
    recount::check(&*store);
}
