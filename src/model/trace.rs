//! One run of an agent, decoded: what every format becomes before anything is said about it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ids::{StepNumber, TraceId},
    money::Money,
    step::{CodeLocation, Step},
    telemetry::Telemetry,
    time::{Elapsed, Timestamp},
};

/// One run as its sender told it. Texts are as sent: hostile until cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The sender's id, or one made on arrival.
    pub id: TraceId,
    /// When the run started, by the sender's clock.
    pub timestamp: Option<Timestamp>,
    /// Which agent ran; `None` when the sender did not say.
    pub agent: Option<String>,
    /// The conversation or user session the run belongs to.
    pub session: Option<String>,
    /// The project the run belongs to.
    pub project: Option<String>,
    /// The subject domain as sent (`finance`, `security`, `ml`, …; `auto` counts as not sent).
    pub domain: Option<String>,
    /// The framework as sent.
    pub framework: Option<String>,
    /// What the agent was given.
    pub input: Option<Value>,
    /// What it answered; `None` when absent or null.
    pub output: Option<Value>,
    /// Whether the agent says it succeeded.
    pub success: Option<bool>,
    /// How long the run took.
    pub execution_time: Option<Elapsed>,
    /// The error that ended the run.
    pub error: Option<RunError>,
    /// The tools the agent could call; `None` when the sender did not say which.
    pub tools_available: Option<Vec<ToolDefinition>>,
    /// Everything that happened, in order, each with its number. Model calls and tool calls are steps too.
    pub steps: Vec<Step>,
    /// The total cost the sender logged.
    pub logged_cost: Option<Money>,
    /// What the sender's framework said of itself; signals for recognising it.
    pub framework_metadata: Option<Value>,
    /// What its spans say of the program that sent them; `None` when it did not come as spans.
    pub telemetry: Option<Telemetry>,
    /// Where the agent is defined in the user's code.
    pub code: Option<CodeLocation>,
    /// What the sender told of the run that has no place above, by its own names.
    pub attributes: Vec<(String, Value)>,
    /// False while its outermost span has not ended, as far as has arrived; true of every run that came whole.
    pub ended: bool,
    /// What a complete trace has and this one lacks: `agent_id`, `output`, `execution_time`; also what was set aside and why.
    pub incomplete: Vec<String>,
}

/// The error that ended a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunError {
    /// The exception's type, such as `ToolError`.
    pub kind: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// Its traceback.
    pub traceback: Option<String>,
    /// The step at which it was raised, if the sender knows.
    pub failed_at_step: Option<StepNumber>,
}

/// A tool the agent was offered.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolDefinition {
    /// The name it is called by.
    pub name: String,
    /// What it is said to do.
    pub description: Option<String>,
    /// JSON schema of its arguments.
    pub parameters: Option<Value>,
}

impl Trace {
    /// A run of which nothing is known but its id.
    #[must_use]
    pub fn empty(id: TraceId) -> Self {
        Self {
            id,
            timestamp: None,
            agent: None,
            session: None,
            project: None,
            domain: None,
            framework: None,
            input: None,
            output: None,
            success: None,
            execution_time: None,
            error: None,
            tools_available: None,
            steps: Vec::new(),
            logged_cost: None,
            framework_metadata: None,
            telemetry: None,
            code: None,
            attributes: Vec::new(),
            ended: true,
            incomplete: Vec::new(),
        }
    }

    /// The agent's name, or `unknown`.
    #[must_use]
    pub fn agent_name(&self) -> &str {
        self.agent.as_deref().unwrap_or("unknown")
    }

    /// The first step with this number; see [`Trace::steps_at`] for all.
    #[must_use]
    pub fn step(&self, number: StepNumber) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }

    /// All that the sender counts as the step of this number: mostly one, several where a model's answer and the calls it led to are one step.
    pub fn steps_at(&self, number: StepNumber) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.number == number)
    }
}
