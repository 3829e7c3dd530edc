//! Text out of JSON values, and JSON out of text.

use std::borrow::Cow;

use serde_json::Value;

use super::limits::Allowance;

/// The words of a value: text as it is; of a list of content blocks their texts, a line each, and for blocks without words
/// what they are, as `[image_url]`; anything else written as JSON.
pub(super) fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(blocks)
            if blocks.iter().any(|block| block_text(block).is_some()) && blocks.iter().all(|block| line(block).is_some()) =>
        {
            blocks.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

fn line(block: &Value) -> Option<Cow<'_, str>> {
    let kind = || Some(format!("[{}]", block.get("type")?.as_str()?).into());
    block_text(block).map(Cow::from).or_else(kind)
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
pub(super) fn read_arguments(value: Value, allowance: &Allowance) -> Arguments {
    match value {
        Value::String(text) if text.trim_ascii().is_empty() => Arguments { value: None, error: None },
        value => {
            let (value, error) = read(value, allowance);
            Arguments { value: Some(value), error }
        }
    }
}

/// Reads a call's result the same way; an empty one is a result.
pub(super) fn read_result(value: Value, allowance: &Allowance) -> Value {
    read(value, allowance).0
}

fn read(value: Value, allowance: &Allowance) -> (Value, Option<String>) {
    let Value::String(text) = value else { return (value, None) };
    let trimmed = text.trim_ascii();
    if !trimmed.starts_with(['{', '[']) || !allowance.affords(trimmed) {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_found_in_the_ways_content_is_sent() {
        assert_eq!(text_of(json!("as it is")), "as it is");
        assert_eq!(
            text_of(json!([{"type": "text", "text": "look at"}, {"type": "image_url", "image_url": {"url": "data:…"}}, "this"])),
            "look at\n[image_url]\nthis"
        );
        assert_eq!(text_of(json!([{"order": 1}, {"order": 2}])), r#"[{"order":1},{"order":2}]"#);
        assert_eq!(text_of(json!([{"type": "image"}])), r#"[{"type":"image"}]"#);
        assert_eq!(text_of(json!({"a": 1})), r#"{"a":1}"#);
        assert_eq!(text_of(json!([])), "[]");
    }
}
