//! What history tells about following a piece of advice: the grade of runs that did beside that of runs that did not.

use crate::{
    analysis::statistics::{self, posterior::Posterior},
    model::{advice::Risk, summary::Summary},
};

/// Runs on each side from which on their grades are held against each other.
const FEWEST: usize = 5;

/// Points of grade in a whole probability.
const POINTS: f64 = 100.0;

/// The answers stay what they are.
pub(super) fn none(why: &str) -> Risk {
    Risk { says: format!("none: {why}"), points: Some(0.0), runs: 0 }
}

/// Runs of one model held against those of another: runs that used both tell of neither.
pub(super) fn of_switch(rows: &[Summary], from: &str, to: &str) -> Risk {
    let of = |model: &str, other: &str| -> Vec<f64> {
        let uses = |row: &&Summary, name: &str| row.models.iter().any(|used| used.model == name);
        let rows = rows.iter().filter(|row| uses(row, model) && !uses(row, other));
        rows.filter_map(|row| row.probability).map(|probability| probability.get()).collect()
    };
    let (before, after) = (of(from, to), of(to, from));
    let runs = u32::try_from(after.len()).unwrap_or(u32::MAX);
    if after.len() < FEWEST || before.len() < FEWEST {
        let seen = match runs {
            0 => format!("no run with {to}"),
            some => format!("only {some} with {to}, {} with {from}", before.len()),
        };
        return Risk { says: format!("unknown: {seen}"), points: None, runs };
    }
    let change = statistics::difference(Posterior::of(before).estimate(), Posterior::of(after).estimate());
    let (low, high) = (POINTS * change.interval.low, POINTS * change.interval.high);
    let points = POINTS * change.value;
    let chance = if statistics::holds_zero(change.interval) { ", could be chance" } else { "" };
    Risk { says: format!("{points:+.0} points, {low:.0} to {high:.0}{chance}"), points: Some(points), runs }
}
