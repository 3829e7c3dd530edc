//! The tool calls a model's answer asks for, in the shapes providers give answers.

use serde_json::Value;

use super::{limits::Allowance, prose};
use crate::model::step::RequestedTool;

/// Reads an answer: a message, a whole response, or a list of content blocks; text that holds one of these as well.
pub(super) fn tools(output: &Value, allowance: &Allowance) -> Vec<RequestedTool> {
    let mut found = Vec::new();
    match output {
        // Few answers are JSON and mention tools; only those are worth a second reading.
        Value::String(text) if text.trim_start().starts_with(['{', '[']) && (text.contains("tool") || text.contains("function")) => {
            answer_tools(&prose::read_result(Value::String(text.clone()), allowance), allowance, &mut found);
        }
        Value::String(_) => {}
        answer => answer_tools(answer, allowance, &mut found),
    }
    found
}

fn answer_tools(answer: &Value, allowance: &Allowance, found: &mut Vec<RequestedTool>) {
    match answer {
        Value::Array(blocks) => blocks.iter().for_each(|block| block_tools(block, allowance, found)),
        Value::Object(fields) => {
            message_tools(answer, allowance, found);
            // OpenAI: choices of messages; Gemini: candidates whose content has parts; OpenAI responses: output items.
            for choice in list(fields.get("choices")) {
                choice.get("message").into_iter().for_each(|message| message_tools(message, allowance, found));
            }
            for candidate in list(fields.get("candidates")) {
                list(candidate.pointer("/content/parts")).iter().for_each(|part| block_tools(part, allowance, found));
            }
            list(fields.get("output")).iter().for_each(|item| block_tools(item, allowance, found));
            fields.get("message").into_iter().for_each(|message| message_tools(message, allowance, found));
        }
        _ => {}
    }
}

/// One assistant message: OpenAI's `tool_calls` or the older `function_call`, or Anthropic's content blocks.
pub(super) fn message_tools(message: &Value, allowance: &Allowance, found: &mut Vec<RequestedTool>) {
    found.extend(list(message.get("tool_calls")).iter().filter_map(|asked| call(asked, allowance)));
    if let Some(older) = message.get("function_call") {
        found.extend(call(older, allowance));
    }
    list(message.get("content")).iter().for_each(|block| block_tools(block, allowance, found));
}

fn block_tools(block: &Value, allowance: &Allowance, found: &mut Vec<RequestedTool>) {
    match block.get("type").and_then(Value::as_str) {
        Some("tool_use" | "function_call" | "tool_call" | "function") => found.extend(call(block, allowance)),
        // A list of messages rather than of blocks.
        _ if block.get("tool_calls").is_some() => message_tools(block, allowance, found),
        _ => found.extend(block.get("functionCall").and_then(|asked| call(asked, allowance))),
    }
}

/// One call, wherever its name and arguments stand; `None` without a name.
pub(super) fn call(asked: &Value, allowance: &Allowance) -> Option<RequestedTool> {
    let inner = asked.get("function").filter(|inner| inner.is_object()).unwrap_or(asked);
    let name = inner.get("name")?.as_str()?.to_owned();
    let id = ["call_id", "id"].iter().find_map(|key| asked.get(*key)).and_then(Value::as_str).map(str::to_owned);
    let arguments = ["arguments", "input", "args"].iter().find_map(|key| inner.get(*key)).filter(|arguments| !arguments.is_null());
    let read = arguments.cloned().map(|given| prose::read_arguments(given, allowance));
    let (arguments, arguments_error) = read.map_or((None, None), |read| (read.value, read.error));
    Some(RequestedTool { id, name, arguments, arguments_error })
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn tools(output: &Value) -> Vec<RequestedTool> {
        super::tools(output, &Allowance::of("").unwrap())
    }

    fn refund(id: Option<&str>) -> Vec<RequestedTool> {
        let arguments = Some(json!({"order": "A-1182"}));
        vec![RequestedTool { id: id.map(str::to_owned), name: "refund".into(), arguments, arguments_error: None }]
    }

    #[test]
    fn an_openai_message_and_a_whole_response_ask_alike() {
        let message = json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "refund", "arguments": "{\"order\":\"A-1182\"}"}}
        ]});
        assert_eq!(tools(&message), refund(Some("call_1")));
        assert_eq!(tools(&json!({"choices": [{"message": message}]})), refund(Some("call_1")));
        assert_eq!(tools(&Value::String(message.to_string())), refund(Some("call_1")));
    }

    #[test]
    fn anthropic_blocks_responses_items_and_gemini_parts_ask_too() {
        let blocks = json!([{"type": "text", "text": "I refund"}, {"type": "tool_use", "id": "tu_1", "name": "refund", "input": {"order": "A-1182"}}]);
        assert_eq!(tools(&blocks), refund(Some("tu_1")));
        assert_eq!(tools(&json!({"role": "assistant", "content": blocks})), refund(Some("tu_1")));
        let items = json!({"output": [{"type": "function_call", "id": "fc_9", "call_id": "call_1", "name": "refund", "arguments": "{\"order\":\"A-1182\"}"}]});
        assert_eq!(tools(&items), refund(Some("call_1")));
        let parts = json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "refund", "args": {"order": "A-1182"}}}]}}]});
        assert_eq!(tools(&parts), refund(None));
    }

    #[test]
    fn arguments_that_are_cut_off_are_kept_with_the_reason() {
        let asked = tools(&json!({"tool_calls": [{"function": {"name": "refund", "arguments": "{\"order\": \"A-1"}}]}));
        assert_eq!(asked[0].arguments, Some(json!("{\"order\": \"A-1")));
        assert!(asked[0].arguments_error.as_deref().is_some_and(|why| why.starts_with("not JSON: ")), "{asked:?}");
    }

    #[test]
    fn an_answer_in_words_asks_for_nothing() {
        assert_eq!(tools(&json!("I cannot call a function for that")), []);
        assert_eq!(tools(&json!({"text": "done"})), []);
    }
}
