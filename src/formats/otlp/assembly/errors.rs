//! Errors as spans tell them: as one sentence, and whether two tell of the same.

use crate::model::trace::RunError;

/// Below this many bytes a text inside another proves nothing.
const SAME_LEAST_BYTES: usize = 6;

/// An error as one text: its message, with the exception's type in front unless the message begins with it; `None` without either.
pub(super) fn sentence(error: &RunError) -> Option<String> {
    let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    match (said(&error.kind), said(&error.message)) {
        (Some(kind), Some(message)) => {
            let begins = message.starts_with(&kind) || message.starts_with(short(&kind));
            Some(if begins { message } else { format!("{kind}: {message}") })
        }
        (kind, message) => message.or(kind).or_else(|| said(&error.traceback)),
    }
}

/// Whether one error repeats the other: the same words, whatever is put in front or behind, or the same exception without words.
pub(super) fn same(one: &RunError, other: &RunError) -> bool {
    let kinds = || matches!((&one.kind, &other.kind), (Some(one), Some(other)) if short(one) == short(other));
    match (bare(one), bare(other)) {
        (Some(one), Some(other)) => {
            let (brief, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
            brief == long || (brief.len() >= SAME_LEAST_BYTES && long.contains(brief))
        }
        (None, None) => one.kind.is_none() || other.kind.is_none() || kinds(),
        _ => kinds() || one.kind.is_none() || other.kind.is_none(),
    }
}

/// The words of an error without its exception's type in front.
fn bare(error: &RunError) -> Option<&str> {
    let message = error.message.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    let kind = error.kind.as_deref().map_or("", short);
    let rest = message.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':')).map_or(message, str::trim);
    Some(if rest.is_empty() { message } else { rest })
}

/// The last part of an exception's type: `RateLimitError` of `openai.RateLimitError`.
fn short(kind: &str) -> &str {
    kind.rsplit(['.', ':']).next().unwrap_or(kind)
}
