//! Sessions by when they were last active, and the names that runs carry.

use std::{cmp::Reverse, collections::BinaryHeap, ops::ControlFlow};

use redb::{AccessGuard, ReadableTable, StorageError};

use super::{RedbSnapshot, scan::show_one};
use crate::{
    model::{ids::Sequence, money::Money, session::Session, time::Timestamp, verdict::OutcomeState},
    store::{
        Look, NamedBy, SessionPlace, SessionRow, Toward,
        redb::{
            fault::Fault,
            named_runs::kind_key,
            names::NameCache,
            sessions::{Kept, decode, session_key},
            tables::{AGENT_NAMES, NAMED_RUNS, ROWS, SESSION_AGENTS, SESSION_NUMBERS, SESSION_TIMES, SESSIONS, SESSIONS_SEEN},
        },
    },
};

/// Agents of a session that are named, and of how many the most frequent are looked for.
const AGENTS_NAMED: usize = 16;
const AGENTS_LOOKED_AT: usize = 1_024;

impl RedbSnapshot {
    pub(super) fn read_sessions(&self, from: Option<SessionPlace>, toward: Toward, limit: usize) -> Result<Vec<SessionRow>, Fault> {
        let table = self.transaction.open_table(SESSIONS_SEEN)?;
        let number = |entry: Result<(AccessGuard<'_, (i64, u64)>, _), StorageError>| Ok(entry?.0.value().1);
        let key = |place: SessionPlace| (place.last.micros(), place.number);
        let numbers: Result<Vec<u64>, Fault> = match (toward, from) {
            (Toward::Older, None) => table.iter()?.rev().take(limit).map(number).collect(),
            (Toward::Older, Some(place)) => table.range(..key(place))?.rev().take(limit).map(number).collect(),
            (Toward::Newer, None) => table.iter()?.take(limit).map(number).collect(),
            (Toward::Newer, Some(SessionPlace { last, number: beyond })) => {
                table.range((last.micros(), beyond.saturating_add(1))..)?.take(limit).map(number).collect()
            }
        };
        let sessions = self.transaction.open_table(SESSIONS)?;
        let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
        let mut found = Vec::new();
        for number in numbers? {
            let kept = sessions.get(number)?.ok_or_else(|| missing("the index of sessions", number))?;
            found.push(self.tell(number, decode(kept.value())?, &mut names)?);
        }
        Ok(found)
    }

    pub(super) fn read_session(&self, project: Option<&str>, id: &str) -> Result<Option<SessionRow>, Fault> {
        let numbers = self.transaction.open_table(SESSION_NUMBERS)?;
        let Some(number) = numbers.get(session_key(project, id).as_slice())?.map(|guard| guard.value()) else { return Ok(None) };
        let sessions = self.transaction.open_table(SESSIONS)?;
        let kept = sessions.get(number)?.ok_or_else(|| missing("the index of sessions", number))?;
        let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
        self.tell(number, decode(kept.value())?, &mut names).map(Some)
    }

    pub(super) fn read_through_session(&self, session: SessionPlace, look: &mut Look<'_>) -> Result<(), Fault> {
        let times = self.transaction.open_table(SESSION_TIMES)?;
        let table = self.transaction.open_table(ROWS)?;
        let number = session.number;
        for entry in times.range((number, i64::MIN, 0)..=(number, i64::MAX, u64::MAX))?.rev() {
            let (_, _, sequence) = entry?.0.value();
            let row = table.get(sequence)?.ok_or_else(|| missing("a session's index", sequence))?;
            if show_one(row.value(), look)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn tell(&self, number: u64, kept: Kept, names: &mut NameCache) -> Result<SessionRow, Fault> {
        let newest = self.transaction.open_table(ROWS)?;
        let newest = newest.get(kept.newest)?.ok_or_else(|| missing("a session", kept.newest))?;
        let mut outcome = OutcomeState::Unknown;
        let _ = show_one(newest.value(), &mut |row| {
            outcome = row.outcome().state;
            ControlFlow::Break(())
        })?;
        let last = Timestamp::from_micros(kept.last);
        let sums = kept.sums;
        Ok(SessionRow {
            place: SessionPlace { last, number },
            session: Session {
                agents: self.agents_of(number, names)?,
                id: kept.id,
                project: kept.project,
                runs: sums.runs,
                failed: sums.failed,
                unknown: sums.unknown,
                first: Timestamp::from_micros(kept.first),
                last,
                cost: (sums.unpriced < sums.runs).then(|| Money::from_pico(sums.cost)),
                unpriced: sums.unpriced,
                tokens: u64::try_from(sums.tokens).unwrap_or(u64::MAX),
                newest: Sequence(kept.newest),
                outcome,
            },
        })
    }

    fn agents_of(&self, number: u64, names: &mut NameCache) -> Result<Vec<String>, Fault> {
        let table = self.transaction.open_table(SESSION_AGENTS)?;
        let mut agents = Vec::new();
        for entry in table.range((number, 0)..=(number, u32::MAX))?.take(AGENTS_LOOKED_AT) {
            let (key, runs) = entry?;
            agents.push((Reverse(runs.value()), names.name(key.value().1)?));
        }
        agents.sort_unstable();
        Ok(agents.into_iter().take(AGENTS_NAMED).map(|(_, name)| name).collect())
    }

    pub(super) fn read_names(&self, kind: NamedBy, limit: usize) -> Result<Vec<(String, u64)>, Fault> {
        let table = self.transaction.open_table(NAMED_RUNS)?;
        let kind = kind_key(kind);
        // The best so far, the least of them on top: room for what is asked for, however many names there are.
        let mut best: BinaryHeap<(Reverse<u64>, String)> = BinaryHeap::new();
        for entry in table.range((kind, [].as_slice())..(kind + 1, [].as_slice()))? {
            let entry = entry?;
            let (runs, name) = entry.1.value();
            if best.len() >= limit && best.peek().is_none_or(|(least, last)| (Reverse(runs), name) >= (*least, last.as_str())) {
                continue;
            }
            best.push((Reverse(runs), name.to_owned()));
            if best.len() > limit {
                best.pop();
            }
        }
        Ok(best.into_sorted_vec().into_iter().map(|(Reverse(runs), name)| (name, runs)).collect())
    }
}

fn missing(what: &'static str, number: u64) -> Fault {
    Fault::Damaged { what, reason: format!("number {number} is missing") }
}
