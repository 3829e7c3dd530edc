//! JSON for answers: characters that could act on a terminal or hide text are written as escapes, so nothing is lost and nothing acts.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

/// `value` as JSON in which no control, direction or invisible character stands raw.
pub(super) fn to_vec<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Guarded(CompactFormatter)))?;
    Ok(bytes)
}

/// A JSON text with the same characters escaped. They can stand only inside strings there, so the meaning stays.
pub(super) fn guard(json: &str) -> Cow<'_, str> {
    if !json.chars().any(acts) {
        return Cow::Borrowed(json);
    }
    let mut guarded = String::with_capacity(json.len() + 64);
    for character in json.chars() {
        // White space between values is no part of a string, where it would be escaped already.
        if acts(character) { escape(character, &mut guarded) } else { guarded.push(character) }
    }
    Cow::Owned(guarded)
}

/// Whether a character can act on a terminal, turn the direction of text, or stand unseen.
const fn acts(character: char) -> bool {
    matches!(character,
        '\u{7f}'..='\u{9f}'              // delete and the second set of control characters
        | '\u{ad}'                       // soft hyphen
        | '\u{61c}'                      // Arabic letter mark
        | '\u{180e}'                     // Mongolian vowel separator
        | '\u{200b}'..='\u{200f}'        // zero width, direction marks
        | '\u{2028}'..='\u{202e}'        // line and paragraph separators, direction overrides
        | '\u{2060}'..='\u{206f}'        // invisible operators, isolates
        | '\u{feff}'                     // byte order mark
        | '\u{fff9}'..='\u{fffb}'        // interlinear annotations
        | '\u{e0000}'..='\u{e007f}') // tags
}

fn escape(character: char, out: &mut String) {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

struct Guarded(CompactFormatter);

impl Formatter for Guarded {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        self.0.write_string_fragment(writer, &guard(fragment))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_escaped_and_read_back_the_same() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}gnp.exe\u{200b}\u{2066}\u{e0041}\u{7f}ü€😀\n";
        let json = String::from_utf8(to_vec(hostile).unwrap()).unwrap();
        assert!(json.chars().all(|character| character >= ' ' && !acts(character)), "{json:?}");
        assert!(json.contains("ü€😀"), "what can be seen stays as it is: {json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in any::<String>()) {
            let json = String::from_utf8(to_vec(&text).unwrap()).unwrap();
            prop_assert!(!json.chars().any(acts));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text.clone());
            let raw = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&guard(&raw)).unwrap(), text);
        }
    }
}
