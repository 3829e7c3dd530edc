//! What the words of a step give away: that it went wrong, was kept out, guesses, declares the work done. Looked for in one pass.

use regex::bytes::{RegexSet, RegexSetBuilder};

use super::excerpts::Excerpt;
use crate::analysis::excerpt;

/// Bytes of a text in which an error or a closed door is looked for: both show at the beginning, and prose further on may mention either.
const TROUBLE_BYTES: usize = 4_000;

/// One thing that words give away.
struct Row {
    sign: Sign,
    pattern: &'static str,
    #[cfg_attr(not(test), allow(dead_code, reason = "for readers, and for the test that every row knows its own"))]
    example: &'static str,
}

const fn row(sign: Sign, pattern: &'static str, example: &'static str) -> Row {
    Row { sign, pattern, example }
}

/// A thing that words give away; the number is its bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Something erred.
    Error = 1,
    /// The run itself broke off: an uncaught error, a filter, a limit.
    BrokeOff = 2,
    /// Nothing was found, or access was refused.
    KeptOut = 4,
    /// Something is assumed, made up or taken from memory.
    Assumes = 8,
    /// The work is declared done.
    DeclaresDone = 16,
}

const ROWS: &[Row] = &[
    row(Sign::BrokeOff, r"Traceback \(most recent", "Traceback (most recent call last):"),
    row(Sign::BrokeOff, r"exitcode: [1-9]|EXITED WITH CODE: [1-9]", "exitcode: 1 (execution failed)"),
    row(Sign::BrokeOff, r"Error processing publish message", "Error processing publish message for worker"),
    row(Sign::BrokeOff, r"ResponsibleAIPolicyViolation|content_filter", "finish_reason: content_filter"),
    row(Sign::BrokeOff, r"Max time \(|(?i-u:maximum (?:number of )?(?:rounds|turns|steps|iterations))", "Max time (60s) reached."),
    row(
        Sign::Error,
        r"(?-u)\b[a-zA-Z]*[a-z](?:Error|Exception)\b|(?i-u:traceback \(most recent|exitcode: [1-9])",
        "json.JSONDecodeError: Expecting value",
    ),
    row(
        Sign::Error,
        r#"(?i-u)\berror (?:code:? ?\d|40[0-9]|50[0-9])|"error":|^error[: ]|execution failed"#,
        r#"{"error": "no such user"}"#,
    ),
    row(
        Sign::Error,
        r"(?i-u)failed to (?:load|fetch|open|download|connect|parse)|connection (?:refused|broken|reset)",
        "failed to open /data",
    ),
    row(Sign::Error, r"(?i-u)no such file|command not found|timed? ?out|permission denied", "The request timed out"),
    row(Sign::Error, r"(?i-u)invalid (?:syntax|argument|parameter)|unexpected keyword", "unexpected keyword argument 'n'"),
    row(Sign::Error, r"(?i-u)not available|cannot be|does not exist|not found", "order 7 not found"),
    row(
        Sign::KeptOut,
        r"(?i-u)just a moment|verify (?:that )?you are (?:a )?human|captcha|unusual traffic",
        "Just a moment... Verify you are human",
    ),
    row(Sign::KeptOut, r"(?i-u)access denied|403 forbidden|page not found|error 404|404 not found", "403 Forbidden"),
    row(Sign::KeptOut, r"(?i-u)no results|did not match any|there is no code from the last", "Your search did not match any documents"),
    row(
        Sign::KeptOut,
        r"(?i-u)content could not be|(?:unable to|could ?n[o']t|could not) (?:access|retrieve|find|locate|open)",
        "I was unable to access the page",
    ),
    row(Sign::Assumes, r"(?i-u)\bassum(?:e|ing|ption|ed)\b|\bsuppose\b|let'?s say", "Assuming that all shops are open"),
    row(Sign::Assumes, r"(?i-u)simulat(?:e|ed|ing)|placeholder|(?:example|sample) data|mock|hypothetical", "a simulated dataset"),
    row(Sign::Assumes, r"(?i-u)for (?:the sake of|demonstration|illustration|simplicity)", "for demonstration"),
    row(
        Sign::Assumes,
        r"(?i-u)based on (?:my|general|common|available) knowledge|known (?:data|facts|information)|from memory|\bI recall",
        "from memory",
    ),
    row(Sign::Assumes, r"(?i-u)typically|generally|historically|likely|approximate|estimated", "prices are typically"),
    row(
        Sign::DeclaresDone,
        r#"(?i-u)"(?:is_)?(?:request|task|goal)_(?:satisfied|completed?|done|finished)":\s*(?:\{[^{}]{0,600}"answer":\s*)?true"#,
        r#""is_request_satisfied": {"reason": "it is", "answer": true}"#,
    ),
];

/// The table, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Signs {
    set: RegexSet,
}

/// What one text gives away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen(u8);

impl Seen {
    pub(super) const fn has(self, sign: Sign) -> bool {
        self.0 & sign as u8 != 0
    }

    /// Whether something erred or nothing was found.
    pub(super) const fn trouble(self) -> bool {
        self.0 & (Sign::Error as u8 | Sign::KeptOut as u8) != 0
    }
}

impl Signs {
    /// The table that comes with the program.
    pub(crate) fn bundled() -> Self {
        // The patterns are constants and a test checks that they compile, so the empty set is never taken.
        let set = RegexSetBuilder::new(ROWS.iter().map(|row| row.pattern)).unicode(false).build().unwrap_or_else(|_| RegexSet::empty());
        Self { set }
    }

    /// What a text gives away; trouble by its beginning only.
    pub(super) fn of(&self, text: &Excerpt<'_>) -> Seen {
        let start = excerpt::head(&text.head, TROUBLE_BYTES);
        let further = [&text.head[start.len()..], text.tail];
        let trouble = Sign::Error as u8 | Sign::KeptOut as u8;
        let rest = further.into_iter().filter(|part| !part.is_empty()).fold(0, |seen, part| seen | (self.signs(part) & !trouble));
        Seen(self.signs(start) | rest)
    }

    fn signs(&self, text: &str) -> u8 {
        self.set.matches(text.as_bytes()).iter().fold(0, |seen, index| seen | ROWS[index].sign as u8)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::analysis::cause::excerpts;

    #[test]
    fn every_row_compiles_and_knows_its_own_example() {
        let signs = Signs::bundled();
        assert_eq!(signs.set.len(), ROWS.len());
        for (index, row) in ROWS.iter().enumerate() {
            assert!(signs.set.matches(row.example.as_bytes()).matched(index), "{} does not match {:?}", row.pattern, row.example);
        }
    }

    #[test]
    fn plain_answers_give_nothing_away() {
        let signs = Signs::bundled();
        for plain in ["Your order A-1182 has been refunded.", "Paris is the capital of France.", "{\"total\": 12.5, \"errors\": 0}"] {
            assert_eq!(signs.of(&excerpts::cut(plain)), Seen::default(), "{plain}");
        }
    }

    #[test]
    fn trouble_far_into_a_text_is_prose() {
        let signs = Signs::bundled();
        let late = format!("{} not found, so we assume", "word ".repeat(1_000));
        let seen = signs.of(&excerpts::cut(&late));
        assert!(!seen.trouble() && seen.has(Sign::Assumes));
    }
}
