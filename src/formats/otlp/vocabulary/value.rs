//! Single values out of attributes, in the types that senders write them.

use std::borrow::Cow;

use serde_json::Value;

use crate::formats::{
    limits::Allowance,
    otlp::span::{Attributes, LogRecord, Span},
};

/// Largest count believed: far above any number of tokens, and exact as a float.
const LARGEST_COUNT: u64 = 1_000_000_000_000_000;

/// Text that says something.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim_ascii().is_empty())
}

/// A count, also as a float without a fraction and as text.
pub(super) fn count(value: &Value) -> Option<u64> {
    let count = match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim_ascii().parse().ok(),
        _ => None,
    };
    count.filter(|count| *count <= LARGEST_COUNT)
}

fn whole(float: f64) -> Option<u64> {
    // Within the range of exact floats the cast keeps the value.
    (float.fract() == 0.0 && (0.0..=LARGEST_COUNT as f64).contains(&float)).then_some(float as u64)
}

/// A number, also as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim_ascii().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// The value itself, and what it holds where it is text that holds JSON, also JSON written as JSON text once more. Null counts as absent.
pub(super) fn json(value: &Value, allowance: &Allowance) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(read(Cow::Borrowed(text), allowance)),
        other => Some(other.clone()),
    }
}

/// The same of a value that is no longer needed.
pub(super) fn into_json(value: Value, allowance: &Allowance) -> Value {
    match value {
        Value::String(text) => read(Cow::Owned(text), allowance),
        other => other,
    }
}

fn read(text: Cow<'_, str>, allowance: &Allowance) -> Value {
    parsed(&text, allowance).unwrap_or_else(|| Value::String(text.into_owned()))
}

/// The object or list that a text holds, also as JSON text in JSON text, or the text that a JSON text holds.
pub(super) fn parsed(text: &str, allowance: &Allowance) -> Option<Value> {
    let trimmed = text.trim_ascii();
    match trimmed.as_bytes().first()? {
        b'{' | b'[' if allowance.affords(trimmed) => serde_json::from_str(trimmed).ok(),
        b'"' => {
            let inner: String = serde_json::from_str(trimmed).ok()?;
            let bare = inner.trim_ascii();
            let holds = bare.starts_with(['{', '[']) && allowance.affords(bare);
            Some(holds.then(|| serde_json::from_str(bare).ok()).flatten().unwrap_or(Value::String(inner)))
        }
        _ => None,
    }
}

/// How much JSON may be read out of the texts of a span: without counting where they are small, as most are.
pub(super) fn allowance(span: &Span, logs: &[&LogRecord]) -> Allowance {
    let events = span.events.iter().map(|event| bytes(&event.attributes));
    let records = logs.iter().map(|log| bytes(&log.attributes) + log.body.as_str().map_or(0, str::len));
    Allowance::for_bytes(bytes(&span.attributes) + events.chain(records).sum::<usize>())
}

fn bytes(attributes: &Attributes) -> usize {
    attributes.iter().map(|(_, value)| value.as_str().map_or(0, str::len)).sum()
}

/// The value, or the list in its text where that holds one: content blocks sent as text.
pub(super) fn into_list(value: Value, allowance: &Allowance) -> Value {
    let list = value.as_str().filter(|text| text.trim_ascii_start().starts_with("[{")).and_then(|text| parsed(text, allowance));
    list.filter(Value::is_array).unwrap_or(value)
}
