//! JSON that folds: its lines, paths and values, and that none of them is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn drawn(tree: &JsonTree, roots: &[Root<'_>], columns: usize) -> Vec<String> {
    let row = |row| {
        let line = tree.line(tree.folding.item(row).unwrap(), roots, columns, ["-", "+"]);
        line.iter().map(|(_, text)| text.as_str()).collect::<String>().trim_end().to_owned()
    };
    (0..tree.folding.rows()).map(row).collect()
}

#[test]
fn every_member_and_item_is_a_line_and_what_is_closed_is_told_in_short() {
    let value = json!({"order": "A-1182", "lines": [{"sku": "HP-963", "n": 2}, null], "paid": true});
    let roots = [("arguments".into(), Data::Value(&value)), ("error".into(), Data::Text("no \"such\"\norder"))];
    let mut tree = JsonTree::new(&roots);
    assert_eq!(
        drawn(&tree, &roots, 60),
        [
            "- arguments {3}",
            "    order: \"A-1182\"",
            "  - lines [2]",
            "    - 0 {2}",
            "        sku: \"HP-963\"",
            "        n: 2",
            "      1: null",
            "    paid: true",
            r#"  error: "no \"such\"\norder""#,
        ]
    );
    tree.folding.close(2);
    assert_eq!(drawn(&tree, &roots, 60)[2], r#"  + lines [2] [{sku: "HP-963", n: 2}, null]"#);
    assert_eq!(drawn(&tree, &roots, 26)[2], "  + lines [2] [{sku: \"HP-…");
}

#[test]
fn paths_are_those_of_jq_and_lead_to_their_values() {
    let value = json!({"lines": [{"odd name": 7}]});
    let roots = [("result".into(), Data::Value(&value))];
    let tree = JsonTree::new(&roots);
    let paths: Vec<String> = (0..4).map(|item| tree.path(item, &roots)).collect();
    assert_eq!(paths, ["result", "result.lines", "result.lines[0]", "result.lines[0][\"odd name\"]"]);
    assert_eq!(tree.data(3, &roots).unwrap().copied(), "7");
    assert_eq!(tree.find("result.lines[0]", &roots), Some(2));
}

#[test]
fn a_huge_text_shows_its_size_and_a_huge_value_is_closed_at_first() {
    let value = json!("x".repeat(1_000_000));
    let roots = [("result".into(), Data::Value(&value))];
    let line = &drawn(&JsonTree::new(&roots), &roots, 40)[0];
    assert!(line.starts_with("  result: \"xxx") && line.ends_with("… 1.0 MB") && line.chars().count() <= 40, "{line}");
    let many = json!((0..1_000).map(|number| json!({"a": number, "b": [number]})).collect::<Vec<_>>());
    let roots = [("result".into(), Data::Value(&many))];
    let tree = JsonTree::new(&roots);
    assert_eq!((tree.folding.rows(), tree.folding.len()), (1, 4_001));
    let endless = json!(vec![0; NODES_MOST + 5]);
    let tree = JsonTree::new(&[("result".into(), Data::Value(&endless))]);
    assert!(tree.is_cut() && tree.folding.len() == NODES_MOST);
}

#[test]
fn deep_nesting_says_how_deep_it_is() {
    let deep = (0..100).fold(json!("core"), |inner, _| json!([inner]));
    let roots = [("result".into(), Data::Value(&deep))];
    let lines = drawn(&JsonTree::new(&roots), &roots, 60);
    assert_eq!(lines.len(), 101);
    assert_eq!(lines[100].trim(), "100:   0: \"core\"");
}

#[test]
fn folds_stay_when_the_value_grows() {
    let (small, large) = (json!({"a": [1], "b": [2]}), json!({"new": 0, "a": [1, 3], "b": [2]}));
    let before_roots = [("result".into(), Data::Value(&small))];
    let roots = [("result".into(), Data::Value(&large))];
    let mut before = JsonTree::new(&before_roots);
    before.folding.close(1);
    let mut after = JsonTree::new(&roots);
    after.carry(&before, &before_roots, &roots);
    assert_eq!(drawn(&after, &roots, 60), ["- result {3}", "    new: 0", "  + a [2] [1, 3]", "  - b [1]", "      0: 2"]);
}

#[test]
fn a_search_looks_into_names_and_texts() {
    let value = json!({"order": {"amount": "12,50"}, "n": 12});
    let roots = [("arguments".into(), Data::Value(&value))];
    let tree = JsonTree::new(&roots);
    let found =
        |word: &str| (0..tree.folding.len()).filter(|item| tree.searched(*item, &roots, |text| text.contains(word))).collect::<Vec<_>>();
    assert_eq!((found("amount"), found("12"), found("arg")), (vec![2], vec![2, 3], vec![0]));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::String)
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn leaves(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| leaves(item, found)),
        leaf => found.push(leaf.clone()),
    }
}

proptest! {
    #[test]
    fn the_lines_hold_every_value_once_in_order_and_fit(value in any_json(), columns in 0usize..80, toggles in prop::collection::vec(0usize..40, 0..6)) {
        let roots = [("result".into(), Data::Value(&value))];
        let mut tree = JsonTree::new(&roots);
        let mut expected = Vec::new();
        leaves(&value, &mut expected);
        let held = |tree: &JsonTree| -> Vec<Value> {
            (0..tree.folding.len()).filter_map(|item| match tree.data(item, &roots) {
                Some(Data::Value(leaf)) if !leaf.is_array() && !leaf.is_object() => Some(leaf.clone()),
                _ => None,
            }).collect()
        };
        prop_assert_eq!(held(&tree), expected.clone());
        for item in toggles {
            tree.folding.toggle(item);
        }
        prop_assert_eq!(held(&tree), expected);
        for row in 0..tree.folding.rows() {
            let line = tree.line(tree.folding.item(row).unwrap_or(0), &roots, columns, ["-", "+"]);
            let text: String = line.iter().map(|(_, text)| text.as_str()).collect();
            prop_assert!(width(&text) <= columns, "{:?}", text);
            prop_assert!(!text.chars().any(char::is_control));
        }
    }
}
