//! Joins failures with what helps against them: patterns, example runs, scenarios, fixes, and what a person decided on each.

use std::collections::{BTreeMap, HashSet};

use super::{
    fixes::{FIXES_MAX, proposals},
    offer::Offers,
    project::Projects,
    scenarios::{SCENARIOS_MAX, generate},
    subject::Subject,
};
use crate::{
    engine::{
        error::EngineError,
        facts::{Facts, TraceDetail},
    },
    model::{
        decision::{Choice, Decision},
        fix::Fix,
        ids::{Fingerprint, TraceId},
        pattern::{Pattern, PatternReport},
        scenario::Scenario,
        verdict::OutcomeState,
    },
};

/// Patterns looked at for a list over all of them: those with most runs.
const PATTERNS: usize = 40;

/// Fewest scenarios a pattern gives to a list over all of them, when it has so many.
const LEAST_EACH: usize = 3;

/// Runs of a pattern among which the one that shows it best is looked for: the newest.
const EXAMPLES: usize = 20;

/// Scenarios over all patterns, those with most unrecovered runs first; each pattern gets its share of the list.
pub fn scenarios(facts: &Facts, limit: usize) -> Result<Vec<Scenario>, EngineError> {
    let decisions = facts.decisions()?;
    let patterns = worst_first(facts)?;
    let each = (limit / patterns.len().max(1)).clamp(LEAST_EACH, SCENARIOS_MAX);
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for report in &patterns {
        let mut of_pattern = generated(facts, &report.pattern)?;
        of_pattern.retain(|scenario| seen.insert(scenario.id.clone()));
        found.extend(of_pattern.into_iter().take(each));
        if found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    join_scenarios(&mut found, &decisions);
    Ok(found)
}

/// The scenarios of one pattern, from the run that shows it best; empty when there is no such pattern.
pub fn scenarios_for_pattern(facts: &Facts, fingerprint: Fingerprint) -> Result<Vec<Scenario>, EngineError> {
    let Some(pattern) = facts.bare_pattern(fingerprint)? else { return Ok(Vec::new()) };
    let mut found = generated(facts, &pattern)?;
    join_scenarios(&mut found, &facts.decisions()?);
    Ok(found)
}

/// The scenarios of one run, for the worst of its failures; empty for a run that succeeded, `None` when there is no such run.
pub fn scenarios_of(facts: &Facts, id: &TraceId) -> Result<Option<Vec<Scenario>>, EngineError> {
    let Some(detail) = open(facts, id)? else { return Ok(None) };
    let failure = Subject::of(&detail.trace, &detail.verdict, None).and_then(|subject| subject.failure.fingerprint);
    let pattern = match failure {
        Some(fingerprint) => facts.bare_pattern(fingerprint)?,
        None => None,
    };
    let mut found = generate(&detail.trace, &detail.verdict, pattern.as_ref());
    join_scenarios(&mut found, &facts.decisions()?);
    Ok(Some(found))
}

/// Fixes over all patterns: by the failed runs they would have spared, then by the runs they cover; rejected ones last.
pub fn fixes(facts: &Facts, projects: &Projects, limit: usize) -> Result<Vec<Fix>, EngineError> {
    let mut desk = FixDesk::new(facts, projects)?;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for report in worst_first(facts)? {
        let mut of_pattern = desk.of_pattern(report)?;
        of_pattern.retain(|fix| seen.insert(fix.id.clone()));
        found.extend(of_pattern);
    }
    // Stable: within equal figures the order of the patterns and of the catalogue stays.
    found.sort_by_key(|fix| {
        (fix.decision == Some(Choice::Rejected), std::cmp::Reverse((fix.impact.map_or(0, |impact| impact.low), fix.covers)), fix.kind)
    });
    found.truncate(limit);
    Ok(found)
}

/// The fixes of one pattern, rejected ones last; empty when there is no such pattern.
pub fn fixes_for_pattern(facts: &Facts, projects: &Projects, fingerprint: Fingerprint) -> Result<Vec<Fix>, EngineError> {
    let Some(report) = facts.pattern(fingerprint)? else { return Ok(Vec::new()) };
    let mut found = FixDesk::new(facts, projects)?.of_pattern(report)?;
    found.sort_by_key(|fix| (fix.decision == Some(Choice::Rejected), fix.kind));
    Ok(found)
}

/// The fixes for one run's failures, rejected ones last; empty for a run that succeeded, `None` when there is no such run.
pub fn fixes_of(facts: &Facts, projects: &Projects, id: &TraceId) -> Result<Option<Vec<Fix>>, EngineError> {
    let Some(detail) = open(facts, id)? else { return Ok(None) };
    let mut fingerprints: Vec<Fingerprint> = Vec::new();
    for fingerprint in Subject::all(&detail.trace, &detail.verdict).filter_map(|subject| subject.failure.fingerprint) {
        if !fingerprints.contains(&fingerprint) {
            fingerprints.push(fingerprint);
        }
    }
    let mut found = FixDesk::new(facts, projects)?.of_run(&detail, &facts.patterns_of(&fingerprints)?, |_| true)?;
    found.sort_by_key(|fix| (fix.decision == Some(Choice::Rejected), fix.kind));
    Ok(Some(found))
}

fn open(facts: &Facts, id: &TraceId) -> Result<Option<TraceDetail>, EngineError> {
    match facts.find(id)? {
        Some(sequence) => facts.trace(sequence),
        None => Ok(None),
    }
}

/// The patterns that cost most runs, first.
fn worst_first(facts: &Facts) -> Result<Vec<PatternReport>, EngineError> {
    let mut patterns = facts.patterns(PATTERNS)?;
    patterns.retain(|report| report.pattern.unrecovered_runs > 0);
    patterns.sort_by_key(|report| std::cmp::Reverse(report.pattern.unrecovered_runs));
    Ok(patterns)
}

/// The run that shows a pattern best: the newest that failed by it, else that did not recover from it, else any.
fn example(facts: &Facts, pattern: &Pattern) -> Result<Option<TraceDetail>, EngineError> {
    let rows = facts.pattern_rows(pattern.fingerprint, EXAMPLES)?;
    let open = |row: &&crate::model::summary::Summary| {
        row.failures.iter().any(|mark| mark.fingerprint == Some(pattern.fingerprint) && !mark.recovered)
    };
    let failed = rows.iter().filter(open).find(|row| row.outcome.state != OutcomeState::Ok);
    match failed.or_else(|| rows.iter().find(open)).or_else(|| rows.first()) {
        Some(row) => facts.trace(row.sequence),
        None => Ok(None),
    }
}

fn generated(facts: &Facts, pattern: &Pattern) -> Result<Vec<Scenario>, EngineError> {
    let Some(detail) = example(facts, pattern)? else { return Ok(Vec::new()) };
    let subject = Subject::of(&detail.trace, &detail.verdict, Some(pattern));
    // Where every run made up for it, nothing is left to be repeated; what else went wrong there is another pattern's.
    if subject.is_none_or(|subject| subject.failure.fingerprint != Some(pattern.fingerprint)) {
        return Ok(Vec::new());
    }
    Ok(generate(&detail.trace, &detail.verdict, Some(pattern)))
}

/// What the fixes of one list are made with.
struct FixDesk<'f> {
    facts: &'f Facts,
    offers: Offers,
    decisions: BTreeMap<String, Decision>,
}

impl<'f> FixDesk<'f> {
    fn new(facts: &'f Facts, projects: &Projects) -> Result<Self, EngineError> {
        Ok(Self { facts, offers: Offers::new(projects), decisions: facts.decisions()? })
    }

    fn of_pattern(&mut self, report: PatternReport) -> Result<Vec<Fix>, EngineError> {
        let Some(detail) = example(self.facts, &report.pattern)? else { return Ok(Vec::new()) };
        let fingerprint = report.pattern.fingerprint;
        self.of_run(&detail, &[report], |fix| fix.fingerprint == Some(fingerprint))
    }

    /// The fixes of a run that are wanted, each a diff where it can be, with what was decided and what came since.
    fn of_run(&mut self, detail: &TraceDetail, reports: &[PatternReport], wanted: impl Fn(&Fix) -> bool) -> Result<Vec<Fix>, EngineError> {
        let mut found = Vec::new();
        for proposal in proposals(&detail.trace, &detail.verdict, reports).into_iter().take(FIXES_MAX).filter(|one| wanted(&one.fix)) {
            let decision = self.decisions.get(&format!("fix:{}", proposal.fix.id));
            let mut fix = self.offers.make(proposal, decision.map(|decision| decision.choice));
            fix.decision = decision.map(|decision| decision.choice);
            let report = reports.iter().find(|report| Some(report.pattern.fingerprint) == fix.fingerprint);
            if let (Some(decision), Some(report)) = (decision.filter(|decision| decision.choice.stands()), report) {
                fix.watch = Some(self.facts.since(&report.pattern, decision.at)?);
            }
            found.push(fix);
        }
        Ok(found)
    }
}

fn join_scenarios(scenarios: &mut [Scenario], decisions: &BTreeMap<String, Decision>) {
    for scenario in scenarios {
        scenario.decision = decisions.get(&format!("scenario:{}", scenario.id)).map(|decision| decision.choice);
    }
}
