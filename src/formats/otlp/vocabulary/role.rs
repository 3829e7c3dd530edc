//! Who speaks in a message, by all the names in use.

use serde_json::{Map, Value};

/// Who speaks, by the names in use.
pub(super) fn said(fields: &Map<String, Value>) -> Option<String> {
    let text = |key| fields.get(key).and_then(Value::as_str);
    if let Some(role) = text("role") {
        return Some(usual(role).to_owned());
    }
    if let Some(role) = text("event.name").and_then(of_event) {
        return Some(role.to_owned());
    }
    // LangChain: a type of message, or the class that makes one.
    let class = fields.get("id").and_then(Value::as_array).and_then(|path| path.last()).and_then(Value::as_str);
    let kind = text("type").filter(|kind| *kind != "constructor").or(class)?;
    match kind {
        "human" | "HumanMessage" | "HumanMessageChunk" => Some("user".into()),
        "ai" | "AIMessage" | "AIMessageChunk" => Some("assistant".into()),
        "system" | "SystemMessage" | "SystemMessageChunk" => Some("system".into()),
        "ToolMessage" | "FunctionMessage" => Some("tool".into()),
        // Others use the word for a part or a definition.
        "tool" if fields.contains_key("content") || fields.contains_key("data") => Some("tool".into()),
        "message" if fields.contains_key("content") => Some("assistant".into()),
        _ => None,
    }
}

/// The usual word for a role; Python's enums print with their class.
pub(super) fn usual(role: &str) -> &str {
    let bare = role.rsplit_once('.').map_or(role, |(_, bare)| bare);
    let is = |word: &str| bare.eq_ignore_ascii_case(word);
    if is("user") || is("human") {
        "user"
    } else if is("assistant") || is("ai") || is("model") {
        "assistant"
    } else if is("system") || is("developer") {
        "system"
    } else if is("tool") || is("function") || is("tool-response") {
        "tool"
    } else {
        role
    }
}

/// The role that an event's name tells: `gen_ai.user.message`.
pub(super) fn of_event(name: &str) -> Option<&'static str> {
    match name {
        "gen_ai.system.message" => Some("system"),
        "gen_ai.user.message" => Some("user"),
        "gen_ai.assistant.message" | "gen_ai.choice" => Some("assistant"),
        "gen_ai.tool.message" => Some("tool"),
        _ => None,
    }
}
