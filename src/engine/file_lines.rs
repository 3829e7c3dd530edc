//! Bodies of files as batches of JSON lines, which share commits.

use serde::de::IgnoredAny;

use crate::{formats, model::ids::TraceId};

/// A batch is sent when it holds this many traces or bytes: enough to share commits, little enough to show progress.
const BATCH_TRACES: usize = 200;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Bodies on their way, each with the place it had.
#[derive(Debug)]
pub struct Lines<P> {
    /// The bodies, a line each.
    pub body: Vec<u8>,
    /// Where each stood.
    pub places: Vec<P>,
}

impl<P> Default for Lines<P> {
    fn default() -> Self {
        Self { body: Vec::new(), places: Vec::new() }
    }
}

impl<P> Lines<P> {
    /// Adds a body; gives back why it cannot stand in a batch: what is not JSON would change where the bodies beside it begin and end.
    ///
    /// # Errors
    /// The place, and what is wrong.
    pub fn add(&mut self, body: &[u8], place: P) -> Result<(), (P, String)> {
        let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
        let misfit = if is_json { None } else { formats::decode(body, TraceId::generate).err() };
        if let Some(misfit) = misfit {
            return Err((place, misfit.to_string()));
        }
        // Line breaks between the tokens of a body become spaces; inside strings JSON has none.
        self.body.extend(body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
        self.body.push(b'\n');
        self.places.push(place);
        Ok(())
    }

    /// Whether it is time to send them.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.places.len() >= BATCH_TRACES || self.body.len() >= BATCH_BYTES
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_body_is_a_line_and_what_is_none_is_given_back() {
        let mut lines = Lines::default();
        lines.add(b"{\"a\":\n1}", 1).unwrap();
        assert_eq!(lines.add(b"{\"a\":\n", 2).unwrap_err().0, 2);
        lines.add(b"{\r\n}", 3).unwrap();
        assert_eq!((lines.body.as_slice(), lines.places.as_slice()), (&b"{\"a\": 1}\n{  }\n"[..], &[1, 3][..]));
        assert!(!lines.is_full());
    }
}
