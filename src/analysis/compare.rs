//! Two sets of runs beside each other, line by line, each difference with its interval.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    repeated_tasks,
    statistics::{Estimate, difference, mean, median, posterior::Posterior, ratio},
    trend,
};
use crate::model::{
    comparison::{AgentComparison, Change, Comparison, ComparisonLine, RunCounts},
    summary::Summary,
};

/// Compares two sets of runs. Each line rests on the runs that tell it: runs of unknown outcome, cost or duration are left out of that line alone.
///
/// | measure | unit | value | interval of the difference |
/// |---|---|---|---|
/// | `reliability` | points | posterior mean of success × 100 | square-and-add of Jeffreys intervals |
/// | `same_tasks` | points | mean success × 100 over the tasks that ran on both sides; the line is there when five did | Student's t on paired differences |
/// | `cost_per_run` | usd | mean | Welch |
/// | `tool_success` | share | right calls among all | square-and-add, with calls of one run taken to go wrong together |
/// | `latency` | ms | median | square-and-add of intervals between order statistics |
/// | `failures` | share | runs with a failure that was not recovered from | square-and-add of Jeffreys intervals |
/// | `checks` | share | not yet known | |
///
/// A run that is in both sets counts in both; the intervals then err on the wide side.
#[must_use]
pub fn compare(before_label: &str, before: &[Summary], current_label: &str, current: &[Summary]) -> Comparison {
    let mut lines = lines(before, current);
    lines.push(line("checks", "share", None, None, None));
    Comparison {
        before: before_label.to_owned(),
        current: current_label.to_owned(),
        lines,
        before_runs: counts(before),
        current_runs: counts(current),
        agents: agents(before, current),
    }
}

/// Agents that are told of: those with most runs on both sides together.
const MOST_AGENTS: usize = 50;

fn lines(before: &[Summary], current: &[Summary]) -> Vec<ComparisonLine> {
    let all = [
        Some(reliability(before, current)),
        same_tasks(before, current),
        Some(cost_per_run(before, current)),
        Some(tool_success(before, current)),
        Some(latency(before, current)),
        Some(failures(before, current)),
    ];
    all.into_iter().flatten().collect()
}

fn counts(rows: &[Summary]) -> RunCounts {
    let number = |what: &dyn Fn(&Summary) -> bool| rows.iter().filter(|row| what(row)).count() as u64;
    RunCounts {
        runs: rows.len() as u64,
        unknown: number(&|row| row.probability.is_none()),
        unpriced: number(&|row| row.cost.is_none() && row.calls_models()),
        cut: false,
    }
}

/// The same, agent by agent; one agent alone is what the whole says already.
fn agents(before: &[Summary], current: &[Summary]) -> Vec<AgentComparison> {
    let mut sides: BTreeMap<&str, [Vec<Summary>; 2]> = BTreeMap::new();
    for (side, rows) in [before, current].into_iter().enumerate() {
        for row in rows {
            if let Some(rows) = sides.entry(&row.agent).or_default().get_mut(side) {
                rows.push(row.clone());
            }
        }
    }
    let mut agents: Vec<_> = sides.into_iter().collect();
    agents.sort_by_key(|(agent, [before, current])| (Reverse(before.len() + current.len()), *agent));
    let of = |(agent, [before, current]): (&str, [Vec<Summary>; 2])| AgentComparison {
        agent: agent.to_owned(),
        before_runs: counts(&before),
        current_runs: counts(&current),
        lines: lines(&before, &current),
    };
    agents.into_iter().take(MOST_AGENTS).map(of).collect()
}

/// Runs that show a failure they did not recover from.
fn failures(before: &[Summary], current: &[Summary]) -> ComparisonLine {
    let share = |rows: &[Summary]| {
        let failed = rows.iter().filter(|row| row.failures.iter().any(|mark| !mark.recovered)).count();
        (!rows.is_empty()).then(|| Posterior::of_counts(failed as f64, rows.len() as f64).estimate())
    };
    both("failures", "share", share(before), before.len(), share(current), current.len())
}

fn line(measure: &str, unit: &str, before: Option<f64>, current: Option<f64>, change: Option<Change>) -> ComparisonLine {
    ComparisonLine { measure: measure.to_owned(), unit: unit.to_owned(), before, current, change }
}

/// The probabilities of the runs that have one.
pub(super) fn known(rows: &[Summary]) -> Vec<f64> {
    rows.iter().filter_map(|row| row.probability).map(crate::model::probability::Probability::get).collect()
}

fn reliability(before: &[Summary], current: &[Summary]) -> ComparisonLine {
    let (before, current) = (known(before), known(current));
    line("reliability", "points", trend::score(&before), trend::score(&current), trend::change(&before, &current))
}

/// Stronger than [`reliability`] where tasks repeat: each task is compared with itself.
fn same_tasks(before: &[Summary], current: &[Summary]) -> Option<ComparisonLine> {
    let found = repeated_tasks::compare(before, current)?;
    Some(line("same_tasks", "points", Some(found.before), Some(found.current), Some(found.change)))
}

fn cost_per_run(before: &[Summary], current: &[Summary]) -> ComparisonLine {
    let costs = |rows: &[Summary]| -> Vec<f64> { rows.iter().filter_map(|row| row.cost).map(|cost| cost.usd()).collect() };
    let (before, current) = (costs(before), costs(current));
    let average = |costs: &[f64]| (!costs.is_empty()).then(|| costs.iter().sum::<f64>() / costs.len() as f64);
    let change = mean::difference(&before, &current).map(|estimate| trend::stated(estimate, before.len(), current.len()));
    line("cost_per_run", "usd", average(&before), average(&current), change)
}

/// Right tool calls and all of them, a pair for each run that made any.
pub(super) fn tool_calls(rows: &[Summary]) -> Vec<(u32, u32)> {
    let made = rows.iter().filter(|row| row.tool_calls > 0);
    made.map(|row| (row.tool_calls.saturating_sub(row.wrong_tool_calls), row.tool_calls)).collect()
}

fn tool_success(before: &[Summary], current: &[Summary]) -> ComparisonLine {
    let (before, current) = (tool_calls(before), tool_calls(current));
    both("tool_success", "share", ratio::estimate(&before), before.len(), ratio::estimate(&current), current.len())
}

fn latency(before: &[Summary], current: &[Summary]) -> ComparisonLine {
    let (mut before, mut current) = (took_millis(before), took_millis(current));
    let found = both("latency", "ms", median::estimate(&mut before), before.len(), median::estimate(&mut current), current.len());
    // A median of few runs is worth showing even where no interval can be given.
    ComparisonLine { before: median::median(&mut before), current: median::median(&mut current), ..found }
}

/// How long the runs took that tell, in milliseconds.
pub(super) fn took_millis(rows: &[Summary]) -> Vec<f64> {
    rows.iter().filter_map(|row| row.took).map(|took| took.millis()).collect()
}

fn both(
    measure: &str,
    unit: &str,
    before: Option<Estimate>,
    before_runs: usize,
    current: Option<Estimate>,
    current_runs: usize,
) -> ComparisonLine {
    let change = before.zip(current).map(|(before, current)| trend::stated(difference(before, current), before_runs, current_runs));
    line(measure, unit, before.map(|estimate| estimate.value), current.map(|estimate| estimate.value), change)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        analysis::sample::row,
        model::{money::Money, probability::Probability, time::Elapsed},
    };

    fn rows(count: u64, good: u64, cost: f64, millis: f64) -> Vec<Summary> {
        (0..count)
            .map(|index| Summary {
                probability: Some(Probability::clamped(if index < good { 0.95 } else { 0.05 })),
                cost: Money::from_usd(cost * (1.0 + 0.1 * (index % 5) as f64)),
                took: Elapsed::from_millis(millis + index as f64),
                tool_calls: 3,
                wrong_tool_calls: u32::from(index >= good),
                ..row(index)
            })
            .collect()
    }

    fn of<'c>(comparison: &'c Comparison, measure: &str) -> &'c ComparisonLine {
        comparison.lines.iter().find(|line| line.measure == measure).unwrap()
    }

    #[test]
    fn a_better_agent_is_better_on_every_line() {
        let comparison = compare("before", &rows(100, 73, 0.019, 4_000.0), "now", &rows(100, 89, 0.007, 2_000.0));
        assert_eq!((comparison.before.as_str(), comparison.current.as_str()), ("before", "now"));
        for (measure, sign) in [("reliability", 1.0), ("cost_per_run", -1.0), ("tool_success", 1.0), ("latency", -1.0)] {
            let change = of(&comparison, measure).change.unwrap();
            assert!(change.difference * sign > 0.0 && !change.could_be_chance, "{measure}: {change:?}");
            assert!(change.interval.low <= change.difference && change.difference <= change.interval.high);
        }
        let latency = of(&comparison, "latency");
        assert_eq!((latency.before, latency.current), (Some(4_049.5), Some(2_049.5)));
        let cost = of(&comparison, "cost_per_run");
        assert!((cost.before.unwrap() - 0.0228).abs() < 1e-12);
    }

    #[test]
    fn a_line_rests_only_on_runs_that_tell_it() {
        let mut now = rows(30, 20, 0.01, 100.0);
        for row in now.iter_mut().take(10) {
            row.cost = None;
            row.took = None;
        }
        let comparison = compare("a", &rows(30, 20, 0.01, 100.0), "b", &now);
        assert_eq!(of(&comparison, "cost_per_run").change.unwrap().current_runs, 20);
        assert_eq!(of(&comparison, "latency").change.unwrap().current_runs, 20);
        assert_eq!(of(&comparison, "reliability").change.unwrap().current_runs, 30);
    }

    #[test]
    fn tasks_that_ran_on_both_sides_are_compared_each_with_itself() {
        let with_tasks = |mut rows: Vec<Summary>| {
            (0..).zip(&mut rows).for_each(|(index, row)| row.insight.task = Some(index % 6));
            rows
        };
        let comparison = compare("a", &with_tasks(rows(12, 6, 0.01, 100.0)), "b", &with_tasks(rows(12, 12, 0.01, 100.0)));
        let line = of(&comparison, "same_tasks");
        assert_eq!((line.unit.as_str(), line.change.unwrap().before_runs), ("points", 12));
        assert!(!compare("a", &[row(1)], "b", &[row(2)]).lines.iter().any(|line| line.measure == "same_tasks"));
    }

    #[test]
    fn every_agent_is_compared_with_itself_those_with_most_runs_first() {
        let named = |agent: &str, mut rows: Vec<Summary>| {
            rows.iter_mut().for_each(|row| row.agent = agent.to_owned());
            rows
        };
        let before = [named("few", rows(5, 5, 0.01, 10.0)), named("many", rows(40, 36, 0.01, 10.0))].concat();
        let mut now = named("many", rows(40, 10, 0.01, 10.0));
        now[0].probability = None;
        let comparison = compare("a", &before, "b", &now);
        let told: Vec<_> =
            comparison.agents.iter().map(|agent| (agent.agent.as_str(), agent.before_runs.runs, agent.current_runs.runs)).collect();
        assert_eq!(told, [("many", 40, 40), ("few", 5, 0)]);
        let many = &comparison.agents[0];
        assert!(many.lines[0].change.unwrap().difference < -50.0);
        assert_eq!((many.current_runs.unknown, comparison.before_runs.runs), (1, 45));
        assert_eq!(comparison.agents[1].lines[0].current, None);
    }

    #[test]
    fn what_nothing_tells_is_none() {
        let empty = compare("a", &[], "b", &[row(1)]);
        for line in empty.lines.iter().filter(|line| line.measure != "failures") {
            assert_eq!((line.before, line.current, line.change), (None, None, None), "{}", line.measure);
        }
        assert_eq!(of(&empty, "failures").before, None, "a side without runs has no share of failed ones");
        let one = compare("a", &rows(1, 1, 0.01, 10.0), "b", &rows(1, 1, 0.02, 10.0));
        assert!(of(&one, "cost_per_run").before.is_some() && of(&one, "cost_per_run").change.is_none(), "two runs show no spread");
    }
}
