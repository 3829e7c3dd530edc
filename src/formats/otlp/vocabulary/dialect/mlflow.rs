//! MLflow's tracing: attributes are JSON, text included.

use super::{Dialect, Field, SpanKind};

/// MLflow's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("mlflow.spanType", Field::Kind),
        ("mlflow.spanInputs", Field::Input),
        ("mlflow.spanOutputs", Field::Output),
        ("mlflow.chat.tokenUsage", Field::Usage),
        ("mlflow.chat.tools", Field::Tools),
        ("mlflow.chat.messages", Field::InputMessages),
        ("mlflow.llm.model", Field::Model),
        ("mlflow.llm.provider", Field::Provider),
        ("mlflow.trace.session", Field::Session),
        ("mlflow.spanFunctionName", Field::Redundant),
        ("mlflow.traceRequestId", Field::Redundant),
    ],
    kinds: &[
        ("AGENT", SpanKind::Agent),
        ("CHAT_MODEL", SpanKind::Model),
        ("LLM", SpanKind::Model),
        ("TOOL", SpanKind::Tool),
        ("CHAIN", SpanKind::Wrapper),
        ("RETRIEVER", SpanKind::Retrieval),
        ("RERANKER", SpanKind::Retrieval),
        ("EMBEDDING", SpanKind::Embedding),
        ("GUARDRAIL", SpanKind::Guardrail),
        ("WORKFLOW", SpanKind::Wrapper),
        ("TASK", SpanKind::Wrapper),
        ("PARSER", SpanKind::Wrapper),
        ("MEMORY", SpanKind::Wrapper),
        ("EVALUATOR", SpanKind::Wrapper),
        ("UNKNOWN", SpanKind::Wrapper),
    ],
    ..Dialect::EMPTY
};
