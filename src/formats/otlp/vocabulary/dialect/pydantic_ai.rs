//! Pydantic AI: the conventions' words, and older and further ones of its own.

use serde_json::Value;

use super::{Dialect, Field, Name, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, message, value},
};

/// Pydantic AI's words, of all versions of its settings.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("agent_name", Field::Agent),
        ("model_name", Field::Model),
        ("final_result", Field::Output),
        ("tool_arguments", Field::ToolArguments),
        ("tool_response", Field::ToolResult),
        ("pydantic_ai.all_messages", Field::InputMessages),
        ("all_messages_events", Field::InputMessages),
        ("events", Field::Own),
        ("model_request_parameters", Field::Tools),
        ("pydantic_ai.tool.failure_stage", Field::ErrorStage),
        ("operation.cost", Field::Cost),
        ("gen_ai.usage.details.cache_read_tokens", Field::CachedTokens),
        ("gen_ai.usage.details.cached_tokens", Field::CachedTokens),
        ("gen_ai.usage.details.cache_write_tokens", Field::CacheWriteTokens),
        ("gen_ai.usage.details.reasoning_tokens", Field::ReasoningTokens),
        ("gen_ai.usage.details.thoughts_tokens", Field::ReasoningTokens),
        ("gen_ai.aggregated_usage.input_tokens", Field::TotalInputTokens),
        ("gen_ai.aggregated_usage.output_tokens", Field::TotalOutputTokens),
        ("gen_ai.aggregated_usage.cache_read.input_tokens", Field::TotalCachedTokens),
        ("gen_ai.aggregated_usage.details.cache_read_tokens", Field::TotalCachedTokens),
        ("gen_ai.aggregated_usage.details.reasoning_tokens", Field::TotalReasoningTokens),
    ],
    names: &[
        (Name::Is("agent run"), SpanKind::Agent),
        (Name::Is("running tool"), SpanKind::Tool),
        (Name::Starts("running tool: "), SpanKind::Tool),
        (Name::Starts("running output function"), SpanKind::Wrapper),
        (Name::Starts("running "), SpanKind::Wrapper),
    ],
    refine: events,
    ..Dialect::EMPTY
};

/// The oldest settings put the events of the conventions into one attribute, as a list; the model's choices end it.
fn events(facts: &Facts<'_>, reading: &mut Reading) {
    let untold = reading.input_messages.is_empty() && reading.output_messages.is_empty();
    let events = facts.own("events").filter(|_| untold).and_then(|events| value::json(events, &facts.allowance));
    let Some(Value::Array(events)) = events else { return };
    let choice = |event: &Value| event.get("event.name").and_then(Value::as_str) == Some("gen_ai.choice");
    let (choices, sent): (Vec<_>, Vec<_>) = events.into_iter().partition(choice);
    reading.input_messages = message::read_json(Value::Array(sent), "user", &facts.allowance).messages;
    let answered = message::read_json(Value::Array(choices), "assistant", &facts.allowance);
    (reading.output_messages, reading.requested_tools) = (answered.messages, answered.requested);
}
