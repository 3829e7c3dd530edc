//! The traces themselves while a group is written: body, verdict, row, and where to find them by id and by time.

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};

use super::{
    codec,
    fault::Fault,
    inbox::Inbox,
    old_rows::WholeRun,
    sums::Sign,
    tables::{BODIES, IDS, INBOX_BYTES, LIVE_BYTES, META, NEXT_PIECE, NEXT_SEQUENCE, REVISED, REVISIONS, ROWS, TIMES, VERDICTS},
};
use crate::model::{
    ids::{Sequence, TraceId},
    summary::{Insight, Summary},
    time::Timestamp,
};

/// Revisions that are remembered: whoever has looked at all rows looks again only at those revised since, if it is no longer ago.
const REVISIONS_KEPT: u64 = 65_536;

/// The tables of traces while a group is written.
pub(super) struct Rows<'txn> {
    meta: Table<'txn, &'static str, u64>,
    bodies: Table<'txn, u64, &'static [u8]>,
    verdicts: Table<'txn, u64, &'static [u8]>,
    rows: Table<'txn, u64, &'static [u8]>,
    ids: Table<'txn, &'static [u8], (u64, u128)>,
    times: Table<'txn, (i64, u64), ()>,
    revised: Table<'txn, u64, u64>,
    revisions: u64,
    next: u64,
    live_bytes: u64,
}

impl<'txn> Rows<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        let meta = transaction.open_table(META)?;
        let next = meta.get(NEXT_SEQUENCE)?.map_or(1, |guard| guard.value());
        let live_bytes = meta.get(LIVE_BYTES)?.map_or(0, |guard| guard.value());
        let revisions = meta.get(REVISIONS)?.map_or(0, |guard| guard.value());
        Ok(Self {
            meta,
            bodies: transaction.open_table(BODIES)?,
            verdicts: transaction.open_table(VERDICTS)?,
            rows: transaction.open_table(ROWS)?,
            ids: transaction.open_table(IDS)?,
            times: transaction.open_table(TIMES)?,
            revised: transaction.open_table(REVISED)?,
            revisions,
            next,
            live_bytes,
        })
    }

    /// Where a trace lies and the hash of its body.
    pub(super) fn find(&self, id: &TraceId) -> Result<Option<(Sequence, u128)>, Fault> {
        let found = self.ids.get(id.as_str().as_bytes())?.map(|guard| guard.value());
        Ok(found.map(|(sequence, hash)| (Sequence(sequence), hash)))
    }

    /// A row.
    pub(super) fn get(&self, sequence: Sequence) -> Result<Option<Summary>, Fault> {
        self.rows.get(sequence.0)?.map(|guard| decode(guard.value())).transpose()
    }

    /// The oldest row.
    pub(super) fn oldest(&self) -> Result<Option<Summary>, Fault> {
        self.rows.first()?.map(|(_, guard)| decode(guard.value())).transpose()
    }

    /// The newest trace.
    pub(super) fn newest(&self) -> Result<Option<Sequence>, Fault> {
        Ok(self.rows.last()?.map(|(key, _)| Sequence(key.value())))
    }

    /// How many traces there are.
    pub(super) fn len(&self) -> Result<u64, Fault> {
        Ok(self.rows.len()?)
    }

    /// Bytes of bodies and verdicts.
    pub(super) fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// The sequence the next new trace gets; taken only by [`Rows::take_sequence`].
    pub(super) fn next_sequence(&self) -> Sequence {
        Sequence(self.next)
    }

    /// Uses the next sequence up.
    pub(super) fn take_sequence(&mut self) {
        self.next += 1;
    }

    /// Writes a row, its id and its place in time; `row` is `summary` encoded.
    pub(super) fn put_row(&mut self, summary: &Summary, row: &[u8], body_hash: u128) -> Result<(), Fault> {
        self.rows.insert(summary.sequence.0, row)?;
        self.ids.insert(summary.trace_id.as_str().as_bytes(), (summary.sequence.0, body_hash))?;
        self.place(summary.time, summary.sequence, Sign::Add)
    }

    /// Writes or replaces a body.
    pub(super) fn put_body(&mut self, sequence: Sequence, body: &[u8]) -> Result<(), Fault> {
        let before = self.bodies.insert(sequence.0, body)?.map_or(0, |guard| guard.value().len());
        self.count_bytes(before, body.len());
        Ok(())
    }

    /// Writes or replaces a verdict.
    pub(super) fn put_verdict(&mut self, sequence: Sequence, verdict: &[u8]) -> Result<(), Fault> {
        let before = self.verdicts.insert(sequence.0, verdict)?.map_or(0, |guard| guard.value().len());
        self.count_bytes(before, verdict.len());
        Ok(())
    }

    /// Takes a trace's place in time away, before its row is replaced or when it goes.
    pub(super) fn unplace(&mut self, summary: &Summary) -> Result<(), Fault> {
        self.revisions += 1;
        self.revised.insert(self.revisions, summary.sequence.0)?;
        self.revised.remove(self.revisions.saturating_sub(REVISIONS_KEPT))?;
        self.place(summary.time, summary.sequence, Sign::Remove)
    }

    /// Forgets a trace.
    pub(super) fn remove(&mut self, summary: &Summary) -> Result<(), Fault> {
        let sequence = summary.sequence.0;
        let body = self.bodies.remove(sequence)?.map_or(0, |guard| guard.value().len());
        let verdict = self.verdicts.remove(sequence)?.map_or(0, |guard| guard.value().len());
        self.count_bytes(body + verdict, 0);
        self.rows.remove(sequence)?;
        self.ids.remove(summary.trace_id.as_str().as_bytes())?;
        self.unplace(summary)
    }

    /// Writes the totals, those of the inbox too: one table holds them all.
    pub(super) fn flush(&mut self, inbox: &Inbox<'_>) -> Result<(), Fault> {
        self.meta.insert(NEXT_PIECE, inbox.next())?;
        self.meta.insert(INBOX_BYTES, inbox.bytes())?;
        self.meta.insert(NEXT_SEQUENCE, self.next)?;
        self.meta.insert(LIVE_BYTES, self.live_bytes)?;
        self.meta.insert(REVISIONS, self.revisions)?;
        Ok(())
    }

    fn place(&mut self, time: Timestamp, sequence: Sequence, sign: Sign) -> Result<(), Fault> {
        match sign {
            Sign::Add => drop(self.times.insert((time.micros(), sequence.0), ())?),
            Sign::Remove => drop(self.times.remove((time.micros(), sequence.0))?),
        }
        Ok(())
    }

    fn count_bytes(&mut self, before: usize, after: usize) {
        self.live_bytes = self.live_bytes.saturating_sub(before as u64).saturating_add(after as u64);
    }
}

/// Encodes a row.
pub(super) fn encode(summary: &Summary) -> Result<Vec<u8>, Fault> {
    codec::encode("a row", codec::ROW, summary)
}

/// Reads a row, also of the versions before: what they lack is filled in as not known.
pub(super) fn decode(bytes: &[u8]) -> Result<Summary, Fault> {
    if bytes.first() == Some(&codec::ROW_OF_WHOLE_RUN) {
        return codec::decode::<WholeRun>("a row", codec::ROW_OF_WHOLE_RUN, bytes).map(Summary::from);
    }
    if bytes.first() == Some(&codec::ROW_WITHOUT_INSIGHT) {
        let mut completed = bytes.to_vec();
        completed.extend_from_slice(codec::encode("a row", codec::ROW, &Insight::default())?.get(1..).unwrap_or_default());
        if let Some(version) = completed.first_mut() {
            *version = codec::ROW;
        }
        return codec::decode("a row", codec::ROW, &completed);
    }
    codec::decode("a row", codec::ROW, bytes)
}
