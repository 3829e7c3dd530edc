//! Repairing `\ud83d` without its other half: what is left of a character when a sender cuts a text in the middle of it.

use serde::de::DeserializeOwned;

use super::error::{self, FormatError};

/// Reads `text` as a `T`; when that fails and the text has such escapes, reads it without them and says so.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Option<String>), FormatError> {
    match error::read(text) {
        Ok(value) => Ok((value, None)),
        Err(error) => match replace(text) {
            Some(repaired) => Ok((error::read(&repaired.text)?, Some(repaired.note()))),
            None => Err(error),
        },
    }
}

/// A text without broken characters.
struct Repaired {
    /// The text, each broken escape now `\ufffd`.
    text: String,
    count: usize,
}

impl Repaired {
    /// What was done, for the list of what the trace lacks.
    fn note(&self) -> String {
        format!("characters cut in half by the sender, shown as \u{fffd}: {}", self.count)
    }
}

/// Replaces escapes of half a character; `None` when there is none.
fn replace(text: &str) -> Option<Repaired> {
    let mut repaired = Repaired { text: String::new(), count: 0 };
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let escape = at + found;
        match (unit(text, escape), unit(text, escape + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at = escape + 12,
            (Some(0xD800..=0xDFFF), _) => {
                repaired.text.push_str(&text[copied..escape]);
                repaired.text.push_str("\\ufffd");
                repaired.count += 1;
                at = escape + 6;
                copied = at;
            }
            // The backslash and the ASCII character it escapes; in text that is not JSON anything may follow.
            _ => at = (escape + 2..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len()),
        }
    }
    repaired.text.push_str(&text[copied..]);
    (repaired.count > 0).then_some(repaired)
}

/// The UTF-16 unit of a `\uXXXX` escape at `at`.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn half_a_character_is_replaced_and_counted() {
        let repaired = replace(r#"{"a":"cut \ud83d","b":"\udc00 tail"}"#).unwrap();
        assert_eq!(repaired.text, r#"{"a":"cut \ufffd","b":"\ufffd tail"}"#);
        assert!(repaired.note().ends_with(": 2"), "{}", repaired.note());
    }

    #[test]
    fn whole_characters_and_escaped_backslashes_stay() {
        assert!(replace(r#"{"a":"\ud83d\ude00 \\ud83d \n é"}"#).is_none());
        assert!(replace("no escape").is_none());
        assert!(replace("\\").is_none());
        assert!(replace("\\é\\ud8").is_none());
    }
}
