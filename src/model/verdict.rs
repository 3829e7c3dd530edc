//! What is said about one run, with its evidence.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    cost::Cost,
    failure::Failure,
    grade::Letter,
    ids::{StepNumber, TraceId},
    latency::Latency,
    leak::Leak,
    probability::Probability,
    usage::TokenUsage,
};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeState {
    /// It did its task.
    Ok,
    /// It did not.
    Failed,
    /// Nothing tells.
    Unknown,
}

/// Where the knowledge of an outcome comes from, weakest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeSource {
    /// A person said so.
    Feedback,
    /// The agent or its runtime said so: a flag, an error, an uncaught exception.
    Reported,
    /// The run's evidence says so.
    Inferred,
}

/// How a run ended, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The state.
    pub state: OutcomeState,
    /// Whose word it is; `None` when unknown.
    pub source: Option<OutcomeSource>,
    /// What the agent itself reported, whatever the state.
    pub reported: Option<bool>,
}

impl Outcome {
    /// Below this inferred probability a run that reports itself ok is doubted: odds of three to one against it. A half would be too
    /// much to ask: of the runs that the inference was fitted on, hard ones all, less than half succeeded.
    pub const DOUBTED_BELOW: f64 = 0.25;

    /// Whether the run reports itself ok, nobody has judged it, and its evidence says that it rather failed.
    #[must_use]
    pub fn doubted(&self, inferred: Option<Probability>) -> bool {
        self.state == OutcomeState::Ok
            && self.source == Some(OutcomeSource::Reported)
            && inferred.is_some_and(|probability| probability.get() < Self::DOUBTED_BELOW)
    }
}

/// One piece of evidence for the outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// A stable name, such as `unresolved_tool_error`.
    pub code: String,
    /// The step that shows it, the first where there are several.
    pub step: Option<StepNumber>,
    /// All steps that show it, in order, at most eight; empty for what only the run as a whole shows.
    #[serde(default)]
    pub steps: Vec<StepNumber>,
    /// Its weight in log-odds of success; `None` where it decides alone.
    pub weight: Option<f64>,
    /// One sentence.
    pub says: String,
}

/// How other runs about the same subject compare with this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// How many other runs were held against it.
    pub runs: u32,
    /// Of how many agents.
    pub agents: u32,
    /// Share of them (weighted by likeness, shrunk towards a half) that changed exactly the same things and gave the same answer, 0 to 1.
    pub exact: f64,
    /// The same, counting what was changed or answered nearly alike in part, 0 to 1.
    pub soft: f64,
    /// How many of them came to exactly the same.
    #[serde(default)]
    pub same: u32,
    /// By how much it agrees more with them than they do with each other, -1 to 1: below 0 it stands apart.
    #[serde(default)]
    pub central: f64,
    /// The probability of success of this run without them; `None` where nothing tells, or before it was judged.
    pub alone: Option<Probability>,
}

/// One tool call, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolVerdict {
    /// Its step.
    pub step: StepNumber,
    /// The tool.
    pub name: String,
    /// The arguments, for reading; not stored with the verdict.
    #[serde(default)]
    pub input: Option<Value>,
    /// Probability that the call was right; `None` where nothing tells.
    pub valid_probability: Option<Probability>,
    /// What was wrong, in a sentence.
    pub why: Option<String>,
    /// Arguments whose values nothing in the run gave, as JSON pointers, at most eight.
    #[serde(default)]
    pub ungrounded: Vec<String>,
}

/// All tool calls, judged.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tools {
    /// How many.
    pub calls: u32,
    /// How many were wrong.
    pub wrong: u32,
    /// Every call, in order.
    pub items: Vec<ToolVerdict>,
    /// What speaks against the calls as a whole, heaviest first: calls that seem to be missing, parts of the request that none carries.
    #[serde(default)]
    pub doubts: Vec<Evidence>,
}

/// The step suspected of having caused the failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RootCause {
    /// The suspected step; `None` when only the run as a whole is known to be at fault.
    pub step: Option<StepNumber>,
    /// The agent that acted there.
    pub agent: Option<String>,
    /// The category of mistake, where it can be told.
    pub category: Option<String>,
    /// `memory`, `reflection`, `planning`, `action` or `system`, where it can be told.
    pub module: Option<String>,
    /// The failure found there.
    pub code: Option<super::failure::FailureCode>,
    /// How sure; `None` where nothing measured it.
    pub confidence: Option<Probability>,
    /// One sentence.
    pub says: String,
    /// From cause to symptom.
    pub chain: Vec<StepNumber>,
    /// The steps that may have been it, likeliest first, at most five.
    #[serde(default)]
    pub suspects: Vec<Suspect>,
    /// Why this step, heaviest first; weights in log-odds against the run's other steps.
    #[serde(default)]
    pub reasons: Vec<Evidence>,
}

/// A step that may have been the decisive mistake.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The step.
    pub step: StepNumber,
    /// The probability that it was, among all steps of the run.
    pub probability: Probability,
}

/// One check of a domain pack, applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    /// The check's id.
    pub id: String,
    /// Passed or not; checks that do not apply are not listed.
    pub passed: bool,
    /// The evidence, in a sentence.
    pub says: String,
}

/// What is said about one run. Absent knowledge is `None` or empty, never a made-up value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The run.
    pub trace_id: TraceId,
    /// Its agent; `unknown` when not sent.
    pub agent_id: String,
    /// The version of the rules that made this.
    pub rules: String,
    /// The subject domain; `None` when not sent and no signal tells.
    pub domain: Option<String>,
    /// What gave the domain away: `sent`, or the signal.
    pub domain_signal: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The probability of success; `None` when nothing tells.
    pub success_probability: Option<Probability>,
    /// The probability by the run's evidence alone, whatever was reported or said; `None` where nothing tells.
    #[serde(default)]
    pub inferred_probability: Option<Probability>,
    /// How other runs about the same subject compare; `None` without any.
    #[serde(default)]
    pub agreement: Option<Agreement>,
    /// The probability of success, from 0 to 100.
    pub reliability_score: Option<f64>,
    /// Its letter.
    pub grade: Option<Letter>,
    /// What speaks for the outcome.
    pub evidence: Vec<Evidence>,
    /// The framework.
    pub framework: Option<String>,
    /// What gave it away: `sent`, or the signal.
    pub framework_signal: Option<String>,
    /// Share of right tool calls; `None` without calls.
    pub tool_accuracy: Option<f64>,
    /// The calls.
    pub tools: Tools,
    /// The probability that all tool calls are right, missing ones counted in; `None` where neither calls nor offers are known.
    pub call_valid_probability: Option<Probability>,
    /// The step suspected.
    pub root_cause: Option<RootCause>,
    /// Everything that went wrong, worst first.
    pub failures: Vec<Failure>,
    /// The failures in plain words, at most five.
    pub issues: Vec<String>,
    /// What it cost.
    pub cost: Cost,
    /// `cost.best()`, under the name the roadmap promised.
    pub cost_per_run: Option<super::money::Money>,
    /// Tokens of all calls together; `None` when none were reported.
    pub usage: Option<TokenUsage>,
    /// Where the time went.
    pub latency: Latency,
    /// Sensitive data seen.
    pub leaks: Vec<Leak>,
    /// Sensitive data taken out before the run was stored: how many pieces of each kind.
    #[serde(default)]
    pub redacted: Vec<(String, u32)>,
    /// Domain checks that apply.
    pub domain_checks: Vec<DomainCheck>,
    /// What a complete trace has and this one lacks.
    pub incomplete: Vec<String>,
}

impl Verdict {
    /// A verdict that says nothing yet.
    #[must_use]
    pub fn unknown(trace_id: TraceId, agent_id: impl Into<String>, rules: impl Into<String>) -> Self {
        Self {
            trace_id,
            agent_id: agent_id.into(),
            rules: rules.into(),
            domain: None,
            domain_signal: None,
            outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
            success_probability: None,
            inferred_probability: None,
            agreement: None,
            reliability_score: None,
            grade: None,
            evidence: Vec::new(),
            framework: None,
            framework_signal: None,
            tool_accuracy: None,
            tools: Tools::default(),
            call_valid_probability: None,
            root_cause: None,
            failures: Vec::new(),
            issues: Vec::new(),
            cost: Cost::default(),
            cost_per_run: None,
            usage: None,
            latency: Latency::default(),
            leaks: Vec::new(),
            redacted: Vec::new(),
            domain_checks: Vec::new(),
            incomplete: Vec::new(),
        }
    }

    /// Sets the probability together with the score and letter that follow from it.
    pub fn set_probability(&mut self, probability: Option<Probability>) {
        self.success_probability = probability;
        self.reliability_score = probability.map(|p| (p.percent() * 10.0).round() / 10.0);
        self.grade = probability.map(Letter::of);
    }

    /// The worst failure that was not recovered from, if any.
    #[must_use]
    pub fn worst_failure(&self) -> Option<&Failure> {
        self.failures.iter().find(|failure| !failure.recovered).or_else(|| self.failures.first())
    }
}
