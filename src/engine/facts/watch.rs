//! What came since a fix was accepted: runs of the pattern's agents, and whether the pattern is back among them.

use super::{Facts, overview::end_of_time};
use crate::{
    engine::error::EngineError,
    model::{fix::Watch, pattern::Pattern, summary::Summary, time::Timestamp},
    store::Resolution,
};

/// Most runs of a pattern looked at for one that failed with it again.
const SHOWN_MAX: usize = 200;
/// Most runs of one agent read for the rest of an hour; beyond them the count is too small.
const REST_MAX: usize = 10_000;

impl Facts {
    /// What came of a pattern since a moment.
    pub fn since(&self, pattern: &Pattern, since: Timestamp) -> Result<Watch, EngineError> {
        // Whole hours are counted already; only the rest of the first is read.
        let hour = Resolution::Hour.start_of(since).micros().saturating_add(Resolution::Hour.micros());
        let hour = Timestamp::from_micros(hour);
        let mut runs = 0;
        for (agent, _) in &pattern.agents {
            let rest = self.snapshot.agent_rows(agent, Some(since), Some(hour), REST_MAX)?;
            runs += rest.iter().filter(|row| row.time > since).count() as u64;
            let buckets = self.snapshot.agent_buckets(Resolution::Hour, hour, end_of_time(), Some(agent))?;
            runs += buckets.iter().map(|bucket| u64::from(bucket.runs)).sum::<u64>();
        }
        let failed = |row: &&Summary| {
            row.time > since && row.failures.iter().any(|mark| mark.fingerprint == Some(pattern.fingerprint) && !mark.recovered)
        };
        let rows = self.snapshot.pattern_rows(pattern.fingerprint, None, SHOWN_MAX)?;
        let again: Vec<&Summary> = rows.iter().filter(failed).collect();
        Ok(Watch { since, runs, again: again.len() as u64, back: again.first().map(|row| row.trace_id.clone()) })
    }
}
