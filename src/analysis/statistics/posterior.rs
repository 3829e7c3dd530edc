//! How often something succeeds, as a Beta posterior over counts.

use statrs::distribution::{Beta, ContinuousCDF};

use super::{Estimate, TAIL};
use crate::model::probability::Interval;

/// Half a success and half a failure: Jeffreys' prior, which gives intervals with about the coverage they claim even for few runs
/// (Brown, Cai & DasGupta, Statistical Science 16, 2001).
const JEFFREYS: f64 = 0.5;

/// Above so many counts the quantile is found by halving, because the iteration of the library may overflow there.
const LIBRARY_COUNTS: f64 = 100_000.0;

/// The posterior of a success rate: Beta(½ + successes, ½ + failures). Successes may be fractions: a run that succeeded with probability 0.95 adds 0.95
/// to one side and 0.05 to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    successes: f64,
    failures: f64,
}

impl Posterior {
    /// From probabilities of success, one a run; values outside 0 to 1 are brought into it, and NaN is left out.
    #[must_use]
    pub fn of(probabilities: impl IntoIterator<Item = f64>) -> Self {
        let (successes, runs) = probabilities
            .into_iter()
            .filter(|probability| !probability.is_nan())
            .fold((0.0, 0.0), |(successes, runs), probability| (successes + probability.clamp(0.0, 1.0), runs + 1.0));
        Self { successes, failures: runs - successes }
    }

    /// From a count of good cases among all; more good cases than cases count as all.
    #[must_use]
    pub fn of_counts(good: f64, of: f64) -> Self {
        let of = if of.is_finite() { of.max(0.0) } else { 0.0 };
        let good = if good.is_finite() { good.clamp(0.0, of) } else { 0.0 };
        Self { successes: good, failures: of - good }
    }

    /// Of the mean of shares from 0 to 1 that were each measured as such, by the Bayesian bootstrap: what resampling them endlessly would give, with
    /// half a share of 0 and half a share of 1 put beside them, so that few that agree do not seem certain (Rubin, Annals of Statistics 9, 1981;
    /// with a prior: Muliere & Secchi, Annals of the Institute of Statistical Mathematics 48, 1996). Mean and variance are closed; the Beta that has
    /// both stands for the shape. Shares of 0 and 1 alone give exactly [`Self::of_counts`].
    #[must_use]
    pub fn of_shares(shares: &[f64]) -> Self {
        let (count, sum, squares) = shares
            .iter()
            .filter(|share| !share.is_nan())
            .map(|share| share.clamp(0.0, 1.0))
            .fold((0.0_f64, 0.0, 0.0), |(count, sum, squares), share| (count + 1.0, sum + share, squares + share * share));
        let mean = (sum + JEFFREYS) / (count + 2.0 * JEFFREYS);
        let spread = (squares + JEFFREYS) / (count + 2.0 * JEFFREYS) - mean * mean;
        let variance = spread / (count + 2.0 * JEFFREYS + 1.0);
        // The pseudo-shares keep the spread above zero, and a spread within 0 to 1 is at most that of counts.
        let worth = (mean * (1.0 - mean) / variance - 1.0).max(2.0 * JEFFREYS);
        Self { successes: (mean * worth - JEFFREYS).max(0.0), failures: ((1.0 - mean) * worth - JEFFREYS).max(0.0) }
    }

    /// Mean of the posterior, 0 to 1.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.successes + JEFFREYS) / (self.successes + self.failures + 2.0 * JEFFREYS)
    }

    /// The equal-tailed 90 % interval.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let (low, high) = (self.quantile(TAIL), self.quantile(1.0 - TAIL));
        // The mean of a strongly skewed posterior can lie outside an equal-tailed interval; the interval is widened to hold it.
        Interval { low: low.min(self.mean()), high: high.max(self.mean()) }
    }

    /// Mean and interval.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        Estimate { value: self.mean(), interval: self.interval() }
    }

    /// The value below which this share of the posterior lies; `share` from 0 to 1.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let (a, b) = (self.successes + JEFFREYS, self.failures + JEFFREYS);
        // Both parameters are at least a half and finite, so the distribution exists; were it not so, nothing would be known.
        let Ok(beta) = Beta::new(a, b) else { return share };
        if a + b <= LIBRARY_COUNTS {
            return beta.inverse_cdf(share);
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..64 {
            let middle: f64 = (low + high) / 2.0;
            if beta.cdf(middle) < share { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn no_run_at_all_is_the_arcsine_law() {
        // Beta(½, ½) has the closed quantile sin²(πp/2).
        let nothing = Posterior::of([]);
        close(nothing.mean(), 0.5, 1e-15);
        close(nothing.interval().low, (std::f64::consts::FRAC_PI_2 * 0.05).sin().powi(2), 1e-9);
        close(nothing.interval().high, (std::f64::consts::FRAC_PI_2 * 0.95).sin().powi(2), 1e-9);
    }

    #[test]
    fn half_successes_give_the_closed_forms() {
        // Beta(1, 1): the quantile is p itself. Beta(2, 1): √p. Beta(1, 4): 1 - (1 - p)^¼.
        for share in [0.01, 0.05, 0.5, 0.95, 0.99] {
            close(Posterior::of_counts(0.5, 1.0).quantile(share), share, 1e-9);
            close(Posterior::of_counts(1.5, 2.0).quantile(share), share.sqrt(), 1e-9);
            close(Posterior::of_counts(0.5, 4.0).quantile(share), 1.0 - (1.0_f64 - share).powf(0.25), 1e-9);
        }
    }

    #[test]
    fn jeffreys_intervals_are_the_published_ones() {
        // 95 % limits, Brown, Cai & DasGupta 2001, table 5 (rows the modification does not touch).
        for (good, of, low, high) in
            [(3.0, 10.0, 0.093, 0.606), (5.0, 10.0, 0.224, 0.776), (4.0, 15.0, 0.097, 0.517), (10.0, 20.0, 0.293, 0.707)]
        {
            let posterior = Posterior::of_counts(good, of);
            close(posterior.quantile(0.025), low, 6e-4);
            close(posterior.quantile(0.975), high, 6e-4);
        }
    }

    #[test]
    fn shares_of_nothing_and_all_are_counts_and_shares_between_them_say_more() {
        let counts = Posterior::of_shares(&[1.0, 1.0, 1.0, 0.0]);
        close(counts.mean(), Posterior::of_counts(3.0, 4.0).mean(), 1e-12);
        close(counts.interval().low, Posterior::of_counts(3.0, 4.0).interval().low, 1e-9);
        let alike = Posterior::of_shares(&[0.75; 20]);
        let counts = Posterior::of_counts(15.0, 20.0);
        close(alike.mean(), counts.mean(), 1e-12);
        assert!(alike.interval().low > counts.interval().low + 0.05, "twenty shares that agree are worth more than twenty coins");
        assert!(alike.interval().high - alike.interval().low > 0.02, "but they are not certain");
        close(Posterior::of_shares(&[]).mean(), 0.5, 1e-12);
    }

    #[test]
    fn quantiles_agree_with_another_implementation() {
        // scipy 1.x: beta.ppf([.05, .95], .5 + s, .5 + f).
        for (good, of, low, high) in QUANTILES {
            let posterior = Posterior::of_counts(*good, *of);
            close(posterior.quantile(0.05), *low, 1e-7);
            close(posterior.quantile(0.95), *high, 1e-7);
        }
    }

    const QUANTILES: &[(f64, f64, f64, f64)] = &[
        (0.0, 1.0, 0.001542919, 0.771480186),
        (1.0, 1.0, 0.228519814, 0.998457081),
        (0.0, 10.0, 0.000191736, 0.170773108),
        (1.0, 10.0, 0.017891988, 0.330562803),
        (19.0, 20.0, 0.820444580, 0.991130791),
        (20.0, 20.0, 0.909523573, 0.999902922),
        (8.55, 9.0, 0.725362154, 0.995277340),
        (196.0, 200.0, 0.958224655, 0.991648684),
        (10.0, 200.0, 0.029252196, 0.080281498),
        (73.0, 100.0, 0.652690702, 0.797603396),
        (1500.5, 2000.0, 0.734067842, 0.765897710),
        (3.0, 100000.0, 0.000010837, 0.000070334),
        (999999.0, 1000000.0, 0.999996093, 0.999999824),
        (0.0, 5000.0, 0.000000393, 0.000384053),
    ];

    #[test]
    fn a_run_of_doubt_counts_for_both_sides() {
        let sure = Posterior::of([1.0, 1.0, 0.0]);
        let doubtful = Posterior::of([0.95, 0.95, 0.1]);
        close(sure.mean(), 2.5 / 4.0, 1e-15);
        close(doubtful.mean(), 2.5 / 4.0, 1e-15);
        assert_eq!(Posterior::of([f64::NAN, 2.0, -1.0]), Posterior::of([1.0, 0.0]));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_mean_and_narrows_with_runs(good in 0.0..1.0_f64, of in 1.0..5_000.0_f64) {
            let few = Posterior::of_counts(good * of, of);
            let many = Posterior::of_counts(good * of * 4.0, of * 4.0);
            for posterior in [few, many] {
                let interval = posterior.interval();
                prop_assert!(0.0 <= interval.low && interval.low <= posterior.mean() && posterior.mean() <= interval.high && interval.high <= 1.0);
            }
            prop_assert!(many.interval().high - many.interval().low <= few.interval().high - few.interval().low);
        }

        #[test]
        fn a_quantile_is_where_its_share_lies(good in 0.0..1.0_f64, exponent in 0.0..7.5_f64, share in 0.001..0.999_f64) {
            let of = 10_f64.powf(exponent);
            let posterior = Posterior::of_counts(good * of, of);
            let beta = Beta::new(good * of + 0.5, of - good * of + 0.5).unwrap();
            prop_assert!((beta.cdf(posterior.quantile(share)) - share).abs() < 1e-5);
        }

        #[test]
        fn hostile_counts_have_an_interval(good in proptest::num::f64::ANY, of in proptest::num::f64::ANY) {
            if of < 1e12 {
                let interval = Posterior::of_counts(good, of).interval();
                prop_assert!(interval.low >= 0.0 && interval.high <= 1.0);
            }
        }
    }
}
