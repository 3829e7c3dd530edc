//! What a message is made of, in the shapes in which providers and tracers write messages: text, calls asked for, results given back.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::model::step::ToolCall;

/// How deep lists of parts may lie in each other.
const DEEPEST: u8 = 4;
/// Longest text that is read as JSON to know a result again.
const READ_MOST: usize = 256 * 1024;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Model,
    /// A tool, giving back a result.
    Tool,
    /// Somebody else, by a name of the sender's.
    Other,
}

impl Role {
    /// The role of this name, as providers call them.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if is(&["system", "developer", "instructions"]) {
            Self::System
        } else if is(&["user", "human"]) {
            Self::User
        } else if is(&["assistant", "ai", "model", "bot"]) {
            Self::Model
        } else if is(&["tool", "function", "tool_result"]) {
            Self::Tool
        } else {
            Self::Other
        }
    }
}

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// What the model thought before it spoke.
    Thought(&'a str),
    /// A call the model asks for.
    Asked {
        /// The tool.
        name: &'a str,
        /// The id it gave the call.
        id: Option<&'a str>,
        /// The arguments, as sent: an object, or text that holds one.
        arguments: Option<&'a Value>,
    },
    /// What a tool gave back.
    Gave {
        /// The call it answers.
        id: Option<&'a str>,
        /// The result.
        result: &'a Value,
    },
    /// Something else: a picture, a document, a shape nobody knows.
    Other(&'a Value),
}

/// What knows a piece again, whoever wrote it down: a hash.
pub(super) type Key = u64;

/// A message in pieces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pieces<'a> {
    /// Who speaks; `None` where the message does not say.
    pub role: Option<Role>,
    /// The pieces, in order.
    pub list: Vec<Piece<'a>>,
}

impl<'a> Pieces<'a> {
    /// By what each piece is known again.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let role = self.role.unwrap_or(Role::Other);
        self.list.iter().map(move |piece| match *piece {
            Piece::Text(text) => text_key(role, text),
            Piece::Thought(text) => text_key(Role::Other, text),
            Piece::Asked { id: Some(id), .. } => keyed("asked", id.as_bytes()),
            Piece::Asked { name, arguments, .. } => keyed(name, &arguments.map(canonical).unwrap_or_default()),
            Piece::Gave { id: Some(id), .. } => keyed("gave", id.as_bytes()),
            Piece::Gave { result, .. } => keyed("gave by value", &canonical(result)),
            Piece::Other(value) => keyed("other", &canonical(value)),
        })
    }

    fn text(&mut self, text: &'a str) {
        if !text.trim().is_empty() {
            self.list.push(Piece::Text(text));
        }
    }

    /// Reads content: text, a list of parts, or one part.
    fn content(&mut self, content: &'a Value, depth: u8) {
        match content {
            Value::String(text) => self.text(text),
            Value::Array(parts) if depth > 0 => parts.iter().for_each(|part| self.part(part, depth - 1)),
            Value::Object(_) if depth > 0 => self.part(content, depth - 1),
            Value::Null => {}
            other => self.list.push(Piece::Other(other)),
        }
    }

    fn part(&mut self, part: &'a Value, depth: u8) {
        let Value::Object(fields) = part else { return self.content(part, depth) };
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let id = ["id", "call_id", "tool_use_id", "tool_call_id"].iter().find_map(|key| text(key));
        match text("type") {
            Some("tool_use" | "tool_call" | "function_call" | "function") => self.asked(part),
            Some("tool_result" | "tool_call_response" | "function_call_output") => {
                let result = ["content", "result", "response", "output"].iter().find_map(|key| fields.get(*key)).unwrap_or(&Value::Null);
                let id = text("tool_use_id").or_else(|| text("call_id")).or(id);
                self.list.push(Piece::Gave { id, result });
            }
            Some("thinking" | "reasoning") => match ["thinking", "content", "text", "summary"].iter().find_map(|key| text(key)) {
                Some(thought) => self.list.push(Piece::Thought(thought)),
                None => self.list.push(Piece::Other(part)),
            },
            _ if fields.contains_key("role") || fields.contains_key("tool_calls") => self.message(part, depth),
            _ if fields.contains_key("functionCall") => fields.values().for_each(|call| self.asked(call)),
            _ if fields.contains_key("functionResponse") => {
                fields.values().for_each(|given| self.list.push(Piece::Gave { id, result: given }))
            }
            _ => match text("text").or_else(|| text("content")) {
                Some(words) => self.text(words),
                None => self.list.push(Piece::Other(part)),
            },
        }
    }

    fn asked(&mut self, asked: &'a Value) {
        let inner = asked.get("function").filter(|inner| inner.is_object()).unwrap_or(asked);
        let Some(name) = inner.get("name").and_then(Value::as_str) else { return self.list.push(Piece::Other(asked)) };
        let id = ["call_id", "id"].iter().find_map(|key| asked.get(*key)).and_then(Value::as_str);
        let arguments = ["arguments", "input", "args"].iter().find_map(|key| inner.get(*key)).filter(|arguments| !arguments.is_null());
        self.list.push(Piece::Asked { name, id, arguments });
    }

    fn message(&mut self, message: &'a Value, depth: u8) {
        let role = message.get("role").or_else(|| message.get("type")).and_then(Value::as_str).map(Role::named);
        self.role = self.role.or(role);
        for thought in ["reasoning_content", "reasoning"].iter().filter_map(|key| message.get(*key)?.as_str()) {
            self.list.push(Piece::Thought(thought));
        }
        let content = ["content", "parts", "output", "text"].iter().find_map(|key| message.get(*key)).unwrap_or(&Value::Null);
        if self.role == Some(Role::Tool) {
            let id = ["tool_call_id", "call_id", "id"].iter().find_map(|key| message.get(*key)).and_then(Value::as_str);
            self.list.push(Piece::Gave { id, result: content });
            return;
        }
        self.content(content, depth);
        if let Some(words) = message.get("refusal").and_then(Value::as_str) {
            self.text(words);
        }
        for asked in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            self.asked(asked);
        }
        if let Some(older) = message.get("function_call") {
            self.asked(older);
        }
    }
}

/// A message a model was sent.
#[must_use]
pub fn of_message(message: &Value) -> Pieces<'_> {
    let mut pieces = Pieces::default();
    match message {
        Value::Object(fields) if fields.contains_key("role") || fields.contains_key("tool_calls") => pieces.message(message, DEEPEST),
        other => pieces.content(other, DEEPEST),
    }
    pieces.role = pieces.role.or(Some(Role::User));
    pieces
}

/// What a model answered: text, a message, blocks, or a provider's whole response.
#[must_use]
pub fn of_answer(output: &Value) -> Pieces<'_> {
    let mut pieces = Pieces { role: Some(Role::Model), list: Vec::new() };
    let inner = ["/choices", "/candidates", "/output"].iter().find_map(|path| output.pointer(path)?.as_array());
    match inner {
        Some(choices) => {
            for choice in choices {
                let message =
                    choice.get("message").or_else(|| choice.get("content").filter(|content| content.is_object())).unwrap_or(choice);
                pieces.part(message, DEEPEST);
            }
        }
        None => match output.get("message").filter(|message| message.is_object()) {
            Some(message) => pieces.message(message, DEEPEST),
            None if output.get("content").is_some() || output.get("tool_calls").is_some() => pieces.message(output, DEEPEST),
            None => pieces.content(output, DEEPEST),
        },
    }
    pieces
}

/// A call that was made, with its result.
pub(super) fn of_call(tool: &ToolCall) -> Pieces<'_> {
    let mut pieces = Pieces { role: Some(Role::Tool), list: Vec::new() };
    let id = tool.id.as_deref();
    pieces.list.push(Piece::Asked { name: &tool.name, id, arguments: tool.input.as_ref() });
    let result = tool.output.as_ref();
    // A call without a result says nothing under its id: what comes later by that id is news.
    if let Some(result) = result {
        pieces.list.push(Piece::Gave { id: None, result });
        if id.is_some() {
            pieces.list.push(Piece::Gave { id, result });
        }
    }
    pieces
}

/// By what the error of a call is known again when a model is told of it.
pub(super) fn of_error(tool: &ToolCall, error: &str) -> Vec<Key> {
    let by_id = tool.id.as_deref().filter(|_| tool.output.is_none()).map(|id| keyed("gave", id.as_bytes()));
    by_id.into_iter().chain([keyed("gave by value", error.trim().as_bytes())]).collect()
}

/// A plain text.
pub(super) fn of_text(role: Role, text: &str) -> Pieces<'_> {
    Pieces { role: Some(role), list: vec![Piece::Text(text)] }
}

/// The messages a model was sent: a list, an object that holds one, or a single prompt.
pub(super) fn messages(sent: Option<&Value>) -> impl Iterator<Item = &Value> {
    sent.into_iter().flat_map(list)
}

/// The message at a place among those a model was sent.
pub(super) fn list(sent: &Value) -> &[Value] {
    let held = ["messages", "contents", "input", "prompts"].iter().find_map(|key| sent.get(*key));
    match held.unwrap_or(sent) {
        Value::Array(messages) => messages,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn text_key(role: Role, text: &str) -> Key {
    keyed(
        match role {
            Role::System => "system",
            Role::User => "user",
            Role::Model => "model",
            Role::Tool => "tool",
            Role::Other => "other",
        },
        text.trim().as_bytes(),
    )
}

fn keyed(kind: &str, bytes: &[u8]) -> Key {
    xxh3_64(kind.as_bytes()).rotate_left(17) ^ xxh3_64(bytes)
}

/// A value as it is compared: text that holds JSON is that JSON.
fn canonical(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) if text.len() <= READ_MOST && text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str::<Value>(text).map_or_else(|_| text.trim().as_bytes().to_vec(), |value| value.to_string().into_bytes())
        }
        Value::String(text) => text.trim().as_bytes().to_vec(),
        // A result in text blocks is its text.
        Value::Array(parts) if !parts.is_empty() && parts.iter().all(|part| part.get("text").is_some_and(Value::is_string)) => {
            let text: Vec<&str> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
            canonical(&Value::String(text.join("\n")))
        }
        other => other.to_string().into_bytes(),
    }
}
