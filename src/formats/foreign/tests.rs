//! Ids of any form, and values that were packed into text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn ids_keep_their_bytes_or_get_some_of_their_own() {
    assert_eq!(trace_id("5b8aa5a2d2c872e8321cf37308d69df2").unwrap().to_string(), "5b8aa5a2d2c872e8321cf37308d69df2");
    assert_eq!(trace_id("5B8AA5A2-D2C8-72E8-321C-F37308D69DF2").unwrap().to_string(), "5b8aa5a2d2c872e8321cf37308d69df2");
    assert_eq!(span_id("051581bf3cb55c13").unwrap().to_string(), "051581bf3cb55c13");
    assert_eq!(trace_id("run 7"), trace_id("run 7"));
    assert_ne!(trace_id("run 7"), trace_id("run 8"));
    // All zero is no id; it still names something.
    assert!(span_id("0000000000000000").is_some());
}

#[test]
fn text_that_holds_json_is_unpacked_and_other_text_stays() {
    let allowance = Allowance::for_bytes(0);
    for (packed, value) in [
        (json!("{\"a\": 1}"), json!({"a": 1})),
        (json!("\"{\\\"a\\\": 1}\""), json!({"a": 1})),
        (json!("\"said\""), json!("said")),
        (json!("{broken"), json!("{broken")),
        (json!("7"), json!("7")),
        (json!({"a": "{}"}), json!({"a": "{}"})),
    ] {
        assert_eq!(unpacked(packed, &allowance), value);
    }
}

/// Any JSON, made of the names and values that the readers look at.
fn any_export() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        Just(json!("2026-05-04T10:00:00Z")),
        Just(json!("SPAN")),
        Just(json!("{\"scope\": {\"name\": 1}}")),
        Just(json!("00000000000000a1")),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    let name = proptest::sample::select(vec![
        "id",
        "type",
        "data",
        "trace",
        "traces",
        "spans",
        "observations",
        "traceId",
        "startTime",
        "endTime",
        "parentObservationId",
        "metadata",
        "scope",
        "attributes",
        "usage",
        "input",
        "latency",
        "span_kind",
        "context",
        "context.trace_id",
        "trace_id",
        "span_id",
        "events",
        "name",
        "attributes.llm",
        "role",
        "messages",
    ]);
    scalar.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..7)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    /// Whatever it is, it is read as far as it can be, and what is a run of it can be assembled.
    #[test]
    fn any_json_is_read(export in any_export()) {
        let text = export.to_string();
        for (is_export, read) in crate::formats::FOREIGN {
            let _ = is_export(&text);
            let both = read(&text, &Allowance::of(&text).unwrap()).unwrap();
            let _ = crate::formats::otlp::runs::of(both.spans.items, both.logs.items);
        }
    }
}
