//! Haystack's own spans: no kind, but names that tell it, and everything inside JSON.

use super::{Dialect, Field, Name, SpanKind};
use crate::formats::otlp::vocabulary::facts::Facts;

/// Haystack's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("haystack.agent.step.llm.input", Field::InputMessages),
        ("haystack.agent.step.llm.output", Field::OutputMessages),
        ("haystack.agent.step.tool.input", Field::ToolArguments),
        ("haystack.agent.step.tool.output", Field::ToolResult),
        ("haystack.tool.name", Field::Tool),
        ("haystack.tool.error", Field::ErrorFlag),
        ("haystack.agent.tools", Field::Tools),
        ("haystack.component.name", Field::Part),
        ("haystack.component.type", Field::Own),
        ("haystack.agent.input", Field::Input),
        ("haystack.agent.output", Field::Output),
        ("haystack.component.input", Field::Input),
        ("haystack.component.output", Field::Output),
        ("haystack.pipeline.input_data", Field::Input),
        ("haystack.pipeline.output_data", Field::Output),
        ("haystack.component.input_spec", Field::Redundant),
        ("haystack.component.output_spec", Field::Redundant),
        ("haystack.component.input_types", Field::Redundant),
    ],
    names: &[
        (Name::Is("haystack.agent.step.llm"), SpanKind::Model),
        (Name::Is("haystack.agent.step.tool"), SpanKind::Tool),
        (Name::Is("haystack.agent.step"), SpanKind::Wrapper),
        (Name::Is("haystack.agent.run"), SpanKind::Agent),
        (Name::Is("haystack.pipeline.run"), SpanKind::Wrapper),
        (Name::Is("haystack.async_pipeline.run"), SpanKind::Wrapper),
        (Name::Is("haystack.component.run"), SpanKind::Wrapper),
    ],
    kind: component,
    ..Dialect::EMPTY
};

/// A component's class tells what it does; an agent's own span lies inside its component's.
fn component(facts: &Facts<'_>) -> Option<SpanKind> {
    let class = facts.own("haystack.component.type")?.as_str()?;
    let told = [("Generator", SpanKind::Model), ("Retriever", SpanKind::Retrieval), ("Embedder", SpanKind::Embedding)];
    told.into_iter().find(|(tail, _)| class.ends_with(tail)).map(|(_, kind)| kind)
}
