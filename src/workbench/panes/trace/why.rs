//! Why the verdict is what it is, in fields: the evidence with its weights and steps, what other runs did, who is suspected, what is doubted of the calls.

use std::collections::HashMap;

use crate::{
    model::{
        ids::StepNumber,
        step::Step,
        verdict::{Agreement, Evidence, OutcomeSource, RootCause, Verdict},
    },
    text::human,
    workbench::{need::TraceView, theme::Role, words},
};

use super::detail::Field;

/// Most pieces of evidence shown of one kind; a verdict has a few dozen at most, unless it was made by something else.
const EVIDENCE_MOST: usize = 60;

/// What the run as a whole is judged by.
pub(super) fn of_run(view: &TraceView) -> Vec<Field> {
    let verdict = &view.verdict;
    let mut fields = vec![ended(view)];
    fields.extend(weighed("why", &verdict.evidence, Role::Text));
    fields.extend(verdict.agreement.as_ref().map(|agreement| Field::text("peers", Role::Text, &agreed(agreement))));
    fields.extend(verdict.root_cause.as_ref().map(suspicion));
    if let Some(cause) = &verdict.root_cause {
        fields.extend(weighed("", &cause.reasons, Role::Dim));
    }
    fields.extend(calls(verdict));
    fields.extend(weighed("", &verdict.tools.doubts, Role::Warn));
    if [&verdict.evidence, &verdict.tools.doubts].into_iter().flatten().any(|evidence| evidence.weight.is_some_and(|weight| weight != 0.0))
    {
        fields.push(Field::text(
            "",
            Role::Dim,
            "A number before a reason is its weight in log-odds: +0.7 doubles the odds, -0.7 halves them.",
        ));
    }
    fields
}

/// What was found at one step, of all that the verdict rests on.
pub(super) fn of_step(view: &TraceView, step: &Step) -> Vec<Field> {
    let verdict = &view.verdict;
    let here = |evidence: &&Evidence| evidence.step == Some(step.number) || evidence.steps.contains(&step.number);
    let at_step = |list: &[Evidence]| -> Vec<Evidence> { list.iter().filter(here).cloned().collect() };
    let mut fields = weighed("why", &at_step(&verdict.evidence), Role::Text);
    if let Some(cause) = &verdict.root_cause {
        let suspect = cause.suspects.iter().find(|suspect| suspect.step == step.number);
        fields.extend(suspect.map(|suspect| {
            let words = format!("the decisive mistake may be here: {:.0} % among all steps", suspect.probability.percent());
            Field::text("cause", Role::Warn, &words)
        }));
        fields.extend(weighed("", &at_step(&cause.reasons), Role::Dim));
    }
    fields.extend(weighed("calls", &at_step(&verdict.tools.doubts), Role::Warn));
    fields
}

/// Places of the steps the verdict names, the suspected first, then by evidence: where a walk through the reasons stops.
pub(super) fn stops(view: &TraceView) -> Vec<usize> {
    let verdict = &view.verdict;
    let cause = verdict.root_cause.as_ref();
    let of = |evidence: &'_ [Evidence]| -> Vec<StepNumber> {
        evidence.iter().flat_map(|evidence| evidence.step.into_iter().chain(evidence.steps.iter().copied())).collect()
    };
    let named = cause
        .into_iter()
        .flat_map(|cause| {
            let suspects = cause.suspects.iter().map(|suspect| suspect.step);
            cause.step.into_iter().chain(suspects).chain(cause.chain.iter().copied()).chain(of(&cause.reasons))
        })
        .chain(of(&verdict.evidence))
        .chain(of(&verdict.tools.doubts))
        .chain(verdict.failures.iter().filter_map(|failure| failure.step));
    let mut order: HashMap<StepNumber, usize> = HashMap::new();
    for step in named.take(EVIDENCE_MOST * 4) {
        let next = order.len();
        order.entry(step).or_insert(next);
    }
    // Calls made together share a number: the first of them stands for all.
    let mut places: Vec<Option<usize>> = vec![None; order.len()];
    for (place, line) in (0..).zip(&view.waterfall.steps) {
        if let Some(found) = order.get(&line.number).and_then(|rank| places.get_mut(*rank)) {
            found.get_or_insert(place);
        }
    }
    places.into_iter().flatten().collect()
}

/// How it ended, who says so, and what its evidence alone says.
fn ended(view: &TraceView) -> Field {
    let verdict = &view.verdict;
    let source = match verdict.outcome.source {
        Some(OutcomeSource::Feedback) => "a person said so",
        Some(OutcomeSource::Reported) => "the run says so itself",
        Some(OutcomeSource::Inferred) => "its evidence says so",
        None => "nothing tells how it ended",
    };
    let alone = match verdict.inferred_probability {
        Some(inferred) if verdict.outcome.source != Some(OutcomeSource::Inferred) => {
            format!("; its evidence alone says {:.2}", inferred.get())
        }
        Some(inferred) => format!(", with {:.2}", inferred.get()),
        None => String::new(),
    };
    let doubted = verdict.outcome.doubted(verdict.inferred_probability);
    let words = format!("{:?}", verdict.outcome.state).to_lowercase();
    Field::text("ended", if doubted { Role::Warn } else { Role::Text }, &format!("{words}: {source}{alone}"))
}

/// Evidence, each with its weight and its steps.
fn weighed(label: &'static str, list: &[Evidence], role: Role) -> Vec<Field> {
    let line = |evidence: &Evidence| {
        let weight = match evidence.weight {
            None => "decides".to_owned(),
            Some(0.0) => "   ".to_owned(),
            Some(weight) => format!("{weight:+.1}"),
        };
        let steps = steps(evidence);
        let role = if evidence.weight.is_some_and(|weight| weight < 0.0) && role == Role::Text { Role::Warn } else { role };
        Field::text(label, role, format!("{weight} {steps}{}", evidence.says).trim_start())
    };
    let mut fields: Vec<Field> = list.iter().take(EVIDENCE_MOST).map(line).collect();
    // One label for all of a kind.
    for field in fields.iter_mut().skip(1) {
        field.label = "";
    }
    fields
}

/// `step 3: `, `steps 3, 5, 6: `, or nothing.
fn steps(evidence: &Evidence) -> String {
    let mut steps = evidence.steps.clone();
    if steps.is_empty() {
        steps.extend(evidence.step);
    }
    match &steps[..] {
        [] => String::new(),
        [step] => format!("step {step}: "),
        steps => format!("steps {}: ", numbers(steps)),
    }
}

fn numbers(steps: &[StepNumber]) -> String {
    steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `7 of 9 other runs about the same subject did the same`.
fn agreed(agreement: &Agreement) -> String {
    let others = words::counted(u64::from(agreement.runs), "other run");
    let agents = words::counted(u64::from(agreement.agents), "agent");
    let without = agreement.alone.map(|alone| format!("; without them {:.2}", alone.get())).unwrap_or_default();
    format!(
        "{} of {others} about the same subject did the same ({} alike in part; {agents}){without}",
        agreement.same,
        human::percent(agreement.soft),
    )
}

/// Which steps may have been the decisive mistake, and how it came from there to what is seen.
fn suspicion(cause: &RootCause) -> Field {
    let kind = [cause.category.as_deref(), cause.module.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let kind = if kind.is_empty() { String::new() } else { format!(" ({})", kind.replace('_', " ")) };
    let suspects: Vec<String> =
        cause.suspects.iter().map(|suspect| format!("step {} {:.0} %", suspect.step, suspect.probability.percent())).collect();
    let mut lines = vec![vec![(Role::Warn, format!("{}{kind}", cause.says))]];
    if !suspects.is_empty() {
        lines.push(vec![(Role::Text, format!("suspects: {}", suspects.join(", ")))]);
    }
    if cause.chain.len() > 1 {
        lines.push(vec![(Role::Dim, format!("from cause to symptom: steps {}", numbers(&cause.chain)))]);
    }
    Field::rich("cause", lines)
}

/// How right the calls are, and whether all are there.
fn calls(verdict: &Verdict) -> Option<Field> {
    let share = verdict.tool_accuracy.map(|accuracy| {
        format!("{} of tool calls right ({} of {} wrong)", human::percent(accuracy), verdict.tools.wrong, verdict.tools.calls)
    });
    let all = verdict.call_valid_probability.map(|probability| format!("all needed calls made and right: {:.2}", probability.get()));
    let words: Vec<String> = [share, all].into_iter().flatten().collect();
    (!words.is_empty()).then(|| Field::text("tools", Role::Text, &words.join("; ")))
}
