//! What a text holds that can be followed through a run: numbers, identifiers, names; and the words it shares with another.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use xxhash_rust::xxh3::xxh3_64;

/// Shortest identifier of letters and digits: shorter ones (`v2`, `h1`) are everywhere.
const SHORTEST_IDENTIFIER: usize = 4;

/// Shortest word compared: shorter ones carry no subject.
const SHORTEST_WORD: usize = 3;

/// Words that any request holds, whatever it is about.
const EVERYWHERE: &[&str] = &[
    "the", "and", "for", "with", "that", "this", "from", "what", "which", "was", "were", "are", "you", "your", "have", "has", "had", "how",
    "many", "much", "did", "does", "who", "when", "where", "their", "they", "there", "into", "about", "than", "then", "them", "will",
    "would", "could", "should", "can", "not", "all", "any", "its", "our", "please",
];

/// Visits the values of a text: numbers of two characters or more, identifiers with letters and digits in them, names of two or more
/// capitalised words. Equal values have equal numbers; thousands separators do not count.
pub(super) fn values(text: &str, mut visit: impl FnMut(u64, &str)) {
    let bytes = text.as_bytes();
    // The name being put together: where it began, where its last word ended, how many words.
    let mut name: Option<(usize, usize, usize)> = None;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        let mut digits = 0;
        let mut letters = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            let next_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            match byte {
                b'0'..=b'9' => digits += 1,
                b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
                b'_' => {}
                b',' | b'.' if letters == 0 && next_digit => {}
                b'-' if letters > 0 && next_digit => {}
                _ => break,
            }
            at += 1;
        }
        let token = text.get(start..at).unwrap_or_default();
        let foreign = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii());
        let capitalised = letters > 1
            && digits == 0
            && bytes[start].is_ascii_uppercase()
            && token[1..].bytes().all(|byte| byte.is_ascii_lowercase())
            && !foreign(bytes.get(at));
        if capitalised {
            name = match name {
                Some((begin, end, words)) if end + 1 == start && matches!(bytes[end], b' ' | b'-') => Some((begin, at, words + 1)),
                before => {
                    finish(text, before, &mut visit);
                    Some((start, at, 1))
                }
            };
            continue;
        }
        finish(text, name.take(), &mut visit);
        if letters == 0 && digits >= 2 {
            visit(number(token), token);
        } else if letters > 0 && digits > 0 && token.len() >= SHORTEST_IDENTIFIER {
            visit(xxh3_64(token.as_bytes()), token);
        }
    }
    finish(text, name, &mut visit);
}

/// Whether a value is an identifier: letters and digits in one.
pub(super) fn is_identifier(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn finish(text: &str, name: Option<(usize, usize, usize)>, visit: &mut impl FnMut(u64, &str)) {
    if let Some((start, end, 2..)) = name
        && let Some(name) = text.get(start..end)
    {
        visit(xxh3_64(name.as_bytes()), name);
    }
}

/// A number without its separators.
fn number(token: &str) -> u64 {
    const LONGEST: usize = 32;
    let mut plain = [0_u8; LONGEST];
    let mut length = 0;
    for byte in token.bytes().filter(|byte| !matches!(byte, b',' | b'_')).take(LONGEST) {
        plain[length] = byte;
        length += 1;
    }
    xxh3_64(&plain[..length])
}

/// A set of values or words. They are numbers that were drawn evenly already, so a fast hash does.
pub(super) type Marks = HashSet<u64, FixedState>;

/// Visits the words of a text in small letters, as numbers: letters and digits, three or more.
pub(super) fn words(text: &str, mut visit: impl FnMut(u64)) {
    // FNV-1a: the words are short, and what they are compared with is a request's own.
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let (mut word, mut length) = (START, 0_usize);
    for byte in text.bytes().chain(std::iter::once(b' ')) {
        if byte.is_ascii_alphanumeric() {
            word = (word ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
            length += 1;
        } else if length > 0 {
            if length >= SHORTEST_WORD {
                visit(word);
            }
            (word, length) = (START, 0);
        }
    }
}

/// The words that say what a text is about: all but those that are everywhere.
pub(super) fn subject<'t>(parts: impl Iterator<Item = &'t str>) -> Marks {
    let mut subject = Marks::default();
    parts.for_each(|part| {
        words(part, |word| {
            subject.insert(word);
        });
    });
    EVERYWHERE.iter().for_each(|everywhere| {
        words(everywhere, |word| {
            subject.remove(&word);
        });
    });
    subject
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        values(text, |_, value| found.push(value.to_owned()));
        found
    }

    #[test]
    fn numbers_identifiers_and_names() {
        assert_eq!(found("Order #W9711842 of Yusuf Rossi: $1,250.50, 3 items."), ["W9711842", "Yusuf Rossi", "1,250.50"]);
        assert_eq!(found("user mia_li_3668 paid by A-1182 on 2023-05-14"), ["mia_li_3668", "A-1182", "2023", "05", "14"]);
        assert_eq!(found("The answer is No. Berlin, Paris"), Vec::<String>::new());
        assert_eq!(found("Ada Lovelace-King met Alan Turing"), ["Ada Lovelace-King", "Alan Turing"]);
    }

    #[test]
    fn separators_do_not_make_another_number() {
        let mut seen = Vec::new();
        values("5,200,000 5200000", |value, _| seen.push(value));
        assert_eq!(seen[0], seen[1]);
    }

    #[test]
    fn the_subject_is_told_by_words_that_are_not_everywhere() {
        assert_eq!(subject(["What is the NASA award?"].into_iter()), subject(["nasa AWARD"].into_iter()));
        assert_eq!(subject(["How much did they all have?"].into_iter()).len(), 0);
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_through(text in "\\PC*") {
            values(&text, |_, value| assert!(value.len() >= 2));
            words(&text, |_| {});
        }
    }
}
