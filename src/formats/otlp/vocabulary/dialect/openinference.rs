//! OpenInference, the vocabulary of Arize Phoenix: lists flattened into attributes with numbers in their names.

use super::{Dialect, Field, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{definition, facts::Facts, message, value},
};

/// OpenInference's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("openinference.span.kind", Field::Kind),
        ("agent.name", Field::Agent),
        ("graph.node.name", Field::Part),
        ("graph.node.id", Field::Part),
        ("metadata", Field::Metadata),
        ("input.value", Field::Input),
        ("output.value", Field::Output),
        ("input.mime_type", Field::Redundant),
        ("output.mime_type", Field::Redundant),
        ("llm.response.model_name", Field::Model),
        ("llm.model_name", Field::Model),
        ("llm.request.model_name", Field::Model),
        ("embedding.model_name", Field::Model),
        ("reranker.model_name", Field::Model),
        ("llm.provider", Field::Provider),
        ("llm.system", Field::Provider),
        ("llm.token_count.prompt", Field::InputTokens),
        ("llm.token_count.completion", Field::OutputTokens),
        ("llm.token_count.prompt_details.cache_read", Field::CachedTokens),
        ("llm.token_count.prompt_details.cache_write", Field::CacheWriteTokens),
        ("llm.token_count.completion_details.reasoning", Field::ReasoningTokens),
        ("llm.token_count.prompt_details.audio", Field::AudioInputTokens),
        ("llm.token_count.completion_details.audio", Field::AudioOutputTokens),
        ("llm.token_count.total", Field::Redundant),
        ("llm.cost.total", Field::Cost),
        ("llm.finish_reason", Field::Finish),
        ("llm.input_messages", Field::InputMessages),
        ("llm.prompts", Field::InputMessages),
        ("llm.output_messages", Field::OutputMessages),
        ("llm.choices", Field::OutputMessages),
        ("llm.tools", Field::Tools),
        ("tool.name", Field::Tool),
        ("tool.description", Field::ToolDescription),
        ("tool_call.function.name", Field::Tool),
        ("tool.id", Field::ToolCallId),
        ("tool_call.id", Field::ToolCallId),
        ("tool_call.function.arguments", Field::ToolArguments),
        ("tool.parameters", Field::ToolParameters),
        ("retrieval.documents", Field::Documents),
        ("reranker.output_documents", Field::Documents),
    ],
    kinds: &[
        ("AGENT", SpanKind::Agent),
        ("LLM", SpanKind::Model),
        ("TOOL", SpanKind::Tool),
        ("CHAIN", SpanKind::Wrapper),
        ("RETRIEVER", SpanKind::Retrieval),
        ("RERANKER", SpanKind::Retrieval),
        ("EMBEDDING", SpanKind::Embedding),
        ("GUARDRAIL", SpanKind::Guardrail),
        ("EVALUATOR", SpanKind::Wrapper),
        ("PROMPT", SpanKind::Wrapper),
    ],
    kind: by_name,
    refine: body,
    ..Dialect::EMPTY
};

/// Spans marked as a model's call that call none, by the method they are named for: LlamaIndex prepares its requests in one.
const NO_CALLS: &[&str] = &["._prepare_chat_with_tools", "._prepare_chat_with_tools_compat"];

/// Kinds that the instrumentations mark wrongly or have no word for.
fn by_name(facts: &Facts<'_>) -> Option<SpanKind> {
    let name = facts.span.name.as_str();
    if NO_CALLS.iter().any(|method| name.ends_with(method)) {
        return Some(SpanKind::Wrapper);
    }
    // OpenAI Agents: a handing over is marked as a tool.
    name.starts_with("handoff to ").then_some(SpanKind::Handoff)
}

/// What only the provider's own reply tells, which is sent whole as the output of a model's span.
fn body(facts: &Facts<'_>, reading: &mut Reading) {
    if reading.kind != SpanKind::Model {
        return;
    }
    // The tools may stand among the parameters of the call alone, which stay in sight as they are.
    if reading.tool_definitions.is_empty() {
        let parameters = facts
            .span
            .attributes
            .get("llm.invocation_parameters")
            .filter(|given| given.as_str().is_some_and(|text| text.contains("\"tools\"")));
        reading.tool_definitions = parameters.map(|given| definition::of(given, &facts.allowance)).unwrap_or_default();
    }
    let Some(reply) = facts.text(Field::Output) else { return };
    if reading.response_id.is_none() {
        reading.response_id = leading_id(reply).map(str::to_owned);
    }
    // LangChain: calls whose arguments it could not read stand in the reply alone.
    let asks = matches!(reading.finish_reason.as_deref(), Some("tool_calls" | "tool_use"));
    if asks && reading.requested_tools.is_empty() {
        let talk = value::parsed(reply, &facts.allowance).map(|reply| message::read_json(reply, "assistant", &facts.allowance));
        if let Some(talk) = talk.filter(|talk| !talk.requested.is_empty()) {
            (reading.requested_tools, reading.output_messages) = (talk.requested, talk.messages);
        }
    }
}

/// The `id` with which replies begin: reading the whole reply for it would cost more than the rest of the span.
fn leading_id(reply: &str) -> Option<&str> {
    let rest = reply.trim_ascii_start().strip_prefix('{')?.trim_ascii_start().strip_prefix("\"id\"")?;
    let (id, _) = rest.trim_ascii_start().strip_prefix(':')?.trim_ascii_start().strip_prefix('"')?.split_once('"')?;
    (!id.is_empty() && !id.contains('\\')).then_some(id)
}
