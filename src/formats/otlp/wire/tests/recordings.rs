//! Every request of a folder of recordings, in both encodings: nothing is rejected, and both say the same.
//!
//! `RECORDINGS=folder cargo test --lib wire::tests::recordings -- --ignored --nocapture`, with `….json`, or `….pb` beside the same
//! request as `….decoded.json.gz`.

#![allow(clippy::print_stdout)]

use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::super::*;
use crate::formats::otlp::{bundle, group};

#[derive(Default, Debug)]
struct Count {
    requests: usize,
    spans: usize,
    logs: usize,
    outside: u64,
    data_points: usize,
    pieces: usize,
}

#[test]
#[ignore = "needs a folder of recordings, named by RECORDINGS"]
fn recordings_are_read_alike_in_both_encodings() {
    let root = PathBuf::from(env::var("RECORDINGS").expect("RECORDINGS names the folder"));
    let mut count = Count::default();
    for path in files(&root) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let encoding = match name.rsplit_once('.') {
            Some((_, "pb")) => Encoding::Protobuf,
            Some((stem, "json")) if stem.ends_with("-traces") || stem.ends_with("-logs") || stem.ends_with("-metrics") => Encoding::Json,
            _ => continue,
        };
        count.requests += 1;
        check(&path, encoding, &mut count);
    }
    println!("{count:?}");
    assert!(count.requests > 0, "no recordings in {}", root.display());
}

fn check(path: &Path, encoding: Encoding, count: &mut Count) {
    let body = fs::read(path).unwrap();
    let mut decoded = Vec::new();
    match encoding {
        Encoding::Protobuf => {
            let beside = fs::File::open(path.with_extension("decoded.json.gz")).unwrap();
            GzDecoder::new(beside).read_to_end(&mut decoded).unwrap();
        }
        // Its own decoded form.
        Encoding::Json => decoded.clone_from(&body),
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    if name.contains("-traces.") {
        let export = rounded(traces(&body, encoding).unwrap());
        assert_eq!(export.rejected, 0, "{}: {:?}", path.display(), export.reasons);
        assert_eq!(export, rounded(traces(&decoded, Encoding::Json).unwrap()), "{}", path.display());
        count.spans += export.items.len();
        for piece in group::by_trace(export.items, Vec::new()) {
            count.pieces += 1;
            assert_eq!(bundle::decode(&bundle::encode(&piece.spans, &[])).unwrap().0, piece.spans, "{}", path.display());
        }
    } else if name.contains("-logs.") {
        let export = logs(&body, encoding).unwrap();
        assert_eq!(export.rejected, 0, "{}: {:?}", path.display(), export.reasons);
        assert_eq!(export, logs(&decoded, Encoding::Json).unwrap(), "{}", path.display());
        count.logs += export.items.len();
        count.outside += export.outside;
    } else {
        let points = metrics(&body, encoding).unwrap();
        assert_eq!(points, metrics(&decoded, Encoding::Json).unwrap(), "{}", path.display());
        count.data_points += points;
    }
}

/// With floats as precise as both readers are: that of JSON may be off by the last bit.
fn rounded(mut export: Export<Span>) -> Export<Span> {
    for (_, value) in export.items.iter_mut().flat_map(|span| &mut span.attributes.0) {
        if let Some(float) = value.as_f64().filter(|_| value.is_f64()) {
            *value = Value::from(float as f32);
        }
    }
    export
}

/// The files below a folder, in the order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut below: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    below.sort();
    below.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
