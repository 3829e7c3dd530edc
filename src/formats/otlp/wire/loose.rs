//! OTLP/JSON values in whatever type and spelling senders write them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::{Map, Value};

use super::super::{
    any_value,
    messages::{self, BadId},
    span::{Attributes, OtelTraceId, SpanId, Status, UnixNanos},
};
use crate::model::time::Timestamp;

/// The entries of a list; null and what is missing are an empty one, a single object stands for a list of it.
pub(super) fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Object(_) => vec![value],
        _ => Vec::new(),
    }
}

/// A text; other scalars as they are written.
pub(super) fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A count: a number or the text of one; 0 for anything else.
pub(super) fn count(value: &Value) -> u32 {
    u32::try_from(whole(value).unwrap_or(0)).unwrap_or(u32::MAX)
}

/// A moment: nanoseconds as text or number, whole or not; also RFC 3339.
pub(super) fn moment(value: &Value) -> Option<UnixNanos> {
    let dated = || u64::try_from(Timestamp::parse(value.as_str()?)?.micros()).ok()?.checked_mul(1_000);
    whole(value).or_else(dated).and_then(messages::moment)
}

/// A whole number that is not negative, as number or text; one that is too large is the largest.
fn whole(value: &Value) -> Option<u64> {
    let rounded = |number: f64| (number >= 0.0).then_some(number as u64);
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(rounded)),
        Value::String(text) => text.trim().parse().ok().or_else(|| text.trim().parse().ok().and_then(rounded)),
        _ => None,
    }
}

/// The id of a trace.
pub(super) fn trace_id(value: &Value) -> Result<OtelTraceId, BadId> {
    messages::trace_id(&id_bytes("trace", value, 16)?)
}

/// The id of a span.
pub(super) fn span_id(value: &Value) -> Result<SpanId, BadId> {
    messages::span_id(&id_bytes("span", value, 8)?)
}

/// Whether an id is there and says something: not empty, not zeros.
pub(super) fn has_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.bytes().any(|byte| !matches!(byte, b'0' | b'-')))
}

/// The bytes of an id: hexadecimal in either case, or the base64 of generic protobuf libraries. Its length tells which.
fn id_bytes(what: &'static str, value: &Value, length: usize) -> Result<Vec<u8>, BadId> {
    let text = match value {
        Value::Null => "",
        Value::String(text) => text.trim(),
        _ => return Err(BadId { what, is: "is not a text".to_owned() }),
    };
    match (hexadecimal(text), STANDARD.decode(text).ok()) {
        (Some(bytes), _) if bytes.len() == length => Ok(bytes),
        (_, Some(bytes)) if bytes.len() == length => Ok(bytes),
        (Some(bytes), _) => Ok(bytes),
        (None, _) => Err(BadId { what, is: "is not hexadecimal".to_owned() }),
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(())?;
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// How a span ended: an object with code and message, or the code alone; codes as numbers or names.
pub(super) fn status(value: Value) -> Status {
    let Value::Object(mut said) = value else { return messages::status(code(&value), String::new()) };
    let message = said.remove("message").map_or(String::new(), text);
    messages::status(said.get("code").map_or(0, code), message)
}

fn code(value: &Value) -> i32 {
    let named = |text: &str| {
        let name = text.trim().to_ascii_uppercase();
        match name.strip_prefix("STATUS_CODE_").unwrap_or(&name) {
            "OK" => Some(StatusCode::Ok as i32),
            "ERROR" => Some(StatusCode::Error as i32),
            _ => None,
        }
    };
    value.as_str().and_then(named).unwrap_or_else(|| i32::try_from(count(value)).unwrap_or(0))
}

/// Attributes: a list of pairs, or an object of names and values as some write it.
pub(super) fn attributes(value: Value) -> Attributes {
    Attributes(match value {
        Value::Array(pairs) => pairs.into_iter().filter_map(pair).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, any(value))).collect(),
        _ => Vec::new(),
    })
}

/// A name and its value; a value without a name says nothing, unless it is all there is.
fn pair(value: Value) -> Option<(String, Value)> {
    let Value::Object(mut pair) = value else { return None };
    let value = pair.remove("value").map_or(Value::Null, any);
    let key = pair.remove("key").map_or(String::new(), text);
    (!key.is_empty() || !value.is_null()).then_some((key, value))
}

/// The plain value of an `AnyValue`; what is not even an object is kept as it is.
pub(super) fn any(value: Value) -> Value {
    match plain(value) {
        deep @ (Value::Array(_) | Value::Object(_)) => any_value::limited(deep, any_value::MAX_LEVELS),
        scalar => scalar,
    }
}

fn plain(value: Value) -> Value {
    let Value::Object(mut map) = value else { return value };
    for (name, read) in KINDS {
        match map.remove(name) {
            None | Some(Value::Null) => {}
            Some(value) => return read(value),
        }
    }
    // Of a kind that is not known yet: by the specification, no value.
    Value::Null
}

type Read = fn(Value) -> Value;

/// What an `AnyValue` may be, and how its value is read.
const KINDS: [(&str, Read); 7] = [
    ("stringValue", |value| value),
    ("boolValue", boolean),
    ("intValue", integer),
    ("doubleValue", double),
    ("arrayValue", |value| list(values_of(value)).into_iter().map(plain).collect()),
    ("kvlistValue", |value| Value::Object(pairs(values_of(value)))),
    ("bytesValue", |value| value),
];

fn boolean(value: Value) -> Value {
    match value.as_str() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        _ => value,
    }
}

/// A whole number as number or text, also written `7.0`.
fn integer(value: Value) -> Value {
    let number = match &value {
        Value::Number(number) => number.as_i64().or_else(|| exact(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| exact(text.trim().parse().ok()?)),
        _ => None,
    };
    number.map_or(value, Value::from)
}

/// The whole number a float is, where it is one that floats hold exactly.
fn exact(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

fn double(value: Value) -> Value {
    let number = match &value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.map_or(value, any_value::double)
}

/// The list in the `values` of a list value; the list itself where it stands bare.
fn values_of(value: Value) -> Value {
    match value {
        Value::Object(mut map) => map.remove("values").unwrap_or(Value::Null),
        other => other,
    }
}

/// A map of its pairs; the first where a name is repeated.
fn pairs(value: Value) -> Map<String, Value> {
    let mut map = Map::new();
    for entry in list(value) {
        let Value::Object(mut entry) = entry else { continue };
        let value = entry.remove("value").map_or(Value::Null, plain);
        map.entry(entry.remove("key").map_or(String::new(), text)).or_insert(value);
    }
    map
}
