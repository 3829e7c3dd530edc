//! What each question is answered with: the engine's facts, cleaned once for the screen.

use std::{collections::HashSet, path::Path, sync::Arc};

use crate::{
    engine::{
        Engine,
        error::EngineError,
        facts::{Cancel, Facts, RowQuery, RowWindow, SessionQuery, Total},
    },
    model::{
        decision::Choice,
        fix::{Fix, FixPlace},
        ids::Sequence,
        scenario::Scenario,
        summary::Summary,
    },
    query::Filter,
    repair::{
        change, desk,
        ledger::Entry,
        project::{
            Projects,
            git::{self, GitState},
            source,
        },
        scenarios::folder::Edited,
    },
    workbench::{
        body::BodyText,
        conversation::Conversation,
        hygiene,
        mending::HistoryRow,
        need::{AgentView, Anchor, Arrived, Ask, Overview, PatternPage, RowPage, TraceView, Whose, Window},
        overlays::compare_periods::Periods,
        waterfall::Waterfall,
    },
};

/// Names of one kind that are listed.
const NAMES_MOST: usize = 500;

/// Entries of the history shown.
const HISTORY: usize = 500;
/// Rows looked at for the nearest relaxation, for each part of a filter: less than a twentieth of a second of work.
const RELAXATION_ROWS: u64 = 50_000;
/// The same where bodies are read.
const RELAXATION_BODIES: u64 = 1_000;

/// Answers one question. Blocks on disk. `tell` gets what is found so far, where that takes long; the answer is the last word. When it is
/// not wanted any more, it ends soon.
pub(super) fn answer(
    engine: &Engine,
    (projects, edits): (&Projects, &Path),
    ask: &Ask,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Arrived),
) -> Result<Arrived, EngineError> {
    let facts = engine.facts()?;
    Ok(match ask {
        Ask::Overview => Arrived::Overview(overview(&facts)?),
        Ask::Rows { anchor, before, after, filter } => rows(&facts, *anchor, (*before, *after), filter.as_deref(), cancel, tell)?,
        Ask::Count(text) => {
            let filter = Filter::parse(text, facts.now())?;
            Arrived::Count(facts.count(&filter, cancel, &mut |counted| tell(Arrived::Count(counted)))?)
        }
        Ask::Sessions { anchor, before, after, filter } => {
            let filter = filter.as_ref().map(|text| Filter::parse(text, facts.now())).transpose()?;
            let query = SessionQuery { anchor: *anchor, before: *before, after: *after, filter: filter.as_ref() };
            let page = |page| Arrived::Sessions(Arc::new(hygiene::sessions(page)));
            page(facts.sessions(&query, cancel, &mut |part| tell(page(part)))?)
        }
        Ask::Names(kind) => Arrived::Names(Arc::new(facts.names(*kind, NAMES_MOST)?)),
        Ask::Trace(sequence) => Arrived::Trace(trace(&facts, *sequence)?.map(Arc::new)),
        Ask::TraceById(id) => Arrived::Trace(match facts.find(id)? {
            Some(sequence) => trace(&facts, sequence)?.map(Arc::new),
            None => None,
        }),
        Ask::Body(sequence) => Arrived::Body(facts.body(*sequence)?.map(|found| Arc::new(BodyText::new(*sequence, &found.body)))),
        Ask::Agents(window) => Arrived::Agents(Arc::new(agents(&facts, *window)?)),
        Ask::Costs(window, breakdown) => Arrived::Costs(Arc::new(hygiene::costs(facts.costs(*window, *breakdown)?))),
        Ask::Patterns(limit) => Arrived::Patterns(Arc::new(PatternPage {
            patterns: facts.patterns(*limit)?.into_iter().map(hygiene::pattern).collect(),
            runs: facts.traces_stored()?,
        })),
        Ask::Scenarios(whose, limit) => {
            let mut scenarios = scenarios(&facts, *whose, *limit)?;
            Edited::read(edits).join(&mut scenarios);
            Arrived::Scenarios(Arc::new(scenarios.into_iter().map(hygiene::scenario).collect()))
        }
        Ask::GitState(place) => Arrived::GitState(git_state(projects, place)),
        Ask::History => Arrived::History(Arc::new(history(projects))),
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

fn rows(
    facts: &Facts,
    anchor: Anchor,
    (before, after): (usize, usize),
    filter: Option<&str>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Arrived),
) -> Result<Arrived, EngineError> {
    let filter = filter.map(|text| Filter::parse(text, facts.now())).transpose()?;
    let stored = facts.traces_stored()?;
    let query = RowQuery { anchor, before, after, filter: filter.as_ref() };
    let page = |window: RowWindow, relaxation| {
        Arrived::Rows(Arc::new(RowPage {
            more_above: window.more_above,
            more_below: window.more_below,
            total: window.total.count(),
            exact: matches!(window.total, Total::Exactly(_)),
            stored,
            searched: window.searched,
            done: window.done,
            relaxation,
            rows: window.rows.into_iter().map(hygiene::summary).collect::<Vec<Summary>>(),
        }))
    };
    let window = facts.search(&query, cancel, &mut |window| tell(page(window, None)))?;
    let relaxation = match &filter {
        Some(filter) if window.rows.is_empty() && !cancel.is_cancelled() => nearest_relaxation(facts, filter, cancel)?,
        _ => None,
    };
    Ok(page(window, relaxation))
}

/// The part of a filter without which most of the newest rows match, when some do.
fn nearest_relaxation(facts: &Facts, filter: &Filter, cancel: &Cancel) -> Result<Option<(String, u64)>, EngineError> {
    let mut best: Option<(String, u64)> = None;
    for (index, term) in filter.terms().enumerate() {
        let relaxed = filter.without(index);
        let newest = if relaxed.reads_bodies() { RELAXATION_BODIES } else { RELAXATION_ROWS };
        let matches = facts.count_newest(&relaxed, newest, cancel, &mut |_| {})?.matches;
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
        talk: Conversation::new(&detail.trace),
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

/// How a file stands in git; asked only of files under the roots that the user named.
fn git_state(projects: &Projects, place: &FixPlace) -> Option<GitState> {
    let root = projects.roots().iter().find(|root| root.to_str() == Some(&place.root))?;
    source::find(root, &place.path).ok()?;
    git::state(root, &place.path)
}

/// What was decided and done about fixes, cleaned. A change can be undone while it is kept and was not.
fn history(projects: &Projects) -> Vec<HistoryRow> {
    let Some(ledger) = projects.ledger() else { return Vec::new() };
    let open: HashSet<String> = change::all(ledger).into_iter().filter(|kept| kept.undone.is_none()).map(|kept| kept.id).collect();
    let entries = ledger.entries(HISTORY).unwrap_or_default();
    let row = |entry: Entry| {
        let undoable = entry.what == Choice::Applied && entry.kept.as_ref().is_some_and(|kept| open.contains(kept));
        HistoryRow { entry: hygiene::entry(entry), undoable }
    };
    entries.into_iter().map(row).collect()
}
