//! One group of changes in one transaction: every figure a run touches changes together with the run.

use std::collections::BTreeMap;

use redb::WriteTransaction;

use super::{
    agents::Agents,
    fault::Fault,
    inbox::Inbox,
    named_runs::NamedRuns,
    notes::Notes,
    patterns::{Leaving, Patterns, patterns_of},
    peers::Peers,
    rollups::Rollups,
    rows::{self, Rows},
    sessions::Sessions,
    sums::Sign,
};
use crate::{
    analysis::patterns::Miner,
    model::{
        ids::{Sequence, TraceId},
        summary::Summary,
    },
    store::{Arrival, Change, Committed, Continues, NewPiece, ParkedRule, Record, RetentionRule, StoreError},
};

/// Traces that one transaction deletes at most, so that a large deletion never keeps arriving traces waiting.
pub(super) const DELETE_STEP: usize = 256;
/// Waiting pieces that one transaction looks at when it drops parked ones.
const PARKED_STEP: usize = 4_096;

/// What became of a change, if the commit succeeds.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is done.
    Done(Committed),
    /// It was refused for a reason of its own; nothing was changed for it.
    Refused(StoreError),
    /// So many traces were deleted, and there are more to do.
    More(u64),
}

/// What a group did as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct News {
    /// Whether anything has to be committed.
    pub(super) changed: bool,
    /// Whether any of it is shown to a reader.
    pub(super) shown: bool,
    /// Traces in the store.
    pub(super) traces: u64,
    /// The newest trace.
    pub(super) last: Option<Sequence>,
}

/// A transaction being filled.
pub(super) struct Group<'txn, 'miner> {
    inbox: Inbox<'txn>,
    rows: Rows<'txn>,
    agents: Agents<'txn>,
    rollups: Rollups<'txn>,
    sessions: Sessions<'txn>,
    named_runs: NamedRuns<'txn>,
    patterns: Patterns<'txn>,
    peers: Peers<'txn>,
    notes: Notes<'txn>,
    miner: &'miner mut Miner,
    changed: bool,
    shown: bool,
    /// Whether anything was written for the change at hand.
    begun: bool,
}

impl<'txn, 'miner> Group<'txn, 'miner> {
    /// Opens every table.
    pub(super) fn open(transaction: &'txn WriteTransaction, miner: &'miner mut Miner, patterns_most: u64) -> Result<Self, Fault> {
        Ok(Self {
            // Before the rows, which keep the table of numbers open.
            inbox: Inbox::open(transaction)?,
            rows: Rows::open(transaction)?,
            agents: Agents::open(transaction)?,
            rollups: Rollups::open(transaction)?,
            sessions: Sessions::open(transaction)?,
            named_runs: NamedRuns::open(transaction)?,
            patterns: Patterns::open(transaction, patterns_most)?,
            peers: Peers::open(transaction)?,
            notes: Notes::open(transaction)?,
            miner,
            changed: false,
            shown: false,
            begun: false,
        })
    }

    /// Applies one change. What can be wrong with the change itself, or with what is stored of its trace, is found before the first
    /// write for it: such a change is refused, and the others of its group go through. An `Err` fails them all.
    pub(super) fn apply(&mut self, change: &mut Change) -> Result<Outcome, Fault> {
        self.begun = false;
        let result = match change {
            Change::Trace(record) => self.arrive(record),
            Change::Spans(piece) => self.receive(piece),
            Change::DropParked(rule) => self.drop_parked(rule),
            Change::Regrade { sequence, record } => self.regrade(*sequence, record),
            Change::Delete(ids) => self.delete(ids),
            Change::Settled(subjects) => self.settle(subjects),
            Change::Baseline(baseline) => {
                self.begin();
                self.notes.set_baseline(baseline).map(|()| Outcome::Done(Committed::Recorded))
            }
            Change::Decision(decision) => {
                self.begin();
                self.notes.decide(decision).map(|()| Outcome::Done(Committed::Recorded))
            }
        };
        self.spare_the_others(result)
    }

    /// One step of retention: forgets the oldest traces while the rule asks for it, a few hundred at most.
    pub(super) fn retain(&mut self, rule: RetentionRule) -> Result<Outcome, Fault> {
        self.begun = false;
        let result = self.forget_oldest(rule);
        self.spare_the_others(result)
    }

    /// From here on the transaction is written to for the change at hand.
    fn begin(&mut self) {
        self.begin_unseen();
        self.shown = true;
    }

    /// The same, for what no reader is shown.
    fn begin_unseen(&mut self) {
        self.begun = true;
        self.changed = true;
    }

    fn spare_the_others(&self, result: Result<Outcome, Fault>) -> Result<Outcome, Fault> {
        match result {
            Err(fault) if fault.is_of_the_change() && !self.begun => Ok(Outcome::Refused(fault.writing())),
            other => other,
        }
    }

    fn arrive(&mut self, record: &mut Record) -> Result<Outcome, Fault> {
        if record.continues.is_some() {
            return self.grow(record);
        }
        let id = record.summary.trace_id.clone();
        let outcome = self.arrive_whole(record)?;
        // Spans that waited for their run are superseded by the whole of it.
        if matches!(outcome, Outcome::Done(Committed::Trace { .. })) && self.inbox.knows(&id)? {
            self.begin_unseen();
            self.inbox.take(&id, u64::MAX)?;
        }
        Ok(outcome)
    }

    fn arrive_whole(&mut self, record: &mut Record) -> Result<Outcome, Fault> {
        let Some((sequence, hash)) = self.rows.find(&record.summary.trace_id)? else {
            return self.insert(record);
        };
        if hash == record.body_hash {
            return Ok(Outcome::Done(Committed::Trace { sequence, status: Arrival::Unchanged }));
        }
        let before = self.rows.get(sequence)?;
        let before = before.ok_or_else(|| Fault::Damaged { what: "the index of ids", reason: format!("row {} is missing", sequence.0) })?;
        // A person's word must not be lost to a body that was analysed without it.
        if before.feedback.is_some() && before.feedback != record.summary.feedback {
            return Ok(Outcome::Done(Committed::Stale));
        }
        self.replace(&before, before.revision.saturating_add(1), record)?;
        self.rows.put_body(sequence, &record.body)?;
        Ok(Outcome::Done(Committed::Trace { sequence, status: Arrival::Revised }))
    }

    /// A run that comes as spans becomes a row, or its row and body become what has come of it by now. It stays the same revision:
    /// nobody sent another body. Only where what the record goes on from is still so.
    fn grow(&mut self, record: &mut Record) -> Result<Outcome, Fault> {
        let id = record.summary.trace_id.clone();
        let Continues { body_hash, through, names } = record.continues.take().map_or_else(Continues::default, |continues| *continues);
        let found = self.rows.find(&id)?;
        let before = match found {
            Some((sequence, _)) => self.rows.get(sequence)?,
            None => None,
        };
        let spoken = before.as_ref().and_then(|before| before.feedback.as_ref());
        if found.map(|(_, hash)| hash) != body_hash || spoken != record.summary.feedback.as_ref() {
            return Ok(Outcome::Done(Committed::Stale));
        }
        let outcome = match before {
            None => self.insert(record)?,
            Some(before) => {
                self.replace(&before, before.revision, record)?;
                self.rows.put_body(before.sequence, &record.body)?;
                Outcome::Done(Committed::Trace { sequence: before.sequence, status: Arrival::Revised })
            }
        };
        if let Some(through) = through {
            self.inbox.take(&id, through)?;
        }
        self.inbox.name(&id, &names)?;
        Ok(outcome)
    }

    fn receive(&mut self, piece: &NewPiece) -> Result<Outcome, Fault> {
        self.begin_unseen();
        self.inbox.put(piece)?;
        Ok(Outcome::Done(Committed::Spans))
    }

    fn drop_parked(&mut self, rule: &mut ParkedRule) -> Result<Outcome, Fault> {
        let mut dropped = 0;
        let pieces = self.inbox.list(rule.after, PARKED_STEP)?;
        let more = pieces.len() == PARKED_STEP;
        for piece in pieces {
            rule.after = piece.number;
            if piece.heard >= rule.oldest && self.inbox.bytes() <= rule.max_bytes {
                return Ok(Outcome::Done(Committed::Deleted(dropped)));
            }
            if self.rows.find(&piece.run)?.is_none() {
                self.begin_unseen();
                self.inbox.drop_piece(&piece)?;
                dropped += 1;
            }
        }
        Ok(if more { Outcome::More(dropped) } else { Outcome::Done(Committed::Deleted(dropped)) })
    }

    fn insert(&mut self, record: &mut Record) -> Result<Outcome, Fault> {
        let sequence = self.rows.next_sequence();
        record.summary.sequence = sequence;
        record.summary.revision = 1;
        self.patterns.mine(self.miner, &record.failures, &mut record.summary)?;
        let row = rows::encode(&record.summary)?;
        self.begin();
        self.rows.take_sequence();
        self.rows.put_row(&record.summary, &row, record.body_hash)?;
        self.rows.put_body(sequence, &record.body)?;
        self.rows.put_verdict(sequence, &record.verdict)?;
        self.peers.put(sequence, record.likeness.as_ref())?;
        self.put_in(&record.summary)?;
        Ok(Outcome::Done(Committed::Trace { sequence, status: Arrival::New }))
    }

    fn regrade(&mut self, sequence: Sequence, record: &mut Record) -> Result<Outcome, Fault> {
        let stale = Ok(Outcome::Done(Committed::Stale));
        let Some(before) = self.rows.get(sequence)? else { return stale };
        if before.trace_id != record.summary.trace_id || self.rows.find(&before.trace_id)? != Some((sequence, record.body_hash)) {
            return stale;
        }
        // The newest word counts: a regrade that carries an older one was made from what is no longer so.
        if let (Some(kept), Some(carried)) = (&before.feedback, &record.summary.feedback)
            && carried.at < kept.at
        {
            return stale;
        }
        self.replace(&before, before.revision, record)?;
        Ok(Outcome::Done(Committed::Regraded))
    }

    /// Puts a new row and verdict in the place of an old one. Sequence and arrival stay: a revised trace does not move in the stream.
    fn replace(&mut self, before: &Summary, revision: u32, record: &mut Record) -> Result<(), Fault> {
        record.summary.sequence = before.sequence;
        record.summary.arrived = before.arrived;
        record.summary.revision = revision;
        self.patterns.mine(self.miner, &record.failures, &mut record.summary)?;
        self.patterns.touch_all(before)?;
        self.peers.touch(before.sequence)?;
        let row = rows::encode(&record.summary)?;
        self.begin();
        self.take_out(before, Leaving::Taken)?;
        self.rows.unplace(before)?;
        self.rows.put_row(&record.summary, &row, record.body_hash)?;
        self.rows.put_verdict(before.sequence, &record.verdict)?;
        self.peers.put(before.sequence, record.likeness.as_ref())?;
        self.put_in(&record.summary)
    }

    fn delete(&mut self, ids: &mut Vec<TraceId>) -> Result<Outcome, Fault> {
        let step = ids.len().min(DELETE_STEP);
        // By sequence, so that an id named twice goes once.
        let mut rows = BTreeMap::new();
        let mut parked = Vec::new();
        for id in &ids[..step] {
            if self.inbox.knows(id)? {
                parked.push(id.clone());
            }
            if let Some((sequence, _)) = self.rows.find(id)?
                && let Some(row) = self.rows.get(sequence)?
            {
                self.patterns.touch_all(&row)?;
                self.peers.touch(sequence)?;
                rows.insert(sequence, row);
            }
        }
        for row in rows.values() {
            self.begin();
            self.forget(row, Leaving::Taken)?;
        }
        for id in parked {
            self.begin_unseen();
            self.inbox.forget(&id)?;
        }
        ids.drain(..step);
        let deleted = rows.len() as u64;
        Ok(if ids.is_empty() { Outcome::Done(Committed::Deleted(deleted)) } else { Outcome::More(deleted) })
    }

    fn settle(&mut self, subjects: &[(u64, u64)]) -> Result<Outcome, Fault> {
        self.begin_unseen();
        for (subject, stamp) in subjects {
            self.peers.settle(*subject, *stamp)?;
        }
        Ok(Outcome::Done(Committed::Recorded))
    }

    fn forget_oldest(&mut self, rule: RetentionRule) -> Result<Outcome, Fault> {
        let mut deleted = 0;
        while let Some(oldest) = self.rows.oldest()? {
            let too_much = rule.max_bytes.is_some_and(|most| self.rows.live_bytes() > most);
            let too_old = rule.oldest.is_some_and(|moment| oldest.arrived < moment);
            if !too_much && !too_old {
                break;
            }
            if deleted == DELETE_STEP as u64 {
                return Ok(Outcome::More(deleted));
            }
            self.patterns.touch_all(&oldest)?;
            self.peers.touch(oldest.sequence)?;
            self.begin();
            self.forget(&oldest, Leaving::Aged)?;
            deleted += 1;
        }
        Ok(Outcome::Done(Committed::Deleted(deleted)))
    }

    fn forget(&mut self, row: &Summary, why: Leaving) -> Result<(), Fault> {
        self.take_out(row, why)?;
        self.inbox.forget(&row.trace_id)?;
        self.peers.remove(row.sequence)?;
        self.rows.remove(row)
    }

    fn put_in(&mut self, run: &Summary) -> Result<(), Fault> {
        let agent = self.agents.number(&run.agent)?;
        self.agents.merge(agent, run, Sign::Add)?;
        self.sessions.merge(agent, run, Sign::Add)?;
        self.named_runs.merge(run, Sign::Add);
        self.rollups.merge(run, agent, patterns_of(run), Sign::Add)?;
        self.patterns.add(run, agent)
    }

    fn take_out(&mut self, run: &Summary, why: Leaving) -> Result<(), Fault> {
        let agent = self.agents.number(&run.agent)?;
        self.agents.merge(agent, run, Sign::Remove)?;
        self.sessions.merge(agent, run, Sign::Remove)?;
        self.named_runs.merge(run, Sign::Remove);
        self.rollups.merge(run, agent, patterns_of(run), Sign::Remove)?;
        self.patterns.remove(run, agent, why)
    }

    /// Writes what was summed in memory.
    pub(super) fn finish(self) -> Result<News, Fault> {
        let Self { inbox, mut rows, agents, rollups, mut sessions, mut named_runs, patterns, changed, shown, .. } = self;
        if changed {
            rows.flush(&inbox)?;
            agents.flush()?;
            rollups.flush()?;
            sessions.flush()?;
            named_runs.flush()?;
            patterns.flush()?;
        }
        Ok(News { changed, shown, traces: rows.len()?, last: rows.newest()? })
    }
}
