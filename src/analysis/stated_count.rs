//! Counts that a text states against what a tool returned: "there are 11 options" where the list has twelve.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use super::excerpt;

/// Bytes of a text in which the count is looked for: an answer states it at once.
const STATED_BYTES: usize = 400;

/// How deep a result is looked into.
const DEEPEST: usize = 6;

/// How many parts of a result are looked at: more than a model reads.
const MOST_PARTS: usize = 20_000;

/// Flags by which parts of a list are counted.
const FLAGS: &[&str] = &["available", "in_stock", "active", "success", "enabled", "open", "valid"];

/// Smaller lists are not taken for what was counted: their sizes lie too close to all small numbers.
const SMALLEST_LIST: usize = 4;

/// What is measured and not counted off a list.
const MEASURES: &[&str] = &[
    "seconds",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "dollars",
    "euros",
    "cents",
    "percents",
    "points",
    "miles",
    "meters",
    "kilometers",
    "pounds",
    "inches",
    "seats",
    "stops",
    "bags",
    "passengers",
    "adults",
    "pieces",
    "tokens",
    "pages",
    "steps",
    "times",
];

// "there are 11 available T-shirt options": who has or finds, the number, at most three words, the things in the plural.
static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i-u)\b(?:there (?:are|were)|(?:we|you|i|it|they|store|list|result) (?:currently |now )?(?:have|has|offers?|found|shows?|contains?)|found)",
        r"(?: currently| exactly| a total of)? (\d{1,3}) ((?:[a-z][a-z\-]* ){0,3}?)([a-z\-]+s)\b"
    ))
    .ok()
});

/// A count that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The count stated.
    pub(crate) stated: usize,
    /// Of what, in the words of the text.
    pub(crate) of: String,
    /// The size nearest to it that the result has.
    pub(crate) nearest: usize,
}

/// The count that a text states wrongly of a result: of things in the plural, equal to no size and no number in the result, and off a
/// list's size by a fifth at most, as counts are that went wrong; a number further off counts something else.
pub(crate) fn misread(text: &str, result: &Value) -> Option<Misread> {
    let text = excerpt::head(text, STATED_BYTES);
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let found = STATED.as_ref()?.captures(text)?;
    let (number, between, things) = (found.get(1)?.as_str(), found.get(2)?.as_str(), found.get(3)?.as_str());
    let stated: usize = number.parse().ok().filter(|count| *count > 1)?;
    if MEASURES.iter().any(|measure| measure.eq_ignore_ascii_case(things)) {
        return None;
    }
    let sizes = countable(result)?;
    let nearest = sizes.iter().copied().filter(|size| *size >= SMALLEST_LIST).min_by_key(|size| size.abs_diff(stated))?;
    let close = nearest.abs_diff(stated) <= (nearest / 5).max(1);
    (close && !sizes.contains(&stated) && !holds_number(result, stated, 0)).then(|| Misread {
        stated,
        of: format!("{between}{things}"),
        nearest,
    })
}

/// Every count that a statement about this result may rightly give: the sizes of its lists and objects, and how many parts of one carry a
/// flag. `None` where there is nothing to count, or too much.
fn countable(result: &Value) -> Option<BTreeSet<usize>> {
    let mut sizes = BTreeSet::new();
    let mut room = MOST_PARTS;
    gather(result, 0, &mut sizes, &mut room);
    (room > 0 && !sizes.is_empty()).then_some(sizes)
}

fn gather(value: &Value, depth: usize, sizes: &mut BTreeSet<usize>, room: &mut usize) {
    let parts: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(entries) => entries.values().collect(),
        _ => return,
    };
    *room = room.saturating_sub(parts.len());
    if depth > DEEPEST || *room == 0 {
        return;
    }
    sizes.insert(parts.len());
    for flag in FLAGS {
        let mut told = parts.iter().filter_map(|part| part.get(flag)).peekable();
        if told.peek().is_some() {
            sizes.insert(told.filter(|value| value.as_bool() == Some(true)).count());
        }
    }
    parts.into_iter().for_each(|part| gather(part, depth + 1, sizes, room));
}

/// Whether a result gives this number itself: then it is quoted, not counted. Only asked of results that are not too large.
fn holds_number(value: &Value, number: usize, depth: usize) -> bool {
    match value {
        Value::Number(own) => own.as_u64() == u64::try_from(number).ok(),
        Value::String(text) => text.trim().parse() == Ok(number),
        Value::Array(items) => depth <= DEEPEST && items.iter().any(|item| holds_number(item, number, depth + 1)),
        Value::Object(entries) => depth <= DEEPEST && entries.values().any(|item| holds_number(item, number, depth + 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shirts(available: usize, sold_out: usize) -> Value {
        json!({"variants": (0..available + sold_out).map(|n| json!({"available": n < available})).collect::<Vec<_>>()})
    }

    #[test]
    fn a_count_that_misses_the_list_by_little() {
        let misread = misread("Currently, there are 11 available T-shirt options.", &shirts(10, 2));
        assert_eq!(misread, Some(Misread { stated: 11, of: "available T-shirt options".to_owned(), nearest: 10 }));
    }

    #[test]
    fn counts_that_hold_or_count_something_else() {
        for right in [
            "There are 12 options.",
            "There are 10 available options.",
            "There are 2 sizes left.",
            "There are 40 shops in town.",
            "There are 11 days left to return it.",
            "Size 11 options are sold out.",
            "Your refund of 11 dollars is on its way.",
        ] {
            assert_eq!(misread(right, &shirts(10, 2)), None, "{right}");
        }
        assert_eq!(misread("There are 11 places left.", &json!({"places": 11, "flights": vec![0; 12]})), None, "the result says so itself");
        assert_eq!(misread("There are 11 options.", &json!("eleven")), None);
    }

    #[test]
    fn results_too_large_to_count_are_left_alone() {
        assert_eq!(misread("There are 19999 options.", &json!(vec![json!([0]); MOST_PARTS + 1])), None);
    }
}
