//! Arguments and result of a tool's span, without what instrumentations wrap around them.

use serde_json::{Map, Value};

use super::{facts::Facts, field::Field, message, name, part, python, value};
use crate::formats::{
    limits::Allowance,
    otlp::reading::{Message, Reading},
};

/// What a tool's result tells besides itself.
#[derive(Default)]
struct Result {
    content: Option<Value>,
    call_id: Option<String>,
    failed: bool,
}

/// Fills in the tool's name, arguments and result. Says whether the result tells of a failure.
pub(super) fn fill(facts: &Facts<'_>, reading: &mut Reading) -> bool {
    reading.tool_name = facts.text(Field::Tool).or_else(|| name::bare(&facts.span.name)).map(str::to_owned);
    reading.tool_call_id = facts.text(Field::ToolCallId).map(str::to_owned);
    let parameters = facts.all(Field::ToolParameters).iter().map(|fact| fact.value).filter(|value| !is_schema(value, &facts.allowance));
    let asked = facts.all(Field::ToolArguments).iter().chain(facts.all(Field::Input)).map(|fact| fact.value).chain(parameters);
    let asked = asked.filter_map(|value| value::json(value, &facts.allowance)).next().or_else(|| content(&mut reading.input_messages));
    let answers = facts.all(Field::ToolResult).iter().chain(facts.all(Field::Output));
    let answer =
        answers.filter_map(|fact| value::json(fact.value, &facts.allowance)).next().or_else(|| content(&mut reading.output_messages));
    given(facts, asked, answer, reading)
}

/// Fills in arguments and result, without what is wrapped around them. Says whether the result tells of a failure.
pub(super) fn given(facts: &Facts<'_>, asked: Option<Value>, answer: Option<Value>, reading: &mut Reading) -> bool {
    if let Some(asked) = asked {
        (reading.tool_input, reading.tool_input_error) = part::read_arguments(unwrapped(printed(asked)), &facts.allowance);
    }
    let result = answer.map(|answer| result(answer, &facts.allowance)).unwrap_or_default();
    reading.tool_call_id = reading.tool_call_id.take().or(result.call_id);
    reading.tool_output = result.content;
    result.failed
}

/// The content of the only message; what an event of a tool's span tells.
fn content(messages: &mut Vec<Message>) -> Option<Value> {
    let mut message = messages.pop()?;
    messages.clear();
    message.as_object_mut()?.remove("content")
}

/// Arguments out of `{"args": [], "kwargs": {…}}`, and out of what LangChain's callbacks are given.
fn unwrapped(given: Value) -> Value {
    match given {
        Value::Object(mut fields) => {
            let known = fields.keys().all(|key| matches!(key.as_str(), "args" | "kwargs" | "sanitize_inputs_outputs"));
            let named = fields.get("kwargs").is_some_and(Value::is_object);
            let positional = fields.get("args").and_then(Value::as_array).is_some_and(|args| !args.is_empty());
            if known && named && !positional {
                fields.remove("kwargs").unwrap_or_default()
            } else if fields.contains_key("input_str") && fields.get("inputs").is_some_and(Value::is_object) {
                fields.remove("inputs").unwrap_or_default()
            } else if fields.contains_key("input_str") && fields.contains_key("kwargs") {
                fields.remove("input_str").unwrap_or_default()
            } else {
                Value::Object(fields)
            }
        }
        other => other,
    }
}

/// Whether a value is a JSON schema, or the older list of arguments with their types, rather than arguments.
fn is_schema(value: &Value, allowance: &Allowance) -> bool {
    let Some(Value::Object(fields)) = value::json(value, allowance) else { return false };
    let schema = fields.contains_key("properties") || fields.contains_key("$schema");
    let typed = |field: &Value| field.get("type").is_some_and(|kind| kind.is_string() || kind.is_array());
    schema || (!fields.is_empty() && fields.values().all(typed))
}

/// Arguments that were printed by Python, read; instrumentations print what the model wrote as JSON.
fn printed(given: Value) -> Value {
    let dictionary = given.as_str().filter(|text| text.trim_ascii_start().starts_with("{'"));
    dictionary.and_then(|text| python::read(text, false)).unwrap_or(given)
}

/// The result in what Python prints of a tool's answer.
fn shown(text: &str) -> Option<Result> {
    if let Some(content) = python::said(text) {
        let failed = text.contains("is_error=True") || text.contains("status='error'");
        return Some(Result { content: Some(content), failed, ..Result::default() });
    }
    // Agno's execution result and LangChain's message: only members that occur together tell them from a user's own words.
    let has = |members: &Map<String, Value>, names: [&str; 2]| names.iter().all(|name| members.contains_key(*name));
    let known = |members: &Map<String, Value>| has(members, ["status", "result"]) || has(members, ["content", "tool_call_id"]);
    let mut members = python::read_members(text).filter(known)?;
    let failed = part::says_failed(&members) || members.get("status").and_then(Value::as_str) == Some("failure");
    let result = ["result", "content", "error"].iter().filter_map(|member| members.remove(*member)).find(|value| !value.is_null());
    Some(Result { content: result, call_id: part::take_text(&mut members, &["tool_call_id"]), failed })
}

fn result(answered: Value, allowance: &Allowance) -> Result {
    if let Some(result) = answered.as_str().and_then(shown) {
        return result;
    }
    let plain = |content| Result { content: Some(part::plain(content)), ..Result::default() };
    let mut fields = match answered {
        Value::Object(fields) => fields,
        Value::Array(parts) => return blocks(parts, allowance),
        other => return plain(other),
    };
    // What LangChain's callbacks are given.
    if fields.len() == 2 && fields.contains_key("output") && fields.contains_key("kwargs") {
        return fields.remove("output").map(|inner| result(value::into_json(inner, allowance), allowance)).unwrap_or_default();
    }
    // LlamaIndex's ToolCallResult, around its ToolOutput.
    if fields.contains_key("tool_output") && fields.contains_key("tool_kwargs") {
        let output = fields.remove("tool_output").map(|output| result(value::into_json(output, allowance), allowance)).unwrap_or_default();
        return Result { call_id: part::take_text(&mut fields, &["tool_id"]), ..output };
    }
    // LlamaIndex's ToolOutput.
    if fields.contains_key("raw_output") && fields.contains_key("tool_name") {
        let failed = part::says_failed(&fields);
        let raw = fields.remove("raw_output").filter(|raw| !raw.is_null());
        let content = raw.or_else(|| fields.remove("blocks")).or_else(|| fields.remove("content")).map(part::plain);
        return Result { content, failed, ..Result::default() };
    }
    // MCP's CallToolResult.
    if fields.get("content").is_some_and(Value::is_array) && fields.keys().all(|key| MCP.contains(&key.as_str())) {
        let failed = part::says_failed(&fields);
        return Result { content: fields.remove("content").map(part::plain), failed, ..Result::default() };
    }
    if is_tool_message(&fields) {
        return said(Value::Object(fields), allowance);
    }
    plain(Value::Object(fields))
}

/// Members of the result that the Model Context Protocol defines.
const MCP: &[&str] = &["content", "isError", "is_error", "structuredContent", "structured_content", "meta", "_meta"];

/// A list: perhaps of blocks, perhaps the one message a tool's answer is put in.
fn blocks(mut parts: Vec<Value>, allowance: &Allowance) -> Result {
    let wraps = |part: &Value| part.get("toolResult").is_some() || part.as_object().is_some_and(is_tool_message);
    if parts.len() == 1 && parts.iter().all(wraps) {
        return parts.pop().map(|only| said(only, allowance)).unwrap_or_default();
    }
    Result { content: Some(part::plain(Value::Array(parts))), ..Result::default() }
}

fn is_tool_message(fields: &Map<String, Value>) -> bool {
    let serialised = fields.get("id").and_then(Value::as_array).and_then(|path| path.last()).and_then(Value::as_str) == Some("ToolMessage");
    let tool = |key| fields.get(key).and_then(Value::as_str) == Some("tool");
    serialised || ((tool("type") || tool("role")) && (fields.contains_key("data") || fields.contains_key("content")))
}

fn said(message: Value, allowance: &Allowance) -> Result {
    let mut talk = message::read_json(message, "tool", allowance);
    let Some(Value::Object(mut fields)) = talk.messages.pop() else { return Result::default() };
    let content = fields.remove("content").map(|content| value::into_json(content, allowance));
    Result { content, call_id: part::take_text(&mut fields, &["tool_call_id"]), failed: talk.failed }
}
