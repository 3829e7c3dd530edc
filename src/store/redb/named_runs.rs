//! How many runs carry each project's, model's and tool's name, kept while a group is written.

use std::collections::{BTreeSet, HashMap};

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    fault::Fault,
    names::name_key,
    sums::{Merge, Sign},
    tables::NAMED_RUNS,
};
use crate::{model::summary::Summary, store::NamedBy};

/// Names of one kind that are counted of one run: those of a run that claims more are its first.
const NAMES_OF_A_RUN: usize = 64;

/// The number of a kind in keys.
pub(super) const fn kind_key(kind: NamedBy) -> u8 {
    match kind {
        NamedBy::Project => 1,
        NamedBy::Model => 2,
        NamedBy::Tool => 3,
    }
}

/// The names of a run that are counted, each once.
fn names_of(run: &Summary) -> BTreeSet<(u8, &str)> {
    let project = run.project.iter().map(|project| (kind_key(NamedBy::Project), project.as_str()));
    let models = run.models.iter().take(NAMES_OF_A_RUN).map(|used| (kind_key(NamedBy::Model), used.model.as_str()));
    let tools = run.tools.iter().take(NAMES_OF_A_RUN).map(|tool| (kind_key(NamedBy::Tool), tool.as_str()));
    project.chain(models).chain(tools).collect()
}

/// The counts while a group is written.
pub(super) struct NamedRuns<'txn> {
    table: Table<'txn, (u8, &'static [u8]), (u64, &'static str)>,
    changed: HashMap<(u8, String), u64>,
}

impl<'txn> NamedRuns<'txn> {
    /// Opens the table.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self { table: transaction.open_table(NAMED_RUNS)?, changed: HashMap::new() })
    }

    /// Puts a run in or takes it out.
    pub(super) fn merge(&mut self, run: &Summary, sign: Sign) {
        for (kind, name) in names_of(run) {
            self.changed.entry((kind, name.to_owned())).or_default().merge(&1, sign);
        }
    }

    /// Writes what has changed.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        for ((kind, name), change) in std::mem::take(&mut self.changed).into_iter().filter(|(_, change)| *change != 0) {
            let key = name_key(&name);
            let key = (kind, key.as_ref());
            let mut runs = self.table.get(key)?.map_or(0, |guard| guard.value().0);
            runs.merge(&change, Sign::Add);
            if runs == 0 { drop(self.table.remove(key)?) } else { drop(self.table.insert(key, (runs, name.as_str()))?) }
        }
        Ok(())
    }
}
