//! The runs of one call as each other's peers: gathered first, compared then.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::{MOST_PEERS, agreement::agreement, likeness::Likeness};
use crate::model::{ids::TraceId, trace::Trace, verdict::Agreement};

/// Runs that are judged beside each other, each known by its place. Holds what can be compared, not the runs: a few hundred bytes each.
#[derive(Debug, Default)]
pub struct Batch {
    /// A number from each run's id, and what can be compared of it.
    runs: Vec<(u64, Option<Likeness>)>,
    /// Runs of each subject: (a number from the run's id, place), in the order of these numbers once gathered.
    of_subject: HashMap<u64, Vec<(u64, usize)>>,
    sorted: bool,
}

impl Batch {
    /// Adds the next run.
    pub fn add(&mut self, trace: &Trace) {
        let likeness = Likeness::of(trace);
        let (place, key) = (self.runs.len(), key_of(&trace.id));
        for subject in likeness.iter().flat_map(Likeness::subjects) {
            self.of_subject.entry(*subject).or_default().push((key, place));
        }
        self.runs.push((key, likeness));
        self.sorted = false;
    }

    /// How the run at a place agrees with the others; `None` where none is about the same.
    ///
    /// Of more than [`MOST_PEERS`], those whose ids come next after its own in an order by chance: the same ones whatever order the
    /// runs were given in, and no more work for the thousandth run than for the tenth.
    pub fn agreement(&mut self, place: usize) -> Option<Agreement> {
        if !std::mem::replace(&mut self.sorted, true) {
            self.of_subject.values_mut().for_each(|runs| runs.sort_unstable());
        }
        let (key, run) = self.runs.get(place)?;
        let run = run.as_ref()?;
        let mut peers: Vec<(u64, usize)> = Vec::new();
        for runs in run.subjects().iter().filter_map(|subject| self.of_subject.get(subject)) {
            let Ok(own) = runs.binary_search(&(*key, place)) else { continue };
            let next = runs.iter().cycle().skip(own + 1).take((runs.len() - 1).min(MOST_PEERS));
            peers.extend(next.map(|(other_key, other)| (other_key.wrapping_sub(*key), *other)));
        }
        peers.sort_unstable();
        peers.dedup();
        let peers: Vec<&Likeness> = peers.iter().filter_map(|(_, other)| self.runs.get(*other)?.1.as_ref()).take(MOST_PEERS).collect();
        agreement(run, &peers)
    }
}

fn key_of(id: &TraceId) -> u64 {
    xxh3_64(id.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::analysis::testing::trace;

    fn run(id: u32, input: &str, answer: u32) -> Trace {
        trace().output(json!([answer])).build_with(|trace| {
            trace.id = TraceId::new(&format!("run-{id}")).unwrap();
            trace.input = Some(json!(input));
        })
    }

    fn agreements(runs: &[Trace]) -> Vec<Option<Agreement>> {
        let mut batch = Batch::default();
        runs.iter().for_each(|run| batch.add(run));
        (0..runs.len()).map(|place| batch.agreement(place)).collect()
    }

    #[test]
    fn a_run_is_held_against_the_others_of_its_subject_and_not_against_itself() {
        let found = agreements(&[run(1, "cost of 7", 12), run(2, "cost of 8", 5), run(3, "Cost of 7", 12), run(4, "weather", 1)]);
        assert_eq!(
            found.iter().map(|found| found.as_ref().map(|found| (found.runs, found.same))).collect::<Vec<_>>(),
            [Some((1, 1)), None, Some((1, 1)), None]
        );
    }

    #[test]
    fn of_many_a_few_are_taken_and_the_same_ones_in_any_order() {
        let mut runs: Vec<Trace> = (0..200).map(|id| run(id, "cost of 7", id % 3)).collect();
        let found = agreements(&runs);
        assert!(found.iter().flatten().all(|found| found.runs as usize == MOST_PEERS));
        runs.reverse();
        let mut turned = agreements(&runs);
        turned.reverse();
        assert_eq!(found, turned);
    }
}
