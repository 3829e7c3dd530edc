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
