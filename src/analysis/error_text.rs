//! Reading error texts: what a traceback comes down to, and whether two texts tell of the same error.

use super::excerpt;

/// How Python begins a traceback.
pub(crate) const TRACEBACK: &str = "Traceback (most recent call last)";

/// Longest message kept of an error, in bytes: enough for a template, too little to fill a store.
pub(crate) const MESSAGE_BYTES: usize = 1_000;

/// Below this many bytes a text inside another proves nothing.
const SAME_LEAST_BYTES: usize = 6;

/// What an error text says, without the traceback around it, at most [`MESSAGE_BYTES`] long.
pub(crate) fn essence(text: &str) -> &str {
    let text = text.trim();
    let said = match text.find(TRACEBACK) {
        Some(at) if text[..at].trim_end_matches(['\n', ' ', ':']).len() > "Error".len() => text[..at].trim_end(),
        // Frames and their source lines are indented; the last line that is not names the exception.
        Some(_) => text.lines().rev().find(|line| !line.is_empty() && !line.starts_with([' ', '\t'])).unwrap_or(text),
        None => text,
    };
    excerpt::head(said, MESSAGE_BYTES)
}

/// The exception type that an error text begins with, path included (`openai.RateLimitError`), if it does.
pub(crate) fn exception_type(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))?;
    let (name, rest) = text.split_at(end);
    let looks_like_one = ["Error", "Exception", "Exceeded", "Timeout", "Interrupt", "Exit", "Triggered"];
    (rest.starts_with([':', '(']) && looks_like_one.iter().any(|ending| name.ends_with(ending))).then_some(name)
}

/// Whether two errors, as [`essence`] gives them, are the same: the same words, whatever type or prefix stands before them.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.len() >= SAME_LEAST_BYTES && long.contains(short))
}

/// The words of an error without the exception type before them.
fn bare(text: &str) -> &str {
    match exception_type(text) {
        Some(name) => text[name.len()..].trim_start_matches([':', '(', ' ']).trim_end_matches(')').trim_matches(['\'', '"']),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_comes_down_to_its_last_line() {
        let text = "Traceback (most recent call last):\n  File \"a.py\", line 3, in pay\n    raise ToolError('no')\nshop.ToolError: no\n";
        assert_eq!(essence(text), "shop.ToolError: no");
    }

    #[test]
    fn what_stands_before_a_traceback_is_the_message() {
        assert_eq!(essence("ToolError('no')Traceback (most recent call last):\n  File \"a.py\"\nToolError: no"), "ToolError('no')");
        assert_eq!(essence("Error: Traceback (most recent call last):\n  File \"a.py\"\nToolError: no"), "ToolError: no");
    }

    #[test]
    fn a_type_counts_only_in_front() {
        assert_eq!(exception_type("openai.RateLimitError: slow down"), Some("openai.RateLimitError"));
        assert_eq!(exception_type("ValueError('x')"), Some("ValueError"));
        assert_eq!(exception_type("the ValueError: was raised"), None);
        assert_eq!(exception_type("note: this"), None);
    }

    #[test]
    fn the_same_words_are_the_same_error() {
        assert!(same("unknown symbol ZZZZ", "Error running tool get_quote: unknown symbol ZZZZ"));
        assert!(same("UnknownSymbol: unknown symbol ZZZZ", "unknown symbol ZZZZ"));
        assert!(same("ToolError('amount must be a number')", "ToolError: amount must be a number"));
        assert!(!same("unknown symbol ZZZZ", "Request timed out."));
        assert!(!same("no", "there is no such order"));
    }
}
