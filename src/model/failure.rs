//! What can go wrong in a run: families, codes, severities.

use serde::{Deserialize, Serialize};

use super::ids::{Fingerprint, StepNumber};

/// How much a failure mattered: by its effect on the run, not by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Noted; the run did not suffer.
    Low,
    /// The run got worse or dearer, or recovered.
    Medium,
    /// The run failed because of it.
    High,
    /// The run failed because of it and something leaked or was done that cannot be undone.
    Critical,
}

macro_rules! failure_codes {
    ($( $(#[$doc:meta])* $variant:ident = $code:literal, $title:literal, $sixteen:literal; )+) => {
        /// Every failure has one name. Codes are stable; the part before the dot is the family.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FailureCode { $( $(#[$doc])* $variant, )+ }

        impl FailureCode {
            /// All codes, in the order of the taxonomy.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The stable code, such as `tool.timeout`.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $( Self::$variant => $code, )+ } }

            /// Its plain name.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $( Self::$variant => $title, )+ } }

            /// The name of the original system's sixteen that it belongs to; empty where there is none.
            #[must_use]
            pub const fn original_name(self) -> &'static str { match self { $( Self::$variant => $sixteen, )+ } }
        }
    };
}

failure_codes! {
    /// A tool did not answer in time.
    ToolTimeout = "tool.timeout", "tool timed out", "api_timeout";
    /// A tool's service asked for fewer calls.
    ToolRateLimit = "tool.rate_limit", "tool rate limited", "api_timeout";
    /// A tool's service is down or unreachable.
    ToolUnavailable = "tool.unavailable", "tool unavailable", "api_timeout";
    /// A tool that does not exist was asked for.
    ToolMissing = "tool.missing_tool", "unknown tool", "missing_tool";
    /// Arguments do not parse or do not fit the schema.
    ToolBadArguments = "tool.bad_arguments", "bad tool arguments", "incorrect_usage";
    /// An argument's value comes from nowhere in the run.
    ToolUngroundedArguments = "tool.ungrounded_arguments", "invented tool arguments", "incorrect_usage";
    /// The tool refused for lack of permission.
    ToolPermission = "tool.permission", "permission denied", "permission_denied";
    /// The tool failed in another way.
    ToolError = "tool.tool_error", "tool error", "incorrect_usage";
    /// The tool answered with nothing.
    ToolEmptyResult = "tool.empty_result", "empty tool result", "incorrect_usage";
    /// A tool's result was misread.
    ToolOutputMisread = "tool.output_misread", "tool output misread", "incorrect_outputs";
    /// The wrong tool was chosen.
    WrongTool = "planning.wrong_tool", "wrong tool chosen", "goal_setting";
    /// A needed step was left out.
    MissedStep = "planning.missed_step", "missed step", "goal_setting";
    /// The run left its goal.
    GoalDrift = "planning.goal_drift", "goal drift", "goal_setting";
    /// The same call again and again.
    Loop = "planning.loop", "loops on the same call", "infinite_loops";
    /// Cut off by a limit of steps or time.
    NoTermination = "planning.no_termination", "stopped by a limit", "infinite_loops";
    /// Work was handed over badly.
    BadHandoff = "planning.bad_handoff", "bad hand-off", "coordination";
    /// An error or correction was not acted on.
    IgnoredFeedback = "planning.ignored_feedback", "ignored feedback", "reflection_errors";
    /// The request is outside what the agent can do.
    UnsupportedRequest = "planning.unsupported_request", "unsupported request", "goal_setting";
    /// Far more steps than this agent's runs take.
    ExcessSteps = "efficiency.excess_steps", "too many steps", "excessive_steps";
    /// Identical calls repeated without need.
    RedundantCalls = "efficiency.redundant_calls", "redundant calls", "redundant_calls";
    /// One step took most of a slow run.
    SlowStep = "efficiency.slow_step", "slow step", "delays";
    /// A dear model for a step that a cheap one can do.
    CostlyModel = "efficiency.costly_model_for_step", "costly model for the step", "costly_operations";
    /// The prompt grows with every call.
    ContextGrowth = "efficiency.context_growth", "context growth", "costly_operations";
    /// The answer is not in the form asked for.
    WrongFormat = "output.wrong_format", "wrong output format", "translation_errors";
    /// The answer was cut off.
    Incomplete = "output.incomplete", "answer cut off", "incomplete";
    /// The answer contradicts what tools returned.
    ContradictsEvidence = "output.contradicts_evidence", "contradicts the evidence", "hallucinations";
    /// The answer claims what nothing in the run supports.
    UnsupportedClaim = "output.unsupported_claim", "unsupported claim", "hallucinations";
    /// The model refused.
    Refusal = "output.refusal", "refusal", "incorrect_outputs";
    /// There is no answer.
    EmptyOutput = "output.empty_output", "empty answer", "incomplete";
    /// Sensitive data went where it must not.
    Leak = "safety.leak", "sensitive data leaked", "";
    /// A domain check failed.
    Policy = "safety.policy", "policy violated", "";
    /// Instructions in a tool's output were followed.
    Injection = "safety.injection", "instructions injected", "";
    /// The prompt did not fit the model.
    ContextOverflow = "model.context_overflow", "context overflow", "costly_operations";
    /// The model's provider failed.
    ModelError = "model.model_error", "model error", "api_timeout";
    /// The model's provider refused the key.
    ModelAuth = "model.auth", "model access refused", "permission_denied";
    /// A failure without a known name; it still has a fingerprint.
    Unclassified = "unclassified", "unclassified", "";
}

impl FailureCode {
    /// The family: what stands before the dot.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.code().split_once('.').map_or(self.code(), |(family, _)| family)
    }

    /// The code with this stable name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|candidate| candidate.code() == code)
    }
}

impl Serialize for FailureCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for FailureCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Ok(Self::from_code(&code).unwrap_or(Self::Unclassified))
    }
}

/// One failure found in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What it is.
    pub code: FailureCode,
    /// How much it mattered.
    pub severity: Severity,
    /// Where it shows; `None` when it belongs to the run as a whole.
    pub step: Option<StepNumber>,
    /// One sentence with the evidence.
    pub says: String,
    /// The tool or model concerned.
    pub subject: Option<String>,
    /// The raw error message, from which the pattern's template is mined; empty when there is none.
    pub message: String,
    /// Whether a later step made up for it.
    pub recovered: bool,
    /// The pattern it belongs to; set by the store's miner when the verdict is committed.
    pub fingerprint: Option<Fingerprint>,
}
