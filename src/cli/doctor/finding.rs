//! What was found in one place.

use serde::Serialize;

/// How it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works, and could be better.
    Warning,
    /// Something does not work.
    Problem,
}

impl State {
    /// A word of one width.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok   ",
            Self::Warning => "warn ",
            Self::Problem => "FAIL ",
        }
    }
}

/// What was found in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The place.
    pub(super) name: &'static str,
    /// How it stands there.
    pub(super) state: State,
    /// What was seen.
    pub(super) says: String,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, state: State::Ok, says: says.into(), advice: None }
    }

    pub(super) fn warning(name: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Warning, says: says.into(), advice: Some(advice.into()) }
    }

    pub(super) fn problem(name: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Problem, says: says.into(), advice: Some(advice.into()) }
    }
}
