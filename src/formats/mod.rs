//! Bytes to [`Trace`]: the documented body, chat transcripts, and how they come: packed, in batches, in files.

pub mod decompress;
pub mod error;
pub mod files;
pub mod limits;
pub mod native;
pub mod otlp;
pub mod split;
pub mod transcript;

mod cut;
mod field;
mod foreign;
mod langfuse;
mod phoenix;
mod prose;
mod requested;
mod scan;
mod surrogates;
mod text;
mod usage;

pub use error::{FormatError, FormatErrorKind};

use crate::model::{ids::TraceId, trace::Trace};
use limits::Allowance;
use otlp::wire::Both;

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// One run, whole.
    Trace(Box<Trace>),
    /// An OTLP export request: spans and log records of any number of runs. [`otlp::group`] sorts them.
    Spans(Both),
    /// Rows of another tool's export as spans: those of one run may lie in several bodies, a line each.
    Rows(Both),
}

/// Reads a body of one run: what [`read`] reads, or the stored body of a run that came as spans. `id_if_absent` makes the id of a run
/// that names none, and is the id of one that is stored as spans.
///
/// # Errors
/// As [`read`] and [`otlp::bundle::decode`]; spans of no run, or of several.
pub fn decode(body: &[u8], id_if_absent: impl FnOnce() -> TraceId) -> Result<Trace, FormatError> {
    if otlp::bundle::is_bundle(body) {
        let (spans, logs) = otlp::bundle::decode(body)?;
        return otlp::assembly::assemble(spans, logs, id_if_absent()).map_err(|not| otlp::runs::refusal(&not));
    }
    match read(body, id_if_absent)? {
        Content::Trace(trace) => Ok(*trace),
        Content::Spans(both) | Content::Rows(both) => otlp::runs::only(both),
    }
}

/// Another tool's export: how it is told, and how its spans are read.
type Foreign = (fn(&str) -> bool, fn(&str, &Allowance) -> Result<Both, FormatError>);

/// The exports known.
const FOREIGN: &[Foreign] = &[(langfuse::is_export, langfuse::read), (phoenix::is_export, phoenix::read)];

/// Whether a body holds spans of any number of runs rather than one run: an OTLP export, or another tool's.
#[must_use]
pub fn holds_spans(text: &str) -> bool {
    otlp::wire::is_export(text) || FOREIGN.iter().any(|(is_export, _)| is_export(text))
}

/// Reads the spans of a body for which [`holds_spans`].
///
/// # Errors
/// When it is another body, and as [`otlp::wire::both`].
pub fn spans(body: &[u8]) -> Result<Both, FormatError> {
    match read(body, TraceId::generate)? {
        Content::Spans(both) | Content::Rows(both) => Ok(both),
        Content::Trace(_) => Err(FormatError::new(FormatErrorKind::Unrecognised, "this is a run, not an export of spans")),
    }
}

/// Reads a body as it is sent or stands in a file, in any format known: an object that begins with `resourceSpans` or `resourceLogs`
/// is an OTLP export, what Langfuse and Phoenix give out is told by its names, a list of chat messages or an object with `messages` and
/// no steps of its own is a transcript, every other object the documented body. `id_if_absent` makes the id of a run that names none.
///
/// # Errors
/// As [`native::decode`], [`transcript::decode`] and [`otlp::wire::both`].
pub fn read(body: &[u8], id_if_absent: impl FnOnce() -> TraceId) -> Result<Content, FormatError> {
    let (text, allowance) = text::checked(body)?;
    if otlp::wire::is_export(text) {
        return otlp::wire::both(body).map(Content::Spans);
    }
    if let Some((_, read)) = FOREIGN.iter().find(|(is_export, _)| is_export(text)) {
        return read(text, &allowance).map(Content::Rows);
    }
    if text.trim_start().starts_with('[') {
        return transcript::decode_list(text, &allowance, id_if_absent).map(|trace| Content::Trace(Box::new(trace)));
    }
    let (body, note) = surrogates::read::<native::body::Body>(text)?;
    let chat = transcript::is_transcript(&body);
    let assembled =
        if chat { transcript::assemble(body, &allowance, id_if_absent) } else { native::assemble(body, &allowance, id_if_absent) };
    let mut trace = assembled?;
    trace.incomplete.extend(note.into_iter().chain(allowance.note()));
    Ok(Content::Trace(Box::new(trace)))
}

#[cfg(test)]
mod tests;
