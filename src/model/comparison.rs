//! Two sets of runs beside each other, with chance respected.

use serde::{Deserialize, Serialize};

use super::probability::Interval;

/// A difference and whether it could be chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Current minus before, in the unit of the measure.
    pub difference: f64,
    /// 90 % interval of the difference.
    pub interval: Interval,
    /// True when the interval holds zero.
    pub could_be_chance: bool,
    /// Runs before.
    pub before_runs: u32,
    /// Runs now.
    pub current_runs: u32,
}

/// One line of a progress table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonLine {
    /// `reliability`, `same_tasks`, `cost_per_run`, `tool_success`, `latency`, `failures`, `checks`.
    pub measure: String,
    /// The unit: `points`, `usd`, `share`, `ms`.
    pub unit: String,
    /// The value before; `None` when nothing tells.
    pub before: Option<f64>,
    /// The value now; `None` when nothing tells.
    pub current: Option<f64>,
    /// The difference; `None` when a side is missing.
    pub change: Option<Change>,
}

/// A progress table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What the left side is called.
    pub before: String,
    /// What the right side is called.
    pub current: String,
    /// The lines.
    pub lines: Vec<ComparisonLine>,
    /// How many runs stand on the left side.
    #[serde(default)]
    pub before_runs: RunCounts,
    /// How many runs stand on the right side.
    #[serde(default)]
    pub current_runs: RunCounts,
    /// The same lines agent by agent, most runs first.
    #[serde(default)]
    pub agents: Vec<AgentComparison>,
}

/// How many runs a side holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunCounts {
    /// Runs.
    pub runs: u64,
    /// Of those, runs of which nothing tells how they ended.
    pub unknown: u64,
    /// Of those, runs whose cost is not known.
    pub unpriced: u64,
    /// True when the side has more runs than are looked at: these are its newest.
    pub cut: bool,
}

/// One agent on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentComparison {
    /// The agent, as sent.
    pub agent: String,
    /// Its runs on the left side.
    pub before_runs: RunCounts,
    /// Its runs on the right side.
    pub current_runs: RunCounts,
    /// The lines.
    pub lines: Vec<ComparisonLine>,
}

/// Something that can stand on a side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideChoice {
    /// What to ask for it by: `today`, the id of a baseline, …
    pub name: String,
    /// What it is called.
    pub label: String,
    /// The agent it was set for; `None` for a stretch of time, and for a baseline of several agents.
    pub agent: Option<String>,
}
