//! The 95th percentile with an interval, which needs more runs than the percentile itself.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{TAIL, median};

/// The percentile with the ends of its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// The value, by nearest rank.
    pub value: f64,
    /// The lower end, an order statistic.
    pub low: Option<f64>,
    /// The upper end; `None` under 59 values, of which even the largest is below the percentile more than one time in twenty.
    pub high: Option<f64>,
}

/// Above so many values the places are found by the normal limit of the binomial, which is then exact to the place.
const MANY: usize = 10_000;

/// The 95th percentile with its 90 % interval between two order statistics, which holds whatever the shape of the values (Conover, Practical
/// Nonparametric Statistics, 3.2); `None` under [`median::FEWEST_FOR_A_P95`] values. Values are sorted in place.
#[must_use]
pub fn p95(values: &mut [f64]) -> Option<Percentile> {
    let value = median::p95(values)?;
    let (low, high) = places(values.len());
    let at = |place: Option<usize>| place.and_then(|place| values.get(place)).copied();
    Some(Percentile { value, low: at(low), high: at(high) })
}

/// The places of the ends among the sorted values, from 0.
fn places(count: usize) -> (Option<usize>, Option<usize>) {
    if count > MANY {
        // 1.644854 is the 95 % point of the normal law.
        let (middle, half) = (count as f64 * 0.95, 1.644_854 * (count as f64 * 0.95 * 0.05).sqrt());
        return (Some((middle - half).floor() as usize), Some(((middle + half).ceil() as usize).min(count - 1)));
    }
    let Ok(below) = Binomial::new(0.95, count as u64) else { return (None, None) };
    // So many values lie below the percentile: the value at place p is above it when at most p do.
    let low = (0..count).rev().find(|place| below.cdf(*place as u64) <= TAIL);
    let high = (0..count).find(|place| below.cdf(*place as u64) >= 1.0 - TAIL);
    (low, high)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn counted(count: u32) -> Vec<f64> {
        (1..=count).map(f64::from).collect()
    }

    #[test]
    fn an_upper_end_needs_fifty_nine_values() {
        // 0.95^58 is above one in twenty, 0.95^59 below.
        assert_eq!(p95(&mut counted(19)), None);
        assert_eq!(p95(&mut counted(58)).unwrap().high, None);
        assert_eq!(p95(&mut counted(59)).unwrap().high, Some(59.0));
        assert!(p95(&mut counted(20)).unwrap().low.is_some());
    }

    #[test]
    fn the_value_lies_between_its_ends_and_both_ways_to_find_them_agree() {
        for count in [60, 100, 1_000, 9_999, 10_001] {
            let found = p95(&mut counted(count)).unwrap();
            assert!(found.low.unwrap() <= found.value && found.value <= found.high.unwrap(), "{found:?}");
        }
        let (exact, limit) = (p95(&mut counted(10_000)).unwrap(), p95(&mut counted(10_001)).unwrap());
        assert!((exact.low.unwrap() - limit.low.unwrap()).abs() <= 3.0 && (exact.high.unwrap() - limit.high.unwrap()).abs() <= 3.0);
    }
}
