//! The documented trace body: JSON to [`Trace`].

mod action;
mod answers;
pub(super) mod body;
mod convert;
mod emit;
mod fault;
mod host;
mod loose;
pub(super) mod offer;
mod part;
mod places;
mod requests;
mod steps;

use serde_json::Value;

use super::{
    error::{FormatError, FormatErrorKind},
    limits::Allowance,
    prose, surrogates, text,
};
use crate::model::{
    ids::{StepNumber, TraceId},
    step::Step,
    trace::{RunError, ToolDefinition, Trace},
};
use body::{Body, KNOWN_NAMES};
use offer::Offer;

/// Reads one trace body in the documented format. `id_if_absent` makes the id of a body that names none.
///
/// # Errors
/// A body that is not UTF-8, not JSON, not an object, in which nothing is recognised, that holds too much, or in which a known
/// field has a wrong type or an impossible value; the error names the field.
pub fn decode(body: &[u8], id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    let (text, allowance) = text::checked(body)?;
    let (body, note) = surrogates::read::<Body>(text)?;
    let mut trace = assemble(body, &allowance, id_if_absent)?;
    trace.incomplete.extend(note.into_iter().chain(allowance.note()));
    Ok(trace)
}

/// A trace out of the fields of a body.
pub(super) fn assemble(body: Body, allowance: &Allowance, id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    if !body.is_recognised() {
        let message = format!("nothing in this object is known; a trace has at least one of {KNOWN_NAMES}");
        return Err(FormatError::new(FormatErrorKind::Unrecognised, message));
    }
    let inner = body.trace.unwrap_or_default();
    let id = match body.trace_id.as_ref().map(|id| ("trace_id", id)).or(inner.trace_id.as_ref().map(|id| ("trace.trace_id", id))) {
        Some((path, id)) => TraceId::new(id).map_err(|error| FormatError::at(FormatErrorKind::Field, path, error.to_string()))?,
        None => id_if_absent(),
    };

    let mut trace = Trace::empty(id);
    trace.timestamp = body.timestamp;
    trace.agent = body.agent_id;
    trace.session = body.session_id.or(inner.session_id);
    trace.project = body.project;
    trace.domain = body.domain.filter(|domain| domain != "auto");
    trace.framework = body.framework;
    trace.input = body.input;
    trace.output = body.output;
    trace.success = body.success.or(inner.success);
    trace.execution_time = body.execution_time.or(inner.total_duration_ms);
    trace.tools_available = body.tools_available.map(|tools| offers(tools, allowance));
    trace.logged_cost = body.cost_data.and_then(|cost| cost.total);
    trace.framework_metadata = body.framework_metadata;
    trace.incomplete = missing(&trace);

    let lists = steps::Lists {
        steps: inner.steps.unwrap_or_default(),
        timeline: body.execution_timeline.unwrap_or_default(),
        models: body.llm_calls.unwrap_or_default(),
        calls: body.tool_calls.unwrap_or_default(),
    };
    let mut made = steps::assemble(lists, allowance)?;
    if let Some(failure) = body.error.filter(|failure| failure.failed) {
        let failed_at_step = failure.failed_at_step.and_then(|number| made.find(number));
        // Many senders write 0 for "not known".
        if let (Some(number @ 1..), None) = (failure.failed_at_step, failed_at_step) {
            made.notes.push(format!("error.failed_at_step: there is no step {number}"));
        }
        trace.error = Some(RunError { kind: failure.kind, message: failure.message, traceback: failure.traceback, failed_at_step });
    }
    let failure_point = inner.failure_point.as_ref().and_then(failure_point).and_then(|number| made.find(number));
    if let Some(number) = failure_point {
        mark_failed(&mut made.steps, number);
        if let Some(error) = &mut trace.error {
            error.failed_at_step = error.failed_at_step.or(Some(number));
        }
    }
    trace.steps = made.steps;
    trace.incomplete.append(&mut made.notes);
    Ok(trace)
}

/// What a complete trace has; a trace that lacks some is kept, and lists them.
pub(super) const NAMES_OF_A_COMPLETE_TRACE: [&str; 3] = ["agent_id", "output", "execution_time"];

/// The names a complete trace has and this one lacks.
pub(super) fn missing(trace: &Trace) -> Vec<String> {
    let present = [trace.agent.is_some(), trace.output.is_some(), trace.execution_time.is_some()];
    NAMES_OF_A_COMPLETE_TRACE.iter().zip(present).filter(|(_, present)| !present).map(|(name, _)| (*name).to_owned()).collect()
}

/// The tools on offer; one without a name cannot be called and is passed over.
pub(super) fn offers(offers: Vec<Offer>, allowance: &Allowance) -> Vec<ToolDefinition> {
    let read = |schema| prose::read_result(schema, allowance);
    let named = offers.into_iter().filter_map(|offer| Some((offer.name?, offer.description, offer.parameters.map(read))));
    named.map(|(name, description, parameters)| ToolDefinition { name, description, parameters }).collect()
}

/// `trace.failure_point` is a step's number, or an object that has one; anything else tells no step.
fn failure_point(point: &Value) -> Option<u32> {
    let number = point.get("step").unwrap_or(point);
    number.as_u64().and_then(|number| u32::try_from(number).ok())
}

/// The sender says the run failed here; a step that says nothing of itself is marked so.
fn mark_failed(steps: &mut [Step], number: StepNumber) {
    let parts = || steps.iter().filter(|step| step.number == number);
    if parts().any(|step| step.failed() || step.success.is_some()) {
        return;
    }
    if let Some(step) = steps.iter_mut().rfind(|step| step.number == number) {
        step.success = Some(false);
    }
}

#[cfg(test)]
mod tests;
