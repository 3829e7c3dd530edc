//! The inbox while a group is written: pieces of runs that wait to become part of a body, and the names they come by.

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    fault::Fault,
    tables::{INBOX, INBOX_BYTES, INBOX_RUNS, META, NAMES, NAMES_OF, NEXT_PIECE},
};
use crate::{
    model::{ids::TraceId, time::Timestamp},
    store::NewPiece,
};

/// The tables of waiting pieces while a group is written.
pub(super) struct Inbox<'txn> {
    pieces: Table<'txn, u64, (&'static [u8], i64, &'static [u8])>,
    runs: Table<'txn, (&'static [u8], u64), ()>,
    names: Table<'txn, &'static [u8], &'static [u8]>,
    names_of: Table<'txn, (&'static [u8], &'static [u8]), ()>,
    next: u64,
    bytes: u64,
}

/// A waiting piece without its content.
pub(super) struct Parked {
    pub(super) number: u64,
    pub(super) run: TraceId,
    pub(super) heard: Timestamp,
}

impl<'txn> Inbox<'txn> {
    /// Opens the tables; `meta` is read here and written by [`Inbox::flush`] only, so that it can be held by others in between.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        let meta = transaction.open_table(META)?;
        let next = meta.get(NEXT_PIECE)?.map_or(1, |guard| guard.value());
        let bytes = meta.get(INBOX_BYTES)?.map_or(0, |guard| guard.value());
        drop(meta);
        Ok(Self {
            pieces: transaction.open_table(INBOX)?,
            runs: transaction.open_table(INBOX_RUNS)?,
            names: transaction.open_table(NAMES)?,
            names_of: transaction.open_table(NAMES_OF)?,
            next,
            bytes,
        })
    }

    /// Bytes of all waiting pieces.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number the next piece gets.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Adds a piece.
    pub(super) fn put(&mut self, piece: &NewPiece) -> Result<(), Fault> {
        let run = piece.trace.as_str().as_bytes();
        self.pieces.insert(self.next, (run, piece.heard.micros(), piece.piece.as_ref()))?;
        self.runs.insert((run, self.next), ())?;
        self.next += 1;
        self.bytes += piece.piece.len() as u64;
        self.name(&piece.trace, &piece.names)
    }

    /// Takes out the pieces of a run, as far as `through`.
    pub(super) fn take(&mut self, run: &TraceId, through: u64) -> Result<(), Fault> {
        let key = run.as_str().as_bytes();
        let mut numbers = Vec::new();
        for entry in self.runs.extract_from_if((key, 0)..=(key, through), |_, ()| true)? {
            numbers.push(entry?.0.value().1);
        }
        numbers.into_iter().try_for_each(|number| self.take_out(number))
    }

    /// Forgets a run: its pieces and its names.
    pub(super) fn forget(&mut self, run: &TraceId) -> Result<(), Fault> {
        self.take(run, u64::MAX)?;
        let key = run.as_str().as_bytes();
        let empty: &[u8] = &[];
        let mut names = Vec::new();
        for entry in self.names_of.range((key, empty)..)? {
            let (guard, _) = entry?;
            let (of, name) = guard.value();
            if of != key {
                break;
            }
            names.push(name.to_vec());
        }
        for name in names {
            self.names_of.remove((key, name.as_slice()))?;
            // Another run may have taken the name over.
            if self.names.get(name.as_slice())?.is_some_and(|guard| guard.value() == key) {
                self.names.remove(name.as_slice())?;
            }
        }
        Ok(())
    }

    /// Whether anything is kept of a run.
    pub(super) fn knows(&self, run: &TraceId) -> Result<bool, Fault> {
        let key = run.as_str().as_bytes();
        Ok(self.runs.range((key, 0)..=(key, u64::MAX))?.next().is_some())
    }

    /// Notes further names of a run.
    pub(super) fn name(&mut self, run: &TraceId, names: &[TraceId]) -> Result<(), Fault> {
        let key = run.as_str().as_bytes();
        for name in names {
            let name = name.as_str().as_bytes();
            self.names.insert(name, key)?;
            self.names_of.insert((key, name), ())?;
        }
        Ok(())
    }

    /// Up to `limit` pieces numbered above `after`, oldest first.
    pub(super) fn list(&self, after: u64, limit: usize) -> Result<Vec<Parked>, Fault> {
        let mut found = Vec::new();
        for entry in self.pieces.range(after.saturating_add(1)..)?.take(limit) {
            let (number, guard) = entry?;
            let (run, heard, _) = guard.value();
            found.push(Parked { number: number.value(), run: trace_id(run)?, heard: Timestamp::from_micros(heard) });
        }
        Ok(found)
    }

    /// Drops one piece.
    pub(super) fn drop_piece(&mut self, piece: &Parked) -> Result<(), Fault> {
        self.runs.remove((piece.run.as_str().as_bytes(), piece.number))?;
        self.take_out(piece.number)
    }

    fn take_out(&mut self, number: u64) -> Result<(), Fault> {
        let bytes = self.pieces.remove(number)?.map_or(0, |guard| guard.value().2.len());
        self.bytes = self.bytes.saturating_sub(bytes as u64);
        Ok(())
    }
}

/// Reads the id of a run.
pub(super) fn trace_id(bytes: &[u8]) -> Result<TraceId, Fault> {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| TraceId::new(text).ok());
    text.ok_or_else(|| Fault::Damaged { what: "the inbox", reason: "a key is not the id of a run".to_owned() })
}
