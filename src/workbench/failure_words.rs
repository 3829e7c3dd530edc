//! Words for failures: how bad, how a pattern stands, what a failure is called now and was called in the original system.

use crate::model::{
    decision::Choice,
    failure::{FailureCode, Severity},
    pattern::PatternState,
};

use super::theme::Role;

/// How bad, in a word: `high`.
#[must_use]
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// How bad, with a mark before the word: `x high`, `! medium`.
#[must_use]
pub const fn severity_marked(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "- low",
        Severity::Medium => "! medium",
        Severity::High => "x high",
        Severity::Critical => "X critical",
    }
}

/// How bad, in four letters.
#[must_use]
pub const fn severity_short(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "med",
        Severity::High => "high",
        Severity::Critical => "crit",
    }
}

/// The role that colours how bad.
#[must_use]
pub const fn severity_role(severity: Severity) -> Role {
    match severity {
        Severity::Low => Role::Dim,
        Severity::Medium => Role::Warn,
        Severity::High | Severity::Critical => Role::Bad,
    }
}

/// How a pattern stands, in a word; what came back is the loudest.
#[must_use]
pub const fn state(state: PatternState) -> &'static str {
    match state {
        PatternState::New => "new",
        PatternState::Known => "known",
        PatternState::Fading => "fading",
        PatternState::Fixed => "fixed",
        PatternState::BackAgain => "BACK AGAIN",
    }
}

/// What that word means.
#[must_use]
pub const fn state_meaning(state: PatternState) -> &'static str {
    match state {
        PatternState::New => "first seen within the last two days",
        PatternState::Known => "seen before, and still at its rate",
        PatternState::Fading => "seen clearly less than before",
        PatternState::Fixed => "not seen since its fix was accepted, with runs enough to tell",
        PatternState::BackAgain => "seen again after its fix was accepted",
    }
}

/// The role that colours how a pattern stands.
#[must_use]
pub const fn state_role(state: PatternState) -> Role {
    match state {
        PatternState::New => Role::Warn,
        PatternState::Known => Role::Text,
        PatternState::Fading => Role::Dim,
        PatternState::Fixed => Role::Good,
        PatternState::BackAgain => Role::Bad,
    }
}

/// A failure's stable code, with the name the original system had for it: `tool.timeout (api_timeout in the original sixteen)`.
#[must_use]
pub fn code(code: FailureCode) -> String {
    match code.original_name() {
        "" => code.code().to_owned(),
        original => format!("{} ({original} in the original sixteen)", code.code()),
    }
}

/// What a person decided about a scenario or a fix, in a word; `open` is the word for nothing yet.
#[must_use]
pub const fn choice(choice: Option<Choice>, open: &'static str) -> &'static str {
    match choice {
        None => open,
        Some(choice) => choice.word(),
    }
}

/// The role that colours a decision.
#[must_use]
pub const fn choice_role(choice: Option<Choice>) -> Role {
    match choice {
        None | Some(Choice::Undone) => Role::Text,
        Some(Choice::Accepted | Choice::Applied) => Role::Good,
        Some(Choice::Rejected) => Role::Dim,
    }
}

/// A name as it is shown; one of which nothing is left to read says so.
#[must_use]
pub fn named(name: &str) -> &str {
    if name.trim().is_empty() { "(no name)" } else { name }
}
