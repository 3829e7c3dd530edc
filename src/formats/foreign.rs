//! What the readers of other tools' exports share: telling them by their outermost names, and ids, moments and values as spans have them.

use std::{borrow::Cow, collections::HashMap};

use serde_json::{Map, Value, value::RawValue};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::{
    field,
    limits::Allowance,
    otlp::span::{Attributes, OtelTraceId, SpanId, UnixNanos},
};

/// How deep an export wraps what it lists: `{"data": [{"observations": […]}]}`.
const MAX_WRAPPERS: u8 = 3;

/// The members of an object, unread.
pub(super) type Outline<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

/// Whether a text is an object that `is_record` knows by its outermost names, a list of them, or an object with such a list as one of
/// `wrappers`. Nothing but the outermost names is built.
pub(super) fn holds(text: &str, wrappers: &[&str], is_record: fn(&Outline<'_>) -> bool) -> bool {
    holds_within(text, wrappers, is_record, MAX_WRAPPERS)
}

fn holds_within(text: &str, wrappers: &[&str], is_record: fn(&Outline<'_>) -> bool, depth: u8) -> bool {
    let first = |list: &str| {
        let list: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
        depth > 0 && list.first().is_some_and(|first| holds_within(first.get(), wrappers, is_record, depth - 1))
    };
    match text.trim_start().as_bytes().first() {
        Some(b'[') => first(text),
        Some(b'{') => serde_json::from_str::<Outline<'_>>(text).is_ok_and(|outline| {
            is_record(&outline)
                || wrappers.iter().any(|name| outline.get(*name).is_some_and(|list| list.get().starts_with('[') && first(list.get())))
        }),
        _ => false,
    }
}

/// The records of an export, out of lists and out of the lists that are one of `wrappers`.
pub(super) fn records(value: Value, wrappers: &[&str], is_record: fn(&Map<String, Value>) -> bool) -> Vec<Map<String, Value>> {
    let mut found = Vec::new();
    gather(value, wrappers, is_record, MAX_WRAPPERS, &mut found);
    found
}

fn gather(value: Value, wrappers: &[&str], is_record: fn(&Map<String, Value>) -> bool, depth: u8, found: &mut Vec<Map<String, Value>>) {
    match value {
        Value::Array(list) if depth > 0 => list.into_iter().for_each(|entry| gather(entry, wrappers, is_record, depth - 1, found)),
        Value::Object(fields) if is_record(&fields) => found.push(fields),
        Value::Object(mut fields) => {
            let list = wrappers.iter().find_map(|name| fields.remove(*name).filter(Value::is_array));
            list.into_iter().for_each(|list| gather(list, wrappers, is_record, depth, found));
        }
        _ => {}
    }
}

/// Takes the first of these members that is there and not null.
pub(super) fn take(fields: &mut Map<String, Value>, names: &[&str]) -> Option<Value> {
    names.iter().filter_map(|name| fields.remove(*name)).find(|value| !value.is_null())
}

/// Takes the first of these members that is a text which says something.
pub(super) fn take_text(fields: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    match take(fields, names)? {
        Value::String(text) if !text.trim_ascii().is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Takes the first of these members that is a moment in any of the ways moments are written.
pub(super) fn take_moment(fields: &mut Map<String, Value>, names: &[&str]) -> Option<UnixNanos> {
    let micros = field::moment(take(fields, names)?).ok()??.micros();
    u64::try_from(micros).ok().map(|micros| UnixNanos(micros.saturating_mul(1_000)))
}

/// A trace's id: sixteen bytes in hexadecimal, also as a UUID; of any other text, bytes made from it, always the same.
pub(super) fn trace_id(text: &str) -> Option<OtelTraceId> {
    let made = || OtelTraceId::from_slice(&xxh3_128(text.as_bytes()).to_be_bytes());
    bytes::<16>(text).and_then(|bytes| OtelTraceId::from_slice(&bytes)).or_else(made)
}

/// A span's id: eight bytes in hexadecimal; of any other text, bytes made from it, always the same.
pub(super) fn span_id(text: &str) -> Option<SpanId> {
    let made = || SpanId::from_slice(&xxh3_64(text.as_bytes()).to_be_bytes());
    bytes::<8>(text).and_then(|bytes| SpanId::from_slice(&bytes)).or_else(made)
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.bytes().filter(|byte| *byte != b'-').collect::<Vec<u8>>();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = pair.iter().try_fold(0_u32, |value, digit| Some(16 * value + char::from(*digit).to_digit(16)?))?;
        *byte = u8::try_from(pair).ok()?;
    }
    Some(bytes)
}

/// The value, or what it holds where it is text that holds JSON.
pub(super) fn unpacked(value: Value, allowance: &Allowance) -> Value {
    let packed = value.as_str().filter(|text| text.trim_start().starts_with(['{', '[', '"']) && allowance.affords(text));
    match packed.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        // JSON text in JSON text.
        Some(Value::String(inner)) if inner.trim_start().starts_with(['{', '[']) && allowance.affords(&inner) => {
            serde_json::from_str(&inner).unwrap_or(Value::String(inner))
        }
        Some(inner) => inner,
        None => value,
    }
}

/// Adds an attribute unless its value is absent or its name is there.
pub(super) fn add(attributes: &mut Attributes, name: &str, value: Option<Value>) {
    if let Some(value) = value.filter(|value| !value.is_null() && attributes.get(name).is_none()) {
        attributes.0.push((name.to_owned(), value));
    }
}

#[cfg(test)]
mod tests;
