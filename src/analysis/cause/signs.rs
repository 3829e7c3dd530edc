//! What the words of a step give away: that it went wrong, was kept out, guesses, declares the work done. Looked for in one pass.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::excerpts::Excerpt;
use crate::analysis::excerpt;

/// Bytes of a text in which an error or a closed door is looked for: both show at the beginning, and prose further on may mention either.
const TROUBLE_BYTES: usize = 4_000;

/// A thing that words give away; the number is its bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Something erred.
    Error = 1,
    /// The run itself broke off: an uncaught error, a filter, a limit.
    BrokeOff = 2,
    /// Nothing was found, or access was refused.
    KeptOut = 4,
    /// Something is assumed, or taken from memory.
    Assumes = 8,
    /// The work is declared done.
    DeclaresDone = 16,
    /// Data is made up.
    MakesUp = 32,
}

/// Errors and closed doors.
const TROUBLE: u8 = Sign::Error as u8 | Sign::KeptOut as u8;

/// What must stand around a phrase for it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Anything.
    Any,
    /// No letter, digit or underscore on either side.
    Word,
    /// A digit from 1 to 9 behind it.
    Code,
    /// The end of an exception's name: a letter before `Error`, capitalised, and the name ends; or what error messages begin with.
    Exception,
    /// A field of this name that is true, itself or by its `answer`.
    True,
}

/// Phrases with what they give away, in small letters; the longest wins where several begin at one place.
const PHRASES: &[(u8, Around, &[&str])] = &[
    (Sign::BrokeOff as u8 | Sign::Error as u8, Around::Any, &["traceback (most recent"]),
    (Sign::BrokeOff as u8 | Sign::Error as u8, Around::Code, &["exitcode: ", "exited with code: "]),
    (
        Sign::BrokeOff as u8,
        Around::Any,
        &[
            "error processing publish message",
            "responsibleaipolicyviolation",
            "content_filter",
            "max time (",
            "maximum rounds",
            "maximum turns",
            "maximum steps",
            "maximum iterations",
            "maximum number of rounds",
            "maximum number of turns",
            "maximum number of steps",
            "maximum number of iterations",
        ],
    ),
    (Sign::Error as u8, Around::Exception, &["error", "exception"]),
    (
        Sign::Error as u8,
        Around::Any,
        &[
            "error code: ",
            "\"error\":",
            "error 401",
            "error 403",
            "error 429",
            "error 500",
            "error 502",
            "error 503",
            "execution failed",
            "failed to load",
            "failed to fetch",
            "failed to open",
            "failed to download",
            "failed to connect",
            "failed to parse",
            "connection refused",
            "connection broken",
            "connection reset",
            "no such file",
            "command not found",
            "timeout",
            "time out",
            "timed out",
            "permission denied",
            "invalid syntax",
            "invalid argument",
            "invalid parameter",
            "unexpected keyword",
            "not available",
            "cannot be",
            "does not exist",
            "not found",
        ],
    ),
    (
        Sign::KeptOut as u8,
        Around::Any,
        &[
            "just a moment",
            "verify you are human",
            "verify you are a human",
            "verify that you are human",
            "verify that you are a human",
            "captcha",
            "unusual traffic",
            "access denied",
            "403 forbidden",
            "no results",
            "did not match any",
            "there is no code from the last",
            "content could not be",
            "unable to access",
            "unable to retrieve",
            "unable to find",
            "unable to locate",
            "unable to open",
            "couldn't find",
            "couldn't access",
            "couldn't locate",
            "could not find",
            "could not access",
            "could not locate",
        ],
    ),
    (TROUBLE, Around::Any, &["page not found", "error 404", "404 not found"]),
    (Sign::Assumes as u8, Around::Word, &["assume", "assuming", "assumption", "assumed", "suppose", "i recall"]),
    (
        Sign::Assumes as u8,
        Around::Any,
        &[
            "let's say",
            "based on my knowledge",
            "based on general knowledge",
            "based on common knowledge",
            "based on available knowledge",
            "known data",
            "known facts",
            "known information",
            "from memory",
            "typically",
            "generally",
            "historically",
            "likely",
            "approximate",
            "estimated",
        ],
    ),
    (
        Sign::MakesUp as u8,
        Around::Any,
        &[
            "simulate",
            "simulating",
            "placeholder",
            "example data",
            "sample data",
            "dummy data",
            "mock",
            "hypothetical",
            "for the sake of",
            "for demonstration",
            "for illustration",
            "for simplicity",
        ],
    ),
    (
        Sign::DeclaresDone as u8,
        Around::True,
        &[
            "request_satisfied\"",
            "request_completed\"",
            "task_completed\"",
            "task_complete\"",
            "task_done\"",
            "task_finished\"",
            "goal_satisfied\"",
            "goal_completed\"",
        ],
    ),
];

/// The table, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Signs {
    phrases: Option<AhoCorasick>,
    /// For each phrase, what it gives away and what must be around it.
    meaning: Vec<(u8, Around)>,
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
        self.0 & TROUBLE != 0
    }
}

impl Signs {
    /// The table that comes with the program.
    pub(crate) fn bundled() -> Self {
        let phrases = PHRASES.iter().flat_map(|(_, _, phrases)| phrases.iter());
        // The phrases are constants and a test looks for each, so it is always there.
        let phrases = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(phrases)
            .ok();
        let meaning = PHRASES.iter().flat_map(|(signs, around, phrases)| std::iter::repeat_n((*signs, *around), phrases.len()));
        Self { phrases, meaning: meaning.collect() }
    }

    /// What a text gives away; trouble by its beginning only.
    pub(super) fn of(&self, text: &Excerpt<'_>) -> Seen {
        let head = self.signs(&text.head, TROUBLE_BYTES);
        let tail = if text.tail.is_empty() { 0 } else { self.signs(text.tail, 0) };
        Seen(head | tail)
    }

    /// Whether a text tells of trouble, which is all that is asked of what a tool returned.
    pub(super) fn trouble(&self, text: &Excerpt<'_>) -> Seen {
        Seen(self.signs(excerpt::head(&text.head, TROUBLE_BYTES), TROUBLE_BYTES) & TROUBLE)
    }

    fn signs(&self, text: &str, trouble_until: usize) -> u8 {
        let found = self.phrases.iter().flat_map(|phrases| phrases.find_iter(text));
        found.fold(0, |seen, found| {
            let Some((signs, around)) = self.meaning.get(found.pattern().as_usize()) else { return seen };
            let counts = if found.start() < trouble_until { *signs } else { *signs & !TROUBLE };
            // Looked at only where it would tell something new.
            if counts & !seen != 0 && holds(*around, text, found.start(), found.end()) { seen | counts } else { seen }
        })
    }
}

/// Whether what must be around a phrase is.
fn holds(around: Around, text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let after = bytes.get(end).copied();
    let in_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match around {
        Around::Any => true,
        Around::Word => !in_word(before) && !in_word(after),
        Around::Code => after.is_some_and(|byte| matches!(byte, b'1'..=b'9')),
        Around::Exception => {
            let named = bytes[start].is_ascii_uppercase() && before.is_some_and(|byte| byte.is_ascii_lowercase()) && !in_word(after);
            named || (start == 0 && matches!(after, Some(b':' | b' ')))
        }
        Around::True => is_true(excerpt::head(text.get(end..).unwrap_or_default(), REASON_BYTES)),
    }
}

/// Bytes in which the value of a field is looked for: it may stand behind a reason.
const REASON_BYTES: usize = 700;

/// Whether what follows a field's name is `: true`, or an object whose `answer` is.
fn is_true(rest: &str) -> bool {
    let value = |text: &str| text.trim_start().strip_prefix(':').is_some_and(|value| value.trim_start().starts_with("true"));
    let object = rest.trim_start().strip_prefix(':').and_then(|value| value.trim_start().strip_prefix('{'));
    let object = object.map(|object| object.split(['{', '}']).next().unwrap_or_default());
    value(rest) || object.and_then(|object| object.split_once("\"answer\"")).is_some_and(|(_, answer)| value(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::cause::excerpts;

    fn seen(text: &str) -> Seen {
        Signs::bundled().of(&excerpts::cut(text))
    }

    #[test]
    fn every_phrase_is_found_where_what_must_be_around_it_is() {
        for (signs, around, phrases) in PHRASES {
            for phrase in *phrases {
                let text = match around {
                    Around::Any | Around::Word => format!("so {phrase}, then"),
                    Around::Code => format!("{phrase}1"),
                    Around::Exception => format!("Value{}{}: bad", phrase[..1].to_uppercase(), &phrase[1..]),
                    Around::True => format!("{{\"is_{phrase}: {{\"reason\": \"it is\", \"answer\": true}}}}"),
                };
                assert_eq!(seen(&text).0 & signs, *signs, "{text}");
            }
        }
    }

    #[test]
    fn plain_answers_give_nothing_away() {
        for plain in [
            "Your order A-1182 has been refunded.",
            "{\"total\": 12.5, \"errors\": 0}",
            "exitcode: 0 (execution succeeded)",
            "The error budget is fine, and nobody is reassumed",
            "{\"is_request_satisfied\": {\"reason\": \"no\", \"answer\": false}, \"is_in_loop\": {\"answer\": true}}",
        ] {
            assert_eq!(seen(plain), Seen::default(), "{plain}");
        }
    }

    #[test]
    fn an_exception_is_known_by_its_name_and_a_message_by_its_beginning() {
        assert!(seen("json.JSONDecodeError: Expecting value").has(Sign::Error));
        assert!(seen("Error: no such user").has(Sign::Error));
        assert!(seen("{\"task_done\": true}").has(Sign::DeclaresDone));
    }

    #[test]
    fn trouble_far_into_a_text_is_prose() {
        let late = seen(&format!("{} not found, so we assume", "word ".repeat(1_000)));
        assert!(!late.trouble() && late.has(Sign::Assumes));
    }
}
