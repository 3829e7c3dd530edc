//! Counts that a text states against what a tool just returned: "there are 11 options" where no list has eleven.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use crate::analysis::excerpt;

/// Bytes of a text in which the count is looked for: an answer states it at once.
const STATED_BYTES: usize = 400;

/// How deep a result is looked into.
const DEEPEST: usize = 6;

/// How many parts of a result are looked at: more than a model reads.
const MOST_PARTS: usize = 20_000;

/// Flags by which parts of a list are counted.
const FLAGS: &[&str] = &["available", "in_stock", "active", "success", "enabled", "open", "valid"];

static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)\b(\d{1,3}) (?:[a-z\-]+ ){0,2}(?:available|options?|items?|types?|kinds?|products?|results?|variants?|orders?|records?|entries|matches|different|styles?)\b|(?:total of|there are|count (?:is|of)) (\d{1,3})\b",
    )
    .ok()
});

/// The count that a text states of things found; `None` for none, and for one, which is often said of one among many.
pub(crate) fn stated(text: &str) -> Option<usize> {
    let found = STATED.as_ref()?.captures(excerpt::head(text, STATED_BYTES))?;
    let number = found.get(1).or_else(|| found.get(2))?;
    number.as_str().parse().ok().filter(|count| *count > 1)
}

/// Every count that a statement about this result may rightly give: the sizes of its lists and objects, and how many parts of one carry a
/// flag. `None` where there is nothing to count, or too much.
pub(crate) fn countable(result: &Value) -> Option<BTreeSet<usize>> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_count_of_things_is_read_and_other_numbers_are_not() {
        assert_eq!(stated("Currently, there are 11 available shirts."), Some(11));
        assert_eq!(stated("We have 4 different colours"), Some(4));
        assert_eq!(stated("I found a total of 23 hits"), Some(23));
        assert_eq!(stated("Your refund of 12 dollars is on its way"), None);
        assert_eq!(stated("There is 1 option left"), None);
    }

    #[test]
    fn lists_objects_and_flags_can_be_counted() {
        let result = json!({"variants": {"a": {"available": true}, "b": {"available": false}, "c": {"available": true}}});
        assert_eq!(countable(&result).map(|sizes| sizes.into_iter().collect::<Vec<_>>()), Some(vec![1, 2, 3]));
        assert_eq!(countable(&json!("three")), None);
        assert_eq!(countable(&json!(vec![json!([0]); MOST_PARTS + 1])), None);
    }
}
