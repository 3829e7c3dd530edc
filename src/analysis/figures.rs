//! Adds runs up to the figures they tell together, in a few numbers a run.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    reliability::grade_of,
    statistics::{mean, median, percentile, posterior::Posterior, ratio},
};
use crate::model::{
    failure::{FailureCode, Severity},
    figures::{AgentFigures, Figures, Measured},
    ids::{Fingerprint, Sequence},
    money::Money,
    summary::Summary,
    time::Timestamp,
    verdict::OutcomeState,
};

/// Most runs added up: the numbers kept of them are some 20 MB.
pub const MOST_RUNS: u64 = 200_000;

/// Agents and groups of failures told apart; runs of further ones count in the sums alone.
const MOST_TOLD_APART: usize = 10_000;

/// Agents given.
const AGENTS: usize = 50;

/// Runs that failed alike, so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The failure.
    pub code: FailureCode,
    /// Its pattern.
    pub fingerprint: Option<Fingerprint>,
    /// The worst severity it has had.
    pub severity: Severity,
    /// Runs that show it.
    pub runs: u64,
    /// Of those, runs that did not recover from it.
    pub unrecovered: u64,
    /// The first added that shows it, one that did not recover before others.
    pub example: Sequence,
}

#[derive(Default)]
struct Agent {
    runs: u64,
    probabilities: Vec<f64>,
    cost: Money,
    unpriced: u64,
}

/// The sums so far. Add runs newest first, with the votes on their agents taken in.
#[derive(Default)]
pub struct Sums {
    runs: u64,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    probabilities: Vec<f64>,
    failed: u64,
    told: u64,
    cost: Money,
    costs: Vec<f64>,
    calls: Vec<(u32, u32)>,
    took: Vec<f64>,
    timed: f64,
    in_tools: f64,
    in_models: f64,
    leaks: u64,
    agents: HashMap<String, Agent>,
    groups: HashMap<(FailureCode, Option<Fingerprint>), Group>,
    rules: Vec<String>,
}

impl Sums {
    /// Adds a run; false when there is no room for more.
    pub fn add(&mut self, row: &Summary) -> bool {
        if self.runs == MOST_RUNS {
            return false;
        }
        self.runs += 1;
        self.from = Some(self.from.map_or(row.time, |from| from.min(row.time)));
        self.to = Some(self.to.map_or(row.time, |to| to.max(row.time)));
        self.probabilities.extend(row.probability.map(|probability| probability.get()));
        self.told += u64::from(row.outcome.state != OutcomeState::Unknown);
        self.failed += u64::from(row.outcome.state == OutcomeState::Failed);
        self.cost += row.cost.unwrap_or(Money::ZERO);
        self.costs.extend(row.cost.map(Money::usd));
        if row.tool_calls > 0 {
            self.calls.push((row.tool_calls.saturating_sub(row.wrong_tool_calls), row.tool_calls));
        }
        self.add_time(row);
        self.leaks += u64::from(row.leaks);
        if !self.rules.contains(&row.rules) && self.rules.len() < MOST_TOLD_APART {
            self.rules.push(row.rules.clone());
        }
        self.add_agent(row);
        self.add_failures(row);
        true
    }

    fn add_time(&mut self, row: &Summary) {
        self.took.extend(row.took.map(|took| took.millis()));
        // Parts are held against the whole only where a run tells both.
        if let Some(took) = row.took.filter(|_| row.tool_time.is_some() || row.model_time.is_some()) {
            self.timed += took.millis();
            self.in_tools += row.tool_time.map_or(0.0, |time| time.millis());
            self.in_models += row.model_time.map_or(0.0, |time| time.millis());
        }
    }

    fn add_agent(&mut self, row: &Summary) {
        if !self.agents.contains_key(&row.agent) {
            if self.agents.len() == MOST_TOLD_APART {
                return;
            }
            self.agents.insert(row.agent.clone(), Agent::default());
        }
        if let Some(agent) = self.agents.get_mut(&row.agent) {
            agent.runs += 1;
            agent.probabilities.extend(row.probability.map(|probability| probability.get()));
            agent.cost += row.cost.unwrap_or(Money::ZERO);
            agent.unpriced += u64::from(row.cost.is_none());
        }
    }

    fn add_failures(&mut self, row: &Summary) {
        // A run that shows a failure at several steps is one run.
        let mut seen: Vec<(FailureCode, Option<Fingerprint>)> = Vec::new();
        for mark in &row.failures {
            let key = (mark.code, mark.fingerprint);
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let recovered = row.failures.iter().filter(|other| (other.code, other.fingerprint) == key).all(|other| other.recovered);
            if self.groups.len() == MOST_TOLD_APART && !self.groups.contains_key(&key) {
                continue;
            }
            let group = self.groups.entry(key).or_insert(Group {
                code: mark.code,
                fingerprint: mark.fingerprint,
                severity: mark.severity,
                runs: 0,
                unrecovered: 0,
                example: row.sequence,
            });
            if !recovered && group.unrecovered == 0 {
                group.example = row.sequence;
            }
            group.runs += 1;
            group.unrecovered += u64::from(!recovered);
            group.severity = group.severity.max(mark.severity);
        }
    }

    /// The agents whose runs were added.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.agents.keys().map(String::as_str)
    }

    /// The `most` groups of failures that cost most runs, and the figures but those that need more than rows: savings, failures.
    #[must_use]
    pub fn told(mut self, most: usize, whole: bool) -> (Figures, Vec<Group>) {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by_key(|group| (Reverse((group.unrecovered, group.runs, group.severity)), group.code, group.fingerprint));
        groups.truncate(most);
        let mut agents: Vec<AgentFigures> = self
            .agents
            .into_iter()
            .map(|(agent_id, agent)| AgentFigures {
                agent_id,
                runs: agent.runs,
                grade: grade_of(&agent.probabilities),
                cost: agent.cost,
                unpriced_runs: agent.unpriced,
            })
            .collect();
        agents.sort_by(|one, other| other.runs.cmp(&one.runs).then_with(|| one.agent_id.cmp(&other.agent_id)));
        agents.truncate(AGENTS);
        let (right, calls) = self.calls.iter().fold((0, 0), |(right, calls), (r, n)| (right + u64::from(*r), calls + u64::from(*n)));
        let part = |time: f64| (self.timed > 0.0).then(|| (time / self.timed).min(1.0));
        let figures = Figures {
            runs: self.runs,
            whole,
            from: self.from,
            to: self.to,
            grade: grade_of(&self.probabilities),
            unknown_runs: self.runs - self.probabilities.len() as u64,
            failure_rate: rate(self.failed, self.told),
            cost: self.cost,
            unpriced_runs: self.runs - self.costs.len() as u64,
            cost_per_run: average(&self.costs),
            savings: Vec::new(),
            tool_calls: calls,
            wrong_tool_calls: calls - right,
            tool_accuracy: ratio::estimate(&self.calls).map(|share| Measured::within(share.value, share.interval, count(self.calls.len()))),
            tool_time: part(self.in_tools),
            model_time: part(self.in_models),
            median_ms: middle(&mut self.took),
            p95_ms: percentile::p95(&mut self.took).map(|found| Measured {
                value: found.value,
                low: found.low,
                high: found.high,
                runs: count(self.took.len()),
            }),
            leaks: self.leaks,
            failures: Vec::new(),
            agents,
            rules: self.rules,
        };
        (figures, groups)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The plain share of failed runs, which is what people count, with the interval of its posterior widened to hold it.
fn rate(failed: u64, told: u64) -> Option<Measured> {
    if told == 0 {
        return None;
    }
    let share = failed as f64 / told as f64;
    let mut interval = Posterior::of_counts(failed as f64, told as f64).interval();
    interval.low = interval.low.min(share);
    interval.high = interval.high.max(share);
    Some(Measured::within(share, interval, u32::try_from(told).unwrap_or(u32::MAX)))
}

fn average(costs: &[f64]) -> Option<Measured> {
    let runs = count(costs.len());
    match mean::mean(costs) {
        // A cost is never below nothing, whatever the law of the interval says.
        Some(found) => Some(Measured { low: Some(found.interval.low.max(0.0)), ..Measured::within(found.value, found.interval, runs) }),
        None => costs.first().map(|only| Measured::bare(*only, runs)),
    }
}

fn middle(took: &mut [f64]) -> Option<Measured> {
    let value = median::median(took)?;
    let runs = count(took.len());
    let found = median::estimate(took);
    Some(found.map_or(Measured::bare(value, runs), |found| Measured::within(value, found.interval, runs)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        analysis::sample::row,
        model::{
            probability::Probability,
            summary::FailureMark,
            time::Elapsed,
            verdict::{Outcome, OutcomeSource},
        },
    };

    fn outcome(state: OutcomeState) -> Outcome {
        Outcome { state, source: Some(OutcomeSource::Reported), reported: None }
    }

    fn mark(recovered: bool) -> FailureMark {
        FailureMark { code: FailureCode::ToolTimeout, severity: Severity::High, recovered, step: None, fingerprint: None }
    }

    #[test]
    fn runs_add_up_and_what_is_unknown_stays_out() {
        let mut sums = Sums::default();
        for index in 0..60 {
            let failed = index % 4 == 0;
            let row = Summary {
                outcome: outcome(if failed { OutcomeState::Failed } else { OutcomeState::Ok }),
                probability: Some(Probability::clamped(if failed { 0.05 } else { 0.95 })),
                cost: (index < 50).then(|| Money::from_usd(0.01).unwrap()),
                took: Elapsed::from_millis(100.0),
                tool_time: Elapsed::from_millis(25.0),
                tool_calls: 2,
                wrong_tool_calls: u32::from(failed),
                failures: if failed { vec![mark(true), mark(false)] } else { Vec::new() },
                agent: if index < 40 { "clerk" } else { "bot" }.to_owned(),
                ..row(index)
            };
            assert!(sums.add(&row));
        }
        assert!(sums.add(&row(99)), "one that tells nothing");
        let (figures, groups) = sums.told(5, true);
        assert_eq!((figures.runs, figures.unknown_runs, figures.unpriced_runs), (61, 1, 11));
        let rate = figures.failure_rate.unwrap();
        assert_eq!((rate.value, rate.runs), (0.25, 60));
        assert!(rate.low.unwrap() < 0.25 && 0.25 < rate.high.unwrap());
        assert!((figures.cost_per_run.unwrap().value - 0.01).abs() < 1e-12);
        assert_eq!((figures.tool_calls, figures.wrong_tool_calls), (120, 15));
        assert_eq!((figures.tool_time, figures.model_time), (Some(0.25), Some(0.0)));
        assert_eq!(figures.p95_ms.map(|p95| (p95.value, p95.high)), Some((100.0, Some(100.0))));
        let agents: Vec<_> = figures.agents.iter().map(|agent| (agent.agent_id.as_str(), agent.runs)).collect();
        assert_eq!(agents, [("clerk", 40), ("bot", 20), ("refund-bot", 1)]);
        assert_eq!(groups.iter().map(|group| (group.runs, group.unrecovered, group.example)).collect::<Vec<_>>(), [(15, 15, Sequence(0))]);
    }

    #[test]
    fn no_runs_tell_nothing() {
        let (figures, groups) = Sums::default().told(5, true);
        assert_eq!((figures.runs, figures.grade, figures.failure_rate, figures.cost_per_run), (0, None, None, None));
        assert_eq!((figures.tool_accuracy, figures.median_ms, figures.p95_ms, figures.tool_time), (None, None, None, None));
        assert!(groups.is_empty());
    }
}
