//! Agents over a window: which rows count, which came before, what to compare with. The figures are analysis's.

use super::{AgentTrend, Facts, axis::Axis, overview::end_of_time};
use crate::{
    analysis::reliability::{self, AgentFacts},
    engine::{error::EngineError, window::Window},
    model::{agent::AgentReport, baseline::Baseline, grade::Grade, ids::Sequence, summary::Summary, time::Timestamp},
    store::AgentRow,
};

/// Most agents of a list: the last seen.
const MOST_AGENTS: usize = 200;

/// Most runs of a baseline that a report is compared with: its newest.
const BASELINE_RUNS: usize = 1_000;

impl Facts {
    /// Every agent, last seen first; at most 200.
    pub fn agents(&self, window: Window) -> Result<Vec<AgentReport>, EngineError> {
        let baselines = self.snapshot.baselines()?;
        let agents = self.snapshot.agents(MOST_AGENTS)?;
        agents.into_iter().map(|row| self.report(row, window, &baselines)).collect()
    }

    /// One agent; `None` when it was never seen.
    pub fn agent(&self, agent: &str, window: Window) -> Result<Option<AgentReport>, EngineError> {
        let Some(row) = self.agent_row(agent)? else { return Ok(None) };
        self.report(row, window, &self.snapshot.baselines()?).map(Some)
    }

    /// How each agent's success moved, last seen first.
    pub fn trends(&self, window: Window) -> Result<Vec<AgentTrend>, EngineError> {
        let reports = self.agents(window)?;
        let trend = |report: AgentReport| AgentTrend {
            agent: report.agent,
            grade: report.grade,
            trend: report.trend,
            trend_same_tasks: report.trend_same_tasks,
            since_baseline: report.since_baseline,
            since_baseline_same_tasks: report.since_baseline_same_tasks,
            changes: report.changes,
            series: report.series,
        };
        Ok(reports.into_iter().map(trend).collect())
    }

    /// The runs of one agent that a window takes, newest first, at most `limit`, with its votes taken in.
    pub fn agent_rows(&self, agent: &str, window: Window, limit: usize) -> Result<Vec<Summary>, EngineError> {
        let Some(newest) = self.newest_of(agent)? else { return Ok(Vec::new()) };
        let span = Span::of(window, self.now, newest);
        let mut rows = self.snapshot.agent_rows(agent, span.from, None, limit.min(window.run_limit()))?;
        self.recalibration(agent)?.apply(&mut rows);
        Ok(rows)
    }

    /// An agent's grade over [`Window::Auto`].
    pub(in crate::engine) fn grade_of(&self, agent: &str) -> Result<Option<Grade>, EngineError> {
        Ok(reliability::grade(&self.agent_rows(agent, Window::Auto, usize::MAX)?))
    }

    fn newest_of(&self, agent: &str) -> Result<Option<Timestamp>, EngineError> {
        Ok(self.snapshot.agent_rows(agent, None, None, 1)?.first().map(|row| row.time))
    }

    fn agent_row(&self, agent: &str) -> Result<Option<AgentRow>, EngineError> {
        Ok(self.snapshot.agents(usize::MAX)?.into_iter().find(|row| row.agent == agent))
    }

    fn report(&self, row: AgentRow, window: Window, baselines: &[Baseline]) -> Result<AgentReport, EngineError> {
        let span = Span::of(window, self.now, row.last_seen);
        let limit = window.run_limit();
        let votes = self.recalibration(&row.agent)?;
        let mut rows = self.snapshot.agent_rows(&row.agent, span.from, None, limit)?;
        let taught = votes.taught(&rows);
        votes.apply(&mut rows);
        let mut before = match (rows.last(), span.from) {
            // The window is full of runs: the one before holds as many, and reaches as far back.
            (Some(oldest), _) if rows.len() == limit => {
                self.snapshot.agent_rows(&row.agent, window.start(oldest.time), Some(oldest.time), limit)?
            }
            (_, Some(from)) => self.snapshot.agent_rows(&row.agent, window.start(from), Some(from), limit)?,
            (_, None) => Vec::new(),
        };
        votes.apply(&mut before);
        let mut baseline = match baselines.iter().find(|baseline| baseline.agent.as_deref() == Some(&row.agent)) {
            Some(baseline) => self.baseline_rows(baseline, BASELINE_RUNS)?,
            None => Vec::new(),
        };
        votes.apply(&mut baseline);
        let oldest = rows.last().map(|row| row.time);
        let axis = Axis::over(window, window.trend_resolution(), span.end, oldest);
        let mut buckets = self.snapshot.agent_buckets(axis.resolution(), axis.from, end_of_time(), Some(&row.agent))?;
        for bucket in &mut buckets {
            let successes = votes.of_histogram(&bucket.histogram, bucket.success_millionths as f64 / 1e6, bucket.known);
            bucket.success_millionths = (successes * 1e6).round() as u64;
        }
        let facts = AgentFacts { agent: row.agent, total_runs: row.runs, last_seen: row.last_seen, taught };
        Ok(reliability::report(facts, &rows, &before, &baseline, axis.series(&buckets)))
    }

    /// The newest runs of a baseline that are still there.
    pub(super) fn baseline_rows(&self, baseline: &Baseline, limit: usize) -> Result<Vec<Summary>, EngineError> {
        let mut runs: Vec<Sequence> = baseline.runs.clone();
        runs.sort_unstable_by(|left, right| right.cmp(left));
        let mut rows = Vec::new();
        for sequence in runs {
            if rows.len() == limit {
                break;
            }
            rows.extend(self.snapshot.summary(sequence)?);
        }
        Ok(rows)
    }
}

/// From when to when a window reaches for an agent.
struct Span {
    from: Option<Timestamp>,
    end: Timestamp,
}

impl Span {
    fn of(window: Window, now: Timestamp, newest: Timestamp) -> Self {
        // An agent that rests keeps its grade: its seven days end with its newest run.
        let end = if window == Window::Auto { newest.min(now) } else { now };
        Self { from: window.start(end), end }
    }
}
