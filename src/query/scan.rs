//! The smallest parts of the language, shared by parser and completion: operators, field prefixes, quotes.

use super::condition::Operator;

/// A field's name and operator at the start of a word.
pub(super) struct Prefix {
    /// The name as written.
    pub(super) name: String,
    /// The operator.
    pub(super) operator: Operator,
    /// Where the operator is.
    pub(super) operator_at: usize,
    /// Where the value starts.
    pub(super) value_at: usize,
}

/// The field prefix at `start`; `None` when the word there has none. Names are ASCII letters and underscores, so `12:30` is a plain word.
pub(super) fn prefix(text: &[char], start: usize) -> Option<Prefix> {
    let name: String = text.get(start..)?.iter().take_while(|c| c.is_ascii_alphabetic() || **c == '_').collect();
    let operator_at = start + name.len();
    let (operator, length) = operator(text, operator_at)?;
    (!name.is_empty()).then_some(Prefix { name, operator, operator_at, value_at: operator_at + length })
}

/// The operator at `start` and its length in characters.
pub(super) fn operator(text: &[char], start: usize) -> Option<(Operator, usize)> {
    let or_equal = text.get(start + 1) == Some(&'=');
    match (text.get(start)?, or_equal) {
        (':' | '=', _) => Some((Operator::Is, 1)),
        ('<', false) => Some((Operator::Less, 1)),
        ('<', true) => Some((Operator::AtMost, 2)),
        ('>', false) => Some((Operator::More, 1)),
        ('>', true) => Some((Operator::AtLeast, 2)),
        _ => None,
    }
}

/// The text between the quote at `start` and its closing one, and where the character after that is; `None` when it is not closed.
/// A backslash makes a quote or a backslash literal.
pub(super) fn quoted(text: &[char], start: usize) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut at = start + 1;
    loop {
        match (*text.get(at)?, text.get(at + 1)) {
            ('"', _) => return Some((content, at + 1)),
            ('\\', Some(literal @ ('"' | '\\'))) => {
                content.push(*literal);
                at += 2;
            }
            (character, _) => {
                content.push(character);
                at += 1;
            }
        }
    }
}

/// In quotes, as [`quoted`] reads it.
pub(super) fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text as a filter takes it literally, after a field or as a word of its own: quoted unless it is plain. A word that begins with @ names a
/// saved view where filters are typed.
#[must_use]
pub fn quote(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@'));
    let has_meaning = text.is_empty() || text.starts_with(['-', '@']) || is_foreign_operator(text);
    if plain && !has_meaning { text.to_owned() } else { in_quotes(text) }
}

/// Words that other languages use between conditions, and this one does not.
pub(super) fn is_foreign_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT" | "&&")
}
