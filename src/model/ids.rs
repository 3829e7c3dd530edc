//! Identities: each kind of thing has an id type of its own, so one cannot stand in for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest trace id accepted, in bytes: long enough for any sender seen, short enough for an index key.
pub const TRACE_ID_MAX_BYTES: usize = 512;

/// Why a text is not a trace id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceIdError {
    /// The text has no characters.
    #[error("the id is empty; leave it out to have one made")]
    Empty,
    /// The text is longer than [`TRACE_ID_MAX_BYTES`].
    #[error("the id has {0} bytes; at most {TRACE_ID_MAX_BYTES} are kept: send a shorter one")]
    TooLong(usize),
}

/// The sender's name for one run; any text of 1 to [`TRACE_ID_MAX_BYTES`] bytes, hostile characters included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TraceId(Box<str>);

impl TraceId {
    /// Checks the length of a sender's id.
    pub fn new(text: &str) -> Result<Self, TraceIdError> {
        match text.len() {
            0 => Err(TraceIdError::Empty),
            n if n > TRACE_ID_MAX_BYTES => Err(TraceIdError::TooLong(n)),
            _ => Ok(Self(text.into())),
        }
    }

    /// A fresh time-ordered id (UUIDv7), for a body that names none.
    #[must_use]
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7().to_string().into())
    }

    /// The id as sent. Not cleaned: clean before it reaches a terminal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TraceId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// The place of a trace in the store: dense, counted from 1 in order of arrival, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(pub u64);

/// The number of a step inside its run, as the sender counts or from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepNumber(pub u32);

impl fmt::Display for StepNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The stable id of a failure pattern, shown as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
