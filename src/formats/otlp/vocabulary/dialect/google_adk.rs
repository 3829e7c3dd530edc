//! Google's Agent Development Kit: requests and responses of Gemini as JSON, empty objects where content is not captured.

use serde_json::Value;

use super::{Dialect, Field, Name, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, field},
};

/// What the kit adds.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("gcp.vertex.agent.llm_request", Field::InputMessages),
        ("gcp.vertex.agent.llm_response", Field::OutputMessages),
        ("gcp.vertex.agent.tool_call_args", Field::ToolArguments),
        ("gcp.vertex.agent.tool_response", Field::ToolResult),
        ("gcp.vertex.agent.session_id", Field::Session),
        ("gcp.vertex.agent.invocation_id", Field::Own),
        ("gcp.vertex.agent.event_id", Field::Own),
        ("gcp.vertex.agent.data", Field::Input),
    ],
    names: &[
        (Name::Is("invocation"), SpanKind::Wrapper),
        (Name::Is("call_llm"), SpanKind::Model),
        (Name::Starts("agent_run ["), SpanKind::Agent),
        (Name::Is("execute_tool (merged)"), SpanKind::Wrapper),
    ],
    kind: tool,
    refine: not_captured,
    ..Dialect::EMPTY
};

/// The tool by which an agent hands over, and the span that stands for the answers of several tools together.
fn tool(facts: &Facts<'_>) -> Option<SpanKind> {
    facts
        .own("gcp.vertex.agent.event_id")
        .or_else(|| facts.own("gcp.vertex.agent.invocation_id"))
        .or(Some(&Value::Null).filter(|_| facts.span.scope.name == "gcp.vertex.agent"))?;
    match facts.text(field::Field::Tool)? {
        "transfer_to_agent" => Some(SpanKind::Handoff),
        "(merged tools)" => Some(SpanKind::Wrapper),
        _ => None,
    }
}

/// An empty object stands for "not captured" as well as for "nothing": it tells neither.
fn not_captured(facts: &Facts<'_>, reading: &mut Reading) {
    let empty = |name: &str, field| facts.all(field).iter().any(|fact| fact.name == name && fact.value.as_str() == Some("{}"));
    if empty("gcp.vertex.agent.tool_call_args", Field::ToolArguments) {
        reading.tool_input = None;
    }
    if empty("gcp.vertex.agent.tool_response", Field::ToolResult) {
        reading.tool_output = None;
    }
}
