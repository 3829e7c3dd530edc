//! Long words without a space: where keys of unknown providers and addresses of coins are among ids, digests and paths.

use std::ops::Range;

use super::{
    names::{self, promise_of},
    placeholder::{is_code, is_encoded_text, is_filler, is_public, is_uuid, stands_for_another},
    providers,
    randomness::Randomness,
};

/// Shortest word looked at.
const SHORTEST: usize = 20;

/// Longest key without spaces; what is longer is data.
const LONGEST: usize = 512;

/// How far from a word it is looked for one that speaks of secrets.
const NEAR_BYTES: usize = 80;

/// Tags of keys: what stands first in them, or among the first.
const KEY_TAGS: &[&str] = &[
    "key", "apikey", "api", "tok", "token", "sk", "pk", "rk", "pat", "sat", "secret", "live", "test", "prod", "auth", "oauth", "access",
    "admin", "svc", "sec", "pw", "cred", "bearer", "at", "rt", "uat", "oat", "pass",
];

/// Names that say nothing of their value.
const NEUTRAL: &[&str] = &["result", "output", "value", "response", "returned", "got", "answer", "found", "it", "this"];

/// Words that speak of secrets.
const SPOKEN: &[&str] = &[
    "vault",
    "secret",
    "credential",
    "token",
    "api key",
    "api_key",
    "apikey",
    "password",
    "passwd",
    "authoriz",
    "bearer",
    "private key",
    "access key",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=.~%|:".contains(&byte)
}

/// Calls `visit` with every long word of a text. Most of a text is jumped over.
pub(super) fn long_words(text: &str, mut visit: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start + SHORTEST <= bytes.len() {
        let window = &bytes[start..start + SHORTEST];
        if let Some(gap) = window.iter().rposition(|byte| !is_word(*byte)) {
            start += gap + 1;
            continue;
        }
        let length = SHORTEST + bytes[start + SHORTEST..].iter().take_while(|byte| is_word(**byte)).count();
        visit(start..start + length);
        start += length + 1;
    }
}

/// Whether the bytes of a word can be a key at all: letters beside digits, or a great many letters.
pub(super) fn may_be_key(word: &str) -> bool {
    word.len() <= 4_096
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && (word.bytes().any(|byte| byte.is_ascii_digit()) || word.len() >= 32)
}

/// The key in a word that names its own kind, `tag_…`, or that stands beside words that speak of secrets.
pub(super) fn unknown_key(text: &str, word: Range<usize>, randomness: &Randomness) -> Option<(Range<usize>, f64, &'static str)> {
    let bytes = text.as_bytes();
    // What stands behind the last sign that assigns is the value.
    let mut word = word;
    if let Some(sign) = text[word.clone()].trim_end_matches('=').rfind(['=', ':']) {
        let name = text[word.start..word.start + sign].trim_end_matches(['=', ':']);
        if names::is_identity(name)
            || promise_of(name).is_none() && sign > 0 && name.len() > 1 && !name.ends_with(|last: char| last.is_ascii_digit())
        {
            return None;
        }
        word.start += sign + 1;
    }
    while word.end > word.start && matches!(bytes[word.end - 1], b'.' | b':' | b'%' | b'|' | b'/') {
        word.end -= 1;
    }
    let value = text.get(word.clone())?;
    let joined = word.start.checked_sub(1).is_some_and(|before| matches!(bytes[before], b'/' | b'#' | b'@' | b'\\' | b'$'));
    if value.len() < SHORTEST
        || value.len() > LONGEST
        || joined
        || value.contains('/') && value.matches('/').count() > 4
        || !may_be_key(value)
    {
        return None;
    }
    if is_uuid(value) || is_public(value) || is_code(value) || stands_for_another(value) || is_filler(value) || is_encoded_text(value) {
        return None;
    }
    if is_known(value) {
        return None;
    }
    if is_tagged(value, randomness) {
        return Some((word, 0.7, "tagged_key"));
    }
    let named = name_before(text, word.start);
    if named.is_some_and(|name| promise_of(name).is_none() && !NEUTRAL.iter().any(|neutral| name.eq_ignore_ascii_case(neutral))) {
        return None;
    }
    (value.len() >= 24 && randomness.of(value) >= 0.97 && speaks_of_secrets(text, &word)).then_some((word, 0.6, "key_beside_words"))
}

/// Whether a word has the mark of a provider whose form it does not have: cut short, changed or made up.
fn is_known(value: &str) -> bool {
    providers::formats().flat_map(|format| format.marks).any(|mark| mark.len() >= 4 && value.starts_with(mark))
}

/// `acme_live_…`: words of letters, one of them a key's tag, then a long random rest.
fn is_tagged(value: &str, randomness: &Randomness) -> bool {
    let mut rest = value;
    let (mut tags, mut key) = (0, false);
    while tags < 4 {
        let Some(sign) = rest.find(['_', '-', '.']) else { break };
        let tag = &rest[..sign];
        let is_tag = (1..=12).contains(&tag.len())
            && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && tag.starts_with(|first: char| first.is_ascii_alphabetic())
            && tag.bytes().filter(u8::is_ascii_digit).count() <= 2;
        if !is_tag || randomness.of(tag) > 0.9 && tag.len() > 6 {
            break;
        }
        key |= KEY_TAGS.contains(&tag.to_ascii_lowercase().as_str());
        tags += 1;
        rest = &rest[sign + 1..];
    }
    let digest = matches!(rest.len(), 32 | 40 | 64) && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    key && rest.len() >= 20 && (randomness.of(rest) >= 0.95 || digest) && rest.bytes().any(|byte| byte.is_ascii_digit())
}

/// The name written right before a value: `"digest": "…"`.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let from = text.ceil_char_boundary(at.saturating_sub(64));
    let before = text[from..at].trim_end_matches([' ', '"', '\'', '(', '\\', '`']);
    let before = before.strip_suffix([':', '='])?.trim_end_matches([' ', '"', '\'', '\\', '`', ':', '=']);
    let name = before.rsplit(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))).next()?;
    (name.len() >= 2).then_some(name)
}

fn speaks_of_secrets(text: &str, word: &Range<usize>) -> bool {
    let from = text.ceil_char_boundary(word.start.saturating_sub(NEAR_BYTES));
    let to = text.floor_char_boundary((word.end + NEAR_BYTES).min(text.len()));
    let before = text[from..word.start].rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    let after = text[word.end..to].split('\n').next().unwrap_or_default().to_ascii_lowercase();
    let speaks = |around: &str| {
        SPOKEN.iter().any(|spoken| {
            around.match_indices(spoken).any(|(at, _)| {
                promise_of(surrounding(around, at, spoken.len())).is_some()
                    || *spoken == "vault"
                    || spoken.contains(' ')
                    || *spoken == "authoriz"
            })
        })
    };
    speaks(&before) || speaks(&after)
}

/// The name around a word that was met inside of it.
fn surrounding(text: &str, at: usize, length: usize) -> &str {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let start =
        text[..at].rfind(|letter| !is_name(letter)).map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
    let end = text[at + length..].find(|letter| !is_name(letter)).map_or(text.len(), |after| at + length + after);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        let (randomness, mut found) = (Randomness::bundled(), false);
        long_words(text, |word| found |= unknown_key(text, word, &randomness).is_some());
        found
    }

    #[test]
    fn long_words_are_met_once_each() {
        let text = format!("{} b {}-{}", "a".repeat(25), "c".repeat(10), "d".repeat(9));
        let mut words = Vec::new();
        long_words(&text, |word| words.push(text[word].to_owned()));
        assert_eq!(words, ["a".repeat(25), format!("{}-{}", "c".repeat(10), "d".repeat(9))]);
    }

    #[test]
    fn keys_of_unknown_providers() {
        let body = "k3Jx9QmZ2vLp8RtWbT5c";
        assert!(found(&format!("acme_live_{body} is it")));
        assert!(found(&format!("result {body}4hUe7 (saved to the vault)")));
    }

    #[test]
    fn ids_and_digests() {
        let body = "k3Jx9QmZ2vLp8RtWbT5c";
        for text in [
            format!("call_{body}"),
            format!("chatcmpl-{body}"),
            format!("\"digest\": \"{body}4hUe7\", \"token\": 1"),
            format!("/static/{body}4hUe7.js"),
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            "123e4567-e89b-12d3-a456-426614174000".to_owned(),
            format!("commit {body}4hUe7"),
        ] {
            assert!(!found(&text), "{text}");
        }
    }
}
