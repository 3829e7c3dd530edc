//! How much one trace may hold, so that a small hostile body cannot take much memory.

use super::error::{FormatError, FormatErrorKind};

/// Most steps, calls or other entries read in one list of a trace, and most steps a trace may have.
pub const MAX_STEPS: usize = 200_000;

/// Largest body of one trace read from a file, in bytes. The listener has a limit of its own, with the same default.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// Most objects and lists in one trace. Each takes up to some 600 bytes when read, from as little as 9 bytes of text.
const MAX_CONTAINERS: usize = 500_000;

/// Most values in one trace.
const MAX_VALUES: usize = 3_000_000;

/// Bodies up to this size cannot grow into much, whatever they hold; they are not counted.
const HARMLESS_BYTES: usize = 1 << 20;

/// Counts what a large body holds before any of it is built in memory.
pub(super) fn check(text: &str) -> Result<(), FormatError> {
    if text.len() <= HARMLESS_BYTES {
        return Ok(());
    }
    let (mut containers, mut commas) = (0_usize, 0_usize);
    let mut in_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b'{' | b'[' if !in_string => containers += 1,
            b',' if !in_string => commas += 1,
            _ => {}
        }
    }
    refuse_over("objects and lists", containers, MAX_CONTAINERS)?;
    refuse_over("values", containers + commas, MAX_VALUES)
}

fn refuse_over(what: &str, found: usize, most: usize) -> Result<(), FormatError> {
    if found <= most {
        return Ok(());
    }
    let message = format!("the trace holds {found} {what}; at most {most} are read: send less of it, or large data as text");
    Err(FormatError::new(FormatErrorKind::TooLarge, message))
}
