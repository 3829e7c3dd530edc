#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::*;
use crate::formats::split::split;

/// Gives a few bytes at a time, as pipes may.
struct Drops {
    bytes: Cursor<Vec<u8>>,
    most: usize,
}

impl Read for Drops {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.most.min(buffer.len());
        self.bytes.read(&mut buffer[..most])
    }
}

fn all(content: impl Into<Vec<u8>>) -> Vec<(u64, Result<String, String>)> {
    located(read("name", Cursor::new(content.into())).unwrap())
}

fn located(file: TraceFile) -> Vec<(u64, Result<String, String>)> {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    file.map(|one| (one.line, one.result.map(text).map_err(|error| error.to_string()))).collect()
}

fn ok(line: u64, text: &str) -> (u64, Result<String, String>) {
    (line, Ok(text.to_owned()))
}

#[test]
fn lines_arrays_and_documents_are_read_with_their_lines() {
    assert_eq!(all("{\"a\":1}\n\n{\"b\":2}"), [ok(1, "{\"a\":1}"), ok(3, "{\"b\":2}")]);
    assert_eq!(all("[\n{\"a\":1},\n{\"b\":2}\n]\n"), [ok(2, "{\"a\":1}"), ok(3, "{\"b\":2}")]);
    assert_eq!(all("\n{\n\"a\": 1\n}\n"), [ok(2, "{\n\"a\": 1\n}")]);
    let talk = "[{\"role\":\"user\",\"content\":\"hi\"}]";
    assert_eq!(all(format!("{talk}\n{talk}")), [ok(1, talk), ok(2, talk)]);
}

#[test]
fn a_bad_line_spoils_only_itself() {
    let good = "{\"a\":1}\n".repeat(3);
    let read = all(format!("{good}{{\"a\":[1,\n{good}"));
    assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(read[3], ok(4, "{\"a\":[1,"));
}

#[test]
fn packed_files_are_known_by_their_content() {
    let plain = b"{\"a\":1}\n{\"b\":2}\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(plain).unwrap();
    for packed in [gzip.finish().unwrap(), zstd::encode_all(plain.as_slice(), 1).unwrap()] {
        assert_eq!(all(packed.clone()), [ok(1, "{\"a\":1}"), ok(2, "{\"b\":2}")]);
        let damaged = all(&packed[..packed.len() - 6]);
        let (_, last) = damaged.last().unwrap();
        assert!(last.as_ref().is_err_and(|error| error.starts_with("cannot read on: ")), "{damaged:?}");
    }
}

#[test]
fn a_trace_over_the_limit_is_passed_over_and_those_after_it_come() {
    let long = "x".repeat(300_000);
    let small = |content: String| located(read("name", Cursor::new(content.into_bytes())).unwrap().with_limit(1_000));
    let too_long = || (2, Err("the trace is larger than 1000 bytes and was passed over".to_owned()));
    assert_eq!(small(format!("{{\"a\":1}}\n{{\"b\":\"{long}\"}}\n{{\"c\":3}}")), [ok(1, "{\"a\":1}"), too_long(), ok(3, "{\"c\":3}")]);
    assert_eq!(small(format!("[{{\"a\":1}},\n{{\"b\":\"{long}\"}},\n{{\"c\":3}}]")), [ok(1, "{\"a\":1}"), too_long(), ok(3, "{\"c\":3}")]);
    assert_eq!(small(format!("[\n{{\"b\":\"{long}\"}},\n{{\"c\":3}}]")), [too_long(), ok(3, "{\"c\":3}")]);
    assert_eq!(small(format!("\n{{\"b\":\"{long}\n{{\"c\":3}}\n")), [too_long(), ok(3, "{\"c\":3}")]);
    assert_eq!(small(format!("\n<html>{long}\n{long}")), [too_long()]);
}

#[test]
fn memory_does_not_grow_with_what_is_passed_over() {
    let mut file = read("name", io::repeat(b'x').take(50 << 20)).unwrap().with_limit(1 << 20);
    assert!(matches!(file.next().unwrap().result, Err(FileError::TooLong { .. })));
    assert!(file.next().is_none());
    assert!(file.window.capacity() < 4 << 20, "{}", file.window.capacity());
}

#[test]
fn an_empty_file_and_one_cut_off_in_its_array_say_so() {
    assert_eq!(all(" \n"), [(2, Err("the file is empty".to_owned()))]);
    let cut = all("[{\"a\":1},\n{\"b\":");
    assert_eq!(cut[0], ok(1, "{\"a\":1}"));
    assert_eq!(cut[1], (2, Err("the file ends before its array does: it may have been cut off while it was written".to_owned())));
    assert_eq!(all("[]"), [(1, Err("the file is empty".to_owned()))]);
}

#[test]
fn a_folder_and_a_missing_file_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(open(folder.path()), Err(FileError::Folder)));
    let missing = open(&folder.path().join("none.json")).unwrap_err().to_string();
    assert!(missing.starts_with("cannot open: "), "{missing}");
    let path = folder.path().join("one.json");
    std::fs::write(&path, "{\"a\":1}").unwrap();
    let read: Vec<_> = open(&path).unwrap().collect();
    assert_eq!((read.len(), read[0].path.as_str()), (1, path.to_str().unwrap()));
}

proptest! {
    /// However the bytes arrive, a file holds the traces that the same body holds.
    #[test]
    fn a_file_in_drops_is_cut_as_the_whole_body(body in r#"([\[\]{}",:\n a]|\{"a":1\}|\{"b":\[\n?1\]\}|\n){0,40}"#, most in 1_usize..9) {
        let file = read("name", Drops { bytes: Cursor::new(body.clone().into_bytes()), most }).unwrap();
        let read: Vec<_> = file.filter_map(|one| one.result.ok().map(|bytes| (one.line, bytes))).collect();
        if let Ok(batch) = split(body.as_bytes()) {
            let whole: Vec<_> = batch.items.iter().map(|item| (item.line, item.bytes.to_vec())).collect();
            prop_assert_eq!(read, whole);
        }
    }
}
