//! How much of a run a repair repeats: a scenario says a name a dozen times and holds a value once or twice, and there are a dozen of them.

use std::io;

use serde_json::Value;

/// A name of the run, as far as it is repeated: as verdicts and rows keep it.
pub(super) use crate::analysis::excerpt::name;

/// Largest value of a run that is repeated, in bytes of JSON; a larger one is named by its run.
const VALUE_BYTES: usize = 32 * 1024;

/// Whether a value is small enough to be repeated. Looks no further than the limit: a run may hold megabytes.
pub(super) fn fits(value: &Value) -> bool {
    serde_json::to_writer(Room(VALUE_BYTES), value).is_ok()
}

/// Takes so many bytes and no more, and keeps none of them.
struct Room(usize);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_repeated_is_bounded() {
        assert_eq!(name("issue_refund"), "issue_refund");
        assert!(name(&"é".repeat(5_000)).chars().count() < 500);
        assert!(fits(&json!({"amount": "12,50"})));
        // Two quotes stand around the text.
        assert!(fits(&json!("x".repeat(VALUE_BYTES - 2))) && !fits(&json!("x".repeat(VALUE_BYTES - 1))));
    }
}
