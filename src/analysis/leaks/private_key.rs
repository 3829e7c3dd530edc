//! Private keys in armour: `-----BEGIN … PRIVATE KEY-----` with a key in it.

use std::ops::Range;

/// Longest armour looked at.
const ARMOUR_BYTES: usize = 16 * 1024;

/// Shortest line of base64 that is a key's.
const LINE: usize = 20;

/// The armour around the words `PRIVATE KEY` at `start..end`, where there is a key in it.
pub(super) fn find(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let from = text.ceil_char_boundary(start.saturating_sub(40));
    let begin = from + text[from..start].rfind("-----BEGIN ")?;
    let rest = &text[end..text.floor_char_boundary((end + ARMOUR_BYTES).min(text.len()))];
    let rest = rest.strip_prefix(" BLOCK").unwrap_or(rest);
    let body_start = text[end..].find("-----").filter(|at| *at <= 8)? + end + 5;
    let body = &text[body_start..text.floor_char_boundary((body_start + ARMOUR_BYTES).min(text.len()))];
    let (body, last) = match body.find("-----END") {
        Some(close) => {
            let after = body_start + close;
            let tail = text[after + 8..].find("-----").filter(|at| *at <= 60).map_or(after, |at| after + 8 + at + 5);
            (&body[..close], tail)
        }
        None => {
            let length = body.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=\n\r \\:,-".contains(byte)).count();
            (&body[..length], body_start + length)
        }
    };
    let lines = body.split(|letter: char| letter.is_whitespace() || matches!(letter, '\\' | '"' | '\'' | ','));
    let mut is_key = |line: &str| {
        let line = line.trim_start_matches('n');
        line.len() >= LINE
            && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
            && !super::placeholder::is_filler(line)
            && !super::placeholder::is_masked(line)
    };
    let found = lines.into_iter().any(&mut is_key);
    (found && !rest.is_empty()).then_some(begin..last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let at = text.find("PRIVATE KEY")?;
        find(text, at, at + "PRIVATE KEY".len()).map(|range| &text[range])
    }

    #[test]
    fn a_key_is_found_and_a_mention_is_not() {
        let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";
        for armour in [
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----"),
            format!("-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----"),
        ] {
            assert_eq!(found(&format!("key: {armour} end")), Some(armour.as_str()));
        }
        assert!(found(&format!("-----BEGIN RSA PRIVATE KEY-----\n{body}")).is_some());
        assert_eq!(found("-----BEGIN PRIVATE KEY----- goes first"), None);
        assert_eq!(found("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"), None);
        assert_eq!(found("a PRIVATE KEY"), None);
    }
}
