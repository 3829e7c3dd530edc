//! The whole store in one line.

use super::{Facts, Overview};
use crate::{
    analysis::reliability,
    engine::{
        error::EngineError,
        window::{AUTO_RUNS, Window},
    },
    model::{money::Money, time::Timestamp},
    store::{AgentBucket, Resolution},
};

impl Facts {
    /// How many traces are stored: the one figure of [`Facts::overview`] that costs nothing.
    pub fn traces_stored(&self) -> Result<u64, EngineError> {
        Ok(self.snapshot.counts()?.traces)
    }

    /// How many pieces of runs that come as spans wait to be taken over into a run.
    pub fn waiting_pieces(&self) -> Result<u64, EngineError> {
        Ok(self.snapshot.counts()?.waiting_pieces)
    }

    /// Whether every run has been judged beside those about the same subject that came after it.
    pub fn is_settled(&self) -> Result<bool, EngineError> {
        Ok(self.snapshot.unsettled(None, 1)?.is_empty())
    }

    /// The whole store in one line.
    pub fn overview(&self) -> Result<Overview, EngineError> {
        let counts = self.snapshot.counts()?;
        let newest = self.snapshot.time_rows(None, None, 1)?;
        let from = newest.first().and_then(|row| Window::Auto.start(row.time));
        let rows = self.taught(self.snapshot.time_rows(from, None, AUTO_RUNS)?)?;
        let last = match counts.last {
            Some(sequence) => self.snapshot.summary(sequence)?,
            None => None,
        };
        let today = self.today()?;
        Ok(Overview {
            traces: counts.traces,
            agents: counts.agents,
            patterns: counts.patterns,
            grade: reliability::grade(&rows),
            cost_today: today.cost,
            runs_today: today.runs,
            unpriced_today: today.unpriced,
            budgets: self.budgets()?,
            store_bytes: counts.file_bytes,
            live_bytes: counts.live_bytes,
            first: counts.first,
            last: counts.last,
            last_arrived: last.map(|row| row.arrived),
        })
    }

    /// What the runs of today (the user's calendar day) cost.
    pub(super) fn today(&self) -> Result<Today, EngineError> {
        let from = self.day_start(self.now);
        // Days begin on the hour almost everywhere; where they do not, minutes tell exactly.
        let resolution = if Resolution::Hour.start_of(from) == from { Resolution::Hour } else { Resolution::Minute };
        let buckets = self.snapshot.agent_buckets(resolution, from, end_of_time(), None)?;
        Ok(Today::of(&buckets))
    }
}

/// The sum of a day.
pub(super) struct Today {
    pub(super) cost: Money,
    pub(super) runs: u64,
    pub(super) unpriced: u64,
}

impl Today {
    fn of(buckets: &[AgentBucket]) -> Self {
        Self {
            cost: buckets.iter().map(|bucket| bucket.cost).sum(),
            runs: buckets.iter().map(|bucket| u64::from(bucket.runs)).sum(),
            unpriced: buckets.iter().map(|bucket| u64::from(bucket.unpriced)).sum(),
        }
    }
}

/// Later than any run: senders' clocks may be minutes ahead, and such runs count as of now.
pub(super) const fn end_of_time() -> Timestamp {
    Timestamp::from_micros(i64::MAX)
}
