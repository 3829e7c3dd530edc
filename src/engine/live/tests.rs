//! The timetable by example, with times that the tests say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::model::time::Elapsed;

const PATIENCE: Patience = Patience { quiet: Elapsed::from_micros(5_000_000), idle: Elapsed::from_micros(600_000_000) };

fn id(name: &str) -> TraceId {
    TraceId::new(name).unwrap()
}

fn ended(heard: i64) -> Progress {
    Progress::Spans { heard: Timestamp::from_micros(heard), ended: true }
}

/// A table in which nothing has to be looked for, and the moment it begins.
fn table() -> (Live, Instant) {
    let live = Live::new(PATIENCE);
    live.lock().sweep = None;
    (live, Instant::now())
}

fn work(live: &Live, at: Instant, now: i64) -> Result<Work, Option<Duration>> {
    live.lock().work_at(at, Timestamp::from_micros(now))
}

const MS: Duration = Duration::from_millis(1);

#[test]
fn the_first_who_asks_makes_the_run_and_what_comes_meanwhile_waits() {
    let (live, start) = table();
    assert_eq!(live.claim(&id("a"), None, &[], 10), Claim::New);
    assert_eq!(live.claim(&id("a"), None, &[], 10), Claim::Known);
    live.heard(&id("a"), start);
    assert_eq!(work(&live, start + FIRST, 0), Err(None), "not while it is being made");
    live.made(&id("a"), Some(ended(0)), start);
    assert_eq!(work(&live, start + FIRST, 0), Ok(Work::Assemble(id("a"))));
    assert!(matches!(work(&live, start + FIRST, 0), Err(Some(_))), "by one at a time");
}

#[test]
fn a_run_rests_nine_times_as_long_as_its_assembly_took() {
    let (live, start) = table();
    live.claim(&id("a"), Some(Found { progress: Some(ended(0)), bytes: 5 }), &[], 10);
    live.heard(&id("a"), start);
    live.heard(&id("a"), start + 100 * MS);
    assert_eq!(work(&live, start, i64::MIN / 2), Err(Some(FIRST)), "the first that came says when");
    let first = start + FIRST;
    assert_eq!(work(&live, first, i64::MIN / 2), Ok(Work::Assemble(id("a"))));
    live.heard(&id("a"), first + MS);
    let row = Assembled::Row { progress: ended(0), bytes: 20, more: false };
    live.assembled(&id("a"), row, 100 * MS, first + 100 * MS);
    assert!(matches!(work(&live, first + 999 * MS, i64::MIN / 2), Err(Some(_))));
    assert_eq!(work(&live, first + 1_000 * MS, i64::MIN / 2), Ok(Work::Assemble(id("a"))));
    live.assembled(&id("a"), Assembled::Nothing, MS, first);
    assert!(matches!(work(&live, first + 9 * DROP_EVERY / 10, i64::MIN / 2), Err(Some(_))), "nothing came since");
}

#[test]
fn a_store_that_cannot_take_it_is_asked_again_later() {
    let (live, start) = table();
    live.claim(&id("a"), Some(Found { progress: None, bytes: 0 }), &[], 10);
    live.heard(&id("a"), start);
    assert_eq!(work(&live, start + FIRST, 0), Ok(Work::Assemble(id("a"))));
    live.assembled(&id("a"), Assembled::Failed, MS, start + FIRST);
    assert_eq!(work(&live, start + FIRST, 0), Err(Some(RETRY)));
    assert_eq!(work(&live, start + FIRST + RETRY, 0), Ok(Work::Assemble(id("a"))));
}

#[test]
fn runs_that_settle_are_told_together_and_then_nothing_ticks() {
    let (live, start) = table();
    for (name, heard) in [("a", 0), ("b", 100), ("c", 400_000)] {
        live.claim(&id(name), None, &[], 1);
        live.made(&id(name), Some(ended(heard)), start);
    }
    let settled = 5_000_000;
    assert_eq!(work(&live, start, settled - 1_000), Err(Some(MS)));
    assert_eq!(work(&live, start, settled + 100), Ok(Work::Settled(vec![id("a"), id("b")])));
    assert_eq!(work(&live, start, settled + 400_000), Err(Some(TELL_EVERY)), "not one by one");
    assert_eq!(work(&live, start + TELL_EVERY, settled + 400_000), Ok(Work::Settled(vec![id("c")])));
    assert_eq!(work(&live, start + 2 * TELL_EVERY, i64::MAX), Err(None));
}

#[test]
fn an_open_run_is_found_by_its_key_and_a_settled_one_is_not() {
    let (live, start) = table();
    live.claim(&id("a"), None, &[id("key")], 1);
    let open = |now| live.open_run_of(&id("key"), Timestamp::from_micros(now));
    assert_eq!(open(0), Some(id("a")), "while it is being made too");
    live.made(&id("a"), Some(ended(0)), start);
    assert_eq!((open(4_999_999), open(5_000_000)), (Some(id("a")), None));
    assert_eq!(work(&live, start, 5_000_000), Ok(Work::Settled(vec![id("a")])));
    assert_eq!(open(0), None);
    live.claim(&id("a"), None, &[id("second")], 1);
    assert_eq!(live.run_of(&id("second")), Some(id("a")), "by the id of a trace it is found, open or not");
    live.forget(&id("a"));
    assert_eq!((live.run_of(&id("a")), live.run_of(&id("second"))), (None, None));
}

#[test]
fn a_run_takes_no_more_than_it_may() {
    let (live, _) = table();
    assert_eq!(live.claim(&id("a"), None, &[], MOST_BYTES), Claim::New);
    assert_eq!(live.claim(&id("a"), None, &[], 1), Claim::Full);
    assert_eq!(live.claim(&id("b"), Some(Found { progress: Some(ended(0)), bytes: MOST_BYTES }), &[], 1), Claim::Full);
}

#[test]
fn the_table_is_bounded_and_what_it_lets_go_is_looked_for() {
    let (live, start) = table();
    for number in 0..2 * MOST_RUNS {
        let id = id(&number.to_string());
        live.claim(&id, Some(Found { progress: Some(ended(0)), bytes: 1 }), std::slice::from_ref(&self::id(&format!("key {number}"))), 1);
        if number % 2 == 0 {
            live.heard(&id, start);
        }
    }
    {
        let state = live.lock();
        assert_eq!((state.runs.len(), state.used.len()), (MOST_RUNS, MOST_RUNS));
        assert!(state.names.len() <= MOST_RUNS && state.settling.len() <= MOST_RUNS && state.due.len() <= MOST_RUNS);
        assert!(state.due.iter().all(|(_, id)| state.runs.contains_key(id)));
    }
    // What waits is let go only once nothing idle is near; then it is looked for in the store, when there is room.
    live.heard(&id("0"), start);
    assert_eq!(live.lock().sweep, Some(None));
    while matches!(work(&live, start + FIRST, i64::MIN / 2), Ok(Work::Assemble(_))) {}
    live.swept(&[id("0")], None, start);
    assert!(live.lock().runs.contains_key(&id("0")));
}

#[test]
fn what_waits_for_a_run_that_never_comes_is_let_go_in_time_and_sooner_when_it_is_much() {
    let (live, start) = table();
    live.claim(&id("a"), None, &[], 10);
    live.made(&id("a"), None, start);
    assert_eq!(work(&live, start, 0), Err(Some(DROP_EVERY)));
    assert_eq!(work(&live, start + DROP_EVERY, 0), Ok(Work::DropParked));
    assert_eq!(work(&live, start + DROP_EVERY, 0), Err(None));
    live.dropped(true, start);
    assert_eq!(work(&live, start, 0), Err(Some(DROP_EVERY)), "something waits on");
    live.claim(&id("b"), None, &[], DROP_AFTER_BYTES + 1);
    live.made(&id("b"), None, start);
    assert_eq!(work(&live, start, 0), Ok(Work::DropParked));
}
