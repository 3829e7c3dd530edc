//! Texts of a run as they are read for evidence: the words in a request or an answer of any shape, without end marks, of bounded length.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use crate::analysis::excerpt;

/// Bytes read of one text: what is longer is a document, whose beginning and end tell what it is.
const MOST_BYTES: usize = 8_192;

/// Words looked for in a structured request or answer, at most this deep.
const DEEPEST: usize = 6;

/// A text that is not too long, as it is; of a longer one, its beginning and end.
pub(super) fn capped(words: Cow<'_, str>) -> Cow<'_, str> {
    if words.len() <= MOST_BYTES {
        return words;
    }
    let half = MOST_BYTES / 2;
    Cow::Owned(format!("{}\n{}", excerpt::head(&words, half), excerpt::tail(&words, half)))
}

/// How simulated users end a conversation: `###STOP###`, `##END##`.
static END_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"##+[A-Z_-]+##+").ok());

/// The words without end marks, and whether there was one.
pub(super) fn without_end_mark(words: Cow<'_, str>) -> (Cow<'_, str>, bool) {
    let Some(mark) = END_MARK.as_ref().filter(|mark| words.contains("##") && mark.is_match(&words)) else { return (words, false) };
    (Cow::Owned(mark.replace_all(&words, "").trim().to_owned()), true)
}

/// The words of a request: a text; of messages, the user's; else every text in it.
pub(in crate::analysis) fn in_request(input: &Value) -> Option<Cow<'_, str>> {
    match input {
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Array(messages) => {
            let of_user = |message: &&Value| {
                matches!(message.get("role").or_else(|| message.get("type")).and_then(Value::as_str), Some("user" | "human"))
            };
            let last = messages.iter().rev().find(of_user);
            joined(last.map_or(input, |message| message.get("content").unwrap_or(message)))
        }
        Value::Object(fields) => match fields.get("messages") {
            Some(messages @ Value::Array(_)) => in_request(messages),
            _ => joined(input),
        },
        _ => None,
    }
    .filter(|words| !words.trim().is_empty())
}

/// The words of an answer: a text as it is; of a message, its content; of anything else, its JSON.
pub(in crate::analysis) fn in_answer(output: &Value) -> Option<Cow<'_, str>> {
    match output {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Object(fields) => {
            let inside = fields
                .get("content")
                .or_else(|| output.pointer("/choices/0/message/content"))
                .or_else(|| output.pointer("/message/content"));
            match inside {
                Some(Value::String(text)) => Some(Cow::Borrowed(text.as_str())),
                Some(Value::Null) => None,
                Some(inside) => joined(inside),
                None => Some(Cow::Owned(output.to_string())),
            }
        }
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// What is counted in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks {
    /// Characters.
    pub(super) characters: usize,
    /// Numbers, with separators inside; digits inside a word are part of its name.
    pub(super) numbers: usize,
    /// Question marks.
    pub(super) questions: usize,
    /// Lines that begin with a bullet, or a number and a full stop or bracket.
    pub(super) listed_lines: usize,
}

impl Marks {
    /// Counts.
    pub(super) fn of(text: &str) -> Self {
        Self {
            characters: text.chars().count(),
            numbers: numbers(text).count(),
            questions: text.bytes().filter(|byte| *byte == b'?').count(),
            listed_lines: text.lines().filter(|line| is_listed(line)).count(),
        }
    }
}

/// The numbers in a text, in hundredths: digits with separators and decimals, that are not part of a word. Further decimals are left out,
/// and what does not fit is the largest there is.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = u64> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let of_word = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
            let begins = at.checked_sub(1).is_none_or(|before| !of_word(before) && bytes[before] != b'.');
            let mut value: u64 = 0;
            while digit(at) || (bytes.get(at) == Some(&b',') && digit(at + 1)) {
                if bytes[at] != b',' {
                    value = value.saturating_mul(10).saturating_add(u64::from(bytes[at] - b'0'));
                }
                at += 1;
            }
            value = value.saturating_mul(100);
            if bytes.get(at) == Some(&b'.') && digit(at + 1) {
                at += 1;
                let mut place = 10;
                while digit(at) {
                    value = value.saturating_add(place * u64::from(bytes[at] - b'0'));
                    place /= 10;
                    at += 1;
                }
            }
            if begins && !of_word(at) {
                return Some(value);
            }
        }
    })
}

fn is_listed(line: &str) -> bool {
    let line = line.trim_start();
    let after = match line.strip_prefix(['-', '*', '•']) {
        Some(after) => after,
        None => match line.trim_start_matches(|c: char| c.is_ascii_digit()) {
            rest if rest.len() < line.len() => rest.strip_prefix(['.', ')']).unwrap_or_default(),
            _ => return false,
        },
    };
    after.starts_with([' ', '\t'])
}

/// Every text in a value, in order, a line each.
fn joined(value: &Value) -> Option<Cow<'_, str>> {
    fn collect<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a str>, room: &mut usize) {
        match value {
            _ if depth > DEEPEST || *room == 0 => {}
            Value::String(text) => {
                *room = room.saturating_sub(text.len() + 1);
                found.push(text);
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, found, room)),
            Value::Object(fields) => {
                let told = fields.iter().filter(|(key, _)| !matches!(key.as_str(), "type" | "role" | "id"));
                told.for_each(|(_, item)| collect(item, depth + 1, found, room));
            }
            _ => {}
        }
    }
    let (mut found, mut room) = (Vec::new(), MOST_BYTES * 2);
    collect(value, 0, &mut found, &mut room);
    match found.as_slice() {
        [] => None,
        [only] => Some(Cow::Borrowed(*only)),
        several => Some(Cow::Owned(several.join("\n"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_questions_and_listed_lines() {
        let marks = Marks::of("Two of 1,250.50 cost $2,501:\n- A-17?\n  2) HAT028?\n3. x\n*bold*\n-5");
        assert_eq!(marks, Marks { characters: 64, numbers: 6, questions: 2, listed_lines: 3 });
        assert_eq!(Marks::of(""), Marks::default());
    }

    #[test]
    fn numbers_in_hundredths() {
        assert_eq!(numbers("$1,250.50, 3.999 and 7. On 2024-05-16").collect::<Vec<_>>(), [125_050, 399, 700, 202_400, 500, 1_600]);
        assert_eq!(numbers("HAT028 16th v1.5 _2 é3").collect::<Vec<_>>(), [300]);
        assert_eq!(numbers(&"9".repeat(400)).collect::<Vec<_>>(), [u64::MAX]);
    }

    #[test]
    fn end_marks_are_no_words() {
        assert_eq!(without_end_mark(Cow::Borrowed("Thanks. ###STOP###")), (Cow::Borrowed("Thanks."), true));
        assert_eq!(without_end_mark(Cow::Borrowed("## Heading")), (Cow::Borrowed("## Heading"), false));
    }

    #[test]
    fn a_request_is_what_the_user_said() {
        let messages = json!({"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "cancel it"}]});
        assert_eq!(in_request(&messages).unwrap(), "cancel it");
        assert_eq!(in_request(&json!({"question": "which?", "top": 3})).unwrap(), "which?");
        assert_eq!(in_request(&json!(null)), None);
    }

    #[test]
    fn an_answer_is_its_words_or_its_json() {
        assert_eq!(in_answer(&json!({"role": "assistant", "content": "done"})).unwrap(), "done");
        assert_eq!(in_answer(&json!({"choices": [{"message": {"content": "done"}}]})).unwrap(), "done");
        assert_eq!(in_answer(&json!([1, 2])).unwrap(), "[1,2]");
        assert_eq!(in_answer(&json!({"content": null})), None);
    }

    #[test]
    fn of_a_long_text_the_beginning_and_the_end_are_read() {
        let long = format!("begin{}end", "é".repeat(MOST_BYTES));
        let read = capped(Cow::Borrowed(&long));
        assert!(read.len() <= MOST_BYTES + 1 && read.starts_with("begin") && read.ends_with("end"));
    }
}
