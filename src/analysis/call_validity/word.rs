//! Words as they are compared: small letters, endings cut off, kept as one number each.

use std::sync::LazyLock;

/// Endings, the first that fits is cut off where three letters remain; so *restaurant* and *restaurants* are one word.
const ENDINGS: &[&str] = &["ations", "ation", "ings", "ing", "ies", "ers", "ed", "es", "er", "ly", "s", "e", "y"];

/// Letters of a word that are looked at: longer runs of letters are data, not words.
const LONGEST: usize = 48;

/// Words of any request, which tell nothing of what is asked for.
const COMMON: &str = "a an the of to in on for with is are was were be been it its this that these those i you he she they my your me \
    we our us can could would will please do does did have has had not no yes if but so as at by from about what which who whom how \
    when where why there here just any all am get give find tell want need like know let also and or then using use given based \
    following provide show make help calculate compute determine more per each every both into between than them their his her up \
    out over s t same value values number numbers first second third finally lastly next another after before one two three four five";

/// A word without its ending, as one number: equal for words that are alike, and, but for chance, for no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Stem(u64);

/// FNV-1a over small letters, which goes on from a beginning.
fn hash(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |so_far, byte| (so_far ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3))
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

static COMMON_WORDS: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let mut words: Vec<u64> = COMMON.split_whitespace().map(|word| hash(SEED, word.as_bytes())).collect();
    words.sort_unstable();
    words.into()
});

static COMMON_STEMS: LazyLock<Stems> = LazyLock::new(|| COMMON.split_whitespace().map(stem).collect());

/// The bytes of a word that belong to its ending.
fn ending(word: &[u8]) -> usize {
    let ends = |ending: &&&str| {
        let at = word.len().checked_sub(ending.len()).filter(|rest| *rest >= 3);
        at.is_some_and(|at| word[at..].eq_ignore_ascii_case(ending.as_bytes()))
    };
    ENDINGS.iter().find(ends).map_or(0, |ending| ending.len())
}

/// The stem of one word.
pub(super) fn stem(word: &str) -> Stem {
    stem_of(word).0
}

/// The stem, and whether the word is one that tells nothing.
pub(super) fn stem_of(word: &str) -> (Stem, bool) {
    let bytes = &word.as_bytes()[..word.len().min(LONGEST)];
    let kept = bytes.len() - ending(bytes);
    let stem = hash(SEED, &bytes[..kept]);
    let common = bytes.len() <= 9 && COMMON_WORDS.binary_search(&hash(stem, &bytes[kept..])).is_ok();
    (Stem(stem), common)
}

/// A set of stems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stems(Vec<Stem>);

impl FromIterator<Stem> for Stems {
    fn from_iter<I: IntoIterator<Item = Stem>>(stems: I) -> Self {
        let mut stems: Vec<Stem> = stems.into_iter().collect();
        stems.sort_unstable();
        stems.dedup();
        Self(stems)
    }
}

impl Stems {
    /// The words of a text; numbers are none.
    pub(super) fn of(text: &str) -> Self {
        words(text).map(stem).collect()
    }

    /// The words that tell something.
    pub(super) fn telling(text: &str) -> Self {
        words(text).map(stem).filter(|stem| !COMMON_STEMS.has(*stem)).collect()
    }

    pub(super) fn has(&self, stem: Stem) -> bool {
        self.0.binary_search(&stem).is_ok()
    }

    /// Whether every one of them is among the others.
    pub(super) fn all_in(&self, others: &Self) -> bool {
        self.0.iter().all(|stem| others.has(*stem))
    }

    /// Whether one of them is among the others.
    pub(super) fn any_in(&self, others: &Self) -> bool {
        self.0.iter().any(|stem| others.has(*stem))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Stem> + '_ {
        self.0.iter().copied()
    }
}

/// Whether a byte belongs to a word: letters, and all beyond ASCII but what begins with C2 or E2 (signs, quotation marks, dashes, arrows).
pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || (byte >= 0x80 && !matches!(byte, 0xC2 | 0xE2))
}

/// The bytes of the sign that begins here, which is no letter, digit or space.
pub(super) fn sign_length(byte: u8) -> usize {
    match byte {
        0xC2 => 2,
        0xE2 => 3,
        _ => 1,
    }
}

/// The end of the word that begins at a letter: where letters end, or a small one meets a capital (`startDate` is two words).
pub(super) fn word_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while end < bytes.len() && is_letter(bytes[end]) && !(bytes[end - 1].is_ascii_lowercase() && bytes[end].is_ascii_uppercase()) {
        end += 1;
    }
    end
}

/// The words of a text in order. What follows an apostrophe belongs to no word.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !is_letter(bytes[at]) {
                at += sign_length(bytes[at]);
                continue;
            }
            let start = at;
            at = word_end(bytes, start);
            let word = &text[start..at];
            at = past_apostrophe(bytes, at);
            return Some(word);
        }
        None
    })
}

/// The end of what an apostrophe hangs on to a word that ends here: `'s`, `'t`, `'re`.
pub(super) fn past_apostrophe(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at) != Some(&b'\'') || !bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase) {
        return at;
    }
    let letters = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    // A longer word after an apostrophe is a quotation, not a suffix.
    if letters <= 2 { at + 1 + letters } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        for (one, other) in [("forecast", "Forecasting"), ("restaurant", "restaurants"), ("price", "prices"), ("country", "Countries")] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert_ne!(stem("price"), stem("prime"));
    }

    #[test]
    fn names_are_split_into_words() {
        let split: Vec<_> = words("get_startDate, the user's 3rd “été” – °").collect();
        assert_eq!(split, ["get", "start", "Date", "the", "user", "rd", "été"]);
    }

    #[test]
    fn common_words_tell_nothing() {
        assert!(stem_of("Please").1);
        assert!(!stem_of("weather").1);
        assert!(Stems::telling("the value of all").is_empty());
        assert!(Stems::of("weather in Rome").all_in(&Stems::of("What is the weather in Rome?")));
    }
}
