//! Medians and percentiles, which a few very slow runs do not move.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{Estimate, TAIL};
use crate::model::probability::Interval;

/// Fewest values of which a median has a 90 % interval: with four, the smallest and largest still miss it more often than one time in ten.
pub const FEWEST_FOR_AN_INTERVAL: usize = 5;

/// Fewest values of which a 95th percentile is stated: with fewer it is only another name for the largest.
pub const FEWEST_FOR_A_P95: usize = 20;

/// Above so many values the places are found by the normal limit of the binomial, which is then exact to the place.
const MANY: usize = 1_000;

/// The median of a sample, the mean of the middle two for an even count; `None` for none. Values are sorted in place.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 { Some(upper) } else { values.get(middle - 1).map(|lower| (lower + upper) / 2.0) }
}

/// The 95th percentile by nearest rank; `None` under [`FEWEST_FOR_A_P95`] values. Values are sorted in place.
#[must_use]
pub fn p95(values: &mut [f64]) -> Option<f64> {
    if values.len() < FEWEST_FOR_A_P95 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * 0.95).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied()
}

/// The median with its 90 % interval between two order statistics, which holds whatever the shape of the values
/// (the sign test turned round: Conover, Practical Nonparametric Statistics, 3.2); `None` under [`FEWEST_FOR_AN_INTERVAL`] values.
#[must_use]
pub fn estimate(values: &mut [f64]) -> Option<Estimate> {
    let value = median(values)?;
    if values.len() < FEWEST_FOR_AN_INTERVAL {
        return None;
    }
    let outside = places_outside(values.len())?;
    let low = *values.get(outside)?;
    let high = *values.get(values.len() - 1 - outside)?;
    Some(Estimate { value, interval: Interval { low, high } })
}

/// How many values lie outside the interval on each side: the most for which a fair coin shows that few heads in at most 5 % of cases.
fn places_outside(count: usize) -> Option<usize> {
    if count > MANY {
        // 1.644854 is the 95 % point of the normal law.
        let half = 1.644_854 * (count as f64).sqrt() / 2.0;
        return Some((count as f64 / 2.0 - half).floor() as usize);
    }
    let coin = Binomial::new(0.5, count as u64).ok()?;
    let mut outside = 0;
    while outside < count as u64 / 2 && coin.cdf(outside + 1) <= TAIL {
        outside += 1;
    }
    (coin.cdf(outside) <= TAIL).then_some(outside as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn medians_of_odd_and_even_samples() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }

    #[test]
    fn the_places_are_those_of_the_published_tables() {
        // Largest d with P(Binomial(n, ½) < d) ≤ .05, as in tables of the sign test: n 5 → 1, 10 → 2, 20 → 6, 25 → 8, 50 → 19; outside lie d - 1.
        for (count, d) in [(5, 1), (10, 2), (20, 6), (25, 8), (50, 19)] {
            assert_eq!(places_outside(count), Some(d - 1), "{count}");
        }
        assert_eq!(places_outside(4), None);
    }

    #[test]
    fn the_normal_limit_joins_the_exact_places() {
        let exact = {
            let coin = Binomial::new(0.5, 1_001).unwrap();
            (0..500).take_while(|k| coin.cdf(*k) <= TAIL).count() - 1
        };
        assert!(places_outside(1_001).unwrap().abs_diff(exact) <= 1);
    }

    #[test]
    fn an_interval_needs_five_values_and_a_p95_twenty() {
        assert_eq!(estimate(&mut [1.0, 2.0, 3.0, 4.0]), None);
        let five = estimate(&mut [5.0, 1.0, 4.0, 2.0, 3.0]).unwrap();
        assert_eq!((five.interval.low, five.value, five.interval.high), (1.0, 3.0, 5.0));
        let mut hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(p95(&mut hundred), Some(95.0));
        assert_eq!(p95(&mut hundred[..19]), None);
    }
}
