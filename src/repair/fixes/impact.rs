//! How many failed runs a fix would have spared, counted from its pattern.

use crate::{
    analysis::statistics::posterior::Posterior,
    model::{fix::Impact, pattern::PatternReport},
};

/// The 90 % interval of the failed runs that a fix would have spared, out of all failed runs in the windows of the agents concerned; `None` where no
/// window tells.
///
/// What is counted is the share of failed runs that failed with the pattern. The interval is that of a Jeffreys posterior of this share, times the
/// failed runs, rounded outwards: were the agents to run again as they did, so many failures would be of this pattern. It says what the fix can
/// spare if it does what it should, not that those runs would then succeed.
pub(super) fn of(report: &PatternReport) -> Option<Impact> {
    let (with, of) = report.points.iter().fold((0_u64, 0_u64), |(with, of), points| {
        (with + u64::from(points.failed_with.min(points.failed_runs)), of + u64::from(points.failed_runs))
    });
    if of == 0 {
        return None;
    }
    let interval = Posterior::of_counts(with as f64, of as f64).interval();
    let low = (interval.low * of as f64).floor() as u64;
    let high = (interval.high * of as f64).ceil() as u64;
    Some(Impact { low: low.min(with), high: high.clamp(with, of), of })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        model::{
            failure::FailureCode,
            pattern::{PatternPoints, PatternState},
            probability::Interval,
        },
        repair::sample::pattern,
    };

    fn report(points: Vec<(u32, u32)>) -> PatternReport {
        PatternReport {
            pattern: pattern(FailureCode::ToolTimeout, "fetch_order", 18),
            state: PatternState::Known,
            days: Vec::new(),
            title: String::new(),
            example_id: None,
            points: points
                .into_iter()
                .map(|(failed_with, failed_runs)| PatternPoints {
                    agent: "a".to_owned(),
                    points: 1.0,
                    interval: Interval { low: 0.0, high: 2.0 },
                    runs: failed_with + 2,
                    failed_runs,
                    failed_with,
                })
                .collect(),
        }
    }

    #[test]
    fn eighteen_of_seventy_four_is_an_interval_around_eighteen() {
        let impact = of(&report(vec![(10, 40), (8, 34)])).unwrap();
        // Beta(18.5, 56.5): 5 % at 0.1709, 95 % at 0.3342.
        assert_eq!((impact.low, impact.high, impact.of), (12, 25, 74));
    }

    #[test]
    fn an_impact_never_exceeds_what_failed() {
        let all = of(&report(vec![(3, 3)])).unwrap();
        assert_eq!((all.high, all.of), (3, 3));
        assert!(all.low < 3);
        assert_eq!(of(&report(vec![])), None);
    }
}
