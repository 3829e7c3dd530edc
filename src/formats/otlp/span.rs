//! Spans and log records as the program works with them, whichever encoding they came in.

use std::{fmt, sync::Arc};

use serde_json::Value;

use crate::model::time::Timestamp;

/// Id of an OpenTelemetry trace: sixteen bytes, not all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtelTraceId([u8; 16]);

/// Id of a span: eight bytes, not all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId([u8; 8]);

macro_rules! id {
    ($name:ident, $length:literal) => {
        impl $name {
            #[doc = concat!("The id of these bytes; `None` unless there are ", $length, " and one is not zero.")]
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                <[u8; $length]>::try_from(bytes).ok().filter(|bytes| bytes.iter().any(|byte| *byte != 0)).map(Self)
            }

            /// The id of these bytes; zeros, which are no id, become a one.
            #[must_use]
            pub fn made_of(mut bytes: [u8; $length]) -> Self {
                if bytes.iter().all(|byte| *byte == 0) {
                    bytes[$length - 1] = 1;
                }
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            /// As OTLP/JSON and the W3C header write it: lower-case hexadecimal.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }
    };
}

id!(OtelTraceId, 16);
id!(SpanId, 8);

/// A moment in nanoseconds since 1970, as OTLP counts; spans of one run are often less than a microsecond apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixNanos(pub u64);

impl UnixNanos {
    /// The same moment in the program's own unit.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_micros(i64::try_from(self.0 / 1_000).unwrap_or(i64::MAX))
    }
}

/// Attributes in the order they were sent. Byte values are base64 text; numbers that JSON does not know (NaN) are text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes(pub Vec<(String, Value)>);

impl Attributes {
    /// The value of a name; the first where a sender repeats it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The value of a name, where it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// The program that made a span.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resource {
    /// What it says of itself: `service.name`, `telemetry.sdk.name`, …
    pub attributes: Attributes,
}

/// The instrumentation that made a span.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Its name, `openinference.instrumentation.langchain`; empty where it was stripped.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What else it says of itself.
    pub attributes: Attributes,
}

/// How a span ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Status {
    /// Not said: by convention, without an error.
    #[default]
    Unset,
    /// Said to be well.
    Ok,
    /// With an error, in the sender's words (often empty).
    Error(String),
}

/// Something that happened inside a span.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpanEvent {
    /// Its name: `exception`, `gen_ai.user.message`, …
    pub name: String,
    /// When.
    pub time: Option<UnixNanos>,
    /// What it says.
    pub attributes: Attributes,
}

/// One span.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The trace it is of.
    pub trace: OtelTraceId,
    /// Its id.
    pub id: SpanId,
    /// The span it lies in; `None` at the top.
    pub parent: Option<SpanId>,
    /// Its name.
    pub name: String,
    /// When it started.
    pub start: Option<UnixNanos>,
    /// When it ended; `None` while it is open.
    pub end: Option<UnixNanos>,
    /// What it says.
    pub attributes: Attributes,
    /// Attributes its sender dropped: the OpenTelemetry SDKs keep 128 and drop the oldest.
    pub dropped_attributes: u32,
    /// What happened inside, in order.
    pub events: Vec<SpanEvent>,
    /// Traces of other spans it points at.
    pub links: Vec<(OtelTraceId, SpanId)>,
    /// How it ended.
    pub status: Status,
    /// What made it.
    pub scope: Arc<Scope>,
    /// Whose it is.
    pub resource: Arc<Resource>,
}

/// One log record. Those without a trace are of no use here and are only counted.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRecord {
    /// The trace it is of.
    pub trace: OtelTraceId,
    /// The span it is of.
    pub span: Option<SpanId>,
    /// When.
    pub time: Option<UnixNanos>,
    /// The event's name, from its field or from the attribute `event.name`.
    pub name: Option<String>,
    /// What it says.
    pub body: Value,
    /// What else it says.
    pub attributes: Attributes,
    /// What made it.
    pub scope: Arc<Scope>,
    /// Whose it is.
    pub resource: Arc<Resource>,
}
