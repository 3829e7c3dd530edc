//! What runs of the same task tell: how often all of several runs succeed, and how a task does now against before.

use std::collections::BTreeMap;

use super::{
    statistics::{Estimate, mean, posterior::Posterior},
    trend,
};
use crate::model::{
    agent::{Pass, RepeatedTasks},
    comparison::Change,
    probability::Interval,
    summary::Summary,
};

/// The counts of runs of pass^k that are told.
const POWERS: [u32; 4] = [1, 2, 4, 8];

/// Fewest tasks on both sides for a comparison task by task: with fewer, the spread between tasks is not known well enough to be better than comparing
/// all runs.
const FEWEST_SHARED: usize = 5;

/// The tasks of some runs: the agent and the task it was given, with the probabilities of its runs whose success is known.
fn tasks(rows: &[Summary]) -> BTreeMap<(&str, u64), Vec<f64>> {
    let mut tasks: BTreeMap<(&str, u64), Vec<f64>> = BTreeMap::new();
    for row in rows {
        if let (Some(task), Some(probability)) = (row.insight.task, row.probability) {
            tasks.entry((row.agent.as_str(), task)).or_default().push(probability.get());
        }
    }
    tasks
}

/// How steady the tasks that ran at least twice are: for 1, 2, 4 and 8 runs, the probability that all of so many runs of a task succeed, averaged over
/// the tasks that ran at least so often; `None` where no task ran twice.
///
/// For known outcomes this is the unbiased estimator C(c, k) / C(n, k) with c successes of n runs (Chen et al., arXiv 2107.03374, turned from "any" to
/// "all" as in Yao et al., arXiv 2406.12045). Runs weigh in with their probability, so the expected value of C(c, k) stands in its place: the
/// elementary symmetric polynomial of the probabilities. The interval is that of resampling tasks ([`Posterior::of_shares`]).
#[must_use]
pub fn steadiness(rows: &[Summary]) -> Option<RepeatedTasks> {
    let repeated: Vec<Vec<f64>> = tasks(rows).into_values().filter(|runs| runs.len() >= 2).collect();
    if repeated.is_empty() {
        return None;
    }
    let passes = POWERS.into_iter().filter_map(|k| {
        let shares: Vec<f64> = repeated.iter().filter_map(|runs| all_of(runs, k as usize)).collect();
        let value = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)?;
        let Interval { low, high } = Posterior::of_shares(&shares).interval();
        let interval = Interval { low: low.min(value), high: high.max(value) };
        Some(Pass { k, tasks: count(shares.len()), value, interval })
    });
    Some(RepeatedTasks { tasks: count(repeated.len()), runs: count(repeated.iter().map(Vec::len).sum()), passes: passes.collect() })
}

/// The expected share of the choices of `k` runs in which all succeed; `None` for fewer runs than that.
fn all_of(runs: &[f64], k: usize) -> Option<f64> {
    if runs.len() < k {
        return None;
    }
    // sums[j]: the sum over all choices of j runs so far of the product of their probabilities; choices[j]: how many choices there are.
    let (mut sums, mut choices) = (vec![0.0_f64; k + 1], vec![0.0_f64; k + 1]);
    (sums[0], choices[0]) = (1.0, 1.0);
    for run in runs {
        for j in (1..=k).rev() {
            sums[j] += sums[j - 1] * run;
            choices[j] += choices[j - 1];
        }
    }
    Some(sums[k] / choices[k])
}

/// Two sets of runs task by task, over the tasks that ran in both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SameTasks {
    /// How many tasks.
    pub tasks: u32,
    /// The mean of their success before, in points.
    pub before: f64,
    /// The mean of their success now, in points.
    pub current: f64,
    /// The mean of their differences, in points, with the 90 % interval of paired differences by Student's t.
    pub change: Change,
}

/// Compares two sets of runs task by task: each task with itself, so that tasks of different difficulty add no noise; `None` where fewer than five tasks
/// ran in both.
#[must_use]
pub fn compare(before: &[Summary], current: &[Summary]) -> Option<SameTasks> {
    let (before, current) = (tasks(before), tasks(current));
    let shared: Vec<(&Vec<f64>, &Vec<f64>)> = before.iter().filter_map(|(task, runs)| Some((runs, current.get(task)?))).collect();
    if shared.len() < FEWEST_SHARED {
        return None;
    }
    let points = |runs: &[f64]| 100.0 * runs.iter().sum::<f64>() / runs.len() as f64;
    let differences: Vec<f64> = shared.iter().map(|(before, current)| points(current) - points(before)).collect();
    let Estimate { value, interval } = mean::mean(&differences)?;
    let side = |of: fn(&(&Vec<f64>, &Vec<f64>)) -> f64| shared.iter().map(of).sum::<f64>() / shared.len() as f64;
    let bounded = Interval { low: interval.low.max(-100.0), high: interval.high.min(100.0) };
    Some(SameTasks {
        tasks: count(shared.len()),
        before: side(|(before, _)| 100.0 * before.iter().sum::<f64>() / before.len() as f64),
        current: side(|(_, current)| 100.0 * current.iter().sum::<f64>() / current.len() as f64),
        change: trend::stated(
            Estimate { value, interval: bounded },
            shared.iter().map(|(before, _)| before.len()).sum(),
            shared.iter().map(|(_, current)| current.len()).sum(),
        ),
    })
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{analysis::sample::row, model::probability::Probability};

    /// Runs of tasks: for each task the probabilities of its runs.
    fn runs(tasks: &[&[f64]]) -> Vec<Summary> {
        let each = (0..).zip(tasks).flat_map(|(task, runs)| runs.iter().map(move |run| (task, *run)));
        let mut rows: Vec<Summary> = (0..)
            .zip(each)
            .map(|(sequence, (task, run))| {
                let mut row = row(sequence);
                row.insight.task = Some(task);
                row.probability = Probability::new(run);
                row
            })
            .collect();
        rows.push(row(9_999));
        rows
    }

    fn pass(found: &RepeatedTasks, k: u32) -> Pass {
        *found.passes.iter().find(|pass| pass.k == k).unwrap()
    }

    #[test]
    fn known_outcomes_give_the_published_estimator() {
        // Three of four succeed: C(3, 2) / C(4, 2) = 1/2; all four of a second task do.
        let found = steadiness(&runs(&[&[1.0, 1.0, 0.0, 1.0], &[1.0; 4], &[1.0]])).unwrap();
        assert_eq!((found.tasks, found.runs), (2, 8), "a task that ran once tells nothing of steadiness");
        assert_eq!(pass(&found, 1).value, (0.75 + 1.0) / 2.0);
        assert_eq!(pass(&found, 2).value, (0.5 + 1.0) / 2.0);
        assert_eq!(pass(&found, 4).value, 0.5);
        assert_eq!(found.passes.len(), 3, "no task ran eight times");
    }

    #[test]
    fn uncertain_runs_give_its_expected_value() {
        // Two runs of .9 and .5: both succeed with .45.
        let found = steadiness(&runs(&[&[0.9, 0.5]])).unwrap();
        assert!((pass(&found, 2).value - 0.45).abs() < 1e-12);
        assert!((pass(&found, 1).value - 0.7).abs() < 1e-12);
        let interval = pass(&found, 2).interval;
        assert!(interval.low < 0.2 && interval.high > 0.8, "one task tells little: {interval:?}");
    }

    #[test]
    fn without_a_repeated_task_there_is_nothing_to_tell() {
        assert_eq!(steadiness(&runs(&[&[1.0], &[0.0]])), None);
        assert_eq!(steadiness(&[]), None);
    }

    #[test]
    fn task_by_task_a_rise_shows_that_all_runs_together_hide() {
        // Tasks from hopeless to easy, each ten points better than before.
        let tasks: Vec<[f64; 2]> = (0..9).map(|task| [0.05 + 0.1 * f64::from(task); 2]).collect();
        let before: Vec<&[f64]> = tasks.iter().map(<[f64; 2]>::as_slice).collect();
        let better: Vec<Vec<f64>> =
            (0..).zip(&tasks).map(|(task, runs)| runs.iter().map(|run| run + 0.08 + 0.005 * f64::from(task)).collect()).collect();
        let now: Vec<&[f64]> = better.iter().map(Vec::as_slice).collect();
        let found = compare(&runs(&before), &runs(&now)).unwrap();
        assert_eq!((found.tasks, found.change.before_runs, found.change.current_runs), (9, 18, 18));
        assert!((found.change.difference - 10.0).abs() < 1e-9 && !found.change.could_be_chance, "{found:?}");
        assert!((found.current - found.before - 10.0).abs() < 1e-9);
        let together = |tasks: &[&[f64]]| tasks.concat();
        assert!(trend::change(&together(&before), &together(&now)).unwrap().could_be_chance);
    }

    #[test]
    fn few_shared_tasks_are_not_compared() {
        let four: [&[f64]; 4] = [&[1.0]; 4];
        assert_eq!(compare(&runs(&four), &runs(&four)), None);
    }

    proptest! {
        #[test]
        fn more_runs_never_pass_more_often(tasks in proptest::collection::vec(proptest::collection::vec(0.0..=1.0_f64, 8..20), 1..6)) {
            let tasks: Vec<&[f64]> = tasks.iter().map(Vec::as_slice).collect();
            let found = steadiness(&runs(&tasks)).unwrap();
            prop_assert_eq!(found.passes.len(), 4);
            for pair in found.passes.windows(2) {
                prop_assert!(pair[1].value <= pair[0].value + 1e-9);
            }
            for pass in &found.passes {
                prop_assert!(0.0 <= pass.interval.low && pass.interval.low <= pass.value && pass.value <= pass.interval.high && pass.interval.high <= 1.0);
            }
        }

        #[test]
        fn a_task_of_known_outcomes_counts_its_choices(outcomes in proptest::collection::vec(any::<bool>(), 2..12), k in 1..9_usize) {
            let runs: Vec<f64> = outcomes.iter().map(|ok| f64::from(u8::from(*ok))).collect();
            let choose = |n: usize, k: usize| (0..k).map(|i| n.saturating_sub(i) as f64 / (i + 1) as f64).product::<f64>();
            let good = outcomes.iter().filter(|ok| **ok).count();
            let expected = (runs.len() >= k).then(|| choose(good, k) / choose(runs.len(), k));
            match (all_of(&runs, k), expected) {
                (Some(found), Some(expected)) => prop_assert!((found - expected).abs() < 1e-9),
                (found, expected) => prop_assert_eq!(found, expected),
            }
        }
    }
}
