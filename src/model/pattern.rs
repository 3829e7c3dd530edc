//! Failures that recur.

use serde::{Deserialize, Serialize};

use super::{
    failure::{FailureCode, Severity},
    ids::{Fingerprint, Sequence, TraceId},
    money::Money,
    probability::Interval,
    time::Timestamp,
};

/// How a pattern stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatternState {
    /// First seen within the last two days.
    New,
    /// Seen before, and still at its rate.
    Known,
    /// Seen clearly less than before.
    Fading,
    /// Not seen since a fix for it was accepted, with runs enough to tell.
    Fixed,
    /// Seen again after its fix was accepted.
    BackAgain,
}

/// A failure pattern as the store keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Its id.
    pub fingerprint: Fingerprint,
    /// The failure.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<String>,
    /// The framework it was first seen in.
    pub framework: Option<String>,
    /// The message with what varies replaced by `<*>`; may be refined as more is seen.
    pub template: String,
    /// Runs it was seen in.
    pub runs: u64,
    /// Of those, runs that did not recover from it.
    pub unrecovered_runs: u64,
    /// Runs per agent.
    pub agents: Vec<(String, u64)>,
    /// First seen.
    pub first_seen: Timestamp,
    /// Last seen.
    pub last_seen: Timestamp,
    /// Money spent in the runs it was seen in, where known.
    pub cost: Money,
    /// The worst severity it has had.
    pub severity: Severity,
    /// The newest run that shows it.
    pub example: Sequence,
}

/// A failure pattern as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatternReport {
    /// The pattern.
    #[serde(flatten)]
    pub pattern: Pattern,
    /// How it stands.
    pub state: PatternState,
    /// Runs that show it per day, oldest first, the last 14 days.
    pub days: Vec<u32>,
    /// A plain title: the code's, with the subject.
    pub title: String,
    /// The id of the example run.
    pub example_id: Option<TraceId>,
    /// What it takes from each agent's score.
    pub points: Vec<PatternPoints>,
}

/// What a pattern takes from one agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatternPoints {
    /// The agent.
    pub agent: String,
    /// Score points the agent's window would gain if the runs that failed with this pattern had gone as its other runs do.
    pub points: f64,
    /// 90 % interval.
    pub interval: Interval,
    /// Runs with the pattern in the window.
    pub runs: u32,
    /// Failed runs in the window.
    pub failed_runs: u32,
    /// Of those, runs that failed with the pattern and did not recover from it.
    #[serde(default)]
    pub failed_with: u32,
}
