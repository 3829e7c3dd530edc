//! Takes sensitive data out of what is about to be stored: strings piece by piece, numbers that are one, everything else as it was sent.
//!
//! Names of fields stay, and so do ids by which a run and its parts are found again. What was taken out is named by its kind, so that it is
//! counted wherever the run is read, and nothing has to be carried beside it.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    redacted::placeholder,
    scanner::{Find, Scanner},
};

/// How often a text is looked through again: taking one thing out may show another. What still shows something then goes as a whole.
const MOST_ROUNDS: usize = 4;

/// How deep strings of JSON within strings of JSON are followed.
const MOST_NESTED: usize = 6;

/// Fields whose values are never touched: what a run and its spans are stored and joined by.
const KEPT: &[&str] =
    &["trace_id", "traceId", "span_id", "spanId", "parent_span_id", "parentSpanId", "parent_id", "parentId", "traceState"];

/// Fields that name what the field `value` beside them holds.
const NAMING: [&str; 4] = ["name", "key", "variable", "header"];

impl Scanner {
    /// A body of JSON without its sensitive data; borrowed where there is none. What is not JSON is gone through as far as it looks like it.
    #[must_use]
    pub fn redact_body<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        let mut rewriter = Rewriter { scanner: self, nested: 0, body, copied: 0, written: Vec::new(), frames: Vec::new() };
        rewriter.run();
        if rewriter.copied == 0 {
            return Cow::Borrowed(body);
        }
        rewriter.written.extend_from_slice(&body[rewriter.copied..]);
        Cow::Owned(rewriter.written)
    }

    /// A text without its sensitive data; `None` where there is none. `name` is the name of its field.
    #[must_use]
    pub fn redact_text(&self, text: &str, name: Option<&str>) -> Option<String> {
        self.redact_nested(text, name, 0)
    }

    /// A plain value without its sensitive data. `name` is the name of its field.
    pub fn redact_value(&self, value: &mut Value, name: Option<&str>) {
        if name.is_some_and(|name| KEPT.contains(&name)) {
            return;
        }
        match value {
            Value::String(text) => {
                if let Some(without) = self.redact_text(text, name) {
                    *text = without;
                }
            }
            Value::Number(number) => {
                if let Some(find) = self.find_number(&number.to_string(), name) {
                    *value = Value::String(placeholder(find.kind));
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_value(value, name)),
            Value::Object(fields) => {
                let spoken = NAMING.iter().find_map(|key| fields.get(*key)).and_then(Value::as_str).map(str::to_owned);
                for (key, value) in fields.iter_mut() {
                    let name = spoken.as_deref().filter(|_| key == "value").unwrap_or(key);
                    self.redact_value(value, Some(name));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn redact_nested(&self, text: &str, name: Option<&str>, nested: usize) -> Option<String> {
        let mut current: Option<String> = None;
        for _ in 0..MOST_ROUNDS {
            let before = current.as_deref().unwrap_or(text);
            // Text that holds JSON stays JSON.
            let within = self.redact_json(before, nested);
            let plain = within.as_deref().unwrap_or(before);
            let finds = self.find(plain, name);
            let without = if finds.is_empty() { within } else { Some(replaced(plain, &finds)) };
            match without {
                Some(without) => current = Some(without),
                None => return current,
            }
        }
        let left = current.as_deref().unwrap_or(text);
        match self.find(left, name).first() {
            Some(find) => Some(placeholder(find.kind)),
            None => current,
        }
    }

    fn redact_json(&self, text: &str, nested: usize) -> Option<String> {
        let trimmed = text.trim_start();
        if nested >= MOST_NESTED || !trimmed.starts_with(['{', '[']) || trimmed.len() < 8 {
            return None;
        }
        // A list of words in brackets is no JSON.
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        let mut rewriter =
            Rewriter { scanner: self, nested: nested + 1, body: text.as_bytes(), copied: 0, written: Vec::new(), frames: Vec::new() };
        if !valid {
            return None;
        }
        rewriter.run();
        if rewriter.copied == 0 {
            return None;
        }
        rewriter.written.extend_from_slice(&text.as_bytes()[rewriter.copied..]);
        String::from_utf8(rewriter.written).ok()
    }
}

/// A text with each find's place taken by its kind.
fn replaced(text: &str, finds: &[Find]) -> String {
    let mut without = String::with_capacity(text.len());
    let mut end = 0;
    for find in finds {
        without.push_str(&text[end..find.range.start]);
        without.push_str(&placeholder(find.kind));
        end = find.range.end;
    }
    without.push_str(&text[end..]);
    without
}

/// An object or a list that is being gone through.
struct Frame {
    object: bool,
    /// The name of the field that is read, or that the list is the value of.
    name: Option<String>,
    /// The next string is a name.
    names: bool,
    /// What a field such as `name` says of the field `value`.
    spoken: Option<String>,
}

/// Goes through JSON token by token and copies all but what it replaces. Follows no depth of its own.
struct Rewriter<'a, 'b> {
    scanner: &'b Scanner,
    nested: usize,
    body: &'a [u8],
    /// Up to here the body is in `written`.
    copied: usize,
    written: Vec<u8>,
    frames: Vec<Frame>,
}

impl Rewriter<'_, '_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(byte) = self.body.get(at) {
            at = match byte {
                b'"' => self.string(at),
                b'0'..=b'9' | b'-' => self.number(at),
                b'{' | b'[' => {
                    let object = *byte == b'{';
                    let name = if object { None } else { self.field() };
                    self.frames.push(Frame { object, name, names: object, spoken: None });
                    at + 1
                }
                b'}' | b']' => {
                    self.frames.pop();
                    at + 1
                }
                b',' => {
                    if let Some(frame) = self.frames.last_mut().filter(|frame| frame.object) {
                        frame.names = true;
                    }
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// The name of the field whose value comes.
    fn field(&self) -> Option<String> {
        let frame = self.frames.last()?;
        match (&frame.name, &frame.spoken) {
            (Some(name), Some(spoken)) if frame.object && name == "value" => Some(spoken.clone()),
            (name, _) => name.clone(),
        }
    }

    fn string(&mut self, start: usize) -> usize {
        let (mut end, mut escaped, mut closed) = (start + 1, false, false);
        while let Some(byte) = self.body.get(end) {
            end += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    closed = true;
                    break;
                }
                _ => {}
            }
        }
        let raw = &self.body[start..end];
        let Some(text) = unescaped(raw, closed) else { return end };
        let names = self.frames.last().is_some_and(|frame| frame.names);
        if names {
            if let Some(frame) = self.frames.last_mut() {
                frame.name = Some(text.into_owned());
                frame.names = false;
            }
            return end;
        }
        let field = self.field();
        if let Some(frame) = self.frames.last_mut()
            && frame.object
            && frame.spoken.is_none()
            && frame.name.as_deref().is_some_and(|name| NAMING.contains(&name))
            && text.len() <= 64
        {
            frame.spoken = Some(text.to_string());
        }
        if field.as_deref().is_some_and(|field| KEPT.contains(&field)) {
            return end;
        }
        if let Some(without) = self.scanner.redact_nested(&text, field.as_deref(), self.nested)
            && let Ok(json) = serde_json::to_vec(&without)
        {
            self.replace(start, end, &json);
        }
        end
    }

    fn number(&mut self, start: usize) -> usize {
        let length = self.body[start..].iter().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
        let end = start + length;
        let digits = &self.body[start..end];
        let field = if length >= 7 { self.field() } else { return end };
        if digits.iter().all(u8::is_ascii_digit)
            && !field.as_deref().is_some_and(|field| KEPT.contains(&field))
            && let Ok(digits) = std::str::from_utf8(digits)
            && let Some(find) = self.scanner.find_number(digits, field.as_deref())
        {
            let json = format!("\"{}\"", placeholder(find.kind));
            self.replace(start, end, json.as_bytes());
        }
        end
    }

    fn replace(&mut self, start: usize, end: usize, with: &[u8]) {
        self.written.extend_from_slice(&self.body[self.copied..start]);
        self.written.extend_from_slice(with);
        self.copied = end;
    }
}

/// The text of a JSON string, quotes and all; `None` where it is not UTF-8. Halves of pairs that have no character become U+FFFD.
fn unescaped(raw: &[u8], closed: bool) -> Option<Cow<'_, str>> {
    let inner = raw.get(1..raw.len() - usize::from(closed && raw.len() > 1))?;
    if !inner.contains(&b'\\') {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    if let Ok(text) = serde_json::from_slice::<String>(raw) {
        return Some(Cow::Owned(text));
    }
    let text = std::str::from_utf8(inner).ok()?;
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        read.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if rest.as_bytes().get(1) == Some(&b'u') {
            rest.floor_char_boundary(6)
        } else {
            rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end)
        };
        let escape = &rest[..length.max(1)];
        match serde_json::from_str::<String>(&format!("\"{escape}\"")) {
            Ok(character) => read.push_str(&character),
            Err(_) if escape.starts_with("\\u") && escape.len() == 6 => read.push('\u{FFFD}'),
            Err(_) => read.push_str(escape),
        }
        rest = &rest[escape.len()..];
    }
    read.push_str(rest);
    Some(Cow::Owned(read))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn redacted(body: &Value) -> Value {
        serde_json::from_slice(&Scanner::bundled().redact_body(&serde_json::to_vec(body).unwrap())).unwrap()
    }

    #[test]
    fn values_go_and_all_else_stays() {
        let body = json!({
            "trace_id": "4111111111111111", "agent_id": "a", "input": {"card": 4111111111111111_u64, "note": "card 4111 1111 1111 1111, ok?\n\"yes\""},
            "usage": {"input_tokens": 4111, "at": 1_700_000_000_000_000_000_u64}, "password": "Zq8!kfR2", "env": [{"name": "API_TOKEN", "value": "k3Jx9QmZ2vLp8RtW"}],
            "arguments": "{\"to\":\"ana@example.org\",\"card\":4111111111111111}",
        });
        let without = redacted(&body);
        assert_eq!(without["trace_id"], body["trace_id"]);
        assert_eq!(without["usage"], body["usage"]);
        assert_eq!(without["input"], json!({"card": "[redacted credit_card]", "note": "card [redacted credit_card], ok?\n\"yes\""}));
        assert_eq!(without["password"], "[redacted secret]");
        assert_eq!(without["env"][0]["value"], "[redacted secret]");
        assert_eq!(without["arguments"], "{\"to\":\"[redacted email_address]\",\"card\":\"[redacted credit_card]\"}");
    }

    #[test]
    fn a_body_without_sensitive_data_is_not_copied() {
        let body = br#" {"a": [1, 2.50, "x\u00e9"], "b": null} "#;
        assert!(matches!(Scanner::bundled().redact_body(body), Cow::Borrowed(_)));
    }

    #[test]
    fn bytes_around_a_value_are_as_they_were_sent() {
        let body = "{ \"a\" : 1.50 , \"to\":\"ana\\u0040example.org\",\"b\":\"\\ud800 ana@example.org\" }";
        let without = Scanner::bundled().redact_body(body.as_bytes()).into_owned();
        assert_eq!(
            String::from_utf8(without).unwrap(),
            "{ \"a\" : 1.50 , \"to\":\"[redacted email_address]\",\"b\":\"\u{FFFD} [redacted email_address]\" }"
        );
    }

    /// Texts that have something in them, in pieces that run into one another.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            proptest::sample::select(vec![
                "4111111111111111",
                "4111 1111 1111 1111",
                "ana@example.org",
                "DE89370400440532013000",
                "460-89-9847",
                "+14155552671",
                "(415) 555-2671",
                "203.0.113.7",
                "password=",
                "\"api_key\": \"",
                "k3Jx9QmZ2vLp8RtW",
                "Zq8!kfR2",
                "https://a:",
                "@host.io/",
                "Authorization: Basic ",
                "-----BEGIN PRIVATE KEY-----\n",
                "eyJhbGciOiJIUzI1NiJ9.",
                "{\"a\":",
                "}",
                "[",
                "]",
                "\"",
                "\\",
                " ",
                ",",
                "token ",
                "secret is ",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "kind: Secret\ndata:\n  a: ",
                "[redacted secret]",
                "é",
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,6}",
            any::<String>(),
        ];
        proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn nothing_is_found_in_what_was_redacted(text in any_text(), name in proptest::option::of(proptest::sample::select(vec!["password", "phone", "id", "text", "ssn"]))) {
            thread_local!(static SCANNER: Scanner = Scanner::bundled());
            SCANNER.with(|scanner| {
                let once = scanner.redact_text(&text, name).unwrap_or_else(|| text.clone());
                prop_assert_eq!(scanner.find(&once, name), Vec::new());
                prop_assert_eq!(scanner.redact_text(&once, name), None);
                Ok(())
            })?;
        }

        #[test]
        fn json_stays_json_and_is_redacted_once(text in any_text(), key in any_text(), number in any::<u64>()) {
            thread_local!(static SCANNER: Scanner = Scanner::bundled());
            SCANNER.with(|scanner| {
                let body = serde_json::to_vec(&json!({ "k": { key.clone(): text.clone() }, "n": number, "list": [text, {"card": 4_111_111_111_111_111_u64}] })).unwrap();
                let once = scanner.redact_body(&body).into_owned();
                let read: Value = serde_json::from_slice(&once).unwrap();
                prop_assert_eq!(&read["list"][1]["card"], "[redacted credit_card]");
                prop_assert!(read["k"].get(&key).is_some());
                prop_assert_eq!(scanner.redact_body(&once), once.as_slice());
                let mut value: Value = serde_json::from_slice(&body).unwrap();
                scanner.redact_value(&mut value, None);
                prop_assert_eq!(value, read);
                Ok(())
            })?;
        }

        #[test]
        fn any_bytes_are_gone_through(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            thread_local!(static SCANNER: Scanner = Scanner::bundled());
            SCANNER.with(|scanner| {
                let _ = scanner.redact_body(&bytes);
                let _ = scanner.find(&String::from_utf8_lossy(&bytes), None);
            });
        }
    }
}
