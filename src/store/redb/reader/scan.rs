//! Going through many rows or bodies: what lies in the store is looked at where it lies.

use std::ops::ControlFlow;

use redb::{AccessGuard, ReadOnlyTable, ReadableTable, StorageError};

use super::{RedbSnapshot, rows};
use crate::{
    model::{facets::Facets, ids::Sequence, summary::Summary, time::Timestamp},
    store::{
        Bodies, Look, StoreError, Toward,
        redb::{
            codec,
            fault::Fault,
            lean_row::LeanRow,
            tables::{BODIES, META, REVISED, REVISIONS, ROWS, TIMES},
        },
    },
};

type Entry<'a> = Result<(AccessGuard<'a, u64>, AccessGuard<'a, &'static [u8]>), StorageError>;

impl RedbSnapshot {
    pub(super) fn read_through(&self, from: Sequence, to: Sequence, toward: Toward, look: &mut Look<'_>) -> Result<(), Fault> {
        if from >= to {
            return Ok(());
        }
        let table = self.transaction.open_table(ROWS)?;
        let mut range = table.range(from.0..to.0)?;
        match toward {
            Toward::Older => show(&mut range.rev(), look),
            Toward::Newer => show(&mut range, look),
        }
    }

    pub(super) fn read_summaries(&self, sequences: &[Sequence]) -> Result<Vec<Summary>, Fault> {
        let table = self.transaction.open_table(ROWS)?;
        let mut found = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            if let Some(row) = table.get(sequence.0)? {
                found.push(rows::decode(row.value())?);
            }
        }
        Ok(found)
    }

    pub(super) fn read_by_time(&self, from: Option<(Timestamp, Sequence)>, toward: Toward, limit: usize) -> Result<Vec<Sequence>, Fault> {
        let table = self.transaction.open_table(TIMES)?;
        let sequence = |entry: Result<(AccessGuard<'_, (i64, u64)>, _), StorageError>| Ok(Sequence(entry?.0.value().1));
        match (toward, from) {
            (Toward::Older, None) => table.iter()?.rev().take(limit).map(sequence).collect(),
            (Toward::Older, Some((time, from))) => table.range(..(time.micros(), from.0))?.rev().take(limit).map(sequence).collect(),
            (Toward::Newer, None) => table.iter()?.take(limit).map(sequence).collect(),
            // No sequence is the largest number there is.
            (Toward::Newer, Some((time, from))) => {
                table.range((time.micros(), from.0.saturating_add(1))..)?.take(limit).map(sequence).collect()
            }
        }
    }

    pub(super) fn read_revised(&self, since: u64) -> Result<Option<Vec<Sequence>>, Fault> {
        let count = self.transaction.open_table(META)?.get(REVISIONS)?.map_or(0, |guard| guard.value());
        let table = self.transaction.open_table(REVISED)?;
        let found: Result<Vec<Sequence>, Fault> =
            table.range(since.saturating_add(1)..)?.map(|entry| Ok(Sequence(entry?.1.value()))).collect();
        // Each revision is there once, so that none is missing when there are as many as there were.
        found.map(|found| (found.len() as u64 == count.saturating_sub(since)).then_some(found))
    }

    pub(super) fn open_bodies(&self) -> Result<BodyReader, Fault> {
        let unpacker = zstd::bulk::Decompressor::new().map_err(damaged)?;
        Ok(BodyReader { table: self.transaction.open_table(BODIES)?, unpacker, body: Vec::new() })
    }
}

fn show<'a>(entries: &mut dyn Iterator<Item = Entry<'a>>, look: &mut Look<'_>) -> Result<(), Fault> {
    for entry in entries {
        let (_, bytes) = entry?;
        if show_one(bytes.value(), look)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// Shows one row; an error when it cannot be read as far as it was asked.
pub(super) fn show_one(bytes: &[u8], look: &mut Look<'_>) -> Result<ControlFlow<()>, Fault> {
    let Some(row) = LeanRow::read(bytes)? else { return Ok(look(&rows::decode(bytes)? as &dyn Facets)) };
    let said = look(&row);
    row.check()?;
    Ok(said)
}

/// Unpacks bodies into one buffer, one after the other.
pub(super) struct BodyReader {
    table: ReadOnlyTable<u64, &'static [u8]>,
    unpacker: zstd::bulk::Decompressor<'static>,
    body: Vec<u8>,
}

impl BodyReader {
    fn unpack(&mut self, sequence: Sequence) -> Result<Option<&[u8]>, Fault> {
        let Some(frame) = self.table.get(sequence.0)? else { return Ok(None) };
        let frame = frame.value();
        match zstd::bulk::Decompressor::upper_bound(frame).filter(|bytes| *bytes <= codec::UNPACKED_MAX_BYTES) {
            Some(bytes) => {
                self.body.clear();
                // A body larger than those before it takes its room back with it, so that one giant does not stay for good.
                self.body.shrink_to(bytes.max(KEPT_BYTES));
                self.body.reserve(bytes);
                self.unpacker.decompress_to_buffer(frame, &mut self.body).map_err(damaged)?;
            }
            None => self.body = codec::unpack("a body", frame)?,
        }
        Ok(Some(&self.body))
    }
}

/// Room for a body that is kept for the next.
const KEPT_BYTES: usize = 1 << 20;

impl Bodies for BodyReader {
    fn read(&mut self, sequence: Sequence) -> Result<Option<&[u8]>, StoreError> {
        self.unpack(sequence).map_err(Fault::reading)
    }
}

fn damaged(error: std::io::Error) -> Fault {
    Fault::Damaged { what: "a body", reason: error.to_string() }
}
