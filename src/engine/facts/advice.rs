//! Advice on what to save: made from the newest runs of the agents that cost most, and kept until there are newer ones.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Facts, axis::Axis};
use crate::{
    analysis::{Rules, advice::advise},
    engine::{error::EngineError, judge::decode_stored},
    model::{advice::Advice, cost_report::LoggedDifference, ids::Sequence, money::Money, summary::Summary, time::Timestamp, trace::Trace},
    store::AgentBucket,
};

/// Agents that advice is made for: those that cost most.
const AGENTS: usize = 6;

/// Rows of an agent that are read for what history tells.
const ROWS: usize = 200;

/// Runs of an agent that are opened and gone through call by call.
const RUNS: usize = 50;

/// Bytes of runs opened for one agent: a few large ones are enough to wait for.
const BYTES: u64 = 4 << 20;

/// Pieces of advice in a report.
const MOST: usize = 12;

/// Advice on an agent is made again so long after it was made, if it has newer runs, in microseconds.
const AGAIN_AFTER: i64 = 60_000_000;

/// Agents whose advice is kept.
const KEPT: usize = 64;

/// A logged cost differs from the computed one from this part on, and from a hundredth of a cent on.
const PART: f64 = 0.01;
const LEAST: Money = Money::from_pico(100_000_000);

const DAY_MICROS: f64 = 86_400e6;

/// Advice that was made, by agent. Reads come each second while somebody looks; runs are gone through at most once a minute.
pub(in crate::engine) struct AdviceDesk {
    rules: Arc<Rules>,
    made: Mutex<HashMap<String, Arc<Made>>>,
}

/// What was found on one agent.
struct Made {
    at: Timestamp,
    newest: Option<Sequence>,
    advice: Vec<Advice>,
    difference: Option<LoggedDifference>,
}

impl AdviceDesk {
    pub(in crate::engine) fn new(rules: Arc<Rules>) -> Self {
        Self { rules, made: Mutex::default() }
    }

    /// What analysis goes by.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    fn made(&self) -> MutexGuard<'_, HashMap<String, Arc<Made>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    /// What could be saved on the agents of these buckets, most a day first, and which of them log another cost than the one computed.
    pub(super) fn advice(&self, axis: &Axis, buckets: &[AgentBucket]) -> Result<(Vec<Advice>, Vec<LoggedDifference>), EngineError> {
        let mut agents: HashMap<&str, (Money, u64, Timestamp)> = HashMap::new();
        for bucket in buckets {
            let (cost, runs, first) = agents.entry(&bucket.agent).or_insert((Money::ZERO, 0, bucket.start));
            *cost += bucket.cost;
            *runs += u64::from(bucket.runs);
            *first = (*first).min(bucket.start);
        }
        let mut dearest: Vec<_> = agents.into_iter().filter(|(_, (cost, ..))| *cost > Money::ZERO).collect();
        dearest.sort_by_key(|(agent, (cost, ..))| (Reverse(*cost), *agent));
        let (mut advice, mut differences) = (Vec::new(), Vec::new());
        for (agent, (_, runs, first)) in dearest.into_iter().take(AGENTS) {
            let made = self.made_for(agent)?;
            let days = self.now.micros().saturating_sub(first.max(axis.from).micros()) as f64 / DAY_MICROS;
            advice.extend(made.advice.iter().cloned().map(|advice| advice.each_day(runs as f64 / days.max(1.0))));
            differences.extend(made.difference.clone());
        }
        advice.sort_by_key(|advice| Reverse(advice.saved_per_day));
        advice.truncate(MOST);
        Ok((advice, differences))
    }

    fn made_for(&self, agent: &str) -> Result<Arc<Made>, EngineError> {
        let newest = self.snapshot.agent_rows(agent, None, None, 1)?.first().map(|row| row.sequence);
        if let Some(known) = self.desk.made().get(agent)
            && (known.newest == newest || self.now.micros().saturating_sub(known.at.micros()) < AGAIN_AFTER)
        {
            return Ok(Arc::clone(known));
        }
        let rows = self.snapshot.agent_rows(agent, None, None, ROWS)?;
        let advice = advise(agent, &self.opened(&rows)?, &rows, &self.desk.rules);
        let made = Arc::new(Made { at: self.now, newest, advice, difference: difference(agent, &rows) });
        let mut all = self.desk.made();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(agent.to_owned(), Arc::clone(&made));
        Ok(made)
    }

    /// The newest runs that called a model, as they were sent. A body that cannot be read any more is passed over.
    fn opened(&self, rows: &[Summary]) -> Result<Vec<Trace>, EngineError> {
        let mut bytes = 0_u64;
        let mut traces = Vec::new();
        for row in rows.iter().filter(|row| row.calls_models()).take(RUNS) {
            bytes = bytes.saturating_add(u64::from(row.body_bytes));
            if bytes > BYTES && !traces.is_empty() {
                break;
            }
            if let Some(stored) = self.stored(row.sequence)? {
                traces.extend(decode_stored(&stored.body, &stored.summary.trace_id));
            }
        }
        Ok(traces)
    }
}

/// The runs of an agent that log a cost which is not what their tokens cost.
fn difference(agent: &str, rows: &[Summary]) -> Option<LoggedDifference> {
    let mut found = LoggedDifference { agent: agent.to_owned(), runs: 0, of: 0, logged: Money::ZERO, computed: Money::ZERO };
    // A logged cost that stands in for the computed one is equal to it.
    for (computed, logged) in rows.iter().filter_map(|row| row.cost.zip(row.insight.logged_cost)) {
        found.of += 1;
        let apart = logged.pico().saturating_sub(computed.pico()).saturating_abs();
        if apart > LEAST.pico() && apart as f64 > PART * computed.pico() as f64 {
            found.runs += 1;
            found.logged += logged;
            found.computed += computed;
        }
    }
    (found.runs > 0).then_some(found)
}
