//! When a place in a message is taken to vary: once enough messages differ there, and only there.

use super::{
    token::Token,
    words::{
        announces_a_name, is_function_word, is_method, is_qualified_name, is_state, looks_like_a_name, names_an_error, stands_before_names,
    },
};

/// Distinct words at one place before it is taken to vary.
const WORDS: usize = 5;
/// Distinct words and values where a masked value was seen at the place: one word is enough, if it is none of state.
const BESIDE_A_VALUE: usize = 2;
/// Distinct spans of several tokens before their place is taken to vary.
const SPANS: usize = 4;
/// Longest span.
pub(super) const SPAN_MAX: usize = 4;
/// Words that look like names or stand alone in brackets need so many fewer, and so do those after a word that names often follow.
const FEWER_FOR_NAMES: usize = 2;
const FEWER_AFTER_PREPOSITION: usize = 1;
/// Distinct words behind a noun that announces a name, and distinct paths of names.
const NAMES: usize = 2;
/// Words of state beyond which even their place is taken to vary.
const MORE_FOR_STATES: usize = 4;
/// Words that a span of several tokens may hold beside its value, where it is written without a space (`LOCAL(0)`); else it is a phrase, and
/// says something.
const WORDS_IN_SPAN: usize = 1;
/// Words that must agree beside the place, for words and for spans.
const AGREE_WORDS: usize = 1;
const AGREE_SPAN_WORDS: usize = 3;
/// Below so many agreeing words more evidence is needed, from so many on less.
const SHORT: usize = 3;
const MORE_FOR_SHORT: usize = 2;
const LONG: usize = 8;
const VERY_LONG: usize = 12;

/// A place: the tokens `start..end` of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How two messages of the same beginning and end compare: lengths of what they share at each side.
pub(super) fn shared(one: &[Token], other: &[Token]) -> (usize, usize) {
    let most = one.len().min(other.len());
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let back = one.iter().rev().zip(other.iter().rev()).take(most - front.min(most)).take_while(|(a, b)| a == b).count();
    (front, back)
}

/// Whether these tokens may stand at a place that varies: one word or value, or a few tokens with a value among them.
pub(super) fn can_fill(span: &[Token]) -> bool {
    match span {
        [] => false,
        [one] => one.varies() || (one.is_word() && !one.text().is_some_and(says_something)),
        [_, more @ ..] => {
            let words = count_words(span);
            let written_as_one = more.iter().all(|token| !token.spaced);
            span.len() <= SPAN_MAX && span.iter().any(Token::varies) && (words == 0 || (words <= WORDS_IN_SPAN && written_as_one))
        }
    }
}

/// Whether a word is no value wherever it stands: it joins others, names an error or the method of a request, or is a status (the only number
/// that is not masked).
fn says_something(word: &str) -> bool {
    is_function_word(word) || names_an_error(word) || is_method(word) || word.bytes().all(|b| b.is_ascii_digit())
}

/// How many distinct spans make a place of this message one that varies; `None` where too little else agrees for any number to.
pub(super) fn needed(message: &[Token], place: Place, fillers: &[&[Token]]) -> Option<usize> {
    let span = &message[place.start..place.end];
    let agreeing = count_words(message) - count_words(span);
    if agreeing < if span.len() == 1 { AGREE_WORDS } else { AGREE_SPAN_WORDS } {
        return None;
    }
    let at_start = usize::from(place.start == 0);
    let mut needed = if fillers.iter().any(|filler| filler.len() > 1) {
        SPANS
    } else {
        let mut words_before = message[..place.start].iter().rev().map(Token::text);
        // `no such table: x`
        let before = match words_before.next().flatten() {
            Some(":") => words_before.next().flatten().filter(|word| announces_a_name(word)),
            word => word,
        };
        let after: Vec<&str> = message[place.end..].iter().take(2).filter_map(Token::text).collect();
        needed_words(before, &after, agreeing, at_start, fillers)
    };
    if fillers.iter().any(|filler| matches!(filler, [one] if one.varies())) {
        let a_state = fillers.iter().any(|filler| matches!(filler, [one] if one.text().is_some_and(is_state)));
        needed = needed.min(BESIDE_A_VALUE + usize::from(a_state) + at_start);
    }
    Some(needed)
}

/// The same for a place of one word, between two others.
fn needed_words(before: Option<&str>, after: &[&str], agreeing: usize, at_start: usize, fillers: &[&[Token]]) -> usize {
    let words = || fillers.iter().filter_map(|filler| filler.first().and_then(Token::text));
    let states = words().filter(|word| is_state(word)).count();
    if states == 0 && (before.is_some_and(announces_a_name) || words().all(is_qualified_name)) {
        return NAMES;
    }
    let bracketed = matches!((before, after), (Some("(" | "[" | "{" | "<"), [")" | "]" | "}" | ">", ..]));
    let called = after == ["(", ")"];
    let mut needed = WORDS + at_start;
    if bracketed || called || 2 * words().filter(|word| looks_like_a_name(word)).count() > fillers.len() {
        needed -= FEWER_FOR_NAMES;
    }
    if before.is_some_and(stands_before_names) {
        needed -= FEWER_AFTER_PREPOSITION + usize::from(after.first().is_some_and(|word| is_function_word(word)));
    }
    if states == fillers.len() {
        needed += MORE_FOR_STATES;
    }
    if agreeing < SHORT {
        needed += MORE_FOR_SHORT;
    }
    needed.saturating_sub(usize::from(agreeing >= LONG) + usize::from(agreeing >= VERY_LONG)).max(2)
}

pub(super) fn count_words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| token.is_word()).count()
}

/// Whether a template stands for a message: tokens agree in order, and each open place is filled. All ways of filling the places are followed at
/// once, as a set of positions in the message, so that no template takes long.
pub(super) fn matches(template: &[Token], message: &[Token]) -> bool {
    if template.len() > message.len() {
        return false;
    }
    // Bit n: the tokens so far stand for the first n of the message. A message has at most 127 tokens.
    let mut reached: u128 = 1;
    for token in template {
        let mut next: u128 = 0;
        let mut left = reached;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let rest = message.get(at..).unwrap_or_default();
            if token.is_anything() {
                for length in (1..=SPAN_MAX.min(rest.len())).filter(|length| can_fill(&rest[..*length])) {
                    next |= 1 << (at + length);
                }
            } else if rest.first() == Some(token) {
                next |= 1 << (at + 1);
            }
        }
        if next == 0 {
            return false;
        }
        reached = next;
    }
    reached & (1 << message.len()) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::patterns::{skeleton::of_message, token::read};

    fn stands_for(template: &str, message: &str) -> bool {
        matches(&read(template), &of_message(message))
    }

    #[test]
    fn an_open_place_takes_a_word_or_a_value_and_no_mark() {
        assert!(stands_for("user <*> left", "user bob left"));
        assert!(stands_for("user <*> left", "user 17 left"));
        assert!(stands_for("user <*> left", "user bob(17 left"), "a few tokens with a value among them, written as one");
        assert!(!stands_for("user <*> left", "user bob 17 left"), "a phrase");
        assert!(!stands_for("user <*> left", "user not left") && !stands_for("user <*> left", "user EPERM left"));
        assert!(!stands_for("user <*> left", "user left"));
        assert!(!stands_for("user <*> left", "user big bob left"));
        assert!(!stands_for("user <*> left", "user ; left"));
        assert!(!stands_for("user <number> left", "user bob left"), "a masked value is no open place");
        assert!(stands_for("user <number> left", "user 'bob' left"), "values are alike whatever their kind");
    }

    #[test]
    fn many_open_places_take_no_longer() {
        let template = "<*> a ".repeat(60) + "b";
        let message = "x a ".repeat(60) + "c";
        let start = std::time::Instant::now();
        assert!(!matches(&read(&template), &read(&message)));
        assert!(start.elapsed() < std::time::Duration::from_secs(1));
    }

    #[test]
    fn what_two_messages_share_never_overlaps() {
        let (one, two) = (read("a a"), read("a a a"));
        let (front, back) = shared(&one, &two);
        assert!(front + back <= 2);
    }
}
