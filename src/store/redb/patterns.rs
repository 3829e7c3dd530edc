//! Failure patterns while a group is written: each failure gets its pattern, each pattern its figures.
//!
//! Exact under any mix of new, revised and forgotten runs: runs, unrecovered runs, agents, cost, last seen, example, buckets. Not
//! taken back: the template (it may have been refined by a run that went), the worst severity, and when the pattern was first seen
//! (a pattern does not become new because its oldest runs aged out). A pattern whose last run was forgotten or revised goes
//! altogether; one whose runs were taken by retention is remembered, so that its return is known as such.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    codec,
    fault::Fault,
    sums::{Merge, Sign},
    tables::{PATTERN_AGENTS, PATTERN_ORDER, PATTERN_ROWS, PATTERN_TIMES, PATTERNS},
};
use crate::{
    analysis::patterns::{Known, Miner},
    model::{
        failure::{FailureCode, Severity},
        ids::{Fingerprint, Sequence},
        money::Money,
        summary::Summary,
        time::Timestamp,
    },
    store::MinedFailure,
};

/// Patterns kept; once there are so many, further ones of a code are counted together.
pub(super) const PATTERNS_MAX: u64 = 10_000;
/// Failures of one run that get a pattern, worst first; a run that fails in more ways at once keeps the rest without one.
pub(super) const MINED_OF_A_RUN: usize = 64;
/// Longest template kept, in bytes.
const TEMPLATE_MAX_BYTES: usize = 4096;
/// Longest subject or framework kept, in bytes.
const SUBJECT_MAX_BYTES: usize = 512;

/// A pattern as its table keeps it; its agents are a table of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PatternRow {
    pub(super) code: FailureCode,
    pub(super) subject: Option<String>,
    pub(super) framework: Option<String>,
    pub(super) template: String,
    pub(super) runs: u64,
    pub(super) unrecovered_runs: u64,
    pub(super) cost: Money,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
    pub(super) severity: Severity,
    pub(super) example: Sequence,
}

/// Why a run's part is taken out of its patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Another body or verdict takes its place, or it is forgotten.
    Taken,
    /// Retention takes it.
    Aged,
}

/// How a run shows a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    unrecovered: bool,
    severity: Severity,
}

/// A pattern touched in this group.
struct Touched {
    row: PatternRow,
    stored: Option<PatternRow>,
    left: Option<Leaving>,
}

/// The patterns' tables while a group is written.
pub(super) struct Patterns<'txn> {
    patterns: Table<'txn, u64, &'static [u8]>,
    order: Table<'txn, (u64, u64), ()>,
    rows: Table<'txn, (u64, u64), ()>,
    times: Table<'txn, (u64, i64, u64), ()>,
    agents: Table<'txn, (u64, u32), u64>,
    touched: HashMap<u64, Touched>,
    agent_runs: HashMap<(u64, u32), u64>,
    count: u64,
    most: u64,
}

impl<'txn> Patterns<'txn> {
    /// Opens the tables; no more than `most` patterns are kept.
    pub(super) fn open(transaction: &'txn WriteTransaction, most: u64) -> Result<Self, Fault> {
        let patterns = transaction.open_table(PATTERNS)?;
        let count = patterns.len()?;
        Ok(Self {
            patterns,
            order: transaction.open_table(PATTERN_ORDER)?,
            rows: transaction.open_table(PATTERN_ROWS)?,
            times: transaction.open_table(PATTERN_TIMES)?,
            agents: transaction.open_table(PATTERN_AGENTS)?,
            touched: HashMap::new(),
            agent_runs: HashMap::new(),
            count,
            most,
        })
    }

    /// Gives each failure of a run its pattern.
    pub(super) fn mine(&mut self, miner: &mut Miner, failures: &[MinedFailure], run: &mut Summary) -> Result<(), Fault> {
        for (place, mark) in run.failures.iter_mut().enumerate() {
            mark.fingerprint = match failures.get(place) {
                Some(failure) if place < MINED_OF_A_RUN => Some(self.assign(miner, failure, mark.severity, run.time, run.sequence)?),
                _ => None,
            };
        }
        Ok(())
    }

    fn assign(
        &mut self,
        miner: &mut Miner,
        failure: &MinedFailure,
        severity: Severity,
        time: Timestamp,
        sequence: Sequence,
    ) -> Result<Fingerprint, Fault> {
        let assigned = miner.assign(failure.code, failure.subject.as_deref(), failure.framework.as_deref(), &failure.message);
        if let Some(touched) = self.touch(assigned.fingerprint)? {
            if assigned.refined {
                touched.row.template = cut(assigned.template, TEMPLATE_MAX_BYTES);
            }
            return Ok(assigned.fingerprint);
        }
        let mut row = PatternRow {
            code: failure.code,
            subject: failure.subject.as_deref().map(|subject| cut(subject, SUBJECT_MAX_BYTES)),
            framework: failure.framework.as_deref().map(|framework| cut(framework, SUBJECT_MAX_BYTES)),
            template: cut(assigned.template, TEMPLATE_MAX_BYTES),
            runs: 0,
            unrecovered_runs: 0,
            cost: Money::ZERO,
            first_seen: time,
            last_seen: time,
            severity,
            example: sequence,
        };
        let mut fingerprint = assigned.fingerprint;
        if !self.make_room()? {
            fingerprint = catch_all(failure.code);
            if self.touch(fingerprint)?.is_some() {
                return Ok(fingerprint);
            }
            (row.subject, row.framework, row.template) = (None, None, "<*>".to_owned());
        }
        self.count += 1;
        self.touched.insert(fingerprint.0, Touched { row, stored: None, left: None });
        Ok(fingerprint)
    }

    /// Whether another pattern may be kept; lets go of one that no run shows any more, if that helps.
    fn make_room(&mut self) -> Result<bool, Fault> {
        if self.count < self.most {
            return Ok(true);
        }
        let mut empty = None;
        for entry in self.order.range((0, 0)..=(0, u64::MAX))? {
            let (_, fingerprint) = entry?.0.value();
            if !self.touched.contains_key(&fingerprint) {
                empty = Some(fingerprint);
                break;
            }
        }
        let Some(fingerprint) = empty else { return Ok(false) };
        self.patterns.remove(fingerprint)?;
        self.order.remove((0, fingerprint))?;
        self.count -= 1;
        Ok(true)
    }

    /// Brings a pattern into the group; `None` when there is no such pattern.
    fn touch(&mut self, fingerprint: Fingerprint) -> Result<Option<&mut Touched>, Fault> {
        match self.touched.entry(fingerprint.0) {
            Entry::Occupied(found) => Ok(Some(found.into_mut())),
            Entry::Vacant(place) => {
                let Some(row) = self.patterns.get(fingerprint.0)?.map(|guard| decode(guard.value())).transpose()? else {
                    return Ok(None);
                };
                Ok(Some(place.insert(Touched { stored: Some(row.clone()), row, left: None })))
            }
        }
    }

    /// Brings every pattern of a run into the group, so that a damaged one is found before anything is written.
    pub(super) fn touch_all(&mut self, run: &Summary) -> Result<(), Fault> {
        for fingerprint in patterns_of(run) {
            self.touch(fingerprint)?;
        }
        Ok(())
    }

    /// Puts a run into the patterns it shows.
    pub(super) fn add(&mut self, run: &Summary, agent: u32) -> Result<(), Fault> {
        for (fingerprint, shown) in shown(run) {
            let Some(Touched { row, .. }) = self.touch(fingerprint)? else { continue };
            row.runs += 1;
            row.unrecovered_runs += u64::from(shown.unrecovered);
            row.cost = merged(row.cost, run.cost, Sign::Add);
            row.first_seen = row.first_seen.min(run.time);
            row.last_seen = if row.runs == 1 { run.time } else { row.last_seen.max(run.time) };
            row.example = if row.runs == 1 { run.sequence } else { row.example.max(run.sequence) };
            row.severity = row.severity.max(shown.severity);
            self.rows.insert((fingerprint.0, run.sequence.0), ())?;
            self.times.insert((fingerprint.0, run.time.micros(), run.sequence.0), ())?;
            self.agent_runs.entry((fingerprint.0, agent)).or_default().merge(&1, Sign::Add);
        }
        Ok(())
    }

    /// Takes a run out of the patterns it showed.
    pub(super) fn remove(&mut self, run: &Summary, agent: u32, why: Leaving) -> Result<(), Fault> {
        for (fingerprint, shown) in shown(run) {
            let Some(touched) = self.touch(fingerprint)? else { continue };
            let row = &mut touched.row;
            row.runs = row.runs.saturating_sub(1);
            row.unrecovered_runs = row.unrecovered_runs.saturating_sub(u64::from(shown.unrecovered));
            row.cost = merged(row.cost, run.cost, Sign::Remove);
            touched.left = Some(why);
            self.rows.remove((fingerprint.0, run.sequence.0))?;
            self.times.remove((fingerprint.0, run.time.micros(), run.sequence.0))?;
            self.agent_runs.entry((fingerprint.0, agent)).or_default().merge(&1, Sign::Remove);
        }
        Ok(())
    }

    /// Writes what has changed.
    pub(super) fn flush(self) -> Result<(), Fault> {
        let Self { mut patterns, mut order, rows, times, mut agents, touched, agent_runs, .. } = self;
        for (fingerprint, Touched { mut row, stored, left }) in touched {
            if left.is_some() && row.runs > 0 {
                // Whatever left may have been the newest: the indexes know which is, now.
                if let Some(newest) = rows.range((fingerprint, 0)..=(fingerprint, u64::MAX))?.next_back().transpose()? {
                    row.example = Sequence(newest.0.value().1);
                }
                let span = (fingerprint, i64::MIN, 0)..=(fingerprint, i64::MAX, u64::MAX);
                if let Some(newest) = times.range(span)?.next_back().transpose()? {
                    row.last_seen = Timestamp::from_micros(newest.0.value().1);
                }
            }
            let keeps = row.runs > 0 || left == Some(Leaving::Aged) || (left.is_none() && stored.is_some());
            if keeps && stored.as_ref() == Some(&row) {
                continue;
            }
            if let Some(before) = &stored {
                order.remove((before.runs, fingerprint))?;
            }
            if keeps {
                order.insert((row.runs, fingerprint), ())?;
                patterns.insert(fingerprint, encode(&row)?.as_slice())?;
            } else if stored.is_some() {
                patterns.remove(fingerprint)?;
            }
        }
        for (key, change) in agent_runs {
            let mut runs = agents.get(key)?.map_or(0, |guard| guard.value());
            runs.merge(&change, Sign::Add);
            if runs == 0 { drop(agents.remove(key)?) } else { drop(agents.insert(key, runs)?) }
        }
        Ok(())
    }
}

/// The distinct patterns of a run.
pub(super) fn patterns_of(run: &Summary) -> impl Iterator<Item = Fingerprint> {
    shown(run).into_keys()
}

fn shown(run: &Summary) -> BTreeMap<Fingerprint, Shown> {
    let mut all = BTreeMap::new();
    for mark in &run.failures {
        if let Some(fingerprint) = mark.fingerprint {
            let shown = all.entry(fingerprint).or_insert(Shown { unrecovered: false, severity: mark.severity });
            shown.unrecovered |= !mark.recovered;
            shown.severity = shown.severity.max(mark.severity);
        }
    }
    all
}

fn merged(total: Money, part: Option<Money>, sign: Sign) -> Money {
    let mut pico = total.pico();
    pico.merge(&part.map_or(0, Money::pico), sign);
    Money::from_pico(pico)
}

/// The pattern that takes in the failures of a code once there are too many patterns.
fn catch_all(code: FailureCode) -> Fingerprint {
    Fingerprint(xxh3_64(format!("catch-all\0{}", code.code()).as_bytes()))
}

fn cut(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

fn encode(row: &PatternRow) -> Result<Vec<u8>, Fault> {
    codec::encode("a pattern", codec::PATTERN, row)
}

/// Reads a pattern.
pub(super) fn decode(bytes: &[u8]) -> Result<PatternRow, Fault> {
    codec::decode("a pattern", codec::PATTERN, bytes)
}

/// The miner as the stored patterns left it. Catch-alls are left out: their template would swallow every message of their code.
pub(super) fn restore_miner(transaction: &redb::ReadTransaction) -> Result<Miner, Fault> {
    let mut known = Vec::new();
    for entry in transaction.open_table(PATTERNS)?.iter()? {
        let (key, value) = entry?;
        let fingerprint = Fingerprint(key.value());
        let row = match decode(value.value()) {
            Ok(row) => row,
            Err(fault) => {
                // Its failures will be refused; the rest of the store is still good.
                tracing::warn!(%fingerprint, %fault, "a pattern is left out");
                continue;
            }
        };
        if fingerprint != catch_all(row.code) {
            known.push((fingerprint, row));
        }
    }
    Ok(Miner::restore(known.iter().map(|(fingerprint, row)| Known {
        fingerprint: *fingerprint,
        code: row.code,
        subject: row.subject.as_deref(),
        framework: row.framework.as_deref(),
        template: &row.template,
    })))
}
