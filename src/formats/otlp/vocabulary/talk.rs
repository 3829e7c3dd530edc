//! Picks the messages of a span from all the places where it may tell them.

use serde_json::Value;

use super::{
    event,
    facts::Facts,
    field::Field,
    flattened,
    message::{self, Talk},
    part, value,
};
use crate::formats::otlp::reading::{Message, Reading, SpanKind};

/// Fills in what was sent, what was answered, what tools the answer asks for, and what messages tell of the call that made them.
/// Says whether a tool's answer tells of a failure.
pub(super) fn fill(facts: &Facts<'_>, reading: &mut Reading) -> bool {
    let told = event::read(facts);
    let model = reading.kind == SpanKind::Model;
    // The lists of a long conversation are what a sender with a limit of attributes drops.
    let whole = |field, role| if model { facts.first(field, |body| said(message::read(body, role, &facts.allowance))) } else { None };
    let input =
        attributes(facts, Field::InputMessages, "user").or(said(told.input)).or_else(|| whole(Field::Input, "user")).unwrap_or_default();
    let output = attributes(facts, Field::OutputMessages, "assistant").or(said(told.output)).or_else(|| whole(Field::Output, "assistant"));
    let output = output.unwrap_or_default();
    reading.input_messages = input.messages;
    instructions(facts, &mut reading.input_messages);
    reading.output_messages = output.messages;
    reading.requested_tools = output.requested;
    apart(facts, reading);
    if reading.finish_reason.is_none() {
        reading.finish_reason = output.finish.as_deref().and_then(super::fill::finish);
    }
    if model {
        reading.model = reading.model.take().or(output.model);
        reading.usage = reading.usage.or(output.usage);
        reading.response_id = reading.response_id.take().or(output.response_id);
    }
    output.failed
}

fn said(talk: Talk) -> Option<Talk> {
    (!talk.messages.is_empty()).then_some(talk)
}

/// The messages of the most trusted attributes that hold any.
fn attributes(facts: &Facts<'_>, field: Field, role: &str) -> Option<Talk> {
    let flat = facts.lists(field).filter_map(|pieces| Some((pieces.first()?.rank(), pieces)));
    let mut flat = flat.peekable();
    let mut whole = facts.all(field).iter().peekable();
    loop {
        let before = flat.peek().is_some_and(|(rank, _)| whole.peek().is_none_or(|fact| *rank < fact.rank()));
        let talk = if before {
            flat.next().map(|(_, pieces)| flattened::messages(pieces, role, &facts.allowance))
        } else {
            Some(message::read(whole.next()?.value, role, &facts.allowance))
        };
        if let Some(talk) = talk.and_then(said) {
            return Some(talk);
        }
    }
}

/// Puts instructions that are told apart before the messages, where these do not begin with some.
fn instructions(facts: &Facts<'_>, messages: &mut Vec<Message>) {
    let system = |message: &Message| message.get("role").and_then(Value::as_str) == Some("system");
    if messages.first().is_some_and(system) {
        return;
    }
    if let Some(given) = facts.all(Field::Instructions).first() {
        let said = message::read(given.value, "system", &facts.allowance);
        messages.splice(0..0, said.messages);
    }
}

/// Adds tool calls and thoughts of the answer that are told apart from it.
fn apart(facts: &Facts<'_>, reading: &mut Reading) {
    let calls = if reading.requested_tools.is_empty() { facts.all(Field::OutputCalls).first() } else { None };
    let thought = facts.text(Field::OutputReasoning);
    if calls.is_none() && thought.is_none() {
        return;
    }
    let mut answer = match reading.output_messages.pop() {
        Some(Value::Object(fields)) => fields,
        _ => [("role".to_owned(), Value::from("assistant"))].into_iter().collect(),
    };
    if let Some(Value::Array(calls)) = calls.and_then(|calls| value::json(calls.value, &facts.allowance)) {
        let read = |call| match call {
            Value::Object(call) => part::call(call, &facts.allowance).ok(),
            _ => None,
        };
        reading.requested_tools = calls.into_iter().filter_map(read).collect();
        answer.insert("tool_calls".into(), reading.requested_tools.iter().cloned().map(message::called).collect());
    }
    if let Some(thought) = thought {
        answer.entry("reasoning").or_insert_with(|| Value::from(thought));
    }
    reading.output_messages.push(Value::Object(answer));
}
