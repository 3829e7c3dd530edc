//! Reads the rollups.

use redb::ReadOnlyTable;

use super::{RedbSnapshot, agents::window};
use crate::{
    model::{ids::Fingerprint, time::Timestamp},
    store::{
        AgentBucket, ModelBucket, Resolution,
        redb::{
            fault::Fault,
            names::{NameCache, number_of},
            rollups::{decode, resolution_key},
            sums::{AgentSums, ModelSums},
            tables::{AGENT_BUCKETS, AGENT_NAMES, AGENT_NUMBERS, MODEL_BUCKETS, MODEL_NAMES, PATTERN_BUCKETS},
        },
    },
};

type AgentBuckets = ReadOnlyTable<(u8, i64, u32), &'static [u8]>;

impl RedbSnapshot {
    pub(super) fn read_agent_buckets(
        &self,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
        agent: Option<&str>,
    ) -> Result<Vec<AgentBucket>, Fault> {
        let Some((first, last)) = window(Some(from), Some(to)) else { return Ok(Vec::new()) };
        let resolution = resolution_key(resolution);
        let table = self.transaction.open_table(AGENT_BUCKETS)?;
        let mut found = match agent {
            Some(name) => match number_of(&self.transaction, AGENT_NUMBERS, name)? {
                Some(number) => one_agent(&table, resolution, first, last, number, name)?,
                None => Vec::new(),
            },
            None => {
                let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
                let mut all = Vec::new();
                for entry in table.range((resolution, first, 0)..=(resolution, last, u32::MAX))? {
                    let (key, sums) = entry?;
                    let (_, start, agent) = key.value();
                    all.push(decode::<AgentSums>(sums.value())?.bucket(Timestamp::from_micros(start), names.name(agent)?));
                }
                all
            }
        };
        found.sort_by(|a, b| (a.start, &a.agent).cmp(&(b.start, &b.agent)));
        Ok(found)
    }

    pub(super) fn read_model_buckets(&self, resolution: Resolution, from: Timestamp, to: Timestamp) -> Result<Vec<ModelBucket>, Fault> {
        let Some((first, last)) = window(Some(from), Some(to)) else { return Ok(Vec::new()) };
        let resolution = resolution_key(resolution);
        let mut agents = NameCache::open(&self.transaction, AGENT_NAMES)?;
        let mut models = NameCache::open(&self.transaction, MODEL_NAMES)?;
        let table = self.transaction.open_table(MODEL_BUCKETS)?;
        let mut found = Vec::new();
        for entry in table.range((resolution, first, 0, 0)..=(resolution, last, u32::MAX, u32::MAX))? {
            let (key, sums) = entry?;
            let (_, start, agent, model) = key.value();
            let sums: ModelSums = decode(sums.value())?;
            found.push(sums.bucket(Timestamp::from_micros(start), agents.name(agent)?, models.name(model)?));
        }
        found.sort_by(|a, b| (a.start, &a.agent, &a.model).cmp(&(b.start, &b.agent, &b.model)));
        Ok(found)
    }

    pub(super) fn read_pattern_buckets(
        &self,
        fingerprint: Fingerprint,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, u32)>, Fault> {
        let Some((first, last)) = window(Some(from), Some(to)) else { return Ok(Vec::new()) };
        let (pattern, resolution) = (fingerprint.0, resolution_key(resolution));
        let table = self.transaction.open_table(PATTERN_BUCKETS)?;
        let mut found = Vec::new();
        for entry in table.range((pattern, resolution, first)..=(pattern, resolution, last))? {
            let (key, runs) = entry?;
            found.push((Timestamp::from_micros(key.value().2), u32::try_from(runs.value()).unwrap_or(u32::MAX)));
        }
        Ok(found)
    }
}

/// The buckets of one agent, found by leaping from one start to the next: two lookups a start, however many agents share it.
fn one_agent(table: &AgentBuckets, resolution: u8, first: i64, last: i64, number: u32, name: &str) -> Result<Vec<AgentBucket>, Fault> {
    let mut found = Vec::new();
    let mut next = Some(first);
    while let Some(from) = next {
        let Some(entry) = table.range((resolution, from, 0)..=(resolution, last, u32::MAX))?.next() else { break };
        let (_, start, _) = entry?.0.value();
        if let Some(sums) = table.get((resolution, start, number))? {
            found.push(decode::<AgentSums>(sums.value())?.bucket(Timestamp::from_micros(start), name.to_owned()));
        }
        next = start.checked_add(1).filter(|next| *next <= last);
    }
    Ok(found)
}
