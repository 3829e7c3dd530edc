//! Addresses of machines: IPv4 and IPv6, told from versions, netmasks, times and paths of names.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use super::digits::Row;

/// Longest IPv6 address in text.
const V6_BYTES: usize = 45;

/// Words before a version.
const VERSIONS: &[&str] =
    &["version", "ver", "ver.", "v", "release", "build", "revision", "chrome", "firmware", "oid", "section", "chapter"];

/// The IPv4 address that begins with the group `from`.
pub(super) fn v4(row: &Row<'_>, from: usize) -> Option<(Range<usize>, f64)> {
    let groups = from..from + 4;
    let shaped = row.groups.len() >= groups.end
        && groups.clone().all(|index| row.groups[index].len() <= 3)
        && groups.clone().skip(1).all(|index| row.between(index) == ".");
    if !shaped {
        return None;
    }
    let bytes = row.text.as_bytes();
    let span = row.span(&groups);
    let before = span.start.checked_sub(1).map(|at| bytes[at]);
    let joined_before = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        || from > 0 && row.between(from).ends_with(['.', '-']);
    let joined_after = match bytes.get(span.end) {
        Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        Some(b'.' | b'-') => bytes.get(span.end + 1).is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    if joined_before || joined_after {
        return None;
    }
    let address: Ipv4Addr = row.text[span.clone()].parse().ok()?;
    let octets = address.octets();
    // This machine, no machine, all machines, masks.
    if address.is_loopback() || octets[0] == 0 || octets[0] == 255 || address.is_broadcast() {
        return None;
    }
    let network = bytes.get(span.end) == Some(&b'/') && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit);
    let said =
        row.text[row.text.ceil_char_boundary(span.start.saturating_sub(16))..span.start].trim_end_matches([' ', ':', '=', '"', '\'']);
    let word = said.rsplit(|letter: char| !letter.is_ascii_alphabetic() && letter != '.').next().unwrap_or_default().to_ascii_lowercase();
    // `Mozilla/5.0.1.2`
    let product =
        before == Some(b'/') && !said.ends_with("//") && said.trim_end_matches('/').ends_with(|letter: char| letter.is_ascii_alphabetic());
    if product || VERSIONS.contains(&word.as_str()) {
        return None;
    }
    Some((groups, if network && octets[3] == 0 { 0.3 } else { 0.9 }))
}

/// The IPv6 address around the colon at `colon`.
pub(super) fn v6(text: &str, colon: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':' || *byte == b'.';
    let left = bytes[colon.saturating_sub(V6_BYTES)..colon].iter().rev().take_while(|byte| is_part(byte)).count();
    let right = bytes[colon..bytes.len().min(colon + V6_BYTES)].iter().take_while(|byte| is_part(byte)).count();
    let (start, end) = (colon - left, colon + right);
    let written = text.get(start..end)?.trim_end_matches(['.', ':']);
    let end = start + written.len();
    let free = !start.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'_' | b'-'))
        && !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let groups = written.split(':').filter(|group| !group.is_empty()).count();
    if !free || groups < 3 || !written.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let address: Ipv6Addr = written.parse().ok()?;
    (!address.is_loopback() && !address.is_unspecified()).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::leaks::digits::rows;

    fn found(text: &str) -> bool {
        let mut found = false;
        rows(text, |row| found |= (0..row.groups.len()).any(|from| v4(row, from).is_some_and(|(_, probability)| probability >= 0.5)));
        found || text.bytes().enumerate().any(|(at, byte)| byte == b':' && v6(text, at).is_some())
    }

    #[test]
    fn addresses() {
        for text in ["from 203.0.113.7.", "host=198.51.100.23:443", "http://192.0.2.1/x", "2001:db8:85a3::8a2e:370:7334", "[2001:db8::7:1]"]
        {
            assert!(found(text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in [
            "version 1.2.3.4",
            "v1.2.3.4",
            "Chrome/120.0.0.1",
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "1.2.3.4.5",
            "10.0.0.0/8",
            "1.2.3",
            "300.1.1.1",
            "12:30:45",
            "std::fmt",
            "a::b::c",
            "::1",
            "00:1b:44:11:3a:b7",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
