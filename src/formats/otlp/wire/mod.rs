//! Export requests as they come over the wire, protobuf or JSON, to spans and log records. One odd span never costs its batch.

mod export;
mod fields;
mod items;
mod json;
mod loose;
mod protobuf;
mod salvage;
mod typed;

pub use export::{Export, MAX_ITEMS};
pub use json::Both;
pub use typed::{logs_from, metrics_from, traces_from};

pub(super) use export::Shared;
pub(super) use typed::{logs_into, traces_into};

use super::span::{LogRecord, Span};
use crate::formats::FormatError;

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

/// Reads an export of spans.
///
/// # Errors
/// A body that is cut off, damaged, too large, or in which nothing is known although it is not empty. An odd span by itself is
/// repaired, else counted in [`Export::rejected`].
pub fn traces(body: &[u8], encoding: Encoding) -> Result<Export<Span>, FormatError> {
    match encoding {
        Encoding::Protobuf => protobuf::traces(body),
        Encoding::Json => json::traces(body),
    }
}

/// Reads an export of log records. Those outside of any trace are counted in [`Export::outside`].
///
/// # Errors
/// As [`traces`].
pub fn logs(body: &[u8], encoding: Encoding) -> Result<Export<LogRecord>, FormatError> {
    match encoding {
        Encoding::Protobuf => protobuf::logs(body),
        Encoding::Json => json::logs(body),
    }
}

/// Counts the data points of an export of metrics, which are of no further use here.
///
/// # Errors
/// As [`traces`].
pub fn metrics(body: &[u8], encoding: Encoding) -> Result<usize, FormatError> {
    match encoding {
        Encoding::Protobuf => protobuf::metrics(body),
        Encoding::Json => json::metrics(body),
    }
}

/// Whether a text is an OTLP/JSON export of any signal, by the name it begins with; also in the spelling that is refused, for the
/// refusal says what is wrong with it.
#[must_use]
pub fn is_export(text: &str) -> bool {
    let first = text.trim_start().strip_prefix('{').map(str::trim_start).and_then(|inside| inside.strip_prefix("\"resource"));
    let marks = ["Spans\"", "Logs\"", "Metrics\"", "_spans\"", "_logs\"", "_metrics\""];
    first.is_some_and(|rest| marks.iter().any(|mark| rest.starts_with(mark)))
}

/// Reads the spans and the log records of one OTLP/JSON object that may hold both, as files and our own exports do.
///
/// # Errors
/// As [`traces`].
pub fn both(body: &[u8]) -> Result<Both, FormatError> {
    json::both(body)
}

#[cfg(test)]
mod tests;
