//! Traceloop's OpenLLMetry: the conventions' words, with entities of its own around them and, before them, lists flattened into names.

use super::{Dialect, Field, SpanKind};

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
    ..Dialect::EMPTY
};
