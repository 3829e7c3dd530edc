//! What SDKs and observability products say in words of their own.

use serde_json::json;

use super::reading;
use crate::{formats::otlp::reading::SpanKind, model::money::Money};

#[test]
fn traceloop_flattens_messages_and_functions() {
    let call = reading(
        "openai.chat",
        json!({"llm.request.type": "chat", "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Refund",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls", "gen_ai.completion.0.tool_calls.0.id": "c1",
        "gen_ai.completion.0.tool_calls.0.name": "refund", "gen_ai.completion.0.tool_calls.0.arguments": "{\"order\": 1}",
        "llm.request.functions.0.name": "refund", "llm.request.functions.0.description": "Pays back.", "llm.request.functions.0.parameters": "{\"type\": \"object\"}"}),
    );
    assert_eq!((call.kind, call.finish_reason.as_deref()), (SpanKind::Model, Some("tool_calls")));
    assert_eq!(call.input_messages, [json!({"role": "user", "content": "Refund"})]);
    assert_eq!(call.requested_tools[0].arguments, Some(json!({"order": 1})));
    assert_eq!(call.tool_definitions[0].parameters, Some(json!({"type": "object"})));
}

#[test]
fn traceloops_entities_wrap_what_they_were_given() {
    let tool = reading(
        "refund.tool",
        json!({"traceloop.span.kind": "tool", "gen_ai.tool.name": "refund",
        "traceloop.entity.input": r#"{"args": [], "kwargs": {"order": "A-1182"}}"#, "traceloop.entity.output": "\"paid\"",
        "traceloop.association.properties.session_id": "s-1"}),
    );
    assert_eq!(
        (tool.tool_input, tool.tool_output, tool.session.as_deref()),
        (Some(json!({"order": "A-1182"})), Some(json!("paid")), Some("s-1"))
    );
    let callback = json!({"traceloop.span.kind": "tool", "traceloop.entity.input": r#"{"input_str": "{'order': 1}", "tags": [], "inputs": {"order": 1}, "kwargs": {}}"#,
        "traceloop.entity.output": r#"{"output": {"lc": 1, "id": ["langchain", "ToolMessage"], "kwargs": {"content": "paid", "tool_call_id": "c1"}}, "kwargs": {}}"#});
    let tool = reading("refund.tool", callback);
    assert_eq!(
        (tool.tool_input, tool.tool_output, tool.tool_call_id.as_deref()),
        (Some(json!({"order": 1})), Some(json!("paid")), Some("c1"))
    );
}

#[test]
fn a_task_of_traceloops_that_names_a_tool_runs_it() {
    let run = json!({"traceloop.span.kind": "task", "traceloop.entity.name": "BaseWorkflowAgent.task", "tool.name": "refund", "tool.arguments": r#"{"order": 1}"#,
        "traceloop.entity.output": r#"{"tool_name": "refund", "tool_kwargs": {"order": 1}, "tool_id": "c1", "tool_output": {"tool_name": "refund", "blocks": [], "raw_output": "paid", "is_error": false}}"#});
    let tool = reading("BaseWorkflowAgent.task", run);
    assert_eq!((tool.kind, tool.tool_name.as_deref(), tool.tool_call_id.as_deref()), (SpanKind::Tool, Some("refund"), Some("c1")));
    assert_eq!((tool.tool_input, tool.tool_output), (Some(json!({"order": 1})), Some(json!("paid"))));
    let other = json!({"traceloop.span.kind": "task", "traceloop.entity.name": "BaseWorkflowAgent.task", "traceloop.entity.output": "{}"});
    assert_eq!(reading("BaseWorkflowAgent.task", other).kind, SpanKind::Wrapper);
    let around = json!({"traceloop.span.kind": "workflow", "traceloop.entity.name": "FunctionAgent.workflow"});
    assert_eq!(reading("FunctionAgent.workflow", around).agent.as_deref(), Some("FunctionAgent"));
}

#[test]
fn vercels_sdk_has_a_run_around_its_calls() {
    let call = reading(
        "ai.generateText.doGenerate",
        json!({"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m-1", "ai.model.provider": "openai.chat",
        "ai.usage.promptTokens": 5, "ai.usage.completionTokens": 2, "ai.response.finishReason": "tool-calls",
        "ai.prompt.messages": r#"[{"role":"user","content":[{"type":"text","text":"Refund"}]}]"#,
        "ai.response.toolCalls": r#"[{"toolCallType":"function","toolCallId":"c1","toolName":"refund","args":"{\"order\":1}"}]"#,
        "ai.prompt.tools": [r#"{"type":"function","name":"refund","parameters":{"type":"object"}}"#]}),
    );
    assert_eq!((call.kind, call.provider.as_deref(), call.finish_reason.as_deref()), (SpanKind::Model, Some("openai"), Some("tool_calls")));
    assert_eq!((call.requested_tools[0].name.as_str(), &call.requested_tools[0].arguments), ("refund", &Some(json!({"order": 1}))));
    assert_eq!((call.output_messages.len(), call.tool_definitions.len(), call.usage_is_total), (1, 1, false));
    let run = reading(
        "ai.generateText",
        json!({"ai.operationId": "ai.generateText", "ai.telemetry.functionId": "desk", "ai.usage.promptTokens": 5, "ai.usage.completionTokens": 2, "ai.response.text": "paid"}),
    );
    assert_eq!(
        (run.kind, run.agent.as_deref(), run.usage_is_total, run.output),
        (SpanKind::Agent, Some("desk"), true, Some(json!("paid")))
    );
    let tool = reading(
        "ai.toolCall",
        json!({"ai.operationId": "ai.toolCall", "ai.toolCall.name": "refund", "ai.toolCall.id": "c1", "ai.toolCall.args": "{}", "ai.toolCall.result": "\"paid\""}),
    );
    assert_eq!((tool.kind, tool.tool_name.as_deref(), tool.tool_output), (SpanKind::Tool, Some("refund"), Some(json!("paid"))));
}

#[test]
fn of_the_model_context_protocol_only_calls_are_tools() {
    let call = reading(
        "tools/call refund",
        json!({"mcp.method.name": "tools/call", "gen_ai.tool.name": "refund", "gen_ai.tool.call.result": r#"{"content":[{"type":"text","text":"no"}],"isError":true}"#}),
    );
    assert_eq!((call.kind, call.tool_output, call.error.is_some()), (SpanKind::Tool, Some(json!("no")), true));
    assert_eq!(reading("tools/list", json!({"mcp.method.name": "tools/list", "rpc.system": "jsonrpc"})).kind, SpanKind::Noise);
}

#[test]
fn langfuse_takes_the_parts_of_usage_out_of_the_whole() {
    let call = reading(
        "llm",
        json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": "m-1", "langfuse.observation.input": r#"[{"role":"user","content":"Refund"}]"#,
        "langfuse.observation.output": r#"{"role":"assistant","content":"paid"}"#, "langfuse.observation.usage_details": r#"{"input": 5, "input_cached_tokens": 3, "output": 2, "total": 10}"#,
        "langfuse.observation.cost_details": r#"{"total": 0.25}"#}),
    );
    assert_eq!((call.kind, call.logged_cost), (SpanKind::Model, Money::from_usd(0.25)));
    assert_eq!(call.usage.map(|usage| (usage.input_tokens, usage.cached_input_tokens, usage.output_tokens)), Some((8, 3, 2)));
    assert_eq!((call.input_messages.len(), call.output_messages.len()), (1, 1));
    let failed = reading(
        "step",
        json!({"langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "shut"}),
    );
    assert_eq!(failed.error.and_then(|error| error.message).as_deref(), Some("shut"));
}

#[test]
fn langsmiths_inputs_are_messages_only_for_models() {
    let tool = reading(
        "refund",
        json!({"langsmith.span.kind": "tool", "gen_ai.prompt": r#"{"input": "{'order': 1}"}"#, "gen_ai.completion": r#"{"output": "paid"}"#}),
    );
    assert_eq!(
        (tool.tool_name.as_deref(), tool.tool_input, tool.tool_output),
        (Some("refund"), Some(json!({"order": 1})), Some(json!("paid")))
    );
    let call =
        reading("llm", json!({"langsmith.span.kind": "llm", "gen_ai.prompt": r#"{"messages": [{"role": "user", "content": "Refund"}]}"#}));
    assert_eq!(call.input_messages, [json!({"role": "user", "content": "Refund"})]);
}

#[test]
fn mlflow_writes_even_text_as_json() {
    let call = reading(
        "predict",
        json!({"mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.chat.tokenUsage": r#"{"input_tokens": 5, "output_tokens": 2}"#}),
    );
    assert_eq!((call.kind, call.usage.map(|usage| usage.total())), (SpanKind::Model, Some(7)));
}

#[test]
fn anthropics_program_counts_cached_tokens_beside_the_input() {
    let call = reading("claude_code.llm_request", json!({"model": "m", "input_tokens": 10, "cache_read_tokens": 4, "output_tokens": 1}));
    assert_eq!((call.kind, call.usage.map(|usage| usage.input_tokens)), (SpanKind::Model, Some(14)));
}
