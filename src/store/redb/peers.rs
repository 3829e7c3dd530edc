//! What of each run can be compared with others, while a group is written: kept with the run, found by what it is about.

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    codec,
    fault::Fault,
    tables::{LIKENESSES, SUBJECTS, UNSETTLED},
};
use crate::{analysis::peers::Likeness, model::ids::Sequence};

/// The tables of likenesses while a group is written.
pub(super) struct Peers<'txn> {
    likenesses: Table<'txn, u64, &'static [u8]>,
    subjects: Table<'txn, (u64, u64), ()>,
    unsettled: Table<'txn, u64, u64>,
}

impl<'txn> Peers<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            likenesses: transaction.open_table(LIKENESSES)?,
            subjects: transaction.open_table(SUBJECTS)?,
            unsettled: transaction.open_table(UNSETTLED)?,
        })
    }

    /// Reads what is kept of a run, so that damage is found before anything is written.
    pub(super) fn touch(&self, sequence: Sequence) -> Result<(), Fault> {
        self.subjects_of(sequence).map(drop)
    }

    /// Keeps what can be compared of a run, in the place of what was kept before. Where that has changed, what the run is about is
    /// noted as unsettled, if there are other runs about it: they are judged beside another run now.
    pub(super) fn put(&mut self, sequence: Sequence, likeness: Option<&Likeness>) -> Result<(), Fault> {
        let bytes = likeness.map(encode).transpose()?;
        let same = match (self.likenesses.get(sequence.0)?, &bytes) {
            (Some(kept), Some(bytes)) => kept.value() == bytes.as_slice(),
            (None, None) => true,
            _ => false,
        };
        if same {
            return Ok(());
        }
        for subject in self.take_out(sequence)? {
            self.unsettle(subject)?;
        }
        if let (Some(likeness), Some(bytes)) = (likeness, bytes) {
            self.likenesses.insert(sequence.0, bytes.as_slice())?;
            for subject in likeness.subjects() {
                self.unsettle(*subject)?;
                self.subjects.insert((*subject, sequence.0), ())?;
            }
        }
        Ok(())
    }

    /// Forgets a run. What was said of others beside it stands: it was true of the runs there were.
    pub(super) fn remove(&mut self, sequence: Sequence) -> Result<(), Fault> {
        for subject in self.take_out(sequence)? {
            if !self.is_known(subject)? {
                self.unsettled.remove(subject)?;
            }
        }
        Ok(())
    }

    /// The runs about this have been judged beside each other, as far as they were known at `stamp`.
    pub(super) fn settle(&mut self, subject: u64, stamp: u64) -> Result<(), Fault> {
        let still = self.unsettled.get(subject)?.is_some_and(|guard| guard.value() == stamp);
        if still {
            self.unsettled.remove(subject)?;
        }
        Ok(())
    }

    /// Takes a run out of the tables; answers what it was about.
    fn take_out(&mut self, sequence: Sequence) -> Result<Vec<u64>, Fault> {
        let subjects = self.subjects_of(sequence)?;
        for subject in &subjects {
            self.subjects.remove((*subject, sequence.0))?;
        }
        self.likenesses.remove(sequence.0)?;
        Ok(subjects)
    }

    /// Notes that other runs about this, if there are any, are to be judged again.
    fn unsettle(&mut self, subject: u64) -> Result<(), Fault> {
        if self.is_known(subject)? {
            let stamp = self.unsettled.get(subject)?.map_or(0, |guard| guard.value());
            self.unsettled.insert(subject, stamp.wrapping_add(1))?;
        } else {
            self.unsettled.remove(subject)?;
        }
        Ok(())
    }

    fn is_known(&self, subject: u64) -> Result<bool, Fault> {
        Ok(self.subjects.range((subject, 0)..=(subject, u64::MAX))?.next().transpose()?.is_some())
    }

    fn subjects_of(&self, sequence: Sequence) -> Result<Vec<u64>, Fault> {
        let kept = self.likenesses.get(sequence.0)?.map(|guard| decode(guard.value())).transpose()?;
        Ok(kept.map_or_else(Vec::new, |likeness| likeness.subjects().to_vec()))
    }
}

fn encode(likeness: &Likeness) -> Result<Vec<u8>, Fault> {
    codec::encode("a likeness", codec::LIKENESS, likeness)
}

/// Reads what is kept of a run.
pub(super) fn decode(bytes: &[u8]) -> Result<Likeness, Fault> {
    codec::decode("a likeness", codec::LIKENESS, bytes)
}
