//! What a body is said to be: its content type and how it is packed.

use hyper::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

use super::problem::{Kind, Problem};
use crate::formats::{decompress::Encoding, otlp::wire::Encoding as OtlpEncoding};

/// Refuses a content type that cannot be JSON or JSON lines. None, plain text and form data (what `curl -d` says) can be.
pub(super) fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let known = matches!(
        kind.as_str(),
        "" | "application/json"
            | "text/json"
            | "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/json-seq"
            | "text/plain"
            | "application/x-www-form-urlencoded"
            | "application/octet-stream"
    ) || (kind.starts_with("application/") && kind.ends_with("+json"));
    if !known {
        let message = format!("content type {kind:?} is not understood; send application/json or application/x-ndjson");
        return Err(Problem::new(Kind::UnsupportedMediaType, message));
    }
    for part in parts {
        let Some((name, charset)) = part.split_once('=') else { continue };
        let charset = charset.trim_matches('"').to_ascii_lowercase();
        if name.eq_ignore_ascii_case("charset") && !matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii") {
            return Err(Problem::new(Kind::UnsupportedMediaType, format!("charset {charset:?} is not understood; JSON is UTF-8")));
        }
    }
    Ok(())
}

/// The encoding of an OTLP request. What can be JSON is JSON, as for traces of our own.
pub(super) fn telemetry(headers: &HeaderMap) -> Result<OtlpEncoding, Problem> {
    let kind = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let kind = kind.as_deref().and_then(|text| text.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-protobuf" | "application/protobuf" => Ok(OtlpEncoding::Protobuf),
        _ => check_type(headers).map(|()| OtlpEncoding::Json).map_err(|problem| {
            let message = format!("content type {kind:?} is not understood; send application/x-protobuf or application/json");
            Problem::new(problem.kind, message)
        }),
    }
}

/// How a body is packed.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let values: Vec<_> = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    Encoding::parse(&values.join(", ")).map_err(|error| Problem::new(Kind::UnsupportedMediaType, error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn with(name: hyper::header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn what_can_be_json_is_let_in() {
        assert!(check_type(&HeaderMap::new()).is_ok());
        for kind in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/x-ndjson",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/vnd.x+json",
        ] {
            assert!(check_type(&with(CONTENT_TYPE, kind)).is_ok(), "{kind}");
        }
        for kind in [
            "text/html",
            "multipart/form-data; boundary=x",
            "application/x-protobuf",
            "image/png",
            "application/json; charset=utf-16",
            "json",
        ] {
            assert_eq!(check_type(&with(CONTENT_TYPE, kind)).unwrap_err().kind, Kind::UnsupportedMediaType, "{kind}");
        }
    }

    #[test]
    fn telemetry_is_protobuf_where_it_says_so() {
        assert_eq!(telemetry(&HeaderMap::new()).unwrap(), OtlpEncoding::Json);
        assert_eq!(telemetry(&with(CONTENT_TYPE, "application/json")).unwrap(), OtlpEncoding::Json);
        assert_eq!(telemetry(&with(CONTENT_TYPE, "Application/X-Protobuf")).unwrap(), OtlpEncoding::Protobuf);
        let refused = telemetry(&with(CONTENT_TYPE, "text/html")).unwrap_err();
        assert_eq!(refused.kind, Kind::UnsupportedMediaType);
        assert!(refused.message.contains("x-protobuf"), "{}", refused.message);
    }

    #[test]
    fn packing_is_read_from_the_header() {
        assert_eq!(encoding(&HeaderMap::new()).unwrap(), Encoding::Identity);
        for (value, expected) in [
            ("gzip", Encoding::Gzip),
            ("X-GZIP", Encoding::Gzip),
            ("identity", Encoding::Identity),
            ("zstd", Encoding::Zstd),
            ("deflate, identity", Encoding::Deflate),
        ] {
            assert_eq!(encoding(&with(CONTENT_ENCODING, value)).unwrap(), expected, "{value}");
        }
        for value in ["br", "gzip, gzip", "compress"] {
            assert_eq!(encoding(&with(CONTENT_ENCODING, value)).unwrap_err().kind, Kind::UnsupportedMediaType, "{value}");
        }
    }
}
