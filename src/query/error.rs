//! Why a text is not a filter, and where.

use crate::text::{clean::clean_line, width::fit};

/// Columns of the user's own text that a message repeats at most.
const SHOWN_COLUMNS: usize = 40;

/// Why a text is not a filter. Safe to show: what it repeats of the text is cleaned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct FilterError {
    /// The character at which it went wrong, counted from 1.
    pub column: usize,
    /// What is wrong there and what to do.
    pub message: String,
    /// What could stand there instead, if that can be listed.
    pub expected: Vec<String>,
}

impl FilterError {
    /// An error at a character index counted from 0.
    pub(super) fn at(index: usize, message: impl Into<String>) -> Self {
        Self { column: index + 1, message: message.into(), expected: Vec::new() }
    }

    pub(super) fn expecting<E: ToString>(mut self, expected: impl IntoIterator<Item = E>) -> Self {
        self.expected = expected.into_iter().map(|one| one.to_string()).collect();
        self
    }
}

/// A piece of the user's text as a message repeats it: in backquotes, cleaned and cut.
pub(super) fn shown(text: &str) -> String {
    format!("`{}`", fit(&clean_line(text), SHOWN_COLUMNS))
}

/// "; did you mean `x`?" where something near is known.
pub(super) fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    crate::text::nearest::nearest(word, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
