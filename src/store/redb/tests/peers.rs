//! What waits to be judged beside other runs: noted with the run, until it is settled.

use super::fixture::{arrive, commit, id, record, run, snapshot};
use crate::store::{Change, Committed, Store, redb::RedbStore};

fn unsettled(store: &dyn Store) -> Vec<(u64, u64)> {
    snapshot(store).unsettled(None, 10).unwrap()
}

#[test]
fn a_second_run_about_a_subject_unsettles_it_until_it_is_settled() {
    let store = RedbStore::in_memory().unwrap();
    arrive(&*store, record(run("one", "a"), "body", &[]));
    assert_eq!(unsettled(&*store), [], "a run alone has nothing beside it");
    arrive(&*store, record(run("two", "b"), "body", &[]));
    let first = unsettled(&*store);
    assert_eq!(first.len(), 1);

    // A run that comes while the others are judged is not settled with them.
    arrive(&*store, record(run("three", "b"), "body", &[]));
    assert_eq!(commit(&*store, Change::Settled(first)).unwrap(), Committed::Recorded);
    let second = unsettled(&*store);
    assert_eq!(second.len(), 1);
    assert_eq!(snapshot(&*store).unsettled(Some(second[0].0), 10).unwrap(), []);
    commit(&*store, Change::Settled(second)).unwrap();
    assert_eq!(unsettled(&*store), []);
}

#[test]
fn judging_a_run_anew_unsettles_nothing_and_another_body_does() {
    let store = RedbStore::in_memory().unwrap();
    arrive(&*store, record(run("one", "a"), "body", &[]));
    let (sequence, _) = arrive(&*store, record(run("two", "b"), "body", &[]));
    commit(&*store, Change::Settled(unsettled(&*store))).unwrap();
    let again = Box::new(record(run("two", "b"), "body", &[]));
    assert_eq!(commit(&*store, Change::Regrade { sequence, record: again }).unwrap(), Committed::Regraded);
    assert_eq!(unsettled(&*store), []);
    arrive(&*store, record(run("two", "b"), "bodies", &[]));
    assert_eq!(unsettled(&*store).len(), 1, "the run it stood beside has lost it");
}

#[test]
fn nothing_waits_for_runs_that_are_gone() {
    let store = RedbStore::in_memory().unwrap();
    arrive(&*store, record(run("one", "a"), "body", &[]));
    arrive(&*store, record(run("two", "b"), "body", &[]));
    commit(&*store, Change::Delete(vec![id("one"), id("two")])).unwrap();
    assert_eq!(unsettled(&*store), []);
}
