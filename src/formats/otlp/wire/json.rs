//! Export requests in OTLP/JSON: by the library's types, which is fast, and what they refuse member by member.

use std::{borrow::Cow, sync::Arc};

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    logs::v1::ResourceLogs,
    trace::v1::ResourceSpans,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    super::{
        messages::BadId,
        span::{LogRecord, Resource, Scope, Span},
    },
    export::{Export, Shared},
    items::{self, member},
    loose, typed,
};
use crate::formats::{FormatError, FormatErrorKind, error::quotable, surrogates, text};

/// What was read of an object with spans, log records or both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Both {
    /// Its spans.
    pub spans: Export<Span>,
    /// Its log records.
    pub logs: Export<LogRecord>,
}

impl Both {
    fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.logs.is_empty()
    }

    /// How much cannot be used and why, as one sentence; `None` where all can.
    #[must_use]
    pub fn unread(&self) -> Option<String> {
        let reasons: Vec<&str> = self.spans.reasons.iter().chain(&self.logs.reasons).map(String::as_str).collect();
        match self.spans.rejected + self.logs.rejected {
            0 => None,
            count => Some(format!("spans and log records that could not be read: {count} ({})", reasons.join("; "))),
        }
    }
}

type Read<T> = fn(Map<String, Value>, &Arc<Resource>, &Arc<Scope>) -> Result<Option<T>, BadId>;

/// The names under which a signal's items lie, outermost first; the first of each is today's.
struct Signal<T> {
    groups: &'static str,
    scopes: [&'static str; 2],
    items: [&'static str; 2],
    what: &'static str,
    /// Reads one item; `None` is one that is of no use here.
    read: Read<T>,
}

const SPANS: Signal<Span> = Signal {
    groups: "resourceSpans",
    scopes: ["scopeSpans", "instrumentationLibrarySpans"],
    items: ["spans", "spans"],
    what: "spans",
    read: |map, resource, scope| items::span(map, resource, scope).map(Some),
};

const LOGS: Signal<LogRecord> = Signal {
    groups: "resourceLogs",
    scopes: ["scopeLogs", "instrumentationLibraryLogs"],
    items: ["logRecords", "logs"],
    what: "log records",
    read: items::log,
};

const METRICS: Signal<usize> = Signal {
    groups: "resourceMetrics",
    scopes: ["scopeMetrics", "instrumentationLibraryMetrics"],
    items: ["metrics", "metrics"],
    what: "metrics",
    read: |map, _, _| Ok(Some(items::data_points(map))),
};

pub(super) fn traces(body: &[u8]) -> Result<Export<Span>, FormatError> {
    let text = checked(body)?;
    let typed = serde_json::from_str(text).ok().map(typed::traces_from);
    typed.filter(|export| !export.is_empty()).map_or_else(|| only(text, &SPANS), Ok)
}

pub(super) fn logs(body: &[u8]) -> Result<Export<LogRecord>, FormatError> {
    let text = checked(body)?;
    let typed = serde_json::from_str(text).ok().map(typed::logs_from);
    typed.filter(|export| !export.is_empty()).map_or_else(|| only(text, &LOGS), Ok)
}

pub(super) fn metrics(body: &[u8]) -> Result<usize, FormatError> {
    Ok(only(checked(body)?, &METRICS)?.items.iter().sum())
}

/// Both signals in one object, typed.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Typed {
    resource_spans: Vec<ResourceSpans>,
    resource_logs: Vec<ResourceLogs>,
}

pub(super) fn both(body: &[u8]) -> Result<Both, FormatError> {
    let text = checked(body)?;
    let typed = serde_json::from_str(text).ok().map(|Typed { resource_spans, resource_logs }| Both {
        spans: typed::traces_from(ExportTraceServiceRequest { resource_spans }),
        logs: typed::logs_from(ExportLogsServiceRequest { resource_logs }),
    });
    if let Some(both) = typed.filter(|both| !both.is_empty()) {
        return Ok(both);
    }
    let mut request = parse(text)?;
    let mut walk = Walk::default();
    let both = Both { spans: walk.take(&mut request, &SPANS), logs: walk.take(&mut request, &LOGS) };
    walk.check(&request, &SPANS, both.is_empty())?;
    Ok(both)
}

/// Reads one signal from a text that the typed reader refuses or finds nothing in.
fn only<T>(text: &str, signal: &Signal<T>) -> Result<Export<T>, FormatError> {
    let mut request = parse(text)?;
    let mut walk = Walk::default();
    let export = walk.take(&mut request, signal);
    walk.check(&request, signal, export.is_empty())?;
    Ok(export)
}

/// The body as text. What may be built of a large one has been counted, and no text in it is parsed again.
fn checked(body: &[u8]) -> Result<&str, FormatError> {
    text::checked(body).map(|(text, _)| text)
}

fn parse(text: &str) -> Result<Map<String, Value>, FormatError> {
    let value = surrogates::read(text).or_else(|error| match without_odd_numbers(text) {
        Cow::Owned(sound) => surrogates::read(&sound),
        Cow::Borrowed(_) => Err(error),
    });
    match value?.0 {
        Value::Object(request) => Ok(request),
        _ => Err(FormatError::new(FormatErrorKind::Unrecognised, format!("an OTLP export is a JSON object; {}", expected(&SPANS)))),
    }
}

/// `NaN` and `Infinity` as texts: Python and JavaScript write them bare, which is not JSON.
fn without_odd_numbers(text: &str) -> Cow<'_, str> {
    let (mut sound, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find(['"', 'N', 'I', '-']) {
        at += found;
        let odd = ["NaN", "Infinity", "-Infinity"].into_iter().find(|odd| text[at..].starts_with(odd));
        match odd {
            Some(odd) => {
                sound.push_str(&text[copied..at]);
                sound.extend(["\"", odd, "\""]);
                at += odd.len();
                copied = at;
            }
            None if text[at..].starts_with('"') => at = end_of_string(text, at),
            None => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    sound.push_str(&text[copied..]);
    Cow::Owned(sound)
}

/// Behind the closing quote of the string that begins at `at`.
fn end_of_string(text: &str, at: usize) -> usize {
    let mut bytes = text.bytes().enumerate().skip(at + 1);
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => return place + 1,
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
    text.len()
}

/// A walk through the groups of a request.
#[derive(Default)]
struct Walk {
    shared: Shared,
    /// The first name around the items that is not known.
    stranger: Option<String>,
}

impl Walk {
    /// Takes the items of a signal out of a request.
    fn take<T>(&mut self, request: &mut Map<String, Value>, signal: &Signal<T>) -> Export<T> {
        let mut export = Export::default();
        for group in loose::list(request.remove(signal.groups).unwrap_or_default()) {
            let Some(mut group) = object(group, signal.groups, &mut export) else { continue };
            let attributes = member(group.remove("resource"), "attributes");
            let resource = self.shared.resource(Resource { attributes: loose::attributes(attributes) });
            for (name, scoped) in group {
                if !signal.scopes.contains(&name.as_str()) {
                    self.meet(name);
                    continue;
                }
                for scoped in loose::list(scoped) {
                    if let Some(scoped) = object(scoped, signal.scopes[0], &mut export) {
                        self.scoped(scoped, &resource, signal, &mut export);
                    }
                }
            }
        }
        export
    }

    fn scoped<T>(&mut self, mut scoped: Map<String, Value>, resource: &Arc<Resource>, signal: &Signal<T>, export: &mut Export<T>) {
        let said = scoped.remove("scope").or_else(|| scoped.remove("instrumentationLibrary"));
        let scope = self.shared.scope(items::scope(said.unwrap_or_default()));
        for (name, items) in scoped {
            if !signal.items.contains(&name.as_str()) {
                self.meet(name);
                continue;
            }
            for item in loose::list(items) {
                let Some(item) = object(item, signal.items[0], export) else { continue };
                match (signal.read)(item, resource, &scope).transpose() {
                    Some(item) => export.take(item),
                    None => export.outside += 1,
                }
            }
        }
    }

    fn meet(&mut self, name: String) {
        if name != "schemaUrl" {
            self.stranger.get_or_insert(name);
        }
    }

    /// An object in which nothing was found although it holds something has other names than OTLP/JSON.
    fn check<T>(&self, rest: &Map<String, Value>, signal: &Signal<T>, nothing: bool) -> Result<(), FormatError> {
        match rest.keys().next().or(self.stranger.as_ref()) {
            Some(name) if nothing => {
                let message = format!("nothing was read, for `{}` is not known here; {}", quotable(name), expected(signal));
                Err(FormatError::new(FormatErrorKind::Unrecognised, message))
            }
            _ => Ok(()),
        }
    }
}

/// What a request looks like.
fn expected<T>(signal: &Signal<T>) -> String {
    let Signal { groups, scopes: [scopes, _], items: [items, _], what, .. } = signal;
    format!("an export of {what} is {{\"{groups}\":[{{\"{scopes}\":[{{\"{items}\":[…]}}]}}]}}, with names in camelCase")
}

/// An entry of a list as an object; anything else is counted, except null.
fn object<T>(value: Value, list: &str, export: &mut Export<T>) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        Value::Null => None,
        _ => {
            export.reject(&format!("an entry of {list} is not an object"));
            None
        }
    }
}
