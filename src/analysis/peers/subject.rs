//! What a run is about: its request, or whom and what it names that its first look-ups used.

use std::borrow::Cow;

use serde_json::Value;

use super::words::{hash_of, words};
use crate::analysis::identity;

/// Subjects kept of one run, at most.
pub(super) const MOST_SUBJECTS: usize = 8;

/// Words of the shortest opening of a dialogue that tells one request from others: "hi, I need some help" does not.
const OPENING_WORDS: usize = 8;

/// Values of look-ups that are held against what the user said, at most.
const MOST_VALUES: usize = 48;

/// Results longer than this hold no bare id, and are not searched to their end.
const RESULT_BYTES: usize = 4_096;

/// The fields of a result that name whom a run serves.
const WHO: &[&str] = &["user_id", "customer_id", "patient_id", "account_id"];

/// What kinds of thing are subjects: a request and an id must not be taken for each other.
#[derive(Clone, Copy)]
enum Kind {
    Request = 1,
    Named = 2,
}

fn subject(kind: Kind, hash: u64) -> u64 {
    identity::both(kind as u64, hash)
}

/// A request by its words, and how many they are; capitals, marks and space do not count. `None` where it has none.
pub(super) fn request(text: &str) -> Option<(u64, usize)> {
    let (mut hash, mut count) = (0, 0);
    for word in words(text) {
        hash = identity::both(hash, word.hash);
        count += 1;
    }
    (count > 0).then_some((subject(Kind::Request, hash), count))
}

/// The opening of a dialogue, where it is long enough to tell one from others.
pub(super) fn opening(text: &str) -> Option<u64> {
    request(text).filter(|(_, words)| *words >= OPENING_WORDS).map(|(subject, _)| subject)
}

/// What look-ups name, gathered call by call up to the first change.
pub(super) struct Named<'a> {
    /// What the user said, in small letters.
    said: &'a str,
    found: Vec<u64>,
    room: usize,
}

impl<'a> Named<'a> {
    pub(super) fn new(said: &'a str) -> Self {
        Self { said, found: Vec::new(), room: MOST_VALUES }
    }

    /// Takes in one look-up: the values it was given that the user had said, and the id that it found.
    pub(super) fn look_up(&mut self, input: Option<&Value>, output: Option<&Value>) {
        if let Some(input) = input {
            self.given(input, 0);
        }
        match output {
            Some(Value::String(text)) => self.result(text),
            Some(Value::Object(fields)) => self.who(WHO.iter().find_map(|key| fields.get(*key)?.as_str())),
            _ => {}
        }
    }

    /// What was found, each once.
    pub(super) fn found(mut self) -> Vec<u64> {
        self.found.sort_unstable();
        self.found.dedup();
        self.found
    }

    fn given(&mut self, value: &Value, depth: usize) {
        const DEEPEST: usize = 8;
        if depth > DEEPEST || self.room == 0 {
            return;
        }
        self.room -= 1;
        let text = match value {
            Value::Array(items) => return items.iter().for_each(|item| self.given(item, depth + 1)),
            Value::Object(entries) => return entries.values().for_each(|item| self.given(item, depth + 1)),
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) if number.is_i64() || number.is_u64() => Cow::Owned(number.to_string()),
            _ => return,
        };
        let text = text.trim();
        if is_name(text) && self.said.contains(text.to_ascii_lowercase().as_str()) {
            self.found.push(subject(Kind::Named, hash_of(text)));
        }
    }

    fn result(&mut self, text: &str) {
        let text = text.trim();
        if (6..=40).contains(&text.len()) && is_bare_id(text) {
            self.found.push(subject(Kind::Named, hash_of(text)));
        } else if text.starts_with('{') {
            let text = crate::analysis::excerpt::head(text, RESULT_BYTES);
            self.who(WHO.iter().find_map(|key| field(text, key)));
        }
    }

    fn who(&mut self, id: Option<&str>) {
        let id = id.map(str::trim).filter(|id| (1..=80).contains(&id.len()));
        self.found.extend(id.map(|id| subject(Kind::Named, hash_of(id))));
    }
}

/// The text that a JSON text gives for a key, the first such.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(key)?;
    let value = rest.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split_once('"').map(|(value, _)| value)
}

/// Whether a value can name one thing among many: an id, an e-mail address, a number of some length; not a date, which many runs share.
fn is_name(text: &str) -> bool {
    let telling = (4..=80).contains(&text.len()) && text.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'@'));
    // What was masked before it came is the same for many.
    let masked = text.contains(['[', '<', '{', '*']);
    telling && !masked && !is_date_or_time(text)
}

fn is_bare_id(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    plain && text.bytes().any(|byte| byte.is_ascii_digit()) && !is_date_or_time(text)
}

/// `2024-05-20`, `20/5/2024`, `10:30`, `2024-05-20T10:30:00`: digits in groups, and no letters but those between date and time.
fn is_date_or_time(text: &str) -> bool {
    let separated = text.bytes().any(|byte| matches!(byte, b'-' | b'/' | b':' | b'.'));
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b':' | b'.' | b'T' | b'Z' | b'+' | b' '));
    let groups = text.split(|character: char| !character.is_ascii_digit()).filter(|group| !group.is_empty());
    separated && plain && groups.clone().count() >= 2 && groups.clone().all(|group| group.len() <= 6) && groups.count() <= 8
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(said: &str, input: Value, output: Value) -> usize {
        let mut named = Named::new(said);
        named.look_up(Some(&input), Some(&output));
        named.found().len()
    }

    #[test]
    fn a_request_is_its_words() {
        assert_eq!(request("What's order W12?"), request("what s  ORDER w12"));
        assert_ne!(request("order W12"), request("order W13"));
        assert_eq!(request(" ?! "), None);
        assert_eq!(opening("hi, I need some help"), None);
        assert!(opening("hi, I need to cancel my reservation for next Tuesday").is_some());
    }

    #[test]
    fn what_the_user_said_and_a_look_up_used_names_the_subject() {
        assert_eq!(named("my id is mia_li_3668", json!({"user_id": "Mia_Li_3668"}), json!(null)), 1);
        assert_eq!(named("i am mia", json!({"user_id": "mia_li_3668"}), json!(null)), 0, "not said");
        assert_eq!(named("on 2024-05-20 please", json!({"date": "2024-05-20"}), json!(null)), 0, "many runs share a date");
        assert_eq!(named("i am [EMAIL_1]", json!({"email": "[EMAIL_1]"}), json!(null)), 0, "many runs share a mask");
        assert_eq!(named("", json!({"name": "Mia"}), json!("mia_li_3668")), 1);
        assert_eq!(named("", json!({}), json!("{\"user_id\": \"mia_li_3668\", \"age\": 30}")), 1);
        assert_eq!(named("", json!({}), json!({"customer_id": "C1"})), 1);
        assert_eq!(named("", json!({}), json!("not found")), 0);
    }
}
