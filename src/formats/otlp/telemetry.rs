//! What a run's spans give away of the program that sent them: a bounded digest, by which its framework is recognised.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

use serde_json::Value;

use super::span::{Attributes, Span};
use crate::model::telemetry::Telemetry;

/// Spans looked at, the earliest first: a framework shows itself in its outermost spans.
const SPANS: usize = 512;

/// Scopes kept.
const SCOPES: usize = 16;

/// Names kept of spans, and of events.
const NAMES: usize = 128;

/// Names of attributes kept.
const ATTRIBUTES: usize = 256;

/// Different values kept of one attribute.
const VALUES: usize = 8;

/// Attributes kept of the program's own description.
const RESOURCE: usize = 32;

/// Bytes kept of a name, and of a value of the program's description.
const NAME_BYTES: usize = 160;

/// Bytes kept of a value.
const VALUE_BYTES: usize = 512;

/// Bytes kept of a value of one of [`LONG`].
const LONG_VALUE_BYTES: usize = 2_048;

/// Values in which what tells a framework often comes late: after the user's own metadata, below the first frames.
const LONG: [&str; 2] = ["metadata", "exception.stacktrace"];

/// Attributes that come in numbers and hold content: their names are the vocabulary's and tell no framework.
const CONTENT: [&str; 8] = [
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.tools.",
    "llm.prompts.",
    "embedding.embeddings.",
    "retrieval.documents.",
    "gen_ai.prompt.",
    "gen_ai.completion.",
];

/// The traits of a run's spans, the outermost span's first.
#[must_use]
pub fn digest(spans: &[Span]) -> Telemetry {
    let mut order: Vec<&Span> = spans.iter().collect();
    // What starts with its parent comes after it.
    order.sort_by_key(|span| (span.start.map_or(u64::MAX, |start| start.0), span.parent.is_some()));
    order.truncate(SPANS);

    let mut digest = Digest::default();
    for (position, span) in order.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|before| order.get(before));
        if before.is_none_or(|before| !Arc::ptr_eq(&before.scope, &span.scope)) {
            note(&mut digest.scopes, &span.scope.name, SCOPES);
        }
        if before.is_none_or(|before| !Arc::ptr_eq(&before.resource, &span.resource)) {
            digest.resource(&span.resource.attributes);
        }
        note(&mut digest.span_names, &span.name, NAMES);
        digest.attributes(&span.attributes);
        for event in &span.events {
            note(&mut digest.event_names, &event.name, NAMES);
            digest.attributes(&event.attributes);
        }
    }
    digest.finish()
}

/// The digest while it grows, borrowing from the spans.
#[derive(Default)]
struct Digest<'a> {
    scopes: Vec<&'a str>,
    span_names: Vec<&'a str>,
    event_names: Vec<&'a str>,
    /// Where an attribute's entry lies in `kept`.
    places: HashMap<&'a str, usize, RandomState>,
    /// Each attribute's name and the heads of its values.
    kept: Vec<(&'a str, Vec<&'a str>)>,
    resource: Vec<(&'a str, String)>,
}

impl<'a> Digest<'a> {
    fn attributes(&mut self, attributes: &'a Attributes) {
        for (name, value) in attributes.iter() {
            if CONTENT.iter().any(|content| name.starts_with(content)) {
                continue;
            }
            let values = match self.places.get(name) {
                Some(place) => self.kept.get_mut(*place),
                None if self.kept.len() == ATTRIBUTES => None,
                None => {
                    self.places.insert(name, self.kept.len());
                    self.kept.push((name, Vec::new()));
                    self.kept.last_mut()
                }
            };
            if let (Some((_, values)), Value::String(text)) = (values, value) {
                let bytes = if LONG.contains(&name) { LONG_VALUE_BYTES } else { VALUE_BYTES };
                note(values, head(text, bytes), VALUES);
            }
        }
    }

    fn resource(&mut self, attributes: &'a Attributes) {
        for (name, value) in attributes.iter() {
            if self.resource.len() == RESOURCE {
                return;
            }
            let text = match value {
                Value::String(text) => head(text, NAME_BYTES).to_owned(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => continue,
            };
            if !self.resource.iter().any(|(known, said)| *known == name && *said == text) {
                self.resource.push((name, text));
            }
        }
    }

    fn finish(self) -> Telemetry {
        let owned = |names: Vec<&str>| names.into_iter().map(|name| head(name, NAME_BYTES).to_owned()).collect();
        Telemetry {
            scopes: owned(self.scopes),
            span_names: owned(self.span_names),
            event_names: owned(self.event_names),
            attributes: self
                .kept
                .into_iter()
                .map(|(name, values)| (head(name, NAME_BYTES).to_owned(), values.into_iter().map(str::to_owned).collect()))
                .collect(),
            resource: self.resource.into_iter().map(|(name, value)| (head(name, NAME_BYTES).to_owned(), value)).collect(),
        }
    }
}

/// Adds a text that is not there yet, while there is room.
fn note<'a>(list: &mut Vec<&'a str>, text: &'a str, most: usize) {
    if list.len() < most && !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

/// The first bytes of a text, whole characters only.
fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
