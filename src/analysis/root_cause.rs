//! The step suspected of having caused a run to fail: the earliest that went wrong and was not made up for.

use std::collections::BTreeSet;

use super::run::{Ended, Run};
use crate::model::{
    failure::{Failure, FailureCode},
    ids::StepNumber,
    verdict::RootCause,
};

/// Longest chain shown, from cause to symptom.
const LONGEST_CHAIN: usize = 8;

/// Suspects the earliest failure in a run that failed; `None` for a run that did not, or where nothing tells.
///
/// A suspicion, never more: people who annotate the same runs agree on the step in three of ten. Its confidence is not known. Category and
/// module are given only where the failure's form alone decides them.
pub(crate) fn suspect(run: &Run<'_>, failures: &[Failure]) -> Option<RootCause> {
    if run.ended != Ended::Failed {
        return None;
    }
    let lasting = || failures.iter().filter(|failure| !failure.recovered && failure.code.family() != "efficiency");
    // An empty result may be how things are: it is suspected only when there is nothing else.
    let candidates = || lasting().filter(|failure| failure.code != FailureCode::ToolEmptyResult);
    let earliest = |a: &&Failure, b: &&Failure| (a.step, a.code).cmp(&(b.step, b.code));
    let with_step = candidates().filter(|failure| failure.step.is_some()).min_by(earliest);
    let empty = || lasting().filter(|failure| failure.step.is_some()).min_by(earliest);
    let as_a_whole = || candidates().find(|failure| !failure.message.is_empty());
    let cause = with_step.or_else(as_a_whole).or_else(empty)?;
    let (category, module) = form(cause.code);
    let acting = |number: StepNumber| run.trace.steps.iter().filter(|step| step.number == number).find_map(|step| step.agent.clone());
    Some(RootCause {
        step: cause.step,
        agent: cause.step.and_then(acting).or_else(|| run.trace.agent.clone()),
        category: category.map(str::to_owned),
        module: module.map(str::to_owned),
        code: Some(cause.code),
        confidence: None,
        says: match cause.step {
            Some(_) => format!(
                "{}. It is the earliest step that went wrong and was not made up for, which makes it a suspect and no more",
                cause.says.trim_end_matches('.')
            ),
            None => format!("No step shows the cause; the run as a whole does. {}", cause.says),
        },
        chain: chain(run, cause.step, lasting()),
        suspects: Vec::new(),
        reasons: Vec::new(),
    })
}

/// From the cause over what went wrong after it to where the run ended.
fn chain<'f>(run: &Run<'_>, cause: Option<StepNumber>, lasting: impl Iterator<Item = &'f Failure>) -> Vec<StepNumber> {
    let Some(cause) = cause else { return Vec::new() };
    let mut steps: BTreeSet<StepNumber> = lasting.filter_map(|failure| failure.step).filter(|step| *step >= cause).collect();
    steps.extend(run.faults.iter().filter(|fault| fault.ended_run).filter_map(|fault| fault.step).filter(|step| *step >= cause));
    let symptom = steps.last().copied();
    let mut chain: Vec<StepNumber> = steps.into_iter().take(LONGEST_CHAIN).collect();
    if let (Some(symptom), Some(last)) = (symptom, chain.last_mut()) {
        *last = symptom;
    }
    chain
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
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{
        analysis::{failures, outcome, rules::Rules, testing::trace},
        model::trace::Trace,
    };

    fn cause(trace: &Trace) -> Option<RootCause> {
        let rules = Rules::bundled();
        let run = Run::of(trace, &rules, Ended::of(outcome::decide(trace, None).0));
        suspect(&run, &failures::find(&run).failures)
    }

    #[test]
    fn the_earliest_that_was_not_made_up_for() {
        let trace = trace()
            .tool("get_order", json!({}))
            .fails("Request timed out.")
            .tool("get_order", json!({}))
            .returns(json!({"total": "12,50"}))
            .offers("issue_refund", json!({"properties": {"amount": {"type": "number"}}}))
            .tool("issue_refund", json!({"amount": "12,50"}))
            .fails("ToolError: amount must be a number")
            .by("refunder")
            .tool("notify", json!({}))
            .fails("no receipt")
            .ends_with("ToolError", "no receipt");
        let cause = cause(&trace.build()).unwrap();
        assert_eq!(
            (cause.step, cause.agent.as_deref(), cause.code),
            (Some(StepNumber(3)), Some("refunder"), Some(FailureCode::ToolBadArguments))
        );
        assert_eq!(
            (cause.category.as_deref(), cause.module.as_deref(), cause.confidence),
            (Some("invalid_invocation"), Some("action"), None)
        );
        assert_eq!(cause.chain, [StepNumber(3), StepNumber(4)]);
    }

    #[test]
    fn without_a_step_the_run_as_a_whole() {
        let cause = cause(&trace().says("hm").ends_with("ZeroDivisionError", "division by zero").build());
        assert!(cause.is_some_and(|cause| cause.step.is_none() && cause.chain.is_empty() && cause.says.contains("division by zero")));
    }

    #[test]
    fn none_where_nothing_failed_or_nothing_tells() {
        assert_eq!(cause(&trace().tool("get", json!({})).fails("no").ok().build()), None);
        assert_eq!(cause(&trace().tool("get", json!({})).fails("no").build()), None);
        assert_eq!(cause(&trace().says("hm").failed().build()), None);
    }
}
