//! Whether success moved between two sets of runs, or only seems to have.

use super::statistics::{Estimate, difference, holds_zero, posterior::Posterior};
use crate::model::{comparison::Change, probability::Interval};

/// The change of the score, in points from 0 to 100, between two sets of runs given by their probabilities of success; `None` when either is empty.
///
/// Both sides are Jeffreys posteriors; the interval of their difference is by square-and-add (see [`difference`]).
#[must_use]
pub fn change(before: &[f64], now: &[f64]) -> Option<Change> {
    change_of(Tally::of(before), Tally::of(now))
}

/// Success over runs that need not be at hand one by one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Runs whose success is known.
    pub known: u64,
    /// The sum of their probabilities.
    pub successes: f64,
}

impl Tally {
    /// Of runs given by their probabilities of success.
    #[must_use]
    pub fn of(probabilities: &[f64]) -> Self {
        let successes =
            probabilities.iter().filter(|probability| !probability.is_nan()).map(|probability| probability.clamp(0.0, 1.0)).sum();
        Self { known: probabilities.len() as u64, successes }
    }

    /// The posterior of the success rate.
    #[must_use]
    pub fn posterior(self) -> Posterior {
        Posterior::of_counts(self.successes, self.known as f64)
    }
}

/// As [`change`], of runs that are only counted.
#[must_use]
pub fn change_of(before: Tally, now: Tally) -> Option<Change> {
    if before.known == 0 || now.known == 0 {
        return None;
    }
    let points = difference(scaled(before), scaled(now));
    let count = |runs: u64| usize::try_from(runs).unwrap_or(usize::MAX);
    Some(stated(points, count(before.known), count(now.known)))
}

/// The score of some runs, in points from 0 to 100; `None` for none.
#[must_use]
pub fn score(runs: &[f64]) -> Option<f64> {
    (!runs.is_empty()).then(|| Posterior::of(runs.iter().copied()).mean() * 100.0)
}

/// A difference as it is shown, with the runs behind it.
#[must_use]
pub(super) fn stated(difference: Estimate, before_runs: usize, current_runs: usize) -> Change {
    let count = |runs: usize| u32::try_from(runs).unwrap_or(u32::MAX);
    Change {
        difference: difference.value,
        interval: difference.interval,
        could_be_chance: holds_zero(difference.interval),
        before_runs: count(before_runs),
        current_runs: count(current_runs),
    }
}

/// The posterior of some runs, in points.
fn scaled(tally: Tally) -> Estimate {
    let estimate = tally.posterior().estimate();
    let Interval { low, high } = estimate.interval;
    Estimate { value: estimate.value * 100.0, interval: Interval { low: low * 100.0, high: high * 100.0 } }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn runs(good: usize, of: usize) -> Vec<f64> {
        (0..of).map(|index| if index < good { 0.95 } else { 0.05 }).collect()
    }

    #[test]
    fn a_clear_rise_is_not_chance() {
        let change = change(&runs(73, 100), &runs(89, 100)).unwrap();
        assert!((change.difference - 14.25).abs() < 0.2, "{change:?}");
        assert!(change.interval.low > 4.0 && change.interval.high < 24.0, "{change:?}");
        assert!(!change.could_be_chance);
        assert_eq!((change.before_runs, change.current_runs), (100, 100));
    }

    #[test]
    fn the_same_rise_on_few_runs_could_be_chance() {
        assert!(change(&runs(7, 10), &runs(9, 10)).unwrap().could_be_chance);
    }

    #[test]
    fn without_runs_there_is_no_change_to_state() {
        assert_eq!(change(&[], &runs(1, 1)), None);
        assert_eq!(change(&runs(1, 1), &[]), None);
    }

    /// Of pairs of samples from the same source, about one in ten should seem to differ: the claim of a 90 % interval. Counted exactly, over all
    /// outcomes of two samples of 30 at several rates, not by drawing.
    #[test]
    fn chance_is_called_chance_as_often_as_claimed() {
        for rate in [0.5, 0.7, 0.85, 0.95] {
            let size = 30_usize;
            let weight: Vec<f64> = (0..=size)
                .map(|good| {
                    let choose: f64 = (0..good).map(|i| (size - i) as f64 / (i + 1) as f64).product();
                    choose * f64::powi(rate, good as i32) * f64::powi(1.0 - rate, (size - good) as i32)
                })
                .collect();
            let sample = |good: usize| -> Vec<f64> { (0..size).map(|index| f64::from(u8::from(index < good))).collect() };
            let mut wrong = 0.0;
            for before in 0..=size {
                for now in 0..=size {
                    if !change(&sample(before), &sample(now)).unwrap().could_be_chance {
                        wrong += weight[before] * weight[now];
                    }
                }
            }
            assert!((0.03..0.125).contains(&wrong), "at a rate of {rate} chance is taken for change in {wrong:.3} of cases");
        }
    }

    proptest! {
        #[test]
        fn swapping_the_sides_turns_the_sign(before in proptest::collection::vec(0.0..=1.0_f64, 1..60), now in proptest::collection::vec(0.0..=1.0_f64, 1..60)) {
            let there = change(&before, &now).unwrap();
            let back = change(&now, &before).unwrap();
            prop_assert!((there.difference + back.difference).abs() < 1e-9);
            prop_assert!((there.interval.low + back.interval.high).abs() < 1e-6);
            prop_assert_eq!(there.could_be_chance, back.could_be_chance);
        }
    }
}
