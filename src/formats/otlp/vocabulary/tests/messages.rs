//! Every provider's way to write the same conversation.

use serde_json::{Value, json};

use super::super::{message, part, python};
use crate::formats::limits::Allowance;

fn messages(value: Value) -> Vec<Value> {
    message::read(&value, "user", &Allowance::for_bytes(0)).messages
}

#[test]
fn every_way_to_ask_and_answer_is_the_same_conversation() {
    let expected = [
        json!({"role": "user", "content": "Refund A-1182"}),
        json!({"role": "assistant", "content": "I refund.", "tool_calls": [{"id": "c1", "name": "refund", "arguments": {"order": "A-1182"}}]}),
        json!({"role": "tool", "content": "paid", "tool_call_id": "c1"}),
    ];
    let args = json!({"order": "A-1182"});
    let chat = json!([{"role": "user", "content": "Refund A-1182"},
        {"role": "assistant", "content": "I refund.", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "refund", "arguments": args.to_string()}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "paid"}]);
    let conventions = json!([{"role": "user", "parts": [{"type": "text", "content": "Refund A-1182"}]},
        {"role": "assistant", "parts": [{"type": "text", "content": "I refund."}, {"type": "tool_call", "id": "c1", "name": "refund", "arguments": args}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "paid"}]}]);
    let anthropic = json!([{"role": "user", "content": "Refund A-1182"},
        {"role": "assistant", "content": [{"type": "text", "text": "I refund."}, {"type": "tool_use", "id": "c1", "name": "refund", "input": args}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "paid"}]}]}]);
    let bedrock = json!([{"role": "user", "content": [{"text": "Refund A-1182"}]},
        {"role": "assistant", "content": [{"text": "I refund."}, {"toolUse": {"toolUseId": "c1", "name": "refund", "input": args}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "c1", "status": "success", "content": [{"text": "paid"}]}}]}]);
    let haystack = json!({"messages": [{"role": "user", "content": [{"text": "Refund A-1182"}], "name": null, "meta": {}},
        {"role": "assistant", "content": [{"text": "I refund."}, {"tool_call": {"id": "c1", "tool_name": "refund", "arguments": args}}]},
        {"role": "tool", "content": [{"tool_call_result": {"result": "paid", "origin": {"id": "c1", "arguments": args}, "error": false}}]}]});
    let langchain = json!({"messages": [{"type": "human", "data": {"content": "Refund A-1182"}},
        {"type": "ai", "data": {"content": "I refund.", "tool_calls": [{"name": "refund", "args": args, "id": "c1", "type": "tool_call"}]}},
        {"type": "tool", "data": {"content": "paid", "tool_call_id": "c1", "status": "success"}}]});
    let vercel = json!([{"role": "user", "content": [{"type": "text", "text": "Refund A-1182"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "I refund."}, {"type": "tool-call", "toolCallId": "c1", "toolName": "refund", "input": args}]},
        {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "c1", "output": "paid"}]}]);
    for (name, way) in [
        ("chat", chat),
        ("conventions", conventions),
        ("anthropic", anthropic),
        ("bedrock", bedrock),
        ("haystack", haystack),
        ("langchain", langchain),
        ("vercel", vercel),
    ] {
        assert_eq!(messages(way.clone()), expected, "{name}");
        assert_eq!(messages(Value::String(way.to_string())), expected, "{name}, as text");
    }
}

#[test]
fn items_of_a_response_and_parts_of_gemini_are_messages_too() {
    let items = json!([{"role": "user", "content": "Refund A-1182"}, {"type": "function_call", "call_id": "c1", "name": "refund", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "paid"}]);
    let read = messages(items);
    assert_eq!(read.len(), 3, "{read:?}");
    assert!(read.contains(&json!({"role": "assistant", "tool_calls": [{"id": "c1", "name": "refund", "arguments": {}}]})));
    let gemini = json!({"contents": [{"role": "model", "parts": [{"functionCall": {"name": "refund", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "refund", "response": {"result": "paid"}}}]}]});
    let expected = [
        json!({"role": "assistant", "tool_calls": [{"name": "refund", "arguments": {}}]}),
        json!({"role": "tool", "content": {"result": "paid"}, "name": "refund"}),
    ];
    assert_eq!(messages(gemini), expected);
}

#[test]
fn thoughts_stand_beside_what_was_said() {
    let thought =
        json!([{"role": "assistant", "content": [{"type": "thinking", "thinking": "Is it paid?"}, {"type": "text", "text": "Yes."}]}]);
    assert_eq!(messages(thought), [json!({"role": "assistant", "content": "Yes.", "reasoning": "Is it paid?"})]);
}

#[test]
fn what_is_no_message_is_kept_as_somebodys_words() {
    assert_eq!(messages(json!("plain words")), [json!({"role": "user", "content": "plain words"})]);
    assert_eq!(messages(json!(null)), [] as [Value; 0]);
    assert_eq!(messages(json!({})), [] as [Value; 0]);
}

#[test]
fn arguments_their_sender_found_to_be_no_json_are_malformed() {
    let (value, error) = part::read_arguments(json!({"INVALID_JSON": "{\"order\": "}), &Allowance::for_bytes(0));
    assert_eq!(value, Some(json!("{\"order\": ")));
    assert!(error.is_some());
    assert_eq!(part::read_arguments(json!("{\"order\": 1}"), &Allowance::for_bytes(0)), (Some(json!({"order": 1})), None));
}

#[test]
fn printed_values_of_python_are_read() {
    assert_eq!(
        python::read("{'a': [1, -2.5, None, True], 'b': 'it\\'s \\u00e9'}", false),
        Some(json!({"a": [1, -2.5, null, true], "b": "it's é"}))
    );
    assert_eq!(
        python::read("Call(name='x', kind=<Role.USER: 'user'>, at=(1,))", false),
        Some(json!({"name": "x", "kind": "user", "at": [1]}))
    );
    let cut = "StopEvent(result=Output(response=ChatMessage(role=<R.A: 'assistant'>, blocks=[TextBlock(block_type='text', text='Paid in...";
    assert_eq!(python::said(cut), Some(json!("Paid in...")));
    for text in ["", "{'a'", "Name(", "[1, ", "'open", "plain words", "f(x))"] {
        assert_eq!(python::read(text, false), None, "{text}");
    }
}
