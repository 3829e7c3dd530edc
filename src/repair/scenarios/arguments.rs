//! Changes of one argument of the failing call.

use serde_json::{Value, json};

use super::Change;
use crate::{
    model::scenario::Mutation,
    repair::{
        bounds,
        subject::{Subject, quoted, shortened},
    },
};

/// Fields varied when the error names none.
const FIELDS_MAX: usize = 3;

/// How deep arguments are looked into: a field, or a field of a field.
const DEPTH_MAX: usize = 2;

/// Characters of a very long text: more than fits a form field or a short column, few enough to keep in a file.
const LONG_CHARACTERS: usize = 2_000;

/// One past the largest whole number that a binary fraction holds exactly, where many programs lose the last digit.
const LARGE_NUMBER: i64 = 9_007_199_254_740_993;

/// Letters beyond ASCII, a right-to-left word, a combining accent and an emoji.
const UNICODE_TEXT: &str = "Zoë 李 שלום é 🙂";

/// The changes: those of the fields that the error names, else those of the first fields.
pub(super) fn changes(subject: &Subject<'_>) -> Vec<Change> {
    let Some(call) = subject.call() else { return Vec::new() };
    let Some(input) = call.input.as_ref() else { return Vec::new() };
    let mut fields = Vec::new();
    collect(input, String::new(), 0, &mut fields);
    let named: Vec<_> = fields.iter().filter(|(pointer, value)| names(subject.message(), pointer, value)).cloned().collect();
    let chosen = if named.is_empty() { fields.into_iter().take(FIELDS_MAX).collect() } else { named };
    // Turn by turn: the first change of every field before the second of any, so that a cut takes from each alike.
    let mut by_field: Vec<_> =
        chosen.into_iter().map(|(pointer, value)| of_field(bounds::name(&call.name), &pointer, &value).into_iter()).collect();
    let mut changes = Vec::new();
    loop {
        let round: Vec<Change> = by_field.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            return changes;
        }
        changes.extend(round);
    }
}

/// Fields with their pointers, in the order they were sent; objects are looked into, lists are not. What is too large to be repeated is passed over.
fn collect(value: &Value, pointer: String, depth: usize, fields: &mut Vec<(String, Value)>) {
    let Value::Object(map) = value else { return };
    for (name, value) in map.iter().filter(|(name, _)| bounds::name(name) == name.as_str()) {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        if depth + 1 < DEPTH_MAX && value.as_object().is_some_and(|inner| !inner.is_empty()) {
            collect(value, pointer, depth + 1, fields);
        } else if bounds::fits(value) {
            fields.push((pointer, value.clone()));
        }
    }
}

/// Whether an error names a field: by its name as a word, or by its value where that is long enough to be no accident.
fn names(message: &str, pointer: &str, value: &Value) -> bool {
    let name = field_name(pointer);
    let is_word = |(at, _): (usize, &str)| {
        let beside = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        beside(message[..at].chars().next_back()) && beside(message[at + name.len()..].chars().next())
    };
    let by_value = value.as_str().is_some_and(|text| text.chars().count() >= 3 && message.contains(text));
    (!name.is_empty() && message.match_indices(name.as_str()).any(is_word)) || by_value
}

fn field_name(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// All changes of one field that change it.
fn of_field(tool: &str, pointer: &str, from: &Value) -> Vec<Change> {
    let name = shortened(&field_name(pointer));
    variants(from)
        .into_iter()
        .filter(|(_, _, to)| to.as_ref() != Some(from))
        .map(|(kind, words, to)| Change {
            title: format!("{words} {name}"),
            given: Some(match &to {
                Some(to) => format!("{tool} is asked for with {name} = {} instead of {}", quoted(to), quoted(from)),
                None => format!("{tool} is asked for without {name}, which was {}", quoted(from)),
            }),
            mutation: Mutation { kind: kind.to_owned(), field: Some(pointer.to_owned()), from: Some(from.clone()), to },
            delay_ms: 0,
            forbidden: None,
        })
        .collect()
}

type Variant = (&'static str, &'static str, Option<Value>);

/// What a value may be turned into, most telling first: kind, words for the title, the value (`None` where the field is left out).
fn variants(from: &Value) -> Vec<Variant> {
    let mut found: Vec<Variant> = Vec::new();
    match from {
        Value::String(text) => {
            if let Some(number) = Written::of(text) {
                found.extend(number.variants());
            }
            if let Some((year, month, day)) = date(text) {
                found.push(("locale_date", "day-first date as", Some(json!(format!("{day}/{month}/{year}")))));
                found.push(("impossible_date", "impossible date as", Some(json!(format!("{year}-02-30")))));
            }
            found.push(("empty", "empty", Some(json!(""))));
            found.push(("null", "null", Some(Value::Null)));
            found.push(("wrong_type", "list instead of text as", Some(json!([text]))));
            found.push(("unicode", "unicode", Some(json!(UNICODE_TEXT))));
            found.push(("very_long", "very long", Some(json!("x".repeat(LONG_CHARACTERS)))));
        }
        Value::Number(number) => {
            let text = number.to_string();
            found.push(("comma_decimal", "comma-decimal", Some(json!(with_comma(&text)))));
            found.push(("null", "null", Some(Value::Null)));
            found.push(("wrong_type", "text instead of number as", Some(json!(text))));
            found.push(("zero", "zero", Some(json!(0))));
            let negative = number.as_i64().and_then(i64::checked_neg).map(|n| json!(n)).or_else(|| number.as_f64().map(|n| json!(-n)));
            found.push(("negative", "negative", negative.filter(|value| !text.starts_with('-') && value != from)));
            found.push(("boundary", "very large", Some(json!(LARGE_NUMBER))));
        }
        Value::Bool(value) => {
            found.push(("wrong_type", "word instead of flag as", Some(json!(if *value { "yes" } else { "no" }))));
            found.push(("null", "null", Some(Value::Null)));
        }
        Value::Array(items) => {
            found.push(("empty", "empty", Some(json!([]))));
            found.push(("null", "null", Some(Value::Null)));
            found.push(("wrong_type", "single item instead of list as", items.first().cloned()));
        }
        Value::Object(_) => {
            found.push(("empty", "empty", Some(json!({}))));
            found.push(("null", "null", Some(Value::Null)));
            found.push(("wrong_type", "text instead of object as", Some(json!(from.to_string()))));
        }
        Value::Null => found.push(("empty", "empty", Some(json!("")))),
    }
    // A kind without a value is one that this value has no room for; leaving the field out comes last and has none on purpose.
    found.retain(|(_, _, to)| to.is_some());
    found.push(("missing", "missing", None));
    found
}

/// A number written as text, with a full stop or a comma before its decimals.
struct Written {
    whole: String,
    decimals: String,
    negative: bool,
}

impl Written {
    fn of(text: &str) -> Option<Self> {
        let plain = text.trim();
        let (negative, digits) = plain.strip_prefix('-').map_or((false, plain), |rest| (true, rest));
        let (whole, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        // Long runs of digits are account or order numbers rather than amounts.
        let is_number = !whole.is_empty() && whole.len() <= 9 && decimals.len() <= 6 && all_digits(whole) && all_digits(decimals);
        is_number.then(|| Self { whole: whole.to_owned(), decimals: decimals.to_owned(), negative })
    }

    fn variants(&self) -> Vec<Variant> {
        let decimals = if self.decimals.is_empty() { "00" } else { &self.decimals };
        let sign = if self.negative { "-" } else { "" };
        let mut found: Vec<Variant> = vec![
            ("comma_decimal", "comma-decimal", Some(json!(format!("{sign}{},{decimals}", self.whole)))),
            ("point_decimal", "point-decimal", Some(json!(format!("{sign}{}.{decimals}", self.whole)))),
            (
                "thousands",
                "grouped-thousands",
                Some(json!(format!("{sign}1,{:0>3}.{decimals}", self.whole.get(..3).unwrap_or(&self.whole)))),
            ),
            ("zero", "zero", Some(json!("0"))),
        ];
        if !self.negative {
            found.push(("negative", "negative", Some(json!(format!("-{}.{decimals}", self.whole)))));
        }
        found
    }
}

/// A number as people write it where the decimal mark is a comma.
fn with_comma(number: &str) -> String {
    match number.split_once('.') {
        Some((whole, decimals)) => format!("{whole},{decimals}"),
        None => format!("{number},00"),
    }
}

/// Year, month and day of a text that begins with an ISO date.
fn date(text: &str) -> Option<(&str, &str, &str)> {
    let (year, month, day) = (text.get(0..4)?, text.get(5..7)?, text.get(8..10)?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let dashes = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    (dashes && digits(year) && digits(month) && digits(day)).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to(from: &Value, kind: &str) -> Option<Value> {
        variants(from).into_iter().find(|(found, _, _)| *found == kind).and_then(|(_, _, to)| to)
    }

    #[test]
    fn amounts_are_written_as_elsewhere() {
        assert_eq!(to(&json!("12.50"), "comma_decimal"), Some(json!("12,50")));
        assert_eq!(to(&json!("12,50"), "point_decimal"), Some(json!("12.50")));
        assert_eq!(to(&json!("12"), "comma_decimal"), Some(json!("12,00")));
        assert_eq!(to(&json!(12.5), "comma_decimal"), Some(json!("12,5")));
        assert_eq!(to(&json!("12,50"), "negative"), Some(json!("-12.50")));
        assert_eq!(to(&json!("12,50"), "thousands"), Some(json!("1,012.50")));
        assert_eq!(to(&json!("A-1182"), "comma_decimal"), None, "an id is no amount");
        assert_eq!(to(&json!("4111111111111111"), "comma_decimal"), None, "nor is a card number");
        assert_eq!(to(&json!("2026-11-22T10:00:00Z"), "locale_date"), Some(json!("22/11/2026")));
        assert_eq!(to(&json!(-3), "negative"), None, "already negative");
    }

    #[test]
    fn the_field_the_error_names_is_the_one_varied() {
        let value = json!("12,50");
        assert!(names("amount must be a number, got \"12,50\"", "/amount", &value));
        assert!(names("got \"12,50\"", "/amount", &value), "by its value");
        assert!(!names("the amounts are wrong", "/amount", &json!(1)), "not as part of a word");
        assert!(!names("no error", "/o", &json!("no")), "a short value is an accident");
        assert!(names("field a/b is missing", "/a~1b", &json!(1)));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|n| json!(n)),
            "\\PC{0,12}".prop_map(Value::from),
            "-?[0-9]{1,12}([.,][0-9]{0,8})?".prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 8, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec(("\\PC{0,6}", inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_change_changes_and_none_comes_twice(from in any_json(), name in "\\PC{0,8}") {
            let changes = of_field("tool", &format!("/{}", name.replace('~', "~0").replace('/', "~1")), &from);
            for change in &changes {
                prop_assert_ne!(change.mutation.to.as_ref(), Some(&from));
            }
            let mut kinds: Vec<_> = changes.iter().map(|change| &change.mutation.kind).collect();
            let count = kinds.len();
            kinds.sort();
            kinds.dedup();
            prop_assert_eq!(kinds.len(), count);
        }

        #[test]
        fn fields_are_found_where_their_pointers_say(value in any_json()) {
            let mut fields = Vec::new();
            collect(&value, String::new(), 0, &mut fields);
            for (pointer, field) in fields {
                prop_assert_eq!(value.pointer(&pointer), Some(&field));
            }
        }
    }
}
