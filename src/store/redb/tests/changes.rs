//! What becomes of each change, alone and beside others in its group.

use super::fixture::{answer, arrive, at, commit, feedback, id, record, run, snapshot};
use crate::{
    model::{
        baseline::Baseline,
        decision::{Choice, Decision},
        failure::FailureCode,
        ids::Sequence,
    },
    store::{Arrival, Change, Committed, Store, StoreError, redb::RedbStore},
};

fn trace(body: &str) -> Change {
    Change::Trace(Box::new(record(run("t-1", "refund-bot"), body, &[])))
}

#[test]
fn a_trace_comes_back_as_it_was_sent_with_its_patterns_in_the_verdict() {
    let store = RedbStore::in_memory().unwrap();
    let failures = [(FailureCode::ToolTimeout, "order 17 timed out", false)];
    let (sequence, status) = arrive(&*store, record(run("t/1 ?é", "refund-bot"), "{\"trace_id\":\"t/1 ?é\"}", &failures));
    assert_eq!((sequence, status), (Sequence(1), Arrival::New));

    let view = snapshot(&*store);
    assert_eq!(view.find(&id("t/1 ?é")).unwrap(), Some(sequence));
    let stored = view.stored(sequence).unwrap().unwrap();
    assert_eq!(stored.body, "{\"trace_id\":\"t/1 ?é\"}".as_bytes());
    assert_eq!((stored.summary.sequence, stored.summary.revision), (sequence, 1));
    let fingerprint = stored.summary.failures[0].fingerprint;
    assert!(fingerprint.is_some());
    assert_eq!(stored.verdict.failures[0].fingerprint, fingerprint);
    assert_eq!(view.pattern(fingerprint.unwrap()).unwrap().unwrap().example, sequence);
}

#[test]
fn the_same_body_again_changes_nothing_and_commits_nothing() {
    let store = RedbStore::in_memory().unwrap();
    commit(&*store, trace("{}")).unwrap();
    let commits = store.pulse().borrow().commits;
    for _ in 0..3 {
        let again = commit(&*store, trace("{}")).unwrap();
        assert_eq!(again, Committed::Trace { sequence: Sequence(1), status: Arrival::Unchanged });
    }
    assert_eq!(store.pulse().borrow().commits, commits);
    assert_eq!(snapshot(&*store).counts().unwrap().traces, 1);
}

#[test]
fn another_body_under_the_same_id_is_a_revision_in_the_same_place() {
    let store = RedbStore::in_memory().unwrap();
    commit(&*store, trace("{}")).unwrap();
    let mut later = record(run("t-1", "refund-bot"), "{\"more\":1}", &[]);
    later.summary.arrived = at(50);
    assert_eq!(arrive(&*store, later), (Sequence(1), Arrival::Revised));

    let view = snapshot(&*store);
    let stored = view.stored(Sequence(1)).unwrap().unwrap();
    assert_eq!(stored.body, b"{\"more\":1}");
    assert_eq!(stored.summary.revision, 2);
    assert_eq!(stored.summary.arrived, at(0), "a revised run does not move in the stream");
    assert_eq!(view.agents(10).unwrap()[0].runs, 1);
}

#[test]
fn a_revision_analysed_without_the_feedback_that_is_there_is_stale() {
    let store = RedbStore::in_memory().unwrap();
    let mut first = record(run("t-1", "refund-bot"), "{}", &[]);
    first.summary.feedback = Some(feedback(true, 1));
    arrive(&*store, first);

    assert_eq!(commit(&*store, trace("{\"more\":1}")).unwrap(), Committed::Stale);
    assert_eq!(snapshot(&*store).stored(Sequence(1)).unwrap().unwrap().body, b"{}");

    let mut carrying = record(run("t-1", "refund-bot"), "{\"more\":1}", &[]);
    carrying.summary.feedback = Some(feedback(true, 1));
    assert_eq!(arrive(&*store, carrying).1, Arrival::Revised);
}

#[test]
fn a_regrade_replaces_verdict_and_row_but_never_the_body() {
    let store = RedbStore::in_memory().unwrap();
    let failures = [(FailureCode::ToolTimeout, "order 17 timed out", false)];
    arrive(&*store, record(run("t-1", "refund-bot"), "{}", &failures));
    let timeout = snapshot(&*store).patterns(1).unwrap()[0].fingerprint;

    let mut voted = record(run("t-1", "refund-bot"), "{}", &[(FailureCode::ToolError, "order 17 not found", true)]);
    voted.summary.feedback = Some(feedback(false, 2));
    voted.body = bytes::Bytes::from_static(b"ignored");
    let regrade = Change::Regrade { sequence: Sequence(1), record: Box::new(voted) };
    assert_eq!(commit(&*store, regrade).unwrap(), Committed::Regraded);

    let view = snapshot(&*store);
    let stored = view.stored(Sequence(1)).unwrap().unwrap();
    assert_eq!((stored.body.as_slice(), stored.summary.revision), (b"{}".as_slice(), 1));
    assert_eq!(stored.summary.feedback, Some(feedback(false, 2)));
    assert_eq!(view.pattern(timeout).unwrap(), None, "no run shows the old pattern any more");
    assert_eq!(view.patterns(10).unwrap().len(), 1);
}

#[test]
fn a_regrade_of_what_is_no_longer_so_is_stale() {
    let store = RedbStore::in_memory().unwrap();
    let regrade = |body: &str, minutes: Option<i64>, sequence: u64| {
        let mut graded = record(run("t-1", "refund-bot"), body, &[]);
        graded.summary.feedback = minutes.map(|minutes| feedback(true, minutes));
        commit(&*store, Change::Regrade { sequence: Sequence(sequence), record: Box::new(graded) }).unwrap()
    };
    assert_eq!(regrade("{}", None, 1), Committed::Stale, "not there");
    commit(&*store, trace("{}")).unwrap();
    assert_eq!(regrade("{\"other\":1}", None, 1), Committed::Stale, "another body");
    assert_eq!(regrade("{}", Some(5), 1), Committed::Regraded);
    assert_eq!(regrade("{}", Some(4), 1), Committed::Stale, "an older word than the one that is there");
    assert_eq!(regrade("{}", Some(6), 1), Committed::Regraded);
    assert_eq!(regrade("{}", None, 1), Committed::Regraded, "taken back");
}

#[test]
fn changes_to_one_id_within_one_group_follow_each_other() {
    let store = RedbStore::in_memory().unwrap();
    // The first keeps the writer busy, so that the rest come in one group; whether they do or not, the answers are the same.
    let submitted: Vec<_> = ["{}", "{}", "{\"a\":1}", "{}"].iter().map(|body| store.submit(trace(body)).unwrap()).collect();
    let delete = store.submit(Change::Delete(vec![id("t-1"), id("nobody")])).unwrap();
    let again = store.submit(trace("{}")).unwrap();
    let statuses: Vec<_> = submitted.into_iter().map(|pending| answer(pending).unwrap()).collect();
    let one = |status| Committed::Trace { sequence: Sequence(1), status };
    assert_eq!(statuses, [one(Arrival::New), one(Arrival::Unchanged), one(Arrival::Revised), one(Arrival::Revised)]);
    assert_eq!(answer(delete).unwrap(), Committed::Deleted(1));
    let again = answer(again).unwrap();
    assert_eq!(again, Committed::Trace { sequence: Sequence(2), status: Arrival::New }, "sequences are never used again");
}

#[test]
fn deletion_forgets_the_trace_and_its_part_in_every_figure() {
    let store = RedbStore::in_memory().unwrap();
    let failures = [(FailureCode::ToolTimeout, "order 17 timed out", false)];
    arrive(&*store, record(run("t-1", "refund-bot"), "{}", &failures));
    arrive(&*store, record(run("t-2", "other"), "{}", &[]));
    assert_eq!(commit(&*store, Change::Delete(vec![id("t-1")])).unwrap(), Committed::Deleted(1));

    let view = snapshot(&*store);
    assert_eq!(view.find(&id("t-1")).unwrap(), None);
    assert!(view.stored(Sequence(1)).unwrap().is_none());
    assert!(view.patterns(10).unwrap().is_empty());
    assert_eq!(view.counts().unwrap().patterns, 0, "its message is not kept as a template either");
    assert_eq!(view.agents(10).unwrap().iter().map(|agent| agent.agent.as_str()).collect::<Vec<_>>(), ["other"]);
    let counts = view.counts().unwrap();
    assert_eq!((counts.traces, counts.first, counts.last), (1, Some(Sequence(2)), Some(Sequence(2))));
}

#[test]
fn a_deletion_of_thousands_goes_in_steps_and_is_answered_once() {
    let store = RedbStore::in_memory().unwrap();
    let names: Vec<String> = (0..900).map(|n| format!("t-{n}")).collect();
    let pending: Vec<_> =
        names.iter().map(|name| store.submit(Change::Trace(Box::new(record(run(name, "refund-bot"), "{}", &[])))).unwrap()).collect();
    for pending in pending {
        answer(pending).unwrap();
    }
    let commits = store.pulse().borrow().commits;
    let delete = store.submit(Change::Delete(names.iter().map(|name| id(name)).collect())).unwrap();
    let after = store.submit(trace("{}")).unwrap();
    assert_eq!(answer(delete).unwrap(), Committed::Deleted(900));
    assert!(matches!(answer(after).unwrap(), Committed::Trace { status: Arrival::New, .. }));
    assert!(store.pulse().borrow().commits >= commits + 4, "in several commits");
    assert_eq!(snapshot(&*store).counts().unwrap().traces, 1);
}

#[test]
fn baselines_are_listed_newest_first_and_the_newest_decision_on_a_subject_counts() {
    let store = RedbStore::in_memory().unwrap();
    for (name, minutes) in [("second", 2), ("first", 1)] {
        let runs = vec![Sequence(1), Sequence(9)];
        let baseline = Baseline { id: format!("id-{name}"), name: Some(name.into()), agent: None, at: at(minutes), runs };
        assert_eq!(commit(&*store, Change::Baseline(baseline)).unwrap(), Committed::Recorded);
    }
    for (choice, minutes) in [(Choice::Accepted, 1), (Choice::Rejected, 3), (Choice::Accepted, 2)] {
        let decision = Decision { subject: "fix-1".into(), pattern: None, choice, reason: None, at: at(minutes) };
        commit(&*store, Change::Decision(decision)).unwrap();
    }
    let view = snapshot(&*store);
    let names: Vec<_> = view.baselines().unwrap().into_iter().filter_map(|baseline| baseline.name).collect();
    assert_eq!(names, ["second", "first"]);
    assert_eq!(view.decisions().unwrap()["fix-1"].choice, Choice::Rejected);
}

#[test]
fn several_may_close_at_once_and_what_waits_is_still_written() {
    let store = RedbStore::in_memory().unwrap();
    let pending: Vec<_> =
        (0..400).map(|n| store.submit(Change::Trace(Box::new(record(run(&format!("t-{n}"), "a"), "{}", &[])))).unwrap()).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| store.close().unwrap());
        }
    });
    for pending in pending {
        answer(pending).unwrap();
    }
}

#[test]
fn closing_writes_what_waits_and_refuses_what_comes() {
    let store = RedbStore::in_memory().unwrap();
    let pending: Vec<_> =
        (0..50).map(|n| store.submit(Change::Trace(Box::new(record(run(&format!("t-{n}"), "a"), "{}", &[])))).unwrap()).collect();
    store.close().unwrap();
    for pending in pending {
        answer(pending).unwrap();
    }
    assert!(matches!(store.submit(trace("{}")), Err(StoreError::Closed)));
    assert!(matches!(store.snapshot().map(drop), Err(StoreError::Closed)));
    assert!(matches!(store.retain(Default::default()), Err(StoreError::Closed)));
    store.close().unwrap();
}
