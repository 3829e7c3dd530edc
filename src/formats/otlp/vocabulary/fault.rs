//! What went wrong in a span, from wherever its sender put it.

use super::{facts::Facts, field::Field, value};
use crate::{
    formats::otlp::span::{SpanEvent, Status},
    model::trace::RunError,
};

/// Where a Python traceback begins.
const TRACEBACK: &str = "Traceback (most recent call last)";

/// Exceptions by which Python ends a loop or a task, which are no errors in a span that is not marked as one.
const CONTROL_FLOW: &[&str] = &["GeneratorExit", "StopIteration", "StopAsyncIteration", "CancelledError"];

/// The error of a span: the last exception it recorded, completed by `error.type` and the status. `flagged` says that the vocabulary
/// marks it as failed by other means.
pub(super) fn read(facts: &Facts<'_>, flagged: bool) -> Option<RunError> {
    let status = match &facts.span.status {
        Status::Error(says) => Some(says.as_str()),
        Status::Unset | Status::Ok => None,
    };
    let kind = facts.text(Field::ErrorType);
    let flagged = flagged || facts.text(Field::ErrorStage).is_some() || facts.all(Field::ErrorFlag).iter().any(|fact| flag(fact.value));
    let exception = facts.span.events.iter().rev().find(|event| event.name == "exception").map(exception);
    let exception =
        exception.filter(|error| status.is_some() || !error.kind.as_deref().is_some_and(|kind| CONTROL_FLOW.contains(&last_name(kind))));
    if exception.is_none() && status.is_none() && kind.is_none() && !flagged {
        return None;
    }
    let mut error = exception.unwrap_or_default();
    let said = facts.text(Field::ErrorMessage).or_else(|| status.filter(|says| !says.trim_ascii().is_empty()));
    if error.message.is_none() {
        error.message = said.map(str::to_owned);
    }
    if error.kind.is_none() {
        error.kind = kind.and_then(type_name);
    }
    take_apart(&mut error);
    Some(error)
}

fn flag(value: &serde_json::Value) -> bool {
    value.as_bool() == Some(true)
        || value.as_str().is_some_and(|said| said.eq_ignore_ascii_case("error") || said.eq_ignore_ascii_case("true"))
}

fn exception(event: &SpanEvent) -> RunError {
    let text = |name| event.attributes.get(name).and_then(value::text).map(str::to_owned);
    RunError {
        kind: event.attributes.text("exception.type").and_then(type_name),
        message: text("exception.message"),
        traceback: text("exception.stacktrace"),
        failed_at_step: None,
    }
}

/// A type's name, without what Python's `repr` puts around it; `None` for words that name none.
fn type_name(said: &str) -> Option<String> {
    let bare = said.trim().strip_prefix("<class '").and_then(|rest| rest.strip_suffix("'>")).unwrap_or(said.trim());
    (!bare.is_empty() && bare != "_OTHER").then(|| bare.to_owned())
}

/// `openai.RateLimitError` is `RateLimitError`.
fn last_name(path: &str) -> &str {
    path.rsplit(['.', ':']).next().unwrap_or(path)
}

/// Divides a message that holds more than a message: `KeyError('x')Traceback …` as LangChain's instrumentation writes it, and
/// `RateLimitError: too many` as OpenTelemetry writes a status.
fn take_apart(error: &mut RunError) {
    let Some(mut message) = error.message.take() else { return };
    if let Some(at) = message.find(TRACEBACK) {
        let traceback = message.split_off(at);
        error.traceback.get_or_insert(traceback);
    }
    let said = message.trim();
    let (kind, words) =
        by_colon(said, error.kind.as_deref()).or_else(|| by_call(said)).map_or((None, said), |(kind, words)| (Some(kind), words));
    if error.kind.is_none() {
        error.kind = kind.map(str::to_owned);
    }
    error.message = (!words.is_empty()).then(|| words.to_owned());
}

fn by_colon<'a>(said: &'a str, known: Option<&str>) -> Option<(&'a str, &'a str)> {
    let (kind, words) = said.split_once(": ").or_else(|| said.strip_suffix(':').map(|kind| (kind, "")))?;
    let named = known.is_some_and(|known| known == kind || last_name(known) == last_name(kind)) || is_type(kind);
    named.then_some((kind, words.trim()))
}

/// `RateLimitError("Error code: 429")`, as Python prints an exception.
fn by_call(said: &str) -> Option<(&str, &str)> {
    let (kind, rest) = said.split_once('(')?;
    let words = rest.strip_suffix(')')?.trim_end_matches(',');
    let quoted = |quote| words.strip_prefix(quote).and_then(|words| words.strip_suffix(quote));
    is_type(kind).then_some((kind, quoted('\'').or_else(|| quoted('"')).unwrap_or(words)))
}

/// Whether a word is the name of an exception's type: no spaces, and it ends as such names do.
fn is_type(word: &str) -> bool {
    let name = last_name(word);
    let wordy = word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'));
    let known = ["Error", "Exception", "Warning", "Timeout", "Interrupt", "Exit", "Exceeded"].iter().any(|tail| name.ends_with(tail));
    wordy && known && name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
}
