//! Spans wait in the inbox until their run's body takes them over: none is lost, none counted twice, none kept for ever.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    fixture::{arrive, at, commit, feedback, grown, id, piece, record, run, snapshot},
    recount,
};
use crate::{
    model::{ids::TraceId, progress::Progress},
    store::{Arrival, Change, Committed, NewPiece, ParkedRule, RetentionRule, Snapshot, Store, redb::RedbStore},
};

fn contents(view: &dyn Snapshot, trace: &str) -> Vec<String> {
    let text = |piece: crate::store::Piece| String::from_utf8(piece.bytes).unwrap();
    view.pieces(&id(trace), usize::MAX).unwrap().into_iter().map(text).collect()
}

fn grow(store: &dyn Store, trace: &str) -> Committed {
    commit(store, Change::Trace(Box::new(grown(store, trace)))).unwrap()
}

#[test]
fn a_run_takes_its_pieces_over_and_stays_the_same_revision() {
    let store = RedbStore::in_memory().unwrap();
    assert_eq!(commit(&*store, piece("a", "one ", 0)).unwrap(), Committed::Spans);
    commit(&*store, piece("b", "other ", 0)).unwrap();
    commit(&*store, piece("a", "two ", 1)).unwrap();
    let view = snapshot(&*store);
    assert_eq!(contents(&*view, "a"), ["one ", "two "]);
    assert_eq!(view.waiting(None, 10).unwrap(), [id("a"), id("b")]);
    assert_eq!(view.waiting(Some(&id("a")), 10).unwrap(), [id("b")]);
    assert_eq!(view.pieces(&id("a"), 1).unwrap().len(), 1, "the first in any case");

    assert!(matches!(grow(&*store, "a"), Committed::Trace { status: Arrival::New, .. }));
    commit(&*store, piece("a", "three", 2)).unwrap();
    assert!(matches!(grow(&*store, "a"), Committed::Trace { status: Arrival::Revised, .. }));
    let view = snapshot(&*store);
    let stored = view.stored(view.find(&id("a")).unwrap().unwrap()).unwrap().unwrap();
    assert_eq!((stored.body.as_slice(), stored.summary.revision), (b"one two three".as_slice(), 1));
    assert_eq!((contents(&*view, "a").len(), view.counts().unwrap().waiting_pieces), (0, 1));
    recount::check(&*store);
}

#[test]
fn a_piece_that_comes_while_the_run_is_assembled_stays() {
    let store = RedbStore::in_memory().unwrap();
    commit(&*store, piece("a", "one ", 0)).unwrap();
    let made = grown(&*store, "a");
    commit(&*store, piece("a", "late ", 0)).unwrap();
    arrive(&*store, made);
    assert_eq!(contents(&*snapshot(&*store), "a"), ["late "]);
}

#[test]
fn what_is_no_longer_so_is_stale() {
    let store = RedbStore::in_memory().unwrap();
    commit(&*store, piece("a", "one ", 0)).unwrap();
    let first = grown(&*store, "a");
    let mut again = first.clone();
    arrive(&*store, first);
    let stale = |record: &crate::store::Record| commit(&*store, Change::Trace(Box::new(record.clone()))).unwrap() == Committed::Stale;
    assert!(stale(&again), "made for a run that was not there");

    commit(&*store, piece("a", "two ", 0)).unwrap();
    again = grown(&*store, "a");
    let mut voted = record(run("a", "agent"), "one ", &[]);
    voted.summary.feedback = Some(feedback(true, 1));
    let sequence = snapshot(&*store).find(&id("a")).unwrap().unwrap();
    assert_eq!(commit(&*store, Change::Regrade { sequence, record: Box::new(voted) }).unwrap(), Committed::Regraded);
    assert!(stale(&again), "a person has spoken in between");
    assert_eq!(contents(&*snapshot(&*store), "a"), ["two "], "and the piece waits on");

    again = grown(&*store, "a");
    commit(&*store, Change::Delete(vec![id("a")])).unwrap();
    assert!(stale(&again), "the run has been forgotten");
    assert_eq!(snapshot(&*store).counts().unwrap().live_bytes, 0, "with all that waited for it");
}

#[test]
fn a_run_is_found_by_its_other_names_until_it_is_forgotten() {
    let store = RedbStore::in_memory().unwrap();
    let named = |run: &str, name: &str| {
        let piece = NewPiece { trace: id(run), piece: super::fixture::pack(b"x"), heard: at(0), names: vec![id(name)] };
        commit(&*store, Change::Spans(Box::new(piece))).unwrap();
    };
    named("a", "second-trace");
    named("a", "topic");
    grow(&*store, "a");
    named("b", "topic");
    let found = |name: &str| snapshot(&*store).run_named(&id(name)).unwrap();
    assert_eq!((found("second-trace"), found("topic"), found("a")), (Some(id("a")), Some(id("b")), None));
    commit(&*store, Change::Delete(vec![id("a")])).unwrap();
    assert_eq!((found("second-trace"), found("topic")), (None, Some(id("b"))), "b keeps the name it took over");
}

#[test]
fn only_what_never_became_a_run_is_dropped_by_age_or_size() {
    let store = RedbStore::in_memory().unwrap();
    for (trace, minutes) in [("run", 0), ("logs", 0), ("logs", 5), ("noise", 9)] {
        commit(&*store, piece(trace, "content", minutes)).unwrap();
        if trace == "run" {
            grow(&*store, "run");
            commit(&*store, piece("run", "more", minutes)).unwrap();
        }
    }
    let drop_parked = |oldest: i64, max_bytes: u64| {
        let rule = ParkedRule { oldest: at(oldest), max_bytes, after: 0 };
        commit(&*store, Change::DropParked(rule)).unwrap()
    };
    assert_eq!(drop_parked(0, u64::MAX), Committed::Deleted(0));
    assert_eq!(drop_parked(5, u64::MAX), Committed::Deleted(1));
    assert_eq!(contents(&*snapshot(&*store), "logs").len(), 1);
    assert_eq!(drop_parked(0, 0), Committed::Deleted(2));
    let view = snapshot(&*store);
    assert_eq!(contents(&*view, "run"), ["more"], "a part of a run stays whatever its age");
    assert_eq!(view.waiting(None, 10).unwrap(), [id("run")]);
}

#[test]
fn pieces_that_wait_are_no_news_for_readers() {
    let store = RedbStore::in_memory().unwrap();
    let before = store.pulse().borrow().clone();
    commit(&*store, piece("a", "one", 0)).unwrap();
    assert_eq!(*store.pulse().borrow(), before);
    store.nudge();
    assert_eq!((store.pulse().borrow().changes, store.pulse().borrow().commits), (1, 0));
    grow(&*store, "a");
    assert_eq!((store.pulse().borrow().changes, store.pulse().borrow().commits), (2, 1));
}

#[test]
fn how_far_a_run_has_come_is_kept() {
    let store = RedbStore::in_memory().unwrap();
    commit(&*store, piece("a", "one", 0)).unwrap();
    let mut record = grown(&*store, "a");
    record.summary.progress = Progress::Spans { heard: at(3), ended: false };
    let (sequence, _) = arrive(&*store, record);
    assert_eq!(snapshot(&*store).summary(sequence).unwrap().unwrap().progress, Progress::Spans { heard: at(3), ended: false });
}

#[derive(Debug, Clone)]
enum Step {
    Piece(u8),
    Grow(u8),
    Whole(u8),
    Delete(u8),
    Retain,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8).prop_map(Step::Piece),
        4 => (0..4_u8).prop_map(Step::Grow),
        1 => (0..4_u8).prop_map(Step::Whole),
        1 => (0..4_u8).prop_map(Step::Delete),
        1 => Just(Step::Retain),
    ]
}

/// What a run should be: its body once it has a row, and what waits.
#[derive(Debug, Default, Clone, PartialEq)]
struct Model {
    body: Option<String>,
    waits: Vec<String>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_piece_is_in_the_body_or_waits(steps in prop::collection::vec(step(), 0..40)) {
        let store = RedbStore::in_memory().unwrap();
        let mut model: BTreeMap<TraceId, Model> = BTreeMap::new();
        for (number, step) in steps.into_iter().enumerate() {
            let name = |run: u8| format!("run-{run}");
            match step {
                Step::Piece(run) => {
                    let content = format!("piece {number};");
                    commit(&*store, piece(&name(run), &content, 0)).unwrap();
                    model.entry(id(&name(run))).or_default().waits.push(content);
                }
                Step::Grow(run) => {
                    let entry = model.entry(id(&name(run))).or_default();
                    if entry.body.is_some() || !entry.waits.is_empty() {
                        grow(&*store, &name(run));
                        let taken: String = entry.waits.drain(..).collect();
                        entry.body = Some(entry.body.take().unwrap_or_default() + &taken);
                    }
                }
                Step::Whole(run) => {
                    let body = format!("whole {number}");
                    arrive(&*store, record(super::fixture::run(&name(run), "agent"), &body, &[]));
                    model.insert(id(&name(run)), Model { body: Some(body), waits: Vec::new() });
                }
                Step::Delete(run) => {
                    commit(&*store, Change::Delete(vec![id(&name(run))])).unwrap();
                    model.remove(&id(&name(run)));
                }
                Step::Retain => {
                    // All that has a row is too old; what has none is not retention's to judge.
                    store.retain(RetentionRule { max_bytes: None, oldest: Some(at(1)) }).unwrap();
                    model.retain(|_, entry| entry.body.is_none());
                }
            }
            let view = snapshot(&*store);
            let mut bytes = 0;
            for run in 0..4 {
                let expected = model.get(&id(&name(run))).cloned().unwrap_or_default();
                let stored = view.find(&id(&name(run))).unwrap().map(|sequence| view.stored(sequence).unwrap().unwrap().body);
                let body = stored.map(|body| String::from_utf8(body).unwrap());
                bytes += expected.waits.iter().map(|piece| super::fixture::pack(piece.as_bytes()).len() as u64).sum::<u64>();
                prop_assert_eq!(Model { body, waits: contents(&*view, &name(run)) }, expected);
            }
            let waiting: Vec<TraceId> = model.iter().filter(|(_, entry)| !entry.waits.is_empty()).map(|(id, _)| id.clone()).collect();
            prop_assert_eq!(view.waiting(None, 10).unwrap(), waiting);
            prop_assert_eq!(view.counts().unwrap().waiting_bytes, bytes);
        }
        recount::check(&*store);
    }
}
