//! The request that calls answer, taken apart once: words, numbers, names, quotations, codes.

use super::{
    number::{self, Numbers, Written},
    word::{self, Stem, Stems},
};

/// What a request consists of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece<'a> {
    /// A word.
    Word {
        /// As written.
        text: &'a str,
        /// Where it begins.
        at: usize,
        /// Without its ending.
        stem: Stem,
        /// Whether it is a word of any request.
        common: bool,
    },
    /// A number.
    Number(Written),
    /// Anything else but space.
    Mark {
        /// Its first byte.
        byte: u8,
        /// Where it stands.
        at: usize,
    },
}

impl Piece<'_> {
    /// Where it begins.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Word { at, .. } | Self::Mark { at, .. } => *at,
            Self::Number(number) => number.at,
        }
    }
}

/// A request, read.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// As written, without the quotation marks around it.
    pub(super) text: &'a str,
    /// Without spaces, in small letters: values are looked for in it.
    pub(super) compact: String,
    /// All of it, in order.
    pub(super) pieces: Vec<Piece<'a>>,
    /// Its words.
    pub(super) stems: Stems,
    /// Its numbers in digits, in order.
    pub(super) numbers: Vec<Written>,
    /// Its percentages, as written: 5 for 5 %.
    pub(super) percentages: Numbers,
    /// Numbers it gives or implies: by word, by month, by period, by a change of unit.
    pub(super) implied: Numbers,
    /// The months it names, by their number less one.
    pub(super) months: [bool; 12],
    /// Whether it names a day by its distance from another: *tomorrow*, *next Friday*.
    pub(super) relative_day: bool,
    /// What was told beside it, such as the instructions: values may come from there, and nothing there asks for a call.
    pub(super) background: Option<Box<Request<'a>>>,
}

const NUMBER_WORDS: &[(&str, f64)] = &[
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("hundred", 100.0),
    ("thousand", 1e3),
    ("million", 1e6),
    ("half", 0.5),
    ("dozen", 12.0),
    ("couple", 2.0),
    ("pair", 2.0),
    ("twice", 2.0),
    ("double", 2.0),
    ("single", 1.0),
];

/// Beginnings of words that imply numbers: periods and their parts, and what starts from nothing.
const IMPLIED: &[(&str, &[f64])] = &[
    ("month", &[1.0, 12.0, 30.0]),
    ("quarter", &[4.0, 3.0]),
    ("week", &[7.0, 52.0, 1.0]),
    ("year", &[1.0, 12.0, 365.0]),
    ("annual", &[1.0, 365.0]),
    ("semi", &[2.0]),
    ("dai", &[1.0, 365.0]),
    ("day", &[1.0, 24.0]),
    ("tomorrow", &[1.0]),
    ("hour", &[60.0, 1.0]),
    ("decade", &[10.0]),
    ("centur", &[100.0]),
    ("rest", &[0.0]),
    ("ground", &[0.0]),
    ("drop", &[0.0]),
    ("fall", &[0.0]),
    ("origin", &[0.0]),
    ("next", &[1.0]),
    ("last", &[1.0]),
];

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Words that place a day by its distance from another.
const RELATIVE: &[&str] = &["today", "tomorrow", "tonight", "yesterday", "next", "this", "coming", "upcoming", "last"];

impl<'a> Request<'a> {
    /// Reads a request.
    pub(super) fn read(text: &'a str) -> Self {
        let text = text.trim().trim_matches('"');
        let pieces = pieces(text);
        let mut request = Self {
            text,
            compact: compact(text),
            stems: pieces.iter().filter_map(stem_in).collect(),
            numbers: pieces.iter().filter_map(number_in).filter(|number| !number.glued).collect(),
            pieces,
            percentages: Numbers::default(),
            implied: Numbers::default(),
            months: [false; 12],
            relative_day: false,
            background: None,
        };
        request.percentages = request.numbers.iter().filter(|number| number.percent).map(|number| number.value).collect();
        let mut implied = Vec::new();
        for piece in &request.pieces {
            let Piece::Word { text, .. } = piece else { continue };
            implied.extend(NUMBER_WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, number)| *number));
            if let Some((_, numbers)) = IMPLIED.iter().find(|(start, _)| begins(text, start)) {
                implied.extend_from_slice(numbers);
            }
            if let Some(month) = month(text) {
                request.months[month] = true;
                implied.push(month as f64 + 1.0);
            }
            request.relative_day |= RELATIVE.iter().any(|word| word.eq_ignore_ascii_case(text));
        }
        for number in request.numbers.iter().map(|number| number.value) {
            implied.extend([1.0, 0.01, 1e3, 12.0, 60.0, 7.0, 30.0, 1e-3, 1.0 / 60.0].map(|factor| number * factor));
            // Hours after noon.
            implied.push(number + 12.0);
        }
        request.implied = implied.into_iter().collect();
        request
    }

    /// It and what was told beside it.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.background.as_deref())
    }

    /// Whether a number stands in it in digits.
    pub(super) fn writes(&self, number: f64) -> bool {
        self.numbers.iter().any(|written| (written.value - number.abs()).abs() <= 1e-9 * number.abs().max(1e-3))
    }
}

/// Whether a word begins so, in any letters.
fn begins(word: &str, start: &str) -> bool {
    word.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// The month that a word names, written out or by its first three letters.
fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|name| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]))
}

pub(super) fn stem_in(piece: &Piece<'_>) -> Option<Stem> {
    if let Piece::Word { stem, .. } = piece { Some(*stem) } else { None }
}

fn number_in(piece: &Piece<'_>) -> Option<Written> {
    if let Piece::Number(number) = piece { Some(*number) } else { None }
}

/// Words, numbers and marks of a text in order.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::with_capacity(bytes.len() / 4);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if byte.is_ascii_digit() {
            let number = number::read(text, at);
            at = number.end;
            pieces.push(Piece::Number(number));
        } else if word::is_letter(*byte) {
            let end = word::word_end(bytes, at);
            let (stem, common) = word::stem_of(&text[at..end]);
            pieces.push(Piece::Word { text: &text[at..end], at, stem, common });
            at = word::past_apostrophe(bytes, end);
        } else {
            pieces.push(Piece::Mark { byte: *byte, at });
            at += word::sign_length(*byte);
        }
    }
    pieces
}

/// A text without spaces and stars, in small letters, powers written one way.
pub(super) fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    compact_into(text, &mut compact);
    compact
}

/// The same, put behind what is there.
pub(super) fn compact_into(text: &str, compact: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.peek() == Some(&'*') => {
                characters.next();
                compact.push('^');
            }
            '²' => compact.push_str("^2"),
            '*' => {}
            _ if character.is_whitespace() => {}
            _ => compact.push(character.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_said_is_implied_too() {
        let request = Request::read("Compound $5,000 at 3% quarterly for two years from May 1");
        for number in [5000.0, 0.03, 4.0, 2.0, 12.0, 5.0] {
            assert!(request.implied.has(number), "{number}");
        }
        assert!(request.percentages.has(3.0) && !request.percentages.has(5000.0));
        assert!(request.months[4] && !request.relative_day);
        assert!(request.writes(5000.0) && !request.writes(2.0));
    }

    #[test]
    fn values_are_compared_without_space_and_by_one_way_to_write_powers() {
        assert_eq!(compact("3 * x**2 + X²"), compact("3x^2+x^2"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_in_order(text in any::<String>()) {
            let request = Request::read(&text);
            prop_assert!(request.pieces.is_sorted_by_key(Piece::at));
        }
    }
}
