//! Whether the calls of a run all answer one request, so that the request tells which values to expect; and whether they are all that the
//! run answers, so that it also tells how many calls.

use serde_json::Value;

use super::request::Request;
use crate::{
    analysis::{
        call::{Call, Returned},
        excerpt, instructions,
    },
    model::{step::StepKind, trace::Trace},
};

/// Steps of a run that answers one request.
const MOST_STEPS: usize = 96;

/// Calls that one request leads to.
const MOST_CALLS: usize = 64;

/// Bytes of a request; what is longer is material to work on, of which calls need not carry every word.
const REQUEST_BYTES: usize = 4_000;

/// Bytes of instructions that values may come from.
const BACKGROUND_BYTES: usize = 4_000;

/// One request and its calls.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// The request.
    pub(super) request: Request<'a>,
    /// Whether the run ends with its calls. Where results come back the agent may work out the rest or say it, and a part of the request
    /// that no call carries is no mistake.
    pub(super) ends_with_calls: bool,
}

/// The request, where the run has one only, says which tools there were, and made all its calls before any result was seen.
pub(super) fn single_request<'a>(trace: &'a Trace, calls: &[Call<'a>]) -> Option<Asked<'a>> {
    let offers = trace.tools_available.as_ref().is_some_and(|tools| !tools.is_empty());
    if !offers || trace.steps.len() > MOST_STEPS || calls.len() > MOST_CALLS || !one_batch(trace, calls) {
        return None;
    }
    let text = request(trace)?;
    let mut request = Request::read(text);
    request.background = instructions::instructions(trace).map(|told| Box::new(Request::read(excerpt::head(told, BACKGROUND_BYTES))));
    Some(Asked { request, ends_with_calls: ends_with(trace, calls) })
}

/// Whether no result came back and nothing was said after the last call.
fn ends_with(trace: &Trace, calls: &[Call<'_>]) -> bool {
    let Some(last) = calls.iter().map(|call| call.position).max() else { return false };
    let empty = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    // A run that came as spans and has no results is not over, or was cut.
    let over = trace.ended && trace.telemetry.is_none();
    over && calls.iter().all(|call| call.output.is_none() && !matches!(call.returned, Returned::Fine))
        && trace.output.as_ref().is_none_or(empty)
        && trace.steps[last + 1..]
            .iter()
            .all(|step| step.content.as_deref().is_none_or(|said| said.trim().is_empty()) && step.model.is_none())
}

/// What the user said, where that was one thing; else what the run was given.
fn request(trace: &Trace) -> Option<&str> {
    let said = |step: &&crate::model::step::Step| step.kind == StepKind::Message && step.role.as_deref() == Some("user");
    let mut said = trace.steps.iter().filter(said).filter_map(|step| step.content.as_deref());
    let text = match (said.next(), said.next()) {
        (Some(only), None) => only,
        (Some(_), Some(_)) => return None,
        (None, _) => trace.input.as_ref()?.as_str()?,
    };
    (!text.trim().is_empty() && text.len() <= REQUEST_BYTES && users_in_messages(trace) <= 1).then_some(text)
}

/// How many things a user says in what the models were sent.
fn users_in_messages(trace: &Trace) -> usize {
    let messages = |sent: &Value| {
        let messages = sent.as_array().or_else(|| sent.get("messages")?.as_array());
        messages.map_or(0, |messages| messages.iter().filter(|message| message.get("role").and_then(Value::as_str) == Some("user")).count())
    };
    trace.steps.iter().filter_map(|step| step.model.as_ref()?.messages.as_ref()).map(messages).max().unwrap_or(0)
}

/// Whether all calls were made before any of them came back.
fn one_batch(trace: &Trace, calls: &[Call<'_>]) -> bool {
    let Some((first, rest)) = calls.split_first() else {
        // No call at all: a word of the agent's is the answer.
        return trace.steps.iter().all(|step| step.tool.is_none() && step.kind != StepKind::Handoff);
    };
    let same_step = rest.iter().all(|call| call.step == first.step);
    let none_returned = || calls.iter().all(|call| call.output.is_none() && matches!(call.returned, Returned::Unsaid | Returned::NeverRan));
    let one_turn = || {
        let mut asking = trace.steps.iter().filter_map(|step| step.model.as_ref()).filter(|model| !model.requested_tools.is_empty());
        asking.next().is_some_and(|model| model.requested_tools.len() == calls.len()) && asking.next().is_none()
    };
    same_step || none_returned() || one_turn()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::{
        call,
        rules::Rules,
        testing::{TraceBuilder, trace},
    };

    fn is_single(trace: TraceBuilder) -> bool {
        let trace = trace.build();
        let calls = call::collect(&trace, &Rules::bundled());
        single_request(&trace, &calls).is_some()
    }

    #[test]
    fn one_request_and_one_batch_of_calls() {
        let asked = || trace().offers("get", json!({})).message("user", "get one and two");
        assert!(is_single(asked().tool("get", json!({"n": 1}))));
        assert!(is_single(asked().tool("get", json!({"n": 1})).returns(json!("1"))));
        let turn = |trace: TraceBuilder| trace.model("m").asks("get", json!({"n": 1})).asks("get", json!({"n": 2}));
        let ran = |trace: TraceBuilder| trace.tool("get", json!({"n": 1})).returns(json!(1)).tool("get", json!({"n": 2})).returns(json!(2));
        assert!(is_single(ran(turn(asked()))));
        assert!(!is_single(ran(asked())), "the second call may follow from the first result");
    }

    #[test]
    fn talks_and_runs_without_offers_are_something_else() {
        assert!(!is_single(trace().message("user", "get one").tool("get", json!({"n": 1}))));
        let talk = trace().offers("get", json!({})).message("user", "hello").says("hi").message("user", "get one").tool("get", json!({}));
        assert!(!is_single(talk));
    }
}
