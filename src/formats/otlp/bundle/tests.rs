//! What is kept comes back; what is damaged is told and never panics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use super::{
    super::{
        testing::{any_record, any_span, record, span},
        wire,
    },
    *,
};
use crate::formats::FormatErrorKind;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn spans_and_records_come_back_as_they_were(spans in vec(any_span(), 0..6), logs in vec(any_record(), 0..4)) {
        prop_assert_eq!(decode(&encode(&spans, &logs)).unwrap(), (spans, logs));
    }

    #[test]
    fn as_json_they_can_be_read_again(spans in vec(any_span(), 1..6), logs in vec(any_record(), 0..4)) {
        let json = to_json(&encode(&spans, &logs)).unwrap();
        let read = wire::both(&json).unwrap();
        prop_assert_eq!((read.spans.rejected, read.logs.rejected, read.logs.outside), (0, 0, 0));
        prop_assert_eq!((read.spans.items, read.logs.items), (spans, logs));
    }

    #[test]
    fn damage_is_an_error_or_other_spans_but_never_a_panic(
        spans in vec(any_span(), 1..4), cut in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte: u8,
    ) {
        let mut bundle = encode(&spans, &[]);
        _ = decode(&bundle[..cut.index(bundle.len())]);
        let at = at.index(bundle.len());
        bundle[at] = byte;
        _ = (decode(&bundle), to_json(&bundle));
    }
}

#[test]
fn pieces_one_after_the_other_are_a_bundle() {
    let (first, second) = (span(1, 1), span(1, 2));
    let pieces =
        [encode(std::slice::from_ref(&first), &[record(1, 1)]), encode(&[], &[record(1, 2)]), encode(std::slice::from_ref(&second), &[])];
    let bundle = concatenate(&pieces);
    assert!(is_bundle(&bundle));
    let (spans, logs) = decode(&bundle).unwrap();
    assert_eq!((spans, logs), (vec![first, second], vec![record(1, 1), record(1, 2)]));
}

#[test]
fn spans_of_several_pieces_share_what_made_them() {
    let piece = encode(&[span(1, 1)], &[]);
    let (spans, _) = decode(&concatenate([&piece, &piece])).unwrap();
    assert!(std::sync::Arc::ptr_eq(&spans[0].resource, &spans[1].resource));
}

#[test]
fn nothing_is_an_empty_piece() {
    assert!(encode(&[], &[]).is_empty());
    assert_eq!(decode(b"").unwrap(), (vec![], vec![]));
    assert_eq!(to_json(b"").unwrap(), br#"{"resourceSpans":[]}"#);
}

#[test]
fn json_is_no_bundle_and_a_bundle_is_no_json() {
    assert!(!is_bundle(b"{\"resourceSpans\":[]}"));
    assert!(serde_json::from_slice::<Value>(&encode(&[span(1, 1)], &[])).is_err());
}

#[test]
fn damage_is_told_with_its_place() {
    let whole = encode(&[span(1, 1)], &[]);
    let mut two = concatenate([&whole, &whole]);
    two.truncate(two.len() - 1);
    let error = decode(&two).unwrap_err();
    assert_eq!(error.message, format!("the stored spans are damaged at byte {}: cut off", whole.len()));
    let mut later = whole;
    later[4] = 9;
    assert_eq!(decode(&later).unwrap_err().kind, FormatErrorKind::Unsupported);
}

#[test]
fn values_nested_too_deep_are_kept_as_their_text() {
    let deep = (0..200).fold(json!("end"), |inner, _| json!([inner]));
    let mut span = span(1, 1);
    span.attributes.0.push(("deep".to_owned(), deep.clone()));
    let bundle = encode(&[span], &[]);
    let (spans, _) = decode(&bundle).unwrap();
    let mut kept = spans[0].attributes.get("deep").unwrap();
    let mut levels = 0;
    while let Value::Array(list) = kept {
        kept = &list[0];
        levels += 1;
    }
    assert_eq!(levels, 24);
    assert_eq!(kept.as_str().unwrap().matches('[').count(), 200 - 24);
    assert_eq!(wire::both(&to_json(&bundle).unwrap()).unwrap().spans.items, spans);
}

#[test]
fn maps_nested_to_the_limit_can_be_read_in_both_encodings() {
    let deep = (0..30).fold(json!("end"), |inner, _| json!({"in": inner}));
    let mut span = span(1, 1);
    span.events.push(super::super::span::SpanEvent {
        attributes: super::super::span::Attributes(vec![("deep".to_owned(), deep)]),
        ..Default::default()
    });
    let bundle = encode(&[span], &[]);
    let (spans, _) = decode(&bundle).unwrap();
    assert_eq!(wire::both(&to_json(&bundle).unwrap()).unwrap().spans.items, spans);
}
