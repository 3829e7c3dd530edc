//! The bytes of a body as text that is safe to read: UTF-8, not empty, and not holding more than is read.

use super::{
    error::{FormatError, FormatErrorKind},
    limits::Allowance,
};

/// What some editors and shells put before UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Beginnings that tell what a body is instead of text, with what to do.
const OTHERS: [(&[u8], &str); 4] = [
    (b"\x1F\x8B", "this is gzip: send it with Content-Encoding: gzip"),
    (b"\x28\xB5\x2F\xFD", "this is zstd: send it with Content-Encoding: zstd"),
    (b"\xFF\xFE", "this is UTF-16: save it as UTF-8"),
    (b"\xFE\xFF", "this is UTF-16: save it as UTF-8"),
];

/// The body as text, without a byte order mark, and what may be built of it.
pub(super) fn checked(body: &[u8]) -> Result<(&str, Allowance), FormatError> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| not_utf8(body, error.valid_up_to()))?;
    if text.trim_ascii().is_empty() {
        return Err(empty());
    }
    Ok((text, Allowance::of(text)?))
}

/// Nothing was sent.
pub(super) fn empty() -> FormatError {
    FormatError::new(FormatErrorKind::Empty, "the body is empty; send one JSON object, an array of them, or one on each line")
}

fn not_utf8(body: &[u8], offset: usize) -> FormatError {
    let known = OTHERS.iter().find(|(start, _)| body.starts_with(start)).map(|(_, says)| (*says).to_owned());
    let message = known.unwrap_or_else(|| format!("byte {offset} is not UTF-8; JSON is sent as UTF-8"));
    FormatError::new(FormatErrorKind::Encoding, message)
}
