//! What it costs to read a trace: decoding, splitting, unpacking; bodies of 16 KB unless named otherwise.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::{hint::black_box, io::Write};

use arc_eval_tui::{
    formats::{
        decode,
        decompress::{Encoding, decompress},
        files,
        split::split,
    },
    model::ids::TraceId,
};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

#[path = "support/trace_body.rs"]
mod trace_body;
use trace_body::trace_body;

const LIMIT: usize = 16 << 20;

fn one_trace(criterion: &mut Criterion) {
    let bodies: Vec<String> = (0..64).map(|index| trace_body(index, 16 << 10)).collect();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(bodies.iter().map(String::len).sum::<usize>() as u64 / 64));
    let mut next = bodies.iter().cycle();
    group.bench_function("16 KB", |bench| {
        bench.iter_with_large_drop(|| decode(next.next().unwrap().as_bytes(), TraceId::generate).unwrap())
    });
    let small = trace_body(1, 1 << 10);
    group.throughput(Throughput::Bytes(small.len() as u64));
    group.bench_function("1 KB", |bench| bench.iter(|| decode(black_box(small.as_bytes()), TraceId::generate).unwrap()));
    let refused = format!("{},\"timestamp\":\"never\"}}", bodies[0].strip_suffix('}').unwrap());
    group.bench_function("16 KB refused at its end, with the path", |bench| {
        bench.iter(|| decode(black_box(refused.as_bytes()), TraceId::generate).unwrap_err());
    });
    group.finish();
}

fn many_steps(criterion: &mut Criterion) {
    let step = |number: u32| format!(r#"{{"step":{number},"action":"tool_call","tool":"find","input":{{"n":{number}}},"duration_ms":1}}"#);
    let steps: Vec<_> = (1..=100_000).map(step).collect();
    let body = format!(r#"{{"agent_id":"a","trace":{{"steps":[{}]}}}}"#, steps.join(","));
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(10).throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("100,000 steps", |bench| bench.iter_with_large_drop(|| decode(body.as_bytes(), TraceId::generate).unwrap()));
    group.finish();
}

fn way_in(criterion: &mut Criterion) {
    let body = trace_body(1, 16 << 10);
    let mut group = criterion.benchmark_group("way in");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("split one object of 16 KB", |bench| bench.iter(|| split(black_box(body.as_bytes())).unwrap()));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(body.as_bytes()).unwrap();
    let packed = [(Encoding::Gzip, gzip.finish().unwrap()), (Encoding::Zstd, zstd::encode_all(body.as_bytes(), 3).unwrap())];
    for (encoding, packed) in packed {
        group.bench_function(format!("unpack {encoding}"), |bench| bench.iter(|| decompress(black_box(&packed), encoding, LIMIT).unwrap()));
    }
    let lines = (0..1_000).map(|index| trace_body(index, 1 << 10)).collect::<Vec<_>>().join("\n").into_bytes();
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("1,000 lines of 1 KB from a file", |bench| {
        bench.iter_batched(
            || std::io::Cursor::new(lines.clone()),
            |reader| files::read("-", reader).unwrap().filter(|one| one.result.is_ok()).count(),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, one_trace, many_steps, way_in);
criterion_main!(benches);
