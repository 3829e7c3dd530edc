//! Shares of things that come in clusters, such as tool calls that come in runs.

use super::{Estimate, posterior::Posterior};

/// The share of good cases among all, with a 90 % interval that knows that cases of one cluster go wrong together.
///
/// The variance between clusters (the ratio estimator's: Cochran, Sampling Techniques, 6.3) over that of independent cases says how many independent
/// cases the sample is worth; the interval is that of a Jeffreys posterior over so many (Korn & Graubard, Survey Methodology 24, 1998).
/// `None` without cases.
#[must_use]
pub fn estimate(clusters: &[(u32, u32)]) -> Option<Estimate> {
    let (good, of) = clusters.iter().fold((0.0, 0.0), |(good, of), (g, n)| (good + f64::from(*g.min(n)), of + f64::from(*n)));
    if of == 0.0 {
        return None;
    }
    let share = good / of;
    let used: Vec<_> = clusters.iter().filter(|(_, n)| *n > 0).collect();
    let count = used.len() as f64;
    let independent = share * (1.0 - share) / of;
    let clustered = if used.len() < 2 {
        // One cluster tells nothing of how clusters differ: it is worth one case.
        independent * of
    } else {
        let residuals = used.iter().map(|(g, n)| (f64::from(*g.min(n)) - share * f64::from(*n)).powi(2)).sum::<f64>();
        count / (count - 1.0) * residuals / of.powi(2)
    };
    // Where all cases are alike, no spread is seen; then each cluster is taken as one case.
    let worth = if independent > 0.0 { of / (clustered / independent).max(1.0) } else { count };
    let posterior = Posterior::of_counts(share * worth, worth);
    Some(Estimate { value: share, interval: widened(posterior, share) })
}

/// The posterior's interval, made to hold the plain share, which is what is shown beside it.
fn widened(posterior: Posterior, share: f64) -> crate::model::probability::Interval {
    let mut interval = posterior.interval();
    interval.low = interval.low.min(share);
    interval.high = interval.high.max(share);
    interval
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn calls_of_one_each_are_plain_counts() {
        let clusters: Vec<_> = (0..100).map(|i| (u32::from(i % 4 != 0), 1)).collect();
        let found = estimate(&clusters).unwrap();
        let plain = Posterior::of_counts(75.0, 100.0).interval();
        assert_eq!(found.value, 0.75);
        assert!((found.interval.low - plain.low).abs() < 0.002 && (found.interval.high - plain.high).abs() < 0.002);
    }

    #[test]
    fn runs_that_go_wrong_as_a_whole_tell_less() {
        let together: Vec<_> = (0..20).map(|i| (if i % 4 == 0 { 0 } else { 10 }, 10)).collect();
        let apart: Vec<_> = (0..200).map(|i| (u32::from(i % 4 != 0), 1)).collect();
        let (together, apart) = (estimate(&together).unwrap(), estimate(&apart).unwrap());
        assert_eq!(together.value, apart.value);
        let width = |estimate: Estimate| estimate.interval.high - estimate.interval.low;
        assert!(width(together) > 2.5 * width(apart), "200 calls in 20 runs are worth about 20");
    }

    #[test]
    fn all_right_is_not_certainty() {
        let found = estimate(&[(5, 5), (3, 3), (4, 4)]).unwrap();
        assert_eq!((found.value, found.interval.high), (1.0, 1.0));
        assert!(found.interval.low < 0.75, "three runs, not twelve calls: {found:?}");
    }

    #[test]
    fn nothing_counted_says_nothing() {
        assert_eq!(estimate(&[]), None);
        assert_eq!(estimate(&[(0, 0)]), None);
        assert!(estimate(&[(7, 3)]).unwrap().value <= 1.0, "more good cases than cases count as all");
    }
}
