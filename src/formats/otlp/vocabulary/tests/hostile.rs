//! Whatever a span says, it is read without harm, and nothing it says is lost unseen.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{dialect::DIALECTS, lexicon, python},
    event, read, span,
};

/// Names of the tables, names with numbers in them, and names that nobody knows.
fn name() -> impl Strategy<Value = String> {
    let known: Vec<&str> = DIALECTS.iter().flat_map(|dialect| dialect.words).map(|(name, _)| *name).collect();
    let rest = [
        "",
        ".message.role",
        ".message.content",
        ".message.tool_calls.1.tool_call.function.arguments",
        ".message.contents.0.message_content.text",
        ".tool.json_schema",
    ];
    let known = prop::sample::select(known);
    prop_oneof![
        4 => known.clone().prop_map(str::to_owned),
        3 => (known, any::<u32>(), prop::sample::select(rest.to_vec())).prop_map(|(name, number, rest)| format!("{name}.{number}{rest}")),
        1 => "[a-z]{1,6}(\\.[0-9a-z]{1,4}){0,3}\\.?",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let words = [
        "chat",
        "TOOL",
        "invoke_agent",
        "{",
        "[{",
        "{'a': (",
        "\"\\\"",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
        "{\"role\":\"user\",\"parts\":[{}]}",
        "{\"message\":{\"message\":{}}}",
        "f(x=[1,",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
    ];
    let keys = [
        "role",
        "parts",
        "content",
        "type",
        "text",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "messages",
        "choices",
        "message",
        "data",
        "kwargs",
        "usage",
        "id",
        "toolUse",
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..4)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_span_is_read_and_every_attribute_is_known_or_given_back(
        title in ".{0,20}",
        attributes in prop::collection::vec((name(), value(), any::<bool>()), 0..30),
        told in prop::collection::vec((prop::sample::select(vec!["gen_ai.choice", "gen_ai.user.message", "gen_ai.tool.message", "exception"]), value()), 0..3),
    ) {
        let mut hostile = span(&title, json!({}));
        // Half of the values as JSON in text, as most senders write them.
        hostile.attributes.0 = attributes.into_iter().map(|(name, value, text)| (name, if text { Value::String(value.to_string()) } else { value })).collect();
        hostile.events = told.into_iter().map(|(name, value)| event(name, json!({"content": value, "message": value, "exception.type": value}))).collect();
        let reading = read(&hostile, &[]);
        let known = |name: &str| lexicon::look_up(name).is_some() || lexicon::split(name).is_some_and(|(list, ..)| lexicon::look_up(list).is_some());
        let unknown: Vec<_> = hostile.attributes.0.iter().filter(|(name, _)| !known(name)).cloned().collect();
        prop_assert_eq!(reading.unmapped, unknown);
    }

    #[test]
    fn any_text_is_printed_by_python_or_not(text in "[-a-z0-9 '\"\\\\(){}\\[\\]<>=:,.é]{0,40}", cut in any::<bool>()) {
        let _ = python::read(&text, cut);
        let _ = python::read_members(&text);
        let _ = python::said(&text);
    }
}

#[test]
fn deep_and_long_texts_are_left_as_they_are() {
    let deep = "[".repeat(100_000);
    let reading =
        read(&span("x", json!({"openinference.span.kind": "CHAIN", "input.value": deep, "output.value": format!("F({deep}")})), &[]);
    assert_eq!(reading.input, Some(Value::String(deep)));
    let many = format!("[{}0]", "[],".repeat(1 << 20));
    let reading = read(&span("x", json!({"openinference.span.kind": "CHAIN", "input.value": many})), &[]);
    assert!(reading.input.is_some_and(|input| input.is_string()), "a million lists in three megabytes are not built");
}

#[test]
fn no_name_stands_in_two_tables_by_mistake() {
    // A word listed again is dead: it belongs to the first dialect that lists it.
    let mut seen = std::collections::HashSet::new();
    let again: Vec<_> =
        DIALECTS.iter().flat_map(|dialect| dialect.words).map(|(name, _)| *name).filter(|name| !seen.insert(*name)).collect();
    assert_eq!(again, [] as [&str; 0]);
    assert!(DIALECTS.len() <= 64, "the dialects of a span are a set of 64 bits");
}
