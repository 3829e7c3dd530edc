//! By which names we may be called, and from which web pages: a page of another origin must not reach us through a visitor's browser.

use std::net::IpAddr;

use hyper::{
    HeaderMap, Uri, Version,
    header::{HOST, ORIGIN},
};

use super::{
    error::ListenerError,
    problem::{Kind, Problem},
};

/// The names we answer to.
pub(super) struct Site {
    bound: Vec<IpAddr>,
    names: Vec<String>,
}

impl Site {
    /// Loopback names and `names`.
    pub(super) fn new(names: &[String]) -> Result<Self, ListenerError> {
        let name = |name: &String| {
            let clean = name.trim().trim_end_matches('.').to_ascii_lowercase();
            let valid = !clean.is_empty() && clean.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
            if valid || parse_address(&clean).is_some() { Ok(clean) } else { Err(ListenerError::AllowHost(name.clone())) }
        };
        Ok(Self { bound: Vec::new(), names: names.iter().map(name).collect::<Result<_, _>>()? })
    }

    /// Answers to an address we are bound to as well, and to any address when that is all of them.
    pub(super) fn bound_to(&mut self, address: IpAddr) {
        self.bound.push(address);
    }

    /// Refuses a request that calls us by a name that is not ours (a web page whose name was made to point here), or that a browser
    /// sends for a page of another origin.
    pub(super) fn check(&self, version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(_), Some(_)) => return Err(Problem::bad("more than one `Host` header")),
            (Some(host), None) => Some(host.to_str().map_err(|_| Problem::bad("the `Host` header is not readable"))?),
            (None, _) if version == Version::HTTP_11 => return Err(Problem::bad("the `Host` header is missing")),
            (None, _) => None,
        };
        let authority = uri.authority().map(|authority| authority.as_str());
        for host in host.into_iter().chain(authority) {
            if !self.knows(host) {
                let message = format!("we are not called {:?} here; start with --allow-host NAME to allow a name", name_of(host));
                return Err(Problem::new(Kind::Forbidden, message));
            }
        }
        match headers.get(ORIGIN) {
            None => Ok(()),
            // Over HTTP/2 the name stands in the address asked for.
            Some(origin) if origin.to_str().is_ok_and(|origin| host.or(authority).is_some_and(|host| same_origin(origin, host))) => Ok(()),
            Some(_) => Err(Problem::new(Kind::Forbidden, "requests from web pages of another origin are refused")),
        }
    }

    fn knows(&self, host: &str) -> bool {
        let name = name_of(host).trim_end_matches('.').to_ascii_lowercase();
        let address = parse_address(&name);
        let ours = match address {
            // An address cannot be made to point elsewhere as a name can; bound to all of them, any may be ours.
            Some(address) => address.is_loopback() || self.bound.iter().any(|bound| *bound == address || bound.is_unspecified()),
            None => name == "localhost" || name.ends_with(".localhost"),
        };
        ours || self.names.contains(&name)
    }
}

/// The host without its port. The colons of a bare IPv6 address are no ports.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) => name,
        _ => host,
    }
}

fn parse_address(name: &str) -> Option<IpAddr> {
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse().ok()
}

/// Whether an origin is the page of the host that was asked for. `null` (a file, a sandbox) never is.
fn same_origin(origin: &str, host: &str) -> bool {
    let origin = match origin.split_once("://") {
        Some(("http", rest)) => rest.strip_suffix(":80").unwrap_or(rest),
        Some(("https", rest)) => rest.strip_suffix(":443").unwrap_or(rest),
        _ => return false,
    };
    let host = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host);
    origin.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn check(bound: &str, pairs: &[(&'static str, &str)]) -> Result<(), Kind> {
        let mut site = Site::new(&["Host.docker.internal".into()]).unwrap();
        site.bound_to(bound.parse::<std::net::SocketAddr>().unwrap().ip());
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        site.check(Version::HTTP_11, &Uri::from_static("/health"), &headers).map_err(|problem| problem.kind)
    }

    #[test]
    fn we_answer_to_our_own_names_only() {
        for host in [
            "127.0.0.1:8000",
            "localhost:8000",
            "LOCALHOST",
            "[::1]:8000",
            "127.0.0.9",
            "host.docker.internal:9000",
            "app.localhost",
            "localhost.",
        ] {
            assert_eq!(check("127.0.0.1:8000", &[("host", host)]), Ok(()), "{host}");
        }
        for host in
            ["evil.example:8000", "127.0.0.1.evil.example", "10.0.0.5:8000", "localhost.evil.example", "", "[::2]", "docker.internal"]
        {
            assert_eq!(check("127.0.0.1:8000", &[("host", host)]), Err(Kind::Forbidden), "{host}");
        }
        assert_eq!(check("0.0.0.0:8000", &[("host", "10.0.0.5:8000")]), Ok(()));
        assert_eq!(check("0.0.0.0:8000", &[("host", "evil.example")]), Err(Kind::Forbidden));
        assert_eq!(check("10.0.0.5:8000", &[("host", "10.0.0.5:8000")]), Ok(()));
        assert_eq!(check("127.0.0.1:8000", &[]), Err(Kind::BadRequest));
        assert_eq!(check("127.0.0.1:8000", &[("host", "localhost"), ("host", "localhost")]), Err(Kind::BadRequest));
    }

    #[test]
    fn only_our_own_pages_may_ask() {
        let host = ("host", "127.0.0.1:8000");
        assert_eq!(check("127.0.0.1:8000", &[host, ("origin", "http://127.0.0.1:8000")]), Ok(()));
        for origin in [
            "http://localhost:8000",
            "http://127.0.0.1:3000",
            "https://evil.example",
            "null",
            "",
            "file://",
            "http://127.0.0.1:8000.evil.example",
        ] {
            assert_eq!(check("127.0.0.1:8000", &[host, ("origin", origin)]), Err(Kind::Forbidden), "{origin}");
        }
        assert_eq!(check("127.0.0.1:80", &[("host", "localhost"), ("origin", "http://localhost:80")]), Ok(()));
    }

    #[test]
    fn a_name_in_the_request_line_counts_as_well() {
        let site = Site::new(&[]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "localhost".parse().unwrap());
        let foreign = Uri::from_static("http://evil.example/health");
        assert_eq!(site.check(Version::HTTP_11, &foreign, &headers).unwrap_err().kind, Kind::Forbidden);
        assert!(site.check(Version::HTTP_10, &Uri::from_static("/health"), &HeaderMap::new()).is_ok());
    }

    #[test]
    fn names_that_cannot_be_hosts_are_refused_at_the_start() {
        for name in ["http://x", "a b", "x:80", ""] {
            assert!(Site::new(&[name.to_owned()]).is_err(), "{name:?}");
        }
    }
}
