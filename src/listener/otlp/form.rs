//! How a request wants to be answered: as our own paths do, or as OTLP asks for by HTTP in either encoding, or by gRPC.

use hyper::{Version, header::CONTENT_TYPE, http::request::Parts};
use serde::Serialize;

use super::signal::Signal;
use crate::{
    formats::otlp::wire::Encoding,
    listener::{
        content, json,
        problem::{Kind, Problem, ProblemBody},
    },
};

/// How a request wants to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::listener) enum Form {
    /// As our own paths do.
    Plain,
    /// As OTLP over HTTP does: in the encoding of the request.
    Telemetry(Encoding),
    /// As gRPC does: a status behind the answer, or instead of it.
    Grpc,
}

impl Form {
    /// The form a request asks for by its path and content type.
    pub(in crate::listener) fn of(parts: &Parts) -> Self {
        let content_type = parts.headers.get(CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        if parts.version == Version::HTTP_2 && content_type.to_ascii_lowercase().starts_with(b"application/grpc") {
            Self::Grpc
        } else if Signal::at(parts.uri.path()).is_some() {
            // Whoever sends neither gets what a person can read.
            Self::Telemetry(content::telemetry(&parts.headers).unwrap_or(Encoding::Json))
        } else {
            Self::Plain
        }
    }
}

/// The content type of an encoding.
pub(in crate::listener) const fn content_type(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Protobuf => "application/x-protobuf",
        Encoding::Json => "application/json",
    }
}

/// `google.rpc.Status`, the body of a refusal.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The same in JSON, with what our own refusals say beside it.
#[derive(Serialize)]
struct JsonStatus<'a> {
    code: i32,
    #[serde(flatten)]
    problem: ProblemBody<'a>,
}

/// The body of a refusal in an encoding.
pub(in crate::listener) fn refusal(problem: &Problem, encoding: Encoding) -> Vec<u8> {
    let code = status_code(problem.kind);
    match encoding {
        Encoding::Protobuf => prost::Message::encode_to_vec(&Status { code, message: problem.message.clone() }),
        // A message and an id cannot fail to be JSON.
        Encoding::Json => json::to_vec(&JsonStatus { code, problem: problem.body() }).unwrap_or_default(),
    }
}

/// The `google.rpc.Code` of a kind of refusal. What the sender has to change is always `INVALID_ARGUMENT`: exporters send again after
/// the codes that would be more to the point, such as `RESOURCE_EXHAUSTED` and `OUT_OF_RANGE` for what is too large.
pub(in crate::listener) const fn status_code(kind: Kind) -> i32 {
    match kind {
        Kind::TraceValidationError | Kind::BadRequest | Kind::TooLarge | Kind::UnsupportedMediaType => 3, // INVALID_ARGUMENT
        Kind::Timeout => 4,                                                                               // DEADLINE_EXCEEDED
        Kind::Forbidden => 7,                                                                             // PERMISSION_DENIED
        Kind::NotFound | Kind::MethodNotAllowed => 12,                                                    // UNIMPLEMENTED
        Kind::AnalysisError => 13,                                                                        // INTERNAL
        Kind::Busy => 14,                                                                                 // UNAVAILABLE
        Kind::Unauthorized => 16,                                                                         // UNAUTHENTICATED
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use hyper::Request;
    use prost::Message as _;

    use super::*;

    fn form(path: &str, content_type: Option<&str>, version: Version) -> Form {
        let mut request = Request::builder().uri(path).version(version);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        Form::of(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn path_and_content_type_decide() {
        let (one, two) = (Version::HTTP_11, Version::HTTP_2);
        assert_eq!(form("/v1/traces", Some("application/x-protobuf"), one), Form::Telemetry(Encoding::Protobuf));
        assert_eq!(form("/p/shop/v1/logs", Some("application/json; charset=utf-8"), two), Form::Telemetry(Encoding::Json));
        assert_eq!(form("/v1/metrics", None, one), Form::Telemetry(Encoding::Json));
        assert_eq!(form("/v1/traces", Some("image/png"), one), Form::Telemetry(Encoding::Json));
        assert_eq!(form("/api/trace", Some("application/x-protobuf"), one), Form::Plain);
        assert_eq!(form("/any", Some("application/grpc"), two), Form::Grpc);
        assert_eq!(form("/any", Some("Application/gRPC+proto"), two), Form::Grpc);
        assert_eq!(form("/any", Some("application/grpc"), one), Form::Plain, "gRPC needs HTTP/2");
    }

    #[test]
    fn a_refusal_says_the_same_in_both_encodings() {
        let problem = Problem::new(Kind::Busy, "too much");
        let status = Status::decode(refusal(&problem, Encoding::Protobuf).as_slice()).unwrap();
        assert_eq!((status.code, status.message.as_str()), (14, "too much"));
        let json: serde_json::Value = serde_json::from_slice(&refusal(&problem, Encoding::Json)).unwrap();
        assert_eq!(json, serde_json::json!({"code": 14, "error": "Busy", "message": "too much", "trace_id": null}));
    }
}
