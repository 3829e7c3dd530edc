//! Values that stand where a secret is named: `password = "…"`, `"apiKey": …`, `export TOKEN=…`, `<secret>…`, `--password …`, "the key is …".
//!
//! One way of reading for all dialects: a name, what may stand between (quotes, a type, a sign that assigns, a word), a value.

use std::ops::Range;

use super::{
    names::{Promise, promise_of},
    value::Written,
};

/// Longest name read.
const NAME_BYTES: usize = 64;

/// Longest value read.
const VALUE_BYTES: usize = 2_048;

/// Words between a name and its value in a sentence.
const BETWEEN: &[&str] = &[
    "is", "was", "are", "of", "the", "my", "your", "to", "set", "as", "key", "token", "value", "password", "secret", "now", "be", "with",
    "this", "that", "for",
];

/// Words before a value that say how it is sent.
const SCHEMES: &[&str] =
    &["Bearer ", "bearer ", "Token ", "token ", "SSWS ", "GenieKey ", "ApiKey ", "apikey ", "Bot ", "BEARER ", "Basic ", "basic "];

/// A value under a name that promises a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assigned {
    pub(super) promise: Promise,
    pub(super) value: Range<usize>,
    pub(super) written: Written,
}

/// The bounds of the name around `at`, where a telling word was met.
pub(super) fn name_around(text: &str, at: usize, end: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    let left = bytes[at.saturating_sub(NAME_BYTES)..at].iter().rev().take_while(|byte| is_name(byte)).count();
    let right = bytes[end..bytes.len().min(end + NAME_BYTES)].iter().take_while(|byte| is_name(byte)).count();
    let (mut start, mut end) = (at - left, end + right);
    while end > at && matches!(bytes[end - 1], b'.' | b'-' | b'$') {
        end -= 1;
    }
    while start < at && matches!(bytes[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    // `api key`, `Secret Access Key`
    for _ in 0..2 {
        let spaced = start.checked_sub(1).filter(|space| bytes[*space] == b' ');
        let Some(space) = spaced else { break };
        let word = bytes[space.saturating_sub(12)..space].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let before = &text[space - word..space];
        if !["api", "access", "secret", "private", "auth", "client", "license", "signing", "account", "master"]
            .iter()
            .any(|owner| before.eq_ignore_ascii_case(owner))
        {
            break;
        }
        start = space - word;
    }
    start..end
}

/// The value that belongs to the name at `name`, where the name promises a secret.
pub(super) fn assigned(text: &str, name: Range<usize>) -> Option<Assigned> {
    let promise = promise_of(&text[name.clone()])?;
    let bytes = text.as_bytes();
    let mut reader = Reader { text, bytes, at: name.end };
    let quoted_name = reader.skip_closing();
    let (sign, mut written) = match reader.sign(quoted_name) {
        Some(sign) => (sign, Written::Bare),
        None => (b' ', reader.sentence(&name)?),
    };
    if sign == b' ' && quoted_name && written == Written::Said {
        return None;
    }
    reader.spaces(16);
    if sign != b' ' && matches!(reader.peek(), Some(b'\n' | b'\r' | b'\\')) {
        // A value on the line below.
        while matches!(reader.peek(), Some(b'\n' | b'\r')) {
            reader.at += 1;
        }
        if bytes[reader.at..].starts_with(b"\\n") {
            reader.at += 2;
        }
        reader.spaces(24);
    }
    let (value, quoted) = reader.value()?;
    if quoted && written != Written::Said {
        written = Written::Quoted;
    }
    if sign == b'(' && !quoted {
        return None;
    }
    // So does a text in braces.
    if !quoted && text[value.clone()].contains('{') {
        return None;
    }
    // A bare word that is called, indexed or joined is code.
    if !quoted && matches!(bytes.get(value.end), Some(b'[' | b'(')) {
        return None;
    }
    Some(Assigned { promise, value, written })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn spaces(&mut self, most: usize) {
        let end = self.bytes.len().min(self.at + most);
        while self.at < end && matches!(self.bytes[self.at], b' ' | b'\t') {
            self.at += 1;
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let taken = self.bytes[self.at..].starts_with(text.as_bytes());
        if taken {
            self.at += text.len();
        }
        taken
    }

    /// Quotes and brackets that close a name; whether there were any.
    fn skip_closing(&mut self) -> bool {
        let from = self.at;
        for _ in 0..3 {
            match self.peek() {
                Some(b'"' | b'\'' | b'`' | b']') => self.at += 1,
                Some(b'\\') if matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\'')) => self.at += 2,
                Some(b')') if self.at > from => self.at += 1,
                _ => break,
            }
        }
        self.at > from
    }

    /// A sign that assigns, with a type before it or the word `value` before it.
    fn sign(&mut self, quoted_name: bool) -> Option<u8> {
        let from = self.at;
        self.spaces(4);
        if quoted_name && let Some(sign) = self.value_beside() {
            return Some(sign);
        }
        for sign in ["===", "!==", "==", "!=", "=>", ":=", "?=", "||=", "+=", "->", "="] {
            if self.take(sign) {
                return Some(b'=');
            }
        }
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                self.typed();
                Some(b':')
            }
            Some(b',') if quoted_name => {
                self.at += 1;
                Some(b',')
            }
            Some(b'(') if self.at == from => {
                self.at += 1;
                Some(b'(')
            }
            Some(b'>') if self.at == from => {
                self.at += 1;
                Some(b'>')
            }
            Some(letter) if letter.is_ascii_alphabetic() && self.at > from && self.typed_before_sign() => Some(b'='),
            _ => {
                self.at = from;
                None
            }
        }
    }

    /// `"password" value="…"`, `"name": "TOKEN", "value": "…"`
    fn value_beside(&mut self) -> Option<u8> {
        let from = self.at;
        let end = self.bytes.len().min(self.at + 24);
        while self.at < end && matches!(self.bytes[self.at], b' ' | b'\t' | b'\n' | b'\r' | b',' | b'"' | b'\'' | b'\\') {
            self.at += 1;
        }
        if self.take("value") || self.take("Value") {
            let end = self.bytes.len().min(self.at + 4);
            while self.at < end && matches!(self.bytes[self.at], b' ' | b'"' | b'\'' | b'\\') {
                self.at += 1;
            }
            if matches!(self.peek(), Some(b'=' | b':')) {
                self.at += 1;
                return Some(b'=');
            }
        }
        self.at = from;
        None
    }

    /// `: str =`
    fn typed(&mut self) {
        let line = &self.bytes[self.at..self.bytes.len().min(self.at + 32)];
        let kind = line.iter().take_while(|byte| byte.is_ascii_alphabetic() || b" &[]'.?<>".contains(byte)).count();
        if kind > 0
            && line.get(kind) == Some(&b'=')
            && line.get(kind + 1) != Some(&b'=')
            && line[..kind].iter().any(u8::is_ascii_alphabetic)
        {
            self.at += kind + 1;
        }
    }

    /// `token string = `
    fn typed_before_sign(&mut self) -> bool {
        let line = &self.bytes[self.at..self.bytes.len().min(self.at + 24)];
        let kind = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"*[]".contains(byte)).count();
        let gap = line[kind..].iter().take_while(|byte| **byte == b' ').count();
        let sign = &line[kind + gap..];
        let length = if sign.starts_with(b":=") { 2 } else { usize::from(sign.starts_with(b"=")) };
        let found = kind > 0 && length > 0;
        if found {
            self.at += kind + gap + length;
        }
        found
    }

    /// No sign: an argument of a command or of a line of settings, or a sentence.
    fn sentence(&mut self, name: &Range<usize>) -> Option<Written> {
        if !matches!(self.peek(), Some(b' ' | b'\t')) {
            return None;
        }
        let line_start = self.bytes[name.start.saturating_sub(200)..name.start].iter().rposition(|byte| *byte == b'\n');
        let line_start = line_start.map_or(name.start.saturating_sub(200), |at| name.start.saturating_sub(200) + at + 1);
        let before = self.text[self.text.ceil_char_boundary(line_start)..name.start].trim_start();
        self.spaces(4);
        let command = before.ends_with("--") || before.ends_with(" -") || before.ends_with("/p:");
        let settings = before.starts_with("ENV ") || before.contains("login ") || before.contains("machine ") || before.starts_with("ARG ");
        let alone = before.is_empty() && self.text[name.clone()].contains("pass");
        if command || settings || alone && self.text[name.clone()].starts_with("requirepass") {
            return Some(Written::Bare);
        }
        for _ in 0..3 {
            let word = self.bytes[self.at..].iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let spoken = self.text.get(self.at..self.at + word)?;
            if word == 0
                || !BETWEEN.iter().any(|between| spoken.eq_ignore_ascii_case(between))
                || !matches!(self.bytes.get(self.at + word), Some(b' ' | b':' | b'='))
            {
                break;
            }
            self.at += word;
            if matches!(self.peek(), Some(b':' | b'=')) {
                self.at += 1;
            }
            self.spaces(2);
        }
        Some(Written::Said)
    }

    /// The value and whether it stands in quotes.
    fn value(&mut self) -> Option<(Range<usize>, bool)> {
        for opener in ["(", "[", "{", "["] {
            // `password=("x")`, `tokens: ["x"]`
            if self.bytes[self.at..].starts_with(opener.as_bytes()) && matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\'')) {
                self.at += 1;
            }
        }
        let prefixed = matches!(self.peek(), Some(b'b' | b'r' | b'u' | b'@' | b'B' | b'R'))
            && matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\''));
        self.at += usize::from(prefixed);
        let escaped = self.peek() == Some(b'\\') && matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\''));
        let quote = match self.bytes.get(self.at + usize::from(escaped)) {
            Some(quote @ (b'"' | b'\'' | b'`')) => Some(*quote),
            _ => None,
        };
        if let Some(quote) = quote {
            self.at += 1 + usize::from(escaped);
            // Three of them open a text of several lines.
            while self.peek() == Some(quote) && self.bytes.get(self.at + 1) == Some(&quote) {
                self.at += 2;
            }
        }
        if quote.is_some() || self.bytes[self.at..].iter().take(20).any(|byte| *byte == b' ') {
            for scheme in SCHEMES {
                if self.take(scheme) {
                    self.spaces(2);
                }
            }
        }
        let window = &self.bytes[self.at..self.bytes.len().min(self.at + VALUE_BYTES)];
        let length = match quote {
            Some(quote) if escaped => {
                (0..window.len()).find(|at| window[*at] == b'\n' || window[*at] == b'\\' && window.get(at + 1) == Some(&quote))
            }
            Some(quote) => {
                (0..window.len()).find(|at| window[*at] == b'\n' || window[*at] == quote && (*at == 0 || window[at - 1] != b'\\'))
            }
            None => window.iter().position(|byte| byte.is_ascii_whitespace() || b"\"'`;,)}]<>&\\".contains(byte)),
        };
        // A quote that never closes is none.
        let length = match (quote, length) {
            (Some(_), None) if window.len() == VALUE_BYTES => return None,
            (_, length) => length.unwrap_or(window.len()),
        };
        let (start, end) = (self.text.ceil_char_boundary(self.at), self.text.floor_char_boundary(self.at + length));
        (start < end).then_some((start..end, quote.is_some()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    /// The value under the first name in `text` that has `word` in it.
    fn value<'a>(text: &'a str, word: &str) -> Option<(&'a str, Written)> {
        let at = text.find(word).unwrap();
        assigned(text, name_around(text, at, at + word.len())).map(|found| (&text[found.value], found.written))
    }

    #[test]
    fn one_value_in_many_dialects() {
        for text in [
            r#"password = "Zq8!kfR2""#,
            r#""db_password": "Zq8!kfR2","#,
            r"{'password': 'Zq8!kfR2'}",
            r#"{\"password\": \"Zq8!kfR2\"}"#,
            "export DB_password=Zq8!kfR2",
            "password: Zq8!kfR2\nuser: me",
            "password:\n  Zq8!kfR2\n",
            r#"const password: string = "Zq8!kfR2";"#,
            r#"var password string = "Zq8!kfR2""#,
            r#"let password: &str = "Zq8!kfR2";"#,
            r#"password := "Zq8!kfR2""#,
            r#"'password' => 'Zq8!kfR2',"#,
            "<password>Zq8!kfR2</password>",
            r#"<add key="password" value="Zq8!kfR2" />"#,
            r#"{"name": "DB_password", "value": "Zq8!kfR2"}"#,
            "mysql --password Zq8!kfR2 -h db",
            "mysql --password=Zq8!kfR2 -h db",
            "machine a.b login me password Zq8!kfR2",
            "ENV password Zq8!kfR2",
            "jdbc:x://h/d?user=me&password=Zq8!kfR2&ssl=true",
            "Server=db;password=Zq8!kfR2;Encrypt=yes",
            r#"config.set("password", "Zq8!kfR2")"#,
            r#"if password == "Zq8!kfR2":"#,
        ] {
            let (value, written) = value(text, "password").unwrap_or_else(|| panic!("{text}"));
            assert_eq!(value, "Zq8!kfR2", "{text}");
            assert_ne!(written, Written::Said, "{text}");
        }
    }

    #[test]
    fn sentences_are_read_with_care() {
        assert_eq!(value("The password is Zq8!kfR2 for now", "password"), Some(("Zq8!kfR2", Written::Said)));
        assert_eq!(value("Authorization: Bearer abcdef", "Authorization"), Some(("abcdef", Written::Bare)));
        assert_eq!(value("your password must be long", "password").map(|found| found.1), Some(Written::Said));
        assert_eq!(value("password", "password"), None);
        assert_eq!(value("password=", "password"), None);
        assert_eq!(value("password = os.environ[\"X\"]", "password").map(|found| found.0), Some("os.environ["));
        assert_eq!(value("password = ask(\"X\")", "password").map(|found| found.0), Some("ask("));
        assert_eq!(value("key_id=abc", "key"), None);
    }

    #[test]
    fn a_name_may_have_two_words() {
        assert_eq!(&"my API key: x"[name_around("my API key: x", 7, 10)], "API key");
        assert_eq!(&"--api-key x"[name_around("--api-key x", 6, 9)], "api-key");
    }
}
