//! The step suspected of having caused a run to fail: every step is a suspect, weighed by what speaks for it.

mod answer;
mod choice;
mod excerpts;
mod features;
mod flow;
mod moment;
mod signs;
mod tokens;

use std::collections::BTreeSet;

pub(crate) use self::{choice::Chooser, signs::Signs};
use self::{
    flow::Appearance,
    moment::{Act, Moment, Shape},
};
use super::{
    failures,
    features::FeatureRow,
    rules::Rules,
    run::{Ended, Run},
};
use crate::model::{
    failure::{Failure, FailureCode},
    ids::StepNumber,
    probability::Probability,
    trace::Trace,
    verdict::{Evidence, RootCause, Suspect},
};

/// Longest chain shown, from cause to symptom.
const LONGEST_CHAIN: usize = 8;

/// Suspects shown.
const MOST_SUSPECTS: usize = 5;

/// Reasons shown.
const MOST_REASONS: usize = 5;

/// Suspects a step of a run that failed; `None` for a run that did not, or without any step.
///
/// A suspicion, never more: people who annotate the same runs agree on the step in three of ten. The confidence is the probability that the
/// decisive mistake is at the step shown or next to it. Category and module are given only where a failure's form alone decides them.
pub(crate) fn suspect(run: &Run<'_>, failures: &[Failure]) -> Option<RootCause> {
    if run.ended != Ended::Failed {
        return None;
    }
    let (moments, shape) = moment::collect(run);
    if moments.is_empty() || outside_of_steps(run) {
        return as_a_whole(run, failures);
    }
    let measured = features::measure(run, &moments, shape, failures);
    let probabilities = run.rules.chooser.probabilities(&measured.rows);
    let chosen = choice::choose(&probabilities)?;
    let step = moments[chosen].number;
    let confidence = run.rules.chooser.confidence(&probabilities, chosen);
    let mut shown: Vec<&Failure> = failures.iter().filter(|failure| failure.step == Some(step)).collect();
    shown.sort_by_key(|failure| (!features::is_lasting(failure), failure.code));
    let failure = shown.first().copied().filter(|failure| features::is_lasting(failure));
    let reasons = reasons(run, &measured.rows, chosen, step);
    let (category, module) = failure.map_or((None, None), |failure| form(failure.code));
    Some(RootCause {
        step: Some(step),
        agent: who(run, &moments[chosen], shape).map(str::to_owned),
        category: category.map(str::to_owned),
        module: module.map(str::to_owned),
        code: failure.map(|failure| failure.code),
        confidence,
        says: says(&moments, chosen, failure, &reasons),
        chain: chain(run, &moments, chosen, &measured.appearances, failures),
        suspects: suspects(&moments, &probabilities),
        reasons,
    })
}

/// Who acted at a moment. In a dialogue in which no step names its agent, it is the person or the assistant.
fn who<'r>(run: &'r Run<'_>, moment: &Moment<'r>, shape: Shape) -> Option<&'r str> {
    let speaker = || match (shape, moment.act) {
        (Shape::Dialogue, Act::Heard) => Some("user"),
        (Shape::Dialogue, _) => Some("assistant"),
        _ => run.trace.agent.as_deref(),
    };
    moment.label.or_else(speaker)
}

/// The features of every step of a run, for fitting the weights.
pub(crate) fn rows(trace: &Trace, rules: &Rules) -> Vec<FeatureRow> {
    let run = Run::of(trace, rules, Ended::Failed);
    let found = failures::find(&run).failures;
    let (moments, shape) = moment::collect(&run);
    let measured = features::measure(&run, &moments, shape, &found);
    let named = |row: &features::Row| features::NAMES.iter().copied().zip(row.iter().copied()).collect();
    moments.iter().zip(&measured.rows).map(|(moment, row)| FeatureRow { step: Some(moment.number), values: named(row) }).collect()
}

/// Whether the run ended with an error that no step shows, and that no step can have led to: what is around the agent failed, not a step.
fn outside_of_steps(run: &Run<'_>) -> bool {
    run.faults.iter().any(|fault| fault.ended_run && fault.step.is_none() && fault.code != FailureCode::NoTermination)
}

/// The run as a whole, where no step can be suspected and an error tells why it failed.
fn as_a_whole(run: &Run<'_>, failures: &[Failure]) -> Option<RootCause> {
    let cause = failures.iter().filter(|failure| features::is_lasting(failure)).find(|failure| !failure.message.is_empty())?;
    let (category, module) = form(cause.code);
    Some(RootCause {
        step: None,
        agent: run.trace.agent.clone(),
        category: category.map(str::to_owned),
        module: module.map(str::to_owned),
        code: Some(cause.code),
        confidence: None,
        says: format!("No step shows the cause; the run as a whole does. {}", cause.says),
        chain: Vec::new(),
        suspects: Vec::new(),
        reasons: Vec::new(),
    })
}

/// What is said of the suspicion: the failure seen there or what speaks for the step, and how far around it the mistake may lie.
fn says(moments: &[Moment<'_>], chosen: usize, failure: Option<&Failure>, reasons: &[Evidence]) -> String {
    let told: Vec<&str> = reasons.iter().take(2).map(|reason| reason.says.as_str()).collect();
    let why = match (failure, told.as_slice()) {
        (Some(failure), _) => failure.says.trim_end_matches('.').to_owned(),
        (None, []) => "Nothing marks this step but its place in the run".to_owned(),
        (None, [first, more @ ..]) => {
            let mut why = first.to_string();
            more.iter().for_each(|more| why.extend([", and ", more]));
            why.replacen("it ", "It ", usize::from(why.starts_with("it ")))
        }
    };
    let first = moments[chosen.saturating_sub(1)].number;
    let last = moments[(chosen + 1).min(moments.len() - 1)].number;
    match moments.len() {
        1 => "It is the only step of the run".to_owned(),
        2 => format!("{why}. A suspicion in a run of two steps"),
        _ => format!("{why}. A suspicion with its neighbours: the mistake may lie in any of the steps {first} to {last}"),
    }
}

/// What speaks for the step chosen, in sentences.
fn reasons(run: &Run<'_>, rows: &[features::Row], chosen: usize, step: StepNumber) -> Vec<Evidence> {
    let evidence = |(feature, weight): (usize, f64)| Evidence {
        code: features::NAMES.get(feature).copied().unwrap_or_default().to_owned(),
        step: Some(step),
        steps: vec![step],
        weight: Some(weight),
        says: features::says(feature, rows[chosen][feature], chosen, rows.len()),
    };
    run.rules.chooser.reasons(rows, chosen).into_iter().take(MOST_REASONS).map(evidence).collect()
}

/// The likeliest steps, likeliest first, the earlier of equals first.
fn suspects(moments: &[Moment<'_>], probabilities: &[f64]) -> Vec<Suspect> {
    let mut order: Vec<usize> = (0..moments.len()).collect();
    let by_probability = |one: &usize, other: &usize| probabilities[*other].total_cmp(&probabilities[*one]).then(one.cmp(other));
    if order.len() > MOST_SUSPECTS {
        order.select_nth_unstable_by(MOST_SUSPECTS, by_probability);
        order.truncate(MOST_SUSPECTS);
    }
    order.sort_by(by_probability);
    order
        .into_iter()
        .map(|place| Suspect { step: moments[place].number, probability: Probability::clamped(probabilities[place]) })
        .collect()
}

/// From the cause to the symptom: the steps that use what came up at the cause, what went wrong after it, and where the run ended.
fn chain(run: &Run<'_>, moments: &[Moment<'_>], chosen: usize, appearances: &[Appearance], failures: &[Failure]) -> Vec<StepNumber> {
    let cause = moments[chosen].number;
    let failed = failures.iter().filter(|failure| features::is_lasting(failure)).filter_map(|failure| failure.step);
    let ended = run.faults.iter().filter(|fault| fault.ended_run).filter_map(|fault| fault.step);
    let used = flow::uses(appearances, chosen);
    let wrong: BTreeSet<StepNumber> = failed.chain(ended).filter(|step| *step > cause).collect();
    let symptom = wrong.last().copied().max(used.last().map(|(place, _)| moments[*place].number));
    // The heaviest users first, so that a long run's chain keeps those that matter.
    let mut users: Vec<(usize, usize)> = used;
    users.sort_by_key(|(place, values)| (std::cmp::Reverse(*values), *place));
    let room = LONGEST_CHAIN - 2;
    let between = wrong.iter().copied().take(room).chain(users.into_iter().map(|(place, _)| moments[place].number));
    let mut chain = BTreeSet::from([cause]);
    for step in between {
        if chain.len() > room {
            break;
        }
        chain.insert(step);
    }
    chain.extend(symptom);
    chain.into_iter().collect()
}

/// Category and module, where the form of the failure decides them.
const fn form(code: FailureCode) -> (Option<&'static str>, Option<&'static str>) {
    match code {
        FailureCode::ToolBadArguments | FailureCode::ToolMissing => (Some("invalid_invocation"), Some("action")),
        FailureCode::ToolTimeout
        | FailureCode::ToolRateLimit
        | FailureCode::ToolUnavailable
        | FailureCode::ToolPermission
        | FailureCode::ModelError
        | FailureCode::ModelAuth
        | FailureCode::ContextOverflow => (Some("system_failure"), Some("system")),
        FailureCode::Refusal => (Some("guardrail"), None),
        FailureCode::IgnoredFeedback => (None, Some("reflection")),
        FailureCode::Loop | FailureCode::BadHandoff => (None, Some("planning")),
        _ => (None, None),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
