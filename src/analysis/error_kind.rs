//! What kind of error a text tells of, read from its structure: exception types, HTTP statuses, errno names, sentences that libraries write.

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::{error_table::ROWS, excerpt};

/// The kinds of error that a remedy can be told for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ErrorKind {
    /// Cut by a limit of steps, turns, iterations or calls.
    StepLimit,
    /// The prompt does not fit the model.
    ContextOverflow,
    /// A tool that does not exist was asked for.
    UnknownTool,
    /// A content filter stopped the answer.
    ContentFilter,
    /// An answer could not be parsed.
    Format,
    /// Too many requests, or a quota used up.
    RateLimit,
    /// Who is calling is not known.
    Auth,
    /// Who is calling may not.
    Permission,
    /// Arguments that do not fit.
    BadArguments,
    /// No answer in time.
    Timeout,
    /// Down or unreachable.
    Unavailable,
    /// None of these.
    Other,
}

impl ErrorKind {
    /// Whether calling again unchanged is the right answer to it.
    pub(crate) const fn transient(self) -> bool {
        matches!(self, Self::RateLimit | Self::Timeout | Self::Unavailable)
    }
}

/// Bytes read at the beginning of an error text: types and statuses stand there.
const HEAD_BYTES: usize = 1_500;

/// Bytes read at the end of a longer text: a traceback names its exception there.
const TAIL_BYTES: usize = 500;

/// The table of error kinds, compiled.
#[derive(Debug, Clone)]
pub(crate) struct ErrorKinds {
    set: RegexSet,
}

impl ErrorKinds {
    /// Compiles the table.
    pub(crate) fn bundled() -> Self {
        // The patterns are constants and a test compiles each of them, so the empty set is never taken.
        let set = RegexSetBuilder::new(ROWS.iter().map(|row| row.pattern)).unicode(false).build().unwrap_or_else(|_| RegexSet::empty());
        Self { set }
    }

    /// The kind of an error, from its exception type where it is known apart, and its text; the row highest in the table wins.
    pub(crate) fn of(&self, exception: Option<&str>, text: &str) -> ErrorKind {
        let parts = [
            excerpt::head(exception.unwrap_or_default(), TAIL_BYTES),
            excerpt::head(text, HEAD_BYTES),
            if text.len() > HEAD_BYTES { excerpt::tail(text, TAIL_BYTES) } else { "" },
        ];
        parts
            .iter()
            .filter(|part| !part.is_empty())
            .filter_map(|part| self.set.matches(part.as_bytes()).iter().next())
            .min()
            .and_then(|row| ROWS.get(row))
            .map_or(ErrorKind::Other, |row| row.kind)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_row_compiles_and_knows_its_own_example() {
        let kinds = ErrorKinds::bundled();
        assert_eq!(kinds.set.len(), ROWS.len());
        for row in ROWS {
            for example in row.examples {
                assert!(
                    regex::bytes::RegexBuilder::new(row.pattern).unicode(false).build().unwrap().is_match(example.as_bytes()),
                    "{} does not match {example:?}",
                    row.pattern
                );
                assert_eq!(kinds.of(None, example), row.kind, "{example:?} is taken by an earlier row");
            }
        }
    }

    #[test]
    fn words_in_prose_are_not_errors() {
        let kinds = ErrorKinds::bundled();
        for prose in [
            "The timeout parameter must be positive",
            "amount must be a number, got \"12,50\"",
            "order A-429 not found",
            "unknown symbol ZZZZ",
            "You have 500 credits and no permission slips",
            "the rate limit of the loan is fixed",
            "please validate the error budget",
            "the connection between the two orders was refused by the customer",
            "returned 503 rows",
            "the context of the conversation is long",
        ] {
            assert_eq!(kinds.of(None, prose), ErrorKind::Other, "{prose:?}");
        }
    }

    #[test]
    fn the_exception_type_counts_where_the_text_says_nothing() {
        let kinds = ErrorKinds::bundled();
        assert_eq!(kinds.of(Some("asyncio.exceptions.TimeoutError"), ""), ErrorKind::Timeout);
        assert_eq!(kinds.of(Some("ToolError"), "Request timed out."), ErrorKind::Timeout);
        assert_eq!(kinds.of(Some("ToolError"), "no"), ErrorKind::Other);
    }

    #[test]
    fn the_end_of_a_long_traceback_is_read() {
        let text = format!(
            "Traceback (most recent call last):\n{}openai.RateLimitError: slow down",
            "  File \"é.py\", line 1, in f\n".repeat(500)
        );
        assert_eq!(ErrorKinds::bundled().of(None, &text), ErrorKind::RateLimit);
    }
}
