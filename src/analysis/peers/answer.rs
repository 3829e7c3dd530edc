//! What a run answered, as it can be compared: the whole as a value, else its figures, else its words.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    changes::shared,
    words::{hash_of, short, words},
};
use crate::analysis::{excerpt, identity};

/// Bytes of an answer that are looked at.
const MOST_BYTES: usize = 16_384;

/// Figures kept of an answer, and words kept of one without figures, at most.
const MOST_FIGURES: usize = 48;
const MOST_WORDS: usize = 96;

/// What answers that differ as a whole count at most: whether two wordings say the same, figures and words tell only in part.
const NOT_THE_SAME: f64 = 0.5;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Answer {
    /// The whole: the same for the same value, however it is written.
    whole: u64,
    /// The figures in it, in order.
    figures: Vec<u32>,
    /// Its words, where it has no figures, in order.
    words: Vec<u32>,
}

impl Answer {
    /// What an answer says; `None` where it is empty.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = excerpt::head(text.trim(), MOST_BYTES);
        if text.is_empty() {
            return None;
        }
        let mut figures: Vec<u32> = figures(text).map(|figure| short(figure.to_bits())).collect();
        cut(&mut figures, MOST_FIGURES);
        let mut said = Vec::new();
        if figures.is_empty() {
            said = words(text).map(|word| short(word.hash)).collect();
            cut(&mut said, MOST_WORDS);
        }
        Some(Self { whole: whole(text), figures, words: said })
    }

    /// What it holds in memory beside itself, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of_val(self.figures.as_slice()) + size_of_val(self.words.as_slice())
    }

    /// How alike two answers are: 1 for the same value, at most a half for others.
    pub(super) fn alike(&self, other: &Self) -> f64 {
        if self.whole == other.whole {
            return 1.0;
        }
        let figures = !self.figures.is_empty() || !other.figures.is_empty();
        NOT_THE_SAME * if figures { shared(&self.figures, &other.figures) } else { shared(&self.words, &other.words) }
    }
}

/// Sorted, each once, at most so many.
fn cut(values: &mut Vec<u32>, most: usize) {
    values.sort_unstable();
    values.dedup();
    values.truncate(most);
}

/// The value of an answer that is JSON, capitals aside; of any other, its words in their order.
fn whole(text: &str) -> u64 {
    let value = text.starts_with(['[', '{', '"', '-', 't', 'f']) || text.starts_with(|first: char| first.is_ascii_digit());
    let value = if value { serde_json::from_str::<Value>(&text.to_lowercase()).ok() } else { None };
    value
        .map_or_else(|| text.split_whitespace().fold(0, |so_far, word| identity::both(so_far, hash_of(word))), |value| identity::of(&value))
}

/// The numbers in a text that stand by themselves: `$1,200.50` and `7`, not the 7 of `A7`.
fn figures(text: &str) -> impl Iterator<Item = f64> + '_ {
    let bytes = text.as_bytes();
    let mut place = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(place) {
            if !byte.is_ascii_digit() {
                place += 1;
                continue;
            }
            let start = place;
            let is_part = |at: usize| {
                let digit_after = || bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || (matches!(byte, b',' | b'.') && digit_after()))
            };
            while is_part(place) {
                place += 1;
            }
            let joined = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
            let alone = !joined(start.checked_sub(1).and_then(|before| bytes.get(before))) && !joined(bytes.get(place));
            let plain: String = text[start..place].chars().filter(|character| *character != ',').collect();
            if let (true, Ok(figure)) = (alone, plain.parse::<f64>()) {
                return Some(figure);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn alike(one: &str, other: &str) -> f64 {
        Answer::of(one).unwrap().alike(&Answer::of(other).unwrap())
    }

    #[test]
    fn the_same_value_is_the_same_answer_however_it_is_written() {
        assert_eq!(alike("[97]", "[ 97.0 ]"), 1.0);
        assert_eq!(alike("Shipped  on Monday", "shipped on monday"), 1.0);
        assert!(alike("[97]", "[\"97.0\"]") < 1.0, "a text is no number");
        assert_eq!(alike("[97]", "[94]"), 0.0);
    }

    #[test]
    fn other_wordings_agree_in_part_by_their_figures_else_by_their_words() {
        assert_eq!(alike("It costs $1,200.50 in all", "[1200.5]"), NOT_THE_SAME);
        assert_eq!(alike("5 of 8", "5 of 9"), NOT_THE_SAME / 3.0);
        assert_eq!(alike("not possible", "it is not possible"), NOT_THE_SAME / 2.0);
        assert_eq!(Answer::of("  "), None);
    }

    #[test]
    fn digits_inside_names_are_no_figures() {
        assert_eq!(figures("A7, x-12, 3b, v1.2.3, 4.").collect::<Vec<_>>(), [12.0, 4.0]);
    }

    proptest! {
        #[test]
        fn any_text_is_the_same_answer_as_itself(text in ".{1,60}") {
            if let Some(answer) = Answer::of(&text) {
                prop_assert_eq!(answer.alike(&answer.clone()), 1.0);
            }
        }
    }
}
