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
    /// `reliability`, `same_tasks`, `cost_per_run`, `tool_success`, `latency`, `checks`.
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
}
