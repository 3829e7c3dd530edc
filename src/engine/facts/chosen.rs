//! Every run a filter chooses, page by page: for what is done to all of them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Anchor, Facts, RowQuery};
use crate::{
    engine::error::EngineError,
    model::{ids::Sequence, summary::Summary},
    query::Filter,
};

/// Rows read at a time.
const PAGE: usize = 4_096;

/// Agents told apart while runs are counted; runs of further ones are only in the sum.
const MOST_AGENTS: usize = 10_000;

/// How many runs a filter chooses, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Runs it chooses.
    pub runs: u64,
    /// Runs stored.
    pub stored: u64,
    /// Runs it chooses by agent, most first.
    pub agents: Vec<AgentRuns>,
}

/// So many runs of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRuns {
    /// The agent.
    pub agent_id: String,
    /// Its runs.
    pub runs: u64,
}

impl Facts {
    /// Looks at every run a filter chooses, newest first or in the filter's own order, until `look` says that it has seen enough.
    /// A filter with an order has the newest 2,000,000 that match, as the list does.
    pub fn each_chosen(&self, filter: Option<&Filter>, mut look: impl FnMut(Summary) -> bool) -> Result<(), EngineError> {
        let (mut anchor, mut seen) = (Anchor::Newest, 0);
        loop {
            let window = self.rows(&RowQuery { anchor, before: 0, after: PAGE, filter })?;
            let last = window.rows.last().map(|row| row.sequence);
            let fresh = window.rows.len().saturating_sub(seen);
            for row in window.rows.into_iter().skip(seen) {
                if !look(row) {
                    return Ok(());
                }
            }
            (anchor, seen) = match (window.resume_below, last) {
                (Some(resume), _) => (Anchor::At(resume), 0),
                // The page begins with the row the one before ended with.
                (None, Some(last)) if window.more_below && fresh > 0 => (Anchor::At(last), 1),
                _ => return Ok(()),
            };
        }
    }

    /// The places of every run a filter chooses, oldest first, or in the filter's own order where it has one: eight bytes a run.
    pub fn chosen(&self, filter: Option<&Filter>) -> Result<Vec<Sequence>, EngineError> {
        let mut chosen = Vec::new();
        self.each_chosen(filter, |row| {
            chosen.push(row.sequence);
            true
        })?;
        if filter.is_none_or(|filter| filter.sort().is_none()) {
            chosen.reverse();
        }
        Ok(chosen)
    }

    /// How many runs a filter chooses, and whose they are.
    pub fn count_chosen(&self, filter: Option<&Filter>) -> Result<Chosen, EngineError> {
        let mut agents: HashMap<String, u64> = HashMap::new();
        let mut runs = 0;
        self.each_chosen(filter, |row| {
            runs += 1;
            if let Some(known) = agents.get_mut(&row.agent) {
                *known += 1;
            } else if agents.len() < MOST_AGENTS {
                agents.insert(row.agent, 1);
            }
            true
        })?;
        let mut agents: Vec<AgentRuns> = agents.into_iter().map(|(agent_id, runs)| AgentRuns { agent_id, runs }).collect();
        agents.sort_by(|one, other| other.runs.cmp(&one.runs).then_with(|| one.agent_id.cmp(&other.agent_id)));
        Ok(Chosen { runs, stored: self.traces_stored()?, agents })
    }
}
