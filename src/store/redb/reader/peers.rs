//! Runs about the same subject.

use super::RedbSnapshot;
use crate::{
    analysis::peers::Likeness,
    model::ids::Sequence,
    store::redb::{
        fault::Fault,
        peers,
        tables::{LIKENESSES, SUBJECTS, UNSETTLED},
    },
};

impl RedbSnapshot {
    pub(super) fn read_likeness(&self, sequence: Sequence) -> Result<Option<Likeness>, Fault> {
        self.transaction.open_table(LIKENESSES)?.get(sequence.0)?.map(|guard| peers::decode(guard.value())).transpose()
    }

    pub(super) fn read_about(&self, subjects: &[u64], limit: usize) -> Result<Vec<(Sequence, Likeness)>, Fault> {
        let index = self.transaction.open_table(SUBJECTS)?;
        let mut sequences = Vec::new();
        for subject in subjects {
            for entry in index.range((*subject, 0)..=(*subject, u64::MAX))?.rev().take(limit) {
                sequences.push(entry?.0.value().1);
            }
        }
        sequences.sort_unstable_by(|left, right| right.cmp(left));
        sequences.dedup();
        sequences.truncate(limit);
        let table = self.transaction.open_table(LIKENESSES)?;
        let mut found = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            let kept = table.get(sequence)?;
            let missing = || Fault::Damaged { what: "the index of subjects", reason: format!("likeness {sequence} is missing") };
            found.push((Sequence(sequence), peers::decode(kept.ok_or_else(missing)?.value())?));
        }
        Ok(found)
    }

    pub(super) fn read_unsettled(&self, after: Option<u64>, limit: usize) -> Result<Vec<(u64, u64)>, Fault> {
        let table = self.transaction.open_table(UNSETTLED)?;
        let first = match after {
            Some(u64::MAX) => return Ok(Vec::new()),
            Some(after) => after + 1,
            None => 0,
        };
        table.range(first..)?.take(limit).map(|entry| entry.map(|(key, stamp)| (key.value(), stamp.value())).map_err(Fault::from)).collect()
    }
}
