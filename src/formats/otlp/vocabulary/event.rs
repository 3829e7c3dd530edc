//! Messages that are told apart from the span's attributes: as events of the span, or as log records.

use serde_json::{Map, Value};

use super::{
    facts::Facts,
    message::{self, Talk},
    role,
};
use crate::formats::{limits::Allowance, otlp::span::Attributes};

/// What was sent to the model and what it answered.
#[derive(Default)]
pub(super) struct Told {
    /// What was sent.
    pub(super) input: Talk,
    /// What was answered.
    pub(super) output: Talk,
}

/// Reads the messages out of events, else out of log records: a sender of both sends the same.
pub(super) fn read(facts: &Facts<'_>) -> Told {
    let mut told = Told::default();
    for event in &facts.span.events {
        told.take(&event.name, &event.attributes, &Value::Null, &facts.allowance);
    }
    if told.input.messages.is_empty() && told.output.messages.is_empty() {
        for log in facts.logs {
            log.name.iter().for_each(|name| told.take(name, &log.attributes, &log.body, &facts.allowance));
        }
    }
    told
}

impl Told {
    fn take(&mut self, name: &str, attributes: &Attributes, body: &Value, allowance: &Allowance) {
        let (role, older) = match name {
            "gen_ai.content.prompt" => ("user", Some("gen_ai.prompt")),
            "gen_ai.content.completion" => ("assistant", Some("gen_ai.completion")),
            _ => match role::of_event(name) {
                Some(role) => (role, None),
                None => return,
            },
        };
        let talk = match (older, attributes.get("gen_ai.event.content"), body) {
            (Some(name), ..) => attributes.get(name).map(|said| message::read(said, role, allowance)).unwrap_or_default(),
            (None, Some(content), _) => message::read(content, role, allowance),
            (None, None, Value::Null) => message::read_json(Value::Object(fields(role, attributes)), role, allowance),
            (None, None, body) => message::read(body, role, allowance),
        };
        // By the name, not by the role: what an agent answered before was sent to the model again.
        let answer = matches!(name, "gen_ai.choice" | "gen_ai.content.completion");
        let side = if answer { &mut self.output } else { &mut self.input };
        side.messages.extend(talk.messages);
        side.requested.extend(talk.requested);
        side.finish = side.finish.take().or(talk.finish);
        side.failed |= talk.failed;
    }
}

fn fields(role: &str, attributes: &Attributes) -> Map<String, Value> {
    let said = attributes.iter().filter(|(name, _)| *name != "tool.result").map(|(name, value)| (name.to_owned(), value.clone()));
    let mut fields: Map<String, Value> = said.collect();
    fields.entry("role").or_insert_with(|| Value::from(role));
    fields
}
