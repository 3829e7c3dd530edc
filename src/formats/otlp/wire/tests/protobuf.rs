//! OTLP in protobuf: typed, and what is left of a request the library refuses.

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value as Any},
    metrics::v1::{Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data},
    trace::v1::{ResourceSpans, ScopeSpans, Span as Message},
};
use proptest::{collection::vec, prelude::*};
use prost::Message as _;
use serde_json::json;

use super::super::*;
use crate::formats::{
    FormatErrorKind,
    otlp::{
        messages::{resource_logs, resource_spans},
        span::{Attributes, Status},
        testing::{any_record, any_span, record, span},
    },
};

fn request(spans: Vec<Message>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { scope_spans, ..Default::default() }] }.encode_to_vec()
}

fn message(id: u8) -> Message {
    Message { trace_id: vec![1; 16], span_id: vec![id; 8], name: "chat".to_owned(), ..Default::default() }
}

fn attribute(key: &str, value: Any) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), key_strindex: 0 }
}

fn read(body: &[u8]) -> Export<Span> {
    traces(body, Encoding::Protobuf).unwrap()
}

/// `body` with the first `from` overwritten by `to`, byte for byte.
fn overwritten(mut body: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = body.windows(from.len()).position(|window| window == from).unwrap();
    body[at..at + to.len()].copy_from_slice(to);
    body
}

#[test]
fn every_kind_of_value_is_kept() {
    let list = ArrayValue { values: vec![AnyValue { value: Some(Any::BoolValue(true)) }, AnyValue { value: None }] };
    let attributes = vec![
        attribute("text", Any::StringValue("t".into())),
        attribute("int", Any::IntValue(i64::MIN)),
        attribute("nan", Any::DoubleValue(f64::NAN)),
        attribute("less", Any::DoubleValue(f64::NEG_INFINITY)),
        attribute("bytes", Any::BytesValue(vec![0, 255])),
        attribute("list", Any::ArrayValue(list)),
        KeyValue { key: "none".into(), value: None, key_strindex: 0 },
        attribute("text", Any::StringValue("again".into())),
    ];
    let export = read(&request(vec![Message { attributes, ..message(1) }]));
    let expected = [
        ("text", json!("t")),
        ("int", json!(i64::MIN)),
        ("nan", json!("NaN")),
        ("less", json!("-Infinity")),
        ("bytes", json!("AP8=")),
        ("list", json!([true, null])),
        ("none", json!(null)),
        ("text", json!("again")),
    ];
    assert_eq!(export.items[0].attributes, Attributes(expected.map(|(key, value)| (key.to_owned(), value)).to_vec()));
    assert_eq!((export.items[0].start, export.items[0].parent, &export.items[0].status), (None, None, &Status::Unset));
}

#[test]
fn a_span_without_sound_ids_is_told_and_costs_no_other() {
    let bad = [
        Message { trace_id: vec![], ..message(2) },
        Message { trace_id: vec![1; 8], ..message(3) },
        Message { span_id: vec![0; 8], ..message(4) },
        Message { span_id: vec![0; 8], ..message(5) },
    ];
    let export = read(&request([message(1)].into_iter().chain(bad).collect()));
    assert_eq!((export.items.len(), export.rejected), (1, 4));
    assert_eq!(export.reasons, ["a trace id is missing", "a trace id has 8 bytes; 16 are needed", "a span id is all zeros"]);
}

#[test]
fn a_text_that_is_not_utf8_costs_neither_the_batch_nor_the_span() {
    let attributes = vec![attribute("good", Any::IntValue(1)), attribute("bad", Any::StringValue("half é".into()))];
    let spans = vec![message(1), Message { attributes, ..message(2) }, Message { name: "né".into(), ..message(3) }];
    let body = overwritten(request(spans), "é".as_bytes(), b"\xC3\x28");
    let export = read(&overwritten(body, "né".as_bytes(), b"n\xFF"));
    assert_eq!((export.items.len(), export.rejected), (3, 0));
    assert_eq!(export.items[1].attributes.text("bad"), Some("half \u{fffd}("));
    assert_eq!(export.items[1].attributes.get("good"), Some(&json!(1)));
    assert_eq!(export.items[2].name, "n\u{fffd}\u{fffd}");
}

#[test]
fn a_value_too_deep_for_the_library_costs_only_its_attribute() {
    let deep = (0..80).fold(Any::BoolValue(true), |inner, _| Any::ArrayValue(ArrayValue { values: vec![AnyValue { value: Some(inner) }] }));
    let attributes = vec![attribute("deep", deep), attribute("good", Any::IntValue(1))];
    let export = read(&request(vec![Message { attributes, ..message(1) }]));
    assert_eq!(export.items[0].attributes, Attributes(vec![("good".into(), json!(1))]));
    assert_eq!(export.items[0].dropped_attributes, 1);
}

#[test]
fn a_damaged_resource_does_not_cost_its_spans() {
    let mut one = span(1, 1);
    let attributes = vec![("service.name".to_owned(), json!("désk")), ("host.name".to_owned(), json!("h"))];
    one.resource = std::sync::Arc::new(crate::formats::otlp::span::Resource { attributes: Attributes(attributes) });
    let body = ExportTraceServiceRequest { resource_spans: resource_spans(&[one]) }.encode_to_vec();
    let export = read(&overwritten(body, "é".as_bytes(), b"\xFF\xFF"));
    assert_eq!(export.items[0].resource.attributes.0, [("host.name".to_owned(), json!("h"))]);
}

#[test]
fn nothing_is_fine_and_nothing_known_is_not() {
    assert_eq!(read(b""), Export::default());
    assert_eq!(read(&request(vec![])), Export::default());
    for (body, kind, says) in [
        (&b"{\"resourceSpans\":[]}"[..], FormatErrorKind::Syntax, "application/json"),
        (b"\x1F\x8B\x08\x00", FormatErrorKind::Syntax, "Content-Encoding: gzip"),
        (b"garbage that is no protobuf", FormatErrorKind::Syntax, "damaged"),
        (b"\x10\x01", FormatErrorKind::Unrecognised, "nothing in this request is known"),
    ] {
        for error in [traces(body, Encoding::Protobuf).unwrap_err(), logs(body, Encoding::Protobuf).unwrap_err()] {
            assert_eq!(error.kind, kind, "{error}");
            assert!(error.message.contains(says), "{error}");
        }
    }
}

#[test]
fn half_a_request_is_refused() {
    let body = request(vec![message(1), message(2)]);
    for cut in 1..body.len() {
        let error = traces(&body[..cut], Encoding::Protobuf).unwrap_err();
        assert_eq!(error.kind, FormatErrorKind::Syntax, "{cut}: {error}");
    }
}

#[test]
fn a_request_that_would_fill_memory_is_refused() {
    // An empty attribute takes two bytes.
    let mut inside = message(1).encode_to_vec();
    inside.extend(b"\x4A\x00".repeat(1_000_001));
    let wrap = |tag: u8, held: Vec<u8>| {
        let mut message = vec![tag << 3 | 2];
        prost::encode_length_delimiter(held.len(), &mut message).unwrap();
        [message, held].concat()
    };
    let body = wrap(1, wrap(2, wrap(2, inside)));
    assert_eq!(traces(&body, Encoding::Protobuf).unwrap_err().kind, FormatErrorKind::TooLarge);
}

#[test]
fn log_records_outside_of_traces_are_counted_and_no_fault() {
    let mut messages = resource_logs(&[record(1, 1), record(1, 2)]);
    messages[0].scope_logs[0].log_records[0].trace_id.clear();
    let export = logs(&ExportLogsServiceRequest { resource_logs: messages }.encode_to_vec(), Encoding::Protobuf).unwrap();
    assert_eq!((export.items, export.outside, export.rejected), (vec![record(1, 2)], 1, 0));
}

#[test]
fn data_points_are_counted_as_typed() {
    let gauge = Gauge { data_points: vec![NumberDataPoint::default(); 3] };
    let metrics_of = vec![Metric { data: Some(Data::Gauge(gauge)), ..Default::default() }, Metric::default()];
    let scope_metrics = vec![ScopeMetrics { metrics: metrics_of, ..Default::default() }];
    let request = ExportMetricsServiceRequest { resource_metrics: vec![ResourceMetrics { scope_metrics, ..Default::default() }] };
    assert_eq!(metrics(&request.encode_to_vec(), Encoding::Protobuf).unwrap(), 3);
    assert_eq!(metrics_from(&request), 3);
    assert_eq!(metrics(b"", Encoding::Protobuf).unwrap(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_spans_come_over_the_wire(spans in vec(any_span(), 0..5)) {
        let body = ExportTraceServiceRequest { resource_spans: resource_spans(&spans) }.encode_to_vec();
        let export = read(&body);
        prop_assert_eq!(export.rejected, 0);
        prop_assert_eq!(export.items, spans);
    }

    #[test]
    fn any_records_come_over_the_wire(records in vec(any_record(), 0..5)) {
        let body = ExportLogsServiceRequest { resource_logs: resource_logs(&records) }.encode_to_vec();
        prop_assert_eq!(logs(&body, Encoding::Protobuf).unwrap().items, records);
    }

    #[test]
    fn a_changed_byte_is_read_or_refused(spans in vec(any_span(), 1..4), at in any::<prop::sample::Index>(), byte: u8) {
        let mut body = ExportTraceServiceRequest { resource_spans: resource_spans(&spans) }.encode_to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        _ = (traces(&body, Encoding::Protobuf), logs(&body, Encoding::Protobuf), metrics(&body, Encoding::Protobuf));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..64)) {
        _ = (traces(&bytes, Encoding::Protobuf), logs(&bytes, Encoding::Protobuf), metrics(&bytes, Encoding::Protobuf));
    }
}
