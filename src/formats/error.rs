//! Why a body is not a trace: one readable sentence with the place and what to do about it.

use std::fmt::Write as _;

use serde::de::DeserializeOwned;

/// Longest piece of a sender's text or path that an error repeats, in characters.
const QUOTED_CHARS: usize = 120;

/// What is wrong, for callers that choose by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormatErrorKind {
    /// Nothing but white space.
    Empty,
    /// Not UTF-8.
    Encoding,
    /// Not JSON, or JSON that is cut off.
    Syntax,
    /// Nested deeper than is read.
    Depth,
    /// A known field has the wrong type, or a value that cannot be.
    Field,
    /// JSON, but nothing in it is known.
    Unrecognised,
    /// More steps or values than are read.
    TooLarge,
    /// A format that is recognised and not read by this version.
    Unsupported,
}

/// A body that was refused. Its text is one line, safe for a terminal and for an answer: what the sender wrote is quoted escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormatError {
    /// What is wrong.
    pub kind: FormatErrorKind,
    /// The field, as `llm_calls[2].input_tokens`; `None` when the body as a whole is meant.
    pub path: Option<String>,
    /// One sentence: what, where (the path included), and what to do.
    pub message: String,
}

impl FormatError {
    /// An error about the body as a whole.
    #[must_use]
    pub fn new(kind: FormatErrorKind, message: impl Into<String>) -> Self {
        Self { kind, path: None, message: message.into() }
    }

    /// An error about one field; `message` is what is wrong with it, without the path.
    #[must_use]
    pub fn at(kind: FormatErrorKind, path: &str, message: impl AsRef<str>) -> Self {
        let path = quotable(path);
        Self { kind, message: format!("{path}: {}", message.as_ref()), path: Some(path) }
    }
}

impl FormatError {
    /// The same error of a value that stands at `field` of a larger one.
    pub(super) fn inside(self, field: &str) -> Self {
        match &self.path {
            Some(path) if path.starts_with('[') => {
                Self { path: Some(format!("{field}{path}")), message: format!("{field}{}", self.message), ..self }
            }
            Some(path) => Self { path: Some(format!("{field}.{path}")), message: format!("{field}.{}", self.message), ..self },
            None => Self::at(self.kind, field, self.message),
        }
    }
}

/// Reads `text` as a `T`. The path of what is wrong costs a second reading, so it is looked for only after a first one failed.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, FormatError> {
    serde_json::from_str(text).map_err(|first| {
        let mut again = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, T>(&mut again) {
            Err(error) => {
                let path = error.path().to_string();
                explain(text, &path, error.inner())
            }
            // The value itself is sound: what comes after it is not.
            Ok(_) => explain(text, ".", &first),
        }
    })
}

fn explain(text: &str, path: &str, error: &serde_json::Error) -> FormatError {
    let place = format!("line {} column {}", error.line(), error.column());
    let said = without_place(error);
    // The library writes `.` for the whole and `?` for a place it does not know.
    let path = path.trim_end_matches('?').trim_end_matches('.');
    let message = if said == "recursion limit exceeded" {
        (FormatErrorKind::Depth, format!("nested deeper than 128 levels at {place}; flatten what is that deep, or leave it out"))
    } else if error.is_data() {
        (FormatErrorKind::Field, expected_first(&said))
    } else if let Some((token, column)) = not_a_number(text, error) {
        let place = format!("line {} column {column}", error.line());
        (FormatErrorKind::Syntax, format!("`{token}` at {place} is not JSON; send null for a number that is not known"))
    } else if error.is_eof() {
        (FormatErrorKind::Syntax, format!("the JSON is cut off at {place}: {said}; send it whole"))
    } else {
        (FormatErrorKind::Syntax, format!("not JSON: {said} at {place}; a trace is sent as a JSON object"))
    };
    if path.is_empty() { FormatError::new(message.0, message.1) } else { FormatError::at(message.0, path, message.1) }
}

/// The library's sentence without its ` at line 1 column 2`, cut and escaped.
fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    quotable(said.rsplit_once(" at line ").map_or(said.as_str(), |(head, _)| head))
}

/// `invalid type: string "x", expected a count` as `expected a count, found string "x"`: what is wanted matters most.
fn expected_first(said: &str) -> String {
    let rest = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
    match rest.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => format!("expected {expected}, found {found}"),
        None => said.to_owned(),
    }
}

/// The token at the error's place and its column, where it is one that Python and JavaScript write for numbers and JSON does not know.
fn not_a_number(text: &str, error: &serde_json::Error) -> Option<(&'static str, usize)> {
    let line = text.split('\n').nth(error.line().checked_sub(1)?)?.as_bytes();
    let (before, rest) = line.split_at_checked(error.column().checked_sub(1)?)?;
    if rest.starts_with(b"NaN") {
        Some(("NaN", error.column()))
    } else if rest.starts_with(b"Infinity") && before.ends_with(b"-") {
        Some(("-Infinity", before.len()))
    } else {
        rest.starts_with(b"Infinity").then_some(("Infinity", error.column()))
    }
}

/// `text` with control and other invisible characters escaped, cut in the middle to a length that is read at a glance.
pub(super) fn quotable(text: &str) -> String {
    let mut shown = String::new();
    let mut chars = text.chars();
    for one in chars.by_ref().take(QUOTED_CHARS) {
        // Quotes and backslashes stay as they are: they hide nothing.
        if matches!(one, '"' | '\'' | '\\') {
            shown.push(one)
        } else {
            let _ = write!(shown, "{}", one.escape_debug());
        }
    }
    let rest = chars.as_str();
    if !rest.is_empty() {
        shown.push('…');
        // The end of a message often says what was expected.
        if let Some((_, expected)) = rest.rsplit_once(", expected ").filter(|(_, tail)| tail.chars().count() < QUOTED_CHARS) {
            shown.push_str(", expected ");
            shown.push_str(expected);
        }
    }
    shown
}
