//! Chat transcripts: a list of messages as model APIs take and give them becomes a [`Trace`].
//!
//! Understood are OpenAI's chat messages and response items, and Anthropic's messages with their content blocks.

mod talk;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    error::{FormatError, FormatErrorKind},
    limits::{Allowance, MAX_STEPS},
    native::{self, body::Body, offer::Offer},
    surrogates, text,
};
use crate::model::{ids::TraceId, step::Step, trace::Trace};
use talk::Talk;

/// Reads a transcript: a list of messages, or an object with `messages`. The object may carry the documented fields of a trace
/// beside them (`agent_id`, `success`, `session_id`, …), and `model` and `tools` as in a request to a model.
///
/// # Errors
/// A body that is not UTF-8 or not JSON, a message that is no object or has no role; the error names the message.
pub fn decode(body: &[u8], id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    let (text, allowance) = text::checked(body)?;
    if text.trim_start().starts_with('[') {
        return decode_list(text, &allowance, id_if_absent);
    }
    let (body, note) = surrogates::read::<Body>(text)?;
    let mut trace = assemble(body, &allowance, id_if_absent)?;
    trace.incomplete.extend(note.into_iter().chain(allowance.note()));
    Ok(trace)
}

/// Whether an object tells its story in messages and not in the documented lists.
pub(super) fn is_transcript(body: &Body) -> bool {
    !body.has_steps() && body.messages.as_ref().is_some_and(|messages| messages.get().starts_with('['))
}

/// Whether an element of an array is a message of a transcript rather than a trace of a batch.
pub(super) fn is_message(element: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        role: Option<IgnoredAny>,
        content: Option<IgnoredAny>,
        tool_calls: Option<IgnoredAny>,
        agent_id: Option<IgnoredAny>,
        trace_id: Option<IgnoredAny>,
        trace: Option<IgnoredAny>,
    }
    let is_object = element.trim_ascii_start().starts_with(b"{");
    serde_json::from_slice::<Marks>(element).is_ok_and(|marks| {
        is_object
            && marks.role.is_some()
            && (marks.content.is_some() || marks.tool_calls.is_some())
            && marks.agent_id.is_none()
            && marks.trace_id.is_none()
            && marks.trace.is_none()
    })
}

/// A trace out of a bare list of messages.
pub(super) fn decode_list(text: &str, allowance: &Allowance, id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    let (messages, note) = surrogates::read::<Vec<Value>>(text)?;
    let mut trace = Trace::empty(id_if_absent());
    fill(&mut trace, messages, Talk::new(None, allowance))?;
    trace.incomplete = native::missing(&trace);
    trace.incomplete.extend(note.into_iter().chain(allowance.note()));
    Ok(trace)
}

/// A trace out of an object with messages.
pub(super) fn assemble(body: Body, allowance: &Allowance, id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    let raw = body.messages.as_ref().map_or("[]", |messages| messages.get());
    let (messages, note) = surrogates::read::<Vec<Value>>(raw).map_err(|error| error.inside("messages"))?;
    // Not documented fields of a trace: what cannot be read of them is passed over.
    let model = body.model.as_ref().and_then(|model| serde_json::from_str::<String>(model.get()).ok());
    // `functions` is the older name of `tools`.
    let offers = body.tools.as_ref().or(body.functions.as_ref()).and_then(|tools| serde_json::from_str::<Vec<Offer>>(tools.get()).ok());
    let mut trace = native::assemble(body, allowance, id_if_absent)?;
    trace.tools_available = trace.tools_available.or(offers.map(|offers| native::offers(offers, allowance)));
    fill(&mut trace, messages, Talk::new(model, allowance)).map_err(|error| error.inside("messages"))?;
    let missing = native::missing(&trace);
    trace.incomplete.retain(|lack| missing.contains(lack) || !native::NAMES_OF_A_COMPLETE_TRACE.contains(&lack.as_str()));
    trace.incomplete.extend(note);
    Ok(trace)
}

/// Adds the steps of `messages`, and what they tell of input and output.
fn fill(trace: &mut Trace, messages: Vec<Value>, mut talk: Talk<'_>) -> Result<(), FormatError> {
    for (index, message) in messages.into_iter().enumerate() {
        talk.message(message).map_err(|error| error.inside(&format!("[{index}]")))?;
        if talk.steps.len() > MAX_STEPS {
            let message = format!("the transcript has more than {MAX_STEPS} steps; send it in parts");
            return Err(FormatError::new(FormatErrorKind::TooLarge, message));
        }
    }
    let said_by =
        |step: &&Step, role: &str| step.role.as_deref() == Some(role) && step.content.as_deref().is_some_and(|text| !text.is_empty());
    let text = |step: &Step| step.content.clone().map(Value::String);
    trace.input = trace.input.take().or_else(|| talk.steps.iter().find(|step| said_by(step, "user")).and_then(text));
    trace.output = trace.output.take().or_else(|| talk.steps.iter().rfind(|step| said_by(step, "assistant")).and_then(text));
    trace.timestamp = trace.timestamp.or_else(|| talk.steps.iter().find_map(|step| step.started));
    trace.steps = talk.steps;
    Ok(())
}

#[cfg(test)]
mod tests;
