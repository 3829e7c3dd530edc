//! What some runs tell together: the figures that gates and reports go by.

use serde::{Deserialize, Serialize};

use super::{
    advice::Advice,
    failure::{FailureCode, Severity},
    grade::Grade,
    ids::{Fingerprint, TraceId},
    money::Money,
    probability::Interval,
    time::Timestamp,
    verdict::RootCause,
};

/// A figure with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its 90 % interval; an end is `None` where the runs are too few to tell it.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Runs it rests on.
    pub runs: u32,
}

impl Measured {
    /// A value with both ends of its interval.
    #[must_use]
    pub const fn within(value: f64, interval: Interval, runs: u32) -> Self {
        Self { value, low: Some(interval.low), high: Some(interval.high), runs }
    }

    /// A value of which no interval can be told.
    #[must_use]
    pub const fn bare(value: f64, runs: u32) -> Self {
        Self { value, low: None, high: None, runs }
    }
}

/// What some runs tell together. What nothing tells is `None`, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Runs looked at.
    pub runs: u64,
    /// Whether that is all that were chosen: the newest 200,000 are looked at.
    pub whole: bool,
    /// When the oldest of them was.
    pub from: Option<Timestamp>,
    /// When the newest of them was.
    pub to: Option<Timestamp>,
    /// The grade over the runs whose success is known.
    pub grade: Option<Grade>,
    /// Runs of which nothing tells how they ended.
    pub unknown_runs: u64,
    /// Failed runs among those that tell, 0 to 1.
    pub failure_rate: Option<Measured>,
    /// Known money.
    pub cost: Money,
    /// Runs whose cost is not known.
    pub unpriced_runs: u64,
    /// Mean dollars of a run, over the runs whose cost is known.
    pub cost_per_run: Option<Measured>,
    /// What could be saved, most a day first: by the newest runs of the agents among these that cost most.
    pub savings: Vec<Advice>,
    /// Tool calls made.
    pub tool_calls: u64,
    /// Of those, wrong.
    pub wrong_tool_calls: u64,
    /// Right tool calls among all, 0 to 1.
    pub tool_accuracy: Option<Measured>,
    /// Milliseconds a run took, in the middle.
    pub median_ms: Option<Measured>,
    /// Milliseconds that 95 of 100 runs did not exceed.
    pub p95_ms: Option<Measured>,
    /// Part of the time spent in tools, 0 to 1, over the runs that tell it.
    pub tool_time: Option<f64>,
    /// Part of the time spent in models.
    pub model_time: Option<f64>,
    /// Pieces of sensitive data seen.
    pub leaks: u64,
    /// What went wrong, most runs first.
    pub failures: Vec<FailureGroup>,
    /// The agents, most runs first.
    pub agents: Vec<AgentFigures>,
    /// Versions of the rules behind the runs, newest first.
    pub rules: Vec<String>,
}

/// Runs that failed alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailureGroup {
    /// The failure.
    pub code: FailureCode,
    /// Its pattern.
    pub fingerprint: Option<Fingerprint>,
    /// A plain title: the code's, with the tool or model concerned.
    pub title: String,
    /// The message with what varies replaced by `<*>`.
    pub template: Option<String>,
    /// The worst severity it has had.
    pub severity: Severity,
    /// Runs that show it.
    pub runs: u64,
    /// Of those, runs that did not recover from it.
    pub unrecovered: u64,
    /// The newest run that shows it; one that did not recover, where there is one.
    pub example: TraceId,
    /// What caused the failure of that run.
    pub root_cause: Option<RootCause>,
}

/// One agent among the runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentFigures {
    /// The agent.
    pub agent_id: String,
    /// Its runs among these.
    pub runs: u64,
    /// Its grade over them.
    pub grade: Option<Grade>,
    /// Its known money.
    pub cost: Money,
    /// Its runs whose cost is not known.
    pub unpriced_runs: u64,
}
