//! Mends for failures: guidance with a snippet that names the run's own tool, arguments and values.
//!
//! To add a remedy: one file here with a [`Remedy`], and its line in [`REMEDIES`].

mod arguments;
mod context;
mod context_size;
mod edits;
mod empty_result;
mod framework;
mod impact;
mod iteration_limit;
mod literal;
mod model_access;
mod model_retry;
mod output_schema;
mod permission;
mod recovery;
mod retry;
mod site;
mod time_limit;
mod tool_error;
mod truncated_reply;
mod unknown_tool;

use std::cmp::Reverse;

pub use self::context::Context;
use self::site::{Carry, Site};
use super::{
    python::{Definition, Edit, Installed, Module},
    subject::{Subject, id_of, shortened},
};
use crate::model::{
    failure::{Failure, FailureCode},
    fix::{Fix, FixEvidence, FixKind},
    pattern::PatternReport,
    trace::Trace,
    verdict::Verdict,
};

/// Most fixes proposed for one run.
pub const FIXES_MAX: usize = 3;

/// One remedy of the catalogue.
struct Remedy {
    /// Its stable name, part of the ids of its fixes.
    id: &'static str,
    /// The failures it answers.
    codes: &'static [FailureCode],
    /// What it does, in a few words.
    title: fn(&Context<'_>) -> String,
    /// Why that would help, in a sentence or two.
    why: fn(&Context<'_>) -> String,
    /// The snippet: valid Python, whatever the run holds.
    snippet: fn(&Context<'_>) -> String,
    /// How it is carried out in a file; `None` for a remedy that is advice alone.
    edit: Option<Carry>,
    /// Whether it helps against this failure, of those with its codes.
    applies: fn(&Context<'_>) -> bool,
}

/// A remedy that helps against every failure of its codes.
const ALWAYS: fn(&Context<'_>) -> bool = |_| true;

/// The catalogue. Of remedies for one failure the earlier is proposed first.
const REMEDIES: &[Remedy] = &[
    time_limit::REMEDY,
    retry::REMEDY,
    arguments::REMEDY,
    unknown_tool::REMEDY,
    empty_result::REMEDY,
    permission::REMEDY,
    tool_error::REMEDY,
    iteration_limit::REMEDY,
    output_schema::REMEDY,
    context_size::REMEDY,
    model_retry::REMEDY,
    model_access::REMEDY,
    truncated_reply::REMEDY,
];

/// Up to [`FIXES_MAX`] fixes for a failing run: those whose patterns have the most failed runs first, then in the order of the catalogue.
/// `patterns` are those of the run's failures, as far as they are known. What a person decided is for the caller to join.
#[must_use]
pub fn propose(trace: &Trace, verdict: &Verdict, patterns: &[PatternReport]) -> Vec<Fix> {
    let mut proposed = proposals(trace, verdict, patterns);
    proposed.truncate(FIXES_MAX);
    proposed.into_iter().map(|proposal| proposal.fix).collect()
}

/// A fix, with what it takes to make it a change of a file.
#[derive(Debug, Clone)]
pub struct Proposal<'r> {
    /// The fix, as guidance.
    pub fix: Fix,
    /// The remedy it is made by, for [`edit`].
    pub remedy: &'static str,
    /// What it is about, for [`edit`].
    pub context: Context<'r>,
}

/// All fixes for a failing run, in the order of [`propose`].
#[must_use]
pub fn proposals<'r>(trace: &'r Trace, verdict: &'r Verdict, patterns: &[PatternReport]) -> Vec<Proposal<'r>> {
    let framework = verdict.framework.as_deref().or(trace.framework.as_deref());
    let mut found: Vec<(u64, Proposal<'r>)> = Vec::new();
    for failure in distinct(Subject::all(trace, verdict)) {
        let pattern = patterns.iter().find(|report| belongs(failure.failure, report));
        let context = Context::new(failure, framework);
        let failed = pattern.map_or(1, |report| report.pattern.unrecovered_runs);
        found.extend(
            remedies(failure.failure.code)
                .filter(|remedy| offered(remedy, &context))
                .map(|remedy| (failed, Proposal { fix: fix(remedy, &context, pattern), remedy: remedy.id, context: context.clone() })),
        );
    }
    // A stable sort keeps the order of the failures, worst first, and of the catalogue within them.
    found.sort_by_key(|(failed, _)| Reverse(*failed));
    found.into_iter().map(|(_, proposal)| proposal).collect()
}

/// The changes that carry out a remedy at a definition of a module: that of the failing tool, or of the agent.
///
/// `None`: not here. The remedy is there already, would not be safe at this place, needs a newer package than is installed, or the framework
/// does it by itself. The edits do not overlap, and the module they give parses; made twice they would give `None`.
#[must_use]
pub fn edit(remedy_id: &str, context: &Context<'_>, module: &Module, place: &Definition, installed: &Installed) -> Option<Vec<Edit>> {
    let remedy = REMEDIES.iter().find(|remedy| remedy.id == remedy_id)?;
    let carry = remedy.edit?;
    if !offered(remedy, context) {
        return None;
    }
    carry(&Site { context, module, place, installed })
}

fn remedies(code: FailureCode) -> impl Iterator<Item = &'static Remedy> {
    REMEDIES.iter().filter(move |remedy| remedy.codes.contains(&code))
}

/// Whether a remedy is worth proposing: it helps, and the framework does not make up for the failure by itself.
fn offered(remedy: &Remedy, context: &Context<'_>) -> bool {
    let code = context.subject.failure.code;
    let recovers = recovery::recovers(context.framework_name, code, context.subject.message());
    remedy.codes.contains(&code) && !recovers && (remedy.applies)(context)
}

/// One failure of each kind: the same code of the same tool or model needs one fix, however often it came up.
fn distinct<'r>(subjects: impl Iterator<Item = Subject<'r>>) -> Vec<Subject<'r>> {
    let mut kept: Vec<Subject<'r>> = Vec::new();
    for subject in subjects {
        let same = |other: &Subject<'_>| other.failure.code == subject.failure.code && other.failure.subject == subject.failure.subject;
        if !kept.iter().any(same) {
            kept.push(subject);
        }
    }
    kept
}

/// Whether a failure is of a pattern: by fingerprint, or while it has none by code and subject.
fn belongs(failure: &Failure, report: &PatternReport) -> bool {
    match failure.fingerprint {
        Some(fingerprint) => fingerprint == report.pattern.fingerprint,
        None => failure.code == report.pattern.code && failure.subject == report.pattern.subject,
    }
}

fn fix(remedy: &Remedy, context: &Context<'_>, pattern: Option<&PatternReport>) -> Fix {
    let failure = context.subject.failure;
    let fingerprint = failure.fingerprint.or(pattern.map(|report| report.pattern.fingerprint));
    let mut evidence = vec![FixEvidence { step: failure.step, says: failure.says.clone() }];
    evidence.extend(pattern.map(|report| FixEvidence { step: None, says: seen(report) }));
    Fix {
        id: id_of(&[&context.subject.key(fingerprint), remedy.id]),
        title: (remedy.title)(context),
        kind: FixKind::Guidance,
        file: context.subject.call().and_then(|call| call.code.as_ref()).map(|code| code.file.clone()),
        diff: None,
        place: None,
        change: None,
        snippet: (remedy.snippet)(context),
        language: "python".to_owned(),
        why: why(remedy, context),
        evidence,
        code: failure.code,
        fingerprint,
        framework: context.framework.name().map(str::to_owned),
        covers: pattern.map_or(1, |report| report.pattern.runs),
        impact: pattern.and_then(impact::of),
        confidence: None,
        verified: false,
        decision: None,
        watch: None,
    }
}

/// Why a remedy would help; where the framework would by itself, had it not been told not to, that comes first.
fn why(remedy: &Remedy, context: &Context<'_>) -> String {
    let why = (remedy.why)(context);
    match context.framework_name {
        Some(name) if recovery::recovers_unless_off(name, context.subject.failure.code) => {
            format!("{name} tells the model of such an error unless that is turned off; look whether it is. {why}")
        }
        _ => why,
    }
}

fn seen(report: &PatternReport) -> String {
    let pattern = &report.pattern;
    let agents = pattern.agents.iter().take(3).map(|(agent, runs)| format!("{} {runs}", shortened(agent))).collect::<Vec<_>>().join(", ");
    let more = if pattern.agents.len() > 3 { ", …" } else { "" };
    format!("seen in {} runs, {} of them did not recover ({agents}{more})", pattern.runs, pattern.unrecovered_runs)
}

#[cfg(test)]
mod tests;
