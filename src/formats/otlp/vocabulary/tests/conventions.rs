//! The semantic conventions for generative AI: attributes, events, log records.

use serde_json::json;

use super::{event, log, reading, span};
use crate::{
    formats::otlp::{reading::SpanKind, span::Status, vocabulary::read},
    model::{step::CodeLocation, usage::TokenUsage},
};

#[test]
fn a_call_of_a_model_in_the_newest_words() {
    let read = reading(
        "chat gpt-4.1-mini",
        json!({
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1-mini",
            "gen_ai.response.model": "gpt-4.1-mini-2025-04-14", "gen_ai.response.id": "chatcmpl-7", "gen_ai.response.finish_reasons": ["tool_call"],
            "gen_ai.usage.input_tokens": 900, "gen_ai.usage.cache_read.input_tokens": 512,
            "gen_ai.usage.output_tokens": 40, "gen_ai.usage.reasoning.output_tokens": 32,
            "gen_ai.system_instructions": r#"[{"type":"text","content":"Be brief."}]"#,
            "gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"Refund A-1182"}]}]"#,
            "gen_ai.output.messages": r#"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"refund","arguments":{"order":"A-1182"}}],"finish_reason":"tool_call"}]"#,
            "gen_ai.tool.definitions": r#"[{"type":"function","name":"refund","description":"Pays back.","parameters":{"type":"object"}}]"#,
            "server.address": "api.openai.com",
        }),
    );
    assert_eq!(read.kind, SpanKind::Model);
    assert_eq!(read.model.as_deref(), Some("gpt-4.1-mini-2025-04-14"), "the model that answered goes before the one asked for");
    assert_eq!((read.provider.as_deref(), read.response_id.as_deref()), (Some("openai"), Some("chatcmpl-7")));
    assert_eq!(read.finish_reason.as_deref(), Some("tool_calls"));
    let usage =
        TokenUsage { input_tokens: 900, cached_input_tokens: 512, output_tokens: 40, reasoning_tokens: 32, ..TokenUsage::default() };
    assert_eq!((read.usage, read.usage_is_total), (Some(usage), false));
    assert_eq!(
        read.input_messages,
        [json!({"role": "system", "content": "Be brief."}), json!({"role": "user", "content": "Refund A-1182"})]
    );
    let call = json!({"id": "c1", "name": "refund", "arguments": {"order": "A-1182"}});
    assert_eq!(read.output_messages, [json!({"role": "assistant", "tool_calls": [call]})]);
    assert_eq!((read.requested_tools.len(), read.requested_tools[0].name.as_str()), (1, "refund"));
    assert_eq!((read.tool_definitions[0].name.as_str(), read.tool_definitions[0].description.as_deref()), ("refund", Some("Pays back.")));
    assert_eq!(read.unmapped, [("server.address".to_owned(), json!("api.openai.com"))]);
}

#[test]
fn older_words_still_count() {
    let read = reading(
        "openai.chat",
        json!({"gen_ai.operation.name": "chat", "gen_ai.system": "OpenAI", "gen_ai.usage.prompt_tokens": 3, "gen_ai.usage.completion_tokens": "4"}),
    );
    assert_eq!(read.usage.map(|usage| (usage.input_tokens, usage.output_tokens)), Some((3, 4)));
    assert_eq!(read.provider.as_deref(), Some("openai"));
}

#[test]
fn arguments_that_are_text_are_those_that_are_no_json() {
    let cut = r#"[{"role":"assistant","parts":[{"type":"tool_call","name":"refund","arguments":"{\"order\": \"A-"}]}]"#;
    let read = reading("chat", json!({"gen_ai.operation.name": "chat", "gen_ai.output.messages": cut}));
    let asked = &read.requested_tools[0];
    assert_eq!(asked.arguments, Some(json!("{\"order\": \"A-")));
    assert!(asked.arguments_error.as_deref().is_some_and(|why| why.starts_with("not JSON")), "{asked:?}");
}

#[test]
fn tokens_of_an_agents_span_are_a_total_and_no_tokens_are_no_zero() {
    let agent = json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3});
    let read = reading("invoke_agent desk", agent);
    assert!(read.usage_is_total && read.usage.is_some_and(|usage| usage.total() == 15));
    assert_eq!(reading("invoke_agent desk", json!({"gen_ai.operation.name": "invoke_agent"})).usage, None);
    assert_eq!(reading("chat", json!({"gen_ai.operation.name": "chat"})).usage, None);
    let silent = json!({"gen_ai.operation.name": "execute_tool", "gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0});
    assert_eq!(reading("execute_tool x", silent).usage, None);
}

#[test]
fn cached_tokens_counted_beside_the_input_are_added_to_it() {
    let counts = json!({"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 90, "gen_ai.usage.output_tokens": 1});
    assert_eq!(reading("chat", counts).usage.map(|usage| usage.input_tokens), Some(100));
}

#[test]
fn a_framework_is_no_provider() {
    for framework in ["strands-agents", "crewai", "langchain", "LangGraph", "agno", "autogen", "microsoft.agent_framework"] {
        let read =
            reading("chat", json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": framework, "gen_ai.system": "anthropic"}));
        assert_eq!(read.provider.as_deref(), Some("anthropic"), "{framework}");
    }
}

#[test]
fn a_tool_has_name_arguments_result_and_id() {
    let read = reading(
        "execute_tool Shop-refund",
        json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "Shop-refund", "gen_ai.tool.call.id": "c1",
            "gen_ai.tool.call.arguments": r#"{"order":"A-1182"}"#, "gen_ai.tool.call.result": "paid"}),
    );
    assert_eq!((read.kind, read.tool_name.as_deref(), read.tool_call_id.as_deref()), (SpanKind::Tool, Some("Shop-refund"), Some("c1")));
    assert_eq!((read.tool_input, read.tool_output), (Some(json!({"order": "A-1182"})), Some(json!("paid"))));
}

#[test]
fn messages_in_events_of_the_span_and_in_log_records_read_alike() {
    let attributes = json!({"gen_ai.operation.name": "chat"});
    let mut told = span("chat", attributes.clone());
    told.events = vec![
        event("gen_ai.system.message", json!({"content": r#"[{"text":"Be brief."}]"#})),
        event("gen_ai.user.message", json!({"content": r#"[{"text":"Refund A-1182"}]"#})),
        event(
            "gen_ai.choice",
            json!({"finish_reason": "tool_use", "message": r#"[{"toolUse":{"toolUseId":"c1","name":"refund","input":{"order":"A-1182"}}}]"#}),
        ),
    ];
    let bare = span("chat", attributes);
    let call = json!([{"id": "c1", "type": "function", "function": {"name": "refund", "arguments": "{\"order\":\"A-1182\"}"}}]);
    let records = [
        log(&bare, "gen_ai.system.message", json!({"content": "Be brief."}), json!({})),
        log(&bare, "gen_ai.user.message", json!(r#"{"role":"user","content":"Refund A-1182"}"#), json!({})),
        log(
            &bare,
            "gen_ai.choice",
            json!({"index": 0, "finish_reason": "tool_use", "message": {"role": "assistant", "tool_calls": call}}),
            json!({}),
        ),
    ];
    let (events, logs) = (read(&told, &[]), read(&bare, &records.iter().collect::<Vec<_>>()));
    assert_eq!(
        events.input_messages,
        [json!({"role": "system", "content": "Be brief."}), json!({"role": "user", "content": "Refund A-1182"})]
    );
    assert_eq!(events.requested_tools[0].arguments, Some(json!({"order": "A-1182"})));
    assert_eq!(events.finish_reason.as_deref(), Some("tool_use"));
    assert_eq!(
        (events.input_messages, events.output_messages, events.requested_tools),
        (logs.input_messages, logs.output_messages, logs.requested_tools)
    );
}

#[test]
fn details_told_apart_count_after_the_spans_own_attributes() {
    let of = span("chat", json!({"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 2, "gen_ai.usage.input_tokens": 1}));
    let messages = json!([{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]);
    let record = log(
        &of,
        "gen_ai.client.inference.operation.details",
        json!(null),
        json!({"gen_ai.input.messages": messages, "gen_ai.usage.output_tokens": 99, "x.y": 1}),
    );
    let read = read(&of, &[&record]);
    assert_eq!(read.input_messages, [json!({"role": "user", "content": "hello"})]);
    assert_eq!(read.usage.map(|usage| usage.output_tokens), Some(2));
    assert_eq!(read.unmapped, [], "what a record says is not the span's");
}

#[test]
fn errors_come_from_the_exception_the_type_or_the_status() {
    let mut failed = span("execute_tool refund", json!({"gen_ai.operation.name": "execute_tool", "error.type": "shop.Closed"}));
    let error = read(&failed, &[]).error.unwrap();
    assert_eq!((error.kind.as_deref(), error.message), (Some("shop.Closed"), None));
    failed.status = Status::Error("Closed: until nine".into());
    let error = read(&failed, &[]).error.unwrap();
    assert_eq!((error.kind.as_deref(), error.message.as_deref()), (Some("shop.Closed"), Some("until nine")));
    failed.events = vec![event(
        "exception",
        json!({"exception.type": "shop.Shut", "exception.message": "for ever", "exception.stacktrace": "Traceback …"}),
    )];
    let error = read(&failed, &[]).error.unwrap();
    assert_eq!(
        (error.kind.as_deref(), error.message.as_deref(), error.traceback.as_deref()),
        (Some("shop.Shut"), Some("for ever"), Some("Traceback …"))
    );
}

#[test]
fn a_message_that_is_a_printed_exception_with_its_traceback_is_taken_apart() {
    let mut failed = span("tool", json!({"openinference.span.kind": "TOOL"}));
    failed.status = Status::Error("KeyError('A-1182')Traceback (most recent call last):\n  File \"shop.py\", line 3".into());
    let error = read(&failed, &[]).error.unwrap();
    assert_eq!((error.kind.as_deref(), error.message.as_deref()), (Some("KeyError"), Some("A-1182")));
    assert!(error.traceback.is_some_and(|trace| trace.starts_with("Traceback")));
}

#[test]
fn a_loop_that_ends_is_no_error() {
    let mut ended = span("stream", json!({"openinference.span.kind": "LLM"}));
    ended.events = vec![event("exception", json!({"exception.type": "StopAsyncIteration"}))];
    assert_eq!(read(&ended, &[]).error, None);
    ended.status = Status::Error(String::new());
    assert!(read(&ended, &[]).error.is_some());
}

#[test]
fn the_place_in_the_code_is_read_in_both_spellings() {
    let place = Some(CodeLocation { file: "desk.py".into(), line: Some(12), function: Some("Desk.quote".into()) });
    assert_eq!(reading("x", json!({"code.file.path": "desk.py", "code.line.number": 12, "code.function.name": "Desk.quote"})).code, place);
    assert_eq!(
        reading("x", json!({"code.filepath": "desk.py", "code.lineno": "12", "code.namespace": "Desk", "code.function": "quote"})).code,
        place
    );
}

#[test]
fn a_handing_over_is_told_from_a_transfer_of_the_users() {
    let over = json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "transfer_to_desk", "gen_ai.tool.description": "Handoff to desk."});
    assert_eq!(reading("x", over).kind, SpanKind::Handoff);
    let money = json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "transfer_to_savings", "gen_ai.tool.description": "Moves money."});
    assert_eq!(reading("x", money).kind, SpanKind::Tool);
}
