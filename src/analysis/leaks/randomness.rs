//! Whether a string was drawn at random: how keys and tokens are made, and how names and words are not.

use crate::analysis::linear::{LinearModel, probability_of};

/// What is measured, in the order of [`Randomness::features`]. The script that fits the model names the same.
const FEATURES: [&str; 8] = ["length", "pairs", "unlikely_pairs", "class_changes", "variety", "digits", "vowels", "longest_word"];

/// Lengths count up to this.
const MOST_LENGTH: usize = 40;

/// Runs of letters count up to this.
const MOST_WORD: usize = 12;

/// Bytes looked at: what is random is so from its beginning.
const MOST_BYTES: usize = 256;

/// The fitted model, and what letter follows what in words.
#[derive(Debug, Clone)]
pub(super) struct Randomness {
    /// Natural log-odds of a pair of letters in words against letters drawn evenly.
    pairs: Box<[[f64; 26]; 26]>,
    model: Option<LinearModel>,
}

impl Randomness {
    /// As fitted. A test reads both files, so that the empty model is never taken.
    pub(super) fn bundled() -> Self {
        let tenths: Vec<Vec<f64>> = serde_json::from_str(include_str!("../../../assets/models/letter_pairs.json")).unwrap_or_default();
        let mut pairs = Box::new([[0.0; 26]; 26]);
        for (row, read) in pairs.iter_mut().zip(&tenths) {
            for (cell, tenth) in row.iter_mut().zip(read) {
                *cell = tenth / 10.0;
            }
        }
        let model = LinearModel::read(include_str!("../../../assets/models/secret_randomness.json"), &FEATURES).ok();
        Self { pairs, model }
    }

    /// The probability that `text` was drawn at random, 0 to 1; meant for eight characters and more.
    pub(super) fn of(&self, text: &str) -> f64 {
        let bytes = &text.as_bytes()[..text.len().min(MOST_BYTES)];
        match &self.model {
            Some(model) if !bytes.is_empty() => probability_of(model.log_odds(&self.features(bytes))),
            _ => 0.0,
        }
    }

    fn features(&self, bytes: &[u8]) -> [f64; 8] {
        let length = count(bytes.len());
        let (mut odds, mut pairs, mut unlikely, mut changes) = (0.0, 0.0, 0.0, 0.0);
        for pair in bytes.windows(2) {
            if let (Some(first), Some(second)) = (letter(pair[0]), letter(pair[1])) {
                let pair_odds = self.pairs[first][second];
                odds += pair_odds;
                pairs += 1.0;
                unlikely += f64::from(pair_odds < -1.0);
            }
            changes += f64::from(changes_class(pair[0], pair[1]));
        }
        let (mut digits, mut letters, mut vowels) = (0.0, 0.0, 0.0);
        let mut seen = [0_u16; 256];
        for byte in bytes {
            seen[usize::from(*byte)] += 1;
            digits += f64::from(byte.is_ascii_digit());
            letters += f64::from(byte.is_ascii_alphabetic());
            vowels += f64::from(matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u'));
        }
        let entropy: f64 = seen.iter().filter(|times| **times > 0).map(|times| f64::from(*times) / length).map(|p| -p * p.log2()).sum();
        [
            count(bytes.len().min(MOST_LENGTH)),
            odds / (pairs + 3.0),
            unlikely / (pairs + 3.0),
            changes / (length - 1.0).max(1.0),
            entropy / count(bytes.len().clamp(2, 62)).log2(),
            digits / length,
            if letters > 0.0 { vowels / letters } else { 0.0 },
            count(longest_word(bytes).min(MOST_WORD)),
        ]
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn letter(byte: u8) -> Option<usize> {
    byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'))
}

/// From small to capital, or between letter and digit. A capital followed by a small letter begins a word and is no change.
fn changes_class(first: u8, second: u8) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let (first, second) = (class(first), class(second));
    first != second && first != 3 && second != 3 && (first, second) != (1, 0)
}

/// The longest run that could be a word: small letters with or without a first capital, or capitals.
fn longest_word(bytes: &[u8]) -> usize {
    let (mut longest, mut run, mut before) = (0, 0_usize, 0_u8);
    for &byte in bytes {
        run = match (byte.is_ascii_lowercase(), byte.is_ascii_uppercase()) {
            (true, _) if before.is_ascii_lowercase() => run + 1,
            (true, _) if before.is_ascii_uppercase() => 2,
            (_, true) if before.is_ascii_uppercase() => run + 1,
            (true, _) | (_, true) => 1,
            _ => 0,
        };
        longest = longest.max(run);
        before = byte;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_strings_are_told_from_names() {
        let randomness = Randomness::bundled();
        assert!(randomness.model.is_some());
        let pair = |first: u8, second: u8| randomness.pairs[usize::from(first - b'a')][usize::from(second - b'a')];
        assert!(pair(b't', b'h') > 0.5 && pair(b'q', b'z') < -1.0);
        for drawn in ["k3Jx9QmZ2vLp8RtW", "9f86d081884c7d659a2feaa0c55ad015", "hT7_qPz-4LmXw2RvNc8", "QZX81KDJ4MWP0RTY"] {
            assert!(randomness.of(drawn) > 0.9, "{drawn}: {}", randomness.of(drawn));
        }
        for name in ["getCustomerOrderHistory", "MAXIMUM_RETRY_COUNT", "application-settings.json", "refund_policy_2024", "spaghetti"] {
            assert!(randomness.of(name) < 0.1, "{name}: {}", randomness.of(name));
        }
        assert_eq!(randomness.of(""), 0.0);
    }

    #[test]
    fn a_word_may_begin_with_a_capital() {
        assert_eq!(longest_word(b"fooBarbaz12QUX"), 6);
        assert_eq!(longest_word(b""), 0);
        assert_eq!(longest_word(b"12345"), 0);
    }
}
