//! Traceloop's OpenLLMetry: the conventions' words, with entities of its own around them and, before them, lists flattened into names.

use super::{Dialect, Facts, Field, SpanKind};

/// Traceloop's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("traceloop.span.kind", Field::Kind),
        ("traceloop.entity.name", Field::Part),
        ("traceloop.workflow.name", Field::Own),
        ("traceloop.association.properties.session_id", Field::Session),
        ("traceloop.association.properties.thread_id", Field::Session),
        ("traceloop.association.properties.conversation_id", Field::Session),
        ("traceloop.entity.input", Field::Input),
        ("traceloop.entity.output", Field::Output),
        ("tool.arguments", Field::ToolArguments),
        ("gen_ai.prompt", Field::InputMessages),
        ("gen_ai.completion", Field::OutputMessages),
        ("llm.request.functions", Field::Tools),
        ("llm.usage.total_tokens", Field::Redundant),
        ("llm.usage.cache_read_input_tokens", Field::CachedTokens),
        ("llm.response.finish_reason", Field::Finish),
        ("llm.response.stop_reason", Field::Finish),
    ],
    kinds: &[
        ("workflow", SpanKind::Agent),
        ("agent", SpanKind::Agent),
        ("tool", SpanKind::Tool),
        ("task", SpanKind::Wrapper),
        ("unknown", SpanKind::Wrapper),
    ],
    kind: tool_of_a_task,
    ..Dialect::EMPTY
};

/// A task that names a tool and its arguments runs it: so LlamaIndex's are told, whose kind is the same for all that its agents do.
fn tool_of_a_task(facts: &Facts<'_>) -> Option<SpanKind> {
    let is_task = facts.all(Field::Kind).iter().any(|fact| fact.name == "traceloop.span.kind" && fact.value == "task");
    let runs = is_task && facts.text(Field::Tool).is_some() && !facts.all(Field::ToolArguments).is_empty();
    runs.then_some(SpanKind::Tool)
}
