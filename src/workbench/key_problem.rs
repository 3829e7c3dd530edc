//! What can be wrong with a `keys.toml`: each mistake in a sentence that says what to do.

use super::chord::ChordError;

/// What is wrong with `keys.toml`, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("keys.toml, line {line}: {problem}")]
pub struct KeyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: KeyProblem,
}

/// What is wrong with a binding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// It is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// There is no such action.
    #[error("there is no action `{name}`{near}; `arc-eval-tui keys` lists them", near = near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownAction {
        /// What was written.
        name: String,
        /// The nearest name there is.
        near: Option<&'static str>,
    },
    /// Something else than keys.
    #[error("`{action}` is {found}; write a key such as {action} = \"y\", or a list such as {action} = [\"y\", \"Ctrl-y\"]")]
    Shape {
        /// The name it stands under.
        action: String,
        /// What stands there: `a number`.
        found: &'static str,
    },
    /// A table.
    #[error("`[{0}]` is a table, and this file has none: write a line for each action, such as copy = \"y\"")]
    Table(String),
    /// A text names no key.
    #[error("action `{action}`: {error}")]
    Key {
        /// The action.
        action: String,
        /// What is wrong with the key.
        error: ChordError,
    },
    /// The key has a meaning that cannot be taken from it.
    #[error("the key {key} always {means}, so `{action}` cannot have it; give it another key")]
    Reserved {
        /// The key.
        key: String,
        /// What it does.
        means: &'static str,
        /// The action it was meant for.
        action: String,
    },
    /// An action would lose the key it must have.
    #[error("`{action}` must keep the key {key}, which always {means}; add it to the list")]
    Needed {
        /// The action.
        action: String,
        /// The key.
        key: &'static str,
        /// What it does.
        means: &'static str,
    },
    /// Terminals send the same for two keys.
    #[error("terminals send {same} for {key}, so `{action}` cannot have it; write {same}, or give it another key")]
    Same {
        /// The key.
        key: String,
        /// What is sent for it.
        same: &'static str,
        /// The action it was meant for.
        action: String,
    },
    /// Two actions have the same key.
    #[error(
        "the key {key} means both `{first}` ({first_help}) and `{second}` ({second_help}); give one of them another key, or [] for none"
    )]
    Twice {
        /// The key.
        key: String,
        /// The action that has it.
        first: &'static str,
        /// What that does.
        first_help: String,
        /// The action it was meant for.
        second: &'static str,
        /// What that does.
        second_help: String,
    },
}
