//! How much one trace may hold, so that a small hostile body cannot take much memory.

use std::cell::Cell;

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

/// How many values may still be built while one trace is read. Text that holds JSON is paid for as well: in front of a parser it
/// is as good at taking memory as the body itself.
#[derive(Debug)]
pub(super) struct Allowance {
    /// `None` where the body is too small to do harm.
    left: Option<Cell<Count>>,
    kept_as_text: Cell<usize>,
}

impl Allowance {
    /// Counts what a body holds before any of it is built.
    pub(super) fn of(body: &str) -> Result<Self, FormatError> {
        let kept_as_text = Cell::new(0);
        if body.len() <= HARMLESS_BYTES {
            return Ok(Self { left: None, kept_as_text });
        }
        let found = Count::of(body);
        let containers = left_of(MAX_CONTAINERS, found.containers, "objects and lists")?;
        let values = left_of(MAX_VALUES, found.values, "values")?;
        Ok(Self { left: Some(Cell::new(Count { containers, values })), kept_as_text })
    }

    /// For `bytes` of text that no JSON has been read out of yet.
    pub(super) fn for_bytes(bytes: usize) -> Self {
        let left = (bytes > HARMLESS_BYTES).then(|| Cell::new(Count { containers: MAX_CONTAINERS, values: MAX_VALUES }));
        Self { left, kept_as_text: Cell::new(0) }
    }

    /// Whether `text`, which holds JSON, may be read as that.
    pub(super) fn affords(&self, text: &str) -> bool {
        let Some(left) = &self.left else { return true };
        let (found, most) = (Count::of(text), left.get());
        match (most.containers.checked_sub(found.containers), most.values.checked_sub(found.values)) {
            (Some(containers), Some(values)) => {
                left.set(Count { containers, values });
                true
            }
            _ => {
                self.kept_as_text.set(self.kept_as_text.get() + 1);
                false
            }
        }
    }

    /// What could not be afforded, for the list of what the trace lacks.
    pub(super) fn note(&self) -> Option<String> {
        let kept = self.kept_as_text.get();
        (kept > 0).then(|| format!("texts that hold JSON, left as text because the trace is large: {kept}"))
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    containers: usize,
    values: usize,
}

impl Count {
    /// Brackets open containers; commas and brackets begin values.
    fn of(text: &str) -> Self {
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
        Self { containers, values: containers + commas }
    }
}

fn left_of(most: usize, found: usize, what: &str) -> Result<usize, FormatError> {
    most.checked_sub(found).ok_or_else(|| {
        let message = format!("the trace holds {found} {what}; at most {most} are read: send less of it, or large data as text");
        FormatError::new(FormatErrorKind::TooLarge, message)
    })
}
