//! Agents over a window: which rows count, which came before, what to compare with. The figures are analysis's.

use super::{
    AgentTrend, Facts,
    axis::Axis,
    history::{self, AcceptedFixes},
    overview::end_of_time,
};
use crate::{
    analysis::{
        recalibration::Recalibration,
        reliability::{self, AgentFacts, Whole},
        trend::Tally,
    },
    engine::{error::EngineError, window::Window},
    model::{
        agent::{AgentReport, Taught},
        baseline::Baseline,
        grade::Grade,
        ids::Sequence,
        summary::Summary,
        time::Timestamp,
    },
    store::{AgentBucket, AgentRow, Resolution},
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
        let fixes = self.accepted_fixes()?;
        agents.into_iter().map(|row| self.report(row, window, &baselines, &fixes)).collect()
    }

    /// One agent; `None` when it was never seen.
    pub fn agent(&self, agent: &str, window: Window) -> Result<Option<AgentReport>, EngineError> {
        let Some(row) = self.agent_row(agent)? else { return Ok(None) };
        self.report(row, window, &self.snapshot.baselines()?, &self.accepted_fixes()?).map(Some)
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

    fn report(&self, row: AgentRow, window: Window, baselines: &[Baseline], fixes: &AcceptedFixes) -> Result<AgentReport, EngineError> {
        let votes = self.recalibration(&row.agent)?;
        let span = Span::of(window, self.now, row.last_seen);
        let mut reach =
            if window == Window::Auto { self.last_runs(&row, &span, &votes)? } else { self.whole_buckets(&row, window, &votes)? };
        let taught = votes.taught(&reach.rows);
        votes.apply(&mut reach.rows);
        votes.apply(&mut reach.before);
        let mut baseline = match baselines.iter().find(|baseline| baseline.agent.as_deref() == Some(&row.agent)) {
            Some(baseline) => self.baseline_rows(baseline, BASELINE_RUNS)?,
            None => Vec::new(),
        };
        votes.apply(&mut baseline);
        let all_opened = reach.whole.is_none_or(|whole| whole.runs <= reach.rows.len() as u64);
        let facts = AgentFacts {
            marks: history::marks(&row.agent, reach.axis.from, baselines, fixes),
            agent: row.agent,
            total_runs: row.runs,
            last_seen: row.last_seen,
            // What the shared model alone would say is known of the runs that were opened.
            taught: taught.map(|taught| Taught { shared_score: taught.shared_score.filter(|_| all_opened), ..taught }),
            whole: reach.whole,
        };
        Ok(reliability::report(facts, &reach.rows, &reach.before, &baseline, reach.axis.series(&reach.buckets)))
    }

    /// The last runs, each opened: what [`Window::Auto`] takes.
    fn last_runs(&self, row: &AgentRow, span: &Span, votes: &Recalibration) -> Result<Reach, EngineError> {
        let window = Window::Auto;
        let limit = window.run_limit();
        let rows = self.snapshot.agent_rows(&row.agent, span.from, None, limit)?;
        let before = match (rows.last(), span.from) {
            // The window is full of runs: the one before holds as many, and reaches as far back.
            (Some(oldest), _) if rows.len() == limit => {
                self.snapshot.agent_rows(&row.agent, window.start(oldest.time), Some(oldest.time), limit)?
            }
            (_, Some(from)) => self.snapshot.agent_rows(&row.agent, window.start(from), Some(from), limit)?,
            (_, None) => Vec::new(),
        };
        let axis = Axis::over(window, window.trend_resolution(), span.end, rows.last().map(|row| row.time));
        let buckets = self.taught_buckets(&row.agent, axis.resolution(), axis.from, votes)?;
        Ok(Reach { rows, before, axis, buckets, whole: None })
    }

    /// A stretch of time of whole buckets, whatever the number of its runs: summed from the rollups, and its newest runs opened.
    fn whole_buckets(&self, row: &AgentRow, window: Window, votes: &Recalibration) -> Result<Reach, EngineError> {
        let resolution = window.trend_resolution();
        let mut all = match window.micros() {
            // Twice the window: the one before is compared with.
            Some(length) => {
                let from = Axis::over(window, resolution, self.now, None).from;
                self.taught_buckets(&row.agent, resolution, Timestamp::from_micros(from.micros().saturating_sub(length)), votes)?
            }
            None => self.taught_buckets(&row.agent, resolution, Timestamp::from_micros(i64::MIN), votes)?,
        };
        let axis = Axis::over(window, resolution, self.now, all.first().map(|bucket| bucket.start));
        let from = if window.micros().is_some() { axis.from } else { Timestamp::from_micros(i64::MIN) };
        let buckets = all.split_off(all.partition_point(|bucket| bucket.start < from));
        let tally = |buckets: &[AgentBucket]| Tally {
            known: buckets.iter().map(|bucket| u64::from(bucket.known)).sum(),
            successes: buckets.iter().map(|bucket| bucket.success_millionths as f64 / 1e6).sum(),
        };
        let whole = Whole {
            runs: buckets.iter().map(|bucket| u64::from(bucket.runs)).sum(),
            now: tally(&buckets),
            before: tally(&all),
            cost: buckets.iter().map(|bucket| bucket.cost).sum(),
            unpriced: buckets.iter().map(|bucket| u64::from(bucket.unpriced)).sum(),
        };
        let limit = window.run_limit();
        let rows = self.snapshot.agent_rows(&row.agent, Some(from), None, limit)?;
        // Tasks are compared one by one, so the newest runs of the window before are opened too.
        let before = match window.micros() {
            Some(length) => self.snapshot.agent_rows(
                &row.agent,
                Some(Timestamp::from_micros(from.micros().saturating_sub(length))),
                Some(from),
                limit,
            )?,
            None => Vec::new(),
        };
        let shown = buckets.into_iter().filter(|bucket| bucket.start >= axis.from).collect();
        Ok(Reach { rows, before, axis, buckets: shown, whole: Some(whole) })
    }

    /// An agent's buckets from a moment on, with the votes on it taken in.
    fn taught_buckets(
        &self,
        agent: &str,
        resolution: Resolution,
        from: Timestamp,
        votes: &Recalibration,
    ) -> Result<Vec<AgentBucket>, EngineError> {
        let mut buckets = self.snapshot.agent_buckets(resolution, from, end_of_time(), Some(agent))?;
        for bucket in &mut buckets {
            let successes = votes.of_histogram(&bucket.histogram, bucket.success_millionths as f64 / 1e6, bucket.known);
            bucket.success_millionths = (successes * 1e6).round() as u64;
        }
        Ok(buckets)
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

/// The runs a report rests on.
struct Reach {
    /// Runs that are opened, newest first.
    rows: Vec<Summary>,
    /// Those of the window before.
    before: Vec<Summary>,
    axis: Axis,
    buckets: Vec<AgentBucket>,
    /// The sums of the window, where it may hold more runs than are opened.
    whole: Option<Whole>,
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
