//! The few pieces of statistics everything else is built from, each with its source and its limits.

pub mod mean;
pub mod median;
pub mod percentile;
pub mod posterior;
pub mod ratio;

use crate::model::probability::Interval;

/// The level of every interval shown: 90 %.
pub const LEVEL: f64 = 0.90;

/// What lies outside an interval on each side: 5 %.
const TAIL: f64 = (1.0 - LEVEL) / 2.0;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its 90 % interval.
    pub interval: Interval,
}

/// The difference of two independent estimates, `now - before`, with its interval by square-and-add: the distance from each estimate to the near or far
/// end of its own interval, squared and added, so that skewed intervals stay skewed (MOVER: Zou & Donner, Statistics in Medicine 27, 2008; for
/// proportions Newcombe's method 10, Statistics in Medicine 17, 1998).
#[must_use]
pub fn difference(before: Estimate, now: Estimate) -> Estimate {
    let value = now.value - before.value;
    let fall = (now.value - now.interval.low).hypot(before.interval.high - before.value);
    let rise = (now.interval.high - now.value).hypot(before.value - before.interval.low);
    Estimate { value, interval: Interval { low: value - fall, high: value + rise } }
}

/// Whether an interval holds zero, so that what it is of could be chance.
#[must_use]
pub fn holds_zero(interval: Interval) -> bool {
    interval.low <= 0.0 && interval.high >= 0.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, interval: Interval { low, high } }
    }

    #[test]
    fn square_and_add_gives_newcombes_published_example() {
        // Newcombe 1998, table II, row (a): 56/70 against 48/80, Wilson intervals; method 10 gives 0.0524 to 0.3339.
        let now = estimate(0.8, 0.691_838, 0.876_934);
        let before = estimate(0.6, 0.490_448, 0.700_291);
        let found = difference(before, now);
        assert!((found.value - 0.2).abs() < 1e-12);
        assert!((found.interval.low - 0.0524).abs() < 2e-4, "{:?}", found.interval);
        assert!((found.interval.high - 0.3339).abs() < 2e-4, "{:?}", found.interval);
    }

    #[test]
    fn the_difference_of_a_thing_with_itself_could_be_chance() {
        let same = estimate(0.5, 0.4, 0.7);
        assert!(holds_zero(difference(same, same).interval));
        assert!(!holds_zero(difference(estimate(0.2, 0.1, 0.3), estimate(0.8, 0.7, 0.9)).interval));
    }
}
