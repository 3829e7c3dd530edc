//! Text tests: case does not count, `*` stands for anything.

use std::borrow::Cow;

/// A text to look for, prepared once so that testing a row is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    /// What stands between the wildcards, folded; never empty.
    pieces: Vec<String>,
    /// Whether it must cover the whole text, not only some of it.
    whole: bool,
}

impl Glob {
    /// Covers a whole text; `wildcards` tells whether `*` is one or itself.
    pub(super) fn whole(text: &str, wildcards: bool) -> Self {
        Self { pieces: pieces(text, wildcards), whole: true }
    }

    /// Lies anywhere within a text.
    pub(super) fn within(text: &str, wildcards: bool) -> Self {
        Self { pieces: pieces(text, wildcards), whole: false }
    }

    /// What stands between the wildcards, without case.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().map(String::as_str)
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let text = fold(text);
        let mut rest: &str = &text;
        let mut middle = self.pieces.as_slice();
        if self.whole {
            let [first, others @ ..] = middle else { return false };
            let Some(after) = rest.strip_prefix(first.as_str()) else { return false };
            let [between @ .., last] = others else { return after.is_empty() };
            let Some(before) = after.strip_suffix(last.as_str()) else { return false };
            (rest, middle) = (before, between);
        }
        // Taking each piece at its first place leaves the most room for the next.
        // Names and errors are short: what `str::find` prepares for each search takes longer than the search.
        middle.iter().all(|piece| match memchr::memmem::find(rest.as_bytes(), piece.as_bytes()) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

fn pieces(text: &str, wildcards: bool) -> Vec<String> {
    if wildcards { text.split('*').map(|piece| fold(piece).into_owned()).collect() } else { vec![fold(text).into_owned()] }
}

/// Without case: character by character, so that a part of a text folds as it does within the whole.
fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_texts() {
        for (pattern, text, expected) in [
            ("refund-bot", "Refund-Bot", true),
            ("refund", "refund-bot", false),
            ("refund*", "refund-bot", true),
            ("*bot", "refund-bot", true),
            ("r*d*t", "refund-bot", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("ab*bc", "abc", false),
            ("*b*b*", "abab", true),
            ("*b*b*", "ab", false),
            ("größe", "GRÖSSE", false),
            ("größe", "GRÖßE", true),
            ("", "x", false),
        ] {
            assert_eq!(Glob::whole(pattern, true).matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn parts_of_texts() {
        assert!(Glob::within("must be", true).matches("amount MUST be a number"));
        assert!(Glob::within("amount*number", true).matches("the amount must be a number, not text"));
        assert!(!Glob::within("number*amount", true).matches("the amount must be a number"));
    }

    #[test]
    fn without_wildcards_a_star_is_a_star() {
        assert!(Glob::whole("a*c", false).matches("A*C"));
        assert!(!Glob::whole("a*c", false).matches("abc"));
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_its_parts(before in "\\PC{0,9}", part in "\\PC{1,9}", after in "\\PC{0,9}") {
            let text = format!("{before}{part}{after}");
            prop_assert!(Glob::whole(&text, false).matches(&text));
            prop_assert!(Glob::within(&part, false).matches(&text));
            let around = format!("*{}*", part.replace('*', ""));
            prop_assert!(Glob::whole(&around, true).matches(&text.replace('*', "")));
        }

        /// The same answer as the plainest matcher there is, on an alphabet small enough to collide.
        #[test]
        fn it_agrees_with_a_plain_matcher(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            fn plain(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern, text) {
                    ([], []) => true,
                    ([b'*', others @ ..], _) => plain(others, text) || (!text.is_empty() && plain(pattern, &text[1..])),
                    ([one, others @ ..], [same, rest @ ..]) if one == same => plain(others, rest),
                    _ => false,
                }
            }
            prop_assert_eq!(Glob::whole(&pattern, true).matches(&text), plain(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
