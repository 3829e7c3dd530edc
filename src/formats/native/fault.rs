//! What senders write where something went wrong: a text, an object, a flag.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::super::{field, prose};

/// What a part says went wrong: a text, an object, or only that something did.
#[derive(Default)]
pub(in crate::formats) struct Fault {
    pub text: Option<String>,
    pub failed: bool,
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = |text: String| Self { failed: !text.is_empty(), text: Some(text).filter(|text| !text.is_empty()) };
        Ok(match Value::deserialize(deserializer)? {
            Value::Bool(failed) => Self { text: None, failed },
            Value::Null => Self::default(),
            Value::Object(fields) => {
                let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
                match (text("type"), text("message")) {
                    (Some(kind), Some(message)) => words(format!("{kind}: {message}")),
                    (Some(one), None) | (None, Some(one)) => words(one.to_owned()),
                    (None, None) if fields.values().all(Value::is_null) => Self::default(),
                    (None, None) => words(Value::Object(fields).to_string()),
                }
            }
            other => words(prose::text_of(other)),
        })
    }
}

/// The error that ended the run: a text or an object.
#[derive(Default)]
pub(in crate::formats) struct Failure {
    pub kind: Option<String>,
    pub message: Option<String>,
    pub traceback: Option<String>,
    pub failed_at_step: Option<u32>,
    /// Something is said to have failed, if only by `true`.
    pub failed: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FailureFields {
    #[serde(rename = "type", deserialize_with = "field::name")]
    kind: Option<String>,
    #[serde(deserialize_with = "field::said")]
    message: Option<String>,
    #[serde(deserialize_with = "field::said")]
    traceback: Option<String>,
    #[serde(deserialize_with = "field::number")]
    failed_at_step: Option<u32>,
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FailureReader)
    }
}

struct FailureReader;

impl<'de> Visitor<'de> for FailureReader {
    type Value = Failure;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, an object with type and message, or null")
    }
    fn visit_bool<E: Error>(self, failed: bool) -> Result<Failure, E> {
        Ok(Failure { failed, ..Failure::default() })
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Failure, E> {
        let message = Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Failure { failed: message.is_some(), message, ..Failure::default() })
    }
    /// An object of nulls is how some serializers write that there was no error.
    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Failure, A::Error> {
        let FailureFields { kind, message, traceback, failed_at_step } = FailureFields::deserialize(MapAccessDeserializer::new(fields))?;
        let message = message.filter(|text| !text.is_empty());
        let failed = kind.is_some() || message.is_some() || traceback.is_some() || failed_at_step.is_some();
        Ok(Failure { kind, message, traceback, failed_at_step, failed })
    }
}
