//! Every figure is exact after any mix of arrivals, revisions, regrades, deletions and retention.

use proptest::prelude::*;

use super::{
    fixture::{answer, at, commit, id, record, run, snapshot, telling_run},
    recount,
};
use crate::{
    model::{
        failure::FailureCode,
        ids::Sequence,
        money::Money,
        probability::Probability,
        summary::ModelUse,
        time::{Elapsed, Timestamp},
        usage::TokenUsage,
    },
    store::{Arrival, Change, Committed, Resolution, RetentionRule, Store, redb::RedbStore},
};

const FAILURES: [(FailureCode, &str); 3] = [
    (FailureCode::ToolTimeout, "order 17 timed out after 30 s"),
    (FailureCode::ToolTimeout, "the warehouse did not answer"),
    (FailureCode::Loop, "search(\"a\") four times"),
];

#[derive(Debug, Clone)]
enum Step {
    Arrive { trace: u8, body: u8, agent: u8, seed: u64, failures: Vec<(usize, bool)> },
    Regrade { trace: u8, body: u8, agent: u8, seed: u64, failures: Vec<(usize, bool)> },
    Delete(Vec<u8>),
    Retain(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let failures = || prop::collection::vec((0..FAILURES.len(), any::<bool>()), 0..4);
    let step = prop_oneof![
        6 => (0..8_u8, 0..3_u8, 0..3_u8, any::<u64>(), failures())
            .prop_map(|(trace, body, agent, seed, failures)| Step::Arrive { trace, body, agent, seed, failures }),
        3 => (0..8_u8, 0..3_u8, 0..3_u8, any::<u64>(), failures())
            .prop_map(|(trace, body, agent, seed, failures)| Step::Regrade { trace, body, agent, seed, failures }),
        1 => prop::collection::vec(0..10_u8, 1..4).prop_map(Step::Delete),
        1 => (0..6_i64).prop_map(Step::Retain),
    ];
    prop::collection::vec(step, 1..40)
}

fn name(trace: u8) -> String {
    format!("trace-{trace}")
}

fn change(step: &Step, place: impl Fn(u8) -> Option<Sequence>) -> Option<Change> {
    let make = |trace: &u8, body: &u8, agent: &u8, seed: &u64, failures: &[(usize, bool)]| {
        let failures: Vec<_> = failures.iter().map(|(place, recovered)| (FAILURES[*place].0, FAILURES[*place].1, *recovered)).collect();
        Box::new(record(telling_run(&name(*trace), &format!("agent-{agent}"), *seed), &"x".repeat(1 + *body as usize), &failures))
    };
    Some(match step {
        Step::Arrive { trace, body, agent, seed, failures } => Change::Trace(make(trace, body, agent, seed, failures)),
        Step::Regrade { trace, body, agent, seed, failures } => {
            Change::Regrade { sequence: place(*trace)?, record: make(trace, body, agent, seed, failures) }
        }
        Step::Delete(traces) => Change::Delete(traces.iter().map(|trace| id(&name(*trace))).collect()),
        Step::Retain(_) => return None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_figure_is_what_the_rows_add_up_to(batches in prop::collection::vec(steps(), 1..4)) {
        let store = RedbStore::in_memory().unwrap();
        for batch in batches {
            let view = snapshot(&*store);
            let pending: Vec<_> = batch
                .iter()
                .filter_map(|step| change(step, |trace| view.find(&id(&name(trace))).unwrap()))
                .map(|change| store.submit(change).unwrap())
                .collect();
            drop(view);
            for step in &batch {
                if let Step::Retain(minutes) = step {
                    store.retain(RetentionRule { max_bytes: None, oldest: Some(at(*minutes)) }).unwrap();
                }
            }
            for pending in pending {
                answer(pending).unwrap();
            }
            recount::check(&*store);
        }
        let all = (0..8).map(|trace| id(&name(trace))).collect();
        commit(&*store, Change::Delete(all)).unwrap();
        recount::check(&*store);
        let end = Timestamp::from_micros(i64::MAX / 2);
        for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
            prop_assert!(snapshot(&*store).agent_buckets(resolution, Timestamp::default(), end, None).unwrap().is_empty());
        }
        prop_assert_eq!(snapshot(&*store).counts().unwrap().live_bytes, 0);
    }
}

#[test]
fn figures_that_no_honest_run_has_are_taken_out_exactly_too() {
    let store = RedbStore::in_memory().unwrap();
    let huge = |trace: &str| {
        let mut summary = run(trace, "liar");
        let usage = TokenUsage { input_tokens: u64::MAX, output_tokens: u64::MAX, ..TokenUsage::default() };
        summary.usage = Some(usage);
        summary.cost = Some(Money::from_pico(i128::MAX));
        summary.took = Some(Elapsed::from_micros(u64::MAX));
        summary.tool_calls = u32::MAX;
        summary.time = Timestamp::from_micros(i64::MIN);
        summary.models = vec![ModelUse { model: "m".into(), calls: u32::MAX, usage, cost: None, by_class: Vec::new() }];
        Change::Trace(Box::new(record(summary, trace, &[])))
    };
    let mut honest = run("honest", "liar");
    (honest.time, honest.cost, honest.probability) =
        (Timestamp::from_micros(i64::MIN), Some(Money::from_pico(7)), Some(Probability::CONFIRMED));
    commit(&*store, Change::Trace(Box::new(record(honest, "honest", &[])))).unwrap();
    let read = || {
        let view = snapshot(&*store);
        let start = Timestamp::from_micros(i64::MIN);
        let end = Timestamp::from_micros(i64::MAX);
        (view.agent_buckets(Resolution::Day, start, end, None).unwrap(), view.model_buckets(Resolution::Day, start, end).unwrap())
    };
    let before = read();
    for trace in ["a", "b", "c"] {
        commit(&*store, huge(trace)).unwrap();
    }
    assert_eq!(read().0[0].usage.input_tokens, u64::MAX, "shown as the most there can be");
    assert_eq!(read().1[0].calls, u32::MAX);
    commit(&*store, Change::Delete(vec![id("a"), id("b"), id("c")])).unwrap();
    assert_eq!(read(), before);
}

#[test]
fn a_run_that_claims_thousands_of_models_fills_few_buckets() {
    let store = RedbStore::in_memory().unwrap();
    let mut summary = run("wide", "a");
    let uses =
        (0..5000).map(|n| ModelUse { model: format!("m-{n}"), calls: 1, usage: TokenUsage::default(), cost: None, by_class: vec![] });
    summary.models = uses.collect();
    commit(&*store, Change::Trace(Box::new(record(summary, "{}", &[])))).unwrap();
    let buckets = snapshot(&*store).model_buckets(Resolution::Day, at(-9999), at(9999)).unwrap();
    assert_eq!(buckets.len(), 65);
    assert_eq!(buckets.iter().map(|bucket| bucket.calls).sum::<u32>(), 5000, "every call is counted");
}

#[test]
fn a_pattern_that_aged_out_is_remembered_but_not_shown_and_keeps_its_first_day() {
    let store = RedbStore::in_memory().unwrap();
    let failing = |trace: &str, minutes: i64| {
        let mut summary = run(trace, "a");
        (summary.time, summary.arrived) = (at(minutes), at(minutes));
        Change::Trace(Box::new(record(summary, trace, &[(FailureCode::ToolTimeout, "order 17 timed out", false)])))
    };
    commit(&*store, failing("old", 0)).unwrap();
    let fingerprint = snapshot(&*store).patterns(1).unwrap()[0].fingerprint;
    store.retain(RetentionRule { max_bytes: None, oldest: Some(at(1)) }).unwrap();
    let view = snapshot(&*store);
    assert!(view.patterns(9).unwrap().is_empty());
    assert_eq!(view.pattern(fingerprint).unwrap().unwrap().runs, 0);
    let arrived = commit(&*store, failing("again", 500)).unwrap();
    assert_eq!(arrived, Committed::Trace { sequence: Sequence(2), status: Arrival::New });
    let pattern = snapshot(&*store).patterns(9).unwrap().remove(0);
    assert_eq!((pattern.fingerprint, pattern.first_seen, pattern.last_seen), (fingerprint, at(0), at(500)));
}
