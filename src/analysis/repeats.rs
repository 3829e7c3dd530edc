//! Calls made again: repeats that could not bring anything new, and loops.

use std::collections::HashMap;

use super::{call::Call, error_kind::ErrorKind, fault::Fault, fault::Seen, identity, tool_nature::Nature};

/// Longest cycle looked for, in calls.
const LONGEST_CYCLE: usize = 4;

/// How often a call or cycle comes in a row before it is a loop.
const TIMES: usize = 3;

/// The same for calls that met a passing trouble: trying a few times again is what one should do.
const TIMES_AFTER_TROUBLE: usize = 6;

/// The same calls in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loop {
    /// Index of the first call.
    pub(crate) first: usize,
    /// Index of the last call.
    pub(crate) last: usize,
    /// Calls in one round.
    pub(crate) period: usize,
}

impl Loop {
    /// How often the round was made.
    pub(crate) const fn rounds(&self) -> usize {
        (self.last - self.first + 1) / self.period
    }
}

/// What was repeated in a run. Calls whose arguments are not known are never taken for repeats.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// For each call, the call before it with the same tool and arguments.
    pub(crate) previous: Vec<Option<usize>>,
    /// For each call, whether it repeats one that went well with the same result, of a tool that does not change anything, with no
    /// change in between.
    pub(crate) needless: Vec<bool>,
    /// For each call, whether it repeats one that failed for a lasting reason, changes nothing about it, and fails again.
    pub(crate) deaf: Vec<bool>,
    /// Loops, in order, none inside another.
    pub(crate) loops: Vec<Loop>,
    /// For each call, whether it is part of a loop.
    pub(crate) looping: Vec<bool>,
}

impl Repeats {
    /// Looks through the calls once for each length of cycle.
    pub(crate) fn of(calls: &[Call<'_>], faults: &[Fault<'_>]) -> Self {
        let mut kinds: Vec<Option<ErrorKind>> = vec![None; calls.len()];
        for fault in faults.iter().filter(|fault| !fault.harmless) {
            if let Seen::Call(index) = fault.seen
                && let Some(kind) = kinds.get_mut(index)
            {
                *kind = Some(fault.kind);
            }
        }
        let (previous, results) = previous_and_last_results(calls);
        let none = || vec![false; calls.len()];
        let mut found = Self { previous, needless: none(), deaf: none(), loops: Vec::new(), looping: none() };
        if found.previous.iter().all(Option::is_none) {
            return found;
        }
        found.loops = loops(calls, &kinds, &results);
        for each in &found.loops {
            found.looping[each.first..=each.last].fill(true);
        }
        // The last call that may have changed something, before each call.
        let mut changed: Option<usize> = None;
        for (index, call) in calls.iter().enumerate() {
            if let Some(before) = found.previous[index]
                && changed.is_none_or(|changed| changed <= before)
            {
                let lasting = |kind: Option<ErrorKind>| kind.is_some_and(|kind| !kind.transient());
                let idle = !matches!(call.nature, Nature::Writes | Nature::HandsOver);
                found.needless[index] =
                    idle && call.went_well() && calls[before].went_well() && call.result == calls[before].result && call.result.is_some();
                found.deaf[index] = !found.looping[index] && lasting(kinds[index]) && lasting(kinds[before]);
            }
            let changes_nothing = matches!(call.nature, Nature::Reads | Nature::Ponders);
            if call.went_well() && !changes_nothing && !found.needless[index] {
                changed = Some(index);
            }
        }
        found
    }
}

/// For each call the one before with the same identity; and for each identity the result it had last.
fn previous_and_last_results(calls: &[Call<'_>]) -> (Vec<Option<usize>>, HashMap<u64, Option<u64>>) {
    let mut last: HashMap<u64, usize> = HashMap::with_capacity(calls.len());
    let previous = calls.iter().enumerate().map(|(index, call)| last.insert(call.identity?, index)).collect();
    let results =
        last.into_iter().map(|(identity, index)| (identity, calls[index].went_well().then_some(calls[index].result).flatten())).collect();
    (previous, results)
}

fn loops(calls: &[Call<'_>], kinds: &[Option<ErrorKind>], last_results: &HashMap<u64, Option<u64>>) -> Vec<Loop> {
    // A call and what came of it; a failure is a failure, whatever its words (they may hold a time).
    let events: Vec<Option<u64>> = calls
        .iter()
        .zip(kinds)
        .map(|(call, kind)| {
            Some(identity::both(call.identity?, if kind.is_some() { 1 } else { call.result.map_or(2, |result| result.max(3)) }))
        })
        .collect();
    let mut found: Vec<Loop> = Vec::new();
    let mut taken = vec![false; calls.len()];
    for period in 1..=LONGEST_CYCLE {
        let mut index = period;
        while index < events.len() {
            let same = |index: usize| {
                events[index].is_some() && events[index] == events[index - period] && !taken[index] && !taken[index - period]
            };
            let start = index;
            while index < events.len() && same(index) {
                index += 1;
            }
            let rounds = (index - start) / period + 1;
            let first = start - period;
            let round = Loop { first, last: first + rounds * period - 1, period };
            if rounds >= needed(&round, calls, kinds, last_results) {
                taken[round.first..=round.last].fill(true);
                found.push(round);
            }
            index = index.max(start + 1);
        }
    }
    found.sort_by_key(|each| each.first);
    found
}

/// How many rounds make this a loop. Asking again until the answer changes is waiting, not a loop.
fn needed(round: &Loop, calls: &[Call<'_>], kinds: &[Option<ErrorKind>], last_results: &HashMap<u64, Option<u64>>) -> usize {
    let members = round.first..round.first + round.period;
    if members.clone().all(|index| kinds[index].is_some_and(ErrorKind::transient)) {
        return TIMES_AFTER_TROUBLE;
    }
    let waited = round.period == 1
        && calls[round.first].went_well()
        && calls[round.first]
            .identity
            .and_then(|identity| last_results.get(&identity))
            .is_some_and(|last| last.is_some() && *last != calls[round.first].result);
    if waited { usize::MAX } else { TIMES }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        analysis::{
            rules::Rules,
            run::{Ended, Run},
            testing::{TraceBuilder, trace},
        },
        model::trace::Trace,
    };

    /// Needless, deaf, and loops as first call, last call, rounds.
    type Seen = (Vec<bool>, Vec<bool>, Vec<(usize, usize, usize)>);

    fn repeats(trace: &Trace) -> Seen {
        let rules = Rules::bundled();
        let run = Run::of(trace, &rules, Ended::Unknown);
        let loops = run.repeats.loops.iter().map(|each| (each.first, each.last, each.rounds())).collect();
        (run.repeats.needless, run.repeats.deaf, loops)
    }

    fn asking(times: usize) -> TraceBuilder {
        (0..times).fold(trace(), |trace, _| trace.tool("get_order", json!({"id": "A-1"})).returns(json!({"total": 12})))
    }

    #[test]
    fn the_same_question_twice_is_needless() {
        assert_eq!(repeats(&asking(2).build()), (vec![false, true], vec![false, false], vec![]));
    }

    #[test]
    fn a_change_in_between_is_a_reason_to_ask_again() {
        let trace = asking(1)
            .tool("cancel_order", json!({"id": "A-1"}))
            .returns(json!("done"))
            .tool("get_order", json!({"id": "A-1"}))
            .returns(json!({"total": 12}));
        assert_eq!(repeats(&trace.build()).0, [false, false, false]);
    }

    #[test]
    fn a_new_answer_is_not_needless() {
        let trace = asking(1).tool("get_order", json!({"id": "A-1"})).returns(json!({"total": 13}));
        assert_eq!(repeats(&trace.build()).0, [false, false]);
    }

    #[test]
    fn three_in_a_row_are_a_loop_and_so_is_a_round_of_two() {
        assert_eq!(repeats(&asking(4).build()).2, [(0, 3, 4)]);
        let round = (0..3).fold(trace(), |trace, _| trace.tool("a", json!({})).returns(json!(1)).tool("b", json!({})).returns(json!(2)));
        assert_eq!(repeats(&round.tool("c", json!({})).build()).2, [(0, 5, 3)]);
    }

    #[test]
    fn waiting_for_a_change_is_not_a_loop() {
        let waiting = (0..5).fold(trace(), |trace, _| trace.tool("get_job", json!({})).returns(json!("running")));
        assert_eq!(repeats(&waiting.tool("get_job", json!({})).returns(json!("done")).build()).2, []);
    }

    #[test]
    fn trying_again_after_a_timeout_is_neither() {
        let trying = |times| (0..times).fold(trace(), |trace, _| trace.tool("get_order", json!({})).fails("Request timed out.")).build();
        let (needless, deaf, loops) = repeats(&trying(4));
        assert_eq!((needless.contains(&true), deaf.contains(&true), loops.len()), (false, false, 0));
        assert_eq!(repeats(&trying(6)).2, [(0, 5, 6)]);
    }

    #[test]
    fn trying_again_after_a_lasting_error_is_deaf() {
        let trace = trace()
            .tool("refund", json!({"amount": "12,50"}))
            .fails("amount must be a number")
            .tool("refund", json!({"amount": "12,50"}))
            .fails("amount must be a number");
        assert_eq!(repeats(&trace.build()).1, [false, true]);
    }
}
