//! What it costs to take an OTLP request of nine spans, 19 KB of protobuf: read it, sort it by trace, keep it.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;

use arc_eval_tui::formats::otlp::{
    bundle, group,
    wire::{Encoding, traces},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

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

criterion_group!(benches, way_in, stored);
criterion_main!(benches);
