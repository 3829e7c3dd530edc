//! What fits a schema and what does not, in words.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{check, check_within};
use crate::analysis::testing::any_json;

fn said(schema: Value, arguments: Value) -> Vec<String> {
    check(&schema, &arguments).iter().map(ToString::to_string).collect()
}

fn refund() -> Value {
    json!({"type": "object", "required": ["order", "amount"], "additionalProperties": false, "properties": {
        "order": {"type": "string", "minLength": 3},
        "amount": {"type": "number", "minimum": 0},
        "currency": {"enum": ["EUR", "USD"]},
        "lines": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}}
    }})
}

#[test]
fn what_fits_says_nothing() {
    for arguments in [
        json!({"order": "A-1182", "amount": 12.5}),
        json!({"order": "A-1182", "amount": 12, "currency": "EUR", "lines": [{"sku": "x"}, {"sku": "y", "note": 1}]}),
    ] {
        assert_eq!(said(refund(), arguments), Vec::<String>::new());
    }
}

#[test]
fn each_violation_names_its_place() {
    assert_eq!(said(refund(), json!({"order": "A-1182", "amount": "12,50"})), ["/amount should be a number, is the text \"12,50\""]);
    assert_eq!(said(refund(), json!({"order": "A-1182"})), ["lacks \"amount\", which is required"]);
    assert_eq!(
        said(refund(), json!({"order": "A", "amount": -1})),
        ["/order is 1 characters, should be at least 3", "/amount is -1, should be at least 0"]
    );
    assert_eq!(
        said(refund(), json!({"order": "A-1182", "amount": 1, "currency": "GBP"})),
        ["/currency is the text \"GBP\", not one of the text \"EUR\", the text \"USD\""]
    );
    assert_eq!(
        said(refund(), json!({"order": "A-1182", "amount": 1, "why/how": 1})),
        ["/why~1how is not known; known are order, amount, currency, lines"]
    );
    assert_eq!(
        said(refund(), json!({"order": "A-1182", "amount": 1, "lines": [{"sku": "x"}, {}, {"sku": 3}]})),
        [
            "/lines is 3 items, should be at most 2",
            "/lines/1 lacks \"sku\", which is required",
            "/lines/2/sku should be text, is the number 3"
        ]
    );
}

#[test]
fn python_names_of_types_are_understood() {
    let schema = json!({"type": "dict", "properties": {"interval": {"type": "tuple", "items": {"type": "float"}}, "flag": {"type": "bool"}, "n": {"type": "int"}}});
    assert_eq!(said(schema.clone(), json!({"interval": [1, 3.5], "flag": true, "n": 5.0})), Vec::<String>::new());
    assert_eq!(
        said(schema, json!({"interval": ["1"], "n": 5.5})),
        ["/interval/0 should be a number, is the text \"1\"", "/n should be a whole number, is the number 5.5"]
    );
}

#[test]
fn types_that_are_not_known_admit_anything() {
    assert_eq!(
        said(
            json!({"type": "object", "properties": {"a": {"type": "moment"}, "b": {"type": ["string", "moment"]}}}),
            json!({"a": 1, "b": 1})
        ),
        Vec::<String>::new()
    );
}

#[test]
fn alternatives_speak_of_the_closest() {
    let schema = json!({"type": "object", "properties": {"to": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"id": {"type": "integer"}}}]}}});
    assert_eq!(said(schema.clone(), json!({"to": null})), Vec::<String>::new());
    assert_eq!(said(schema, json!({"to": {"id": "x"}})), ["/to/id should be a whole number, is the text \"x\""]);
}

#[test]
fn references_are_followed_and_may_run_in_circles() {
    let schema = json!({"$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "n": {"type": "integer"}}}, "loop": {"$ref": "#/$defs/loop"}},
        "type": "object", "properties": {"head": {"$ref": "#/$defs/node"}, "x": {"$ref": "#/$defs/loop"}}});
    assert_eq!(said(schema, json!({"head": {"next": {"n": "1"}}, "x": 1})), ["/head/next/n should be a whole number, is the text \"1\""]);
}

#[test]
fn records_of_calls_are_checked_by_name() {
    assert_eq!(said(refund(), json!({"args": ["A-1182"], "kwargs": {"amount": "1"}})), ["/amount should be a number, is the text \"1\""]);
    assert_eq!(said(refund(), json!({"args": [], "kwargs": {"amount": 1}})), ["lacks \"order\", which is required"]);
}

#[test]
fn a_bare_value_cannot_be_checked() {
    assert_eq!(said(refund(), json!("A-1182")), Vec::<String>::new());
    assert_eq!(said(json!(true), json!({})), Vec::<String>::new());
}

#[test]
fn violations_are_capped() {
    let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("x{n}"), json!(n))).collect();
    assert_eq!(check(&refund(), &Value::Object(many)).len(), 5);
}

#[test]
fn a_schema_that_never_ends_is_left_at_some_point() {
    let wide =
        json!({"type": "object", "properties": {"a": {"anyOf": vec![json!({"type": "string"}); 100_000]}}, "required": vec!["a"; 100_000]});
    let mut room = 20_000;
    for left in [15_000, 10_000, 5_000, 0, 0] {
        check_within(&wide, &json!({"a": 1}), &mut room);
        assert_eq!(room, left, "each check takes its share and no more");
    }
}

proptest! {
    #[test]
    fn no_schema_and_no_arguments_break_it(schema in any_json(), arguments in any_json()) {
        prop_assert!(check(&schema, &arguments).len() <= 5);
        let wrapped = json!({"type": "object", "properties": schema, "required": ["a"], "anyOf": [schema]});
        prop_assert!(check(&wrapped, &arguments).len() <= 5);
    }
}
