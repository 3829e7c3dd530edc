//! What people's votes taught of an agent, taken in whenever its rows are read.

use std::collections::{HashMap, hash_map::Entry};

use super::Facts;
use crate::{
    analysis::recalibration::{MOST_VOTES, Recalibration},
    engine::error::EngineError,
    model::summary::Summary,
};

impl Facts {
    /// What an agent's newest votes say of its other runs.
    pub(super) fn recalibration(&self, agent: &str) -> Result<Recalibration, EngineError> {
        Ok(Recalibration::learn(&self.snapshot.judged_rows(agent, MOST_VOTES)?))
    }

    /// Rows of any agents with the votes on each agent taken in.
    pub(super) fn taught(&self, mut rows: Vec<Summary>) -> Result<Vec<Summary>, EngineError> {
        let mut learnt: HashMap<String, Recalibration> = HashMap::new();
        for row in &mut rows {
            let recalibration = match learnt.entry(row.agent.clone()) {
                Entry::Occupied(found) => *found.get(),
                Entry::Vacant(place) => *place.insert(self.recalibration(&row.agent)?),
            };
            row.probability = recalibration.read(row);
        }
        Ok(rows)
    }
}
