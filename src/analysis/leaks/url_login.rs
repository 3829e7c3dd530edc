//! Logins inside of addresses: `scheme://user:password@host`.

use std::ops::Range;

use super::{placeholder, randomness::Randomness};

/// Longest login looked at.
const LOGIN_BYTES: usize = 256;

/// Hosts of documentation and of the machine itself, where a word for a password guards nothing.
const NO_HOSTS: &[&str] = &["localhost", "127.0.0.1", "example.", "host", "hostname", "server", "0.0.0.0", "db", "[", "test."];

/// The password behind `://` at `at`, and how likely it is one in use.
pub(super) fn find(text: &str, at: usize, randomness: &Randomness) -> Option<(Range<usize>, f64)> {
    let bytes = text.as_bytes();
    let scheme = at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
    let start = at + "://".len();
    let window = &bytes[start..bytes.len().min(start + LOGIN_BYTES)];
    let end = window.iter().position(|byte| byte.is_ascii_whitespace() || b"/?#\"'<>`\\".contains(byte)).unwrap_or(window.len());
    let login = start..start + window[..end].iter().rposition(|byte| *byte == b'@')?;
    let host = text.get(login.end + 1..start + end)?;
    if !scheme || login.is_empty() || !host.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '[' | '$' | '{')) {
        return None;
    }
    let written = text.get(login.clone())?;
    let Some((user, password)) = written.split_once(':') else {
        let token = written.len() >= 20 && randomness.of(written) >= 0.9 && !placeholder::stands_for_another(written);
        return token.then_some((login, 0.75));
    };
    if password.len() < 3 || placeholder::is_reference(password) || password.contains("${") || placeholder::is_masked(password) {
        return None;
    }
    let value = login.start + user.len() + 1..login.end;
    if placeholder::stands_for_another(password) || password.eq_ignore_ascii_case(user) {
        let nobody = user.is_empty() || placeholder::stands_for_another(user) || NO_HOSTS.iter().any(|name| host.starts_with(name));
        return Some((value, if nobody { 0.3 } else { 0.55 }));
    }
    Some((value, if host.starts_with("example.") && !password.bytes().any(|byte| byte.is_ascii_digit()) { 0.4 } else { 0.9 }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn find_in(text: &str) -> Option<(&str, bool)> {
        find(text, text.find("://").unwrap(), &Randomness::bundled()).map(|(range, probability)| (&text[range], probability >= 0.5))
    }

    #[test]
    fn passwords_in_addresses() {
        assert_eq!(find_in("postgres://app:Zq8kfR2m@db.acme.io:5432/x"), Some(("Zq8kfR2m", true)));
        assert_eq!(find_in("redis://:s3cretOne@cache"), Some(("s3cretOne", true)));
        assert_eq!(find_in("https://k3Jx9QmZ2vLp8RtWk3Jx@git.acme.io/a.git"), Some(("k3Jx9QmZ2vLp8RtWk3Jx", true)));
    }

    #[test]
    fn addresses_without_a_password_in_use() {
        for text in [
            "https://user:${PASS}@host",
            "https://a.b/c@d",
            "http://localhost:80/",
            "mailto://me@a.b",
            "https://a:<password>@b.c",
            "ssh://git@github.com/x",
        ] {
            assert!(find_in(text).is_none(), "{text}");
        }
        assert_eq!(find_in("https://user:password@localhost/"), Some(("password", false)));
    }
}
