//! However many ways there are to fail, the patterns stay bounded.

use crate::{
    analysis::patterns::Miner,
    model::{failure::FailureCode, summary::Summary},
    store::{
        Change, RetentionRule, Snapshot,
        redb::{
            group::Group,
            handle::Handle,
            options::StoreOptions,
            patterns::restore_miner,
            place::MemoryPlace,
            reader::RedbSnapshot,
            tests::fixture::{at, id, record, run},
        },
    },
};

const MOST: u64 = 5;

fn handle() -> Handle {
    Handle::open(Box::new(MemoryPlace::default()), &StoreOptions { cache_bytes: 1 << 20, ..StoreOptions::default() }).unwrap()
}

fn commit(handle: &Handle, miner: &mut Miner, work: impl FnOnce(&mut Group<'_, '_>)) {
    let transaction = handle.begin_write().unwrap();
    let mut group = Group::open(&transaction, miner, MOST).unwrap();
    work(&mut group);
    group.finish().unwrap();
    transaction.commit().unwrap();
}

fn fail(handle: &Handle, miner: &mut Miner, name: &str, code: FailureCode, message: &str) {
    let mut summary = run(name, "a");
    summary.arrived = at(i64::from(name.as_bytes()[0]));
    let mut change = Change::Trace(Box::new(record(summary, name, &[(code, message, false)])));
    commit(handle, miner, |group| drop(group.apply(&mut change).unwrap()));
}

fn letters() -> impl Iterator<Item = String> {
    ('a'..='z').map(|letter| letter.to_string())
}

/// What breaks for a letter: as many words as the letter is far in the alphabet, so that the miner sees as many templates.
fn broken(letter: &str) -> String {
    let words = usize::from(letter.as_bytes()[0] - b'a') + 1;
    format!("{} broken", vec!["part"; words].join(" "))
}

fn view(handle: &Handle) -> RedbSnapshot {
    RedbSnapshot::take(handle).unwrap()
}

#[test]
fn further_patterns_of_a_code_are_counted_together() {
    let handle = handle();
    let mut miner = Miner::new();
    for name in letters() {
        fail(&handle, &mut miner, &name, FailureCode::ToolError, &broken(&name));
    }
    fail(&handle, &mut miner, "loop", FailureCode::Loop, "search four times");
    let patterns = view(&handle).patterns(100).unwrap();
    assert_eq!(patterns.len() as u64, MOST + 2, "five patterns, and one catch-all for each of two codes");
    assert_eq!((patterns[0].runs, patterns[0].template.as_str(), &patterns[0].subject), (21, "<*>", &None));
    let summed: u64 = patterns.iter().map(|pattern| pattern.runs).sum();
    assert_eq!(summed, 27, "every failure is counted");
    let marked = |row: &Summary| row.failures[0].fingerprint.is_some();
    assert!(view(&handle).rows_before(None, 100).unwrap().iter().all(marked));
}

#[test]
fn a_pattern_whose_runs_aged_out_makes_room_for_a_new_one() {
    let handle = handle();
    let mut miner = Miner::new();
    for name in letters().take(5) {
        fail(&handle, &mut miner, &name, FailureCode::ToolError, &broken(&name));
    }
    let gone = view(&handle).pattern_rows(view(&handle).summary_of("a"), None, 1).unwrap();
    assert_eq!(gone.len(), 1);
    let rule = RetentionRule { max_bytes: None, oldest: Some(at(i64::from(b'b'))) };
    commit(&handle, &mut miner, |group| drop(group.retain(rule).unwrap()));
    assert_eq!(view(&handle).counts().unwrap().patterns, 5, "remembered");
    fail(&handle, &mut miner, "z", FailureCode::ToolError, &broken("z"));
    let templates: Vec<String> = view(&handle).patterns(100).unwrap().into_iter().map(|pattern| pattern.template).collect();
    assert!(templates.contains(&broken("z")), "{templates:?}");
    assert_eq!(view(&handle).counts().unwrap().patterns, 5, "one had to go");
}

#[test]
fn a_restart_does_not_teach_the_miner_the_catch_all() {
    let handle = handle();
    let mut miner = Miner::new();
    for name in letters() {
        fail(&handle, &mut miner, &name, FailureCode::ToolError, &broken(&name));
    }
    let mut restored = restore_miner(&handle.begin_read().unwrap()).unwrap();
    let assigned = restored.assign(FailureCode::ToolError, Some("lookup"), None, &broken("a"));
    assert_eq!((assigned.template, assigned.is_new), (broken("a").as_str(), false));
}

impl RedbSnapshot {
    fn summary_of(&self, name: &str) -> crate::model::ids::Fingerprint {
        let sequence = self.find(&id(name)).unwrap().unwrap();
        self.summary(sequence).unwrap().unwrap().failures[0].fingerprint.unwrap()
    }
}
