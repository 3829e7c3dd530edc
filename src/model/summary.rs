//! A run in one row: what lists, filters and rollups need without opening the body.

use serde::{Deserialize, Serialize};

use super::{
    failure::FailureCode,
    feedback::Feedback,
    grade::Letter,
    ids::{Fingerprint, Sequence, StepNumber, TraceId},
    money::Money,
    probability::Probability,
    progress::Progress,
    time::{Elapsed, Timestamp},
    usage::{TokenClass, TokenUsage},
    verdict::Outcome,
};

/// One run in one row. Texts are as sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its place in the store; set by the store.
    pub sequence: Sequence,
    /// The sender's id.
    pub trace_id: TraceId,
    /// 1 for a first body; one more for each different body under the same id.
    pub revision: u32,
    /// When it arrived.
    pub arrived: Timestamp,
    /// The moment charts and windows use: the sender's, unless that cannot be believed.
    pub time: Timestamp,
    /// Its agent; `unknown` when not sent.
    pub agent: String,
    /// Its session.
    pub session: Option<String>,
    /// Its project.
    pub project: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
    /// Its framework.
    pub framework: Option<String>,
    /// How many steps.
    pub steps: u32,
    /// How long it took.
    pub took: Option<Elapsed>,
    /// Where the time went, for rollups: model, tool.
    pub model_time: Option<Elapsed>,
    /// Time spent in tools.
    pub tool_time: Option<Elapsed>,
    /// Tokens of all calls.
    pub usage: Option<TokenUsage>,
    /// What it cost; `None` when unknown.
    pub cost: Option<Money>,
    /// Tool calls made.
    pub tool_calls: u32,
    /// Of those, wrong.
    pub wrong_tool_calls: u32,
    /// How it ended, feedback included.
    pub outcome: Outcome,
    /// Probability of success, feedback included.
    pub probability: Option<Probability>,
    /// The failures, worst first.
    pub failures: Vec<FailureMark>,
    /// The tools it called, each once.
    pub tools: Vec<String>,
    /// The models it called, with what each was given and cost.
    pub models: Vec<ModelUse>,
    /// The error that ended it, cut to 200 characters.
    pub error: Option<String>,
    /// Sensitive data seen: how many pieces.
    pub leaks: u32,
    /// Whether something a complete trace has is missing.
    pub incomplete: bool,
    /// How far it has come.
    pub progress: Progress,
    /// What a person said.
    pub feedback: Option<Feedback>,
    /// Size of the body as sent, in bytes.
    pub body_bytes: u32,
    /// The version of the rules that graded it.
    pub rules: String,
    /// What the run by itself, and beside others, lets suspect.
    pub insight: Insight,
}

/// What a run's evidence says beside anybody's word on it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Insight {
    /// The probability of success by evidence alone, whatever was reported or said by a person; `None` where nothing tells.
    pub inferred: Option<Probability>,
    /// The task the run was given, as one number: runs of one agent that share it had the same input. `None` where no input is known.
    pub task: Option<u64>,
    /// Other runs about the same subject that were held against it.
    pub peers: u32,
    /// Pieces of sensitive data taken out before it was stored.
    pub redacted: u32,
    /// What it cost where tokens had to be estimated from its text: shown with a `~`, and in no sum of money. `None` where nothing had to be, or could be.
    pub estimated_cost: Option<Money>,
    /// What its sender logged as its cost.
    pub logged_cost: Option<Money>,
}

/// One failure of a run, as its row keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureMark {
    /// What it is.
    pub code: FailureCode,
    /// How much it mattered.
    pub severity: super::failure::Severity,
    /// Whether a later step made up for it.
    pub recovered: bool,
    /// Where it shows.
    pub step: Option<StepNumber>,
    /// Its pattern.
    pub fingerprint: Option<Fingerprint>,
}

/// What a run used of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// The model, as priced where it has a price, else as sent.
    pub model: String,
    /// Calls made.
    pub calls: u32,
    /// Tokens; zero where none were reported.
    pub usage: TokenUsage,
    /// What it cost; `None` when the price or the usage is unknown.
    pub cost: Option<Money>,
    /// The money by class of token.
    pub by_class: Vec<(TokenClass, Money)>,
}

impl Summary {
    /// The letter of its probability.
    #[must_use]
    pub fn letter(&self) -> Option<Letter> {
        self.probability.map(Letter::of)
    }

    /// Whether it is reported ok while its evidence says that it has failed, see [`Outcome::doubted`]: a silent failure, perhaps.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.outcome.doubted(self.insight.inferred)
    }

    /// Whether it called a model, as far as its sender tells.
    #[must_use]
    pub fn calls_models(&self) -> bool {
        !self.models.is_empty() || self.usage.is_some()
    }

    /// The worst failure that was not recovered from, else the worst.
    #[must_use]
    pub fn worst_failure(&self) -> Option<&FailureMark> {
        self.failures.iter().find(|mark| !mark.recovered).or_else(|| self.failures.first())
    }
}
