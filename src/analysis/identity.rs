//! Whether two JSON values are the same, as one number: the order of an object's keys does not count.

use serde_json::{Number, Value};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Deeper values are told apart no further: decoders refuse such depths, and a stack must not be at risk.
const DEEPEST: usize = 128;

/// A number that is equal for equal values and, but for chance (one in 2⁶⁴), different for different ones.
pub(crate) fn of(value: &Value) -> u64 {
    at_depth(value, 0)
}

/// The identity of two things together, in this order.
pub(crate) fn both(one: u64, other: u64) -> u64 {
    xxh3_64_with_seed(&one.to_le_bytes(), other)
}

/// The identity of a text.
pub(crate) fn of_text(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Whole numbers by their value (5 and 5.0 are the same argument), others by their bits.
fn of_number(number: &Number) -> u64 {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), _, _) => whole.cast_unsigned(),
        (None, Some(whole), _) => whole,
        // Up to 2⁵³ a float holds every whole number exactly.
        (None, None, Some(float)) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => (float as i64).cast_unsigned(),
        (None, None, float) => float.map_or(0, f64::to_bits),
    }
}

fn at_depth(value: &Value, depth: usize) -> u64 {
    if depth > DEEPEST {
        return 0;
    }
    match value {
        Value::Null => 1,
        Value::Bool(false) => 2,
        Value::Bool(true) => 3,
        Value::Number(number) => both(4, of_number(number)),
        Value::String(text) => both(5, of_text(text)),
        Value::Array(items) => items.iter().fold(6, |so_far, item| both(so_far, at_depth(item, depth + 1))),
        // A sum does not know in which order its parts came.
        Value::Object(entries) => {
            entries.iter().fold(7_u64, |so_far, (key, item)| so_far.wrapping_add(both(of_text(key), at_depth(item, depth + 1))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_have_one_identity() {
        assert_eq!(of(&json!({"a": 1, "b": [2, null]})), of(&json!({"b": [2, null], "a": 1.0})));
    }

    #[test]
    fn different_values_have_different_ones() {
        let values = [
            json!(null),
            json!(false),
            json!(true),
            json!(0),
            json!(1),
            json!(1.5),
            json!("1"),
            json!(""),
            json!([]),
            json!({}),
            json!([1, 2]),
            json!([2, 1]),
            json!([[1], 2]),
            json!({"a": 1}),
            json!({"a": "1"}),
            json!({"a": {"b": 1}}),
            json!({"a": 1, "b": 2}),
            json!({"a": 2, "b": 1}),
            json!(9_007_199_254_740_993_u64),
            json!(9_007_199_254_740_992_u64),
            json!(-1),
        ];
        for (i, one) in values.iter().enumerate() {
            for other in &values[i + 1..] {
                assert_ne!(of(one), of(other), "{one} and {other}");
            }
        }
    }
}
