//! Agents while a group is written: how many runs, when last seen, which runs are whose, and which of them were judged.

use std::collections::HashMap;

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    fault::Fault,
    names::Dictionary,
    sums::Sign,
    tables::{AGENT_NAMES, AGENT_NUMBERS, AGENT_TIMES, AGENT_VOTES, AGENTS, AGENTS_SEEN},
};
use crate::model::{summary::Summary, time::Timestamp};

/// The agents' tables while a group is written.
pub(super) struct Agents<'txn> {
    names: Dictionary<'txn>,
    agents: Table<'txn, u32, (u64, i64)>,
    seen: Table<'txn, (i64, u32), ()>,
    times: Table<'txn, (u32, i64, u64), ()>,
    votes: Table<'txn, (u32, i64, u64), ()>,
    /// Runs that have come (or gone, below zero) in this group.
    changed: HashMap<u32, i64>,
}

impl<'txn> Agents<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            names: Dictionary::open(transaction, "agent", AGENT_NUMBERS, AGENT_NAMES)?,
            agents: transaction.open_table(AGENTS)?,
            seen: transaction.open_table(AGENTS_SEEN)?,
            times: transaction.open_table(AGENT_TIMES)?,
            votes: transaction.open_table(AGENT_VOTES)?,
            changed: HashMap::new(),
        })
    }

    /// The number of an agent; a new name gets one.
    pub(super) fn number(&mut self, name: &str) -> Result<u32, Fault> {
        self.names.number(name)
    }

    /// Puts a run in or takes it out.
    pub(super) fn merge(&mut self, agent: u32, run: &Summary, sign: Sign) -> Result<(), Fault> {
        let key = |at: Timestamp| (agent, at.micros(), run.sequence.0);
        let judged = run.feedback.as_ref().filter(|feedback| feedback.decides().is_some()).map(|feedback| key(feedback.at));
        for (table, key) in [(&mut self.times, Some(key(run.time))), (&mut self.votes, judged)] {
            match (key, sign) {
                (Some(key), Sign::Add) => drop(table.insert(key, ())?),
                (Some(key), Sign::Remove) => drop(table.remove(key)?),
                (None, _) => {}
            }
        }
        *self.changed.entry(agent).or_default() += if sign == Sign::Add { 1 } else { -1 };
        Ok(())
    }

    /// Writes what has changed. When an agent was last seen is read off the index, so it is right after any mix of changes.
    pub(super) fn flush(self) -> Result<(), Fault> {
        let Self { names: _, votes: _, mut agents, mut seen, times, changed } = self;
        for (agent, change) in changed {
            let before = agents.get(agent)?.map(|guard| guard.value());
            let (runs_before, seen_before) = before.unwrap_or((0, 0));
            let runs = runs_before.saturating_add_signed(change);
            let newest = times.range((agent, i64::MIN, 0)..=(agent, i64::MAX, u64::MAX))?.next_back().transpose()?;
            let last_seen = newest.map_or(seen_before, |(key, _)| key.value().1);
            if before == Some((runs, last_seen)) {
                continue;
            }
            if runs_before > 0 {
                seen.remove((seen_before, agent))?;
            }
            if runs > 0 {
                seen.insert((last_seen, agent), ())?;
            }
            agents.insert(agent, (runs, last_seen))?;
        }
        Ok(())
    }
}
