//! Text out of JSON values, and JSON out of text.

use serde_json::Value;

/// The words of a value: text as it is; of a list of content blocks their texts, a line each; anything else written as JSON.
pub(super) fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(blocks) if !blocks.is_empty() && blocks.iter().all(|block| block_text(block).is_some()) => {
            blocks.iter().filter_map(block_text).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// The words of one content block: a text, or an object with its words under `text` (any vocabulary's `type`).
pub(super) fn block_text(block: &Value) -> Option<&str> {
    match block {
        Value::String(text) => Some(text),
        Value::Object(fields) => fields.get("text").and_then(Value::as_str),
        _ => None,
    }
}

/// Arguments as they are meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arguments {
    /// The value; `None` where the text was empty, as some models write that they give none.
    pub(super) value: Option<Value>,
    /// Why text that tries to be an object is none.
    pub(super) error: Option<String>,
}

/// Reads a call's arguments: text that holds a JSON object or list becomes that, other text stays text.
pub(super) fn read_arguments(value: Value) -> Arguments {
    match value {
        Value::String(text) if text.trim_ascii().is_empty() => Arguments { value: None, error: None },
        value => {
            let (value, error) = read(value);
            Arguments { value: Some(value), error }
        }
    }
}

/// Reads a call's result the same way; an empty one is a result.
pub(super) fn read_result(value: Value) -> Value {
    read(value).0
}

fn read(value: Value) -> (Value, Option<String>) {
    let Value::String(text) = value else { return (value, None) };
    let trimmed = text.trim_ascii();
    if !trimmed.starts_with(['{', '[']) {
        return (Value::String(text), None);
    }
    match serde_json::from_str(trimmed) {
        Ok(value) => (value, None),
        // Plain text may well begin with a bracket ("[draft] …"); with a brace it means to be an object.
        Err(error) => {
            let error = trimmed.starts_with('{').then(|| format!("not JSON: {error}"));
            (Value::String(text), error)
        }
    }
}
