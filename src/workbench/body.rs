//! A trace as it was sent, made readable: JSON set in without being read, so that nothing in it changes; cleaned; cut where it is endless.

use crate::{
    model::ids::Sequence,
    text::{clean::clean_line, human},
};

/// Most bytes that are shown.
pub const BYTES_MOST: usize = 2 * 1024 * 1024;
/// Longest piece of a line; longer lines come in several.
const PIECE: usize = 1_000;
/// Deepest setting in, in levels: what is deeper stands there too.
const DEEPEST: usize = 40;

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, or JSON lines.
    Json,
    /// Some other text.
    Text,
    /// Not text: shown with the bytes that are none replaced.
    Binary,
}

impl Form {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Text => "text",
            Self::Binary => "not text",
        }
    }
}

/// One line, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLine {
    /// How many columns it is set in.
    pub indent: u16,
    /// Its text, cleaned.
    pub text: String,
    /// Whether it goes on the line before.
    pub goes_on: bool,
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyText {
    /// Whose it is.
    pub sequence: Sequence,
    /// What it is.
    pub form: Form,
    /// Its lines.
    pub lines: Vec<BodyLine>,
    /// Its size in bytes.
    pub total: u64,
    /// How many of them are shown.
    pub shown: u64,
}

impl BodyText {
    /// Makes a body readable. Of more than [`BYTES_MOST`] only the beginning is.
    #[must_use]
    pub fn new(sequence: Sequence, body: &[u8]) -> Self {
        let shown = body.get(..BYTES_MOST).unwrap_or(body);
        // A cut through a character is not what makes a body binary.
        let (text, form) = match std::str::from_utf8(shown) {
            Ok(text) => (std::borrow::Cow::Borrowed(text), Form::Text),
            Err(error) if error.error_len().is_none() && shown.len() < body.len() => {
                (String::from_utf8_lossy(shown.get(..error.valid_up_to()).unwrap_or_default()), Form::Text)
            }
            Err(_) => (String::from_utf8_lossy(shown), Form::Binary),
        };
        let json = form == Form::Text && text.trim_start().starts_with(['{', '[']);
        let mut page = Page::default();
        if json {
            page.json(&text);
        } else {
            for line in text.lines() {
                page.text(line);
                page.new_line(0);
            }
        }
        page.end();
        let form = if json { Form::Json } else { form };
        Self { sequence, form, lines: page.lines, total: body.len() as u64, shown: shown.len() as u64 }
    }

    /// What is left out, in a sentence; `None` where nothing is.
    #[must_use]
    pub fn cut(&self) -> Option<String> {
        let (shown, total) = (human::bytes(self.shown), human::bytes(self.total));
        (self.shown < self.total).then(|| format!("The first {shown} of {total} are shown; Y copies all of it."))
    }
}

/// The lines made so far and the one being written.
#[derive(Default)]
struct Page {
    lines: Vec<BodyLine>,
    line: String,
    level: usize,
    goes_on: bool,
}

impl Page {
    /// Sets JSON in: a line for every member and item. It is not read, so numbers, double names and mistakes stay as they were sent.
    fn json(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut level = 0_usize;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    let end = string_end(bytes, at);
                    self.text(text.get(at..end).unwrap_or(""));
                    at = end;
                    continue;
                }
                b'{' | b'[' => {
                    self.text(if *byte == b'{' { "{" } else { "[" });
                    let next = next_visible(bytes, at + 1);
                    if matches!(bytes.get(next), Some(b'}' | b']')) {
                        self.text(text.get(next..=next).unwrap_or(""));
                        at = next + 1;
                        continue;
                    }
                    level += 1;
                    self.new_line(level);
                }
                b'}' | b']' => {
                    level = level.saturating_sub(1);
                    self.new_line(level);
                    self.text(if *byte == b'}' { "}" } else { "]" });
                    if level == 0 && next_visible(bytes, at + 1) < bytes.len() {
                        self.new_line(0);
                    }
                }
                b',' => {
                    self.text(",");
                    self.new_line(level);
                }
                b':' => self.text(": "),
                b' ' | b'\t' | b'\n' | b'\r' => {}
                _ => {
                    let end = (at..bytes.len()).find(|at| {
                        matches!(bytes.get(*at), Some(b'"' | b'{' | b'[' | b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r'))
                    });
                    let end = end.unwrap_or(bytes.len());
                    self.text(text.get(at..end).unwrap_or(""));
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while self.line.len() + rest.len() > PIECE {
            let end = rest.floor_char_boundary(PIECE.saturating_sub(self.line.len()).max(4));
            self.line.push_str(rest.get(..end).unwrap_or(""));
            rest = rest.get(end..).unwrap_or("");
            if rest.is_empty() {
                return;
            }
            self.push();
            self.goes_on = true;
        }
        self.line.push_str(rest);
    }

    fn new_line(&mut self, level: usize) {
        self.push();
        self.goes_on = false;
        self.level = level;
    }

    fn push(&mut self) {
        let text = clean_line(&self.line).into_owned();
        let indent = u16::try_from(self.level.min(DEEPEST) * 2).unwrap_or(0);
        self.lines.push(BodyLine { indent, text, goes_on: self.goes_on });
        self.line.clear();
    }

    fn end(&mut self) {
        if !self.line.is_empty() || self.lines.is_empty() {
            self.push();
        }
    }
}

/// Behind the closing quote of the string that opens at a byte, or the end.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn next_visible(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len()).find(|at| bytes.get(*at).is_some_and(|byte| !byte.is_ascii_whitespace())).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn lines(body: &[u8]) -> Vec<String> {
        let body = BodyText::new(Sequence(1), body);
        body.lines.iter().map(|line| format!("{}{}", " ".repeat(usize::from(line.indent)), line.text)).collect()
    }

    #[test]
    fn json_is_set_in_and_nothing_in_it_changes() {
        let sent = br#"{"a":1.50,"a":[ ],"b":{"c":[1,"x, {y}"],"d":"q\"r"}}"#;
        assert_eq!(
            lines(sent),
            [
                r#"{"#,
                r#"  "a": 1.50,"#,
                r#"  "a": [],"#,
                r#"  "b": {"#,
                r#"    "c": ["#,
                "      1,",
                r#"      "x, {y}""#,
                "    ],",
                r#"    "d": "q\"r""#,
                "  }",
                "}"
            ]
        );
    }

    #[test]
    fn what_is_no_json_keeps_its_lines_and_nothing_steers_the_terminal() {
        assert_eq!(lines(b"one\r\ntwo\x1b[2J\n"), ["one", "two"]);
        assert_eq!(BodyText::new(Sequence(1), b"\xff\xfe{").form, Form::Binary);
        assert_eq!(lines(b""), [""]);
        assert_eq!(
            lines(b"{\"a\": \"\\u001b[2J\"\n"),
            ["{", "  \"a\": \"\\u001b[2J\""],
            "a body that breaks off is shown as far as it goes"
        );
    }

    #[test]
    fn what_is_endless_is_cut_and_says_so() {
        let body = format!("{{\"a\": \"{}\"}}", "é".repeat(BYTES_MOST));
        let read = BodyText::new(Sequence(1), body.as_bytes());
        assert_eq!((read.total, read.shown, read.form), (body.len() as u64, BYTES_MOST as u64, Form::Json));
        assert_eq!(read.cut().unwrap(), "The first 2.1 MB of 4.2 MB are shown; Y copies all of it.");
        assert!(read.lines.iter().all(|line| line.text.len() <= PIECE + 4));
        assert!(read.lines.iter().filter(|line| line.goes_on).count() > 1_000);
    }

    proptest! {
        #[test]
        fn what_is_set_in_is_the_same_json(value in prop::collection::vec(("[a-z{},:\\[\\]\" ]{0,6}", prop::collection::vec(any::<i64>(), 0..4)), 0..6)) {
            let value: Value = value.into_iter().map(|(name, list)| (name, Value::from(list))).collect();
            let read = BodyText::new(Sequence(1), value.to_string().as_bytes());
            let text: String = read.lines.iter().map(|line| line.text.as_str()).collect();
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }

        #[test]
        fn no_bytes_are_too_strange(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let read = BodyText::new(Sequence(1), &body);
            prop_assert!(read.lines.iter().all(|line| !line.text.chars().any(char::is_control)));
        }
    }
}
