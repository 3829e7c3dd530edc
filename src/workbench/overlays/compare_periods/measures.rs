//! The measures of a comparison in words: their names, values, differences, and which way is better.

use crate::{
    model::{
        comparison::{Change, ComparisonLine},
        money::Money,
    },
    text::human::{duration, money, percent},
    workbench::theme::Role,
};

/// A measure: its name in the facts, what a person calls it, whether more is better.
const MEASURES: &[(&str, &str, bool)] = &[
    ("reliability", "reliability", true),
    ("same_tasks", "task by task", true),
    ("cost_per_run", "cost of a run", false),
    ("tool_success", "tool calls ok", true),
    ("latency", "time of a run", false),
    ("failures", "with a failure", false),
    ("checks", "domain checks", true),
];

/// What a person calls it.
pub(super) fn name(line: &ComparisonLine) -> &str {
    MEASURES.iter().find(|(name, _, _)| *name == line.measure).map_or(line.measure.as_str(), |(_, called, _)| called)
}

fn written(unit: &str, value: f64) -> String {
    match unit {
        _ if !value.is_finite() => "unknown".to_owned(),
        "usd" => Money::from_usd(value).map_or_else(|| "unknown".to_owned(), |amount| money(amount.pico())),
        "share" => percent(value),
        "ms" => duration((value.max(0.0) * 1_000.0).round() as u64),
        _ => format!("{value:.1}"),
    }
}

/// A value in its unit; `unknown` where nothing tells.
pub(super) fn value(line: &ComparisonLine, value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| written(&line.unit, value))
}

/// Both values, short: `73 to 89`.
pub(super) fn both(line: &ComparisonLine) -> String {
    let short = |value: Option<f64>| match (value, line.unit.as_str()) {
        (None, _) => "-".to_owned(),
        (Some(value), "points") if value.is_finite() => format!("{value:.0}"),
        (Some(value), unit) => written(unit, value),
    };
    format!("{} to {}", short(line.before), short(line.current))
}

/// With its sign, in the unit a difference has.
fn signed(unit: &str, value: f64) -> String {
    // Adding zero turns a rounded "-0" into "+0".
    let sign = if value < 0.0 { "-" } else { "+" };
    match unit {
        "share" => format!("{:+.1}", value * 100.0 + 0.0),
        "points" => format!("{:+.1}", value + 0.0),
        // The values beside it say that these are dollars.
        _ => format!("{sign}{}", written(unit, value.abs()).trim_start_matches('$')),
    }
}

fn finite(change: &Change) -> bool {
    change.difference.is_finite() && change.interval.low.is_finite() && change.interval.high.is_finite()
}

/// `+16.0 (+9.1 to +22.9)`: points, percent points, dollars or time, as the values beside it.
pub(super) fn difference(line: &ComparisonLine) -> String {
    let Some(change) = line.change.as_ref().filter(|change| finite(change)) else {
        return if line.before.is_some() && line.current.is_some() { "too few runs to tell" } else { "one side does not tell" }.to_owned();
    };
    let at = |value| signed(&line.unit, value);
    format!("{} ({} to {})", at(change.difference), at(change.interval.low), at(change.interval.high))
}

/// Whether it is better, worse, or could be chance; in full or in seven columns.
pub(super) fn verdict(line: &ComparisonLine, full: bool) -> (&'static str, Role) {
    let more_is_better = MEASURES.iter().find(|(name, _, _)| *name == line.measure).is_none_or(|(_, _, better)| *better);
    match line.change.as_ref().filter(|change| finite(change)) {
        None => ("unknown", Role::Unknown),
        Some(change) if change.could_be_chance => (if full { "could be chance" } else { "chance?" }, Role::Dim),
        Some(change) if (change.difference > 0.0) == more_is_better => ("better", Role::Good),
        Some(_) => ("worse", Role::Bad),
    }
}

/// The difference and the verdict in a few columns: `+16 better`.
pub(super) fn short(line: &ComparisonLine, full: bool) -> (String, Role) {
    let (verdict, role) = verdict(line, full);
    match line.change.as_ref().filter(|change| finite(change)) {
        Some(change) => (format!("{:+.0} {verdict}", change.difference.round() + 0.0), role),
        None => (verdict.to_owned(), role),
    }
}
