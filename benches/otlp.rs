//! What it costs to take an OTLP request of nine spans, 19 KB of protobuf: read it, sort it by trace, keep it.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;

use arc_eval_tui::{
    analysis::{Rules, analyse},
    formats::otlp::{
        assembly::assemble,
        bundle, group, telemetry, vocabulary,
        wire::{Encoding, traces},
    },
    model::ids::TraceId,
};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[path = "support/span_request.rs"]
mod span_request;
use span_request::span_request;

fn way_in(criterion: &mut Criterion) {
    let protobuf = span_request(7).encode_to_vec();
    let json = serde_json::to_vec(&span_request(7)).unwrap();
    println!("protobuf: {} bytes, JSON: {} bytes", protobuf.len(), json.len());
    let mut group = criterion.benchmark_group("otlp");
    for (name, body, encoding) in [("protobuf", &protobuf, Encoding::Protobuf), ("json", &json, Encoding::Json)] {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(format!("read {name}"), |bench| {
            bench.iter_with_large_drop(|| traces(black_box(body), encoding).unwrap());
        });
        group.bench_function(format!("read {name}, group, bundle"), |bench| {
            bench.iter_with_large_drop(|| {
                let pieces = group::by_trace(traces(black_box(body), encoding).unwrap().items, Vec::new());
                pieces.iter().map(|piece| bundle::encode(&piece.spans, &piece.logs)).collect::<Vec<_>>()
            });
        });
    }
    group.bench_function("the library's own reader of JSON, for comparison", |bench| {
        bench.iter_with_large_drop(|| serde_json::from_slice::<ExportTraceServiceRequest>(black_box(&json)).unwrap());
    });
    group.finish();
}

fn stored(criterion: &mut Criterion) {
    let spans = traces(&span_request(7).encode_to_vec(), Encoding::Protobuf).unwrap().items;
    let bundle = bundle::encode(&spans, &[]);
    let mut group = criterion.benchmark_group("otlp bundle");
    group.throughput(Throughput::Bytes(bundle.len() as u64));
    group.bench_function("encode", |bench| bench.iter_with_large_drop(|| bundle::encode(black_box(&spans), &[])));
    group.bench_function("decode", |bench| bench.iter_with_large_drop(|| bundle::decode(black_box(&bundle)).unwrap()));
    group.bench_function("to JSON", |bench| bench.iter_with_large_drop(|| bundle::to_json(black_box(&bundle)).unwrap()));
    group.finish();
}

/// What becomes of the spans of one run: read in their vocabulary, put together, judged.
fn judged(criterion: &mut Criterion) {
    let spans = traces(&span_request(7).encode_to_vec(), Encoding::Protobuf).unwrap().items;
    let id = TraceId::new(&spans.first().unwrap().trace.to_string()).unwrap();
    let (trace, rules) = (assemble(spans.clone(), Vec::new(), id.clone()).unwrap(), Rules::bundled());
    let mut group = criterion.benchmark_group("otlp run");
    group.bench_function("vocabulary", |bench| {
        bench.iter_with_large_drop(|| spans.iter().map(|span| vocabulary::read(black_box(span), &[])).collect::<Vec<_>>());
    });
    group.bench_function("telemetry", |bench| bench.iter_with_large_drop(|| telemetry::digest(black_box(&spans))));
    group.bench_function("assemble, reading included", |bench| {
        bench.iter_batched(|| spans.clone(), |spans| assemble(spans, Vec::new(), id.clone()).unwrap(), BatchSize::SmallInput);
    });
    group.bench_function("analyse", |bench| bench.iter_with_large_drop(|| analyse(black_box(&trace), &rules, None)));
    group.finish();
}

criterion_group!(benches, way_in, stored, judged);
criterion_main!(benches);
