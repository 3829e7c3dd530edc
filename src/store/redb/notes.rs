//! What people set beside the traces, while a group is written: baselines and decisions.

use redb::{ReadableTable, Table, WriteTransaction};
use xxhash_rust::xxh3::xxh3_128;

use super::{
    codec,
    fault::Fault,
    names::name_key,
    tables::{BASELINES, DECISIONS},
};
use crate::model::{baseline::Baseline, decision::Decision};

/// The tables of baselines and decisions while a group is written.
pub(super) struct Notes<'txn> {
    baselines: Table<'txn, (i64, u128), &'static [u8]>,
    decisions: Table<'txn, &'static [u8], &'static [u8]>,
}

impl<'txn> Notes<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self { baselines: transaction.open_table(BASELINES)?, decisions: transaction.open_table(DECISIONS)? })
    }

    /// Sets a baseline.
    pub(super) fn set_baseline(&mut self, baseline: &Baseline) -> Result<(), Fault> {
        let key = (baseline.at.micros(), xxh3_128(baseline.id.as_bytes()));
        self.baselines.insert(key, codec::encode("a baseline", codec::NOTE, baseline)?.as_slice())?;
        Ok(())
    }

    /// Records a decision, unless a newer one on the same subject is there.
    pub(super) fn decide(&mut self, decision: &Decision) -> Result<(), Fault> {
        let key = name_key(&decision.subject);
        let before = self.decisions.get(key.as_ref())?.map(|guard| decode_decision(guard.value())).transpose()?;
        if before.is_none_or(|before| before.at <= decision.at) {
            self.decisions.insert(key.as_ref(), codec::encode("a decision", codec::NOTE, decision)?.as_slice())?;
        }
        Ok(())
    }
}

/// Reads a baseline.
pub(super) fn decode_baseline(bytes: &[u8]) -> Result<Baseline, Fault> {
    codec::decode("a baseline", codec::NOTE, bytes)
}

/// Reads a decision.
pub(super) fn decode_decision(bytes: &[u8]) -> Result<Decision, Fault> {
    codec::decode("a decision", codec::NOTE, bytes)
}
