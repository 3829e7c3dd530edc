//! Runs in a form to keep or hand on: as they were sent, as OpenTelemetry, or as a table. The first two can be read in again.

use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use super::csv;
use crate::{
    engine::{
        error::EngineError,
        facts::{Facts, TraceBody},
    },
    formats::{self, otlp},
    model::ids::{Sequence, TraceId},
};

/// How runs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One body a line, as it was sent; of a run that came as spans, one OTLP/JSON object.
    JsonLines,
    /// One OTLP/JSON export request a line.
    Otlp,
    /// One row a run, below a header.
    Csv,
}

impl ExportFormat {
    /// Every form.
    pub const ALL: &'static [Self] = &[Self::JsonLines, Self::Otlp, Self::Csv];

    /// Its name on the command line and in the HTTP interface.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Otlp => "otlp",
            Self::Csv => "csv",
        }
    }

    /// The form of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// What a browser or `curl` is told it is.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Otlp => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// What stands before the first run.
    #[must_use]
    pub fn head(self) -> String {
        if self == Self::Csv { csv::header() } else { String::new() }
    }

    /// One run with its line end; `None` when it is no longer there.
    pub fn run(self, facts: &Facts, sequence: Sequence) -> Result<Option<Vec<u8>>, EngineError> {
        if self == Self::Csv {
            let summary = facts.summary(sequence)?;
            return Ok(summary.map(|summary| csv::row(&summary, facts.state(&summary)).into_bytes()));
        }
        let Some(stored) = facts.body(sequence)? else { return Ok(None) };
        let mut line = match self {
            Self::Otlp => as_spans(stored)?,
            Self::JsonLines | Self::Csv => with_id(stored),
        };
        // JSON has line breaks only between its tokens, where a space does as well.
        line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        line.push(b'\n');
        Ok(Some(line))
    }
}

/// A body that came as spans as it is; any other as the spans it would have made.
fn as_spans(stored: TraceBody) -> Result<Vec<u8>, EngineError> {
    let unwritable = |error: formats::FormatError| EngineError::Analysis(error.to_string());
    if std::str::from_utf8(&stored.body).is_ok_and(otlp::wire::is_export) {
        return Ok(stored.body);
    }
    let id = stored.summary.trace_id.clone();
    let trace = formats::decode(&stored.body, || id).map_err(unwritable)?;
    otlp::from_run::to_json(&trace, stored.summary.arrived).map_err(unwritable)
}

/// A body under the name the run has here: one that named none would be another run where it is read again.
fn with_id(stored: TraceBody) -> Vec<u8> {
    let mut named = true;
    let id = stored.summary.trace_id;
    let read = formats::read(&stored.body, || {
        named = false;
        TraceId::generate()
    });
    if named || read.is_err() {
        return stored.body;
    }
    named_body(&stored.body, &id).unwrap_or(stored.body)
}

/// A body that names no id, with one: an object with a first field more; a bare list of messages becomes an object.
fn named_body(body: &[u8], id: &TraceId) -> Option<Vec<u8>> {
    #[derive(Serialize)]
    struct Transcript<'a> {
        trace_id: &'a TraceId,
        messages: &'a RawValue,
    }
    let body = body.trim_ascii();
    match body.first()? {
        b'{' => {
            let rest = body.get(1..)?.trim_ascii_start();
            let mut named = b"{\"trace_id\":".to_vec();
            serde_json::to_writer(&mut named, id).ok()?;
            if rest.first() != Some(&b'}') {
                named.push(b',');
            }
            named.extend_from_slice(rest);
            // A field that is there and empty would stand twice.
            let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
            match fields.get_mut("trace_id") {
                None => Some(named),
                Some(empty) => {
                    *empty = id.as_str().into();
                    serde_json::to_vec(&fields).ok()
                }
            }
        }
        b'[' => serde_json::to_vec(&Transcript { trace_id: id, messages: serde_json::from_slice(body).ok()? }).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_body_without_a_name_gets_one() {
        let id = TraceId::new("run \"7\"").unwrap();
        let named = |body: &str| named_body(body.as_bytes(), &id).map(|body| String::from_utf8(body).unwrap());
        assert_eq!(named(r#" {"agent_id":"a"}"#).unwrap(), r#"{"trace_id":"run \"7\"","agent_id":"a"}"#);
        assert_eq!(named("{}").unwrap(), r#"{"trace_id":"run \"7\""}"#);
        assert_eq!(named(r#"[{"role":"user"}]"#).unwrap(), r#"{"trace_id":"run \"7\"","messages":[{"role":"user"}]}"#);
        assert_eq!(named(r#"{"agent_id":"a","trace_id":null}"#).unwrap(), r#"{"agent_id":"a","trace_id":"run \"7\""}"#);
        assert_eq!(named("7"), None);
    }
}
