//! Langfuse exports: traces with their observations, and observations by themselves, as its interface and its API give them.
//!
//! Each observation is a span in the words that Langfuse's own SDKs use on the wire, so that all else is read as if it had come from them.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    FormatError,
    foreign::{self, Outline, add, take, take_moment, take_text},
    limits::Allowance,
    otlp::{
        span::{Attributes, OtelTraceId, Resource, Scope, Span, SpanId, Status, UnixNanos},
        wire::{Both, MAX_ITEMS},
    },
    surrogates,
};

/// Members under which pages and lists hold traces or observations.
const WRAPPERS: &[&str] = &["data", "traces", "observations"];

/// Names that only observations have, as the API and as the export to files write them.
const OF_OBSERVATIONS: &[&str] = &["parentObservationId", "parent_observation_id", "usageDetails", "usage_details", "traceId", "trace_id"];

/// Members that repeat what others say, or say nothing of the run.
const REDUNDANT: &[&str] = &[
    "htmlPath",
    "projectId",
    "project_id",
    "createdAt",
    "created_at",
    "updatedAt",
    "updated_at",
    "timestamp",
    "latency",
    "totalCost",
    "bookmarked",
    "public",
    "traceId",
    "trace_id",
    "unit",
    "totalTokens",
    "modelId",
    "inputPrice",
    "outputPrice",
    "totalPrice",
    "inputCost",
    "outputCost",
    "calculatedInputCost",
    "calculatedOutputCost",
];

/// Whether a text is an export of Langfuse's.
pub(super) fn is_export(text: &str) -> bool {
    let named = ["\"observations\"", "\"parentObservationId\"", "\"parent_observation_id\"", "\"startTime\"", "\"start_time\""];
    named.iter().any(|name| text.contains(name))
        && foreign::holds(text, WRAPPERS, |outline| has_observations(outline) || is_observation(outline))
}

/// A trace with its observations, or with their ids; `{"trace": {…}, "observations": […]}` is one as well.
fn has_observations(outline: &Outline<'_>) -> bool {
    let list = outline.get("observations").is_some_and(|list| list.get().starts_with('['));
    list && !["agent_id", "steps", "messages"].iter().any(|name| outline.contains_key(*name))
}

fn is_observation(outline: &Outline<'_>) -> bool {
    let kind = outline.get("type").and_then(|kind| serde_json::from_str::<String>(kind.get()).ok());
    let started = outline.contains_key("startTime") || outline.contains_key("start_time");
    started && kind.is_some_and(|kind| is_type(&kind)) && OF_OBSERVATIONS.iter().any(|name| outline.contains_key(*name))
}

fn is_type(kind: &str) -> bool {
    const TYPES: [&str; 10] = ["SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EMBEDDING", "GUARDRAIL", "EVALUATOR"];
    TYPES.contains(&kind)
}

/// The spans of an export.
///
/// # Errors
/// A text that is not JSON.
pub(super) fn read(text: &str, allowance: &Allowance) -> Result<Both, FormatError> {
    let (value, _) = surrogates::read::<Value>(text)?;
    let is_record = |fields: &Map<String, Value>| fields.contains_key("observations") || fields.contains_key("type");
    let mut both = Both::default();
    for mut record in foreign::records(value, &WRAPPERS[..2], is_record) {
        let spans = &mut both.spans;
        match record.remove("observations") {
            Some(observations) => spans.items.extend(trace(record, observations, text, allowance)),
            None => spans.items.extend(foreign_trace(&mut record, text).and_then(|trace| observation(record, trace, allowance))),
        }
    }
    let left = both.spans.items.len().saturating_sub(MAX_ITEMS);
    if left > 0 {
        both.spans.items.truncate(MAX_ITEMS);
        both.spans.rejected = left as u64;
        both.spans.reasons.push(format!("an export may hold {MAX_ITEMS} observations; give it in parts"));
    }
    Ok(both)
}

/// The trace that an observation names; without one, all of a file are one.
fn foreign_trace(fields: &mut Map<String, Value>, text: &str) -> Option<OtelTraceId> {
    foreign::trace_id(&take_text(fields, &["traceId", "trace_id"]).unwrap_or_else(|| text.to_owned()))
}

/// The spans of a trace: its observations, and one around them where they have no single outermost one.
fn trace(mut fields: Map<String, Value>, observations: Value, text: &str, allowance: &Allowance) -> Vec<Span> {
    if let Some(Value::Object(inner)) = fields.remove("trace") {
        fields = inner;
    }
    let named =
        || observations.get(0).and_then(|first| first.get("traceId").or_else(|| first.get("trace_id"))?.as_str().map(str::to_owned));
    let id = take_text(&mut fields, &["id", "traceId", "trace_id"]).or_else(named);
    let Some(trace) = foreign::trace_id(id.as_deref().unwrap_or(text)) else { return Vec::new() };
    let observations = if let Value::Array(observations) = observations { observations } else { Vec::new() };
    let mut spans: Vec<Span> = observations
        .into_iter()
        .filter_map(|entry| if let Value::Object(fields) = entry { observation(fields, trace, allowance) } else { None })
        .collect();

    let mut tops = spans.iter().enumerate().filter(|(_, span)| span.parent.is_none()).map(|(place, _)| place);
    let root = match (tops.next(), tops.next()) {
        (Some(only), None) => only,
        _ => {
            spans.extend(around(&mut fields, trace, &spans));
            spans.len().saturating_sub(1)
        }
    };
    let known: HashSet<SpanId> = spans.iter().map(|span| span.id).collect();
    let latest = spans.iter().filter_map(|span| span.end.max(span.start)).max();
    let Some(top) = spans.get(root).map(|span| span.id) else { return spans };
    for span in spans.iter_mut().filter(|span| span.id != top && span.parent.is_none_or(|parent| !known.contains(&parent))) {
        span.parent = Some(top);
    }
    if let Some(root) = spans.get_mut(root) {
        // What is exported has come to its end, also where an end was never sent.
        root.end = root.end.or(latest);
        tell(root, fields, allowance);
    }
    spans
}

/// A span for the trace itself.
fn around(fields: &mut Map<String, Value>, trace: OtelTraceId, inside: &[Span]) -> Option<Span> {
    let start =
        take_moment(fields, &["timestamp", "startTime", "start_time"]).or_else(|| inside.iter().filter_map(|span| span.start).min());
    let seconds = fields.get("latency").and_then(Value::as_f64).filter(|seconds| (0.0..1e9).contains(seconds));
    let by_latency = start.zip(seconds).map(|(start, seconds)| UnixNanos(start.0.saturating_add((seconds * 1e9) as u64)));
    Some(Span {
        trace,
        id: foreign::span_id(&trace.to_string())?,
        parent: None,
        name: fields.get("name").and_then(Value::as_str).unwrap_or("trace").to_owned(),
        start,
        end: by_latency.max(inside.iter().filter_map(|span| span.end).max()).or(start),
        attributes: Attributes(vec![("langfuse.observation.type".to_owned(), json!("agent"))]),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::default(),
        resource: Arc::default(),
    })
}

/// Adds what the trace says of itself to its outermost span.
fn tell(root: &mut Span, mut fields: Map<String, Value>, allowance: &Allowance) {
    let extras = Extras::of(take(&mut fields, &["metadata"]), allowance);
    let attributes = &mut root.attributes;
    let known: HashSet<String> = attributes.iter().map(|(name, _)| name.to_owned()).collect();
    attributes.0.extend(extras.attributes.into_iter().filter(|(name, _)| !known.contains(name)));
    add(attributes, "metadata", extras.metadata);
    add(attributes, "langfuse.session.id", take(&mut fields, &["sessionId", "session_id"]));
    add(attributes, "user.id", take(&mut fields, &["userId", "user_id"]));
    others(fields, "langfuse.trace", attributes);
    if root.scope.name.is_empty() {
        root.scope = extras.scope;
    }
    if root.resource.attributes.0.is_empty() {
        root.resource = extras.resource;
    }
}

/// Adds the members that have no place of their own.
fn others(fields: Map<String, Value>, under: &str, attributes: &mut Attributes) {
    for (name, value) in fields {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_str() == Some("");
        if !empty && !REDUNDANT.contains(&name.as_str()) {
            attributes.0.push((format!("{under}.{name}"), value));
        }
    }
}

/// One observation as a span.
fn observation(mut fields: Map<String, Value>, trace: OtelTraceId, allowance: &Allowance) -> Option<Span> {
    let id = foreign::span_id(&take_text(&mut fields, &["id", "spanId", "span_id"])?)?;
    let kind = take_text(&mut fields, &["type"]).unwrap_or_default().to_lowercase();
    let said = take_text(&mut fields, &["statusMessage", "status_message"]);
    let failed = take_text(&mut fields, &["level"]).is_some_and(|level| level.eq_ignore_ascii_case("error"));
    let extras = Extras::of(take(&mut fields, &["metadata"]), allowance);

    let mut attributes = Attributes(extras.attributes);
    let calls_a_model = kind == "generation";
    add(&mut attributes, "langfuse.observation.type", Some(json!(kind)).filter(|_| !kind.is_empty()));
    let model = take_text(&mut fields, &["model", "providedModelName", "provided_model_name", "internalModelId"]);
    add(&mut attributes, "langfuse.observation.model.name", model.map(Value::from));
    add(&mut attributes, "langfuse.observation.model.parameters", take(&mut fields, &["modelParameters", "model_parameters"]));
    for (member, observed, messages) in [
        ("input", "langfuse.observation.input", "gen_ai.input.messages"),
        ("output", "langfuse.observation.output", "gen_ai.output.messages"),
    ] {
        let value = take(&mut fields, &[member]).map(|value| foreign::unpacked(value, allowance));
        let name = if calls_a_model && value.as_ref().is_some_and(is_talk) { messages } else { observed };
        add(&mut attributes, name, value);
    }
    add(&mut attributes, "langfuse.observation.usage_details", usage(&mut fields));
    add(&mut attributes, "langfuse.observation.cost_details", cost(&mut fields));
    if !failed {
        add(&mut attributes, "langfuse.observation.status_message", said.clone().map(Value::from));
    }
    add(&mut attributes, "metadata", extras.metadata);

    let start = take_moment(&mut fields, &["startTime", "start_time"]);
    let end = take_moment(&mut fields, &["endTime", "end_time"]);
    let parent = take_text(&mut fields, &["parentObservationId", "parent_observation_id"]).and_then(|parent| foreign::span_id(&parent));
    let name = take_text(&mut fields, &["name"]).unwrap_or_else(|| kind.clone());
    others(fields, "langfuse.observation", &mut attributes);
    Some(Span {
        trace,
        id,
        parent,
        name,
        start,
        // An event has no length.
        end: end.or(start.filter(|_| kind == "event")),
        attributes,
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: if failed { Status::Error(said.unwrap_or_default()) } else { Status::Unset },
        scope: extras.scope,
        resource: extras.resource,
    })
}

/// Whether a value is messages: a list of them, one, or a request that holds some.
fn is_talk(value: &Value) -> bool {
    let is_message = |value: &Value| value.get("role").is_some_and(Value::is_string);
    match value {
        Value::Array(list) => !list.is_empty() && list.iter().all(is_message),
        Value::Object(fields) => is_message(value) || fields.get("messages").is_some_and(is_talk),
        _ => false,
    }
}

/// Tokens by kind; older versions had a few fixed names for them.
fn usage(fields: &mut Map<String, Value>) -> Option<Value> {
    let details =
        take(fields, &["usageDetails", "usage_details"]).filter(|details| details.as_object().is_some_and(|kinds| !kinds.is_empty()));
    let (input, output) = match take(fields, &["usage"]) {
        Some(Value::Object(mut usage)) => (take(&mut usage, &["input", "promptTokens"]), take(&mut usage, &["output", "completionTokens"])),
        _ => (take(fields, &["promptTokens"]), take(fields, &["completionTokens"])),
    };
    let counted = |count: &Option<Value>| count.as_ref().and_then(Value::as_u64).is_some_and(|count| count > 0);
    details.or_else(|| (counted(&input) || counted(&output)).then(|| json!({"input": input, "output": output})))
}

/// What it cost; nothing where there was nothing to price.
fn cost(fields: &mut Map<String, Value>) -> Option<Value> {
    let details = take(fields, &["costDetails", "cost_details"]).filter(|details| details.get("total").is_some());
    let total =
        take(fields, &["calculatedTotalCost", "totalCost", "total_cost"]).filter(|cost| cost.as_f64().is_some_and(|cost| cost > 0.0));
    details.or_else(|| total.map(|total| json!({"total": total})))
}

/// What is kept as metadata: the user's own, and of what came as OpenTelemetry its attributes, scope and resource.
#[derive(Default)]
struct Extras {
    attributes: Vec<(String, Value)>,
    scope: Arc<Scope>,
    resource: Arc<Resource>,
    metadata: Option<Value>,
}

impl Extras {
    fn of(metadata: Option<Value>, allowance: &Allowance) -> Self {
        let mut fields = match metadata.map(|metadata| foreign::unpacked(metadata, allowance)) {
            Some(Value::Object(fields)) => fields,
            other => return Self { metadata: other, ..Self::default() },
        };
        let mut object = |name: &str| {
            let packed = fields.get(name).is_some_and(|value| foreign::unpacked(value.clone(), allowance).is_object());
            let value = fields.remove(name).filter(|_| packed)?;
            if let Value::Object(inner) = foreign::unpacked(value, allowance) { Some(inner) } else { None }
        };
        let attributes = object("attributes").unwrap_or_default().into_iter().collect();
        let resource = object("resourceAttributes").unwrap_or_default().into_iter().collect();
        let mut scope = object("scope").unwrap_or_default();
        let (name, version) = (take_text(&mut scope, &["name"]).unwrap_or_default(), take_text(&mut scope, &["version"]));
        Self {
            attributes,
            scope: Arc::new(Scope { name, version, attributes: Attributes::default() }),
            resource: Arc::new(Resource { attributes: Attributes(resource) }),
            metadata: Some(Value::Object(fields)).filter(|fields| fields.as_object().is_some_and(|fields| !fields.is_empty())),
        }
    }
}

#[cfg(test)]
mod tests;
