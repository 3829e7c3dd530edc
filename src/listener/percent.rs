//! Percent-encoding in paths and queries.

use super::problem::Problem;

/// One segment of a path, decoded. What does not decode to text is refused with its place.
pub(super) fn decode(text: &str) -> Result<String, Problem> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'%') {
        return Ok(text.to_owned());
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let pair = bytes.get(at + 1).copied().and_then(hex).zip(bytes.get(at + 2).copied().and_then(hex));
            let Some((high, low)) = pair else {
                return Err(Problem::bad(format!(
                    "`%` at character {} is not followed by two hexadecimal digits; a percent sign itself is %25",
                    at + 1
                )));
            };
            decoded.push(high * 16 + low);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8(decoded)
        .map_err(|error| Problem::bad(format!("the percent-encoded text is not UTF-8 from byte {}", error.utf8_error().valid_up_to() + 1)))
}

/// As [`decode`], with `+` for a space, as forms write it.
pub(super) fn decode_query(text: &str) -> Result<String, Problem> {
    if text.contains('+') { decode(&text.replace('+', "%20")) } else { decode(text) }
}

/// Text as one segment of a path, or as a value behind the question mark.
#[must_use]
pub fn encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    encoded
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_encoded_right_is_refused_with_its_place() {
        assert!(decode("ab%2").unwrap_err().message.contains("character 3"));
        assert!(decode("%zz").is_err());
        assert!(decode("%ff").unwrap_err().message.contains("UTF-8"));
        assert_eq!(decode("a%2Fb+c").unwrap(), "a/b+c");
        assert_eq!(decode_query("a%2Fb+c%2B").unwrap(), "a/b c+");
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(text in any::<String>()) {
            let encoded = encode(&text);
            prop_assert!(encoded.is_ascii() && !encoded.contains('/'));
            prop_assert_eq!(decode(&encoded).unwrap(), text.clone());
            prop_assert_eq!(decode_query(&encoded).unwrap(), text);
        }

        #[test]
        fn nothing_that_is_sent_breaks_it(text in any::<String>()) {
            let _ = decode(&text);
            let _ = decode_query(&text);
        }
    }
}
