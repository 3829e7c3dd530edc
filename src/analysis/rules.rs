//! What verdicts rest on: prices, and the tables of signals, compiled once and passed along.

use std::sync::Arc;

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::{
    cause::{Chooser, Signs},
    cost::PriceTable,
    domain::DomainWords,
    error_kind::ErrorKinds,
    excerpt,
    leaks::Scanner,
};

/// Bytes of instructions in which a demand for JSON is looked for.
const INSTRUCTION_BYTES: usize = 8_000;

/// How instructions demand JSON and nothing else: a verb of answering, a word that leaves no choice, and the word, in one sentence.
const DEMANDS_FOR_JSON: &[&str] = &[
    r"(?i)\b(?:respond|reply|answer|return|output)\b[^.\n]{0,60}\b(?:only|strictly|valid|nothing but)\b[^.\n]{0,40}\bjson\b",
    r"(?i)\b(?:response|reply|answer|output)\b[^.\n]{0,20}\bmust be (?:a |an )?(?:single )?(?:valid )?json\b",
];

/// The rules that make a verdict. Cheap to share behind an `Arc`, dear to make.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Prices of models.
    pub prices: PriceTable,
    pub(crate) errors: ErrorKinds,
    pub(crate) domains: DomainWords,
    pub(crate) signs: Signs,
    pub(crate) chooser: Chooser,
    /// What finds sensitive data.
    pub scanner: Arc<Scanner>,
    demands_for_json: RegexSet,
}

impl Rules {
    /// The version every verdict carries: a grade never mixes versions without saying so.
    pub const VERSION: &'static str = "2026.11.2";

    /// The rules that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        Self::with_prices(PriceTable::bundled())
    }

    /// The same with other prices.
    #[must_use]
    pub fn with_prices(prices: PriceTable) -> Self {
        // The patterns are constants and a test uses each, so the empty set is never taken.
        let demands_for_json = RegexSetBuilder::new(DEMANDS_FOR_JSON).unicode(false).build().unwrap_or_else(|_| RegexSet::empty());
        Self {
            prices,
            errors: ErrorKinds::bundled(),
            domains: DomainWords::bundled(),
            signs: Signs::bundled(),
            chooser: Chooser::bundled(),
            scanner: Arc::new(Scanner::bundled()),
            demands_for_json,
        }
    }

    /// Whether instructions demand that the answer be JSON and nothing else.
    pub(crate) fn asks_for_json(&self, instructions: &str) -> bool {
        self.demands_for_json.is_match(excerpt::head(instructions, INSTRUCTION_BYTES).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demands_are_known_and_mentions_are_not() {
        let rules = Rules::bundled();
        assert_eq!(rules.demands_for_json.len(), DEMANDS_FOR_JSON.len());
        for demand in [
            "Respond with only valid JSON.",
            "Return strictly a JSON object",
            "Output nothing but JSON",
            "Your answer must be a single JSON object",
        ] {
            assert!(rules.asks_for_json(demand), "{demand}");
        }
        for mention in ["You can read JSON files.", "Answer only questions about orders. Tools take JSON.", "The tool's output is JSON"] {
            assert!(!rules.asks_for_json(mention), "{mention}");
        }
    }
}
