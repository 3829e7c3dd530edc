//! A JSON value in a few columns: only as much of it is written as is shown, and what could harm a terminal is cleaned.

use std::fmt::{self, Write};

use serde_json::Value;

use crate::text::{clean::clean_line, width::fit};

/// Keeps the beginning of what is written and stops the writer after it.
struct Beginning {
    text: String,
    bytes: usize,
}

impl Write for Beginning {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = self.bytes.saturating_sub(self.text.len());
        let end = piece.floor_char_boundary(room);
        self.text.push_str(piece.get(..end).unwrap_or_default());
        if end < piece.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// The value as compact JSON in at most so many columns; `…` ends what is cut.
#[must_use]
pub fn json(value: &Value, columns: usize) -> String {
    // A column rarely takes more than four bytes; where it does, a little less is shown.
    let mut beginning = Beginning { text: String::new(), bytes: columns.saturating_mul(4).saturating_add(16) };
    let cut = write!(beginning, "{value}").is_err();
    if cut {
        beginning.text.push('…');
    }
    fit(&clean_line(&beginning.text), columns).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_are_whole_and_long_ones_are_cut() {
        assert_eq!(json(&json!({"amount": "12,50"}), 40), r#"{"amount":"12,50"}"#);
        assert_eq!(json(&json!([1, 2, 3, 4, 5, 6]), 8), "[1,2,3,…");
        assert_eq!(json(&json!("x".repeat(1_000_000)), 5), "\"xxx…");
    }

    #[test]
    fn nothing_in_it_steers_the_terminal() {
        assert_eq!(json(&json!("a\u{202e}b\u{1b}[2J"), 40), "\"a\u{fffd}b\\u001b[2J\"");
    }
}
