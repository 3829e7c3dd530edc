//! Reads failure patterns.

use super::{ROOM, RedbSnapshot};
use crate::{
    model::{
        ids::{Fingerprint, Sequence},
        pattern::Pattern,
        summary::Summary,
    },
    store::redb::{
        fault::Fault,
        names::NameCache,
        patterns::{PatternRow, decode},
        tables::{AGENT_NAMES, PATTERN_AGENTS, PATTERN_ORDER, PATTERN_ROWS, PATTERNS},
    },
};

/// Agents listed with a pattern, most runs first.
const AGENTS_OF_A_PATTERN: usize = 32;
/// Agents of a pattern that are looked at to find those; a pattern that hits more lists the first of them only.
const AGENTS_LOOKED_AT: usize = 1024;

impl RedbSnapshot {
    pub(super) fn read_patterns(&self, limit: usize) -> Result<Vec<Pattern>, Fault> {
        let order = self.transaction.open_table(PATTERN_ORDER)?;
        let patterns = self.transaction.open_table(PATTERNS)?;
        let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
        let mut found = Vec::with_capacity(limit.min(ROOM));
        // From one run on: patterns whose runs all aged out are remembered, but not shown.
        for entry in order.range((1, 0)..)?.rev().take(limit) {
            let (_, fingerprint) = entry?.0.value();
            if let Some(row) = patterns.get(fingerprint)? {
                found.push(self.with_agents(Fingerprint(fingerprint), decode(row.value())?, &mut names)?);
            }
        }
        Ok(found)
    }

    pub(super) fn read_pattern(&self, fingerprint: Fingerprint) -> Result<Option<Pattern>, Fault> {
        let Some(row) = self.transaction.open_table(PATTERNS)?.get(fingerprint.0)?.map(|guard| decode(guard.value())).transpose()? else {
            return Ok(None);
        };
        let mut names = NameCache::open(&self.transaction, AGENT_NAMES)?;
        self.with_agents(fingerprint, row, &mut names).map(Some)
    }

    pub(super) fn read_pattern_rows(
        &self,
        fingerprint: Fingerprint,
        before: Option<Sequence>,
        limit: usize,
    ) -> Result<Vec<Summary>, Fault> {
        let rows = self.transaction.open_table(PATTERN_ROWS)?;
        let end = before.map_or(u64::MAX, |sequence| sequence.0);
        let keys = rows.range((fingerprint.0, 0)..(fingerprint.0, end))?.rev();
        self.rows_of(keys.map(|entry| Ok(entry?.0.value().1)), limit)
    }

    fn with_agents(&self, fingerprint: Fingerprint, row: PatternRow, names: &mut NameCache) -> Result<Pattern, Fault> {
        let table = self.transaction.open_table(PATTERN_AGENTS)?;
        let mut counts = Vec::new();
        for entry in table.range((fingerprint.0, 0)..=(fingerprint.0, u32::MAX))?.take(AGENTS_LOOKED_AT) {
            let (key, runs) = entry?;
            counts.push((runs.value(), key.value().1));
        }
        counts.sort_by_key(|(runs, number)| (std::cmp::Reverse(*runs), *number));
        counts.truncate(AGENTS_OF_A_PATTERN);
        let agents = counts.into_iter().map(|(runs, number)| Ok((names.name(number)?, runs))).collect::<Result<_, Fault>>()?;
        Ok(Pattern {
            fingerprint,
            code: row.code,
            subject: row.subject,
            framework: row.framework,
            template: row.template,
            runs: row.runs,
            unrecovered_runs: row.unrecovered_runs,
            agents,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            cost: row.cost,
            severity: row.severity,
            example: row.example,
        })
    }
}
