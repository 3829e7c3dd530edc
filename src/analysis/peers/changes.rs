//! What a run changed, as it can be compared: each call that changed something and went well, by its tool and its short values.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::words::{hash_of, short};
use crate::analysis::identity;

/// Changes kept of one run, at most, each once: what differs beyond is not seen.
const MOST_CHANGES: usize = 24;

/// Values kept of one change, at most; equality is told from all.
const MOST_VALUES: usize = 24;

/// Values kept of all changes of one run, at most.
const MOST_VALUES_IN_ALL: usize = 256;

/// Parts of one call's arguments that are looked at.
const MOST_PARTS: usize = 1_024;

/// A longer value with a space in it is prose, which two runs never word alike.
const LONGEST_VALUE: usize = 40;

/// Arguments that tell why or when rather than what, by a part of their name.
const ASIDE: &[&str] =
    &["summary", "note", "reason", "text", "comment", "message", "date_time", "datetime", "timestamp", "authored", "effective", "issued"];

/// What two calls of one tool with different values have in common counts at most.
const SAME_TOOL: f64 = 0.6;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Change {
    /// The tool.
    tool: u32,
    /// Tool and values together.
    whole: u64,
    /// The values with their names, each as one number, in order.
    values: Vec<u32>,
}

impl Change {
    /// The change that a call made.
    pub(super) fn of(tool: &str, input: Option<&Value>) -> Self {
        let mut values = Vec::new();
        if let Some(input) = input {
            gather("", input, 0, &mut MOST_PARTS.clone(), &mut values);
        }
        values.sort_unstable();
        values.dedup();
        let tool = short(hash_of(tool));
        let whole = values.iter().fold(u64::from(tool), |so_far, value| identity::both(so_far, u64::from(*value)));
        values.truncate(MOST_VALUES);
        Self { tool, whole, values }
    }

    /// What it holds in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(self.values.as_slice())
    }

    /// How alike two changes are: 1 for the same, less for the same tool with other values, 0 for different tools.
    fn alike(&self, other: &Self) -> f64 {
        if self.tool != other.tool {
            return 0.0;
        }
        if self.whole == other.whole { 1.0 } else { SAME_TOOL * shared(&self.values, &other.values) }
    }
}

/// Adds a change to those of a run, unless it is there already: what is done twice is as done once.
pub(super) fn add(changes: &mut Vec<Change>, mut change: Change) {
    if changes.len() < MOST_CHANGES && changes.iter().all(|known| known.whole != change.whole) {
        let room = MOST_VALUES_IN_ALL.saturating_sub(changes.iter().map(|known| known.values.len()).sum());
        change.values.truncate(room);
        changes.push(change);
    }
}

/// How alike the changes of two runs are, 0 to 1: the likest are paired first, what is left over counts against.
pub(super) fn alike(one: &[Change], other: &[Change]) -> f64 {
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    let mut pairs = Vec::new();
    for (left, mine) in one.iter().enumerate() {
        pairs.extend(other.iter().enumerate().map(|(right, theirs)| (mine.alike(theirs), left, right)).filter(|(alike, ..)| *alike > 0.0));
    }
    pairs.sort_by(|(left, ..), (right, ..)| right.total_cmp(left));
    let (mut mine_taken, mut theirs_taken) = (0_u32, 0_u32);
    let mut sum = 0.0;
    for (alike, left, right) in pairs {
        if mine_taken & (1 << left) == 0 && theirs_taken & (1 << right) == 0 {
            mine_taken |= 1 << left;
            theirs_taken |= 1 << right;
            sum += alike;
        }
    }
    sum / (one.len() + other.len() - mine_taken.count_ones() as usize) as f64
}

/// What two sorted lists share, of all that is in either.
pub(super) fn shared<T: Ord>(one: &[T], other: &[T]) -> f64 {
    let common = one.iter().filter(|value| other.binary_search(value).is_ok()).count();
    let all = one.len() + other.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

/// The values in a call's arguments that tell what it changed.
fn gather(key: &str, value: &Value, depth: usize, room: &mut usize, values: &mut Vec<u32>) {
    const DEEPEST: usize = 64;
    if depth > DEEPEST || *room == 0 {
        return;
    }
    *room -= 1;
    let plain = match value {
        Value::Null => return,
        Value::Array(items) => return items.iter().for_each(|item| gather(key, item, depth + 1, room, values)),
        Value::Object(entries) => return entries.iter().for_each(|(key, item)| gather(key, item, depth + 1, room, values)),
        Value::Bool(flag) => u64::from(*flag),
        Value::Number(number) => number.as_f64().unwrap_or_default().to_bits(),
        Value::String(text) => match told(text) {
            Some(hash) => hash,
            None => return,
        },
    };
    if !is_aside(key) {
        values.push(short(identity::both(hash_of(key), plain)));
    }
}

/// A text that is no prose, as one number; what reads as a number is one.
fn told(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.len() > LONGEST_VALUE && text.contains(' ') {
        return None;
    }
    Some(text.parse::<f64>().map_or_else(|_| hash_of(text), f64::to_bits))
}

fn is_aside(key: &str) -> bool {
    let key = if key.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) };
    ASIDE.iter().any(|part| key.contains(part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(tool: &str, input: &Value) -> Change {
        Change::of(tool, Some(input))
    }

    #[test]
    fn values_are_what_a_change_is_and_words_about_it_are_not() {
        let plain = change("cancel_order", &json!({"order_id": "W12", "amount": 5}));
        assert_eq!(plain, change("cancel_order", &json!({"amount": "5.0", "order_id": " w12 ", "coupon": null})));
        assert_eq!(plain, change("cancel_order", &json!({"order_id": "W12", "amount": 5, "reason": "no longer needed"})));
        assert_ne!(plain, change("cancel_order", &json!({"order_id": "W13", "amount": 5})));
        assert_ne!(plain, change("return_order", &json!({"order_id": "W12", "amount": 5})));
    }

    #[test]
    fn changes_are_paired_where_they_are_likest() {
        let (cancel, refund) = (change("cancel", &json!({"id": 1})), change("refund", &json!({"id": 1, "amount": 5})));
        let less = change("refund", &json!({"id": 1, "amount": 4}));
        assert_eq!(alike(&[], &[]), 1.0);
        assert_eq!(alike(std::slice::from_ref(&cancel), &[]), 0.0);
        assert_eq!(alike(&[cancel.clone(), refund.clone()], &[refund.clone(), cancel.clone()]), 1.0);
        // One of two is the same, the other shares one of three values.
        let expected = (1.0 + SAME_TOOL / 3.0) / 2.0;
        assert!((alike(&[cancel.clone(), refund.clone()], &[less, cancel]) - expected).abs() < 1e-9);
    }

    #[test]
    fn what_is_done_twice_is_as_done_once_and_a_flood_of_changes_is_cut() {
        let mut changes = Vec::new();
        for number in 0..100 {
            add(&mut changes, change("set", &json!({"id": number / 2, "values": (0..100).collect::<Vec<_>>()})));
        }
        assert_eq!(changes.len(), MOST_CHANGES);
        assert!(changes.iter().map(|change| change.values.len()).sum::<usize>() <= MOST_VALUES_IN_ALL);
        assert_eq!(alike(&changes, &changes), 1.0);
    }
}
