//! Two sets of runs beside each other, by name.

use super::Facts;
use crate::{
    analysis::compare::compare,
    engine::error::EngineError,
    model::{baseline::Baseline, comparison::Comparison, summary::Summary, time::Timestamp},
};

/// Most runs of a side.
const MOST_RUNS: usize = 10_000;

/// What a side is.
enum Side {
    /// A calendar day of the user: its name, its start, its end.
    Day(&'static str, Timestamp, Option<Timestamp>),
    /// A named set.
    Set(Box<Baseline>),
}

impl Facts {
    /// Two sets of runs beside each other. A side is `today`, `yesterday`, or a baseline's id or name (the newest of that name).
    /// Beside the baseline of one agent, a day means that agent's runs of the day.
    pub fn compare(&self, before: &str, current: &str) -> Result<Comparison, EngineError> {
        let sides = [self.side(before)?, self.side(current)?];
        let agent = sides.iter().find_map(|side| match side {
            Side::Set(baseline) => baseline.agent.clone(),
            Side::Day(..) => None,
        });
        let [before, current] = &sides;
        let (before_label, before) = self.open(before, agent.as_deref())?;
        let (current_label, current) = self.open(current, agent.as_deref())?;
        Ok(compare(&before_label, &self.taught(before)?, &current_label, &self.taught(current)?))
    }

    fn side(&self, name: &str) -> Result<Side, EngineError> {
        let today = self.day_start(self.now);
        match name {
            "today" => Ok(Side::Day("today", today, None)),
            "yesterday" => {
                // A microsecond before today is yesterday, however long that day was.
                let yesterday = self.day_start(Timestamp::from_micros(today.micros().saturating_sub(1)));
                Ok(Side::Day("yesterday", yesterday, Some(today)))
            }
            _ => {
                let found =
                    self.snapshot.baselines()?.into_iter().find(|baseline| baseline.id == name || baseline.name.as_deref() == Some(name));
                let missing = || EngineError::NotFound { what: "baseline", name: name.to_owned() };
                found.map(|baseline| Side::Set(Box::new(baseline))).ok_or_else(missing)
            }
        }
    }

    fn open(&self, side: &Side, agent: Option<&str>) -> Result<(String, Vec<Summary>), EngineError> {
        match side {
            Side::Set(baseline) => {
                let label = baseline.name.clone().unwrap_or_else(|| baseline.id.clone());
                Ok((label, self.baseline_rows(baseline, MOST_RUNS)?))
            }
            Side::Day(label, from, to) => match agent {
                Some(agent) => Ok((format!("{label} ({agent})"), self.snapshot.agent_rows(agent, Some(*from), *to, MOST_RUNS)?)),
                None => Ok(((*label).to_owned(), self.snapshot.time_rows(Some(*from), *to, MOST_RUNS)?)),
            },
        }
    }
}
