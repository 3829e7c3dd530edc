//! Reads agents, and rows by time.

use redb::ReadableTable;

use super::{ROOM, RedbSnapshot};
use crate::{
    model::{summary::Summary, time::Timestamp},
    store::{
        AgentRow,
        redb::{
            fault::Fault,
            names::{NameCache, number_of},
            tables::{AGENT_NAMES, AGENT_NUMBERS, AGENT_TIMES, AGENT_VOTES, AGENTS, AGENTS_SEEN, TIMES},
        },
    },
};

impl RedbSnapshot {
    pub(super) fn read_agents(&self, limit: usize) -> Result<Vec<AgentRow>, Fault> {
        let seen = self.transaction.open_table(AGENTS_SEEN)?;
        let agents = self.transaction.open_table(AGENTS)?;
        let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
        let mut found = Vec::with_capacity(limit.min(ROOM));
        for entry in seen.iter()?.rev().take(limit) {
            let (last_seen, agent) = entry?.0.value();
            let runs = agents.get(agent)?.map_or(0, |guard| guard.value().0);
            found.push(AgentRow { agent: names.name(agent)?, runs, last_seen: Timestamp::from_micros(last_seen) });
        }
        Ok(found)
    }

    pub(super) fn read_agent_rows(
        &self,
        agent: &str,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<Summary>, Fault> {
        let Some(agent) = number_of(&self.transaction, AGENT_NUMBERS, agent)? else { return Ok(Vec::new()) };
        let Some((first, last)) = window(from, to) else { return Ok(Vec::new()) };
        let times = self.transaction.open_table(AGENT_TIMES)?;
        let keys = times.range((agent, first, 0)..=(agent, last, u64::MAX))?.rev();
        self.rows_of(keys.map(|entry| Ok(entry?.0.value().2)), limit)
    }

    pub(super) fn read_judged_rows(&self, agent: &str, limit: usize) -> Result<Vec<Summary>, Fault> {
        let Some(agent) = number_of(&self.transaction, AGENT_NUMBERS, agent)? else { return Ok(Vec::new()) };
        let votes = self.transaction.open_table(AGENT_VOTES)?;
        let keys = votes.range((agent, i64::MIN, 0)..=(agent, i64::MAX, u64::MAX))?.rev();
        self.rows_of(keys.map(|entry| Ok(entry?.0.value().2)), limit)
    }

    pub(super) fn read_time_rows(&self, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, Fault> {
        let Some((first, last)) = window(from, to) else { return Ok(Vec::new()) };
        let times = self.transaction.open_table(TIMES)?;
        let keys = times.range((first, 0)..=(last, u64::MAX))?.rev();
        self.rows_of(keys.map(|entry| Ok(entry?.0.value().1)), limit)
    }
}

/// First and last microsecond of `from <= time < to`; `None` when no moment is in it.
pub(super) fn window(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<(i64, i64)> {
    let first = from.map_or(i64::MIN, Timestamp::micros);
    let last = match to {
        Some(to) => to.micros().checked_sub(1)?,
        None => i64::MAX,
    };
    (first <= last).then_some((first, last))
}
