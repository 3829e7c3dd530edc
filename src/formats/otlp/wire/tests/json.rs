//! OTLP/JSON: what the specification says, and what is sent all the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::*;
use crate::formats::{
    FormatErrorKind,
    otlp::span::{Status, UnixNanos},
};

const IDS: &str = r#""traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174""#;

/// A request of one span with `more` members.
fn request(more: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{IDS}{more}}}]}}]}}]}}"#)
}

fn read(body: &str) -> Export<Span> {
    traces(body.as_bytes(), Encoding::Json).unwrap()
}

/// The one span of a request with `more` members.
fn span(more: &str) -> Span {
    let mut export = read(&request(more));
    assert_eq!((export.items.len(), export.rejected), (1, 0), "{more}: {:?}", export.reasons);
    // A null beside it is what the typed reader refuses: both ways say the same.
    let walked = read(&request(more).replace("\"spans\":[", "\"spans\":[null,"));
    assert_eq!(walked, export, "{more}");
    export.items.remove(0)
}

/// The value of an attribute written as `value`.
fn value(value: &str) -> Value {
    span(&format!(r#","attributes":[{{"key":"a","value":{value}}}]"#)).attributes.get("a").unwrap().clone()
}

#[test]
fn a_request_by_the_book() {
    let body = r#"{"resourceSpans":[{
        "scopeSpans":[{
            "scope":{"name":"openinference.instrumentation.openai","version":"0.1","attributes":[{"key":"s","value":{"boolValue":true}}]},
            "spans":[{
                "traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","parentSpanId":"eee19b7ec3c1b173",
                "flags":257,"name":"chat","kind":3,"startTimeUnixNano":"1544712660000000001","endTimeUnixNano":"1544712661000000000",
                "attributes":[{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}],"droppedAttributesCount":2,
                "events":[{"timeUnixNano":"1544712660500000000","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"ValueError"}}]}],
                "links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175"}],
                "status":{"code":2,"message":"it broke"}
            }]
        }],
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"desk"}}]},
        "schemaUrl":"https://opentelemetry.io/schemas/1.37.0"
    }]}"#;
    let span = read(body).items.remove(0);
    assert_eq!(span.trace.to_string(), "5b8efff798038103d269b633813fc60c");
    assert_eq!((span.id.to_string(), span.parent.unwrap().to_string()), ("eee19b7ec3c1b174".into(), "eee19b7ec3c1b173".into()));
    assert_eq!((span.start, span.end), (Some(UnixNanos(1_544_712_660_000_000_001)), Some(UnixNanos(1_544_712_661_000_000_000))));
    assert_eq!(span.attributes.get("gen_ai.usage.input_tokens"), Some(&json!(12)));
    assert_eq!(span.dropped_attributes, 2);
    assert_eq!((span.events[0].name.as_str(), span.events[0].attributes.text("exception.type")), ("exception", Some("ValueError")));
    assert_eq!(span.links[0].1.to_string(), "eee19b7ec3c1b175");
    assert_eq!(span.status, Status::Error("it broke".into()));
    assert_eq!((span.scope.name.as_str(), span.scope.version.as_deref()), ("openinference.instrumentation.openai", Some("0.1")));
    assert_eq!(span.scope.attributes.get("s"), Some(&json!(true)));
    assert_eq!(span.resource.attributes.text("service.name"), Some("desk"));
}

#[test]
fn nulls_and_missing_members_are_unset() {
    let all = r#","name":null,"parentSpanId":null,"attributes":null,"events":null,"links":null,"status":null,"startTimeUnixNano":null,"droppedAttributesCount":null"#;
    let mut expected = span("");
    assert_eq!(span(all), expected);
    assert_eq!((expected.start, expected.end, expected.parent), (None, None, None));
    expected.status = Status::Unset;
    assert_eq!(span(r#","status":{},"endTimeUnixNano":"0","parentSpanId":"""#), expected);
}

#[test]
fn moments_come_as_text_number_float_or_date() {
    for (written, nanos) in [
        (r#""1544712660000000001""#, 1_544_712_660_000_000_001),
        ("1544712660000000001", 1_544_712_660_000_000_001),
        ("1.5e18", 1_500_000_000_000_000_000),
        (r#""1.5e18""#, 1_500_000_000_000_000_000),
        (r#""2018-12-13T14:51:00Z""#, 1_544_712_660_000_000_000),
    ] {
        assert_eq!(span(&format!(r#","startTimeUnixNano":{written}"#)).start, Some(UnixNanos(nanos)), "{written}");
    }
    for odd in [r#""soon""#, "-5", "{}", "true", r#""NaN""#] {
        assert_eq!(span(&format!(r#","endTimeUnixNano":{odd}"#)).end, None, "{odd}");
    }
}

#[test]
fn status_codes_come_as_numbers_and_names() {
    let error = Status::Error(String::new());
    for (written, status) in [
        (r#"{"code":"STATUS_CODE_ERROR"}"#, &error),
        (r#"{"code":"Error"}"#, &error),
        (r#"{"code":"2"}"#, &error),
        (r#"{"code":2.0}"#, &error),
        (r#""ERROR""#, &error),
        (r#"{"code":1}"#, &Status::Ok),
        (r#"{"code":"STATUS_CODE_OK","message":"not read"}"#, &Status::Ok),
        (r#"{"code":77}"#, &Status::Unset),
        (r#"{"code":["?"]}"#, &Status::Unset),
    ] {
        assert_eq!(&span(&format!(r#","status":{written},"kind":"SPAN_KIND_CLIENT""#)).status, status, "{written}");
    }
}

#[test]
fn values_come_in_every_type() {
    for (written, expected) in [
        (r#"{"stringValue":"s"}"#, json!("s")),
        (r#"{"stringValue":5}"#, json!(5)),
        (r#"{"boolValue":true}"#, json!(true)),
        (r#"{"boolValue":"false"}"#, json!(false)),
        (r#"{"intValue":"9007199254740993"}"#, json!(9_007_199_254_740_993_i64)),
        (r#"{"intValue":7}"#, json!(7)),
        (r#"{"intValue":7.0}"#, json!(7)),
        (r#"{"intValue":"7.5"}"#, json!("7.5")),
        (r#"{"intValue":"99999999999999999999"}"#, json!("99999999999999999999")),
        (r#"{"doubleValue":3}"#, json!(3.0)),
        (r#"{"doubleValue":"2.5"}"#, json!(2.5)),
        (r#"{"doubleValue":"NaN"}"#, json!("NaN")),
        (r#"{"doubleValue":"-Infinity"}"#, json!("-Infinity")),
        (r#"{"doubleValue":NaN}"#, json!("NaN")),
        (r#"{"doubleValue":-Infinity}"#, json!("-Infinity")),
        (r#"{"doubleValue":null}"#, Value::Null),
        (r#"{"bytesValue":"aGk="}"#, json!("aGk=")),
        (r#"{"arrayValue":{}}"#, json!([])),
        (r#"{"arrayValue":{"values":null}}"#, json!([])),
        (r#"{"arrayValue":{"values":[{"intValue":"1"},{},null,"bare"]}}"#, json!([1, null, null, "bare"])),
        (r#"{"kvlistValue":{}}"#, json!({})),
        (r#"{"kvlistValue":{"values":[{"key":"b","value":{"boolValue":true}},{"key":"b"},{"key":"c"}]}}"#, json!({"b": true, "c": null})),
        ("{}", Value::Null),
        ("null", Value::Null),
        (r#""bare""#, json!("bare")),
        (r#"{"futureValue":3}"#, Value::Null),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn attributes_keep_their_order_and_their_repeats() {
    let attributes = r#","attributes":[{"key":"b","value":{"intValue":1}},{"key":"a"},{"key":"b","value":{"intValue":2}},{"value":{"intValue":3}},7,{}]"#;
    let kept = span(attributes).attributes;
    let pairs: Vec<_> = kept.iter().collect();
    assert_eq!(pairs, [("b", &json!(1)), ("a", &Value::Null), ("b", &json!(2)), ("", &json!(3))]);
    assert_eq!(span(r#","attributes":{"a":"plain","b":{"intValue":"2"}}"#).attributes.get("b"), Some(&json!(2)));
}

#[test]
fn ids_are_hexadecimal_in_either_case_or_base64() {
    let plain = span("");
    let others = [
        r#""traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174""#,
        r#""traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ=""#,
    ];
    for ids in others {
        assert_eq!(read(&request("").replace(IDS, ids)).items, std::slice::from_ref(&plain), "{ids}");
    }
}

#[test]
fn a_span_without_sound_ids_is_told_and_costs_no_other() {
    let good = format!("{{{IDS}}}");
    for (ids, reason) in [
        (r#""spanId":"eee19b7ec3c1b174""#, "a trace id is missing"),
        (r#""traceId":"","spanId":"eee19b7ec3c1b174""#, "a trace id is missing"),
        (r#""traceId":null,"spanId":"eee19b7ec3c1b174""#, "a trace id is missing"),
        (r#""traceId":7,"spanId":"eee19b7ec3c1b174""#, "a trace id is not a text"),
        (r#""traceId":"abcd","spanId":"eee19b7ec3c1b174""#, "a trace id has 2 bytes; 16 are needed"),
        (r#""traceId":"00000000000000000000000000000000","spanId":"eee19b7ec3c1b174""#, "a trace id is all zeros"),
        (r#""traceId":"5b8efff798038103d269b633813fc60c","spanId":"?""#, "a span id is not hexadecimal"),
        (r#""trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174""#, "a trace id is missing"),
    ] {
        let body = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{good},{{{ids}}},{{{ids}}}]}}]}}]}}"#);
        let export = read(&body);
        assert_eq!((export.items.len(), export.rejected, export.reasons), (1, 2, vec![reason.to_owned()]), "{ids}");
    }
}

#[test]
fn entries_that_are_no_objects_are_told_and_nulls_are_passed_over() {
    let body = format!(r#"{{"resourceSpans":[null,7,{{"scopeSpans":[null,"?",{{"spans":[null,true,{{{IDS}}}]}}]}}]}}"#);
    let export = read(&body);
    assert_eq!((export.items.len(), export.rejected), (1, 3));
    assert_eq!(export.reasons[0], "an entry of resourceSpans is not an object");
}

#[test]
fn names_of_before_are_read() {
    let body = format!(
        r#"{{"resourceSpans":[{{"instrumentationLibrarySpans":[{{"instrumentationLibrary":{{"name":"old"}},"spans":[{{{IDS}}}]}}]}}]}}"#
    );
    assert_eq!(read(&body).items[0].scope.name, "old");
}

#[test]
fn a_request_of_nothing_is_fine_and_one_that_says_nothing_known_is_not() {
    for nothing in ["{}", r#"{"resourceSpans":[]}"#, r#"{"resourceSpans":null}"#, r#"{"resourceSpans":[{"resource":{},"scopeSpans":[]}]}"#]
    {
        assert_eq!(read(nothing), Export::default(), "{nothing}");
    }
    let snake = r#"{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"5b8efff798038103d269b633813fc60c"}]}]}]}"#;
    let error = traces(snake.as_bytes(), Encoding::Json).unwrap_err();
    assert_eq!(error.kind, FormatErrorKind::Unrecognised);
    assert_eq!(
        error.message,
        "nothing was read, for `resource_spans` is not known here; an export of spans is \
         {\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[…]}]}]}, with names in camelCase"
    );
    for (wrong, named) in [
        (r#"{"resourceSpans":[{"scope_spans":[]}]}"#, "`scope_spans`"),
        (r#"{"resourceSpans":[{"scopeSpans":[{"Spans":[{}]}]}]}"#, "`Spans`"),
        (r#"{"resourceLogs":[]}"#, "`resourceLogs`"),
        (r#"[1]"#, "a JSON object"),
        ("7", "a JSON object"),
        ("", "empty"),
        ("{", "cut off"),
        (r#"{"resourceSpans":[{"scopeSpans""#, "cut off"),
    ] {
        let error = traces(wrong.as_bytes(), Encoding::Json).unwrap_err();
        assert!(error.message.contains(named), "{wrong}: {error}");
    }
}

#[test]
fn halves_of_characters_and_bare_odd_numbers_do_not_cost_the_request() {
    let attributes = r#","name":"NaN \"Infinity","attributes":[{"key":"a","value":{"stringValue":"cut \ud83d"}},{"key":"b","value":{"doubleValue":Infinity}}]"#;
    let span = span(attributes);
    assert_eq!(span.name, "NaN \"Infinity");
    assert_eq!((span.attributes.text("a"), span.attributes.text("b")), (Some("cut \u{fffd}"), Some("Infinity")));
}

#[test]
fn log_records_are_joined_to_traces_or_counted() {
    let body = format!(
        r#"{{"resourceLogs":[{{"resource":{{}},"scopeLogs":[{{"scope":{{"name":"s"}},"logRecords":[
            {{{IDS},"timeUnixNano":"5","eventName":"gen_ai.choice","body":{{"kvlistValue":{{"values":[{{"key":"index","value":{{"intValue":"0"}}}}]}}}}}},
            {{{IDS},"observedTimeUnixNano":"6","body":{{}},"attributes":[{{"key":"event.name","value":{{"stringValue":"gen_ai.user.message"}}}}]}},
            {{"body":{{"stringValue":"outside"}}}},
            {{"traceId":"","spanId":"","body":null}},
            {{"traceId":"00000000000000000000000000000000"}},
            {{"traceId":"abcd"}}
        ]}}]}}]}}"#
    );
    let export = logs(body.as_bytes(), Encoding::Json).unwrap();
    assert_eq!((export.items.len(), export.outside, export.rejected), (2, 3, 1));
    let [first, second] = &export.items[..] else { panic!("two") };
    assert_eq!((first.name.as_deref(), first.time, &first.body), (Some("gen_ai.choice"), Some(UnixNanos(5)), &json!({"index": 0})));
    assert_eq!((second.name.as_deref(), second.time, &second.body), (Some("gen_ai.user.message"), Some(UnixNanos(6)), &Value::Null));
    assert_eq!(first.span.unwrap().to_string(), "eee19b7ec3c1b174");
}

#[test]
fn data_points_are_counted() {
    let body = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"name":"a","gauge":{"dataPoints":[{"asInt":"5"},{"asInt":"6"}]}},
        {"name":"b","histogram":{"dataPoints":[{}],"aggregationTemporality":2}},
        {"name":"c","sum":null}
    ]}]}]}"#;
    assert_eq!(metrics(body.as_bytes(), Encoding::Json).unwrap(), 3);
    assert_eq!(metrics(b"{}", Encoding::Json).unwrap(), 0);
}

#[test]
fn deep_values_become_text_and_deeper_ones_an_error() {
    let nested =
        |levels: usize| format!("{}{}{}", r#"{"arrayValue":{"values":["#.repeat(levels), r#"{"intValue":"1"}"#, "]}}".repeat(levels));
    let deep = value(&nested(30));
    assert!(deep.pointer(&"/0".repeat(24)).unwrap().is_string());
    let body = request(&format!(r#","attributes":[{{"key":"a","value":{}}}]"#, nested(100)));
    assert_eq!(traces(body.as_bytes(), Encoding::Json).unwrap_err().kind, FormatErrorKind::Depth);
    let bare = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    assert!(value(&bare).pointer(&"/0".repeat(24)).unwrap().is_string());
}

#[test]
fn a_request_that_would_fill_memory_is_refused() {
    let body = request(&format!(r#","attributes":[{}{{}}]"#, "{},".repeat(600_000)));
    assert_eq!(traces(body.as_bytes(), Encoding::Json).unwrap_err().kind, FormatErrorKind::TooLarge);
}

/// Any JSON at all, with names that mean something here.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("resourceSpans"),
        Just("scopeSpans"),
        Just("spans"),
        Just("traceId"),
        Just("spanId"),
        Just("attributes"),
        Just("key"),
        Just("value"),
        Just("stringValue"),
        Just("intValue"),
        Just("doubleValue"),
        Just("arrayValue"),
        Just("kvlistValue"),
        Just("values"),
        Just("events"),
        Just("links"),
        Just("status"),
        Just("code"),
        Just("name"),
        Just("startTimeUnixNano"),
        Just("resource"),
        Just("scope"),
        Just("body"),
        Just("resourceLogs"),
        Just("scopeLogs"),
        Just("logRecords"),
    ];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(json!("5b8efff798038103d269b633813fc60c")),
        Just(json!("eee19b7ec3c1b174")),
    ];
    scalar.prop_recursive(8, 64, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whatever stands in a span beside its ids, the span is kept.
    #[test]
    fn an_odd_member_never_costs_the_span(name in prop_oneof![Just("attributes"), Just("events"), Just("links"), Just("status"), Just("name"), Just("startTimeUnixNano"), Just("parentSpanId")], odd in any_json()) {
        let export = read(&request(&format!(r#","{name}":{odd}"#)));
        prop_assert_eq!((export.items.len(), export.rejected), (1, 0));
    }

    #[test]
    fn any_json_is_read_or_refused(body in any_json()) {
        let body = json!({"resourceSpans": [{"scopeSpans": [body.clone(), {"spans": [body.clone()]}]}], "resourceLogs": body}).to_string();
        _ = (traces(body.as_bytes(), Encoding::Json), logs(body.as_bytes(), Encoding::Json), metrics(body.as_bytes(), Encoding::Json));
    }

    #[test]
    fn a_body_cut_anywhere_is_refused(cut in 1_usize..60) {
        let body = request("");
        let cut = body.len() - cut;
        prop_assert_eq!(traces(&body.as_bytes()[..cut], Encoding::Json).unwrap_err().kind, FormatErrorKind::Syntax);
    }
}
