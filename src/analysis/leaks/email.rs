//! E-mail addresses.

use std::ops::Range;

/// Longest part before the sign, after RFC 5321.
const LOCAL_BYTES: usize = 64;

/// Longest domain.
const DOMAIN_BYTES: usize = 253;

/// Longest name and password before a host.
const LOGIN_BYTES: usize = 128;

/// Ends of file names that look like a domain's.
const FILES: &[&str] =
    &["png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "ts", "py", "json", "html", "md", "txt", "pdf", "local", "service"];

/// The address around the `@` at `at`.
pub(super) fn find(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let local = bytes[at.saturating_sub(LOCAL_BYTES)..at]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"._%+'-".contains(byte) || **byte >= 0x80)
        .count();
    let mut start = text.ceil_char_boundary(at - local);
    while start < at && matches!(bytes[start], b'.' | b'\'' | b'-' | b'%' | b'+') {
        start += 1;
    }
    let domain = bytes[at + 1..bytes.len().min(at + 1 + DOMAIN_BYTES)]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .count();
    let name = text.get(at + 1..at + 1 + domain)?.trim_end_matches(['.', '-']);
    let (host, top) = name.rsplit_once('.')?;
    let end = at + 1 + name.len();
    let top_is_one = (2..=24).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic()) || top.starts_with("xn--");
    let joined = matches!(bytes.get(end), Some(b'@' | b':' | b'/'))
        && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)
        && &text[start..at] == "git";
    // The name and password of an address of another kind: `scheme://name:password@host`.
    let before = &text[text.ceil_char_boundary(start.saturating_sub(LOGIN_BYTES))..start];
    let login = before
        .rsplit(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '/'))
        .next()
        .is_some_and(|login| (login.is_empty() || login.contains(':')) && before[..before.len() - login.len()].ends_with("://"));
    let plausible = start < at
        && !host.is_empty()
        && !host.contains("..")
        && !host.starts_with(['.', '-'])
        && !host.ends_with('.')
        && top_is_one
        && !FILES.contains(&top.to_ascii_lowercase().as_str());
    (plausible && !joined && !login).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<&str> {
        text.bytes().position(|byte| byte == b'@').and_then(|at| find(text, at)).map(|range| &text[range])
    }

    #[test]
    fn addresses_in_sentences() {
        for (text, address) in [
            ("write to maria.lopez+x@mail.example.org.", "maria.lopez+x@mail.example.org"),
            ("<j@a.io>", "j@a.io"),
            ("mailto:me@sub-domain.co.uk?x", "me@sub-domain.co.uk"),
            ("'o'brien@a.ie'", "o'brien@a.ie"),
        ] {
            assert_eq!(find_in(text), Some(address));
        }
    }

    #[test]
    fn other_uses_of_the_sign() {
        for text in [
            "@decorator.name",
            "pkg@1.2.3",
            "logo@2x.png",
            "git@github.com:me/x",
            "user@localhost",
            "a @ b.com",
            "ssh://me@host.com/x",
            "@",
            "a@b..com",
            "a@.com",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }
}
