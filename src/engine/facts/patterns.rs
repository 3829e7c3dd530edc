//! Failure patterns as they are shown: what analysis needs to say how a pattern stands is gathered here, once for all patterns asked for.

use std::collections::{BTreeMap, HashMap};

use super::{Facts, overview::end_of_time};
use crate::{
    analysis::pattern_report::{self, AcceptedFix, AgentWindow, DAYS, Day, History},
    engine::{error::EngineError, window::Window},
    model::{
        ids::{Fingerprint, Sequence, TraceId},
        pattern::{Pattern, PatternReport},
        summary::Summary,
        time::Timestamp,
    },
    store::Resolution,
};

/// Agents of a pattern that are looked at: those with most runs of it. Beyond these a pattern is everybody's.
const MOST_AGENTS: usize = 10;

/// How far back the rate before a fix is counted.
const BEFORE_FIX_MICROS: i64 = DAYS as i64 * Resolution::Day.micros();

impl Facts {
    /// Failure patterns, most runs first.
    pub fn patterns(&self, limit: usize) -> Result<Vec<PatternReport>, EngineError> {
        let mut desk = Desk::new(self)?;
        self.snapshot.patterns(limit)?.into_iter().map(|pattern| desk.report(pattern)).collect()
    }

    /// One failure pattern; `None` when there is none with this fingerprint.
    pub fn pattern(&self, fingerprint: Fingerprint) -> Result<Option<PatternReport>, EngineError> {
        Ok(self.patterns_of(&[fingerprint])?.into_iter().next())
    }

    /// The failure patterns with these fingerprints, in this order; those that are not there are left out.
    pub fn patterns_of(&self, fingerprints: &[Fingerprint]) -> Result<Vec<PatternReport>, EngineError> {
        let mut desk = Desk::new(self)?;
        let mut reports = Vec::with_capacity(fingerprints.len());
        for fingerprint in fingerprints {
            if let Some(pattern) = self.snapshot.pattern(*fingerprint)? {
                reports.push(desk.report(pattern)?);
            }
        }
        Ok(reports)
    }

    /// One failure pattern as the store keeps it, without how it stands; `None` when there is none with this fingerprint.
    pub fn bare_pattern(&self, fingerprint: Fingerprint) -> Result<Option<Pattern>, EngineError> {
        Ok(self.snapshot.pattern(fingerprint)?)
    }

    /// The newest runs that show a pattern, newest first.
    pub fn pattern_rows(&self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<Summary>, EngineError> {
        Ok(self.snapshot.pattern_rows(fingerprint, None, limit)?)
    }
}

/// What several patterns have in common: read once.
struct Desk<'f> {
    facts: &'f Facts,
    accepted: HashMap<Fingerprint, Timestamp>,
    rows: HashMap<String, Vec<Summary>>,
    days: HashMap<String, BTreeMap<Timestamp, u32>>,
}

impl<'f> Desk<'f> {
    fn new(facts: &'f Facts) -> Result<Self, EngineError> {
        let mut accepted: HashMap<Fingerprint, Timestamp> = HashMap::new();
        for decision in facts.decisions()?.into_values().filter(|decision| decision.choice.stands()) {
            if let Some(pattern) = decision.pattern.filter(|_| decision.subject.starts_with("fix:")) {
                let at = accepted.entry(pattern).or_insert(decision.at);
                *at = decision.at.max(*at);
            }
        }
        Ok(Self { facts, accepted, rows: HashMap::new(), days: HashMap::new() })
    }

    fn report(&mut self, pattern: Pattern) -> Result<PatternReport, EngineError> {
        let agents: Vec<String> = most_hit(&pattern);
        for agent in &agents {
            self.open(agent)?;
        }
        let days = self.shown_by_day(&pattern, &agents)?;
        let fix = match self.accepted.get(&pattern.fingerprint) {
            Some(at) => Some(self.fix(&pattern, &agents, *at)?),
            None => None,
        };
        let example = self.example(pattern.example)?;
        let window = |agent: &'_ String| Some(AgentWindow { agent: self.rows.get_key_value(agent)?.0, rows: self.rows.get(agent)? });
        let windows: Vec<AgentWindow<'_>> = agents.iter().filter_map(window).collect();
        let history = History { now: self.facts.now, days: &days, fix };
        Ok(pattern_report::report(pattern, example, &history, &windows))
    }

    /// Reads an agent's window and its runs by day, unless that was done for another pattern.
    fn open(&mut self, agent: &str) -> Result<(), EngineError> {
        if self.rows.contains_key(agent) {
            return Ok(());
        }
        let rows = self.facts.agent_rows(agent, Window::Auto, usize::MAX)?;
        let buckets = self.facts.snapshot.agent_buckets(Resolution::Day, self.first_day(), end_of_time(), Some(agent))?;
        self.days.insert(agent.to_owned(), buckets.into_iter().map(|bucket| (bucket.start, bucket.runs)).collect());
        self.rows.insert(agent.to_owned(), rows);
        Ok(())
    }

    fn first_day(&self) -> Timestamp {
        let today = Resolution::Day.start_of(self.facts.now).micros();
        Timestamp::from_micros(today.saturating_sub(BEFORE_FIX_MICROS - Resolution::Day.micros()))
    }

    /// For each of the last days, runs that show the pattern and runs of its agents in all.
    fn shown_by_day(&self, pattern: &Pattern, agents: &[String]) -> Result<Vec<Day>, EngineError> {
        let mut days: BTreeMap<Timestamp, Day> = BTreeMap::new();
        let shown = self.facts.snapshot.pattern_buckets(pattern.fingerprint, Resolution::Day, self.first_day(), end_of_time())?;
        for (at, shown) in shown {
            days.insert(at, Day { at, shown, runs: 0 });
        }
        for (at, runs) in agents.iter().filter_map(|agent| self.days.get(agent)).flatten() {
            days.entry(*at).or_insert(Day { at: *at, shown: 0, runs: 0 }).runs += *runs;
        }
        Ok(days.into_values().collect())
    }

    /// The runs of the pattern's agents in the fortnight before a fix was accepted, and since. The hour of the acceptance itself counts
    /// as before: which of its runs the fix was in cannot be told.
    fn fix(&self, pattern: &Pattern, agents: &[String], at: Timestamp) -> Result<AcceptedFix, EngineError> {
        let since = Resolution::Hour.start_of(at).micros().saturating_add(Resolution::Hour.micros());
        let (from, since) = (Timestamp::from_micros(since.saturating_sub(BEFORE_FIX_MICROS)), Timestamp::from_micros(since));
        let snapshot = &self.facts.snapshot;
        let runs = |from, to| -> Result<u64, EngineError> {
            let mut runs = 0;
            for agent in agents {
                let buckets = snapshot.agent_buckets(Resolution::Hour, from, to, Some(agent))?;
                runs += buckets.iter().map(|bucket| u64::from(bucket.runs)).sum::<u64>();
            }
            Ok(runs)
        };
        let shown = snapshot.pattern_buckets(pattern.fingerprint, Resolution::Hour, from, since)?;
        Ok(AcceptedFix {
            at,
            runs_before: runs(from, since)?,
            shown_before: shown.iter().map(|(_, shown)| u64::from(*shown)).sum(),
            runs_since: runs(since, end_of_time())?,
        })
    }

    fn example(&self, sequence: Sequence) -> Result<Option<TraceId>, EngineError> {
        Ok(self.facts.snapshot.summary(sequence)?.map(|row| row.trace_id))
    }
}

/// The agents a pattern hit most.
fn most_hit(pattern: &Pattern) -> Vec<String> {
    let mut agents: Vec<&(String, u64)> = pattern.agents.iter().collect();
    agents.sort_by(|(one, fewer), (other, more)| more.cmp(fewer).then_with(|| one.cmp(other)));
    agents.into_iter().take(MOST_AGENTS).map(|(agent, _)| agent.clone()).collect()
}
