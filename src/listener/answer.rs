//! Answers: a body of bytes, or a stream of events that lasts.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hyper::{
    HeaderMap, Response, StatusCode,
    body::{Body, Frame, SizeHint},
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
    },
};
use serde::Serialize;

use super::{
    connection::Working,
    json,
    otlp::{
        form::{self, Form},
        grpc,
    },
    problem::{Kind, Problem},
};
use crate::engine::error::EngineError;

/// After how many seconds a busy sender may try again.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// An answer.
pub(super) type Answer = Response<AnswerBody>;

/// A stream of pieces of text.
pub(super) type Pieces = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// A stream of bytes that may fail on the way: the connection then breaks off, so that nobody takes a part for the whole.
pub(super) type FalliblePieces = Pin<Box<dyn Stream<Item = Result<Bytes, EngineError>> + Send>>;

/// The body of an answer. While it lives, its connection is at work.
pub(super) struct AnswerBody {
    content: Content,
    working: Option<Working>,
}

enum Content {
    Whole(Bytes),
    /// Bytes with headers behind them.
    Trailed(Bytes, Box<HeaderMap>),
    Trailers(Box<HeaderMap>),
    Pieces(Pieces),
    FalliblePieces(FalliblePieces),
    Done,
}

impl AnswerBody {
    fn new(content: Content) -> Self {
        Self { content, working: None }
    }

    /// Whether it goes on for longer than it takes to write it.
    pub(super) const fn lasts(&self) -> bool {
        matches!(self.content, Content::Pieces(_) | Content::FalliblePieces(_))
    }

    /// Keeps the connection marked as at work until this is written or dropped.
    pub(super) fn while_working(&mut self, working: Working) {
        self.working = Some(working);
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = EngineError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EngineError>>> {
        match &mut self.content {
            Content::Pieces(pieces) => pieces.poll_next_unpin(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes)))),
            Content::FalliblePieces(pieces) => pieces.poll_next_unpin(context).map(|piece| piece.map(|bytes| bytes.map(Frame::data))),
            content => match std::mem::replace(content, Content::Done) {
                Content::Whole(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Content::Trailed(bytes, trailers) => {
                    *content = Content::Trailers(trailers);
                    Poll::Ready(Some(Ok(Frame::data(bytes))))
                }
                Content::Trailers(trailers) => Poll::Ready(Some(Ok(Frame::trailers(*trailers)))),
                _ => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_empty(),
            Content::Pieces(_) | Content::FalliblePieces(_) | Content::Trailed(..) | Content::Trailers(_) => false,
            Content::Done => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Trailed(bytes, _) => SizeHint::with_exact(bytes.len() as u64),
            Content::Pieces(_) | Content::FalliblePieces(_) => SizeHint::default(),
            Content::Trailers(_) | Content::Done => SizeHint::with_exact(0),
        }
    }
}

/// An answer of whole bytes.
pub(super) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let body = body.into();
    let length = HeaderValue::from(body.len());
    let mut answer = with_headers(status, content_type, AnswerBody::new(Content::Whole(body)));
    answer.headers_mut().insert(CONTENT_LENGTH, length);
    answer
}

/// An answer in JSON.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Answer, Problem> {
    let body = json::to_vec(value).map_err(|error| Problem::new(Kind::AnalysisError, format!("the answer cannot be written: {error}")))?;
    Ok(bytes(StatusCode::OK, "application/json", body))
}

/// An answer that goes on until its stream ends.
pub(super) fn stream(content_type: &'static str, pieces: Pieces) -> Answer {
    with_headers(StatusCode::OK, content_type, AnswerBody::new(Content::Pieces(pieces)))
}

/// An answer that goes on until its stream ends, or breaks off where that fails.
pub(super) fn fallible_stream(content_type: &'static str, pieces: FalliblePieces) -> Answer {
    with_headers(StatusCode::OK, content_type, AnswerBody::new(Content::FalliblePieces(pieces)))
}

/// An answer by gRPC: a framed message, none where it is empty, with the status behind it.
pub(super) fn grpc(message: impl Into<Bytes>, trailers: HeaderMap) -> Answer {
    let message = message.into();
    let content = if trailers.is_empty() { Content::Whole(message) } else { Content::Trailed(message, Box::new(trailers)) };
    with_headers(StatusCode::OK, "application/grpc", AnswerBody::new(content))
}

/// The answer to a refused request.
pub(super) fn problem(problem: &Problem, form: Form) -> Answer {
    let status = problem.kind.status();
    let mut answer = match form {
        // A message and an id cannot fail to be JSON.
        Form::Plain => bytes(status, "application/json", json::to_vec(&problem.body()).unwrap_or_default()),
        Form::Telemetry(encoding) => bytes(status, form::content_type(encoding), form::refusal(problem, encoding)),
        Form::Grpc => grpc::refusal(problem),
    };
    let headers = answer.headers_mut();
    match problem.kind {
        Kind::Busy => drop(headers.insert(RETRY_AFTER, RETRY_SECONDS)),
        Kind::Unauthorized => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        _ => {}
    }
    if let Some(allow) = problem.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(ALLOW, allow);
    }
    answer
}

fn with_headers(status: StatusCode, content_type: &'static str, body: AnswerBody) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What is answered is data; were a browser to show it as a page, nothing in it may act.
    headers
        .insert(HeaderName::from_static("content-security-policy"), HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    answer
}
