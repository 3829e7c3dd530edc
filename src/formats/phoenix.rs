//! Phoenix exports: its spans as the table it gives out, written as JSON or JSON lines, and as its API gives them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    FormatError,
    foreign::{self, Outline, add, take, take_moment, take_text},
    limits::Allowance,
    otlp::{
        span::{Attributes, Span, SpanEvent, Status},
        wire::{Both, MAX_ITEMS},
    },
    surrogates,
};

/// Members under which pages of the API and traces hold spans.
const WRAPPERS: &[&str] = &["data", "spans", "traces"];

/// Objects inside attributes that are values, which instrumentations send as JSON text: the ends of their names.
const VALUES: &[&str] = &[
    "metadata",
    "input.value",
    "output.value",
    "invocation_parameters",
    "tool.parameters",
    "json_schema",
    "template.variables",
    "arguments",
];

/// Deepest nesting of attributes that is followed.
const MAX_DEPTH: usize = 24;

/// Bytes that the names of all attributes of a small export may take.
const MOST_NAMES: usize = 1 << 20;

/// Whether a text is an export of Phoenix's.
pub(super) fn is_export(text: &str) -> bool {
    text.contains("\"span_kind\"") && foreign::holds(text, WRAPPERS, is_span)
}

fn is_span(outline: &Outline<'_>) -> bool {
    outline.contains_key("span_kind") && ["context", "context.trace_id", "trace_id"].iter().any(|name| outline.contains_key(*name))
}

/// The spans of an export. A span without an id of a trace is counted as rejected.
///
/// # Errors
/// A text that is not JSON.
pub(super) fn read(text: &str, allowance: &Allowance) -> Result<Both, FormatError> {
    let (value, _) = surrogates::read::<Value>(text)?;
    let is_record = |fields: &Map<String, Value>| fields.contains_key("span_kind");
    let mut both = Both::default();
    let mut room = MOST_NAMES.max(2 * text.len());
    for record in foreign::records(value, WRAPPERS, is_record).into_iter().flat_map(rows) {
        match span(record, allowance, &mut room) {
            Some(span) if both.spans.items.len() < MAX_ITEMS => both.spans.items.push(span),
            _ => both.spans.rejected += 1,
        }
    }
    if both.spans.rejected > 0 {
        both.spans.reasons.push(format!("a span has the ids of itself and of its trace, and an export at most {MAX_ITEMS} spans"));
    }
    Ok(both)
}

/// The rows of a table that was written column by column, `{"name": {"0": …}, …}`; a row by itself as it is.
fn rows(mut columns: Map<String, Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Object(kinds)) = columns.get("span_kind") else { return vec![columns] };
    let indices: Vec<String> = kinds.keys().cloned().collect();
    let mut rows: Vec<Map<String, Value>> =
        indices.iter().map(|index| [("index".to_owned(), json!(index))].into_iter().collect()).collect();
    for (name, column) in &mut columns {
        let Value::Object(column) = column else { continue };
        for (index, row) in indices.iter().zip(&mut rows) {
            column.remove(index).and_then(|value| row.insert(name.clone(), value));
        }
    }
    rows
}

/// One row as a span.
fn span(mut fields: Map<String, Value>, allowance: &Allowance, room: &mut usize) -> Option<Span> {
    let mut context = match fields.remove("context") {
        Some(Value::Object(context)) => context,
        _ => Map::new(),
    };
    let trace = take_text(&mut context, &["trace_id"]).or_else(|| take_text(&mut fields, &["context.trace_id", "trace_id"]))?;
    let id = take_text(&mut context, &["span_id"]).or_else(|| take_text(&mut fields, &["context.span_id", "span_id", "index"]))?;
    let kind = take_text(&mut fields, &["span_kind"]).filter(|kind| !kind.eq_ignore_ascii_case("unknown"));
    let said = take_text(&mut fields, &["status_message"]).unwrap_or_default();
    let status = match take_text(&mut fields, &["status_code"]).as_deref() {
        Some("ERROR") => Status::Error(said),
        Some("OK") => Status::Ok,
        _ => Status::Unset,
    };
    let events = take(&mut fields, &["events"]).map(|events| foreign::unpacked(events, allowance));

    let mut flat = Flat { room, attributes: Vec::new() };
    if let Some(nested) = take(&mut fields, &["attributes"]) {
        flat.take("", foreign::unpacked(nested, allowance), MAX_DEPTH);
    }
    for (name, value) in &mut fields {
        if let Some(name) = name.strip_prefix("attributes.") {
            flat.take(name, value.take(), MAX_DEPTH);
        }
    }
    let mut attributes = Attributes(flat.attributes);
    add(&mut attributes, "openinference.span.kind", kind.map(Value::from));

    Some(Span {
        trace: foreign::trace_id(&trace)?,
        id: foreign::span_id(&id)?,
        parent: take_text(&mut fields, &["parent_id", "parent_span_id"]).and_then(|parent| foreign::span_id(&parent)),
        name: take_text(&mut fields, &["name"]).unwrap_or_default(),
        start: take_moment(&mut fields, &["start_time"]),
        end: take_moment(&mut fields, &["end_time"]),
        attributes,
        dropped_attributes: 0,
        events: if let Some(Value::Array(events)) = events {
            events.into_iter().filter_map(|entry| event(entry, room)).collect()
        } else {
            Vec::new()
        },
        links: Vec::new(),
        status,
        scope: Arc::default(),
        resource: Arc::default(),
    })
}

fn event(value: Value, room: &mut usize) -> Option<SpanEvent> {
    let Value::Object(mut fields) = value else { return None };
    let mut flat = Flat { room, attributes: Vec::new() };
    flat.take("", take(&mut fields, &["attributes"]).unwrap_or_default(), MAX_DEPTH);
    let name = take_text(&mut fields, &["name"])?;
    Some(SpanEvent { name, time: take_moment(&mut fields, &["timestamp"]), attributes: Attributes(flat.attributes) })
}

/// Attributes under their full names, numbered where they lie in a list, as they were before they were put into a tree.
struct Flat<'a> {
    attributes: Vec<(String, Value)>,
    /// Bytes that names may still take: in a deep tree they grow far beyond it.
    room: &'a mut usize,
}

impl Flat<'_> {
    fn take(&mut self, name: &str, value: Value, depth: usize) {
        let under = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
        let is_value = VALUES.iter().any(|end| name == *end || name.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')));
        let parts = match &value {
            Value::Object(parts) => parts.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        // Each part's name begins with this one.
        let left = self.room.checked_sub(name.len().saturating_mul(parts)).filter(|_| depth > 0 && !is_value);
        *self.room = left.unwrap_or(*self.room);
        match value {
            Value::Object(_) | Value::Array(_) if left.is_none() => self.add(name, Value::String(value.to_string())),
            Value::Object(parts) => parts.into_iter().for_each(|(part, value)| self.take(&under(&part), value, depth - 1)),
            Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_object) => {
                list.into_iter().enumerate().for_each(|(index, value)| self.take(&under(&index.to_string()), value, depth - 1));
            }
            Value::Null => {}
            value => self.add(name, value),
        }
    }

    fn add(&mut self, name: &str, value: Value) {
        self.attributes.push((name.to_owned(), value));
    }
}

#[cfg(test)]
mod tests;
