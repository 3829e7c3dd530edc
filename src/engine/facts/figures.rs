//! What some runs tell together, with what caused their failures and what could be saved on them.

use std::collections::{HashMap, HashSet};

use super::Facts;
use crate::{
    analysis::{
        figures::{Group, MOST_RUNS, Sums},
        recalibration::Recalibration,
    },
    engine::{error::EngineError, window::Window},
    model::{
        cost_report::Breakdown,
        figures::{FailureGroup, Figures},
        summary::Summary,
    },
    query::Filter,
};

/// Groups of failures given, each with the root cause of a run.
const FAILURES: usize = 10;

/// Which runs figures are of.
#[derive(Debug, Clone)]
pub enum FiguresOf {
    /// Those of each agent's [`Window::Auto`]: what its grade rests on.
    Grades,
    /// All.
    All,
    /// Those a filter chooses.
    Chosen(Box<Filter>),
}

impl Facts {
    /// What some runs tell together; at most the newest 200,000 of them.
    pub fn figures(&self, of: &FiguresOf) -> Result<Figures, EngineError> {
        let mut desk = Desk { facts: self, sums: Sums::default(), learnt: HashMap::new(), failed: None, full: false };
        match of {
            FiguresOf::Grades => {
                for agent in self.snapshot.agents(usize::MAX)? {
                    for row in self.agent_rows(&agent.agent, Window::Auto, usize::MAX)? {
                        // Its votes are taken in.
                        desk.full |= !desk.sums.add(&row);
                    }
                }
            }
            FiguresOf::All => self.each_chosen(None, |row| desk.add(row))?,
            FiguresOf::Chosen(filter) => self.each_chosen(Some(filter), |row| desk.add(row))?,
        }
        if let Some(error) = desk.failed {
            return Err(error);
        }
        let agents: HashSet<String> = desk.sums.agents().map(str::to_owned).collect();
        let (mut figures, groups) = desk.sums.told(FAILURES, !desk.full);
        debug_assert!(figures.runs <= MOST_RUNS);
        figures.failures =
            groups.into_iter().map(|group| self.failure_group(group)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        figures.savings = self.costs(Window::All, Breakdown::Agent)?.advice;
        figures.savings.retain(|advice| agents.contains(&advice.agent));
        Ok(figures)
    }

    fn failure_group(&self, group: Group) -> Result<Option<FailureGroup>, EngineError> {
        let Some(stored) = self.stored(group.example)? else { return Ok(None) };
        let pattern = match group.fingerprint {
            Some(fingerprint) => self.bare_pattern(fingerprint)?,
            None => None,
        };
        let subject = pattern.as_ref().and_then(|pattern| pattern.subject.as_deref());
        Ok(Some(FailureGroup {
            code: group.code,
            fingerprint: group.fingerprint,
            title: subject.map_or_else(|| group.code.title().to_owned(), |subject| format!("{}: {subject}", group.code.title())),
            template: pattern.map(|pattern| pattern.template),
            severity: group.severity,
            runs: group.runs,
            unrecovered: group.unrecovered,
            example: stored.summary.trace_id,
            root_cause: stored.verdict.root_cause,
        }))
    }
}

/// Adds rows with the votes on their agents taken in.
struct Desk<'f> {
    facts: &'f Facts,
    sums: Sums,
    learnt: HashMap<String, Recalibration>,
    failed: Option<EngineError>,
    full: bool,
}

impl Desk<'_> {
    /// Adds a row; false when it was the last that can be added.
    fn add(&mut self, mut row: Summary) -> bool {
        if !self.learnt.contains_key(&row.agent) {
            match self.facts.recalibration(&row.agent) {
                Ok(learnt) => self.learnt.insert(row.agent.clone(), learnt),
                Err(error) => {
                    self.failed = Some(error);
                    return false;
                }
            };
        }
        if let Some(learnt) = self.learnt.get(&row.agent) {
            row.probability = learnt.read(&row);
        }
        let added = self.sums.add(&row);
        self.full |= !added;
        added
    }
}
