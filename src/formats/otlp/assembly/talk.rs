//! The words in what agents and models are given and give, in the shapes frameworks write messages.

use serde_json::Value;

/// What the user said last in an input: the words of its last user message, or the input itself where it holds no messages.
pub(super) fn asked(input: &Value) -> Value {
    let Some(messages) = messages(input) else { return input.clone() };
    let user = messages.iter().rev().find(|message| is_by(message, &["user", "human"]));
    user.or(messages.last()).and_then(words).map_or_else(|| input.clone(), Value::String)
}

/// What was answered last in an output: the words of its last message, or the output itself where it holds no messages.
pub(super) fn answered(output: &Value) -> Value {
    let Some(messages) = messages(output) else { return output.clone() };
    messages.last().and_then(words).map_or_else(|| output.clone(), Value::String)
}

/// The words of the last message of `messages` that is by the user.
pub(super) fn last_by_user(messages: &[Value]) -> Option<String> {
    messages.iter().rev().filter(|message| is_by(message, &["user", "human"])).find_map(words)
}

/// The words of what a model answered; `None` where it only asked for tools.
pub(super) fn answer_in(messages: &[Value]) -> Option<String> {
    messages.iter().rev().filter_map(words).find(|words| !words.trim().is_empty())
}

/// Whether something was said at all.
pub(super) fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(is_said),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// The messages a value holds: a list of them, or an object with `messages`.
fn messages(value: &Value) -> Option<&[Value]> {
    let list = match value {
        Value::Array(list) => list,
        Value::Object(fields) => fields.get("messages")?.as_array()?,
        _ => return None,
    };
    // LangChain sends a list of lists, one for each prompt of a batch.
    let list = match list.as_slice() {
        [Value::Array(only)] => only,
        _ => list,
    };
    (!list.is_empty() && list.iter().all(is_message)).then_some(list)
}

fn is_message(value: &Value) -> bool {
    role(value).is_some() && content(value).is_some()
}

fn is_by(message: &Value, roles: &[&str]) -> bool {
    role(message).is_some_and(|role| roles.contains(&role))
}

/// Who speaks: `role`, or LangChain's `type`, or the class of a serialised message.
fn role(message: &Value) -> Option<&str> {
    let class = || match message.get("id")?.as_array()?.last()?.as_str()? {
        "HumanMessage" => Some("human"),
        "AIMessage" | "AIMessageChunk" => Some("ai"),
        "SystemMessage" => Some("system"),
        "ToolMessage" => Some("tool"),
        _ => None,
    };
    let kind = || message.get("type").and_then(Value::as_str).filter(|kind| matches!(*kind, "human" | "ai" | "system" | "tool"));
    message.get("role").and_then(Value::as_str).or_else(kind).or_else(class)
}

fn content(message: &Value) -> Option<&Value> {
    let inside = |key: &str| message.get(key).and_then(|inner| inner.get("content"));
    message.get("content").or_else(|| message.get("parts")).or_else(|| inside("data")).or_else(|| inside("kwargs"))
}

/// The words of a message: its text, or the texts of its parts.
pub(super) fn words(message: &Value) -> Option<String> {
    words_of(content(message)?)
}

/// The words of a message's content; of an answer that is no words, its JSON.
pub(super) fn words_of(content: &Value) -> Option<String> {
    match content {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let text = |part: &Value| match part {
                Value::String(text) => Some(text.clone()),
                part => ["text", "content"].iter().find_map(|key| part.get(*key).and_then(Value::as_str)).map(str::to_owned),
            };
            let texts: Vec<String> = parts.iter().filter_map(text).collect();
            (!texts.is_empty() || parts.is_empty()).then(|| texts.join("\n"))
        }
        Value::Object(fields) => {
            let text = ["text", "content"].iter().find_map(|key| fields.get(*key).and_then(Value::as_str));
            Some(text.map_or_else(|| content.to_string(), str::to_owned))
        }
        other => Some(other.to_string()),
    }
}
