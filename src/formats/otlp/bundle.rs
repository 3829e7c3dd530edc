//! The stored body of a run that came as spans: a row of sections, each some spans or log records as OTLP protobuf.
//!
//! A section is [`MAGIC`], a version, a kind, the length of what follows (four bytes, little end first) and that. Pieces of a run
//! are joined by writing one after the other.

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    logs::v1::ResourceLogs,
    trace::v1::ResourceSpans,
};
use prost::Message;
use serde::Serialize;

use super::{
    messages,
    span::{LogRecord, Span},
    wire::{Export, Shared, logs_into, traces_into},
};
use crate::formats::{FormatError, FormatErrorKind};

/// How a section begins. No JSON, no text in UTF-8 and nothing packed begins so.
const MAGIC: [u8; 4] = *b"\x8FSPN";

/// The version of the format, the byte behind the magic.
const VERSION: u8 = 1;

const SPANS: u8 = 1;
const LOGS: u8 = 2;

const HEADER_BYTES: usize = MAGIC.len() + 2 + 4;

/// A section as it is kept: its messages, decoded.
enum Section {
    Spans(ExportTraceServiceRequest),
    Logs(ExportLogsServiceRequest),
}

/// OTLP/JSON of a bundle.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    resource_spans: Vec<ResourceSpans>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_logs: Vec<ResourceLogs>,
}

/// Spans and log records as a piece of a bundle, itself a bundle. Empty when there are none.
#[must_use]
pub fn encode(spans: &[Span], logs: &[LogRecord]) -> Vec<u8> {
    let mut piece = Vec::new();
    if !spans.is_empty() {
        append(&mut piece, SPANS, &ExportTraceServiceRequest { resource_spans: messages::resource_spans(spans) });
    }
    if !logs.is_empty() {
        append(&mut piece, LOGS, &ExportLogsServiceRequest { resource_logs: messages::resource_logs(logs) });
    }
    piece
}

fn append(piece: &mut Vec<u8>, kind: u8, message: &impl Message) {
    let start = piece.len();
    let length = message.encoded_len();
    piece.reserve(HEADER_BYTES + length);
    piece.extend_from_slice(&MAGIC);
    piece.extend_from_slice(&[VERSION, kind]);
    // A request is bounded to megabytes before it comes here.
    piece.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    // A vector takes all that is written to it.
    if message.encode(piece).is_err() {
        piece.truncate(start);
    }
}

/// Whether a stored body is a bundle.
#[must_use]
pub fn is_bundle(body: &[u8]) -> bool {
    body.starts_with(&MAGIC)
}

/// One bundle of several pieces, in their order; nothing is encoded anew.
#[must_use]
pub fn concatenate<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Vec<u8> {
    pieces.into_iter().fold(Vec::new(), |mut bundle, piece| {
        bundle.extend_from_slice(piece.as_ref());
        bundle
    })
}

/// The spans and log records of a bundle, in the order they were added; at most [`MAX_ITEMS`](super::wire::MAX_ITEMS) of each.
///
/// # Errors
/// A bundle that is damaged, or of a later version; the error names the byte.
pub fn decode(bundle: &[u8]) -> Result<(Vec<Span>, Vec<LogRecord>), FormatError> {
    let (mut spans, mut logs, mut shared) = (Export::default(), Export::default(), Shared::default());
    sections(bundle, |section| match section {
        Section::Spans(request) => traces_into(request, &mut shared, &mut spans),
        Section::Logs(request) => logs_into(request, &mut shared, &mut logs),
    })?;
    Ok((spans.items, logs.items))
}

/// A bundle as OTLP/JSON: one object with `resourceSpans` and, where there are log records, `resourceLogs`. Every
/// float is written exactly, though a reader of JSON may be off by its last bit.
///
/// # Errors
/// As [`decode`].
pub fn to_json(bundle: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut json = Json::default();
    sections(bundle, |section| match section {
        Section::Spans(mut request) => json.resource_spans.append(&mut request.resource_spans),
        Section::Logs(mut request) => json.resource_logs.append(&mut request.resource_logs),
    })?;
    serde_json::to_vec(&json).map_err(|error| FormatError::new(FormatErrorKind::Unsupported, format!("cannot be written as JSON: {error}")))
}

/// Visits each section.
fn sections(bundle: &[u8], mut visit: impl FnMut(Section)) -> Result<(), FormatError> {
    let mut rest = bundle;
    while !rest.is_empty() {
        let at = bundle.len() - rest.len();
        let damaged = |what: &str| FormatError::new(FormatErrorKind::Syntax, format!("the stored spans are damaged at byte {at}: {what}"));
        let (header, after) = rest.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("cut off"))?;
        let [m0, m1, m2, m3, version, kind, l0, l1, l2, l3] = *header else { return Err(damaged("cut off")) };
        if [m0, m1, m2, m3] != MAGIC {
            return Err(damaged("no section begins there"));
        }
        if version != VERSION {
            let message = format!("the stored spans are of version {version}, which this program does not know; use a later one");
            return Err(FormatError::new(FormatErrorKind::Unsupported, message));
        }
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        let (held, after) = after.split_at_checked(length).ok_or_else(|| damaged("cut off"))?;
        let unreadable = |error: prost::DecodeError| damaged(&error.to_string());
        visit(match kind {
            SPANS => Section::Spans(ExportTraceServiceRequest::decode(held).map_err(unreadable)?),
            LOGS => Section::Logs(ExportLogsServiceRequest::decode(held).map_err(unreadable)?),
            _ => return Err(damaged(&format!("a section of kind {kind} is not known"))),
        });
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
