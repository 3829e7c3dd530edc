//! From what a span says to what is known of it.

use serde_json::Value;

use super::{definition, facts::Facts, fault, field::Field, flattened, name, provider, python, talk, tokens, tool, value};
use crate::{
    formats::otlp::reading::{Message, Reading, SpanKind},
    model::{money::Money, step::CodeLocation},
};

/// Reads everything.
pub(super) fn fill(facts: &Facts<'_>) -> Reading {
    let mut reading = Reading { kind: kind(facts), unmapped: facts.unmapped(), ..Reading::default() };
    reading.agent = agent(facts, reading.kind);
    reading.agent_id = owned(facts, Field::AgentId);
    reading.session = session(facts);
    reading.domain = owned(facts, Field::Domain);
    reading.project = owned(facts, Field::Project);
    reading.model = owned(facts, Field::Model);
    reading.provider = facts.first(Field::Provider, |said| provider::read(value::text(said)?));
    (reading.usage, reading.usage_is_total) = tokens::read(facts, reading.kind);
    reading.charges = tokens::charges(facts);
    reading.logged_cost = facts.first(Field::Cost, |cost| Money::from_usd(value::number(cost)?));
    reading.response_id = owned(facts, Field::ResponseId);
    reading.finish_reason = facts.first(Field::Finish, |said| finish_of(said, facts));
    reading.tool_definitions = definition::read(facts);
    reading.documents = documents(facts);
    reading.code = code(facts);
    let mut failed = talk::fill(facts, &mut reading);
    if matches!(reading.kind, SpanKind::Tool | SpanKind::Handoff) {
        failed |= tool::fill(facts, &mut reading);
    } else {
        failed = false;
        content(facts, &mut reading);
    }
    facts.dialects().for_each(|dialect| (dialect.refine)(facts, &mut reading));
    reading.tool_name = reading.tool_name.take().or_else(|| suspected(facts, reading.kind));
    reading.error = fault::read(facts, failed);
    reading
}

/// The tool that a span made by hand may stand for: only the calls that models asked for can tell.
fn suspected(facts: &Facts<'_>, kind: SpanKind) -> Option<String> {
    let name = facts.span.name.strip_prefix("tool ").filter(|name| !name.contains(char::is_whitespace));
    name.filter(|_| kind == SpanKind::Unknown).map(str::to_owned)
}

fn owned(facts: &Facts<'_>, field: Field) -> Option<String> {
    facts.text(field).map(str::to_owned)
}

/// What dialects know, else what attributes say, unless the name tells more than that it is machinery, else what the words used suggest.
fn kind(facts: &Facts<'_>) -> SpanKind {
    if let Some(kind) = facts.dialects().find_map(|dialect| (dialect.kind)(facts)) {
        return kind;
    }
    match facts.kind() {
        Some(SpanKind::Tool) if hands_over(facts) => SpanKind::Handoff,
        Some(kind) if kind != SpanKind::Wrapper => kind,
        told => name::kind(&facts.span.name, facts.dialects()).or(told).unwrap_or_else(|| suggested(facts)),
    }
}

/// A tool made by a framework for handing over, which says so; a user's own tool may well transfer something else.
fn hands_over(facts: &Facts<'_>) -> bool {
    let named = facts.text(Field::Tool).is_some_and(|tool| tool.starts_with("transfer_to_") || tool.starts_with("handoff_to_"));
    named
        && facts
            .text(Field::ToolDescription)
            .is_some_and(|says| says.trim_ascii().get(..7).is_some_and(|head| head.eq_ignore_ascii_case("handoff")))
}

/// The kind of a span that lost the attribute for it, or whose sender has none.
fn suggested(facts: &Facts<'_>) -> SpanKind {
    let any = |fields: &[Field]| fields.iter().any(|field| !facts.all(*field).is_empty() || facts.lists(*field).next().is_some());
    if any(&[Field::Model]) && any(&[Field::InputMessages, Field::OutputMessages, Field::Finish, Field::ResponseId]) {
        SpanKind::Model
    } else if any(&[Field::Tool]) {
        SpanKind::Tool
    } else if facts.span.attributes.iter().any(|(name, _)| PLUMBING.iter().any(|head| name.starts_with(head))) {
        SpanKind::Noise
    } else {
        SpanKind::Unknown
    }
}

/// What attributes of requests, databases and queues begin with.
const PLUMBING: &[&str] = &["http.", "db.", "rpc.", "messaging.", "faas.", "url."];

fn agent(facts: &Facts<'_>, kind: SpanKind) -> Option<String> {
    let named = facts.text(Field::Agent);
    let told = || metadata(facts, &["lc_agent_name", "agent_name"]);
    let own = || match kind {
        SpanKind::Agent | SpanKind::AgentMade => {
            // A part named as its span is has been given the span's name, method and all.
            let part = facts.text(Field::Part);
            let named = part.filter(|part| *part != facts.span.name);
            named.or_else(|| name::bare(&facts.span.name)).or(part).map(str::to_owned)
        }
        _ => None,
    };
    named.map(str::to_owned).or_else(told).or_else(own)
}

fn session(facts: &Facts<'_>) -> Option<String> {
    owned(facts, Field::Session).or_else(|| metadata(facts, &["session_id", "thread_id", "conversation_id"]))
}

/// One text out of the extras. They are small, and only looked into where the name occurs at all.
fn metadata(facts: &Facts<'_>, keys: &[&str]) -> Option<String> {
    facts.first(Field::Metadata, |extras| {
        let hinted = extras.as_str().is_none_or(|text| keys.iter().any(|key| text.contains(key)));
        let extras = hinted.then(|| value::json(extras, &facts.allowance)).flatten()?;
        keys.iter().find_map(|key| value::text(extras.get(*key)?)).map(str::to_owned)
    })
}

fn finish_of(said: &Value, facts: &Facts<'_>) -> Option<String> {
    match value::json(said, &facts.allowance)? {
        Value::String(text) => finish(&text),
        Value::Array(reasons) => reasons.iter().find_map(|reason| finish(reason.as_str()?)),
        _ => None,
    }
}

/// A reason in the usual spelling: Python's enums print with their class, Gemini's in capitals, and some drop the plural.
pub(super) fn finish(said: &str) -> Option<String> {
    let bare = said.trim().rsplit('.').next().unwrap_or_default().to_lowercase();
    match bare.as_str() {
        "" | "none" | "null" => None,
        "tool_call" | "tool-calls" => Some("tool_calls".into()),
        _ => Some(bare),
    }
}

fn documents(facts: &Facts<'_>) -> Vec<Value> {
    if let Some(list) = facts.lists(Field::Documents).next() {
        return flattened::entries(list, &facts.allowance);
    }
    match facts.first(Field::Documents, |given| value::json(given, &facts.allowance)) {
        Some(Value::Array(documents)) => documents,
        Some(document) => vec![document],
        None => Vec::new(),
    }
}

fn code(facts: &Facts<'_>) -> Option<CodeLocation> {
    let file = owned(facts, Field::CodeFile)?;
    let line = facts.first(Field::CodeLine, value::count).and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    let function = facts.text(Field::CodeFunction);
    let function = match (facts.text(Field::CodeNamespace), function) {
        (Some(namespace), Some(function)) if !function.contains('.') => Some(format!("{namespace}.{function}")),
        (_, function) => function.map(str::to_owned),
    };
    Some(CodeLocation { file, line, function })
}

/// What went in and came out of a span that is no tool's. A model's is in its messages, when it has some: there it is not read twice.
fn content(facts: &Facts<'_>, reading: &mut Reading) {
    let model = reading.kind == SpanKind::Model;
    if !model || reading.input_messages.is_empty() {
        reading.input = facts.first(Field::Input, |given| value::json(given, &facts.allowance));
        reading.input = reading.input.take().or_else(|| said_last(&reading.input_messages, "user"));
    }
    if !model || reading.output_messages.is_empty() {
        reading.output = facts.first(Field::Output, |given| value::json(given, &facts.allowance)).map(plain);
        reading.output = reading.output.take().or_else(|| said_last(&reading.output_messages, "assistant"));
    }
}

/// What was said, where Python printed what it was said in.
fn plain(output: Value) -> Value {
    output.as_str().and_then(python::said).unwrap_or(output)
}

fn said_last(messages: &[Message], role: &str) -> Option<Value> {
    let said = |message: &&Message| message.get("role").and_then(Value::as_str) == Some(role);
    messages.iter().rev().filter(said).find_map(|message| message.get("content")).cloned()
}
