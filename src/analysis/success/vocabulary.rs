//! The words that say something about how a run goes, compiled once.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

/// A way of saying something, as an expression that ignores case; letters, digits and word ends are ASCII's.
pub(super) struct Phrase(LazyLock<Option<Regex>>);

impl Phrase {
    /// Whether the text says it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|phrase| phrase.is_match(text.as_bytes()))
    }

    /// How often the text says it.
    pub(super) fn count_in(&self, text: &str) -> usize {
        self.0.as_ref().map_or(0, |phrase| phrase.find_iter(text.as_bytes()).count())
    }
}

macro_rules! phrases {
    ($( $(#[$doc:meta])* $name:ident = $pattern:expr; )+) => {
        $( $(#[$doc])* pub(super) static $name: Phrase = Phrase(LazyLock::new(|| compiled($pattern))); )+

        /// All of them, for the test that compiles each.
        #[cfg(test)]
        const ALL: &[&Phrase] = &[ $( &$name, )+ ];
    };
}

/// The patterns are constants and a test compiles each, so `None` is never taken.
fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).case_insensitive(true).unicode(false).build().ok()
}

phrases! {
    /// More than one thing is wanted.
    ALSO = r"\b(?:also|another|both|all (?:of )?(?:my|the|them)|as well|in addition|each|every|additionally|other)\b";
    /// The best of several is wanted.
    SUPERLATIVE = r"\b(?:cheapest|lowest|highest|most expensive|least expensive|earliest|latest|fastest|shortest|longest|best|largest|smallest|biggest|most|least|maximum|minimum|closest|nearest)\b";
    /// A figure is wanted.
    ASKS_FIGURE = r"\b(?:how much|how many|total|what is the|what's the|tell me|price|cost|refund amount|difference|sum|save)\b";
    /// It depends.
    CONDITION = r"\bif\b";
    /// A question.
    QUESTION = r"^\s*(?:what|which|who|how|when|where)\b|\?\s*$";
    /// Thanks and good-byes: nothing is left to answer.
    CLOSING = r"\b(?:thank(?:s| you)|appreciate|perfect|great|wonderful|awesome|bye|goodbye|no,? that)\b";
    /// Something was done.
    DONE = r"\b(?:has been|have been|successfully|is now|are now|all set|i(?:'ve|’ve| have) (?:[a-z]+ )?(?:cancel|updat|chang|book|process|submitt|schedul|record|remov|add|issu|refund|sent|modif)|(?:was|were) (?:cancel|updat|chang|book|process|submitt|schedul|record|remov|added|issu|refund)|(?:recorded|ordered|placed|completed|submitted)\b)";
    /// Something waits for the user.
    PENDING = r#"please (?:confirm|reply|let me know|provide|choose|pick|tell|share)|would you like|do you (?:want|confirm|wish)|shall i|should i|reply (?:with )?(?:"|“|')?yes|before i (?:submit|proceed|make|book|place|can)|not (?:yet )?(?:booked|scheduled|placed|submitted)|once you confirm|to proceed|ready to"#;
}

/// Verbs of tools that make something new.
pub(super) const CREATING: &[&str] = &["book", "create", "schedule", "issue", "send", "open", "place", "register", "add"];

/// How the names of tools that hand over call a person.
pub(super) const PERSON: &[&str] = &["human", "humans", "person", "representative", "operator", "supervisor", "staff"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_compiles() {
        assert!(ALL.iter().all(|phrase| phrase.0.is_some()));
    }

    #[test]
    fn done_is_not_pending() {
        assert!(DONE.is_in("Your order has been cancelled.") && !PENDING.is_in("Your order has been cancelled."));
        assert!(PENDING.is_in("Would you like me to cancel it?") && !DONE.is_in("Would you like me to cancel it?"));
        assert!(PENDING.is_in("Reply “yes” and I will book it."));
    }

    #[test]
    fn words_are_whole_words() {
        assert!(CONDITION.is_in("If it is late, cancel it") && !CONDITION.is_in("modify the gift"));
        assert_eq!(ALSO.count_in("Also cancel both, and all my others"), 3);
        assert_eq!(SUPERLATIVE.count_in("the cheapest, or the latest; almost any"), 2);
    }
}
