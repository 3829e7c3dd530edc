//! How the store is: its size, and by which rules its runs were judged.

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{analysis::Rules, engine::error::EngineError, model::time::Timestamp};

/// How a store is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCondition {
    /// Runs stored.
    pub traces: u64,
    /// Bytes of the file; 0 in memory.
    pub file_bytes: u64,
    /// Bytes of bodies, verdicts and waiting spans, compressed.
    pub live_bytes: u64,
    /// Pieces of runs that wait for the rest.
    pub waiting_pieces: u64,
    /// The rules of today.
    pub rules: String,
    /// Runs by the version of the rules that judged them, newest runs first.
    pub judged_by: Vec<(String, u64)>,
    /// When the newest run arrived.
    pub last_arrived: Option<Timestamp>,
}

impl StoreCondition {
    /// Runs that were judged by other rules than today's.
    #[must_use]
    pub fn outdated(&self) -> u64 {
        self.judged_by.iter().filter(|(version, _)| *version != self.rules).map(|(_, runs)| runs).sum()
    }
}

impl Facts {
    /// How the store is. Looks at every row.
    pub fn condition(&self) -> Result<StoreCondition, EngineError> {
        let counts = self.snapshot.counts()?;
        let (mut judged_by, mut last_arrived) = (Vec::<(String, u64)>::new(), None);
        self.each_chosen(None, |row| {
            last_arrived = last_arrived.max(Some(row.arrived));
            match judged_by.iter_mut().find(|(version, _)| *version == row.rules) {
                Some((_, runs)) => *runs += 1,
                None => judged_by.push((row.rules, 1)),
            }
            true
        })?;
        Ok(StoreCondition {
            traces: counts.traces,
            file_bytes: counts.file_bytes,
            live_bytes: counts.live_bytes,
            waiting_pieces: counts.waiting_pieces,
            rules: Rules::VERSION.to_owned(),
            judged_by,
            last_arrived,
        })
    }
}
