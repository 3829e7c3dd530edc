//! The encodings of Python files that are edited without losing a byte: UTF-8, with or without byte order mark, and Latin-1 where
//! the file declares it.

/// How a file's bytes are its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8. A byte order mark stays the text's first character.
    Utf8,
    /// ISO 8859-1: a byte is a character.
    Latin1,
}

/// Why a file's bytes are not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingProblem {
    /// It declares one that is not handled.
    #[error("it declares the encoding {0}; only UTF-8 and Latin-1 files are edited")]
    Declared(String),
    /// It is not what it declares, or declares nothing and is not UTF-8.
    #[error("its bytes are not {0}, its encoding")]
    Not(&'static str),
    /// Something no text holds.
    #[error("it holds NUL bytes or lone carriage returns, as no Python file edited here may")]
    NoText,
}

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads bytes as Python would, by byte order mark and declaration (PEP 263).
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), EncodingProblem> {
    let declared = declared(bytes.strip_prefix(MARK).unwrap_or(bytes));
    let encoding = match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "ascii" | "us-ascii") => Encoding::Utf8,
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1") if !bytes.starts_with(MARK) => Encoding::Latin1,
        Some(other) => return Err(EncodingProblem::Declared(other.to_owned())),
    };
    let text = match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).map_err(|_| EncodingProblem::Not("UTF-8"))?.to_owned(),
        Encoding::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    if declared.is_some_and(|name| name.ends_with("ascii")) && !text.is_ascii() {
        return Err(EncodingProblem::Not("ASCII"));
    }
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if memchr::memchr(0, bytes).is_some() || memchr::memchr_iter(b'\r', bytes).any(lone) {
        return Err(EncodingProblem::NoText);
    }
    Ok((text, encoding))
}

/// The bytes of a text; `None` where the encoding has no place for one of its characters.
#[must_use]
pub fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Latin1 => text.chars().map(|one| u8::try_from(u32::from(one)).ok()).collect(),
    }
}

/// The encoding a comment of the first two lines declares, in lower case with `-` for `_`.
fn declared(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii_start();
        let Some(comment) = line.strip_prefix(b"#") else {
            // A second line counts only after a first that is empty or a comment.
            if line.is_empty() {
                continue;
            }
            return None;
        };
        if let Some(name) = named(comment) {
            return Some(name);
        }
    }
    None
}

/// What follows `coding:` or `coding=` in a comment.
fn named(comment: &[u8]) -> Option<String> {
    let at = memchr::memmem::find_iter(comment, b"coding").find(|at| matches!(comment.get(at + 6), Some(b':' | b'=')))?;
    let rest = comment.get(at + 7..)?.trim_ascii_start();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let name: Vec<u8> = rest.iter().copied().take_while(is_name).collect();
    (!name.is_empty()).then(|| String::from_utf8_lossy(&name).to_ascii_lowercase().replace('_', "-"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn declarations_are_read_where_python_reads_them() {
        for (source, name) in [
            ("# -*- coding: latin-1 -*-\n", Some("latin-1")),
            ("#!/usr/bin/python\n# vim: set fileencoding=UTF_8 :\n", Some("utf-8")),
            ("\n# coding=iso8859-1\n", Some("iso8859-1")),
            ("x = 1\n# coding: latin-1\n", None),
            ("\n\n# coding: latin-1\n", None),
            ("# about encoding matters\n", None),
        ] {
            assert_eq!(declared(source.as_bytes()).as_deref(), name, "{source:?}");
        }
    }

    #[test]
    fn what_is_not_handled_is_said() {
        assert_eq!(decode(b"# coding: cp1252\n").unwrap_err(), EncodingProblem::Declared("cp1252".to_owned()));
        assert_eq!(decode(b"caf\xe9 = 1\n").unwrap_err(), EncodingProblem::Not("UTF-8"));
        assert_eq!(decode("# coding: ascii\ncafé = 1\n".as_bytes()).unwrap_err(), EncodingProblem::Not("ASCII"));
        assert_eq!(decode(b"\xff\xfea\0").unwrap_err(), EncodingProblem::Not("UTF-8"));
        assert_eq!(decode(b"a = 1\0\n").unwrap_err(), EncodingProblem::NoText);
        assert_eq!(decode(b"a = 1\rb = 2\r").unwrap_err(), EncodingProblem::NoText);
    }

    #[test]
    fn latin_1_holds_no_more_than_its_characters() {
        let (text, encoding) = decode(b"# coding: latin-1\ncaf\xe9 = 1\r\n").unwrap();
        assert!(text.contains("café"));
        assert_eq!(encode(&text, encoding).unwrap(), b"# coding: latin-1\ncaf\xe9 = 1\r\n");
        assert_eq!(encode("…", Encoding::Latin1), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_back_byte_for_byte(mut bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0usize..4) {
            let head = [&b""[..], b"# coding: latin-1\n", b"\xef\xbb\xbf", b"#!x\n# coding: utf-8\n"][head];
            bytes.splice(0..0, head.iter().copied());
            if let Ok((text, encoding)) = decode(&bytes) {
                prop_assert_eq!(encode(&text, encoding), Some(bytes));
            }
        }
    }
}
