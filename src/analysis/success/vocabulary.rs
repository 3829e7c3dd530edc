//! The phrases that say something about how a run goes, compiled once.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// One way of saying something, as an expression that ignores case.
pub(super) struct Phrase(LazyLock<Option<Regex>>);

impl Phrase {
    /// Whether the text says it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|phrase| phrase.is_match(text))
    }

    /// How often the text says it.
    pub(super) fn count_in(&self, text: &str) -> usize {
        self.0.as_ref().map_or(0, |phrase| phrase.find_iter(text).count())
    }
}

macro_rules! phrases {
    ($( $(#[$doc:meta])* $name:ident = $pattern:expr; )+) => {
        $( $(#[$doc])* pub(super) static $name: Phrase = Phrase(LazyLock::new(|| compiled($pattern))); )+
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &Phrase)] = &[ $( (stringify!($name), &$name), )+ ];
    };
}

/// The patterns are constants and a test compiles each, so `None` is never taken. Letters and digits are ASCII's: the phrases are.
fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace(r"\s", "[ \t\r\n]"))
        .case_insensitive(true)
        .build()
        .ok()
}

phrases! {
    /// More than one thing is wanted.
    ALSO = r"\b(?:also|another|both|all (?:of )?(?:my|the|them)|as well|in addition|each|every|additionally|other)\b";
    /// A figure is wanted.
    ASKS_NUMBER = r"\b(?:how much|how many|total|what is the|what's the|tell me|price|cost|refund amount|difference|sum|save)\b";
    /// It depends.
    CONDITION = r"\bif\b";
    /// A question that a value answers.
    QUESTION = r"^\s*(?:what|which|who|how|when|where)\b|\?\s*$";
    /// Thanks and good-byes: nothing is left to answer.
    CLOSING = r"\b(?:thank(?:s| you)|appreciate|perfect|great|wonderful|awesome|bye|goodbye|no,? that)\b";
    /// Something was done.
    DONE = r"\b(?:has been|have been|successfully|is now|are now|all set|i(?:['’]ve| have) (?:[a-z]+ )?(?:cancel|updat|chang|book|process|submitt|schedul|record|remov|add|issu|refund|sent|modif)|(?:was|were) (?:cancel|updat|chang|book|process|submitt|schedul|record|remov|added|issu|refund)|(?:recorded|ordered|placed|completed|submitted)\b)";
    /// Something waits for the user.
    PENDING = r#"please (?:confirm|reply|let me know|provide|choose|pick|tell|share)|would you like|do you (?:want|confirm|wish)|shall i|should i|reply (?:with )?["“']?yes|before i (?:submit|proceed|make|book|place|can)|not (?:yet )?(?:booked|scheduled|placed|submitted)|once you confirm|to proceed|ready to"#;
    /// A number.
    NUMBER = r"\$?\d[\d,]*(?:\.\d+)?";
}

/// Something a user may ask to have changed, and the roots by which a tool that does it is called.
pub(super) struct Wish {
    /// How the user says it.
    pub(super) asked: Phrase,
    /// What the name of a tool that does it holds.
    pub(super) done_by: &'static [&'static str],
}

macro_rules! wishes {
    ($( $pattern:expr => $roots:expr, )+) => {
        /// The kinds of change that are told apart.
        pub(super) static WISHES: [Wish; [ $( $pattern, )+ ].len()] = [ $( Wish { asked: Phrase(LazyLock::new(|| compiled($pattern))), done_by: $roots }, )+ ];
    };
}

wishes! {
    r"\bcancel" => &["cancel", "remove", "delete", "terminate"],
    r"\b(?:chang|modif|updat|switch|adjust|correct|edit|fix|move)" => &["modify", "update", "change", "manage", "reschedul", "edit", "set", "switch", "patch", "put"],
    r"\b(?:book\b|booked\b|schedul|reserve\b|purchase|make a reservation)" => &["book", "schedule", "create", "add", "purchase", "order"],
    r"\breturn(?:s|ed|ing)?\b" => &["return"],
    r"\b(?:exchang|swap|replace)" => &["exchange", "modify", "replace"],
    r"\b(?:upgrad|downgrad|business class|economy)" => &["update", "upgrade", "change", "modify"],
    r"\b(?:add(?:ing)?\b|extra (?:bag|checked)|checked bag)" => &["add", "update", "baggage", "manage", "create"],
    r"\b(?:remov|take off|drop\b)" => &["remove", "update", "manage", "cancel"],
    r"\b(?:refund|compensat|reimburs|certificate|voucher)" => &["refund", "cancel", "return", "certificate", "credit", "issue", "update", "modify", "exchange"],
    r"\b(?:record it|order (?:a|an|the|new)\b|place an order)" => &["post", "create", "record", "order", "place"],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_compiles() {
        assert!(ALL.iter().all(|(_, phrase)| phrase.0.is_some()));
        assert!(WISHES.iter().all(|wish| wish.asked.0.is_some()));
    }

    #[test]
    fn done_is_not_pending() {
        assert!(DONE.is_in("Your order has been cancelled.") && !PENDING.is_in("Your order has been cancelled."));
        assert!(PENDING.is_in("Would you like me to cancel it?") && !DONE.is_in("Would you like me to cancel it?"));
    }

    #[test]
    fn words_are_whole_words() {
        assert!(CONDITION.is_in("If it is late, cancel it") && !CONDITION.is_in("modify the gift"));
        assert_eq!(ALSO.count_in("Also cancel both, and all my others"), 3);
    }
}
