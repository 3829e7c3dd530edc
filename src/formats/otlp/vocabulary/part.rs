//! The parts of a message's content, in the shapes that providers and frameworks give them.

use serde_json::{Map, Value};

use crate::{
    formats::{limits::Allowance, prose},
    model::step::RequestedTool,
};

/// One part of a message's content.
pub(super) enum Part {
    /// Words.
    Text(String),
    /// Words the model thought and did not say.
    Reasoning(String),
    /// A tool is asked for.
    Call(RequestedTool),
    /// A tool has answered.
    Answer(Answer),
    /// An image, a file, anything else: as it was sent.
    Other(Value),
}

/// A tool's answer as a model is given it.
#[derive(Default)]
pub(super) struct Answer {
    /// The call it answers.
    pub(super) id: Option<String>,
    /// The tool.
    pub(super) name: Option<String>,
    /// What it said.
    pub(super) content: Option<Value>,
    /// Whether it says that it failed.
    pub(super) failed: bool,
}

/// Members that hold a part of a kind, with the part inside: Bedrock, Gemini, Haystack.
const CALL_MEMBERS: &[&str] = &["toolUse", "functionCall", "function_call", "tool_call"];
const ANSWER_MEMBERS: &[&str] = &["toolResult", "functionResponse", "function_response", "tool_call_result"];

/// Reads one part.
pub(super) fn read(part: Value, allowance: &Allowance) -> Part {
    let mut fields = match part {
        Value::String(text) => return Part::Text(text),
        Value::Object(fields) => fields,
        other => return Part::Other(other),
    };
    if let Some(inner) = take_object(&mut fields, CALL_MEMBERS) {
        return call(inner, allowance).map_or_else(|inner| Part::Other(Value::Object(inner)), Part::Call);
    }
    if let Some(inner) = take_object(&mut fields, ANSWER_MEMBERS) {
        return Part::Answer(answer(inner));
    }
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "tool_call" | "tool_use" | "function_call" | "tool-call" | "function" | "server_tool_use" | "server_tool_call" => {
            call(fields, allowance).map_or_else(|fields| Part::Other(Value::Object(fields)), Part::Call)
        }
        "tool_call_response" | "tool_result" | "tool-result" | "function_call_output" | "server_tool_call_response" => {
            Part::Answer(answer(fields))
        }
        "reasoning" | "thinking" => reasoning(fields),
        // LangChain and Bedrock write words without saying that they are words.
        "" | "text" | "input_text" | "output_text" | "refusal" => words(fields),
        _ => Part::Other(Value::Object(fields)),
    }
}

fn words(mut fields: Map<String, Value>) -> Part {
    let said = ["text", "content", "refusal"].iter().find(|key| fields.get(**key).is_some_and(Value::is_string));
    if let Some(Value::String(text)) = said.and_then(|key| fields.remove(*key)) {
        return Part::Text(text);
    }
    match fields.remove("reasoningContent") {
        Some(Value::Object(thought)) => reasoning(thought),
        Some(other) => Part::Other(other),
        None => Part::Other(Value::Object(fields)),
    }
}

fn reasoning(mut fields: Map<String, Value>) -> Part {
    let said = ["content", "thinking", "text", "reasoning", "summary", "reasoningText"].iter().find_map(|key| fields.remove(*key));
    match said {
        Some(Value::Object(mut inner)) => Part::Reasoning(inner.remove("text").map(prose::text_of).unwrap_or_default()),
        Some(Value::Null) | None => Part::Reasoning(String::new()),
        Some(said) => Part::Reasoning(prose::text_of(said)),
    }
}

/// Reads a tool call wherever its name, id and arguments stand; gives the fields back where there is no name.
pub(super) fn call(mut fields: Map<String, Value>, allowance: &Allowance) -> Result<RequestedTool, Map<String, Value>> {
    // The id of the call, not that of the item it came in.
    let id = take_text(&mut fields, &["call_id", "toolCallId", "tool_call_id", "toolUseId", "id"]);
    let mut inner = take_object(&mut fields, &["function"]).unwrap_or(fields);
    let Some(name) = take_text(&mut inner, &["name", "toolName", "tool_name"]) else { return Err(inner) };
    let arguments = ["arguments", "input", "args", "tool_kwargs", "parameters"].iter().find_map(|key| inner.remove(*key));
    let (arguments, arguments_error) = arguments.map_or((None, None), |given| read_arguments(given, allowance));
    Ok(RequestedTool { id, name, arguments, arguments_error })
}

/// Arguments as they are meant, and why they could not be read. Pydantic AI hands text that is no JSON on in an object of its own.
pub(super) fn read_arguments(given: Value, allowance: &Allowance) -> (Option<Value>, Option<String>) {
    if given.is_null() {
        return (None, None);
    }
    let read = prose::read_arguments(given, allowance);
    match read.value.map_or(Ok(None), |value| refused(value).map(Some)) {
        Ok(value) => (value, read.error),
        Err(text) => {
            let read = prose::read_arguments(Value::String(text), allowance);
            (read.value, read.error.or_else(|| Some("not JSON, says its sender".to_owned())))
        }
    }
}

/// The text inside an object that stands for arguments which are no JSON; the value itself where it is none.
fn refused(value: Value) -> Result<Value, String> {
    match value {
        Value::Object(mut fields) if fields.len() == 1 && fields.get("INVALID_JSON").is_some_and(Value::is_string) => {
            Err(take_text(&mut fields, &["INVALID_JSON"]).unwrap_or_default())
        }
        value => Ok(value),
    }
}

/// Reads a tool's answer.
pub(super) fn answer(mut fields: Map<String, Value>) -> Answer {
    let mut origin = take_object(&mut fields, &["origin"]).unwrap_or_default();
    let id = ["tool_call_id", "call_id", "toolCallId", "tool_use_id", "toolUseId", "id"];
    let name = ["name", "toolName", "tool_name"];
    Answer {
        id: take_text(&mut fields, &id).or_else(|| take_text(&mut origin, &id)),
        name: take_text(&mut fields, &name).or_else(|| take_text(&mut origin, &name)),
        failed: says_failed(&fields),
        content: ["response", "result", "content", "output"].iter().find_map(|key| fields.remove(*key)).map(plain),
    }
}

/// Whether a tool's answer says that the tool failed.
pub(super) fn says_failed(answer: &Map<String, Value>) -> bool {
    let flagged = ["is_error", "isError", "error"].iter().any(|key| answer.get(*key) == Some(&Value::Bool(true)));
    flagged || answer.get("status").and_then(Value::as_str) == Some("error")
}

/// Content without the blocks around it, where it is words alone.
pub(super) fn plain(content: Value) -> Value {
    match content {
        Value::Array(blocks) if !blocks.is_empty() && blocks.iter().all(|block| block.is_object() && word(block).is_some()) => {
            Value::String(blocks.iter().filter_map(word).collect::<Vec<_>>().join("\n"))
        }
        // Bedrock wraps one JSON value so.
        Value::Array(mut blocks) if blocks.len() == 1 && json_block(&blocks) => {
            blocks.pop().and_then(|mut block| block.as_object_mut().and_then(|fields| fields.remove("json"))).unwrap_or(Value::Null)
        }
        other => other,
    }
}

fn word(block: &Value) -> Option<&str> {
    let kind = block.get("type").and_then(Value::as_str);
    let written = || block.get("content").filter(|_| kind == Some("text"));
    block.get("text").or_else(written).and_then(Value::as_str)
}

fn json_block(blocks: &[Value]) -> bool {
    blocks.first().and_then(Value::as_object).is_some_and(|fields| fields.len() == 1 && fields.contains_key("json"))
}

/// Takes out the first of these members that is text.
pub(super) fn take_text(fields: &mut Map<String, Value>, keys: &[&str]) -> Option<String> {
    let key = keys.iter().find(|key| fields.get(**key).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))?;
    match fields.remove(*key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Takes out the first of these members that is an object.
pub(super) fn take_object(fields: &mut Map<String, Value>, keys: &[&str]) -> Option<Map<String, Value>> {
    let key = keys.iter().find(|key| fields.get(**key).is_some_and(Value::is_object))?;
    match fields.remove(*key) {
        Some(Value::Object(inner)) => Some(inner),
        _ => None,
    }
}
