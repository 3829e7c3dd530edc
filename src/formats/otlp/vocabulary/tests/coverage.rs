//! Walks a folder of recordings and prints what is read of each instrumentation, to find what is not.
//!
//! `RECORDINGS=folder cargo test --lib vocabulary::tests::coverage -- --ignored --nocapture`, with the folder laid out as
//! `framework/instrumentation/variant/*.decoded.json.gz`; `ONLY=framework/instrumentation` prints every span of one.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Read,
    path::{Path, PathBuf},
    time::Instant,
};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::otlp_json;
use crate::formats::otlp::{
    reading::{Reading, SpanKind},
    span::{LogRecord, Span},
    vocabulary,
};

#[derive(Default)]
struct Row {
    kinds: BTreeMap<String, usize>,
    unmapped: BTreeMap<String, usize>,
    lacks: BTreeMap<String, usize>,
    micros: f64,
    spans: usize,
}

#[test]
#[ignore = "needs a folder of recordings, named by RECORDINGS"]
fn coverage() {
    let root = PathBuf::from(env::var("RECORDINGS").expect("RECORDINGS names the folder"));
    let only = env::var("ONLY").unwrap_or_default();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for variant in folders(&folders(&folders(&[root.clone()]))) {
        let label = variant.parent().unwrap().strip_prefix(&root).unwrap().display().to_string();
        if !format!("{}/{}", label, variant.file_name().unwrap().display()).starts_with(&only) {
            continue;
        }
        let bodies = bodies(&variant);
        let spans: Vec<Span> = bodies.iter().flat_map(otlp_json::spans).collect();
        let logs: Vec<LogRecord> = bodies.iter().flat_map(otlp_json::logs).collect();
        let row = rows.entry(label).or_default();
        for span in &spans {
            let own: Vec<&LogRecord> = logs.iter().filter(|log| log.span == Some(span.id) && log.trace == span.trace).collect();
            let started = Instant::now();
            let reading = vocabulary::read(span, &own);
            row.micros += started.elapsed().as_secs_f64() * 1e6;
            row.spans += 1;
            note(row, span, &reading);
            if !only.is_empty() {
                println!("\n{} [{}]\n{reading:#?}", span.name, span.scope.name);
            }
        }
    }
    for (label, row) in rows {
        println!("== {label}: {} spans, {:.1} µs each", row.spans, row.micros / row.spans as f64);
        println!("   kinds {:?}", row.kinds);
        println!("   lacks {:?}", row.lacks);
        println!("   unmapped {:?}", row.unmapped);
    }
}

fn note(row: &mut Row, span: &Span, reading: &Reading) {
    *row.kinds.entry(format!("{:?}", reading.kind)).or_default() += 1;
    for (name, _) in &reading.unmapped {
        *row.unmapped.entry(name.clone()).or_default() += 1;
    }
    let mut lack = |what: &str, there: bool| {
        if !there {
            *row.lacks.entry(what.to_owned()).or_default() += 1;
        }
    };
    match reading.kind {
        SpanKind::Model => {
            lack("model usage", reading.usage.is_some());
            lack("model name", reading.model.is_some());
            lack("model provider", reading.provider.is_some());
            lack("model input", !reading.input_messages.is_empty());
            lack("model output", !reading.output_messages.is_empty() || reading.error.is_some());
            lack("model finish", reading.finish_reason.is_some() || reading.error.is_some());
            lack("model response id", reading.response_id.is_some() || reading.error.is_some());
            let asks = reading.finish_reason.as_deref() == Some("tool_calls") || reading.finish_reason.as_deref() == Some("tool_use");
            lack("model requested tools", !asks || !reading.requested_tools.is_empty());
            lack("model tools", !reading.tool_definitions.is_empty());
            lack("(malformed arguments)", reading.requested_tools.iter().all(|tool| tool.arguments_error.is_none()));
        }
        SpanKind::Tool => {
            lack("tool name", reading.tool_name.is_some());
            lack("tool arguments", reading.tool_input.is_some());
            lack("tool result", reading.tool_output.is_some() || reading.error.is_some());
            lack("tool call id", reading.tool_call_id.is_some());
            lack("(malformed tool arguments)", reading.tool_input_error.is_none());
        }
        SpanKind::Agent => {
            lack("agent name", reading.agent.is_some());
            lack("agent input", reading.input.is_some());
            lack("agent output", reading.output.is_some() || reading.error.is_some());
        }
        SpanKind::Unknown => lack(&format!("kind of {}", span.name), false),
        _ => {}
    }
    lack("(has an error)", reading.error.is_none());
    lack("(session)", reading.session.is_none());
}

fn folders(roots: &[PathBuf]) -> Vec<PathBuf> {
    let inside = roots.iter().flat_map(|root| fs::read_dir(root).unwrap()).map(|entry| entry.unwrap().path());
    let mut inside: Vec<PathBuf> = inside.filter(|path| path.is_dir()).collect();
    inside.sort();
    inside
}

fn bodies(variant: &Path) -> Vec<Value> {
    let mut paths: Vec<PathBuf> = fs::read_dir(variant).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".decoded.json.gz"));
    paths.sort();
    let unzipped = paths.iter().map(|path| {
        let mut text = String::new();
        GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    });
    unzipped.collect()
}
