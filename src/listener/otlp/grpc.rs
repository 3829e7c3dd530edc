//! OTLP over gRPC. An export is one message each way, so its framing is five bytes before the message and a status behind the answer;
//! reading them here keeps one way in for both protocols, with the same limits, the same keys and the same patience with odd spans.

use std::sync::Arc;

use bytes::Bytes;
use hyper::{
    HeaderMap, Method,
    header::{HeaderName, HeaderValue},
};

use super::{form::status_code, signal::Signal};
use crate::{
    formats::{decompress::Encoding as Packing, otlp::wire::Encoding},
    listener::{
        answer::{self, Answer},
        body::RequestBody,
        percent,
        problem::{Kind, Problem},
        service::Service,
    },
};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// Before each message: whether it is packed, and its length in four bytes.
const PREFIX: usize = 5;

/// The signal that a method takes.
pub(in crate::listener) fn method(method: &Method, path: &str) -> Result<&'static Signal, Problem> {
    Signal::of_method(path).filter(|_| *method == Method::POST).ok_or_else(|| {
        let message = format!("there is no method {path:?}; the Export of OpenTelemetry's traces, logs and metrics is served");
        Problem::new(Kind::NotFound, message)
    })
}

/// Takes an export request.
pub(in crate::listener) async fn export(
    signal: &'static Signal,
    service: &Arc<Service>,
    headers: &HeaderMap,
    body: &mut RequestBody,
) -> Result<Answer, Problem> {
    service.refuse_when_busy()?;
    let mut held = service.engine.reserve();
    let bytes = body.read(&service.limits, &mut held).await?;
    let (message, packing) = unframe(&bytes, headers)?;
    let taken = signal.take(service, message, packing, Encoding::Protobuf, held).await?;
    Ok(answer::grpc(frame(&signal.response(&taken, Encoding::Protobuf)), status(0, "")))
}

/// The one message of a request, and how it is packed.
fn unframe(bytes: &Bytes, headers: &HeaderMap) -> Result<(Bytes, Packing), Problem> {
    let cut = |needed: u64| {
        let message = format!("the message is cut off: {} bytes came, {needed} were announced", bytes.len());
        Problem::new(Kind::TraceValidationError, message)
    };
    let Some((&[packed, a, b, c, d], _)) = bytes.split_first_chunk::<PREFIX>() else { return Err(cut(PREFIX as u64)) };
    let end = PREFIX as u64 + u64::from(u32::from_be_bytes([a, b, c, d]));
    match (bytes.len() as u64).cmp(&end) {
        std::cmp::Ordering::Less => return Err(cut(end)),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => return Err(Problem::bad("an export is one message; more came behind it")),
    }
    let packing = match packed {
        0 => Packing::Identity,
        1 => {
            let name = headers.get(&ENCODING).map_or("", |value| value.to_str().unwrap_or("?"));
            let packing = Packing::parse(name).map_err(|error| Problem::new(Kind::UnsupportedMediaType, error.to_string()))?;
            if packing == Packing::Identity {
                return Err(Problem::bad("the message says that it is packed, and `grpc-encoding` does not say how"));
            }
            packing
        }
        other => return Err(Problem::bad(format!("a message begins with 0 or 1, not with {other}"))),
    };
    Ok((bytes.slice(PREFIX..), packing))
}

fn frame(message: &[u8]) -> Vec<u8> {
    // What is answered to an export is some hundred bytes.
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0], &length.to_be_bytes()[..], message].concat()
}

/// The answer to a refused request: a status and no message.
pub(in crate::listener) fn refusal(problem: &Problem) -> Answer {
    let mut answer = answer::grpc(Bytes::new(), HeaderMap::new());
    answer.headers_mut().extend(status(status_code(problem.kind), &problem.message));
    if problem.kind == Kind::UnsupportedMediaType {
        answer.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip,deflate,zstd,identity"));
    }
    answer
}

fn status(code: i32, message: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(STATUS, HeaderValue::from(code));
    if let Some(message) = HeaderValue::from_str(&percent::encode(message)).ok().filter(|_| !message.is_empty()) {
        headers.insert(MESSAGE, message);
    }
    headers
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], encoding: Option<&'static str>) -> Result<(Bytes, Packing), Kind> {
        let headers = encoding.map(|name| (ENCODING, HeaderValue::from_static(name))).into_iter().collect();
        unframe(&Bytes::copy_from_slice(bytes), &headers).map_err(|problem| problem.kind)
    }

    #[test]
    fn a_message_is_read_with_its_packing() {
        assert_eq!(read(b"\0\0\0\0\x03abc", None), Ok((Bytes::from("abc"), Packing::Identity)));
        assert_eq!(read(b"\0\0\0\0\0", Some("gzip")), Ok((Bytes::new(), Packing::Identity)));
        assert_eq!(read(b"\x01\0\0\0\x01a", Some("gzip")), Ok((Bytes::from("a"), Packing::Gzip)));
        assert_eq!(read(b"\x01\0\0\0\x01a", Some("zstd")), Ok((Bytes::from("a"), Packing::Zstd)));
    }

    #[test]
    fn what_is_cut_off_or_odd_is_refused() {
        for bytes in [&b""[..], b"\0\0\0\0", b"\0\0\0\0\x03ab", b"\0\xff\xff\xff\xffab"] {
            assert_eq!(read(bytes, None), Err(Kind::TraceValidationError), "{bytes:?}");
        }
        for bytes in [&b"\0\0\0\0\x01ab"[..], b"\x02\0\0\0\x01a", b"\x01\0\0\0\x01a"] {
            assert_eq!(read(bytes, None), Err(Kind::BadRequest), "{bytes:?}");
        }
        assert_eq!(read(b"\x01\0\0\0\x01a", Some("snappy")), Err(Kind::UnsupportedMediaType));
        assert_eq!(read(b"\x01\0\0\0\x01a", Some("identity")), Err(Kind::BadRequest));
    }

    proptest! {
        #[test]
        fn what_is_framed_is_unframed(message in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(read(&frame(&message), None), Ok((Bytes::from(message), Packing::Identity)));
        }

        #[test]
        fn no_bytes_make_it_fail_otherwise(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = read(&bytes, Some("gzip"));
        }
    }

    #[test]
    fn a_status_can_be_sent_whatever_its_message_says() {
        let headers = status(3, "größer\n");
        assert_eq!(headers.get(STATUS).unwrap(), "3");
        assert_eq!(headers.get(MESSAGE).unwrap(), "gr%C3%B6%C3%9Fer%0A");
        assert!(!status(0, "").contains_key(MESSAGE));
    }
}
