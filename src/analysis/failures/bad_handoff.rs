//! Work handed over badly: to an agent that does not exist or did not take it, or back and forth with nothing done in between.

use std::collections::HashSet;

use serde_json::Value;

use super::{grouped, shown::Shown};
use crate::{
    analysis::{
        call::Call,
        excerpt,
        run::{Ended, Run},
        tool_nature::{self, Nature},
    },
    model::{
        failure::{Failure, FailureCode},
        ids::StepNumber,
        step::StepKind,
    },
};

/// Hand-overs in a row, between the same two, before it is back and forth.
const BACK_AND_FORTH: usize = 4;

/// Arguments that name the receiver.
const RECEIVERS: &[&str] = &["agent", "agent_name", "to", "target", "recipient", "destination", "coworker", "handoff_to"];

/// Hand-overs that failed; and one failure for the first time that two agents only passed the work between them.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut failures = grouped::of_code(run, FailureCode::BadHandoff, "A hand-over", "could not be taken up");
    failures.extend(bounced(run));
    failures
}

/// One hand-over.
struct Handed<'a> {
    position: usize,
    step: StepNumber,
    to: &'a str,
}

fn bounced(run: &Run<'_>) -> Option<Failure> {
    let handed = hand_overs(run);
    if handed.len() < BACK_AND_FORTH {
        return None;
    }
    let work: Vec<usize> =
        run.calls.iter().filter(|call| call.nature != Nature::HandsOver && call.went_well()).map(|call| call.position).collect();
    let idle = |from: usize, to: usize| {
        let next = work.partition_point(|position| *position <= from);
        work.get(next).is_none_or(|position| *position >= to)
    };
    let first = handed.windows(BACK_AND_FORTH).position(|row| {
        let receivers: HashSet<&str> = row.iter().map(|each| each.to).collect();
        let alternate = receivers.len() == 2 && row.windows(2).all(|pair| matches!(pair, [one, next] if one.to != next.to));
        alternate && matches!((row.first(), row.last()), (Some(first), Some(last)) if idle(first.position, last.position))
    })?;
    let (one, other, last) = (handed.get(first)?, handed.get(first + 1)?, handed.get(first + BACK_AND_FORTH - 1)?);
    let recovered = matches!(run.ended, Ended::Right | Ended::Ok) || run.good.call_after(last.position);
    Some(Shown { code: FailureCode::BadHandoff, step: Some(last.step), subject: Some(last.to), recovered }.says(
        run,
        format!(
            "{} and {} handed the work back and forth from step {} to step {} with nothing done in between",
            excerpt::line(one.to, 40),
            excerpt::line(other.to, 40),
            one.step,
            last.step
        ),
    ))
}

/// All hand-overs whose receiver is known, in order.
fn hand_overs<'a>(run: &Run<'a>) -> Vec<Handed<'a>> {
    let by_tool = run.calls.iter().filter(|call| call.nature == Nature::HandsOver).filter_map(|call| {
        let to = receiver(call)?;
        Some(Handed { position: call.position, step: call.step, to })
    });
    let steps = run.trace.steps.iter().enumerate().filter(|(_, step)| step.kind == StepKind::Handoff && step.tool.is_none());
    let by_step = steps.filter_map(|(position, step)| {
        let named = tool_nature::receiver_in(&step.name);
        let next = || run.step_at(position + 1).and_then(|next| next.agent.as_deref());
        Some(Handed { position, step: step.number, to: named.or_else(next)? })
    });
    let mut handed: Vec<Handed<'a>> = by_tool.chain(by_step).collect();
    handed.sort_by_key(|each| each.position);
    handed
}

fn receiver<'a>(call: &Call<'a>) -> Option<&'a str> {
    let argument = || RECEIVERS.iter().find_map(|key| call.input?.get(*key).and_then(Value::as_str));
    // `transfer_to_agent` names the receiver in its arguments.
    match tool_nature::receiver_in(call.name) {
        Some("agent" | "coworker") | None => argument(),
        named => named,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::{TraceBuilder, find_in, found, trace};

    fn hand(trace: TraceBuilder, to: &str) -> TraceBuilder {
        trace.tool(&format!("transfer_to_{to}"), json!({})).returns(json!("ok"))
    }

    #[test]
    fn to_an_agent_that_does_not_exist() {
        let trace =
            trace().tool("transfer_to_agent", json!({"agent_name": "billing"})).fails("ValueError: agent billing not found").failed();
        let failure = found(&trace.build(), FailureCode::BadHandoff);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("transfer_to_agent")));
    }

    #[test]
    fn back_and_forth() {
        let trace = hand(hand(hand(hand(trace(), "billing"), "sales"), "billing"), "sales").failed();
        let failure = found(&trace.build(), FailureCode::BadHandoff);
        assert_eq!(failure.step, Some(StepNumber(4)));
        assert_eq!(failure.says, "billing and sales handed the work back and forth from step 1 to step 4 with nothing done in between");
    }

    #[test]
    fn work_in_between_or_a_chain_of_agents_is_fine() {
        let work = |trace: TraceBuilder| trace.tool("get_invoice", json!({"n": 1})).returns(json!("x"));
        let working = hand(hand(work(hand(hand(trace(), "billing"), "sales")), "billing"), "sales");
        let chain = hand(hand(hand(hand(trace(), "a"), "b"), "c"), "d");
        for trace in [working, chain] {
            assert!(find_in(&trace.ok().build()).is_empty());
        }
    }
}
