//! A run as spans, for what understands only those: the conventions for generative AI, with our own words where they have none.
//!
//! A run that came as spans keeps its own; this is for runs sent in another form. What spans cannot say is left out: the framework as it
//! was named, tools on offer beside those of a call, what was set aside. Spans have times, so a step that has none of its own begins where
//! the one before it ended, and a step or run whose length is not known ends where it began.

use std::sync::Arc;

use serde_json::{Value, json};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::{
    bundle,
    span::{Attributes, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status, UnixNanos},
};
use crate::{
    formats::FormatError,
    model::{
        ids::TraceId,
        step::{CodeLocation, ModelCall, Step, StepKind, ToolCall},
        time::{Elapsed, Timestamp},
        trace::{RunError, ToolDefinition, Trace},
    },
};

/// A run as OTLP/JSON: one object with `resourceSpans`. `heard` is when it arrived, for a run that does not tell when it was.
///
/// # Errors
/// None is to be expected.
pub fn to_json(trace: &Trace, heard: Timestamp) -> Result<Vec<u8>, FormatError> {
    bundle::to_json(&bundle::encode(&spans(trace, heard), &[]))
}

/// A run as spans: itself first, then its steps in order.
#[must_use]
pub fn spans(trace: &Trace, heard: Timestamp) -> Vec<Span> {
    let made = Made {
        trace: otel_id(trace.id.as_str()),
        id: &trace.id,
        scope: Arc::new(Scope { name: "arc-eval-tui".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()), ..Scope::default() }),
        resource: Arc::new(Resource { attributes: Attributes(vec![("service.name".to_owned(), json!(trace.agent_name()))]) }),
    };
    let begun = trace.timestamp.unwrap_or(heard);
    let mut clock = begun;
    let root = made.span_id(0);
    let mut spans = vec![made.span(root, None, format!("invoke_agent {}", trace.agent_name()), begun, None)];
    for (place, step) in (1_u64..).zip(&trace.steps) {
        // Steps stand in their order also where a sender's clocks disagree.
        let start = step.started.unwrap_or(clock).max(begun);
        let mut span = made.span(made.span_id(place), Some(root), span_name(step), start, step.duration);
        tell_step(step, trace, &mut span);
        clock = clock.max(after(start, step.duration));
        spans.push(span);
    }
    if let Some(span) = spans.first_mut() {
        let took = trace.execution_time.map(|took| after(begun, Some(took)));
        span.end = Some(nanos(took.unwrap_or(clock)));
        tell_run(trace, span);
    }
    spans
}

/// What all spans of a run have in common.
struct Made<'t> {
    trace: OtelTraceId,
    id: &'t TraceId,
    scope: Arc<Scope>,
    resource: Arc<Resource>,
}

impl Made<'_> {
    fn span_id(&self, place: u64) -> SpanId {
        SpanId::made_of(xxh3_64(format!("{}\0{place}", self.id.as_str()).as_bytes()).to_be_bytes())
    }

    fn span(&self, id: SpanId, parent: Option<SpanId>, name: String, start: Timestamp, took: Option<Elapsed>) -> Span {
        Span {
            trace: self.trace,
            id,
            parent,
            name,
            start: Some(nanos(start)),
            end: Some(nanos(after(start, took))),
            attributes: Attributes::default(),
            dropped_attributes: 0,
            events: Vec::new(),
            links: Vec::new(),
            status: Status::Unset,
            scope: Arc::clone(&self.scope),
            resource: Arc::clone(&self.resource),
        }
    }
}

/// The id of an OpenTelemetry trace that stands for a run: its own where it is one, or a UUID; else a hash of it.
fn otel_id(id: &str) -> OtelTraceId {
    let number = u128::from_str_radix(id, 16).ok().filter(|_| id.len() == 32);
    let uuid = || uuid::Uuid::try_parse(id).ok().map(|uuid| uuid.as_u128());
    OtelTraceId::made_of(number.or_else(uuid).unwrap_or_else(|| xxh3_128(id.as_bytes())).to_be_bytes())
}

fn nanos(moment: Timestamp) -> UnixNanos {
    // OTLP knows no time before 1970, and writes 0 for none.
    UnixNanos(u64::try_from(moment.micros()).unwrap_or(0).saturating_mul(1_000).max(1))
}

fn after(moment: Timestamp, took: Option<Elapsed>) -> Timestamp {
    let took = took.map_or(0, |took| i64::try_from(took.micros()).unwrap_or(i64::MAX));
    Timestamp::from_micros(moment.micros().saturating_add(took))
}

/// Adds what is known; what is not stays unsaid.
fn tell(span: &mut Span, name: &str, value: Option<Value>) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        span.attributes.0.push((name.to_owned(), value));
    }
}

/// A value as attributes hold it: text as it is, everything else as JSON.
fn text(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        other => Value::String(other.to_string()),
    }
}

fn tell_run(trace: &Trace, span: &mut Span) {
    tell(span, "gen_ai.operation.name", Some(json!("invoke_agent")));
    tell(span, "gen_ai.agent.name", trace.agent.as_ref().map(|agent| json!(agent)));
    tell(span, "gen_ai.conversation.id", trace.session.as_ref().map(|session| json!(session)));
    tell(span, "arc.domain", trace.domain.as_ref().map(|domain| json!(domain)));
    tell(span, "arc.project", trace.project.as_ref().map(|project| json!(project)));
    tell(span, "arc.trace_id", Some(json!(trace.id)));
    tell(span, "input.value", trace.input.as_ref().map(text));
    tell(span, "output.value", trace.output.as_ref().map(text));
    tell(span, "gen_ai.tool.definitions", trace.tools_available.as_deref().map(offered));
    tell(span, "gen_ai.usage.cost", trace.logged_cost.map(|cost| json!(cost.usd())));
    tell_code(span, trace.code.as_ref());
    if let Some(error) = &trace.error {
        tell_error(span, error);
    } else if trace.success == Some(false) {
        span.status = Status::Error(String::new());
    } else if trace.success == Some(true) {
        span.status = Status::Ok;
    }
}

fn tell_error(span: &mut Span, error: &RunError) {
    let mut event = SpanEvent { name: "exception".to_owned(), time: span.end, attributes: Attributes::default() };
    for (name, value) in
        [("exception.type", &error.kind), ("exception.message", &error.message), ("exception.stacktrace", &error.traceback)]
    {
        event.attributes.0.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
    }
    tell(span, "error.type", error.kind.as_ref().map(|kind| json!(kind)));
    span.status = Status::Error(error.message.clone().unwrap_or_default());
    span.events.push(event);
}

fn tell_code(span: &mut Span, code: Option<&CodeLocation>) {
    if let Some(code) = code {
        tell(span, "code.file.path", Some(json!(code.file)));
        tell(span, "code.line.number", code.line.map(|line| json!(line)));
        tell(span, "code.function.name", code.function.as_ref().map(|function| json!(function)));
    }
}

fn offered(tools: &[ToolDefinition]) -> Value {
    let tool = |tool: &ToolDefinition| json!({"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters});
    Value::String(Value::from_iter(tools.iter().map(tool)).to_string())
}

fn span_name(step: &Step) -> String {
    match step.kind {
        StepKind::LlmCall => format!("chat {}", step.name),
        StepKind::ToolCall => format!("execute_tool {}", step.name),
        _ => step.name.clone(),
    }
}

fn tell_step(step: &Step, trace: &Trace, span: &mut Span) {
    // The run's own name on each of its steps would make them agents of it.
    tell(span, "gen_ai.agent.name", step.agent.as_ref().filter(|agent| Some(*agent) != trace.agent.as_ref()).map(|agent| json!(agent)));
    match (&step.model, &step.tool) {
        (Some(model), _) => tell_model(step, model, span),
        (None, Some(tool)) => tell_tool(tool, span),
        (None, None) => {
            tell(span, "arc.step.kind", Some(json!(kind(step.kind))));
            tell(span, "output.value", step.content.as_ref().map(|content| json!(content)));
        }
    }
    if step.failed() {
        span.status = Status::Error(step.error.clone().unwrap_or_default());
    } else if step.success == Some(true) {
        span.status = Status::Ok;
    }
    span.attributes.0.extend(step.attributes.iter().map(|(name, value)| (name.clone(), text(value))));
}

/// Our own word for a step that is no call.
const fn kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Reasoning => "reasoning",
        StepKind::Retrieval => "retrieval",
        StepKind::Decision => "decision",
        StepKind::Handoff => "handoff",
        StepKind::Guardrail => "guardrail",
        StepKind::Message => "message",
        StepKind::ToolCall | StepKind::LlmCall | StepKind::Other => "step",
    }
}

fn tell_tool(tool: &ToolCall, span: &mut Span) {
    tell(span, "gen_ai.operation.name", Some(json!("execute_tool")));
    tell(span, "gen_ai.tool.name", Some(json!(tool.name)));
    tell(span, "gen_ai.tool.call.id", tool.id.as_ref().map(|id| json!(id)));
    tell(span, "gen_ai.tool.call.arguments", tool.input.as_ref().map(text));
    tell(span, "gen_ai.tool.call.result", tool.output.as_ref().map(text));
    tell_code(span, tool.code.as_ref());
}

fn tell_model(step: &Step, model: &ModelCall, span: &mut Span) {
    tell(span, "gen_ai.operation.name", Some(json!("chat")));
    tell(span, "gen_ai.provider.name", model.provider.as_ref().map(|provider| json!(provider)));
    tell(span, "gen_ai.request.model", model.model.as_ref().map(|name| json!(name)));
    // What was estimated was not reported.
    if let Some(usage) = model.usage.filter(|usage| !usage.estimated) {
        for (name, count) in [
            ("gen_ai.usage.input_tokens", Some(usage.input_tokens)),
            ("gen_ai.usage.output_tokens", Some(usage.output_tokens)),
            ("gen_ai.usage.cache_read.input_tokens", Some(usage.cached_input_tokens).filter(|count| *count > 0)),
            ("gen_ai.usage.cache_creation.input_tokens", Some(usage.cache_write_input_tokens).filter(|count| *count > 0)),
            ("gen_ai.usage.reasoning.output_tokens", Some(usage.reasoning_tokens).filter(|count| *count > 0)),
        ] {
            tell(span, name, count.map(|count| json!(count)));
        }
    }
    tell(span, "gen_ai.usage.cost", model.logged_cost.map(|cost| json!(cost.usd())));
    tell(span, "gen_ai.response.finish_reasons", model.finish_reason.as_ref().map(|reason| json!([reason])));
    tell(span, "gen_ai.input.messages", model.messages.as_ref().map(text));
    tell(span, "gen_ai.output.messages", answer(step, model).as_ref().map(text));
}

/// What the model answered as a message: as sent where that is one, else its words and the calls it asked for.
fn answer(step: &Step, model: &ModelCall) -> Option<Value> {
    let words = match &model.output {
        Some(sent @ (Value::Array(_) | Value::Object(_))) => return Some(sent.clone()),
        Some(Value::Null) | None => step.content.clone(),
        Some(said) => Some(text(said).as_str().unwrap_or_default().to_owned()),
    };
    let words = words.map(|words| json!({"type": "text", "content": words}));
    let calls = model
        .requested_tools
        .iter()
        .map(|asked| json!({"type": "tool_call", "id": asked.id, "name": asked.name, "arguments": asked.arguments}));
    let parts: Vec<Value> = words.into_iter().chain(calls).collect();
    (!parts.is_empty()).then(|| json!([{"role": "assistant", "parts": parts, "finish_reason": model.finish_reason}]))
}

#[cfg(test)]
mod tests;
