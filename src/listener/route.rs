//! Finds the endpoint of a request.

use hyper::Method;

use super::{
    endpoints::{ENDPOINTS, Endpoint},
    percent,
    problem::{Kind, Problem},
};

/// The endpoint of a request, with the open parts of its path decoded.
pub(super) fn find(method: &Method, path: &str) -> Result<(&'static Endpoint, Vec<String>), Problem> {
    // HEAD asks for what GET would answer, without its body.
    let wanted = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let mut others = Vec::new();
    for endpoint in ENDPOINTS {
        let from = path.len().saturating_sub(endpoint.path.len());
        // Only a whole path fits behind a prefix, as a pattern without open parts has exactly its own length.
        let path = path.get(from..).filter(|_| endpoint.any_prefix).unwrap_or(path);
        let Some(open) = matches(endpoint.path, path) else { continue };
        if endpoint.method == wanted {
            let segments = open.into_iter().map(percent::decode).collect::<Result<Vec<_>, _>>()?;
            return Ok((endpoint, segments));
        }
        others.push(endpoint.method);
        if endpoint.method == "GET" {
            others.push("HEAD");
        }
    }
    if others.is_empty() {
        return Err(Problem::new(Kind::NotFound, format!("there is no path {path:?}; ids are percent-encoded in paths")));
    }
    let allow = others.join(", ");
    let message = format!("{path} does not take {method}, only {allow}");
    Err(Problem { allow: Some(allow), ..Problem::new(Kind::MethodNotAllowed, message) })
}

/// The open parts of a path when it fits a pattern.
fn matches<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut open = Vec::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(open),
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => open.push(given),
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn open_parts_are_decoded_and_a_slash_in_an_id_is_encoded() {
        let (endpoint, segments) = find(&Method::GET, "/api/trace/a%2Fb%20c").unwrap();
        assert_eq!((endpoint.path, segments), ("/api/trace/{id}", vec!["a/b c".to_owned()]));
        assert_eq!(find(&Method::HEAD, "/health").unwrap().0.method, "GET");
        assert_eq!(find(&Method::GET, "/api/compare/old/today").unwrap().1, ["old", "today"]);
    }

    #[test]
    fn a_prefix_may_stand_where_it_may() {
        for path in ["/v1/traces", "/p/shop/v1/traces", "/r/a/b/c/v1/traces", "//v1/traces"] {
            assert_eq!(find(&Method::POST, path).unwrap().0.path, "/v1/traces", "{path}");
        }
        for path in ["/v1/traces/", "/v1/tracesx", "v1/traces", "/xv1/traces", "/p/api/trace", "/v1", "/é/v1/tracé"] {
            assert_eq!(find(&Method::POST, path).unwrap_err().kind, Kind::NotFound, "{path}");
        }
        assert_eq!(find(&Method::GET, "/api/compare/v1/traces").unwrap().0.path, "/api/compare/{baseline}/{current}");
    }

    #[test]
    fn what_is_not_there_and_what_is_not_taken_are_told_apart() {
        for path in ["/", "", "/api", "/api/trace/", "/api/trace/a/b", "/api/traces/", "//api/traces", "/API/traces"] {
            assert_eq!(find(&Method::GET, path).unwrap_err().kind, Kind::NotFound, "{path}");
        }
        let refused = find(&Method::PUT, "/api/trace/x").unwrap_err();
        assert_eq!((refused.kind, refused.allow.as_deref()), (Kind::MethodNotAllowed, Some("GET, HEAD, DELETE")));
        assert_eq!(find(&Method::OPTIONS, "/api/trace").unwrap_err().allow.as_deref(), Some("POST"));
        assert_eq!(find(&Method::GET, "/api/trace/%zz").unwrap_err().kind, Kind::BadRequest);
    }
}
