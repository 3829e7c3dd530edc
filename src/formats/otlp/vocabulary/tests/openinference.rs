//! OpenInference: flattened lists, tools with inputs and outputs, documents.

use serde_json::json;

use super::{reading, span};
use crate::formats::otlp::{reading::SpanKind, vocabulary::read};

#[test]
fn a_flattened_conversation_is_put_together_again() {
    let read = reading(
        "ChatCompletion",
        json!({
            "openinference.span.kind": "LLM", "llm.model_name": "m-1", "llm.provider": "OpenAI", "llm.token_count.prompt": 5, "llm.token_count.completion": 2,
            "llm.token_count.prompt_details.cache_read": 1, "llm.token_count.total": 7, "llm.finish_reason": "stop",
            "llm.input_messages.1.message.role": "tool", "llm.input_messages.1.message.tool_call_id": "c1", "llm.input_messages.1.message.content": "paid",
            "llm.input_messages.0.message.role": "assistant", "llm.input_messages.0.message.tool_calls.0.tool_call.id": "c1",
            "llm.input_messages.0.message.tool_calls.0.tool_call.function.name": "refund",
            "llm.input_messages.0.message.tool_calls.0.tool_call.function.arguments": "{\"order\": \"A-1182\"}",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.contents.0.message_content.type": "text", "llm.output_messages.0.message.contents.0.message_content.text": "Done.",
            "llm.tools.0.tool.json_schema": r#"{"type":"function","function":{"name":"refund","parameters":{"type":"object"}}}"#,
            "input.value": "{\"messages\": []}", "output.value": "{\"id\": \"chatcmpl-9\", \"choices\": []}",
        }),
    );
    assert_eq!(read.kind, SpanKind::Model);
    let call = json!({"id": "c1", "name": "refund", "arguments": {"order": "A-1182"}});
    let expected = [json!({"role": "assistant", "tool_calls": [call]}), json!({"role": "tool", "content": "paid", "tool_call_id": "c1"})];
    assert_eq!(read.input_messages, expected);
    assert_eq!(read.output_messages, [json!({"role": "assistant", "content": "Done."})]);
    assert_eq!((read.response_id.as_deref(), read.provider.as_deref()), (Some("chatcmpl-9"), Some("openai")));
    assert_eq!(read.usage.map(|usage| (usage.input_tokens, usage.cached_input_tokens, usage.output_tokens)), Some((5, 1, 2)));
    assert_eq!(read.tool_definitions[0].name, "refund");
    assert_eq!(read.unmapped, []);
}

#[test]
fn a_call_told_as_a_part_and_in_the_list_is_one_call() {
    let read = reading(
        "messages.create",
        json!({
            "openinference.span.kind": "LLM", "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.contents.0.message_content.type": "tool_use",
            "llm.output_messages.0.message.contents.0.tool_call.id": "t1", "llm.output_messages.0.message.contents.0.tool_call.function.name": "refund",
            "llm.output_messages.0.message.tool_calls.0.tool_call.id": "t1", "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "refund",
        }),
    );
    assert_eq!(read.requested_tools.len(), 1);
}

#[test]
fn calls_that_only_the_reply_tells_are_found_there() {
    let reply = json!({"generations": [[{"message": {"lc": 1, "id": ["langchain", "schema", "messages", "AIMessage"], "kwargs": {
        "content": "", "tool_calls": [], "invalid_tool_calls": [{"name": "refund", "args": "{\"order\": \"A-", "id": "c1", "error": null}]}}}]]});
    let read = reading(
        "ChatOpenAI",
        json!({"openinference.span.kind": "LLM", "llm.finish_reason": "tool_calls", "llm.output_messages.0.message.role": "assistant", "output.value": reply.to_string()}),
    );
    assert_eq!(read.requested_tools.len(), 1);
    assert!(read.requested_tools[0].arguments_error.is_some());
}

#[test]
fn lists_that_were_dropped_are_read_from_the_whole_request_and_reply() {
    let request = json!({"model": "m-1", "messages": [{"role": "user", "content": "Refund A-1182"}]});
    let reply = json!({"id": "chatcmpl-9", "model": "m-1", "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Done."}}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2}});
    let read = reading(
        "ChatCompletion",
        json!({"openinference.span.kind": "LLM", "input.value": request.to_string(), "output.value": reply.to_string()}),
    );
    assert_eq!(read.input_messages, [json!({"role": "user", "content": "Refund A-1182"})]);
    assert_eq!(read.output_messages, [json!({"role": "assistant", "content": "Done."})]);
    assert_eq!(
        (read.finish_reason.as_deref(), read.response_id.as_deref(), read.model.as_deref()),
        (Some("stop"), Some("chatcmpl-9"), Some("m-1"))
    );
    assert_eq!(read.usage.map(|usage| usage.total()), Some(7));
}

#[test]
fn parameters_are_arguments_unless_they_are_a_schema() {
    let tool = |parameters: &str| {
        reading("desk.refund", json!({"openinference.span.kind": "TOOL", "tool.name": "refund", "tool.parameters": parameters})).tool_input
    };
    assert_eq!(tool(r#"{"order": "A-1182"}"#), Some(json!({"order": "A-1182"})));
    assert_eq!(tool(r#"{"type": "object", "properties": {"order": {"type": "string"}}}"#), None);
    assert_eq!(tool(r#"{"order": {"type": "string", "description": "its number"}}"#), None);
}

#[test]
fn what_is_wrapped_around_arguments_and_results_is_taken_off() {
    let tool = |given: &str, gave: &str| {
        let read = reading(
            "SimpleTool",
            json!({"openinference.span.kind": "TOOL", "tool.name": "refund", "input.value": given, "output.value": gave}),
        );
        (read.tool_name, read.tool_input, read.tool_output, read.error.is_some())
    };
    let name = Some("refund".to_owned());
    let (plain, paid) = (Some(json!({"order": "A-1182"})), Some(json!("paid")));
    let message = r#"{"type": "tool", "data": {"content": "paid", "tool_call_id": "c1", "status": "success"}}"#;
    assert_eq!(
        tool(r#"{"args": [], "sanitize_inputs_outputs": true, "kwargs": {"order": "A-1182"}}"#, message),
        (name.clone(), plain.clone(), paid.clone(), false)
    );
    let failed = r#"{"blocks": [{"text": "no such order"}], "tool_name": "refund", "raw_input": {}, "raw_output": "no such order", "is_error": true}"#;
    assert_eq!(tool(r#"{"kwargs": {"order": "A-1182"}}"#, failed), (name.clone(), plain.clone(), Some(json!("no such order")), true));
    let printed = "ToolOutput(blocks=[TextBlock(block_type='text', text='paid')], tool_name='refund', is_error=False)";
    assert_eq!(tool("{'order': 'A-1182'}", printed), (name.clone(), plain.clone(), paid.clone(), false));
    assert_eq!(tool("A-1182", "status='success' result='paid' error=None"), (name, Some(json!("A-1182")), paid, false));
}

#[test]
fn documents_are_put_together_again() {
    let read = reading(
        "retriever",
        json!({"openinference.span.kind": "RETRIEVER", "retrieval.documents.1.document.content": "second",
            "retrieval.documents.0.document.content": "first", "retrieval.documents.0.document.score": 0.5}),
    );
    assert_eq!(read.kind, SpanKind::Retrieval);
    assert_eq!(read.documents, [json!({"content": "first", "score": 0.5}), json!({"content": "second"})]);
}

#[test]
fn agents_sessions_and_names_are_found_where_they_stand() {
    let extras = r#"{"lc_agent_name": "desk", "thread_id": "t-4"}"#;
    let read_chain = reading("tools", json!({"openinference.span.kind": "CHAIN", "metadata": extras}));
    assert_eq!(
        (read_chain.kind, read_chain.agent.as_deref(), read_chain.session.as_deref()),
        (SpanKind::Wrapper, Some("desk"), Some("t-4"))
    );
    assert_eq!(reading("Analyst._execute_core", json!({"openinference.span.kind": "AGENT"})).agent.as_deref(), Some("Analyst"));
    assert_eq!(reading("OpenAI._prepare_chat_with_tools", json!({"openinference.span.kind": "LLM"})).kind, SpanKind::Wrapper);
    assert_eq!(reading("handoff to desk", json!({"openinference.span.kind": "TOOL"})).kind, SpanKind::Handoff);
}

#[test]
fn a_span_in_two_vocabularies_is_one_reading() {
    let both = span(
        "chat",
        json!({"openinference.span.kind": "CHAIN", "gen_ai.operation.name": "chat", "llm.model_name": "m-2", "gen_ai.request.model": "m-1",
            "llm.token_count.prompt": 8, "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 1, "session.id": "s"}),
    );
    let read = read(&both, &[]);
    assert_eq!(read.kind, SpanKind::Model, "a kind goes before machinery");
    assert_eq!(
        (read.model.as_deref(), read.usage.map(|usage| usage.input_tokens)),
        (Some("m-1"), Some(9)),
        "the conventions go before OpenInference"
    );
    assert_eq!(read.unmapped, []);
}
