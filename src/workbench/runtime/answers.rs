//! What each question is answered with: the engine's facts, cleaned once for the screen.

use std::sync::Arc;

use crate::{
    engine::{
        Engine,
        error::EngineError,
        facts::{Anchor as EngineAnchor, Facts, RowQuery, Total},
    },
    model::{fix::Fix, ids::Sequence, scenario::Scenario, summary::Summary},
    query::Filter,
    repair::{desk, project::Projects},
    workbench::{
        hygiene,
        need::{AgentView, Anchor, Arrived, Ask, Overview, PatternPage, RowPage, TraceView, Whose, Window},
        overlays::compare_periods::Periods,
        waterfall::Waterfall,
    },
};

/// Rows looked at for a live count while someone types, and for the nearest relaxation.
const COUNT_BUDGET: u64 = 50_000;

/// Answers one question. Blocks on disk.
pub(super) fn answer(engine: &Engine, projects: &Projects, ask: &Ask) -> Result<Arrived, EngineError> {
    let facts = engine.facts()?;
    Ok(match ask {
        Ask::Overview => Arrived::Overview(overview(&facts)?),
        Ask::Rows { anchor, before, after, filter } => {
            Arrived::Rows(Arc::new(rows(&facts, *anchor, (*before, *after), filter.as_deref())?))
        }
        Ask::Count(text) => Arrived::Count(facts.count(&Filter::parse(text, facts.now())?, COUNT_BUDGET)?),
        Ask::Sessions { .. } => Arrived::Sessions(Arc::default()),
        Ask::Names(_) => Arrived::Names(Arc::default()),
        Ask::Trace(sequence) => Arrived::Trace(trace(&facts, *sequence)?.map(Arc::new)),
        Ask::TraceById(id) => Arrived::Trace(match facts.find(id)? {
            Some(sequence) => trace(&facts, sequence)?.map(Arc::new),
            None => None,
        }),
        Ask::Agents(window) => Arrived::Agents(Arc::new(agents(&facts, *window)?)),
        Ask::Costs(window, breakdown) => Arrived::Costs(Arc::new(hygiene::costs(facts.costs(*window, *breakdown)?))),
        Ask::Patterns(limit) => Arrived::Patterns(Arc::new(PatternPage {
            patterns: facts.patterns(*limit)?.into_iter().map(hygiene::pattern).collect(),
            runs: facts.traces_stored()?,
        })),
        Ask::Scenarios(whose, limit) => {
            Arrived::Scenarios(Arc::new(scenarios(&facts, *whose, *limit)?.into_iter().map(hygiene::scenario).collect()))
        }
        Ask::Fixes(whose, limit) => {
            Arrived::Fixes(Arc::new(fixes(&facts, projects, *whose, *limit)?.into_iter().map(hygiene::fix).collect()))
        }
        Ask::ComparePeriods { agent, before, current } => {
            Arrived::PeriodsCompared(Arc::new(periods(&facts, agent.as_deref(), before.as_deref(), current.as_deref())?))
        }
        Ask::CompareRuns { left, right } => Arrived::RunsCompared(Arc::new(hygiene::pair(facts.compare_runs(*left, *right)?))),
    })
}

fn overview(facts: &Facts) -> Result<Overview, EngineError> {
    let overview = facts.overview()?;
    Ok(Overview {
        traces: overview.traces,
        agents: overview.agents,
        grade: overview.grade,
        // All of today's runs without a price is not zero money.
        cost_today: (overview.unpriced_today < overview.runs_today || overview.runs_today == 0).then_some(overview.cost_today),
        budgets: overview.budgets,
        store_bytes: overview.store_bytes,
    })
}

fn rows(facts: &Facts, anchor: Anchor, (before, after): (usize, usize), filter: Option<&str>) -> Result<RowPage, EngineError> {
    let filter = filter.map(|text| Filter::parse(text, facts.now())).transpose()?;
    let stored = facts.traces_stored()?;
    let query = match anchor {
        Anchor::Newest => RowQuery { anchor: EngineAnchor::Newest, before, after, filter: filter.as_ref() },
        Anchor::At(sequence) => RowQuery { anchor: EngineAnchor::At(sequence), before, after, filter: filter.as_ref() },
        // The first row ever, with everything wanted above it.
        Anchor::Oldest => RowQuery { anchor: EngineAnchor::At(Sequence(1)), before: before + after, after: 1, filter: filter.as_ref() },
    };
    let window = facts.rows(&query)?;
    let relaxation = match &filter {
        Some(filter) if window.rows.is_empty() => nearest_relaxation(facts, filter)?,
        _ => None,
    };
    Ok(RowPage {
        more_above: window.more_above,
        more_below: window.more_below,
        total: window.total.count(),
        exact: matches!(window.total, Total::Exactly(_)),
        stored,
        searched: window.searched,
        done: true,
        relaxation,
        rows: window.rows.into_iter().map(hygiene::summary).collect::<Vec<Summary>>(),
    })
}

/// The part of a filter without which most rows match, when some do.
fn nearest_relaxation(facts: &Facts, filter: &Filter) -> Result<Option<(String, u64)>, EngineError> {
    let mut best: Option<(String, u64)> = None;
    for (index, term) in filter.terms().enumerate() {
        let matches = facts.count(&filter.without(index), COUNT_BUDGET)?.matches;
        if matches > best.as_ref().map_or(0, |(_, most)| *most) {
            best = Some((crate::text::clean::clean_line(&term).into_owned(), matches));
        }
    }
    Ok(best)
}

fn trace(facts: &Facts, sequence: Sequence) -> Result<Option<TraceView>, EngineError> {
    let Some(detail) = facts.trace(sequence)? else { return Ok(None) };
    let fingerprint = detail.verdict.worst_failure().and_then(|failure| failure.fingerprint);
    let pattern = fingerprint.map(|fingerprint| facts.pattern(fingerprint)).transpose()?.flatten();
    let fix = match fingerprint {
        Some(_) => desk::fixes_of(facts, &Projects::none(), &detail.summary.trace_id)?
            .and_then(|fixes| fixes.into_iter().next())
            .map(|fix| fix.title),
        None => None,
    };
    let verdict = hygiene::verdict(detail.verdict);
    Ok(Some(TraceView {
        summary: hygiene::summary(detail.summary),
        waterfall: Waterfall::new(&detail.trace, &verdict),
        trace: detail.trace,
        verdict,
        pattern: pattern.map(hygiene::pattern),
        fix: fix.map(|title| crate::text::clean::clean_line(&title).into_owned()),
    }))
}

/// Two sides, chosen where they are not named: the newest baseline of the agent, else yesterday, beside today.
fn periods(facts: &Facts, agent: Option<&str>, before: Option<&str>, current: Option<&str>) -> Result<Periods, EngineError> {
    let choices = facts.sides()?;
    let baseline = choices.iter().find(|choice| agent.is_some() && choice.agent.as_deref() == agent).map(|choice| choice.name.as_str());
    let before = before.or(baseline).unwrap_or("yesterday").to_owned();
    let current = current.unwrap_or("today").to_owned();
    let comparison = facts.compare(&before, &current)?;
    Ok(hygiene::periods(Periods { before, current, comparison, choices }))
}

/// Worst first; agents without a grade last.
fn agents(facts: &Facts, window: Window) -> Result<Vec<AgentView>, EngineError> {
    let mut reports = facts.agents(window)?;
    reports.sort_by(|one, other| {
        let score = |report: &crate::model::agent::AgentReport| report.grade.map_or(f64::INFINITY, |grade| grade.score);
        score(one).total_cmp(&score(other)).then_with(|| one.agent.cmp(&other.agent))
    });
    Ok(reports.into_iter().map(|report| AgentView { name: report.agent.clone(), report: hygiene::agent(report) }).collect())
}

fn scenarios(facts: &Facts, whose: Whose, limit: usize) -> Result<Vec<Scenario>, EngineError> {
    Ok(match whose {
        Whose::All => desk::scenarios(facts, limit)?,
        Whose::Pattern(fingerprint) => desk::scenarios_for_pattern(facts, fingerprint)?,
        Whose::Trace(sequence) => match facts.summary(sequence)? {
            Some(summary) => desk::scenarios_of(facts, &summary.trace_id)?.unwrap_or_default(),
            None => Vec::new(),
        },
    })
}

fn fixes(facts: &Facts, projects: &Projects, whose: Whose, limit: usize) -> Result<Vec<Fix>, EngineError> {
    Ok(match whose {
        Whose::All => desk::fixes(facts, projects, limit)?,
        Whose::Pattern(fingerprint) => desk::fixes_for_pattern(facts, projects, fingerprint)?,
        Whose::Trace(sequence) => match facts.summary(sequence)? {
            Some(summary) => desk::fixes_of(facts, projects, &summary.trace_id)?.unwrap_or_default(),
            None => Vec::new(),
        },
    })
}
