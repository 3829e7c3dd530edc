//! What frameworks recover from by themselves, as tried out with a model that misbehaves: nothing is proposed for that.

use crate::model::failure::FailureCode;

/// Frameworks that by default tell the model what a tool raised.
const TELL_ERRORS: &[&str] =
    &["strands", "autogen", "crewai", "smolagents", "agno", "llama-index", "dspy", "semantic-kernel", "agent-framework"];

/// Frameworks that by default tell the model that its arguments do not fit.
const TELL_ARGUMENTS: &[&str] =
    &["strands", "autogen", "crewai", "smolagents", "agno", "google-adk", "llama-index", "dspy", "semantic-kernel"];

/// Frameworks that by default tell the model that there is no such tool.
const TELL_NAMES: &[&str] = &[
    "langchain",
    "langgraph",
    "strands",
    "autogen",
    "crewai",
    "smolagents",
    "agno",
    "google-adk",
    "llama-index",
    "dspy",
    "semantic-kernel",
];

/// Frameworks that by default end a run that goes round in circles.
const END_LOOPS: &[&str] = &["crewai", "smolagents", "haystack"];

/// Frameworks that by default ask again when the model's service limits requests.
const WAIT_FOR_MODELS: &[&str] = &["crewai"];

/// Frameworks that tell the model of errors and bad arguments unless that was turned off.
const TELL_UNLESS_OFF: &[&str] = &["openai-agents", "haystack"];

/// Whether a framework makes up for a failure by itself. `message` is that of the failure.
pub(super) fn recovers(framework: Option<&str>, code: FailureCode, message: &str) -> bool {
    let Some(framework) = framework else { return false };
    let table = match code {
        FailureCode::ToolError => TELL_ERRORS,
        FailureCode::ToolBadArguments => TELL_ARGUMENTS,
        FailureCode::ToolMissing => TELL_NAMES,
        FailureCode::Loop | FailureCode::NoTermination => END_LOOPS,
        FailureCode::ModelError if message.contains("429") => WAIT_FOR_MODELS,
        _ => return false,
    };
    table.contains(&framework)
}

/// Whether a framework makes up for a failure by itself unless someone turned that off.
pub(super) fn recovers_unless_off(framework: &str, code: FailureCode) -> bool {
    matches!(code, FailureCode::ToolError | FailureCode::ToolBadArguments) && TELL_UNLESS_OFF.contains(&framework)
}
