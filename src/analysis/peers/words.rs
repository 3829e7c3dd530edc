//! Words as numbers: what was said as a small sketch, by which two runs' requests are compared.

use serde::{Deserialize, Serialize};

/// Places of a sketch: words that fall on one place count as one, which among a few hundred words is rare.
const PLACES: usize = 4_096;

/// Words kept of a run, at most: those said most often.
const MOST_WORDS: usize = 192;

/// Letters of the shortest word that counts, unless there is a digit in it: shorter ones hold sentences together.
const SHORTEST: usize = 4;

/// One word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// A number that is the same for the same word, however it is spelt in capitals.
    pub(super) hash: u64,
    /// Its length in bytes.
    len: usize,
    /// Whether there is a digit in it.
    digit: bool,
}

/// The words of a text: letters, digits and all that is not ASCII.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut bytes = text.bytes();
    std::iter::from_fn(move || {
        let first = bytes.by_ref().find(|byte| is_of_word(*byte))?;
        let mut word = Word { hash: with_byte(START, first), len: 1, digit: first.is_ascii_digit() };
        for byte in bytes.by_ref().take_while(|byte| is_of_word(*byte)) {
            word.hash = with_byte(word.hash, byte);
            word.len += 1;
            word.digit |= byte.is_ascii_digit();
        }
        Some(word)
    })
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The start of FNV-1a: one multiplication a byte, and the same for ever, since what it makes is stored.
const START: u64 = 0xcbf2_9ce4_8422_2325;

fn with_byte(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
}

/// A text as one number, blind to capitals.
pub(super) fn hash_of(text: &str) -> u64 {
    text.bytes().fold(START, with_byte)
}

/// The upper half of a hash, which is mixed better than the lower.
pub(super) fn short(hash: u64) -> u32 {
    (mixed(hash) >> 32) as u32
}

/// FNV leaves the upper bits of short texts alike; this spreads them.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// What was said: places of words with how much each counts, by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(super) struct Sketch(Vec<(u16, u8)>);

impl Sketch {
    /// The sketch of texts together.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut counts = [0_u8; PLACES];
        for word in texts.flat_map(words).filter(|word| word.len >= SHORTEST || word.digit) {
            let count = &mut counts[(mixed(word.hash) >> 52) as usize];
            *count = count.saturating_add(1);
        }
        let mut said: Vec<(u16, u8)> =
            counts.iter().zip(0..).filter(|(count, _)| **count > 0).map(|(count, place)| (place, weight(*count))).collect();
        if said.len() > MOST_WORDS {
            said.sort_by_key(|(place, weight)| (std::cmp::Reverse(*weight), *place));
            said.truncate(MOST_WORDS);
            said.sort_unstable();
        }
        Self(said)
    }

    /// The cosine between what was said here and there: 1 for the same words as often, 0 for none in common or nothing said.
    pub(super) fn cosine(&self, other: &Self) -> f64 {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_u64;
        while let (Some((one, weight)), Some((another, other_weight))) = (left.peek(), right.peek()) {
            match one.cmp(another) {
                std::cmp::Ordering::Less => drop(left.next()),
                std::cmp::Ordering::Greater => drop(right.next()),
                std::cmp::Ordering::Equal => {
                    common += u64::from(*weight) * u64::from(*other_weight);
                    left.next();
                    right.next();
                }
            }
        }
        let lengths = self.square() * other.square();
        if lengths == 0 { 0.0 } else { (common as f64 / (lengths as f64).sqrt()).min(1.0) }
    }

    /// What it holds in memory beside itself, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of_val(self.0.as_slice())
    }

    fn square(&self) -> u64 {
        self.0.iter().map(|(_, weight)| u64::from(*weight) * u64::from(*weight)).sum()
    }
}

/// What a word counts that was said so often: 1 + ln n, in thirty-seconds.
fn weight(count: u8) -> u8 {
    (32.0 * (1.0 + f64::from(count).ln())).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(text: &str) -> Sketch {
        Sketch::of(std::iter::once(text))
    }

    #[test]
    fn words_are_compared_without_capitals_and_marks() {
        let hashes = |text: &str| words(text).map(|word| word.hash).collect::<Vec<_>>();
        assert_eq!(hashes("Cancel order #W12, please!"), hashes("cancel ORDER w12 -- please"));
        assert_eq!(hashes("  ").len(), 0);
        assert_ne!(hashes("größe"), hashes("grösse"));
    }

    #[test]
    fn likeness_of_what_was_said() {
        let one = sketch("please cancel the reservation for Tuesday");
        assert!((one.cosine(&sketch("Cancel the Reservation for tuesday, PLEASE.")) - 1.0).abs() < 1e-9);
        assert!(one.cosine(&sketch("please cancel my flight on Tuesday")) > 0.5);
        assert!(one.cosine(&sketch("what does shipping cost")).abs() < 1e-9);
        assert!(one.cosine(&sketch("")).abs() < 1e-9);
    }

    #[test]
    fn a_long_text_keeps_a_bounded_sketch_of_its_commonest_words() {
        let many: String = (0..3_000).map(|number| format!("word{number} ")).collect();
        let text = format!("{many}{}", "refund ".repeat(50));
        let kept = sketch(&text);
        assert_eq!(kept.0.len(), MOST_WORDS);
        assert!(kept.cosine(&sketch("refund")) > 0.1);
    }
}
