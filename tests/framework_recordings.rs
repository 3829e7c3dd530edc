//! How often the framework is recognised in recordings that lie outside the project: with the scopes they came with, and stripped of them.
//!
//! `RECORDINGS=folder-or-jsonl cargo test --test framework_recordings -- --ignored --nocapture`: a file of JSON lines
//! `{"framework": "...", "source": "...", "otlp": {OTLP/JSON export request}}`, or with `"body"`, anything of one run that is read, in place
//! of `otlp`; `SHOW=1` for each that is missed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader},
    sync::Arc,
};

use arc_eval_tui::{
    analysis::{Rules, analyse},
    formats::{
        decode,
        otlp::{
            span::{Attributes, OtelTraceId, Resource, Scope, Span, SpanEvent, SpanId, Status, UnixNanos},
            telemetry::digest,
        },
    },
    model::{ids::TraceId, trace::Trace},
};
use serde_json::{Value, json};

fn value(any: &Value) -> Value {
    let Some((kind, value)) = any.as_object().and_then(|kinds| kinds.iter().next()) else { return Value::Null };
    match (kind.as_str(), value) {
        ("intValue", Value::String(number)) => number.parse::<i64>().map_or(Value::Null, |number| json!(number)),
        ("arrayValue", list) => list["values"].as_array().into_iter().flatten().map(self::value).collect(),
        (_, plain) => plain.clone(),
    }
}

fn attributes(list: &Value) -> Attributes {
    Attributes(list.as_array().into_iter().flatten().map(|pair| (text(&pair["key"]), value(&pair["value"]))).collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn id<const N: usize>(value: &Value) -> [u8; N] {
    let digits = text(value);
    std::array::from_fn(|at| digits.get(2 * at..2 * at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or(1))
}

fn spans(request: &Value, stripped: bool) -> Vec<Span> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut spans = Vec::new();
    for of_resource in list(&request["resourceSpans"]) {
        let attributes_of = if stripped { Attributes::default() } else { attributes(&of_resource["resource"]["attributes"]) };
        let resource = Arc::new(Resource { attributes: attributes_of });
        for of_scope in list(&of_resource["scopeSpans"]) {
            let name = if stripped { String::new() } else { text(&of_scope["scope"]["name"]) };
            let scope = Arc::new(Scope { name, ..Scope::default() });
            for span in list(&of_scope["spans"]) {
                spans.push(Span {
                    trace: OtelTraceId::from_slice(&id::<16>(&span["traceId"])).unwrap(),
                    id: SpanId::from_slice(&id::<8>(&span["spanId"])).unwrap(),
                    parent: span["parentSpanId"]
                        .as_str()
                        .filter(|id| !id.is_empty())
                        .and_then(|_| SpanId::from_slice(&id::<8>(&span["parentSpanId"]))),
                    name: text(&span["name"]),
                    start: text(&span["startTimeUnixNano"]).parse().ok().map(UnixNanos),
                    end: None,
                    attributes: attributes(&span["attributes"]),
                    dropped_attributes: 0,
                    events: list(&span["events"])
                        .iter()
                        .map(|event| SpanEvent { name: text(&event["name"]), time: None, attributes: attributes(&event["attributes"]) })
                        .collect(),
                    links: Vec::new(),
                    status: Status::Unset,
                    scope: Arc::clone(&scope),
                    resource: Arc::clone(&resource),
                });
            }
        }
    }
    spans
}

#[test]
#[ignore = "needs recordings"]
fn frameworks_of_recordings() {
    let path = env::var("RECORDINGS").expect("RECORDINGS: where the recordings are");
    let rules = Rules::bundled();
    let show = env::var("SHOW").is_ok();
    for stripped in [false, true] {
        let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        let mut missed: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for line in BufReader::new(fs::File::open(&path).unwrap()).lines() {
            let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let trace = match row.get("body") {
                Some(body) => decode(body.to_string().as_bytes(), TraceId::generate).unwrap(),
                None => {
                    let mut trace = Trace::empty(TraceId::new("recording").unwrap());
                    trace.telemetry = Some(digest(&spans(&row["otlp"], stripped)));
                    trace
                }
            };
            let verdict = analyse(&trace, &rules, None);
            let (expected, source) = (text(&row["framework"]), text(&row["source"]));
            let found = verdict.framework.unwrap_or_default();
            let entry = tally.entry(source.clone()).or_default();
            entry.1 += 1;
            if found == expected {
                entry.0 += 1;
            } else {
                if show {
                    println!("{} {source} {expected}: {found:?} by {:?}", text(&row["trace_id"]), verdict.framework_signal);
                }
                *missed.entry((source, expected, found)).or_default() += 1;
            }
        }
        let (right, all) = tally.values().fold((0, 0), |(right, all), (r, a)| (right + r, all + a));
        println!("stripped={stripped}: {right} of {all}");
        tally.iter().for_each(|(source, (right, all))| println!("  {source}: {right} of {all}"));
        missed.iter().for_each(|((source, expected, found), count)| println!("  {source}: {expected} taken for {found:?}: {count}"));
    }
}
