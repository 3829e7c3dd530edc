//! Means of measured values, with intervals that allow for few of them.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{Estimate, TAIL};
use crate::model::probability::Interval;

/// The mean of a sample with its 90 % interval by Student's t; `None` for fewer than two values, of which no spread is known.
///
/// For strongly skewed values (costs often are) the interval is approximate until there are some dozens of them.
#[must_use]
pub fn mean(values: &[f64]) -> Option<Estimate> {
    let moments = Moments::of(values)?;
    let half = student(moments.count - 1.0)? * moments.error();
    Some(Estimate { value: moments.mean, interval: Interval { low: moments.mean - half, high: moments.mean + half } })
}

/// The difference of two means, `now - before`, with Welch's 90 % interval (unequal spreads, Satterthwaite's degrees of freedom: Welch, Biometrika 34,
/// 1947); `None` unless both sides have two values.
#[must_use]
pub fn difference(before: &[f64], now: &[f64]) -> Option<Estimate> {
    let (before, now) = (Moments::of(before)?, Moments::of(now)?);
    let value = now.mean - before.mean;
    let (a, b) = (before.error().powi(2), now.error().powi(2));
    let spread = a + b;
    if spread == 0.0 {
        return Some(Estimate { value, interval: Interval { low: value, high: value } });
    }
    let freedom = spread.powi(2) / (a.powi(2) / (before.count - 1.0) + b.powi(2) / (now.count - 1.0));
    let half = student(freedom)? * spread.sqrt();
    Some(Estimate { value, interval: Interval { low: value - half, high: value + half } })
}

/// The 95 % point of Student's t.
fn student(freedom: f64) -> Option<f64> {
    StudentsT::new(0.0, 1.0, freedom).ok().map(|t| t.inverse_cdf(1.0 - TAIL))
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Option<Self> {
        if values.len() < 2 || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Some(Self { count, mean, variance })
    }

    /// Standard error of the mean.
    fn error(&self) -> f64 {
        (self.variance / self.count).sqrt()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn students_interval_of_a_small_sample() {
        // t(4; .95) = 2.131847; mean 3, s = √2.5.
        let found = mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let half = 2.131_847 * (2.5_f64 / 5.0).sqrt();
        assert!((found.interval.low - (3.0 - half)).abs() < 1e-5 && (found.interval.high - (3.0 + half)).abs() < 1e-5);
    }

    #[test]
    fn welchs_interval_agrees_with_another_implementation() {
        // scipy 1.x: ttest_ind(now, before, equal_var=False).confidence_interval(0.90).
        let before = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
        let now = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.6, 24.4];
        let found = difference(&before, &now).unwrap();
        assert!((found.value - 2.8400000000).abs() < 1e-9);
        assert!((found.interval.low - 1.14477010).abs() < 1e-6, "{found:?}");
        assert!((found.interval.high - 4.53522990).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn too_few_values_say_nothing() {
        assert_eq!(mean(&[1.0]), None);
        assert_eq!(difference(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(mean(&[1.0, f64::INFINITY]), None);
    }

    #[test]
    fn values_that_never_vary_differ_for_sure() {
        let found = difference(&[1.0, 1.0], &[3.0, 3.0]).unwrap();
        assert_eq!((found.interval.low, found.interval.high), (2.0, 2.0));
    }
}
