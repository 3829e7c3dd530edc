//! Texts of a run cut to what is looked at: the beginning and the end of long ones.

use std::{borrow::Cow, io};

use serde_json::Value;

use crate::analysis::excerpt;

/// Bytes looked at from the beginning of a text. Causes show where a step begins: what it is about, how it came back.
pub(super) const HEAD: usize = 8_192;

/// Bytes looked at from its end, where conclusions stand.
const TAIL: usize = 2_048;

/// The parts of a text that are looked at.
#[derive(Debug, Default, Clone)]
pub(super) struct Excerpt<'a> {
    /// The text, or its beginning.
    pub(super) head: Cow<'a, str>,
    /// Its end, where that is not in the beginning.
    pub(super) tail: &'a str,
}

impl Excerpt<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// Bytes of the parts.
    pub(super) fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// The parts in order, never empty ones.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        [self.head.as_ref(), self.tail].into_iter().filter(|part| !part.is_empty())
    }

    /// The part at the end.
    pub(super) fn end(&self) -> &str {
        if self.tail.is_empty() { &self.head } else { self.tail }
    }
}

/// Beginning and end of a text.
pub(super) fn cut(text: &str) -> Excerpt<'_> {
    if text.len() <= HEAD + TAIL {
        return Excerpt { head: Cow::Borrowed(text), tail: "" };
    }
    Excerpt { head: Cow::Borrowed(excerpt::head(text, HEAD)), tail: excerpt::tail(text, TAIL) }
}

/// A value as text: itself where it is one, else the beginning of its JSON.
pub(super) fn of(value: &Value) -> Excerpt<'_> {
    value.as_str().map_or_else(|| Excerpt { head: Cow::Owned(json(value)), tail: "" }, cut)
}

/// Several texts as one, by lines.
pub(super) fn joined<'a>(mut texts: impl Iterator<Item = Excerpt<'a>>) -> Excerpt<'a> {
    let Some(mut first) = texts.next() else { return Excerpt::default() };
    for more in texts {
        if first.head.len() < HEAD {
            let head = first.head.to_mut();
            head.push('\n');
            head.push_str(excerpt::head(&more.head, HEAD));
        }
        if !more.tail.is_empty() {
            first.tail = more.tail;
        }
    }
    first
}

/// The beginning of a value's JSON.
pub(super) fn json(value: &Value) -> String {
    let mut room = Room(Vec::new());
    // It fails when the room is used up, which is what it is for.
    let _ = serde_json::to_writer(&mut room, value);
    String::from_utf8(room.0).unwrap_or_else(|cut| {
        let whole = cut.utf8_error().valid_up_to();
        let mut bytes = cut.into_bytes();
        bytes.truncate(whole);
        String::from_utf8(bytes).unwrap_or_default()
    })
}

/// Takes [`HEAD`] bytes and no more.
struct Room(Vec<u8>);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(HEAD - self.0.len());
        if taken == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_texts_keep_beginning_and_end() {
        let long = format!("begin{}end", "é".repeat(40_000));
        let kept = cut(&long);
        assert!(kept.head.starts_with("begin") && kept.end().ends_with("end") && kept.len() <= HEAD + TAIL);
        assert_eq!(cut("short").parts().collect::<Vec<_>>(), ["short"]);
    }

    #[test]
    fn json_is_cut_between_characters() {
        assert_eq!(json(&json!({"a": [1, "b"]})), r#"{"a":[1,"b"]}"#);
        assert!(json(&json!(vec!["é"; 20_000])).len() <= HEAD);
    }

    #[test]
    fn texts_are_joined_by_lines() {
        assert_eq!(joined(["a", "b"].into_iter().map(cut)).head, "a\nb");
        assert!(joined(std::iter::empty()).is_empty());
    }
}
