//! Export requests in protobuf.

use opentelemetry_proto::tonic::collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest};
use prost::Message;

use super::{
    super::{
        messages,
        span::{LogRecord, Span},
    },
    export::Export,
    fields::{self, Damage},
    salvage, typed,
};
use crate::formats::{FormatError, FormatErrorKind};

/// Requests up to this size cannot grow into much; they are not counted.
const HARMLESS_BYTES: usize = 1 << 20;

/// Most messages (spans, events, links, attributes, values) in one request. Each takes up to some 250 bytes when read, from as
/// little as 2 bytes.
const MAX_MESSAGES: usize = 1_000_000;

/// The way to the data points: resource, scope, metric, one of its five kinds.
const DATA_POINTS: [&[u32]; 5] = [&[1], &[2], &[2], &[5, 7, 9, 10, 11], &[1]];

pub(super) fn traces(body: &[u8]) -> Result<Export<Span>, FormatError> {
    affordable(body, fields::messages_of_traces)?;
    let export = match ExportTraceServiceRequest::decode(body) {
        Ok(request) => typed::traces_from(request),
        Err(_) => {
            let mut export = Export::default();
            let visit = |item: Result<_, Damage>, resource: &_, scope: &_| match item {
                Ok(span) => export.take(messages::span(span, resource, scope)),
                Err(error) => export.reject(&unreadable("span", &error)),
            };
            salvage::each(body, visit).map_err(|damage| damaged(body, damage))?;
            export
        }
    };
    known(body, &export, "spans")?;
    Ok(export)
}

pub(super) fn logs(body: &[u8]) -> Result<Export<LogRecord>, FormatError> {
    affordable(body, fields::messages_of_logs)?;
    let export = match ExportLogsServiceRequest::decode(body) {
        Ok(request) => typed::logs_from(request),
        Err(_) => {
            let mut export = Export::default();
            let visit = |item: Result<_, Damage>, resource: &_, scope: &_| match item {
                Ok(record) => typed::take_log(&mut export, messages::log(record, resource, scope)),
                Err(error) => export.reject(&unreadable("log record", &error)),
            };
            salvage::each(body, visit).map_err(|damage| damaged(body, damage))?;
            export
        }
    };
    known(body, &export, "log records")?;
    Ok(export)
}

pub(super) fn metrics(body: &[u8]) -> Result<usize, FormatError> {
    fields::count_along(body, &DATA_POINTS).map_err(|damage| damaged(body, damage))
}

fn affordable(body: &[u8], count: fn(&[u8]) -> usize) -> Result<(), FormatError> {
    if body.len() <= HARMLESS_BYTES {
        return Ok(());
    }
    match count(body) {
        found if found > MAX_MESSAGES => {
            let message = format!("the request holds {found} values; at most {MAX_MESSAGES} are read: send less at a time");
            Err(FormatError::new(FormatErrorKind::TooLarge, message))
        }
        _ => Ok(()),
    }
}

fn unreadable(what: &str, damage: &Damage) -> String {
    format!("a {what} is damaged: {damage}")
}

/// The message as a whole cannot be read.
fn damaged(body: &[u8], damage: Damage) -> FormatError {
    let message = match body {
        [b'{' | b'[', ..] => "this is JSON, said to be protobuf: send it with Content-Type: application/json".to_owned(),
        [0x1F, 0x8B, ..] => "this is gzip: send it with Content-Encoding: gzip".to_owned(),
        _ => format!("the protobuf is damaged: {damage}; send the request whole"),
    };
    FormatError::new(FormatErrorKind::Syntax, message)
}

/// Whether anything was read, unless there was nothing to read: groups without items are no fault, bytes without groups are.
fn known<T>(body: &[u8], export: &Export<T>, what: &str) -> Result<(), FormatError> {
    if !export.is_empty() || body.is_empty() || fields::fields(body).any(|field| field.is_ok_and(|field| field.tag == 1)) {
        return Ok(());
    }
    let message = format!("nothing in this request is known; an OTLP export of {what} in protobuf is expected");
    Err(FormatError::new(FormatErrorKind::Unrecognised, message))
}
