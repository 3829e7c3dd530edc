//! Two sets of runs beside each other, by name.

use super::Facts;
use crate::{
    analysis::compare::compare,
    engine::error::EngineError,
    model::{
        baseline::Baseline,
        comparison::{Comparison, SideChoice},
        summary::Summary,
        time::Timestamp,
    },
    store::Resolution,
};

/// Most runs of a side.
const MOST_RUNS: usize = 10_000;

/// The stretches of time that can stand on a side: what to ask by, and what each is called.
pub(in crate::engine) const PERIODS: &[(&str, &str)] =
    &[("today", "today"), ("yesterday", "yesterday"), ("last-7-days", "the last 7 days"), ("7-days-before", "the 7 days before")];

/// What a side is.
enum Side {
    /// A stretch of time: what it is called, its start, its end.
    Time(&'static str, Timestamp, Option<Timestamp>),
    /// A named set.
    Set(Box<Baseline>),
}

impl Facts {
    /// Two sets of runs beside each other, and agent by agent. A side is one of [`Facts::sides`]: `today`, `yesterday`, `last-7-days`, `7-days-before`, or a
    /// baseline's id or name (the newest of that name). Beside the baseline of one agent, a stretch of time means that agent's runs of it.
    pub fn compare(&self, before: &str, current: &str) -> Result<Comparison, EngineError> {
        let sides = [self.side(before)?, self.side(current)?];
        let agent = sides.iter().find_map(|side| match side {
            Side::Set(baseline) => baseline.agent.clone(),
            Side::Time(..) => None,
        });
        let [before, current] = &sides;
        let (before_label, before, before_cut) = self.open(before, agent.as_deref())?;
        let (current_label, current, current_cut) = self.open(current, agent.as_deref())?;
        let mut comparison = compare(&before_label, &self.taught(before)?, &current_label, &self.taught(current)?);
        comparison.before_runs.cut = before_cut;
        comparison.current_runs.cut = current_cut;
        Ok(comparison)
    }

    /// Everything that can stand on a side: stretches of time, then baselines, newest first.
    pub fn sides(&self) -> Result<Vec<SideChoice>, EngineError> {
        let periods = PERIODS.iter().map(|(name, label)| SideChoice { name: (*name).to_owned(), label: (*label).to_owned(), agent: None });
        let baselines = self.snapshot.baselines()?.into_iter().map(|baseline| {
            let at = crate::text::human::day(baseline.at.micros(), &self.zone);
            let what = baseline.name.clone().or_else(|| baseline.agent.clone()).unwrap_or_else(|| "several agents".to_owned());
            SideChoice { label: format!("baseline {what} of {at}"), name: baseline.id, agent: baseline.agent }
        });
        Ok(periods.chain(baselines).collect())
    }

    fn side(&self, name: &str) -> Result<Side, EngineError> {
        let today = self.day_start(self.now);
        // A microsecond before a day is the day before it, however long that was.
        let day_before = |day: Timestamp| self.day_start(Timestamp::from_micros(day.micros().saturating_sub(1)));
        let week = 7 * Resolution::Day.micros();
        let back = |weeks: i64| Timestamp::from_micros(self.now.micros().saturating_sub(weeks * week));
        if let Some((name, label)) = PERIODS.iter().find(|(period, _)| *period == name) {
            return Ok(match *name {
                "today" => Side::Time(label, today, None),
                "yesterday" => Side::Time(label, day_before(today), Some(today)),
                "last-7-days" => Side::Time(label, back(1), None),
                _ => Side::Time(label, back(2), Some(back(1))),
            });
        }
        let found = self.snapshot.baselines()?.into_iter().find(|baseline| baseline.id == name || baseline.name.as_deref() == Some(name));
        let missing = || EngineError::NotFound { what: "baseline", name: name.to_owned() };
        found.map(|baseline| Side::Set(Box::new(baseline))).ok_or_else(missing)
    }

    /// The runs of a side, what it is called, and whether it has more than are looked at.
    fn open(&self, side: &Side, agent: Option<&str>) -> Result<(String, Vec<Summary>, bool), EngineError> {
        let (label, mut rows) = match side {
            Side::Set(baseline) => {
                let label = baseline.name.clone().unwrap_or_else(|| baseline.id.clone());
                (label, self.baseline_rows(baseline, MOST_RUNS + 1)?)
            }
            Side::Time(label, from, to) => match agent {
                Some(agent) => (format!("{label} ({agent})"), self.snapshot.agent_rows(agent, Some(*from), *to, MOST_RUNS + 1)?),
                None => ((*label).to_owned(), self.snapshot.time_rows(Some(*from), *to, MOST_RUNS + 1)?),
            },
        };
        let cut = rows.len() > MOST_RUNS;
        rows.truncate(MOST_RUNS);
        Ok((label, rows, cut))
    }
}
