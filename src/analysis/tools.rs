//! The tool calls of a run, judged one by one by what structure tells.

use super::{
    call::{Call, Returned},
    excerpt,
    fault::{Fault, Seen},
    linear::probability_of,
    run::Run,
};
use crate::model::{
    probability::Probability,
    verdict::{ToolVerdict, Tools},
};

/// What a call counts as at most that structure shows to be wrong: a convention, not a measurement. It leaves room for a schema that is
/// out of date or an error that was the right answer.
pub const SHOWN_WRONG: f64 = 0.05;

/// Below this probability a call is more likely wrong than right, and counts as wrong.
const WRONG_BELOW: f64 = 0.5;

/// The calls judged, the share that was right, and the probability that all were.
pub(crate) struct Judged {
    /// Call by call.
    pub(crate) tools: Tools,
    /// 1 − wrong / calls; `None` without calls, and where nothing tells of any of them.
    pub(crate) accuracy: Option<f64>,
    /// That all are right and none is missing; `None` where neither calls nor offers are known.
    pub(crate) all_valid: Option<Probability>,
}

/// Judges the calls. A call is wrong when its tool does not exist, its arguments do not fit, it came back with an error, or it repeats
/// a call that had told the same and nothing had changed; also when what its values rest on makes it more likely wrong than right.
pub(crate) fn judge(run: &Run<'_>) -> Judged {
    let mut faults: Vec<Option<&Fault<'_>>> = vec![None; run.calls.len()];
    for fault in &run.faults {
        if let Seen::Call(index) = fault.seen
            && let Some(place) = faults.get_mut(index)
        {
            *place = Some(fault);
        }
    }
    let validity = run.validity();
    let mut wrong = 0;
    let mut shown_wrong = false;
    let mut items = Vec::with_capacity(run.calls.len());
    for (index, (call, fault)) in run.calls.iter().zip(faults).enumerate() {
        let judged = validity.calls.get(index);
        let needless = run.repeats.needless.get(index) == Some(&true);
        let shown = fault.map(|fault| reason(call, fault)).or_else(|| needless.then(|| repeat(run, index)).flatten());
        let inferred = judged.and_then(|judged| judged.log_odds).map(probability_of);
        let valid = if shown.is_some() { Some(inferred.map_or(SHOWN_WRONG, |inferred| inferred.min(SHOWN_WRONG))) } else { inferred };
        let is_wrong = valid.is_some_and(|valid| valid < WRONG_BELOW);
        wrong += usize::from(is_wrong);
        shown_wrong |= shown.is_some();
        items.push(ToolVerdict {
            step: call.step,
            name: call.name.to_owned(),
            input: call.input.cloned(),
            valid_probability: valid.map(Probability::clamped),
            why: shown.or_else(|| judged.filter(|_| is_wrong).and_then(|judged| judged.doubt.clone())),
            ungrounded: judged.map(|judged| judged.ungrounded.clone()).unwrap_or_default(),
        });
    }
    let told = run.calls.iter().any(|call| call.returned != Returned::Unsaid || call.schema_known || call.offered.is_some());
    let all = validity.log_odds.map(probability_of);
    let all_valid = if shown_wrong { Some(all.map_or(SHOWN_WRONG, |all| all.min(SHOWN_WRONG))) } else { all };
    Judged {
        accuracy: told.then(|| 1.0 - wrong as f64 / items.len() as f64),
        all_valid: all_valid.map(Probability::clamped),
        tools: Tools { calls: count(items.len()), wrong: count(wrong), items, doubts: validity.doubts.clone() },
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn reason(call: &Call<'_>, fault: &Fault<'_>) -> String {
    let words = excerpt::quoted(&fault.message);
    match (call.violations.first(), words.is_empty()) {
        (Some(misfit), _) => misfit.to_string(),
        (None, false) => words,
        (None, true) => "it failed without a message".to_owned(),
    }
}

fn repeat(run: &Run<'_>, index: usize) -> Option<String> {
    let before = run.calls.get((*run.repeats.previous.get(index)?)?)?;
    Some(format!("the same call at step {} had the same result", before.step))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        analysis::{
            rules::Rules,
            run::Ended,
            testing::{TraceBuilder, trace},
        },
        model::trace::Trace,
    };

    fn judged(trace: &Trace) -> Judged {
        judge(&Run::of(trace, &Rules::bundled(), Ended::Unknown))
    }

    fn refunds() -> TraceBuilder {
        trace().offers("issue_refund", json!({"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}}}))
    }

    #[test]
    fn each_way_to_be_wrong_is_said() {
        let trace = refunds()
            .tool("issue_refund", json!({"amount": "12,50"}))
            .returns(json!("ok"))
            .tool("issue_refund", json!({"amount": 12.5}))
            .fails("Request timed out.")
            .tool("find_order", json!({}))
            .tool("get_rate", json!({"c": "EUR"}))
            .returns(json!(0.9))
            .tool("get_rate", json!({"c": "EUR"}))
            .returns(json!(0.9))
            .tool("issue_refund", json!({"amount": 12.5}))
            .returns(json!("ok"));
        let judged = judged(&trace.build());
        let why: Vec<_> = judged.tools.items.iter().map(|item| item.why.as_deref()).collect();
        assert_eq!(
            why,
            [
                Some("/amount should be a number, is the text \"12,50\""),
                Some("Request timed out."),
                Some("it is not among the tools offered"),
                None,
                Some("the same call at step 4 had the same result"),
                None
            ]
        );
        assert_eq!((judged.tools.calls, judged.tools.wrong), (6, 4));
        assert_eq!(judged.accuracy, Some(1.0 - 4.0 / 6.0));
        assert_eq!(judged.all_valid.map(Probability::get), Some(SHOWN_WRONG));
    }

    #[test]
    fn a_call_against_which_nothing_speaks_has_no_figure() {
        let judged = judged(&refunds().tool("issue_refund", json!({"amount": 12.5})).returns(json!("ok")).build());
        assert_eq!((judged.accuracy, judged.all_valid, judged.tools.items[0].valid_probability), (Some(1.0), None, None));
    }

    #[test]
    fn without_calls_or_knowledge_of_them_there_is_no_accuracy() {
        assert_eq!(judged(&trace().says("hello").build()).accuracy, None);
        assert_eq!(judged(&trace().tool_without_input("get").build()).accuracy, None);
    }

    #[test]
    fn items_keep_order_and_arguments() {
        let judged = judged(&trace().tool("b", json!({"x": 1})).tool("a", Value::Null).build());
        let seen: Vec<_> = judged.tools.items.iter().map(|item| (item.name.as_str(), item.input.clone())).collect();
        assert_eq!(seen, [("b", Some(json!({"x": 1}))), ("a", Some(Value::Null))]);
    }
}
