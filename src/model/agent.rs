//! What is known of one agent over many runs: its grade, what drags it, how it moves.

use serde::{Deserialize, Serialize};

use super::{
    comparison::Change,
    grade::Grade,
    money::Money,
    probability::Interval,
    time::{Elapsed, Timestamp},
};

/// One agent's report over a window (the last 200 runs or 7 days, whichever is fewer, unless chosen otherwise).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentReport {
    /// The agent.
    pub agent: String,
    /// Its grade; `None` when no run in the window tells how it ended.
    pub grade: Option<Grade>,
    /// Runs in the window, known or not.
    pub runs: u32,
    /// Of those, runs of which nothing tells how they ended.
    pub unknown_runs: u32,
    /// Runs ever.
    pub total_runs: u64,
    /// Against the window before; `None` without one.
    pub trend: Option<Change>,
    /// Against the newest baseline of this agent; `None` without one.
    pub since_baseline: Option<Change>,
    /// What explains the score; it does not re-weigh it.
    pub components: Vec<Component>,
    /// Success by bucket of time, oldest first.
    pub series: Vec<TrendPoint>,
    /// Mean cost of a run over the runs whose cost is known.
    pub cost_per_run: Option<Money>,
    /// Median time a run took.
    pub median_took: Option<Elapsed>,
    /// 95th percentile of the time a run took.
    pub p95_took: Option<Elapsed>,
    /// What holds the grade below its score, named.
    pub cap: Option<String>,
    /// The newest run.
    pub last_seen: Timestamp,
    /// Versions of the rules behind the runs, newest first; more than one is said on the screen.
    pub rules: Vec<String>,
}

/// One thing that explains a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// A plain name: `task completed`, `tool calls correct`, `recovered after error`, `human feedback`, …
    pub name: String,
    /// Good cases.
    pub good: u32,
    /// All cases; 0 means nothing tells.
    pub of: u32,
    /// 90 % interval of the share, 0 to 1; `None` without cases.
    pub interval: Option<Interval>,
    /// What to read beside it: `18 of 51 wrong`.
    pub says: String,
}

/// One bucket of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// Start of the bucket.
    pub start: Timestamp,
    /// Runs whose success is known.
    pub known: u32,
    /// Runs in all.
    pub runs: u32,
    /// Sum of their probabilities of success.
    pub successes: f64,
    /// Money spent in the bucket, over runs whose cost is known.
    pub cost: Money,
    /// Runs whose cost is not known.
    pub unpriced: u32,
}

impl TrendPoint {
    /// Mean success of the bucket, 0 to 1; `None` when no run is known.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.known > 0).then(|| self.successes / f64::from(self.known))
    }
}
