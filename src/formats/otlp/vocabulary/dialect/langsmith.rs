//! LangSmith's exporter: a run's inputs and outputs as JSON under the conventions' oldest names.

use serde_json::Value;

use super::{Dialect, Field, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, tool, value},
};

/// LangSmith's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("langsmith.span.kind", Field::Kind),
        ("langsmith.metadata.session_id", Field::Session),
        ("langsmith.metadata.thread_id", Field::Session),
        ("langsmith.metadata.conversation_id", Field::Session),
        ("langsmith.metadata.lc_agent_name", Field::Agent),
        ("langsmith.metadata.ls_model_name", Field::Model),
        ("langsmith.metadata.ls_provider", Field::Provider),
        ("langsmith.usage_metadata", Field::Usage),
        ("gen_ai.serialized.name", Field::Own),
    ],
    kinds: &[
        ("llm", SpanKind::Model),
        ("tool", SpanKind::Tool),
        ("chain", SpanKind::Wrapper),
        ("retriever", SpanKind::Retrieval),
        ("embedding", SpanKind::Embedding),
        ("prompt", SpanKind::Wrapper),
        ("parser", SpanKind::Wrapper),
        ("agent", SpanKind::Agent),
    ],
    refine: run,
    ..Dialect::EMPTY
};

/// Outside of models, inputs and outputs are no messages.
fn run(facts: &Facts<'_>, reading: &mut Reading) {
    if reading.kind == SpanKind::Model {
        return;
    }
    let whole = |name: &str, field| {
        facts.all(field).iter().find(|fact| fact.name == name).and_then(|fact| value::json(fact.value, &facts.allowance))
    };
    let (given, gave) = (whole("gen_ai.prompt", Field::InputMessages), whole("gen_ai.completion", Field::OutputMessages));
    if given.is_none() && gave.is_none() {
        return;
    }
    (reading.input_messages, reading.output_messages) = (Vec::new(), Vec::new());
    if reading.kind == SpanKind::Tool {
        tool::given(facts, given.map(|given| alone(given, "input")), gave.map(|gave| alone(gave, "output")), reading);
    } else {
        (reading.input, reading.output) = (given, gave);
    }
}

/// A single value is sent as an object of one member.
fn alone(value: Value, name: &str) -> Value {
    match value {
        Value::Object(mut fields) if fields.len() == 1 && fields.contains_key(name) => fields.remove(name).unwrap_or_default(),
        other => other,
    }
}
