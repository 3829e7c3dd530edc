//! How a failure pattern stands: new, known, fading, fixed or back, and what it takes from each agent's score.

use statrs::{
    distribution::{Binomial, DiscreteCDF},
    function::gamma::ln_gamma,
};

use super::{compare::known, statistics::posterior::Posterior};
use crate::model::{
    ids::TraceId,
    pattern::{Pattern, PatternPoints, PatternReport, PatternState},
    probability::Interval,
    summary::Summary,
    time::Timestamp,
};

/// Days shown.
pub const DAYS: usize = 14;

/// A pattern is new for so many days after it was first seen.
const NEW_DAYS: i64 = 2;

/// Days whose rate is compared with that of the days before.
const RECENT_DAYS: usize = 3;

/// A statement of less, or of nothing, needs a chance below this that it came about at the old rate.
const CHANCE: f64 = 0.05;

const DAY_MICROS: i64 = 86_400_000_000;

/// One day, of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Any moment of it.
    pub at: Timestamp,
    /// Runs that show the pattern.
    pub shown: u32,
    /// All runs of the agents that ever showed it; 0 where that was not counted.
    pub runs: u32,
}

/// A fix for the pattern that was accepted, and the runs of the pattern's agents before and since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedFix {
    /// When it was accepted.
    pub at: Timestamp,
    /// Runs before.
    pub runs_before: u64,
    /// Of those, runs that show the pattern.
    pub shown_before: u64,
    /// Runs since.
    pub runs_since: u64,
}

/// When the pattern was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct History<'h> {
    /// The present moment.
    pub now: Timestamp,
    /// The last days, in any order; days that are missing showed nothing.
    pub days: &'h [Day],
    /// The newest fix that was accepted for it.
    pub fix: Option<AcceptedFix>,
}

/// The runs of one agent's window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgentWindow<'w> {
    /// The agent.
    pub agent: &'w str,
    /// Its runs.
    pub rows: &'w [Summary],
}

/// The pattern as it is shown. `windows` are those of the agents it was seen in.
#[must_use]
pub fn report(pattern: Pattern, example_id: Option<TraceId>, history: &History<'_>, windows: &[AgentWindow<'_>]) -> PatternReport {
    let days = last_days(history);
    let mut points: Vec<PatternPoints> = windows.iter().filter_map(|window| points(&pattern, *window)).collect();
    points.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.agent.cmp(&b.agent)));
    PatternReport {
        state: state(&pattern, history, &days),
        days: days.iter().map(|(shown, _)| *shown).collect(),
        title: title(&pattern),
        example_id,
        points,
        pattern,
    }
}

/// A plain title: the failure's, with the tool or model concerned.
fn title(pattern: &Pattern) -> String {
    match pattern.subject.as_deref().filter(|subject| !subject.is_empty()) {
        Some(subject) => format!("{}: {subject}", pattern.code.title()),
        None => pattern.code.title().to_owned(),
    }
}

/// Runs that show the pattern and runs in all, for each of the last days, oldest first, today last.
fn last_days(history: &History<'_>) -> [(u32, u32); DAYS] {
    let number = |moment: Timestamp| moment.micros().div_euclid(DAY_MICROS);
    let today = number(history.now);
    let mut days = [(0_u32, 0_u32); DAYS];
    for day in history.days {
        let age = today.saturating_sub(number(day.at));
        let place = usize::try_from(age).ok().and_then(|age| (DAYS - 1).checked_sub(age));
        if let Some((shown, runs)) = place.and_then(|place| days.get_mut(place)) {
            *shown = shown.saturating_add(day.shown);
            *runs = runs.saturating_add(day.runs);
        }
    }
    days
}

/// How a pattern stands, by the first rule that holds:
/// 1. back again: seen after a fix for it was accepted;
/// 2. fixed: not seen since then, in so many runs that at the old rate the chance of none would be 5 % or less (Beta-Binomial, Jeffreys);
/// 3. new: first seen within two days;
/// 4. fading: seen so little in the last three days that at the rate of the eleven days before the chance of so little would be 5 % or less
///    (binomial, given the sum of both, with the runs of its agents as exposure, or the days where runs were not counted);
/// 5. known.
fn state(pattern: &Pattern, history: &History<'_>, days: &[(u32, u32); DAYS]) -> PatternState {
    if let Some(fix) = history.fix {
        if pattern.last_seen > fix.at {
            return PatternState::BackAgain;
        }
        if chance_of_none(&fix) <= CHANCE {
            return PatternState::Fixed;
        }
    }
    if history.now.micros().saturating_sub(pattern.first_seen.micros()) < NEW_DAYS * DAY_MICROS {
        return PatternState::New;
    }
    if chance_of_so_little(days) <= CHANCE { PatternState::Fading } else { PatternState::Known }
}

/// The chance that none of the runs since a fix shows the pattern, were its rate the old one: B(a, b + n) / B(a, b).
fn chance_of_none(fix: &AcceptedFix) -> f64 {
    let shown = fix.shown_before.min(fix.runs_before) as f64;
    let (a, b, n) = (shown + 0.5, fix.runs_before as f64 - shown + 0.5, fix.runs_since as f64);
    (ln_gamma(b + n) - ln_gamma(a + b + n) + ln_gamma(a + b) - ln_gamma(b)).exp()
}

/// The chance that the last days show as little as they do, or less, were their rate that of the days before; 1 where nothing can be compared.
fn chance_of_so_little(days: &[(u32, u32); DAYS]) -> f64 {
    let (before, recent) = days.split_at(DAYS - RECENT_DAYS);
    let sum = |days: &[(u32, u32)]| days.iter().fold((0.0, 0.0), |(shown, runs), day| (shown + f64::from(day.0), runs + f64::from(day.1)));
    let ((shown_before, runs_before), (shown, runs)) = (sum(before), sum(recent));
    let counted = runs_before > 0.0;
    if counted && runs == 0.0 {
        // Nothing has run, so nothing could have been seen.
        return 1.0;
    }
    let share = if counted { runs / (runs + runs_before) } else { RECENT_DAYS as f64 / DAYS as f64 };
    if share >= 1.0 || shown_before == 0.0 {
        return 1.0;
    }
    Binomial::new(share, (shown + shown_before) as u64).map_or(1.0, |law| law.cdf(shown as u64))
}

/// What the pattern takes from one agent: the score without the runs that failed with it, less the score with them; `None` where no known run failed
/// with it.
///
/// The gain is the share of such runs times how much worse they do than the others. Its interval is that of the product: square-and-add of both
/// Jeffreys intervals on the scale of logarithms (Zou & Donner 2008, as for any product of two independent estimates).
fn points(pattern: &Pattern, window: AgentWindow<'_>) -> Option<PatternPoints> {
    let shows = |row: &&Summary| row.failures.iter().any(|mark| mark.fingerprint == Some(pattern.fingerprint));
    let failed_with_it = |row: &&Summary| {
        let not_recovered = row.failures.iter().any(|mark| mark.fingerprint == Some(pattern.fingerprint) && !mark.recovered);
        not_recovered && row.probability.is_some_and(|probability| probability.get() < 0.5)
    };
    let all = known(window.rows);
    let with: Vec<f64> =
        window.rows.iter().filter(failed_with_it).filter_map(|row| row.probability).map(|probability| probability.get()).collect();
    let without: Vec<f64> = window
        .rows
        .iter()
        .filter(|row| !failed_with_it(row))
        .filter_map(|row| row.probability)
        .map(|probability| probability.get())
        .collect();
    if with.is_empty() {
        return None;
    }
    let others = Posterior::of(without.iter().copied());
    let gain = others.mean() - Posterior::of(all.iter().copied()).mean();
    let interval = gain_interval(with.len(), all.len(), with.iter().sum::<f64>() / with.len() as f64, others);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Some(PatternPoints {
        agent: window.agent.to_owned(),
        points: gain * 100.0,
        interval: Interval { low: interval.low.min(gain) * 100.0, high: interval.high.max(gain) * 100.0 },
        runs: count(window.rows.iter().filter(shows).count()),
        failed_runs: count(all.iter().filter(|probability| **probability < 0.5).count()),
        failed_with: count(with.len()),
    })
}

/// The interval of `share × (others - theirs)`, where `share` of the runs fail with the pattern and succeed with probability `theirs`.
fn gain_interval(runs: usize, of: usize, theirs: f64, others: Posterior) -> Interval {
    let share = Posterior::of_counts(runs as f64, of as f64).estimate();
    let rate = others.estimate();
    let worse = |rate: f64| (rate - theirs).max(0.0);
    let value = share.value * worse(rate.value);
    let end = |share_end: f64, worse_end: f64, sign: f64| -> f64 {
        if value <= 0.0 || worse_end <= 0.0 {
            return if sign < 0.0 { 0.0 } else { share_end * worse_end };
        }
        let distance = (share_end / share.value).ln().hypot((worse_end / worse(rate.value)).ln());
        value * (sign * distance).exp()
    };
    let low = end(share.interval.low, worse(rate.interval.low), -1.0);
    let high = end(share.interval.high, worse(rate.interval.high), 1.0);
    Interval { low, high: high.min(1.0) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        analysis::sample::row,
        model::{
            failure::{FailureCode, Severity},
            ids::{Fingerprint, Sequence},
            money::Money,
            probability::Probability,
            summary::FailureMark,
        },
    };

    const NOW: i64 = 1_800_000_000_000_000;
    const MARK: Fingerprint = Fingerprint(7);

    fn day(age: i64) -> Timestamp {
        Timestamp::from_micros(NOW - age * DAY_MICROS)
    }

    fn pattern(first_seen: i64, last_seen: i64) -> Pattern {
        Pattern {
            fingerprint: MARK,
            code: FailureCode::ToolBadArguments,
            subject: Some("issue_refund".to_owned()),
            framework: None,
            template: "amount must be a number, got <text>".to_owned(),
            runs: 37,
            unrecovered_runs: 37,
            agents: vec![("refund-bot".to_owned(), 37)],
            first_seen: day(first_seen),
            last_seen: day(last_seen),
            cost: Money::ZERO,
            severity: Severity::High,
            example: Sequence(1),
        }
    }

    fn stands(pattern: Pattern, days: &[(i64, u32, u32)], fix: Option<AcceptedFix>) -> PatternState {
        let days: Vec<Day> = days.iter().map(|(age, shown, runs)| Day { at: day(*age), shown: *shown, runs: *runs }).collect();
        report(pattern, None, &History { now: Timestamp::from_micros(NOW), days: &days, fix }, &[]).state
    }

    fn every_day(shown: u32, recent: u32, runs: u32) -> Vec<(i64, u32, u32)> {
        (0..14).map(|age| (age, if age < 3 { recent } else { shown }, runs)).collect()
    }

    #[test]
    fn a_pattern_is_new_for_two_days() {
        assert_eq!(stands(pattern(1, 0), &[(1, 5, 10)], None), PatternState::New);
        assert_eq!(stands(pattern(2, 0), &[(2, 5, 10), (0, 1, 10)], None), PatternState::Known);
    }

    #[test]
    fn a_steady_pattern_is_known_and_a_fall_is_fading() {
        assert_eq!(stands(pattern(30, 0), &every_day(5, 5, 100), None), PatternState::Known);
        assert_eq!(stands(pattern(30, 0), &every_day(5, 1, 100), None), PatternState::Fading);
        assert_eq!(
            stands(pattern(30, 0), &every_day(1, 0, 100), None),
            PatternState::Known,
            "three quiet days of one a day could be chance"
        );
    }

    #[test]
    fn fewer_runs_are_no_fading() {
        let fewer: Vec<_> = (0..14).map(|age| if age < 3 { (age, 1, 20) } else { (age, 5, 100) }).collect();
        assert_eq!(stands(pattern(30, 0), &fewer, None), PatternState::Known);
        let none: Vec<_> = (3..14).map(|age| (age, 5, 100)).collect();
        assert_eq!(stands(pattern(30, 3), &none, None), PatternState::Known, "nothing ran");
        let uncounted: Vec<_> = (3..14).map(|age| (age, 5, 0)).collect();
        assert_eq!(stands(pattern(30, 3), &uncounted, None), PatternState::Fading, "without counts the days stand for runs");
    }

    #[test]
    fn a_fix_needs_enough_clean_runs_to_count() {
        let fix = |runs_since| Some(AcceptedFix { at: day(2), runs_before: 100, shown_before: 10, runs_since });
        assert_eq!(stands(pattern(30, 3), &[], fix(10)), PatternState::Known);
        assert_eq!(stands(pattern(30, 3), &[], fix(60)), PatternState::Fixed);
        assert_eq!(stands(pattern(30, 1), &every_day(1, 1, 10), fix(60)), PatternState::BackAgain);
    }

    #[test]
    fn the_chance_of_none_is_the_closed_form() {
        // With no run before, a = b = ½ and n = 1: B(½, 3⁄2) / B(½, ½) = ½.
        let fix = AcceptedFix { at: day(0), runs_before: 0, shown_before: 0, runs_since: 1 };
        assert!((chance_of_none(&fix) - 0.5).abs() < 1e-12);
        // One success and one failure, then two runs: (1.5·2.5)/(3·4).
        let fix = AcceptedFix { at: day(0), runs_before: 2, shown_before: 1, runs_since: 2 };
        assert!((chance_of_none(&fix) - 1.5 * 2.5 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn days_are_the_last_fourteen_with_today_last() {
        let days = [
            Day { at: day(0), shown: 3, runs: 9 },
            Day { at: day(13), shown: 2, runs: 9 },
            Day { at: day(14), shown: 9, runs: 9 },
            Day { at: day(-1), shown: 9, runs: 9 },
        ];
        let found = report(pattern(20, 0), None, &History { now: Timestamp::from_micros(NOW), days: &days, fix: None }, &[]);
        assert_eq!(found.days.len(), DAYS);
        assert_eq!((found.days[0], found.days[13], found.days.iter().sum::<u32>()), (2, 3, 5));
        assert_eq!(found.title, "bad tool arguments: issue_refund");
    }

    fn window(hit: u64, failed_otherwise: u64, good: u64) -> Vec<Summary> {
        (0..hit + failed_otherwise + good)
            .map(|index| {
                let mut row = row(index);
                row.probability = Probability::new(if index < hit + failed_otherwise { 0.05 } else { 0.95 });
                if index < hit {
                    row.failures = vec![FailureMark {
                        code: FailureCode::ToolBadArguments,
                        severity: Severity::High,
                        recovered: false,
                        step: None,
                        fingerprint: Some(MARK),
                    }];
                }
                row
            })
            .collect()
    }

    #[test]
    fn points_are_what_the_score_would_be_without_the_failed_runs() {
        let mut rows = window(20, 10, 70);
        rows[99].failures = vec![FailureMark {
            code: FailureCode::ToolBadArguments,
            severity: Severity::Low,
            recovered: true,
            step: None,
            fingerprint: Some(MARK),
        }];
        let windows = [AgentWindow { agent: "refund-bot", rows: &rows }];
        let found = report(pattern(20, 0), None, &History { now: Timestamp::from_micros(NOW), days: &[], fix: None }, &windows);
        let points = &found.points[0];
        let (with, without) = ((30.0 * 0.05 + 70.0 * 0.95 + 0.5) / 101.0, (10.0 * 0.05 + 70.0 * 0.95 + 0.5) / 81.0);
        assert!((points.points - 100.0 * (without - with)).abs() < 1e-9, "{points:?}");
        assert_eq!(
            (points.runs, points.failed_runs, points.failed_with),
            (21, 30, 20),
            "a run that recovered shows the pattern and loses nothing by it"
        );
        assert!(
            points.interval.low > 9.0
                && points.interval.high < 23.0
                && points.interval.low < points.points
                && points.points < points.interval.high,
            "{points:?}"
        );
    }

    #[test]
    fn an_agent_that_lost_nothing_has_no_line() {
        let rows = window(0, 3, 5);
        let windows = [AgentWindow { agent: "a", rows: &rows }, AgentWindow { agent: "b", rows: &[] }];
        assert!(
            report(pattern(20, 0), None, &History { now: Timestamp::from_micros(NOW), days: &[], fix: None }, &windows).points.is_empty()
        );
    }

    #[test]
    fn a_window_of_nothing_but_the_pattern_has_a_wide_interval() {
        let rows = window(5, 0, 0);
        let windows = [AgentWindow { agent: "a", rows: &rows }];
        let found = report(pattern(20, 0), None, &History { now: Timestamp::from_micros(NOW), days: &[], fix: None }, &windows);
        let points = &found.points[0];
        assert!(points.interval.high - points.interval.low > 40.0, "no other run tells what success would be: {points:?}");
    }
}
