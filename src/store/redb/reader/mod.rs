//! A consistent view of the store: every answer is a lookup or a scan of just the keys asked for.

use std::collections::BTreeMap;

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};

use super::{
    codec,
    fault::Fault,
    handle::Handle,
    notes, rows,
    tables::{
        AGENT_NAMES, BASELINES, BODIES, DECISIONS, IDS, INBOX, INBOX_BYTES, LIVE_BYTES, META, PATTERNS, REVISIONS, ROWS, SESSIONS, VERDICTS,
    },
};
use crate::{
    analysis::peers::Likeness,
    model::{
        baseline::Baseline,
        decision::Decision,
        ids::{Fingerprint, Sequence, TraceId},
        pattern::Pattern,
        summary::Summary,
        time::Timestamp,
        verdict::Verdict,
    },
    store::{
        AgentBucket, AgentRow, Bodies, Counts, Look, ModelBucket, NamedBy, Piece, Resolution, SessionPlace, SessionRow, Snapshot,
        StoreError, StoredTrace, Toward,
    },
};

mod agents;
mod buckets;
mod inbox;
mod patterns;
mod peers;
mod scan;
mod sessions;

/// Rows room is made for at once, whatever limit is asked for.
const ROOM: usize = 1024;

/// A consistent view. Pages it may read cannot be reused while it lives: drop it soon.
pub(super) struct RedbSnapshot {
    transaction: ReadTransaction,
    file_bytes: u64,
}

impl RedbSnapshot {
    /// The store as it is now.
    pub(super) fn take(handle: &Handle) -> Result<Self, StoreError> {
        let transaction = handle.begin_read().map_err(Fault::reading)?;
        Ok(Self { transaction, file_bytes: handle.bytes() })
    }

    fn read_counts(&self) -> Result<Counts, Fault> {
        let rows = self.transaction.open_table(ROWS)?;
        let meta = self.transaction.open_table(META)?;
        let number = |name| meta.get(name).map(|found| found.map_or(0, |guard| guard.value()));
        Ok(Counts {
            traces: rows.len()?,
            first: rows.first()?.map(|(key, _)| Sequence(key.value())),
            last: rows.last()?.map(|(key, _)| Sequence(key.value())),
            live_bytes: number(LIVE_BYTES)? + number(INBOX_BYTES)?,
            waiting_pieces: self.transaction.open_table(INBOX)?.len()?,
            waiting_bytes: number(INBOX_BYTES)?,
            file_bytes: self.file_bytes,
            agents: self.transaction.open_table(AGENT_NAMES)?.len()?,
            patterns: self.transaction.open_table(PATTERNS)?.len()?,
            sessions: self.transaction.open_table(SESSIONS)?.len()?,
            revisions: number(REVISIONS)?,
        })
    }

    fn read_id(&self, id: &TraceId) -> Result<Option<(Sequence, u128)>, Fault> {
        let found = self.transaction.open_table(IDS)?.get(id.as_str().as_bytes())?.map(|guard| guard.value());
        Ok(found.map(|(sequence, hash)| (Sequence(sequence), hash)))
    }

    fn read_row(&self, sequence: Sequence) -> Result<Option<Summary>, Fault> {
        self.transaction.open_table(ROWS)?.get(sequence.0)?.map(|guard| rows::decode(guard.value())).transpose()
    }

    fn read_stored(&self, sequence: Sequence) -> Result<Option<StoredTrace>, Fault> {
        let Some(summary) = self.read_row(sequence)? else { return Ok(None) };
        let missing = |what| Fault::Damaged { what, reason: format!("number {} is missing", sequence.0) };
        let (_, body_hash) = self.read_id(&summary.trace_id)?.ok_or_else(|| missing("the index of ids"))?;
        let bodies = self.transaction.open_table(BODIES)?;
        let body = codec::unpack("a body", bodies.get(sequence.0)?.ok_or_else(|| missing("the table of bodies"))?.value())?;
        let verdicts = self.transaction.open_table(VERDICTS)?;
        let verdict = verdicts.get(sequence.0)?.ok_or_else(|| missing("the table of verdicts"))?;
        let verdict = read_verdict(verdict.value(), &summary)?;
        Ok(Some(StoredTrace { summary, body, body_hash, verdict }))
    }

    fn read_rows_before(&self, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, Fault> {
        let table = self.transaction.open_table(ROWS)?;
        let range = table.range(..before.map_or(u64::MAX, |sequence| sequence.0))?;
        range.rev().take(limit).map(|entry| rows::decode(entry?.1.value())).collect()
    }

    fn read_rows_after(&self, after: Sequence, limit: usize) -> Result<Vec<Summary>, Fault> {
        let Some(first) = after.0.checked_add(1) else { return Ok(Vec::new()) };
        let table = self.transaction.open_table(ROWS)?;
        table.range(first..)?.take(limit).map(|entry| rows::decode(entry?.1.value())).collect()
    }

    /// The rows of some sequences, in their order.
    fn rows_of(&self, sequences: impl Iterator<Item = Result<u64, redb::StorageError>>, limit: usize) -> Result<Vec<Summary>, Fault> {
        let table = self.transaction.open_table(ROWS)?;
        let mut found = Vec::with_capacity(limit.min(ROOM));
        for sequence in sequences.take(limit) {
            let sequence = sequence?;
            let row = table.get(sequence)?;
            let row = row.ok_or_else(|| Fault::Damaged { what: "an index", reason: format!("row {sequence} is missing") })?;
            found.push(rows::decode(row.value())?);
        }
        Ok(found)
    }

    fn read_baselines(&self) -> Result<Vec<Baseline>, Fault> {
        let table = self.transaction.open_table(BASELINES)?;
        table.iter()?.rev().map(|entry| notes::decode_baseline(entry?.1.value())).collect()
    }

    fn read_decisions(&self) -> Result<BTreeMap<String, Decision>, Fault> {
        let table = self.transaction.open_table(DECISIONS)?;
        table
            .iter()?
            .map(|entry| {
                let decision = notes::decode_decision(entry?.1.value())?;
                Ok((decision.subject.clone(), decision))
            })
            .collect()
    }
}

/// A verdict with the fingerprints its row keeps: the row's marks and the verdict's failures run in parallel.
fn read_verdict(frame: &[u8], summary: &Summary) -> Result<Verdict, Fault> {
    let json = codec::unpack("a verdict", frame)?;
    let mut verdict: Verdict =
        serde_json::from_slice(&json).map_err(|error| Fault::Damaged { what: "a verdict", reason: error.to_string() })?;
    for (failure, mark) in verdict.failures.iter_mut().zip(&summary.failures) {
        failure.fingerprint = mark.fingerprint;
    }
    Ok(verdict)
}

impl Snapshot for RedbSnapshot {
    fn counts(&self) -> Result<Counts, StoreError> {
        self.read_counts().map_err(Fault::reading)
    }

    fn find(&self, id: &TraceId) -> Result<Option<Sequence>, StoreError> {
        Ok(self.read_id(id).map_err(Fault::reading)?.map(|(sequence, _)| sequence))
    }

    fn summary(&self, sequence: Sequence) -> Result<Option<Summary>, StoreError> {
        self.read_row(sequence).map_err(Fault::reading)
    }

    fn stored(&self, sequence: Sequence) -> Result<Option<StoredTrace>, StoreError> {
        self.read_stored(sequence).map_err(Fault::reading)
    }

    fn run_named(&self, name: &TraceId) -> Result<Option<TraceId>, StoreError> {
        self.read_run_named(name).map_err(Fault::reading)
    }

    fn pieces(&self, trace: &TraceId, max_bytes: usize) -> Result<Vec<Piece>, StoreError> {
        self.read_pieces(trace, max_bytes).map_err(Fault::reading)
    }

    fn waiting(&self, after: Option<&TraceId>, limit: usize) -> Result<Vec<TraceId>, StoreError> {
        self.read_waiting(after, limit).map_err(Fault::reading)
    }

    fn rows_before(&self, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_rows_before(before, limit).map_err(Fault::reading)
    }

    fn rows_after(&self, after: Sequence, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_rows_after(after, limit).map_err(Fault::reading)
    }

    fn look_through(&self, from: Sequence, to: Sequence, toward: Toward, look: &mut Look<'_>) -> Result<(), StoreError> {
        self.read_through(from, to, toward, look).map_err(Fault::reading)
    }

    fn summaries(&self, sequences: &[Sequence]) -> Result<Vec<Summary>, StoreError> {
        self.read_summaries(sequences).map_err(Fault::reading)
    }

    fn revised_since(&self, revisions: u64) -> Result<Option<Vec<Sequence>>, StoreError> {
        self.read_revised(revisions).map_err(Fault::reading)
    }

    fn bodies(&self) -> Result<Box<dyn Bodies + '_>, StoreError> {
        Ok(Box::new(self.open_bodies().map_err(Fault::reading)?))
    }

    fn by_time(&self, from: Option<(Timestamp, Sequence)>, toward: Toward, limit: usize) -> Result<Vec<Sequence>, StoreError> {
        self.read_by_time(from, toward, limit).map_err(Fault::reading)
    }

    fn agents(&self, limit: usize) -> Result<Vec<AgentRow>, StoreError> {
        self.read_agents(limit).map_err(Fault::reading)
    }

    fn agent_rows(&self, agent: &str, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_agent_rows(agent, from, to, limit).map_err(Fault::reading)
    }

    fn judged_rows(&self, agent: &str, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_judged_rows(agent, limit).map_err(Fault::reading)
    }

    fn time_rows(&self, from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_time_rows(from, to, limit).map_err(Fault::reading)
    }

    fn sessions(&self, from: Option<SessionPlace>, toward: Toward, limit: usize) -> Result<Vec<SessionRow>, StoreError> {
        self.read_sessions(from, toward, limit).map_err(Fault::reading)
    }

    fn session(&self, project: Option<&str>, id: &str) -> Result<Option<SessionRow>, StoreError> {
        self.read_session(project, id).map_err(Fault::reading)
    }

    fn look_through_session(&self, session: SessionPlace, look: &mut Look<'_>) -> Result<(), StoreError> {
        self.read_through_session(session, look).map_err(Fault::reading)
    }

    fn names(&self, kind: NamedBy, limit: usize) -> Result<Vec<(String, u64)>, StoreError> {
        self.read_names(kind, limit).map_err(Fault::reading)
    }

    fn patterns(&self, limit: usize) -> Result<Vec<Pattern>, StoreError> {
        self.read_patterns(limit).map_err(Fault::reading)
    }

    fn pattern(&self, fingerprint: Fingerprint) -> Result<Option<Pattern>, StoreError> {
        self.read_pattern(fingerprint).map_err(Fault::reading)
    }

    fn pattern_rows(&self, fingerprint: Fingerprint, before: Option<Sequence>, limit: usize) -> Result<Vec<Summary>, StoreError> {
        self.read_pattern_rows(fingerprint, before, limit).map_err(Fault::reading)
    }

    fn pattern_buckets(
        &self,
        fingerprint: Fingerprint,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, u32)>, StoreError> {
        self.read_pattern_buckets(fingerprint, resolution, from, to).map_err(Fault::reading)
    }

    fn agent_buckets(
        &self,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
        agent: Option<&str>,
    ) -> Result<Vec<AgentBucket>, StoreError> {
        self.read_agent_buckets(resolution, from, to, agent).map_err(Fault::reading)
    }

    fn model_buckets(&self, resolution: Resolution, from: Timestamp, to: Timestamp) -> Result<Vec<ModelBucket>, StoreError> {
        self.read_model_buckets(resolution, from, to).map_err(Fault::reading)
    }

    fn likeness(&self, sequence: Sequence) -> Result<Option<Likeness>, StoreError> {
        self.read_likeness(sequence).map_err(Fault::reading)
    }

    fn about(&self, subjects: &[u64], limit: usize) -> Result<Vec<(Sequence, Likeness)>, StoreError> {
        self.read_about(subjects, limit).map_err(Fault::reading)
    }

    fn unsettled(&self, after: Option<u64>, limit: usize) -> Result<Vec<(u64, u64)>, StoreError> {
        self.read_unsettled(after, limit).map_err(Fault::reading)
    }

    fn baselines(&self) -> Result<Vec<Baseline>, StoreError> {
        self.read_baselines().map_err(Fault::reading)
    }

    fn decisions(&self) -> Result<BTreeMap<String, Decision>, StoreError> {
        self.read_decisions().map_err(Fault::reading)
    }
}
