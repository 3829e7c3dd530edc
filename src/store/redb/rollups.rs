//! Figures by buckets of time, kept while a group is written: summed in memory first, so that each bucket is written once a commit.
//!
//! A bucket exists exactly while a run is in it; minute buckets are kept as long as their runs. There are never more than three
//! buckets a run and agent, a few hundred bytes beside the run's kilobytes, and what retention takes it takes from all of them.

use std::collections::HashMap;

use redb::{ReadableTable, Table, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    codec,
    fault::Fault,
    names::Dictionary,
    sums::{AgentSums, Merge, ModelSums, Sign},
    tables::{AGENT_BUCKETS, MODEL_BUCKETS, MODEL_NAMES, MODEL_NUMBERS, PATTERN_BUCKETS},
};
use crate::{
    model::{
        ids::Fingerprint,
        summary::{ModelUse, Summary},
        time::Timestamp,
    },
    store::Resolution,
};

/// All resolutions, finest first.
pub(super) const RESOLUTIONS: [Resolution; 3] = [Resolution::Minute, Resolution::Hour, Resolution::Day];

/// Models of one run that are counted apart; those of a run that claims more are counted together as [`OTHER_MODELS`].
pub(super) const MODELS_OF_A_RUN: usize = 64;
/// The name under which further models of one run are counted.
pub(super) const OTHER_MODELS: &str = "(other models)";

/// The number of a resolution in keys.
pub(super) const fn resolution_key(resolution: Resolution) -> u8 {
    match resolution {
        Resolution::Minute => 1,
        Resolution::Hour => 2,
        Resolution::Day => 3,
    }
}

/// Resolution and start of each bucket a moment falls in.
pub(super) fn bucket_keys(moment: Timestamp) -> [(u8, i64); 3] {
    RESOLUTIONS.map(|resolution| (resolution_key(resolution), resolution.start_of(moment).micros()))
}

/// The rollups while a group is written.
pub(super) struct Rollups<'txn> {
    agent_buckets: Table<'txn, (u8, i64, u32), &'static [u8]>,
    model_buckets: Table<'txn, (u8, i64, u32, u32), &'static [u8]>,
    pattern_buckets: Table<'txn, (u64, u8, i64), u64>,
    models: Dictionary<'txn>,
    agent_sums: HashMap<(u8, i64, u32), AgentSums>,
    model_sums: HashMap<(u8, i64, u32, u32), ModelSums>,
    pattern_runs: HashMap<(u64, u8, i64), u64>,
}

impl<'txn> Rollups<'txn> {
    /// Opens the tables.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            agent_buckets: transaction.open_table(AGENT_BUCKETS)?,
            model_buckets: transaction.open_table(MODEL_BUCKETS)?,
            pattern_buckets: transaction.open_table(PATTERN_BUCKETS)?,
            models: Dictionary::open(transaction, "model", MODEL_NUMBERS, MODEL_NAMES)?,
            agent_sums: HashMap::new(),
            model_sums: HashMap::new(),
            pattern_runs: HashMap::new(),
        })
    }

    /// Puts a run in or takes it out. `patterns` are the distinct patterns it shows.
    pub(super) fn merge(
        &mut self,
        run: &Summary,
        agent: u32,
        patterns: impl Iterator<Item = Fingerprint>,
        sign: Sign,
    ) -> Result<(), Fault> {
        let keys = bucket_keys(run.time);
        let sums = AgentSums::of(run);
        for (resolution, start) in keys {
            self.agent_sums.entry((resolution, start, agent)).or_default().merge(&sums, sign);
        }
        for (name, sums) in models_of(&run.models) {
            let model = self.models.number(name)?;
            for (resolution, start) in keys {
                self.model_sums.entry((resolution, start, agent, model)).or_default().merge(&sums, sign);
            }
        }
        for pattern in patterns {
            for (resolution, start) in keys {
                self.pattern_runs.entry((pattern.0, resolution, start)).or_default().merge(&1, sign);
            }
        }
        Ok(())
    }

    /// Writes what has changed.
    pub(super) fn flush(self) -> Result<(), Fault> {
        let Self { mut agent_buckets, mut model_buckets, mut pattern_buckets, agent_sums, model_sums, pattern_runs, models: _ } = self;
        for (key, change) in agent_sums {
            let found = agent_buckets.get(key)?.map(|guard| decode::<AgentSums>(guard.value())).transpose()?;
            match changed(found, &change) {
                Changed::Nothing => {}
                Changed::To(sums) if sums.runs == 0 => drop(agent_buckets.remove(key)?),
                Changed::To(sums) => drop(agent_buckets.insert(key, encode(&sums)?.as_slice())?),
            }
        }
        for (key, change) in model_sums {
            let found = model_buckets.get(key)?.map(|guard| decode::<ModelSums>(guard.value())).transpose()?;
            match changed(found, &change) {
                Changed::Nothing => {}
                Changed::To(sums) if sums.runs == 0 => drop(model_buckets.remove(key)?),
                Changed::To(sums) => drop(model_buckets.insert(key, encode(&sums)?.as_slice())?),
            }
        }
        for (key, change) in pattern_runs {
            let found = pattern_buckets.get(key)?.map(|guard| guard.value());
            match changed(found, &change) {
                Changed::Nothing => {}
                Changed::To(0) => drop(pattern_buckets.remove(key)?),
                Changed::To(runs) => drop(pattern_buckets.insert(key, runs)?),
            }
        }
        Ok(())
    }
}

/// What a change makes of a stored sum.
enum Changed<T> {
    /// It is as it was.
    Nothing,
    /// It has another value.
    To(T),
}

fn changed<T: Merge + Default + PartialEq>(found: Option<T>, change: &T) -> Changed<T> {
    if *change == T::default() {
        return Changed::Nothing;
    }
    let mut sums = found.unwrap_or_default();
    sums.merge(change, Sign::Add);
    Changed::To(sums)
}

/// The sums of each model of a run, those of too many models together.
fn models_of(models: &[ModelUse]) -> Vec<(&str, ModelSums)> {
    let (apart, together) = models.split_at(models.len().min(MODELS_OF_A_RUN));
    let mut sums: Vec<(&str, ModelSums)> = apart.iter().map(|used| (used.model.as_str(), ModelSums::of(used))).collect();
    if !together.is_empty() {
        let mut others = ModelSums::default();
        for used in together {
            others.merge(&ModelSums::of(used), Sign::Add);
        }
        sums.push((OTHER_MODELS, others));
    }
    sums
}

fn encode<T: Serialize>(sums: &T) -> Result<Vec<u8>, Fault> {
    codec::encode("a rollup", codec::SUMS, sums)
}

/// Reads the sums of a bucket.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    codec::decode("a rollup", codec::SUMS, bytes)
}
