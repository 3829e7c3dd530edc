//! One step of a run: a thought, a message, a model call, a tool call.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ids::StepNumber,
    money::Money,
    time::{Elapsed, Timestamp},
    usage::{Charges, TokenUsage},
};

/// What kind of thing a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The agent thinks or plans.
    Reasoning,
    /// A tool is called.
    ToolCall,
    /// A model is called.
    LlmCall,
    /// Something is said: by user, assistant or system.
    Message,
    /// Documents are fetched.
    Retrieval,
    /// A choice is made.
    Decision,
    /// Another agent takes over.
    Handoff,
    /// A guard looks at input or output.
    Guardrail,
    /// Named otherwise by the sender; the name is the step's `name`.
    Other,
}

/// One step. Exactly one of `tool` and `model` is set for tool and model calls; both are `None` otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its number as the sender counts, else from 1; it never falls from one step to the next. Where the sender puts several things into
    /// one step (a model's answer and the calls it led to), each is a step here and they share the sender's number.
    pub number: StepNumber,
    /// What it is.
    pub kind: StepKind,
    /// What it is called: the tool's or model's name, else the sender's word for the action.
    pub name: String,
    /// Who speaks, for messages: `user`, `assistant`, `system`, `tool`.
    pub role: Option<String>,
    /// Which agent acts, in runs of several.
    pub agent: Option<String>,
    /// What was said or thought.
    pub content: Option<String>,
    /// When it started.
    pub started: Option<Timestamp>,
    /// How long it took.
    pub duration: Option<Elapsed>,
    /// Whether it went well; `None` when the sender did not say.
    pub success: Option<bool>,
    /// What went wrong.
    pub error: Option<String>,
    /// The tool call, when it is one.
    pub tool: Option<ToolCall>,
    /// The model call, when it is one.
    pub model: Option<ModelCall>,
    /// How many steps it lies within (an agent in an agent): 0 at the top.
    pub depth: u16,
    /// What the sender told of it that has no place above, by its own names.
    pub attributes: Vec<(String, Value)>,
}

impl Step {
    /// A bare step.
    #[must_use]
    pub fn new(number: StepNumber, kind: StepKind, name: impl Into<String>) -> Self {
        Self {
            number,
            kind,
            name: name.into(),
            role: None,
            agent: None,
            content: None,
            started: None,
            duration: None,
            success: None,
            error: None,
            tool: None,
            model: None,
            depth: 0,
            attributes: Vec::new(),
        }
    }

    /// Whether the sender marks this step as failed, by error or by flag.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.error.is_some() || self.success == Some(false)
    }
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ToolCall {
    /// The id by which the model asked for it.
    pub id: Option<String>,
    /// The tool's name.
    pub name: String,
    /// Its arguments; text that holds JSON has been read as JSON.
    pub input: Option<Value>,
    /// Why the arguments could not be read as JSON, where a sender gave text that tries to be an object.
    pub input_error: Option<String>,
    /// Its result.
    pub output: Option<Value>,
    /// Where the tool is defined in the user's code.
    pub code: Option<CodeLocation>,
}

/// A place in the user's source. Untrusted: read only under roots the user named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeLocation {
    /// Path as sent.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Function or method.
    pub function: Option<String>,
}

/// A call of a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelCall {
    /// Who serves the model (`openai`, `anthropic`, `bedrock`, …).
    pub provider: Option<String>,
    /// The model's name as sent.
    pub model: Option<String>,
    /// Tokens reported; `None` when none were.
    pub usage: Option<TokenUsage>,
    /// What it is charged for beside plain tokens.
    pub charges: Charges,
    /// The cost the sender logged for this call.
    pub logged_cost: Option<Money>,
    /// What was sent to the model, as sent.
    pub messages: Option<Value>,
    /// What it answered, as sent.
    pub output: Option<Value>,
    /// Why it stopped: `stop`, `length`, `tool_calls`, `content_filter`, …
    pub finish_reason: Option<String>,
    /// The tool calls its answer asked for, where that can be read.
    pub requested_tools: Vec<RequestedTool>,
}

/// A tool call a model asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RequestedTool {
    /// The id it gave the call.
    pub id: Option<String>,
    /// The tool's name.
    pub name: String,
    /// The arguments, read as JSON where they can be.
    pub arguments: Option<Value>,
    /// Why the arguments are not JSON.
    pub arguments_error: Option<String>,
}
