//! Texts of a run as they are read for evidence: the words in a request or an answer of any shape, without end marks, of bounded length.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use crate::analysis::excerpt;

/// Bytes read of one text: what is longer is a document, whose beginning and end tell what it is.
const MOST_BYTES: usize = 8_192;

/// Words looked for in a structured request or answer, at most this deep.
const DEEPEST: usize = 6;

/// A text that is not too long, as it is; of a longer one, its beginning and end.
pub(super) fn capped(words: Cow<'_, str>) -> Cow<'_, str> {
    if words.len() <= MOST_BYTES {
        return words;
    }
    let half = MOST_BYTES / 2;
    Cow::Owned(format!("{}\n{}", excerpt::head(&words, half), excerpt::tail(&words, half)))
}

/// How simulated users end a conversation: `###STOP###`, `##END##`.
static END_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"##+[A-Z_-]+##+").ok());

/// The words without end marks, and whether there was one.
pub(super) fn without_end_mark(words: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    let Some(mark) = END_MARK.as_ref().filter(|mark| words.contains("##") && mark.is_match(&words)) else { return (words, false) };
    (Cow::Owned(mark.replace_all(&words, "").trim().to_owned()), true)
}

/// The words of a request: a text; of messages, the user's; else every text in it.
pub(super) fn in_request(input: &Value) -> Option<Cow<'_, str>> {
    match input {
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Array(messages) => {
            let of_user = |message: &&Value| {
                matches!(message.get("role").or_else(|| message.get("type")).and_then(Value::as_str), Some("user" | "human"))
            };
            let last = messages.iter().rev().find(of_user);
            joined(last.map_or(input, |message| message.get("content").unwrap_or(message)))
        }
        Value::Object(fields) => match fields.get("messages") {
            Some(messages @ Value::Array(_)) => in_request(messages),
            _ => joined(input),
        },
        _ => None,
    }
    .filter(|words| !words.trim().is_empty())
}

/// The words of an answer: a text as it is; of a message, its content; of anything else, its JSON.
pub(super) fn in_answer(output: &Value) -> Option<Cow<'_, str>> {
    match output {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Object(fields) => {
            let inside = fields
                .get("content")
                .or_else(|| output.pointer("/choices/0/message/content"))
                .or_else(|| output.pointer("/message/content"));
            match inside {
                Some(Value::String(text)) => Some(Cow::Borrowed(text.as_str())),
                Some(Value::Null) => None,
                Some(inside) => joined(inside),
                None => Some(Cow::Owned(output.to_string())),
            }
        }
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// Every text in a value, in order, a line each.
fn joined(value: &Value) -> Option<Cow<'_, str>> {
    fn collect<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a str>, room: &mut usize) {
        match value {
            _ if depth > DEEPEST || *room == 0 => {}
            Value::String(text) => {
                *room = room.saturating_sub(text.len() + 1);
                found.push(text);
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, found, room)),
            Value::Object(fields) => {
                let told = fields.iter().filter(|(key, _)| !matches!(key.as_str(), "type" | "role" | "id"));
                told.for_each(|(_, item)| collect(item, depth + 1, found, room));
            }
            _ => {}
        }
    }
    let (mut found, mut room) = (Vec::new(), MOST_BYTES * 2);
    collect(value, 0, &mut found, &mut room);
    match found.as_slice() {
        [] => None,
        [only] => Some(Cow::Borrowed(*only)),
        several => Some(Cow::Owned(several.join("\n"))),
    }
}
