//! Reading by windows: from any anchor, in both directions, by agent, by time.

use super::fixture::{arrive, at, commit, id, record, run, snapshot};
use crate::{
    model::{failure::FailureCode, ids::Sequence, summary::Summary},
    store::{Change, Resolution, redb::RedbStore},
};

fn sequences(rows: &[Summary]) -> Vec<u64> {
    rows.iter().map(|row| row.sequence.0).collect()
}

/// Ten runs of two agents; run `n` happened at minute `20 - n`, so time runs against arrival. The sixth is deleted.
fn store() -> std::sync::Arc<RedbStore> {
    let store = RedbStore::in_memory().unwrap();
    for n in 1..=10 {
        let mut summary = run(&format!("t-{n}"), if n % 2 == 0 { "even" } else { "odd" });
        summary.time = at(20 - n);
        arrive(&*store, record(summary, "{}", &[(FailureCode::ToolError, "no such order", n > 3)]));
    }
    commit(&*store, Change::Delete(vec![id("t-6")])).unwrap();
    store
}

#[test]
fn rows_are_read_from_any_anchor_in_both_directions() {
    let store = store();
    let view = snapshot(&*store);
    assert_eq!(sequences(&view.rows_before(None, 3).unwrap()), [10, 9, 8]);
    assert_eq!(sequences(&view.rows_before(Some(Sequence(8)), 3).unwrap()), [7, 5, 4]);
    assert_eq!(sequences(&view.rows_before(Some(Sequence(6)), 2).unwrap()), [5, 4], "an anchor that is gone is a place all the same");
    assert_eq!(sequences(&view.rows_before(Some(Sequence(1)), 2).unwrap()), [0; 0]);
    assert_eq!(sequences(&view.rows_after(Sequence(4), 3).unwrap()), [5, 7, 8]);
    assert_eq!(sequences(&view.rows_after(Sequence(10), 3).unwrap()), [0; 0]);
    assert_eq!(sequences(&view.rows_after(Sequence(u64::MAX), 3).unwrap()), [0; 0]);
    assert_eq!(view.rows_before(None, usize::MAX).unwrap().len(), 9);
}

#[test]
fn rows_are_read_by_time_of_the_run_and_by_agent() {
    let store = store();
    let view = snapshot(&*store);
    assert_eq!(sequences(&view.time_rows(None, None, 3).unwrap()), [1, 2, 3], "the earliest to arrive are the latest by time");
    assert_eq!(sequences(&view.time_rows(Some(at(11)), Some(at(14)), 9).unwrap()), [7, 8, 9], "from is in, to is not");
    assert_eq!(sequences(&view.agent_rows("even", None, None, 9).unwrap()), [2, 4, 8, 10]);
    assert_eq!(sequences(&view.agent_rows("even", Some(at(12)), Some(at(18)), 9).unwrap()), [4, 8]);
    assert!(view.agent_rows("nobody", None, None, 9).unwrap().is_empty());
    assert!(view.time_rows(Some(at(14)), Some(at(11)), 9).unwrap().is_empty(), "a window that ends before it starts is empty");
}

#[test]
fn agents_are_listed_by_when_they_were_last_seen() {
    let store = store();
    let mut late = run("late", "even");
    late.time = at(100);
    arrive(&*store, record(late, "{}", &[]));
    let names = |limit| snapshot(&*store).agents(limit).unwrap().into_iter().map(|a| (a.agent, a.runs)).collect::<Vec<_>>();
    assert_eq!(names(9), [("even".to_owned(), 5), ("odd".to_owned(), 5)]);
    assert_eq!(names(1), [("even".to_owned(), 5)]);
    commit(&*store, Change::Delete(vec![id("late")])).unwrap();
    assert_eq!(names(9), [("odd".to_owned(), 5), ("even".to_owned(), 4)], "what was last seen is forgotten with the run");
}

#[test]
fn patterns_are_listed_by_runs_and_their_rows_newest_first() {
    let store = store();
    for n in 0..2 {
        arrive(&*store, record(run(&format!("x-{n}"), "odd"), "{}", &[(FailureCode::ToolTimeout, "took too long", false)]));
    }
    let view = snapshot(&*store);
    let patterns = view.patterns(9).unwrap();
    assert_eq!(patterns.iter().map(|p| (p.runs, p.unrecovered_runs)).collect::<Vec<_>>(), [(9, 3), (2, 2)]);
    assert_eq!(patterns[0].agents, [("odd".to_owned(), 5), ("even".to_owned(), 4)]);
    assert_eq!((patterns[0].example, patterns[0].last_seen), (Sequence(10), at(19)));
    let fingerprint = patterns[0].fingerprint;
    assert_eq!(sequences(&view.pattern_rows(fingerprint, None, 2).unwrap()), [10, 9]);
    assert_eq!(sequences(&view.pattern_rows(fingerprint, Some(Sequence(7)), 2).unwrap()), [5, 4]);
    let buckets = view.pattern_buckets(fingerprint, Resolution::Day, Resolution::Day.start_of(at(0)), at(9999)).unwrap();
    assert_eq!(buckets, [(Resolution::Day.start_of(at(0)), 9)]);
}

#[test]
fn buckets_of_one_agent_are_the_same_alone_as_among_all() {
    let store = store();
    let view = snapshot(&*store);
    for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
        let all = view.agent_buckets(resolution, at(-9999), at(9999), None).unwrap();
        for agent in ["even", "odd"] {
            let alone = view.agent_buckets(resolution, at(-9999), at(9999), Some(agent)).unwrap();
            assert_eq!(alone, all.iter().filter(|bucket| bucket.agent == agent).cloned().collect::<Vec<_>>());
            assert!(!alone.is_empty());
        }
    }
    let some = view.agent_buckets(Resolution::Minute, at(12), at(14), None).unwrap();
    assert_eq!(some.iter().map(|bucket| bucket.start).collect::<Vec<_>>(), [at(12), at(13)], "from is in, to is not");
    let even = view.agent_buckets(Resolution::Minute, at(12), at(13), Some("even")).unwrap();
    assert_eq!(even.iter().map(|bucket| bucket.start).collect::<Vec<_>>(), [at(12)]);
}

#[test]
fn a_snapshot_stays_as_it_was_when_it_was_taken() {
    let store = store();
    let view = snapshot(&*store);
    let before = (view.counts().unwrap(), view.rows_before(None, 99).unwrap(), view.patterns(9).unwrap());
    arrive(&*store, record(run("later", "odd"), "{}", &[(FailureCode::ToolError, "no such order", false)]));
    commit(&*store, Change::Delete(vec![id("t-1")])).unwrap();
    assert_eq!((view.counts().unwrap(), view.rows_before(None, 99).unwrap(), view.patterns(9).unwrap()), before);
    assert_ne!(snapshot(&*store).rows_before(None, 99).unwrap(), before.1);
}
