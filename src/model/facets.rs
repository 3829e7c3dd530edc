//! A run's row as filters and orders read it: decoded, or still in the bytes of a store.

use super::{
    feedback::Feedback,
    ids::Sequence,
    money::Money,
    probability::Probability,
    progress::Progress,
    summary::{FailureMark, Insight, Summary},
    time::{Elapsed, Timestamp},
    usage::TokenUsage,
    verdict::Outcome,
};

/// What of a row can be asked for. Texts are as sent; each figure is that of [`Summary`].
pub trait Facets {
    /// Its place in the store.
    fn sequence(&self) -> Sequence;
    /// The sender's id.
    fn trace_id(&self) -> &str;
    /// The moment charts and windows use.
    fn time(&self) -> Timestamp;
    /// Its agent.
    fn agent(&self) -> &str;
    /// Its session.
    fn session(&self) -> Option<&str>;
    /// Its project.
    fn project(&self) -> Option<&str>;
    /// Its domain.
    fn domain(&self) -> Option<&str>;
    /// Its framework.
    fn framework(&self) -> Option<&str>;
    /// How many steps.
    fn steps(&self) -> u32;
    /// How long it took.
    fn took(&self) -> Option<Elapsed>;
    /// Tokens of all calls.
    fn usage(&self) -> Option<TokenUsage>;
    /// What it cost.
    fn cost(&self) -> Option<Money>;
    /// How it ended.
    fn outcome(&self) -> Outcome;
    /// Probability of success.
    fn probability(&self) -> Option<Probability>;
    /// Whether a failure passes a test; it is asked of one after the other until one does.
    fn any_failure(&self, test: &mut dyn FnMut(&FailureMark) -> bool) -> bool;
    /// The same of its tools.
    fn any_tool(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The same of its models.
    fn any_model(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The error that ended it.
    fn error(&self) -> Option<&str>;
    /// Pieces of sensitive data seen.
    fn leaks(&self) -> u32;
    /// Whether something a complete trace has is missing.
    fn is_incomplete(&self) -> bool;
    /// How far it has come.
    fn progress(&self) -> Progress;
    /// What a person said.
    fn feedback(&self) -> Option<&Feedback>;
    /// What its evidence lets suspect.
    fn insight(&self) -> Insight;

    /// Whether it is reported ok while its evidence says that it has failed, see [`Summary::is_doubtful`].
    fn is_doubtful(&self) -> bool {
        self.outcome().doubted(self.insight().inferred)
    }
}

impl Facets for Summary {
    fn sequence(&self) -> Sequence {
        self.sequence
    }

    fn trace_id(&self) -> &str {
        self.trace_id.as_str()
    }

    fn time(&self) -> Timestamp {
        self.time
    }

    fn agent(&self) -> &str {
        &self.agent
    }

    fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    fn framework(&self) -> Option<&str> {
        self.framework.as_deref()
    }

    fn steps(&self) -> u32 {
        self.steps
    }

    fn took(&self) -> Option<Elapsed> {
        self.took
    }

    fn usage(&self) -> Option<TokenUsage> {
        self.usage
    }

    fn cost(&self) -> Option<Money> {
        self.cost
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn probability(&self) -> Option<Probability> {
        self.probability
    }

    fn any_failure(&self, test: &mut dyn FnMut(&FailureMark) -> bool) -> bool {
        self.failures.iter().any(test)
    }

    fn any_tool(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.tools.iter().any(|tool| test(tool))
    }

    fn any_model(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.models.iter().any(|used| test(&used.model))
    }

    fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn leaks(&self) -> u32 {
        self.leaks
    }

    fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    fn feedback(&self) -> Option<&Feedback> {
        self.feedback.as_ref()
    }

    fn insight(&self) -> Insight {
        self.insight
    }
}
