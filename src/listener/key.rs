//! Who may ask: the key, compared in a time that tells nothing about it.

use hyper::HeaderMap;
use subtle::{Choice, ConstantTimeEq};

use super::{
    error::ListenerError,
    problem::{Kind, Problem},
};

/// Longest key, in bytes.
const LONGEST: usize = 512;

/// The key senders must give.
pub(super) struct Key {
    padded: [u8; LONGEST],
    length: u64,
}

impl Key {
    /// A key that can be sent in a header.
    pub(super) fn new(key: &str) -> Result<Self, ListenerError> {
        if key.is_empty() || key.len() > LONGEST {
            return Err(ListenerError::Key(format!("it has {} bytes; between 1 and {LONGEST} are needed", key.len())));
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ListenerError::Key(
                "it holds a character that cannot be sent in a header; use letters, digits and signs of ASCII".into(),
            ));
        }
        Ok(Self { padded: pad(key.as_bytes()), length: key.len() as u64 })
    }

    /// Whether a request carries the key, as `X-API-Key: KEY` or `Authorization: Bearer KEY`.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let given = headers.get("x-api-key").map(|value| value.as_bytes()).or_else(|| bearer(headers));
        let Some(given) = given else {
            return Err(Problem::new(Kind::Unauthorized, "a key is needed: send it as `X-API-Key: KEY` or `Authorization: Bearer KEY`"));
        };
        if bool::from(self.equals(given)) { Ok(()) } else { Err(Problem::new(Kind::Unauthorized, "the key is wrong")) }
    }

    /// Both sides have the same length here, whatever was sent; only what was sent decides how long this takes.
    fn equals(&self, given: &[u8]) -> Choice {
        self.padded.ct_eq(&pad(given)) & self.length.ct_eq(&(given.len() as u64))
    }
}

fn pad(key: &[u8]) -> [u8; LONGEST] {
    let mut padded = [0; LONGEST];
    for (place, byte) in padded.iter_mut().zip(key) {
        *place = *byte;
    }
    padded
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(hyper::header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| key.trim_ascii())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_key_is_taken_from_either_header_and_nothing_else_will_do() {
        let key = Key::new("s3cret").unwrap();
        for (name, value) in [("x-api-key", "s3cret"), ("authorization", "Bearer s3cret"), ("authorization", "bearer  s3cret")] {
            assert!(key.check(&headers(name, value)).is_ok(), "{name}: {value}");
        }
        let long = "s3cret".to_owned() + &"x".repeat(2 * LONGEST);
        for (name, value) in [
            ("x-api-key", "s3cre"),
            ("x-api-key", "s3cretx"),
            ("x-api-key", ""),
            ("x-api-key", long.as_str()),
            ("authorization", "s3cret"),
            ("authorization", "Basic s3cret"),
            ("authorization", "Bearer"),
            ("cookie", "s3cret"),
        ] {
            assert_eq!(key.check(&headers(name, value)).unwrap_err().kind, Kind::Unauthorized, "{name}: {value}");
        }
        assert!(key.check(&HeaderMap::new()).is_err());
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused_at_the_start() {
        for key in ["", "with space", "ünï", "new\nline", &"x".repeat(LONGEST + 1)] {
            assert!(Key::new(key).is_err(), "{key:?}");
        }
    }
}
