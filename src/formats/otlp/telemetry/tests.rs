//! What is kept of a run's spans for recognising its framework, and how much at most.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use serde_json::json;

use super::*;
use crate::formats::otlp::span::{OtelTraceId, Resource, Scope, SpanEvent, SpanId, Status, UnixNanos};

fn attributes(pairs: &[(&str, Value)]) -> Attributes {
    Attributes(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn span(name: &str, start: u64, pairs: &[(&str, Value)]) -> Span {
    Span {
        trace: OtelTraceId::from_slice(&[1; 16]).unwrap(),
        id: SpanId::from_slice(&(start + 1).to_be_bytes()).unwrap(),
        parent: (start > 0).then(|| SpanId::from_slice(&1_u64.to_be_bytes()).unwrap()),
        name: name.to_owned(),
        start: Some(UnixNanos(start)),
        end: None,
        attributes: attributes(pairs),
        dropped_attributes: 0,
        events: Vec::new(),
        links: Vec::new(),
        status: Status::Unset,
        scope: Arc::new(Scope { name: "scope".to_owned(), ..Scope::default() }),
        resource: Arc::new(Resource { attributes: attributes(&[("service.name", json!("desk")), ("process.pid", json!(7))]) }),
    }
}

#[test]
fn the_outermost_span_comes_first_and_nothing_twice() {
    let mut root = span("root", 0, &[("metadata", json!("{\"a\": 1}"))]);
    root.events.push(SpanEvent { name: "exception".to_owned(), time: None, attributes: attributes(&[("exception.type", json!("E"))]) });
    // Children arrive before their parent.
    let digest =
        digest(&[span("child", 5, &[("metadata", json!("{\"b\": 2}")), ("metadata", json!("{\"a\": 1}"))]), span("child", 6, &[]), root]);
    assert_eq!(digest.span_names, ["root", "child"]);
    assert_eq!(digest.event_names, ["exception"]);
    assert_eq!(digest.scopes, ["scope"]);
    assert_eq!(digest.resource, [("service.name".to_owned(), "desk".to_owned()), ("process.pid".to_owned(), "7".to_owned())]);
    let attributes: Vec<(&str, Vec<&str>)> =
        digest.attributes.iter().map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect())).collect();
    assert_eq!(attributes, [("metadata", vec!["{\"a\": 1}", "{\"b\": 2}"]), ("exception.type", vec!["E"])]);
}

#[test]
fn messages_are_content_and_numbers_only_names() {
    let digest = digest(&[span("a", 0, &[("llm.input_messages.0.message.content", json!("hi")), ("smolagents.max_steps", json!(6))])]);
    assert_eq!(digest.attributes, [("smolagents.max_steps".to_owned(), Vec::new())]);
}

#[test]
fn a_run_of_any_size_has_a_small_digest() {
    let spans: Vec<Span> = (0..3_000_u64)
        .map(|number| {
            let mut span = span(&format!("{number}{}", "é".repeat(500)), number, &[("x", json!(format!("{number}{}", "é".repeat(5_000))))]);
            span.scope = Arc::new(Scope { name: format!("scope {number}"), ..Scope::default() });
            span.attributes.0.extend((0..10).map(|other| (format!("attribute {number} {other}"), json!("v"))));
            span
        })
        .collect();
    let digest = digest(&spans);
    assert_eq!((digest.scopes.len(), digest.span_names.len(), digest.attributes.len()), (SCOPES, NAMES, ATTRIBUTES));
    assert!(digest.span_names.iter().all(|name| name.len() <= NAME_BYTES));
    assert_eq!(digest.attributes[0].1.len(), VALUES);
    assert!(digest.attributes[0].1.iter().all(|value| value.len() <= VALUE_BYTES && value.len() > VALUE_BYTES - 4));
}

#[test]
fn no_spans_have_no_traits() {
    assert_eq!(digest(&[]), Telemetry::default());
}

/// How long it takes on a run as frameworks send them. Run by hand, in release: `cargo test --release -- --ignored --nocapture digest_of`.
#[test]
#[ignore = "a measurement"]
fn digest_of_nine_spans() {
    let names: Vec<String> = (0..40)
        .map(|number| match number % 4 {
            0 => format!("llm.input_messages.{}.message.content", number / 4),
            1 => format!("llm.output_messages.0.message.tool_calls.{}.tool_call.function.name", number / 4),
            2 => format!("gen_ai.attribute.number_{number}"),
            _ => format!("framework.other_{number}"),
        })
        .collect();
    let spans: Vec<Span> = (0..9)
        .map(|at| {
            let mut span = span(&format!("span {}", at % 4), at, &[]);
            span.attributes = Attributes(names.iter().map(|name| (name.clone(), json!(format!("{name} of {}", at % 3)))).collect());
            span
        })
        .collect();
    let rounds = 20_000_u32;
    let started = std::time::Instant::now();
    for _ in 0..rounds {
        std::hint::black_box(digest(std::hint::black_box(&spans)));
    }
    println!("{:?} a digest", started.elapsed() / rounds);
}
