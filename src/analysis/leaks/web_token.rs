//! JSON web tokens: a header and a payload that can be read, with or without a signature.

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Longest part looked at.
const PART_BYTES: usize = 8 * 1024;

/// The token that begins at `start`.
pub(super) fn find(text: &str, start: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if start.checked_sub(1).is_some_and(|before| is_part(&bytes[before])) {
        return None;
    }
    let part = |from: usize| from..from + bytes[from..bytes.len().min(from + PART_BYTES)].iter().take_while(|byte| is_part(byte)).count();
    let header = part(start);
    if bytes.get(header.end) != Some(&b'.') {
        return None;
    }
    let payload = part(header.end + 1);
    let object = |range: &Range<usize>| -> Option<Map<String, Value>> {
        let encoded = text.get(range.clone())?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
    };
    let read = object(&header)?;
    if !read.contains_key("alg") || object(&payload).is_none() && !read.contains_key("enc") {
        return None;
    }
    let mut end = payload.end;
    // A signature, or the five parts of an encrypted one.
    for _ in 0..3 {
        if bytes.get(end) != Some(&b'.') || !bytes.get(end + 1).is_some_and(is_part) {
            break;
        }
        end = part(end + 1).end;
    }
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_read_is_a_token() {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let (header, payload) = (encode(r#"{"alg":"HS256","typ":"JWT"}"#), encode(r#"{"sub":"4711"}"#));
        let token = format!("{header}.{payload}.c2lnbmF0dXJl");
        assert_eq!(find(&token, 0), Some(0..token.len()));
        let bare = format!("{header}.{payload}");
        assert_eq!(find(&bare, 0), Some(0..bare.len()));
        assert_eq!(find(&header, 0), None);
        assert_eq!(find(&format!("{header}.eyJub3QganNvbg.x"), 0), None);
        assert_eq!(find(&format!("{}.{payload}", encode(r#"{"typ":"JWT"}"#)), 0), None);
    }
}
