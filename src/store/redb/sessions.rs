//! Sessions while a group is written: what their runs add up to, which runs are whose, and which session was active last.
//!
//! A session is there exactly while a run is in it.

use std::collections::HashMap;

use redb::{ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{
    codec,
    fault::Fault,
    names,
    sums::{Merge, Sign},
    tables::{SESSION_AGENTS, SESSION_NUMBERS, SESSION_TIMES, SESSIONS, SESSIONS_SEEN},
};
use crate::model::{money::Money, summary::Summary, verdict::OutcomeState};

/// Stand between a project and an id, or before an id without a project. No text contains these bytes, so no two sessions share a key.
const WITHIN: u8 = 0xfe;
const WITHOUT: u8 = 0xfd;

/// The key a session is looked up by: bounded, whatever it is called.
pub(super) fn session_key(project: Option<&str>, id: &str) -> Vec<u8> {
    let (project, mark) = project.map_or(("", WITHOUT), |project| (project, WITHIN));
    let mut key = Vec::with_capacity(project.len() + 1 + id.len());
    key.extend_from_slice(project.as_bytes());
    key.push(mark);
    key.extend_from_slice(id.as_bytes());
    names::bounded(&key).into_owned()
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its id as sent.
    pub(super) id: String,
    /// Its project as sent.
    pub(super) project: Option<String>,
    /// What its runs add up to.
    pub(super) sums: SessionSums,
    /// When its first run was, and its last, in microseconds.
    pub(super) first: i64,
    pub(super) last: i64,
    /// Its last run.
    pub(super) newest: u64,
}

/// What the runs of a session add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct SessionSums {
    pub(super) runs: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    pub(super) cost: i128,
    pub(super) unpriced: u64,
    pub(super) tokens: u128,
}

impl SessionSums {
    fn of(run: &Summary) -> Self {
        let is = |state| u64::from(run.outcome.state == state);
        Self {
            runs: 1,
            failed: is(OutcomeState::Failed),
            unknown: is(OutcomeState::Unknown),
            cost: run.cost.map_or(0, Money::pico),
            unpriced: u64::from(run.cost.is_none()),
            tokens: run.usage.map_or(0, |usage| usage.total().into()),
        }
    }
}

impl Merge for SessionSums {
    fn merge(&mut self, other: &Self, sign: Sign) {
        self.runs.merge(&other.runs, sign);
        self.failed.merge(&other.failed, sign);
        self.unknown.merge(&other.unknown, sign);
        self.cost.merge(&other.cost, sign);
        self.unpriced.merge(&other.unpriced, sign);
        self.tokens.merge(&other.tokens, sign);
    }
}

/// The sessions' tables while a group is written.
pub(super) struct Sessions<'txn> {
    numbers: Table<'txn, &'static [u8], u64>,
    sessions: Table<'txn, u64, &'static [u8]>,
    times: Table<'txn, (u64, i64, u64), ()>,
    seen: Table<'txn, (i64, u64), ()>,
    agents: Table<'txn, (u64, u32), u64>,
    /// The number the next new session gets.
    next: u64,
    known: HashMap<Vec<u8>, u64>,
    changed: HashMap<u64, Changes>,
}

/// What a group changes of one session.
struct Changes {
    id: String,
    project: Option<String>,
    sums: SessionSums,
    /// Runs that have come or gone, by the number of their agent.
    agents: HashMap<u32, u64>,
}

impl<'txn> Sessions<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        let sessions = transaction.open_table(SESSIONS)?;
        let next = sessions.last()?.map_or(1, |(number, _)| number.value().saturating_add(1));
        Ok(Self {
            numbers: transaction.open_table(SESSION_NUMBERS)?,
            sessions,
            times: transaction.open_table(SESSION_TIMES)?,
            seen: transaction.open_table(SESSIONS_SEEN)?,
            agents: transaction.open_table(SESSION_AGENTS)?,
            next,
            known: HashMap::new(),
            changed: HashMap::new(),
        })
    }

    /// Puts a run in or takes it out; one without a session is none of ours. `agent` is the number of its agent.
    pub(super) fn merge(&mut self, agent: u32, run: &Summary, sign: Sign) -> Result<(), Fault> {
        let Some(id) = run.session.as_deref() else { return Ok(()) };
        let number = self.number(run.project.as_deref(), id)?;
        let place = (number, run.time.micros(), run.sequence.0);
        match sign {
            Sign::Add => drop(self.times.insert(place, ())?),
            Sign::Remove => drop(self.times.remove(place)?),
        }
        let changes = self.changed.entry(number).or_insert_with(|| Changes {
            id: id.to_owned(),
            project: run.project.clone(),
            sums: SessionSums::default(),
            agents: HashMap::new(),
        });
        changes.sums.merge(&SessionSums::of(run), sign);
        changes.agents.entry(agent).or_default().merge(&1, sign);
        Ok(())
    }

    fn number(&mut self, project: Option<&str>, id: &str) -> Result<u64, Fault> {
        let key = session_key(project, id);
        if let Some(number) = self.known.get(&key) {
            return Ok(*number);
        }
        let found = self.numbers.get(key.as_slice())?.map(|guard| guard.value());
        let number = match found {
            Some(number) => number,
            None => {
                self.numbers.insert(key.as_slice(), self.next)?;
                self.next += 1;
                self.next - 1
            }
        };
        self.known.insert(key, number);
        Ok(number)
    }

    /// Writes what has changed. When a session began and was active last is read off the index, so it is right after any mix of changes.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        for (number, changes) in std::mem::take(&mut self.changed) {
            self.settle(number, changes)?;
        }
        self.known.clear();
        Ok(())
    }

    fn settle(&mut self, number: u64, changes: Changes) -> Result<(), Fault> {
        for (agent, change) in changes.agents.into_iter().filter(|(_, change)| *change != 0) {
            let mut runs = self.agents.get((number, agent))?.map_or(0, |guard| guard.value());
            runs.merge(&change, Sign::Add);
            if runs == 0 { drop(self.agents.remove((number, agent))?) } else { drop(self.agents.insert((number, agent), runs)?) }
        }
        let before = self.sessions.get(number)?.map(|guard| decode(guard.value())).transpose()?;
        let Changes { id, project, mut sums, .. } = changes;
        let key = session_key(project.as_deref(), &id);
        if let Some(before) = &before {
            sums.merge(&before.sums, Sign::Add);
        }
        let mut runs = self.times.range((number, i64::MIN, 0)..=(number, i64::MAX, u64::MAX))?;
        let first = runs.next().transpose()?.map(|(key, _)| key.value());
        let last = runs.next_back().transpose()?.map(|(key, _)| key.value()).or(first);
        drop(runs);
        let after = first.zip(last).map(|((_, first, _), (_, last, newest))| Kept { id, project, sums, first, last, newest });
        if before == after && after.is_some() {
            return Ok(());
        }
        if let Some(before) = &before {
            self.seen.remove((before.last, number))?;
        }
        match after {
            Some(after) => {
                self.seen.insert((after.last, number), ())?;
                self.sessions.insert(number, codec::encode("a session", codec::SESSION, &after)?.as_slice())?;
            }
            None => {
                self.sessions.remove(number)?;
                self.numbers.remove(key.as_slice())?;
            }
        }
        Ok(())
    }
}

/// Reads a session.
pub(super) fn decode(bytes: &[u8]) -> Result<Kept, Fault> {
    codec::decode("a session", codec::SESSION, bytes)
}
