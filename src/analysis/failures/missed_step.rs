//! A step that was claimed and never made: the agent says that it has changed something, and no call that could have done so went well.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::shown::Shown;
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
        tool_nature::Nature,
    },
    model::{
        failure::{Failure, FailureCode},
        step::{Step, StepKind},
    },
};

/// An act of the speaker's own, done: "I have cancelled", "I've now booked". What "has been done" may have been done by others.
const CLAIM: &str = r"\bI(?: have|'ve|’ve)(?: now| just| already| successfully| also)? (?:cancel+ed|booked|refunded|scheduled|rescheduled|removed|deleted|submitted|exchanged|modified|issued|created|transferred|sent|paid|placed|updated|changed)\b";

/// Bytes of a message in which a claim is looked for.
const MOST_BYTES: usize = 8_192;

// The pattern is a constant and a test uses it, so `None` is never taken.
static CLAIMED: LazyLock<Option<Regex>> = LazyLock::new(|| RegexBuilder::new(CLAIM).unicode(false).build().ok());

/// At most one failure, at the last claim, in a run that calls tools: only there is what was not called not done. Calls whose names do not
/// say what they do may have done it, as may other agents that the work was handed to.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let only_looks = |nature: Nature| matches!(nature, Nature::Reads | Nature::Ponders);
    let may_act = run.calls.iter().any(|call| call.went_well() && !only_looks(call.nature));
    let others_act = run.trace.steps.iter().any(|step| matches!(step.kind, StepKind::Handoff | StepKind::Other | StepKind::Retrieval));
    if run.calls.is_empty() || may_act || others_act {
        return Vec::new();
    }
    let last = run.trace.steps.iter().rev().find_map(|step| Some((step, claim_in(step)?)));
    last.map(|(step, claim)| {
        let failed = run.calls.iter().rev().find(|call| !only_looks(call.nature));
        let shown = Shown {
            code: FailureCode::MissedStep,
            step: Some(step.number),
            subject: failed.map(|call| call.name),
            recovered: run.ended == Ended::Right,
        };
        let why = failed.map_or_else(
            || "no call did so".to_owned(),
            |call| format!("its call of {} at step {} failed", excerpt::line(call.name, 40), call.step),
        );
        shown.says(run, format!("The agent says \"{claim}\" at step {}, and {why}", step.number))
    })
    .into_iter()
    .collect()
}

/// The claim in what an agent says.
fn claim_in(step: &Step) -> Option<String> {
    let by_agent = step.kind == StepKind::LlmCall || (step.kind == StepKind::Message && step.role.as_deref() == Some("assistant"));
    let words = step.content.as_deref().filter(|_| by_agent)?;
    let words = excerpt::head(words, MOST_BYTES);
    let found = CLAIMED.as_ref()?.find(words.as_bytes())?;
    // It begins and ends with ASCII letters.
    words.get(found.range()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::Severity, ids::StepNumber},
    };

    #[test]
    fn claimed_and_not_done() {
        let asked = || trace().message("user", "Cancel A-1.").tool("get_order", json!({"order": "A-1"})).returns(json!({"total": 4}));
        let failure = found(&asked().says("I've cancelled order A-1.").ok().build(), FailureCode::MissedStep);
        assert_eq!((failure.step, failure.severity), (Some(StepNumber(3)), Severity::High));
        assert_eq!(failure.says, "The agent says \"I've cancelled\" at step 3, and no call did so");

        let failed = asked().tool("cancel_order", json!({"order": "A-1"})).fails("not allowed").says("I have now cancelled A-1.");
        let failure = found(&failed.build(), FailureCode::MissedStep);
        assert_eq!(failure.subject.as_deref(), Some("cancel_order"));
        assert_eq!(failure.says, "The agent says \"I have now cancelled\" at step 4, and its call of cancel_order at step 3 failed");
    }

    #[test]
    fn what_only_looks_like_it() {
        let looked = || trace().tool("get_order", json!({})).returns(json!({"total": 4}));
        for trace in [
            // done
            looked().tool("cancel_order", json!({})).returns(json!("ok")).says("I've cancelled it."),
            // perhaps done by a tool whose name does not say what it does
            looked().tool("orders", json!({})).returns(json!("ok")).says("I've cancelled it."),
            // done by somebody else, or before
            looked().says("The order has been cancelled by the shop. You have changed it twice."),
            // offered, not claimed
            looked().says("I can cancel it. Once I have your yes, it will be cancelled; so far I have cancellation terms only."),
            // the user says so
            looked().message("user", "I have cancelled it myself."),
            // no tools: nothing tells what was done
            trace().says("I've updated the text as you asked."),
        ] {
            let codes: Vec<_> = find_in(&trace.build()).into_iter().map(|failure| failure.code).collect();
            assert!(!codes.contains(&FailureCode::MissedStep), "{codes:?}");
        }
    }
}
