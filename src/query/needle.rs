//! A text to look for in bodies: any white space stands for any other, and a quick look at the raw bytes spares most of them.

use std::borrow::Cow;

use regex::bytes::{Regex, RegexBuilder};

use super::glob::Glob;

/// What a condition on bodies looks for.
#[derive(Debug, Clone)]
pub struct Needle {
    glob: Glob,
    /// Found in the raw bytes of every body that holds the text, and of a few others.
    probe: Option<Regex>,
}

/// Needles are told apart by what they look for.
impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        self.glob == other.glob
    }
}

impl Eq for Needle {}

/// Ways in which a letter of ASCII can stand in a body without being there as itself: escaped, or as one of the two letters beyond ASCII
/// that become ASCII when case is taken away (the Kelvin sign and the dotted capital I), escaped or not.
const IN_DISGUISE: &str = r"\\u00[0-7]|\\u212a|\\u0130|\xE2\x84\xAA|\xC4\xB0";

impl Needle {
    pub(super) fn new(text: &str, wildcards: bool) -> Self {
        let glob = Glob::within(&spaced(text), wildcards);
        // The longest part that no format writes in another way.
        let part = glob.pieces().flat_map(|piece| piece.split(|c: char| !is_written_as_is(c))).max_by_key(|part| part.len());
        let probe = part.filter(|part| !part.is_empty()).and_then(|part| {
            let expression = format!("{}|{IN_DISGUISE}", regex::escape(part));
            RegexBuilder::new(&expression).case_insensitive(true).unicode(false).build().ok()
        });
        Self { glob, probe }
    }

    /// Whether a text holds it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.glob.matches(&spaced(text))
    }

    /// Whether a body of these bytes can hold it in any of its texts. The bytes are JSON, or a binary format that keeps texts as they are.
    #[must_use]
    pub fn may_be_in(&self, body: &[u8]) -> bool {
        self.probe.as_ref().is_none_or(|probe| probe.is_match(body))
    }
}

/// Whether a character stands for itself in JSON text, and nothing else does but for [`IN_DISGUISE`].
const fn is_written_as_is(character: char) -> bool {
    matches!(character, '!'..='~') && !matches!(character, '"' | '\\' | '/')
}

/// With one space wherever there is white space: a phrase is found across the end of a line.
fn spaced(text: &str) -> Cow<'_, str> {
    let is_space = |byte: u8| char::from(byte).is_whitespace();
    let plain = |pair: &[u8]| !is_space(pair[0]) || (pair[0] == b' ' && !is_space(pair[1]));
    let ends_plain = text.bytes().last().is_none_or(|last| last == b' ' || !is_space(last));
    if text.is_ascii() && ends_plain && text.as_bytes().windows(2).all(plain) {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len());
    let mut in_space = false;
    for character in text.chars() {
        let space = character.is_whitespace();
        if !space || !in_space {
            spaced.push(if space { ' ' } else { character });
        }
        in_space = space;
    }
    Cow::Owned(spaced)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_is_white_space_and_case_does_not_count() {
        let needle = Needle::new("must be a  Number", false);
        for text in ["it must be a number", "MUST\n  be\ta\u{a0}number"] {
            assert!(needle.is_in(text), "{text}");
        }
        assert!(!needle.is_in("mustbe a number"));
    }

    #[test]
    fn wildcards_stand_for_anything() {
        assert!(Needle::new("amount*number", true).is_in("the amount must be a number"));
        assert!(Needle::new("amount*number", true).may_be_in(b"the amount must be a number"));
        assert!(!Needle::new("amount*number", false).is_in("the amount must be a number"));
    }

    #[test]
    fn every_letter_that_becomes_ascii_without_case_is_allowed_for() {
        for character in (0x80..=0x10_ffff).filter_map(char::from_u32) {
            for small in character.to_lowercase().filter(char::is_ascii) {
                let needle = Needle::new(&small.to_string(), false);
                assert!(needle.may_be_in(character.to_string().as_bytes()), "{character:?} becomes {small:?}");
                assert!(needle.may_be_in(format!("\\u{:04x}", character as u32).as_bytes()), "{character:?} becomes {small:?}");
            }
        }
    }

    proptest! {
        /// What is in a text is never ruled out by a look at the bytes of the text as JSON, escaped little or much.
        #[test]
        fn the_quick_look_rules_out_nothing_that_is_there(
            before in "\\PC{0,6}", part in "[a-zA-Z \"\\\\/éßK\\n\\t]{1,8}|\\PC{1,8}", after in "\\PC{0,6}", escape in any::<bool>()
        ) {
            let text = format!("{before}{part}{after}");
            let mut body = serde_json::to_string(&text).unwrap();
            if escape {
                body = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            }
            let needle = Needle::new(&part, false);
            prop_assert!(needle.is_in(&text));
            prop_assert!(needle.may_be_in(body.as_bytes()));
            prop_assert!(needle.may_be_in(text.as_bytes()));
        }
    }
}
