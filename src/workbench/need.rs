//! What a pane declares it must know, and what arrives: panes never touch the store.
//!
//! A pane's `need` is asked after every update. When the question differs from the one asked before, or the store has
//! committed since and the need is live, the root sends it to the fetch thread. One question a pane waits; the newest wins;
//! late answers are dropped. All texts that arrive are cleaned for display; identities beside them are as sent.

use std::{sync::Arc, time::Duration};

use super::{
    body::BodyText, conversation::Conversation, mending::HistoryRow, overlays::compare_periods::Periods, run_pair::RunPair,
    waterfall::Waterfall,
};
pub use crate::engine::{
    facts::{Anchor, Counted, NameKind, SessionPage},
    window::Window,
};
use crate::model::{
    agent::AgentReport,
    budget::BudgetState,
    cost_report::{Breakdown, CostReport},
    fix::{Fix, FixPlace},
    grade::Grade,
    ids::{Fingerprint, Sequence, TraceId},
    money::Money,
    pattern::PatternReport,
    scenario::Scenario,
    summary::Summary,
    trace::Trace,
    verdict::Verdict,
};
use crate::repair::project::git::GitState;

/// A question and how often it may be asked again.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The question.
    pub ask: Ask,
    /// Least time between two answers while the store changes; `None` when commits do not matter (a held list, one trace).
    pub refresh: Option<Duration>,
}

impl Need {
    /// A question whose answer the reader wants to keep as it is.
    #[must_use]
    pub const fn once(ask: Ask) -> Self {
        Self { ask, refresh: None }
    }

    /// A question to be asked again when the store has changed, at most this often.
    #[must_use]
    pub const fn live(ask: Ask, every: Duration) -> Self {
        Self { ask, refresh: Some(every) }
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// The figures of the status line.
    Overview,
    /// A stretch of rows, newest first.
    Rows {
        /// Around which row.
        anchor: Anchor,
        /// Rows wanted above (newer than) the anchor.
        before: usize,
        /// Rows wanted from the anchor on, the anchor included.
        after: usize,
        /// Only rows that match this filter.
        filter: Option<String>,
    },
    /// How many rows a filter matches.
    Count(String),
    /// A stretch of sessions, last active first.
    Sessions {
        /// Around the session of which run; a run that is gone or has no session stands for the newest.
        anchor: Anchor,
        /// Sessions wanted above (active later than) the anchor.
        before: usize,
        /// Sessions wanted from the anchor on, the anchor included.
        after: usize,
        /// Only sessions of which any run matches this filter.
        filter: Option<String>,
    },
    /// The names of one kind that are stored, for completion and quick filters.
    Names(NameKind),
    /// A trace.
    Trace(Sequence),
    /// A trace by the id its sender gave it.
    TraceById(TraceId),
    /// A trace as it was sent, made readable.
    Body(Sequence),
    /// All agents, worst first.
    Agents(Window),
    /// The cost.
    Costs(Window, Breakdown),
    /// Failure patterns, most runs first, up to so many.
    Patterns(usize),
    /// Scenarios: of a pattern, of a trace, or all, up to so many.
    Scenarios(Whose, usize),
    /// Fixes: of a pattern, of a trace, or all, up to so many.
    Fixes(Whose, usize),
    /// Two stretches of time or baselines beside each other. A side that is not named is chosen: the newest baseline of the agent, else yesterday, and
    /// today.
    ComparePeriods {
        /// The agent whose baseline comes first.
        agent: Option<String>,
        /// The left side.
        before: Option<String>,
        /// The right side.
        current: Option<String>,
    },
    /// How the file of a fix stands in git.
    GitState(FixPlace),
    /// What was decided and done about fixes.
    History,
    /// Two runs beside each other; the left one is chosen where none is named.
    CompareRuns {
        /// The run compared with.
        left: Option<Sequence>,
        /// The run asked about.
        right: Sequence,
    },
}

impl Ask {
    /// Whether answering it may mean to look at every row, or every body.
    #[must_use]
    pub const fn is_search(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Rows { filter: Some(_), .. } | Self::Sessions { filter: Some(_), .. })
    }
}

/// Whose scenarios or fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Whose {
    /// Of all patterns.
    #[default]
    All,
    /// Of one pattern.
    Pattern(Fingerprint),
    /// Of one trace.
    Trace(Sequence),
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrived {
    /// To [`Ask::Overview`].
    Overview(Overview),
    /// To [`Ask::Rows`].
    Rows(Arc<RowPage>),
    /// To [`Ask::Count`]; refined by later ones until `done`.
    Count(Counted),
    /// To [`Ask::Sessions`]; agents are cleaned, ids and projects as sent; refined by later ones until `done`.
    Sessions(Arc<SessionPage>),
    /// To [`Ask::Names`]: names as sent with their runs, most runs first.
    Names(Arc<Vec<(String, u64)>>),
    /// To [`Ask::Trace`] and [`Ask::TraceById`]; `None` when there is no such trace (any more).
    Trace(Option<Arc<TraceView>>),
    /// To [`Ask::Body`]; `None` when there is no such trace (any more).
    Body(Option<Arc<BodyText>>),
    /// To [`Ask::Agents`].
    Agents(Arc<Vec<AgentView>>),
    /// To [`Ask::Costs`]; the names of its shares are as sent, the pane cleans those it shows.
    Costs(Arc<CostReport>),
    /// To [`Ask::Patterns`].
    Patterns(Arc<PatternPage>),
    /// To [`Ask::Scenarios`].
    Scenarios(Arc<Vec<Scenario>>),
    /// To [`Ask::Fixes`].
    Fixes(Arc<Vec<Fix>>),
    /// To [`Ask::ComparePeriods`].
    PeriodsCompared(Arc<Periods>),
    /// To [`Ask::GitState`]; `None` where there is no repository.
    GitState(Option<GitState>),
    /// To [`Ask::History`], newest first.
    History(Arc<Vec<HistoryRow>>),
    /// To [`Ask::CompareRuns`].
    RunsCompared(Arc<RunPair>),
}

impl Arrived {
    /// Whether no later answer to the same question refines this one.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self {
            Self::Rows(page) => page.done,
            Self::Count(counted) => counted.done,
            Self::Sessions(page) => page.done,
            _ => true,
        }
    }
}

/// The figures of the status line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overview {
    /// Traces stored.
    pub traces: u64,
    /// Agents seen.
    pub agents: u64,
    /// The grade of all agents together.
    pub grade: Option<Grade>,
    /// Known cost of today's runs.
    pub cost_today: Option<Money>,
    /// The budgets, with what is spent of each in its present period.
    pub budgets: Vec<BudgetState>,
    /// Size of the store on disk, in bytes.
    pub store_bytes: u64,
}

/// A stretch of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPage {
    /// The rows, newest first. Texts are cleaned; `trace_id` is as sent.
    pub rows: Vec<Summary>,
    /// Whether there are, or under a filter may be, rows above (newer than) the first.
    pub more_above: bool,
    /// Whether there are, or under a filter may be, rows below the last.
    pub more_below: bool,
    /// Rows that match.
    pub total: u64,
    /// Whether `total` is all of them; otherwise at least so many.
    pub exact: bool,
    /// Rows stored, matching or not.
    pub stored: u64,
    /// Rows searched for `total`.
    pub searched: u64,
    /// Whether this is the last word; otherwise a later answer to the same question refines it.
    pub done: bool,
    /// When nothing matches: a part of the filter to leave out, and how many match without it.
    pub relaxation: Option<(String, u64)>,
}

/// An empty page, and the last word.
impl Default for RowPage {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more_above: false,
            more_below: false,
            total: 0,
            exact: false,
            stored: 0,
            searched: 0,
            done: true,
            relaxation: None,
        }
    }
}

/// A trace with all that is said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceView {
    /// Its row, cleaned.
    pub summary: Summary,
    /// The trace as sent; the trace pane cleans the step it shows.
    pub trace: Trace,
    /// Its steps laid out in time, cleaned.
    pub waterfall: Waterfall,
    /// It told as a dialogue.
    pub talk: Conversation,
    /// The verdict, cleaned.
    pub verdict: Verdict,
    /// The pattern of its worst failure, cleaned.
    pub pattern: Option<PatternReport>,
    /// The first fix for that pattern: its title, cleaned.
    pub fix: Option<String>,
}

/// An agent with its report.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentView {
    /// Its name as sent, for questions and filters.
    pub name: String,
    /// The report, cleaned.
    pub report: AgentReport,
}

/// Failure patterns and what they are counted over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PatternPage {
    /// The patterns, cleaned.
    pub patterns: Vec<PatternReport>,
    /// Runs stored, for "no failures in 412 runs".
    pub runs: u64,
}
