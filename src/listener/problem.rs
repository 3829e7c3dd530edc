//! Why a request is refused: a kind with its status, and a sentence that says what and where.

use hyper::StatusCode;
use serde::Serialize;

use crate::{
    engine::{
        error::EngineError,
        receipt::{Refusal, RefusalKind},
    },
    model::ids::{TraceId, TraceIdError},
    store::StoreError,
    text::clean::clean_line,
};

/// The kinds of refusal, by the names senders rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Kind {
    /// The body is not a trace, or a field of it has the wrong type.
    TraceValidationError,
    /// Anything else about the request that the sender has to change: a filter, a parameter, an encoding.
    BadRequest,
    /// The key is missing or wrong.
    Unauthorized,
    /// A browser page of another origin, or a host name that is not ours.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path is known, the method is not.
    MethodNotAllowed,
    /// The body took too long to come.
    Timeout,
    /// Over a limit, before or after decompression.
    TooLarge,
    /// A content type or encoding that is not understood.
    UnsupportedMediaType,
    /// The program failed on it.
    AnalysisError,
    /// Too much is waiting, or the store cannot write; try again.
    Busy,
}

impl Kind {
    /// Every kind, by status.
    pub const ALL: &'static [Self] = &[
        Self::TraceValidationError,
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::AnalysisError,
        Self::Busy,
    ];

    /// The name in the error body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TraceValidationError => "TraceValidationError",
            Self::BadRequest => "BadRequest",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "NotFound",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::Timeout => "Timeout",
            Self::TooLarge => "TooLarge",
            Self::UnsupportedMediaType => "UnsupportedMediaType",
            Self::AnalysisError => "AnalysisError",
            Self::Busy => "Busy",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TraceValidationError | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::AnalysisError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// When it is answered, for the API's documentation.
    #[must_use]
    pub const fn doc(self) -> &'static str {
        match self {
            Self::TraceValidationError => "not JSON, nothing recognisable in it, or a field of the wrong type (its path is named)",
            Self::BadRequest => "a filter, parameter, header or body that makes no sense; the message says where",
            Self::Unauthorized => "the key is missing or wrong",
            Self::Forbidden => "a browser page of another origin, or a host name that is not allowed",
            Self::NotFound => "no such path, trace, baseline or agent",
            Self::MethodNotAllowed => "the path takes other methods; they are in `Allow`",
            Self::Timeout => "the body took too long to come",
            Self::TooLarge => "over the limit, before or after decompression",
            Self::UnsupportedMediaType => "a content type or encoding that is not understood",
            Self::AnalysisError => "the program failed on it",
            Self::Busy => "too much is waiting, or the store cannot write; try again after `Retry-After` seconds",
        }
    }
}

/// A refused request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// What kind.
    pub(super) kind: Kind,
    /// What and where; one line without hidden or control characters.
    pub(super) message: String,
    /// The trace concerned.
    pub(super) trace_id: Option<TraceId>,
    /// The methods a path does take.
    pub(super) allow: Option<String>,
    /// Whether it goes on the list of refused requests: not when the engine has put it there, nor for a thing that is simply not there.
    pub(super) noted: bool,
}

impl Problem {
    /// A problem with a message that may quote what was sent.
    pub(super) fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self { kind, message: clean_line(message.as_ref()).into_owned(), trace_id: None, allow: None, noted: true }
    }

    pub(super) fn bad(message: impl AsRef<str>) -> Self {
        Self::new(Kind::BadRequest, message)
    }

    /// Something that was asked for by name and is not there.
    pub(super) fn missing(what: &str, name: &str) -> Self {
        Self { noted: false, ..Self::new(Kind::NotFound, format!("there is no {what} {name:?}")) }
    }

    pub(super) fn about(self, id: &TraceId) -> Self {
        Self { trace_id: Some(id.clone()), ..self }
    }

    /// What stands on the wire.
    pub(super) fn body(&self) -> ProblemBody<'_> {
        ProblemBody { error: self.kind, message: &self.message, trace_id: self.trace_id.as_ref() }
    }
}

/// The error body.
#[derive(Debug, Serialize)]
pub(super) struct ProblemBody<'a> {
    error: Kind,
    message: &'a str,
    trace_id: Option<&'a TraceId>,
}

impl From<RefusalKind> for Kind {
    fn from(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::Invalid => Self::TraceValidationError,
            RefusalKind::TooLarge => Self::TooLarge,
            RefusalKind::Busy => Self::Busy,
            RefusalKind::Analysis => Self::AnalysisError,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { trace_id: refusal.trace_id, noted: false, ..Self::new(refusal.kind.into(), refusal.message) }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::Store(
                StoreError::Read(_) | StoreError::NotAStore { .. } | StoreError::NewerSchema { .. } | StoreError::Open { .. },
            ) => Self::new(Kind::AnalysisError, message),
            EngineError::Store(_) | EngineError::Busy | EngineError::Contended(_) | EngineError::Closed => Self::new(Kind::Busy, message),
            EngineError::Filter(_) | EngineError::Invalid(_) => Self::new(Kind::BadRequest, message),
            EngineError::NotFound { what, name } => Self::missing(what, &name),
            EngineError::Analysis(_) | EngineError::Threads(_) | EngineError::Owner { .. } => Self::new(Kind::AnalysisError, message),
        }
    }
}

impl From<TraceIdError> for Problem {
    fn from(error: TraceIdError) -> Self {
        Self::new(Kind::BadRequest, error.to_string())
    }
}
