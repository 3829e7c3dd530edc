//! LiteLLM's callback and proxy: Traceloop's flattened lists, with spans of its own around them.

use super::{Dialect, Field, Name, SpanKind};

/// What LiteLLM adds.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("gen_ai.cost.total_cost", Field::Cost),
        ("llm.request.type", Field::Kind),
        ("llm.is_streaming", Field::Redundant),
        ("metadata.user_api_key_end_user_id", Field::Own),
    ],
    kinds: &[
        ("chat", SpanKind::Model),
        ("completion", SpanKind::Model),
        ("acompletion", SpanKind::Model),
        ("text_completion", SpanKind::Model),
        ("responses", SpanKind::Model),
        ("aresponses", SpanKind::Model),
        ("anthropic_messages", SpanKind::Model),
        ("embedding", SpanKind::Embedding),
        ("aembedding", SpanKind::Embedding),
        ("rerank", SpanKind::Retrieval),
        ("arerank", SpanKind::Retrieval),
    ],
    names: &[
        (Name::Is("litellm_request"), SpanKind::Model),
        (Name::Is("raw_gen_ai_request"), SpanKind::Noise),
        (Name::Is("Received Proxy Server Request"), SpanKind::Wrapper),
        (Name::Is("auth"), SpanKind::Noise),
        (Name::Is("postgres"), SpanKind::Noise),
        (Name::Is("redis"), SpanKind::Noise),
    ],
    ..Dialect::EMPTY
};
