//! Attribute values between OTLP's `AnyValue` and plain JSON, never nested deeper than every reader of ours can follow.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList, any_value::Value as Any};
use serde_json::{Map, Number, Value};

use super::span::Attributes;

/// How many lists and objects may lie in one another; what is deeper becomes JSON text. One level takes up to three messages of
/// protobuf (prost follows 100) and four levels of OTLP/JSON (serde_json follows 128), so all that is kept can be read again.
pub(super) const MAX_LEVELS: usize = 24;

/// The plain value of an `AnyValue`; one without a value is null.
pub(super) fn plain(any: AnyValue) -> Value {
    // As deep as prost followed it, then cut: shallow values, nearly all, are not looked at twice.
    match any.value {
        Some(any @ (Any::ArrayValue(_) | Any::KvlistValue(_))) => limited(unlimited(Some(any)), MAX_LEVELS),
        any => unlimited(any),
    }
}

fn unlimited(any: Option<Any>) -> Value {
    match any {
        None => Value::Null,
        Some(Any::StringValue(text)) => Value::String(text),
        Some(Any::BoolValue(flag)) => Value::Bool(flag),
        Some(Any::IntValue(number)) => Value::from(number),
        Some(Any::DoubleValue(number)) => double(number),
        Some(Any::ArrayValue(list)) => list.values.into_iter().map(|any| unlimited(any.value)).collect(),
        Some(Any::KvlistValue(list)) => {
            let mut map = Map::with_capacity(list.values.len());
            for pair in list.values {
                let value = unlimited(pair.value.and_then(|any| any.value));
                map.entry(pair.key).or_insert(value);
            }
            Value::Object(map)
        }
        Some(Any::BytesValue(bytes)) => Value::String(STANDARD.encode(bytes)),
        // An index into a table that only profiles have.
        Some(Any::StringValueStrindex(_)) => Value::Null,
    }
}

/// A number; what JSON has no number for is text, spelled as ProtoJSON does.
pub(super) fn double(number: f64) -> Value {
    match Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None if number.is_nan() => Value::from("NaN"),
        None => Value::from(if number > 0.0 { "Infinity" } else { "-Infinity" }),
    }
}

/// `value`, of which lists and objects below `levels` others are JSON text.
pub(super) fn limited(value: Value, levels: usize) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => Value::String(value.to_string()),
        Value::Array(list) => list.into_iter().map(|value| limited(value, levels - 1)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, limited(value, levels - 1))).collect(),
        scalar => scalar,
    }
}

/// The attributes of a list of pairs.
pub(super) fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    Attributes(pairs.into_iter().map(|pair| (pair.key, pair.value.map_or(Value::Null, plain))).collect())
}

/// A plain value as `AnyValue`; what has no place in it, such as whole numbers above 63 bits, is text.
pub(super) fn any(value: &Value) -> AnyValue {
    any_within(value, MAX_LEVELS)
}

fn any_within(value: &Value, levels: usize) -> AnyValue {
    let value = match value {
        Value::Null => None,
        Value::Bool(flag) => Some(Any::BoolValue(*flag)),
        Value::Number(number) => Some(match (number.as_i64(), number.as_f64().filter(|_| number.is_f64())) {
            (Some(number), _) => Any::IntValue(number),
            (None, Some(number)) => Any::DoubleValue(number),
            (None, None) => Any::StringValue(number.to_string()),
        }),
        Value::String(text) => Some(Any::StringValue(text.clone())),
        Value::Array(_) | Value::Object(_) if levels == 0 => Some(Any::StringValue(value.to_string())),
        Value::Array(list) => {
            Some(Any::ArrayValue(ArrayValue { values: list.iter().map(|value| any_within(value, levels - 1)).collect() }))
        }
        Value::Object(map) => {
            let values = map.iter().map(|(key, value)| pair(key, any_within(value, levels - 1))).collect();
            Some(Any::KvlistValue(KeyValueList { values }))
        }
    };
    AnyValue { value }
}

/// A list of pairs of the attributes.
pub(super) fn pairs(attributes: &Attributes) -> Vec<KeyValue> {
    attributes.iter().map(|(key, value)| pair(key, any(value))).collect()
}

fn pair(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value), key_strindex: 0 }
}
