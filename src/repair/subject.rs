//! The failure a repair is about, with the step, tool and arguments it showed in.

use serde_json::Value;

use super::bounds;
use crate::model::{
    failure::{Failure, Severity},
    ids::Fingerprint,
    pattern::Pattern,
    step::{Step, ToolCall},
    trace::{ToolDefinition, Trace},
    verdict::{OutcomeState, Verdict},
};

/// Longest quotation of a value in a sentence, in characters.
const QUOTED_MAX: usize = 60;

/// One failure of a run, with what the run tells of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'r> {
    /// The run.
    pub trace: &'r Trace,
    /// What was said about it.
    pub verdict: &'r Verdict,
    /// The failure.
    pub failure: &'r Failure,
    /// The step it showed in, where that is known.
    pub step: Option<&'r Step>,
}

impl<'r> Subject<'r> {
    /// The failures of a run that are there to be repaired, worst first: those that nothing made up for. Of a run that succeeded, only those of high
    /// severity, over which it went on.
    pub fn all(trace: &'r Trace, verdict: &'r Verdict) -> impl Iterator<Item = Self> {
        let harmed =
            |failure: &&Failure| !failure.recovered && (verdict.outcome.state != OutcomeState::Ok || failure.severity >= Severity::High);
        verdict.failures.iter().filter(harmed).map(move |failure| Self {
            trace,
            verdict,
            failure,
            step: failure.step.and_then(|number| trace.step(number)),
        })
    }

    /// The failure to repair: that of the pattern, where one is given and the run shows it; else the worst of [`Subject::all`].
    #[must_use]
    pub fn of(trace: &'r Trace, verdict: &'r Verdict, pattern: Option<&Pattern>) -> Option<Self> {
        let of_pattern = pattern.and_then(|pattern| {
            let marked = |subject: &Self| subject.failure.fingerprint == Some(pattern.fingerprint);
            let alike = |subject: &Self| {
                let failure = subject.failure;
                failure.fingerprint.is_none() && failure.code == pattern.code && failure.subject == pattern.subject
            };
            Self::all(trace, verdict).find(marked).or_else(|| Self::all(trace, verdict).find(alike))
        });
        of_pattern.or_else(|| Self::all(trace, verdict).next())
    }

    /// The tool call that failed.
    #[must_use]
    pub fn call(&self) -> Option<&'r ToolCall> {
        self.step.and_then(|step| step.tool.as_ref())
    }

    /// The tool's name: of the failing call, else what the failure names, where it is about a tool; cut where it is too long for a name.
    #[must_use]
    pub fn tool(&self) -> Option<&'r str> {
        let named = || {
            matches!(self.failure.code.family(), "tool" | "planning" | "efficiency").then_some(self.failure.subject.as_deref()).flatten()
        };
        self.call()
            .map(|call| call.name.as_str())
            .filter(|name| !name.is_empty())
            .or_else(named)
            .filter(|name| !name.is_empty())
            .map(bounds::name)
    }

    /// The definition of the tool, when the run sent it.
    #[must_use]
    pub fn definition(&self) -> Option<&'r ToolDefinition> {
        let name = self.tool()?;
        self.trace.tools_available.as_ref()?.iter().find(|definition| definition.name == name)
    }

    /// The model's name: of the failing call, else what the failure names, where it is about a model; cut where it is too long for a name.
    #[must_use]
    pub fn model(&self) -> Option<&'r str> {
        let called = self.step.and_then(|step| step.model.as_ref()).and_then(|call| call.model.as_deref());
        let named = || matches!(self.failure.code.family(), "model" | "output").then_some(self.failure.subject.as_deref()).flatten();
        called.or_else(named).map(bounds::name)
    }

    /// The error's text: of the failure, else of its step.
    #[must_use]
    pub fn message(&self) -> &'r str {
        let of_step = || self.step.and_then(|step| step.error.as_deref()).unwrap_or_default();
        if self.failure.message.is_empty() { of_step() } else { &self.failure.message }
    }

    /// What stands for the pattern in ids: its fingerprint, or while there is none the code and subject.
    #[must_use]
    pub fn key(&self, pattern: Option<Fingerprint>) -> String {
        match pattern.or(self.failure.fingerprint) {
            Some(fingerprint) => fingerprint.to_string(),
            None => format!("{}/{}", self.failure.code.code(), self.failure.subject.as_deref().unwrap_or_default()),
        }
    }
}

/// A stable id from its parts: 16 hexadecimal digits.
#[must_use]
pub fn id_of(parts: &[&str]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    format!("{:016x}", hash.digest())
}

/// A value as it is quoted in a sentence: JSON on one line, cut to [`QUOTED_MAX`] characters.
#[must_use]
pub fn quoted(value: &Value) -> String {
    shortened(&value.to_string())
}

/// A text cut to [`QUOTED_MAX`] characters.
#[must_use]
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
