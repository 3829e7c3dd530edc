#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use proptest::prelude::*;

use super::*;

const LIMIT: usize = 16 << 20;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd_(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}

#[test]
fn every_encoding_gives_back_what_was_packed() {
    let plain = br#"{"agent_id":"a"}"#.repeat(5_000);
    let packed = [
        (Encoding::Identity, plain.clone()),
        (Encoding::Gzip, gzip(&plain)),
        (Encoding::Deflate, zlib(&plain)),
        (Encoding::Deflate, raw_deflate(&plain)),
        (Encoding::Zstd, zstd_(&plain)),
    ];
    for (encoding, packed) in packed {
        assert!(decompress(&packed, encoding, plain.len()).unwrap() == plain, "{encoding}");
    }
}

#[test]
fn several_members_or_frames_are_one_body() {
    let gzips = [gzip(b"one "), gzip(b"two")].concat();
    assert_eq!(decompress(&gzips, Encoding::Gzip, LIMIT).unwrap(), b"one two");
    let frames = [zstd_(b"one "), zstd_(b"two")].concat();
    assert_eq!(decompress(&frames, Encoding::Zstd, LIMIT).unwrap(), b"one two");
}

#[test]
fn a_bomb_is_refused_without_memory_for_it() {
    let zeros = vec![0; 200 << 20];
    for (encoding, packed) in [(Encoding::Gzip, gzip(&zeros)), (Encoding::Deflate, zlib(&zeros)), (Encoding::Zstd, zstd_(&zeros))] {
        assert!(packed.len() < 300_000, "{encoding}: {}", packed.len());
        let error = decompress(&packed, encoding, LIMIT).unwrap_err();
        assert!(matches!(error, DecompressError::TooLarge { limit: LIMIT }), "{error}");
        assert_eq!(error.to_string(), "the body unpacks to more than 16777216 bytes; send less at a time");
    }
}

#[test]
fn what_just_fits_the_limit_takes_no_more_than_the_limit() {
    let plain = vec![7; 1_000_003];
    let unpacked = decompress(&gzip(&plain), Encoding::Gzip, plain.len()).unwrap();
    assert!(unpacked == plain && unpacked.capacity() <= plain.len(), "{}", unpacked.capacity());
    assert!(matches!(decompress(&gzip(&plain), Encoding::Gzip, plain.len() - 1), Err(DecompressError::TooLarge { .. })));
}

#[test]
fn a_frame_that_asks_for_a_huge_window_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(b"small").unwrap();
    let error = decompress(&encoder.finish().unwrap(), Encoding::Zstd, LIMIT).unwrap_err();
    assert!(matches!(error, DecompressError::Damaged { encoding: Encoding::Zstd, .. }), "{error}");
}

#[test]
fn what_is_damaged_or_cut_off_is_refused() {
    let plain = br#"{"agent_id":"a"}"#.repeat(500);
    for (encoding, packed) in [(Encoding::Gzip, gzip(&plain)), (Encoding::Deflate, zlib(&plain)), (Encoding::Zstd, zstd_(&plain))] {
        let cut = decompress(&packed[..packed.len() / 2], encoding, LIMIT).unwrap_err();
        assert!(matches!(cut, DecompressError::Damaged { .. }), "{encoding}: {cut}");
        let wrong = decompress(b"{\"agent_id\":\"a\"}", encoding, LIMIT).unwrap_err();
        assert!(wrong.to_string().starts_with(&format!("the body is not sound {encoding}: ")), "{wrong}");
    }
}

#[test]
fn the_header_names_one_encoding() {
    let parsed = |header| Encoding::parse(header).unwrap();
    assert_eq!(parsed(""), Encoding::Identity);
    assert_eq!(parsed("identity"), Encoding::Identity);
    assert_eq!(parsed(" GZip "), Encoding::Gzip);
    assert_eq!(parsed("x-gzip, identity"), Encoding::Gzip);
    assert_eq!(parsed("deflate"), Encoding::Deflate);
    assert_eq!(parsed("zstd"), Encoding::Zstd);
    assert!(matches!(Encoding::parse("br"), Err(DecompressError::Unknown(_))));
    assert!(matches!(Encoding::parse("gzip, zstd"), Err(DecompressError::Chained(_))));
    assert!(!Encoding::parse("\u{1b}[2J").unwrap_err().to_string().contains('\u{1b}'));
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_unpacked_within_the_limit(packed in proptest::collection::vec(any::<u8>(), 0..300), limit in 0_usize..1000) {
        for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Deflate, Encoding::Zstd] {
            if let Ok(unpacked) = decompress(&packed, encoding, limit) {
                prop_assert!(unpacked.len() <= limit);
            }
        }
    }

    #[test]
    fn deflate_is_told_from_zlib_whatever_is_in_it(plain in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(&decompress(&raw_deflate(&plain), Encoding::Deflate, LIMIT).unwrap(), &plain);
        prop_assert_eq!(&decompress(&zlib(&plain), Encoding::Deflate, LIMIT).unwrap(), &plain);
    }
}
