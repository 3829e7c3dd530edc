//! What the reads of the engine answer: plain values, the same for panes, HTTP and commands.

use serde::Serialize;

use crate::{
    model::{
        agent::{ChangePoint, TrendPoint},
        budget::BudgetState,
        comparison::Change,
        grade::Grade,
        ids::Sequence,
        money::Money,
        session::Session,
        summary::Summary,
        time::Timestamp,
        trace::Trace,
        verdict::Verdict,
    },
    query::Filter,
};

/// The whole store in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// Traces stored.
    pub traces: u64,
    /// Agents ever seen.
    pub agents: u64,
    /// Failure patterns ever seen.
    pub patterns: u64,
    /// The grade of all agents together, over the last 200 runs or the 7 days before the newest; `None` when no run tells how it ended.
    pub grade: Option<Grade>,
    /// Known cost of the runs of today (the user's calendar day).
    pub cost_today: Money,
    /// Runs of today.
    pub runs_today: u64,
    /// Of those, runs whose cost is not known.
    pub unpriced_today: u64,
    /// The budgets, with what is spent of each in its present period.
    pub budgets: Vec<BudgetState>,
    /// Size of the store on disk, in bytes; 0 in memory.
    pub store_bytes: u64,
    /// Compressed bytes of bodies and verdicts that are alive.
    pub live_bytes: u64,
    /// The oldest trace's place.
    pub first: Option<Sequence>,
    /// The newest trace's place.
    pub last: Option<Sequence>,
    /// When the newest trace arrived.
    pub last_arrived: Option<Timestamp>,
}

/// Where a window of rows is anchored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The newest row (that the filter lets through).
    Newest,
    /// This row; when it is gone or filtered out, the next older one. Under a filter with a sort, the first row when it is not among them.
    At(Sequence),
    /// The oldest row, or the last of a list that is sorted; the rows asked for on both sides are all above it, itself among them.
    Oldest,
}

/// Which rows are wanted. The list reads newest first, so "before" is above on the screen and newer.
#[derive(Debug, Clone, Copy)]
pub struct RowQuery<'a> {
    /// The row in the middle.
    pub anchor: Anchor,
    /// How many rows above the anchor (newer).
    pub before: usize,
    /// How many rows from the anchor downwards, the anchor included (older).
    pub after: usize,
    /// Which rows there are; `None` for all.
    pub filter: Option<&'a Filter>,
}

/// Some rows around an anchor, and how much there is beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct RowWindow {
    /// The rows, newest first (or in the filter's order).
    pub rows: Vec<Summary>,
    /// Which of `rows` is the anchor; `rows.len()` when there is nothing at or below it.
    pub anchor_index: usize,
    /// The place of `rows[0]` in the whole list, counted from 0 at the top; `None` where only a full search could tell.
    pub position: Option<u64>,
    /// Rows in the whole list.
    pub total: Total,
    /// Whether there are rows above; under a filter: or may be.
    pub more_above: bool,
    /// Whether there are rows below; under a filter: or may be.
    pub more_below: bool,
    /// Rows looked at for this answer.
    pub searched: u64,
    /// Set when the search downwards stopped because it had looked at enough for one call: ask again with `Anchor::At(this)` to go on.
    pub resume_below: Option<Sequence>,
    /// The same upwards: ask again with `Anchor::At(this)` and `before` rows to go on.
    pub resume_above: Option<Sequence>,
    /// Whether this is the last word; otherwise a later one of the same search refines it.
    pub done: bool,
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(u64),
    /// So many found; not everything was searched.
    AtLeast(u64),
}

impl Total {
    /// The number, exact or not.
    #[must_use]
    pub const fn count(self) -> u64 {
        match self {
            Self::Exactly(count) | Self::AtLeast(count) => count,
        }
    }
}

/// How many rows a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Rows that match, of those searched.
    pub matches: u64,
    /// Rows searched, newest first.
    pub searched: u64,
    /// Rows stored.
    pub stored: u64,
    /// Whether nothing more will be counted: all is searched, or the search was given up.
    pub done: bool,
}

/// Which sessions are wanted, last active first.
#[derive(Debug, Clone, Copy)]
pub struct SessionQuery<'a> {
    /// The session in the middle: that of this run, if it is there and has one, else the newest.
    pub anchor: Anchor,
    /// How many sessions above it (active later).
    pub before: usize,
    /// How many sessions from it on, itself included.
    pub after: usize,
    /// Only those of which any run matches; its order and limit are left aside.
    pub filter: Option<&'a Filter>,
}

/// Some sessions around an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPage {
    /// The sessions, last active first.
    pub sessions: Vec<Session>,
    /// Whether there are, or under a filter may be, sessions above the first.
    pub more_above: bool,
    /// Whether there are, or under a filter may be, sessions below the last.
    pub more_below: bool,
    /// Sessions of which any run matches.
    pub total: u64,
    /// Whether `total` is all of them; otherwise at least so many.
    pub exact: bool,
    /// Runs searched for `total`; 0 where nothing had to be searched.
    pub searched: u64,
    /// Runs stored.
    pub stored: u64,
    /// Whether this is the last word; otherwise it is refined by a later answer to the same question.
    pub done: bool,
}

/// An empty page, and the last word.
impl Default for SessionPage {
    fn default() -> Self {
        Self { sessions: Vec::new(), more_above: false, more_below: false, total: 0, exact: true, searched: 0, stored: 0, done: true }
    }
}

/// The kinds of names that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// Agents.
    Agent,
    /// Projects.
    Project,
    /// Sessions: those that were last active.
    Session,
    /// Models.
    Model,
    /// Tools.
    Tool,
}

/// One trace, opened.
#[derive(Debug, Clone)]
pub struct TraceDetail {
    /// Its row.
    pub summary: Summary,
    /// What the sender said.
    pub trace: Trace,
    /// What is said about it; `tools.items[].input` filled in from the trace.
    pub verdict: Verdict,
}

/// One trace as it was sent.
#[derive(Debug, Clone)]
pub struct TraceBody {
    /// Its row.
    pub summary: Summary,
    /// The bytes as sent.
    pub body: Vec<u8>,
    /// What is said about it; `tools.items[].input` as stored (empty).
    pub verdict: Verdict,
}

/// How one agent's success moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentTrend {
    /// The agent.
    pub agent: String,
    /// Its grade over the window.
    pub grade: Option<Grade>,
    /// Against the window before.
    pub trend: Option<Change>,
    /// As `trend`, task by task.
    pub trend_same_tasks: Option<Change>,
    /// Against its newest baseline.
    pub since_baseline: Option<Change>,
    /// As `since_baseline`, task by task.
    pub since_baseline_same_tasks: Option<Change>,
    /// Where its success changed within the window, oldest first.
    pub changes: Vec<ChangePoint>,
    /// Success by bucket of time, oldest first.
    pub series: Vec<TrendPoint>,
}
