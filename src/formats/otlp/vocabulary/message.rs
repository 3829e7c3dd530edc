//! Messages in every shape senders give them, to the one shape of [`Message`].

use serde_json::{Map, Value};

use super::{
    part::{self, Answer, Part, take_object, take_text},
    role, value,
};
use crate::{
    formats::{limits::Allowance, otlp::reading::Message, usage},
    model::{step::RequestedTool, usage::TokenUsage},
};

/// Deepest nesting of messages in messages that is followed.
const MAX_DEPTH: u8 = 8;

/// Messages, and what stands in them.
#[derive(Default)]
pub(super) struct Talk {
    /// The messages, oldest first.
    pub(super) messages: Vec<Message>,
    /// The tools that were asked for.
    pub(super) requested: Vec<RequestedTool>,
    /// Why the model stopped, where a message says so.
    pub(super) finish: Option<String>,
    /// Whether a tool's answer says that the tool failed.
    pub(super) failed: bool,
    /// The model that wrote the last message, where it says so.
    pub(super) model: Option<String>,
    /// The tokens that the last message cost, where it says so.
    pub(super) usage: Option<TokenUsage>,
    /// The provider's id of the reply, where a whole reply was read.
    pub(super) response_id: Option<String>,
}

/// Members that hold messages, of requests and replies: OpenAI, Anthropic, Gemini, LangChain, Haystack.
const HOLDERS: &[&str] = &["messages", "replies", "choices", "generations", "candidates", "contents", "output", "update", "response"];

/// Members of a message that tell of the call that made it.
const ABOUT: &[&str] = &["meta", "response_metadata", "usage_metadata", "llm_output"];

/// Reads messages out of a value, or out of the JSON in its text; a message that names nobody is of `role`.
pub(super) fn read(value: &Value, role: &str, allowance: &Allowance) -> Talk {
    value::json(value, allowance).map(|value| read_json(value, role, allowance)).unwrap_or_default()
}

/// Reads messages out of a value whose JSON has been read.
pub(super) fn read_json(value: Value, role: &str, allowance: &Allowance) -> Talk {
    let mut reader = Reader { allowance, talk: Talk::default() };
    reader.any(value, role, MAX_DEPTH);
    reader.talk
}

struct Reader<'a> {
    allowance: &'a Allowance,
    talk: Talk,
}

impl Reader<'_> {
    fn any(&mut self, value: Value, role: &str, depth: u8) {
        match value {
            Value::Null => {}
            Value::Array(entries) => self.list(entries, role, depth),
            Value::Object(fields) if is_message(&fields) && depth > 0 => self.message(fields, role, depth - 1),
            Value::Object(fields) if fields.is_empty() => {}
            Value::Object(mut fields) => {
                let held = HOLDERS.iter().find(|holder| fields.get(**holder).is_some_and(|held| held.is_array() || held.is_object()));
                match held.and_then(|holder| fields.remove(*holder)) {
                    Some(held) if depth > 0 => {
                        self.about(&fields);
                        self.any(held, role, depth - 1);
                    }
                    _ => self.built(Draft::new(role), [Value::Object(fields)]),
                }
            }
            words => self.built(Draft::new(role), [words]),
        }
    }

    /// A list of messages, or of the parts of one.
    fn list(&mut self, entries: Vec<Value>, role: &str, depth: u8) {
        let mut parts = Vec::new();
        for entry in entries {
            let message = match &entry {
                Value::Array(_) => true,
                Value::Object(fields) => is_message(fields),
                _ => false,
            };
            if message && depth > 0 {
                self.parts(&mut parts, role);
                self.any(entry, role, depth - 1);
            } else {
                parts.push(entry);
            }
        }
        self.parts(&mut parts, role);
    }

    fn parts(&mut self, parts: &mut Vec<Value>, role: &str) {
        if !parts.is_empty() {
            self.built(Draft::new(role), std::mem::take(parts));
        }
    }

    fn message(&mut self, mut fields: Map<String, Value>, role: &str, depth: u8) {
        self.about(&fields);
        let said = role::said(&fields);
        let role = said.as_deref().unwrap_or(role);
        // A choice holds its message, LangChain a message's data, a generation both.
        if let Some(depth) = depth.checked_sub(1)
            && let Some(inner) = take_object(&mut fields, &["message", "data", "kwargs"])
        {
            return self.message(inner, role, depth);
        }
        let mut draft = Draft { role: role.to_owned(), ..Draft::default() };
        draft.name = take_text(&mut fields, &["name"]);
        draft.answers = take_text(&mut fields, &["tool_call_id", "toolCallId"]);
        if draft.answers.is_none() && role == "tool" {
            draft.answers = take_text(&mut fields, &["id"]);
        }
        draft.reasoning = take_text(&mut fields, &["reasoning_content", "reasoning"]);
        self.talk.failed |= role == "tool" && fields.get("status").and_then(Value::as_str) == Some("error");
        for list in ["tool_calls", "toolCalls", "invalid_tool_calls"] {
            let asked = fields.remove(list).map(|asked| value::into_json(asked, self.allowance));
            let Some(Value::Array(asked)) = asked else { continue };
            draft.calls.extend(asked.into_iter().filter_map(object).filter_map(|call| part::call(call, self.allowance).ok()));
        }
        if let Some(older) = take_object(&mut fields, &["function_call"]) {
            draft.calls.extend(part::call(older, self.allowance));
        }
        let content = ["parts", "content", "message", "contents", "text"].iter().find_map(|key| fields.remove(*key));
        let content = content.map(|content| match (content, role) {
            // What a tool said stays as it said it.
            (content @ Value::String(_), "tool") => content,
            (content, _) => value::into_list(content, self.allowance),
        });
        match content {
            Some(Value::Array(parts)) => self.built(draft, parts),
            Some(Value::Null) | None => self.built(draft, []),
            Some(words) => self.built(draft, [words]),
        }
    }

    /// Takes note of what a message or a whole reply tells of the call that made it.
    fn about(&mut self, fields: &Map<String, Value>) {
        let text =
            |fields: &Map<String, Value>, keys: &[&str]| keys.iter().find_map(|key| value::text(fields.get(*key)?)).map(str::to_owned);
        let inner = ABOUT.iter().filter_map(|member| fields.get(*member)?.as_object());
        for about in inner.chain([fields]) {
            let finish = || text(about, &["finish_reason", "finishReason", "stop_reason"]);
            self.talk.finish = self.talk.finish.take().or_else(finish);
            let counted = ["usage", "token_usage", "usage_metadata", "usageMetadata"].iter().find_map(|key| usage::read(about.get(*key)?));
            self.talk.usage = counted.or(self.talk.usage);
            self.talk.model = text(about, &["model_name", "model"]).or(self.talk.model.take());
        }
        if ["choices", "usage", "object", "stop_reason"].iter().any(|member| fields.contains_key(*member)) {
            self.talk.response_id = self.talk.response_id.take().or_else(|| text(fields, &["id"]));
        }
    }

    fn built(&mut self, mut draft: Draft, parts: impl IntoIterator<Item = Value>) {
        let mut answers = Vec::new();
        for entry in parts {
            match part::read(entry, self.allowance) {
                Part::Text(text) => draft.content.push(Value::String(text)),
                Part::Reasoning(thought) if !thought.is_empty() => _ = draft.reasoning.get_or_insert(thought),
                Part::Reasoning(_) => {}
                Part::Call(call) => draft.calls.push(call),
                Part::Answer(answer) => answers.push(answer),
                Part::Other(other) => draft.content.push(other),
            }
        }
        let only_answers = !answers.is_empty() && draft.says_nothing();
        for answer in answers {
            self.talk.failed |= answer.failed;
            self.talk.messages.push(answered(answer));
        }
        if !only_answers {
            self.talk.requested.extend(draft.calls.iter().cloned());
            self.talk.messages.push(draft.build());
        }
    }
}

/// A message while its parts are being gathered.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) role: String,
    pub(super) name: Option<String>,
    /// The call this message answers.
    pub(super) answers: Option<String>,
    pub(super) reasoning: Option<String>,
    /// Texts, and other parts as they were sent.
    pub(super) content: Vec<Value>,
    pub(super) calls: Vec<RequestedTool>,
}

impl Draft {
    fn new(role: &str) -> Self {
        Self { role: role.to_owned(), ..Self::default() }
    }

    fn says_nothing(&self) -> bool {
        self.content.is_empty() && self.calls.is_empty() && self.reasoning.is_none()
    }

    /// The message in the one shape.
    pub(super) fn build(mut self) -> Message {
        let mut message = Map::new();
        // Only a model asks for tools, whoever a list without roles was thought to be of.
        let role = if !self.calls.is_empty() && self.role != "assistant" { "assistant".to_owned() } else { self.role };
        message.insert("role".into(), Value::String(role));
        match self.content.len() {
            0 => {}
            1 => {
                _ = self
                    .content
                    .pop()
                    .map(|only| message.insert("content".into(), if only.is_string() { only } else { Value::Array(vec![only]) }))
            }
            _ if self.content.iter().all(Value::is_string) => {
                let words: Vec<&str> = self.content.iter().filter_map(Value::as_str).collect();
                message.insert("content".into(), Value::String(words.join("\n")));
            }
            _ => _ = message.insert("content".into(), self.content.into_iter().map(typed).collect()),
        }
        if let Some(thought) = self.reasoning {
            message.insert("reasoning".into(), Value::String(thought));
        }
        if !self.calls.is_empty() {
            message.insert("tool_calls".into(), self.calls.into_iter().map(called).collect());
        }
        if let Some(id) = self.answers {
            message.insert("tool_call_id".into(), Value::String(id));
        }
        if let Some(name) = self.name {
            message.insert("name".into(), Value::String(name));
        }
        Value::Object(message)
    }
}

fn typed(part: Value) -> Value {
    match part {
        Value::String(text) => [("type".to_owned(), Value::from("text")), ("text".to_owned(), Value::String(text))].into_iter().collect(),
        other => other,
    }
}

/// A tool call as messages hold it.
pub(super) fn called(call: RequestedTool) -> Value {
    let id = call.id.map(|id| ("id".to_owned(), Value::String(id)));
    let arguments = call.arguments.map(|arguments| ("arguments".to_owned(), arguments));
    id.into_iter().chain([("name".to_owned(), Value::String(call.name))]).chain(arguments).collect()
}

fn answered(answer: Answer) -> Message {
    let text = |key: &str, text: Option<String>| text.map(|text| (key.to_owned(), Value::String(text)));
    let role = Some(("role".to_owned(), Value::from("tool")));
    let content = answer.content.map(|content| ("content".to_owned(), content));
    [role, content, text("tool_call_id", answer.id), text("name", answer.name)].into_iter().flatten().collect()
}

/// Whether an object is a message rather than a part of one.
fn is_message(fields: &Map<String, Value>) -> bool {
    let object = |key: &str| fields.get(key).is_some_and(Value::is_object);
    ["role", "parts", "tool_calls", "event.name"].iter().any(|key| fields.contains_key(*key))
        || ["message", "kwargs"].iter().any(|key| object(key))
        || role::said(fields).is_some()
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}
