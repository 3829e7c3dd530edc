//! What a vocabulary reads out of one span: the same shape whatever words the span is written in.

use serde_json::Value;

use crate::model::{
    money::Money,
    step::{CodeLocation, RequestedTool, StepKind},
    trace::{RunError, ToolDefinition},
    usage::{Charges, TokenUsage},
};

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpanKind {
    /// An agent's own run, or a run of several agents: `invoke_agent`, AGENT, `invoke_workflow`, `traceloop` workflow.
    Agent,
    /// An agent is made, not run: `create_agent`. Says what tools and model it has.
    AgentMade,
    /// A model is called: chat, completion.
    Model,
    /// Text is turned into vectors by a model.
    Embedding,
    /// A tool is called.
    Tool,
    /// Documents are fetched.
    Retrieval,
    /// A guard looks at input or output.
    Guardrail,
    /// Another agent takes over.
    Handoff,
    /// A step the sender names a thought, decision, message or otherwise.
    Step(StepKind),
    /// Part of a framework's machinery around the others: CHAIN, task, node, cycle, component.
    Wrapper,
    /// Plumbing that says nothing of the run: a message bus, an HTTP request.
    Noise,
    /// No vocabulary knows it.
    #[default]
    Unknown,
}

/// One message as all vocabularies agree to write it, for [`Reading::input_messages`] and [`Reading::output_messages`].
///
/// As JSON: `{"role": "...", "content": "..." | [parts], "tool_calls": [{"id", "name", "arguments"}], "tool_call_id": "...", "name": "..."}`,
/// members left out where the sender gave none.
pub type Message = Value;

/// What is known of one span. Everything is optional: absent is not zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// What it stands for.
    pub kind: SpanKind,
    /// The agent that acts.
    pub agent: Option<String>,
    /// The agent's id, as a framework counts its agents.
    pub agent_id: Option<String>,
    /// The conversation or user session.
    pub session: Option<String>,
    /// The subject domain (own tracer only).
    pub domain: Option<String>,
    /// The project (own tracer only).
    pub project: Option<String>,
    /// What it was given; JSON text has been read as JSON.
    pub input: Option<Value>,
    /// What it gave; JSON text has been read as JSON.
    pub output: Option<Value>,

    /// The model: the one that answered, else the one asked for.
    pub model: Option<String>,
    /// Who serves it; never the name of a framework.
    pub provider: Option<String>,
    /// Tokens; input includes cached ones, output includes reasoning. `None` where none were reported, or all that were are 0 on a span that called no model.
    pub usage: Option<TokenUsage>,
    /// What it is charged for beside plain tokens.
    pub charges: Charges,
    /// Whether `usage` is a total over the calls inside this span rather than one call's.
    pub usage_is_total: bool,
    /// A cost the sender logged.
    pub logged_cost: Option<Money>,
    /// The provider's id of the reply (`chatcmpl-…`): two spans with the same id are one call.
    pub response_id: Option<String>,
    /// Why the model stopped.
    pub finish_reason: Option<String>,
    /// What the model was sent, oldest first.
    pub input_messages: Vec<Message>,
    /// What the model answered.
    pub output_messages: Vec<Message>,
    /// The tools it could call.
    pub tool_definitions: Vec<ToolDefinition>,
    /// The calls its answer asked for; arguments that are not JSON keep their text and the reason.
    pub requested_tools: Vec<RequestedTool>,

    /// The tool called, by the name the model knows it by.
    pub tool_name: Option<String>,
    /// The id by which the model asked for it.
    pub tool_call_id: Option<String>,
    /// Its arguments.
    pub tool_input: Option<Value>,
    /// Why the arguments could not be read.
    pub tool_input_error: Option<String>,
    /// Its result.
    pub tool_output: Option<Value>,
    /// The documents fetched.
    pub documents: Vec<Value>,

    /// What went wrong here, by exception event, `error.type`, status text or the vocabulary's own flag. The status alone may be OK.
    pub error: Option<RunError>,
    /// Where in the user's code.
    pub code: Option<CodeLocation>,
    /// A key that names the run across several traces (a message bus topic, a conversation a sender splits); `None` where one trace is one run.
    pub run_key: Option<String>,
    /// Attributes no vocabulary knows: kept and shown.
    pub unmapped: Vec<(String, Value)>,
}
