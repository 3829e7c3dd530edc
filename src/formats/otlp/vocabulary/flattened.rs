//! Lists of messages, tools and documents that were flattened into attributes with numbers in their names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    facts::Piece,
    lexicon,
    message::{Draft, Talk},
    part, role, value,
};
use crate::{formats::limits::Allowance, model::step::RequestedTool};

/// A message while its attributes are gathered; nothing is copied yet.
#[derive(Default)]
struct Gathered<'a> {
    whole: Option<&'a Value>,
    role: Option<&'a str>,
    content: Option<&'a Value>,
    name: Option<&'a str>,
    answers: Option<&'a str>,
    finish: Option<&'a str>,
    parts: BTreeMap<u32, GatheredPart<'a>>,
    calls: BTreeMap<u32, GatheredCall<'a>>,
}

#[derive(Default)]
struct GatheredPart<'a> {
    kind: Option<&'a str>,
    text: Option<&'a str>,
    call: GatheredCall<'a>,
    others: Vec<(&'a str, &'a Value)>,
}

#[derive(Default)]
struct GatheredCall<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    arguments: Option<&'a Value>,
}

/// Reads the messages of one flattened list.
pub(super) fn messages(pieces: &[Piece<'_>], role: &str, allowance: &Allowance) -> Talk {
    let mut messages: BTreeMap<u32, Gathered<'_>> = BTreeMap::new();
    for piece in pieces {
        messages.entry(piece.index).or_default().take(piece.path, piece.value);
    }
    let mut talk = Talk::default();
    for message in messages.into_values() {
        message.tell(role, allowance, &mut talk);
    }
    talk
}

impl<'a> Gathered<'a> {
    fn take(&mut self, path: &'a str, value: &'a Value) {
        let path = path
            .strip_prefix("message.")
            .or_else(|| path.strip_prefix("prompt."))
            .or_else(|| path.strip_prefix("completion."))
            .unwrap_or(path);
        match path {
            "" => self.whole = Some(value),
            "role" => self.role = value::text(value),
            "content" | "text" => self.content = Some(value),
            "name" => self.name = value::text(value),
            "tool_call_id" => self.answers = value::text(value),
            "finish_reason" => self.finish = value::text(value),
            "function_call_name" => self.calls.entry(0).or_default().name = value::text(value),
            "function_call_arguments_json" => self.calls.entry(0).or_default().arguments = Some(value),
            _ => match lexicon::split(path) {
                Some(("tool_calls", index, rest)) => {
                    let rest = rest.strip_prefix("tool_call.").unwrap_or(rest);
                    self.calls.entry(index).or_default().take(rest, value);
                }
                Some(("contents", index, rest)) => self.parts.entry(index).or_default().take(rest, value),
                // What else a message carries is of no use without the rest.
                _ => {}
            },
        }
    }

    fn tell(self, role: &str, allowance: &Allowance, talk: &mut Talk) {
        if let Some(whole) = self.whole {
            let inner = super::message::read(whole, role, allowance);
            talk.messages.extend(inner.messages);
            talk.requested.extend(inner.requested);
            return;
        }
        let mut draft = Draft { role: role::usual(self.role.unwrap_or(role)).to_owned(), ..Draft::default() };
        draft.name = self.name.map(str::to_owned);
        draft.answers = self.answers.map(str::to_owned);
        draft.calls = self.calls.into_values().filter_map(|call| call.read(allowance)).collect();
        for part in self.parts.into_values() {
            part.tell(&mut draft, allowance);
        }
        if draft.content.is_empty() {
            draft.content.extend(self.content.filter(|content| !content.is_null()).cloned());
        }
        if let Some(finish) = self.finish {
            talk.finish.get_or_insert_with(|| finish.to_owned());
        }
        talk.requested.extend(draft.calls.iter().cloned());
        talk.messages.push(draft.build());
    }
}

impl<'a> GatheredPart<'a> {
    fn take(&mut self, path: &'a str, value: &'a Value) {
        if let Some(rest) = path.strip_prefix("tool_call.") {
            return self.call.take(rest, value);
        }
        let path = path.strip_prefix("message_content.").unwrap_or(path);
        match path {
            "type" => self.kind = value::text(value),
            "text" => self.text = value.as_str(),
            _ => self.others.push((path, value)),
        }
    }

    fn tell(self, draft: &mut Draft, allowance: &Allowance) {
        if let Some(call) = self.call.read(allowance) {
            // Anthropic's instrumentation writes a call both as a part and in the list of calls.
            if !draft.calls.iter().any(|known| known.id.is_some() && known.id == call.id) {
                draft.calls.push(call);
            }
        } else if let Some(text) = self.text {
            match self.kind {
                Some("reasoning" | "thinking") => _ = draft.reasoning.get_or_insert_with(|| text.to_owned()),
                _ => draft.content.push(Value::String(text.to_owned())),
            }
        } else if !self.others.is_empty() {
            let kind = self.kind.map(|kind| ("type".to_owned(), Value::from(kind)));
            let others = self.others.into_iter().map(|(name, value)| (name.to_owned(), value.clone()));
            draft.content.push(kind.into_iter().chain(others).collect());
        }
    }
}

impl<'a> GatheredCall<'a> {
    fn take(&mut self, path: &'a str, value: &'a Value) {
        match path.strip_prefix("function.").unwrap_or(path) {
            "id" => self.id = value::text(value),
            "name" => self.name = value::text(value),
            "arguments" => self.arguments = Some(value),
            _ => {}
        }
    }

    fn read(self, allowance: &Allowance) -> Option<RequestedTool> {
        let given = self.arguments.cloned();
        let (arguments, arguments_error) = given.map_or((None, None), |given| part::read_arguments(given, allowance));
        Some(RequestedTool { id: self.id.map(str::to_owned), name: self.name?.to_owned(), arguments, arguments_error })
    }
}

/// Reads the entries of one flattened list as objects, or as single values; JSON in their texts is read.
pub(super) fn entries(pieces: &[Piece<'_>], allowance: &Allowance) -> Vec<Value> {
    let mut entries: BTreeMap<u32, (Map<String, Value>, Option<Value>)> = BTreeMap::new();
    for piece in pieces {
        let (fields, whole) = entries.entry(piece.index).or_default();
        let Some(value) = value::json(piece.value, allowance) else { continue };
        match piece.path.rsplit_once('.').map_or(piece.path, |(_, name)| name) {
            "" => *whole = Some(value),
            name => _ = fields.insert(name.to_owned(), value),
        }
    }
    entries.into_values().map(|(fields, whole)| whole.unwrap_or(Value::Object(fields))).collect()
}
