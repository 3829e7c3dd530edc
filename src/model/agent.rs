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
    /// As `trend`, task by task over the tasks that ran in both windows; `None` where too few did.
    #[serde(default)]
    pub trend_same_tasks: Option<Change>,
    /// As `since_baseline`, task by task.
    #[serde(default)]
    pub since_baseline_same_tasks: Option<Change>,
    /// Where its success changed within the window, oldest first.
    #[serde(default)]
    pub changes: Vec<ChangePoint>,
    /// What else happened within the window that may explain a change, oldest first.
    #[serde(default)]
    pub marks: Vec<HistoryMark>,
    /// Where the window holds more runs than are opened one by one: how many of the newest components, times, changes and counts of claims rest on. The
    /// grade, its trend, the runs and the cost rest on all of them.
    #[serde(default)]
    pub newest: Option<u32>,
    /// What its repeated tasks tell of how steady it is; `None` where no task ran twice.
    #[serde(default)]
    pub repeated: Option<RepeatedTasks>,
    /// What people's votes changed in the grade; `None` without votes.
    #[serde(default)]
    pub taught: Option<Taught>,
    /// Runs of the window that report themselves ok and that nobody has judged.
    #[serde(default)]
    pub reported_ok: u32,
    /// Of those, runs whose evidence says that they rather failed.
    #[serde(default)]
    pub doubtful: u32,
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

/// What people's votes changed in a grade: every vote decides its own run, and all of them together move the runs nobody has judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Taught {
    /// Votes learnt from: the agent's newest, also those on runs before the window.
    pub votes: u32,
    /// The score of the same runs by the shared model, as if nobody had voted; `None` when nothing tells.
    pub shared_score: Option<f64>,
    /// What is added to the log-odds of success of the runs nobody has judged.
    pub offset: f64,
}

/// A moment from which on an agent did better or worse than before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChangePoint {
    /// The time of the first run after it.
    pub at: Timestamp,
    /// The score of the runs before it, back to the change before or the start of the window.
    pub before: f64,
    /// The score of the runs after it, up to the next change or the newest run.
    pub after: f64,
    /// The difference between the two, in points.
    pub change: Change,
}

/// Something that happened to an agent, or to how it is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryMark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: HistoryKind,
    /// Its name: of the baseline, of the pattern the fix is for, of the rules.
    pub name: String,
}

/// The kinds of [`HistoryMark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// A baseline was set.
    Baseline,
    /// A fix was accepted.
    Fix,
    /// From this run on other rules judge.
    Rules,
}

/// What an agent's repeated tasks tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatedTasks {
    /// Tasks that ran at least twice.
    pub tasks: u32,
    /// Their runs.
    pub runs: u32,
    /// For 1, 2, 4 and 8 runs, as far as tasks ran that often.
    pub passes: Vec<Pass>,
}

/// How likely it is that all of `k` runs of a task succeed (pass^k; for one run that is pass@1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// How many runs.
    pub k: u32,
    /// Tasks that ran at least so often, and at least twice.
    pub tasks: u32,
    /// The mean over those tasks, 0 to 1.
    pub value: f64,
    /// Its 90 % interval over tasks.
    pub interval: Interval,
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
