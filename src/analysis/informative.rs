//! Which runs to judge first, so that few votes teach the most.
//!
//! A vote tells much about a run that could as well be right as wrong, less where runs of the same task were judged before, and less where the agent has
//! many votes already. So the worth of a vote on a run is
//!
//! ```text
//! 4 p (1 - p)  x  20 / (20 + votes on the agent)  x  1 / (1 + votes on the task)
//! ```
//!
//! where `p` is the probability of the run as if nobody had judged it, 20 is the weight of the prior of what votes teach
//! ([`super::recalibration::PRIOR_RUNS`]), and runs that stand above in the order count as judged. Who judges from the top down therefore never sees
//! the order change.
//!
//! Measured on 486 public runs of eight agents (`benches/fit/votes.py`; Brier score of all runs of an agent after ten votes, votes counted in): random
//! order .161, this order .149; with other runs about the same subject known .144 and .133. The error of the agent's mean falls from .092 to .064, and
//! from .077 to .068. Uncertainty alone does as well for the runs (.148 and .136) but misleads the mean once other runs are known (.092); preferring
//! runs whose probability many others share does worse (.157 and .138).

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use super::recalibration::{PRIOR_RUNS, unjudged};
use crate::model::{feedback::Feedback, ids::Sequence, probability::Probability, summary::Summary, time::Timestamp};

/// Most rows that are ordered: the newest.
pub const MOST_ROWS: usize = 2_000;

/// A run judged within this time keeps its place, so that the list does not move under who goes through it; later it goes to the end.
const SETTLES: Duration = Duration::from_secs(24 * 3_600);

/// Votes given, or planned above.
#[derive(Default)]
struct Votes<'r> {
    agents: BTreeMap<&'r str, u32>,
    tasks: BTreeMap<(&'r str, u64), u32>,
}

impl<'r> Votes<'r> {
    fn count(&mut self, row: &'r Summary) {
        *self.agents.entry(&row.agent).or_default() += 1;
        if let Some(task) = row.insight.task {
            *self.tasks.entry((&row.agent, task)).or_default() += 1;
        }
    }

    /// What a vote on a run that has this uncertainty teaches.
    fn worth(&self, row: &Summary, uncertainty: f64) -> f64 {
        let agent = self.agents.get(row.agent.as_str()).copied().unwrap_or(0);
        let same = row.insight.task.and_then(|task| self.tasks.get(&(row.agent.as_str(), task)).copied()).unwrap_or(0);
        uncertainty * PRIOR_RUNS / (PRIOR_RUNS + f64::from(agent)) / (1.0 + f64::from(same))
    }
}

/// How undecided a run is, 0 to 1, to a millionth: what it would count without its vote is worked out anew once it has one, and must be the same.
fn uncertainty(probability: Probability) -> f64 {
    let probability = (probability.get() * 1e6).round() / 1e6;
    4.0 * probability * (1.0 - probability)
}

/// A run on its way into the order, with what a vote on it was worth when that was last looked at.
struct Candidate<'r> {
    worth: f64,
    uncertainty: f64,
    row: &'r Summary,
}

impl Ord for Candidate<'_> {
    /// The larger is ordered first; of equals the newer.
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then(self.row.sequence.cmp(&other.row.sequence))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}

/// The places of `rows` (at most [`MOST_ROWS`]) by what a vote on each teaches, most first; then runs of which nothing tells how they ended, then those
/// judged more than a day before `now`, both newest first.
#[must_use]
pub fn order(rows: &[Summary], now: Timestamp) -> Vec<Sequence> {
    let settled = |row: &&Summary| {
        let said = row.feedback.as_ref().filter(|feedback| feedback.decides().is_some());
        said.is_some_and(|feedback: &Feedback| feedback.at < now.minus(SETTLES))
    };
    let mut votes = Votes::default();
    let (mut judged, mut untold) = (Vec::new(), Vec::new());
    for row in rows.iter().filter(settled) {
        votes.count(row);
        judged.push(row.sequence);
    }
    let mut waiting = BinaryHeap::new();
    for row in rows.iter().filter(|row| !settled(row)) {
        match unjudged(row) {
            Some(probability) => {
                let uncertainty = uncertainty(probability);
                waiting.push(Candidate { worth: votes.worth(row, uncertainty), uncertainty, row });
            }
            None => untold.push(row.sequence),
        }
    }
    let mut order = Vec::with_capacity(rows.len());
    // Votes only ever lower what another is worth, so a run that is still worth as much as it was is worth more than all below it.
    while let Some(mut candidate) = waiting.pop() {
        let worth = votes.worth(candidate.row, candidate.uncertainty);
        if worth < candidate.worth {
            candidate.worth = worth;
            waiting.push(candidate);
            continue;
        }
        votes.count(candidate.row);
        order.push(candidate.row.sequence);
    }
    for rest in [&mut untold, &mut judged] {
        rest.sort_unstable_by(|one, other| other.cmp(one));
        order.append(rest);
    }
    order
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::sample::row;

    const NOW: Timestamp = Timestamp::from_micros(1_900_000_000_000_000);

    fn run(sequence: u64, probability: f64, task: u64) -> Summary {
        let mut row = row(sequence);
        row.probability = Probability::new(probability);
        row.insight.inferred = Probability::new(probability);
        row.insight.task = Some(task);
        row
    }

    fn judged(mut row: Summary, at: Timestamp) -> Summary {
        row.feedback = Some(Feedback { correct: Some(true), score: None, notes: None, at });
        row.probability = Some(Probability::CONFIRMED);
        row
    }

    fn ordered(rows: &[Summary]) -> Vec<u64> {
        order(rows, NOW).into_iter().map(|sequence| sequence.0).collect()
    }

    #[test]
    fn the_undecided_run_comes_first_and_another_task_before_the_same_again() {
        let rows = [run(1, 0.5, 7), run(2, 0.52, 7), run(3, 0.8, 8), run(4, 0.97, 9)];
        assert_eq!(ordered(&rows), [1, 3, 2, 4]);
    }

    #[test]
    fn an_agent_with_many_votes_waits() {
        let mut rows: Vec<Summary> = (0..40).map(|index| judged(run(index, 0.6, index), Timestamp::from_micros(0))).collect();
        rows.push(run(100, 0.5, 100));
        let mut other = run(101, 0.7, 101);
        other.agent = "checkout".to_owned();
        rows.push(other);
        assert_eq!(&ordered(&rows)[..2], [101, 100]);
    }

    #[test]
    fn a_run_judged_today_keeps_its_place_and_later_goes_to_the_end() {
        let mut rows = vec![run(1, 0.5, 1), run(2, 0.6, 2), run(3, 0.7, 3), row(4)];
        assert_eq!(ordered(&rows), [1, 2, 3, 4], "nothing tells how the last ended");
        rows[0] = judged(run(1, 0.5, 1), NOW);
        assert_eq!(ordered(&rows), [1, 2, 3, 4]);
        rows[0] = judged(run(1, 0.5, 1), Timestamp::from_micros(0));
        assert_eq!(ordered(&rows), [2, 3, 4, 1]);
    }

    proptest! {
        #[test]
        fn every_row_stands_once_and_judging_from_the_top_moves_none(
            runs in proptest::collection::vec((0.0..=1.0_f64, 0..4_u64, any::<bool>()), 1..40),
            votes in 0..10_usize,
        ) {
            let mut rows: Vec<Summary> = (1..).zip(&runs).map(|(sequence, (probability, task, first))| {
                let mut row = run(sequence, *probability, *task);
                row.agent = if *first { "a" } else { "b" }.to_owned();
                row
            }).collect();
            let before = ordered(&rows);
            let mut sorted = before.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (1..=rows.len() as u64).collect::<Vec<_>>());
            for sequence in before.iter().take(votes) {
                let place = *sequence as usize - 1;
                rows[place] = judged(rows[place].clone(), Timestamp::from_micros(0));
            }
            let votes = votes.min(rows.len());
            prop_assert_eq!(&ordered(&rows)[..rows.len() - votes], &before[votes..]);
        }
    }
}
