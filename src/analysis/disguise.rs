//! Errors in disguise: a tool's output that says, in its structure, that the call failed.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{error_text, excerpt};

/// Longest text before the colon of `Error …: `, in bytes.
const PREFIX_BYTES: usize = 80;

/// What an output says went wrong; `None` when it says nothing of the kind.
///
/// A text counts when it begins with `Error…:`, with the name of an exception type, or with a traceback. An object counts when its `error` (or
/// `exception`) says something, its `status` is `error` or an HTTP status from 400, its `is_error` is true, or its `success` (or `ok`) is false.
/// A list counts when it is a single text part, as tool protocols wrap their results.
pub(crate) fn error_in(output: &Value) -> Option<Cow<'_, str>> {
    match output {
        Value::String(text) => in_text(text).then(|| Cow::Borrowed(error_text::essence(text))),
        Value::Object(object) => in_object(object),
        Value::Array(parts) => match parts.as_slice() {
            [Value::Object(part)] => in_part(part),
            _ => None,
        },
        _ => None,
    }
}

fn in_text(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with(error_text::TRACEBACK) || error_text::exception_type(text).is_some() {
        return true;
    }
    // `Error: x`, `ERROR: x`, `Error executing tool: x`; not `Errors: 0`, not `error: none`.
    let Some((prefix, rest)) = excerpt::head(text, PREFIX_BYTES + 40).split_once(':') else { return false };
    let mut words = prefix.split_ascii_whitespace();
    let begins = words.next().is_some_and(|word| word.eq_ignore_ascii_case("error"));
    begins && prefix.len() <= PREFIX_BYTES && says_something(rest)
}

fn in_object(object: &Map<String, Value>) -> Option<Cow<'_, str>> {
    let fine = object.iter().any(|(key, value)| match (key.as_str(), value) {
        ("success" | "ok", Value::Bool(true)) => true,
        ("status", Value::String(status)) => ["ok", "success", "completed"].iter().any(|word| status.eq_ignore_ascii_case(word)),
        _ => false,
    });
    let told = ["error", "exception", "errors"].iter().find_map(|key| told_by(object.get(*key)?));
    if told.is_some() && !fine {
        return told.map(|told| if told.is_empty() { words_of(object) } else { told });
    }
    let marked = object.iter().any(|(key, value)| match (key.as_str(), value) {
        ("is_error" | "isError", Value::Bool(true)) | ("success" | "ok", Value::Bool(false)) => true,
        ("status", Value::String(status)) => status.eq_ignore_ascii_case("error"),
        ("status" | "status_code" | "statusCode", Value::Number(status)) => {
            status.as_u64().is_some_and(|status| (400..600).contains(&status))
        }
        _ => false,
    });
    marked.then(|| words_of(object))
}

/// What a part of a wrapped result says: `{"type": "text", "text": "Error: …"}`.
fn in_part(part: &Map<String, Value>) -> Option<Cow<'_, str>> {
    match part.get("text") {
        Some(Value::String(text)) if in_text(text) => Some(Cow::Borrowed(error_text::essence(text))),
        Some(_) => None,
        None => in_object(part),
    }
}

/// What the value of an `error` key tells: nothing when it is empty, false or a number (a number is a measure), else its words, perhaps none.
fn told_by(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Bool(true) => Some(Cow::Borrowed("")),
        Value::String(text) if says_something(text) => Some(Cow::Borrowed(error_text::essence(text))),
        Value::Object(object) if !object.is_empty() => Some(words_of(object)),
        Value::Array(items) => items.first().and_then(|first| match first {
            Value::Object(object) => Some(words_of(object)),
            Value::String(text) if says_something(text) => Some(Cow::Borrowed(error_text::essence(text))),
            _ => None,
        }),
        _ => None,
    }
}

/// The words an error object carries; empty when it has none.
fn words_of(object: &Map<String, Value>) -> Cow<'_, str> {
    let text_at = |key: &str| match object.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(error_text::essence(text)),
        Some(Value::Array(parts)) => parts.first().and_then(|part| part.get("text")).and_then(Value::as_str).map(error_text::essence),
        _ => None,
    };
    let kind = text_at("type").filter(|kind| kind.ends_with("Error") || kind.ends_with("Exception"));
    let message =
        ["message", "error", "detail", "details", "reason", "error_message", "content", "text"].iter().find_map(|key| text_at(key));
    match (kind, message) {
        (Some(kind), Some(message)) => Cow::Owned(format!("{kind}: {message}")),
        (None, Some(message)) => Cow::Borrowed(message),
        (Some(kind), None) => Cow::Borrowed(kind),
        (None, None) => Cow::Borrowed(""),
    }
}

/// Whether a text after `error:` tells of one.
fn says_something(text: &str) -> bool {
    let text = text.trim();
    let nothing = ["none", "null", "nil", "no", "false", "n/a", "no error", "ok"];
    text.contains(|c: char| c.is_alphabetic()) && !nothing.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_that_pose_as_results() {
        for (output, says) in [
            (json!("Error: user not found"), "Error: user not found"),
            (json!("Error executing tool: denied"), "Error executing tool: denied"),
            (json!("ValueError: denied"), "ValueError: denied"),
            (json!("Traceback (most recent call last):\n  File \"x\"\nKeyError: 'a'"), "KeyError: 'a'"),
            (json!({"error": "no such order"}), "no such order"),
            (json!({"error": {"type": "ToolError", "message": "denied"}}), "ToolError: denied"),
            (json!({"error": true, "message": "denied"}), "denied"),
            (json!({"errors": [{"message": "denied"}]}), "denied"),
            (json!({"status": "error", "content": "denied"}), "denied"),
            (json!({"status": 503, "detail": "down"}), "down"),
            (json!({"success": false}), ""),
            (json!({"isError": true, "content": [{"type": "text", "text": "denied"}]}), "denied"),
            (json!([{"type": "text", "text": "Error: denied"}]), "Error: denied"),
        ] {
            assert_eq!(error_in(&output).as_deref(), Some(says), "{output}");
        }
    }

    #[test]
    fn results_that_only_look_like_errors() {
        for output in [
            json!("No errors: all fine"),
            json!("Errors: 0"),
            json!("error: none"),
            json!("The error rate fell"),
            json!({"error": null, "rows": 3}),
            json!({"error": 0.05, "r2": 0.9}),
            json!({"error": "", "rows": 3}),
            json!({"errors": []}),
            json!({"error": "warning only", "success": true}),
            json!({"status": "failed", "order": "A-1"}),
            json!({"status": 200}),
            json!([{"type": "text", "text": "fine"}, {"type": "text", "text": "Error: no"}]),
            json!(null),
            json!(3),
        ] {
            assert_eq!(error_in(&output), None, "{output}");
        }
    }
}
