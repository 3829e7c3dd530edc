//! The pieces of a message: words, values that were masked, and places where anything may stand.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// What kind of value was masked. Kinds are for reading; for grouping all values are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, with its unit if it has one.
    Number,
    /// A date or time of day.
    Time,
    /// An identifier: letters with digits, hexadecimal digits.
    Id,
    /// A path in a file system.
    Path,
    /// A link.
    Url,
    /// An e-mail or network address.
    Address,
    /// Something in quotes.
    Text,
    /// Values of different kinds.
    Mixed,
}

impl Kind {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Number, "<number>"),
        (Self::Time, "<time>"),
        (Self::Id, "<id>"),
        (Self::Path, "<path>"),
        (Self::Url, "<url>"),
        (Self::Address, "<address>"),
        (Self::Text, "<text>"),
        (Self::Mixed, "<value>"),
    ];

    fn written(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("<value>", |(_, text)| text)
    }
}

/// A place where anything may stand.
pub(super) const ANYTHING: &str = "<*>";

/// One piece.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// A word or a single punctuation mark.
    Word(Box<str>),
    /// A masked value.
    Value(Kind),
    /// A place found to vary: one word or value, or a few pieces with a value among them.
    Anything,
}

/// One piece with the hash by which it is compared.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) piece: Piece,
    hash: u64,
    /// Whether white space stands before it; only for writing it back.
    pub(super) spaced: bool,
}

const VALUE_HASH: u64 = 1;
const ANYTHING_HASH: u64 = 2;

impl Token {
    pub(super) fn word(text: &str, spaced: bool) -> Self {
        // The two fixed hashes are kept apart from all words.
        Self { piece: Piece::Word(text.into()), hash: xxh3_64(text.as_bytes()).max(3), spaced }
    }

    pub(super) fn value(kind: Kind, spaced: bool) -> Self {
        Self { piece: Piece::Value(kind), hash: VALUE_HASH, spaced }
    }

    pub(super) fn anything(spaced: bool) -> Self {
        Self { piece: Piece::Anything, hash: ANYTHING_HASH, spaced }
    }

    /// A masked value or a place where anything may stand.
    pub(super) fn varies(&self) -> bool {
        !matches!(self.piece, Piece::Word(_))
    }

    pub(super) fn is_anything(&self) -> bool {
        matches!(self.piece, Piece::Anything)
    }

    /// Whether it is a word rather than a punctuation mark, a value or an open place.
    pub(super) fn is_word(&self) -> bool {
        match &self.piece {
            Piece::Word(text) => text.chars().next().is_some_and(char::is_alphanumeric) || text.len() > 1,
            _ => false,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.piece, Piece::Value(Kind::Number))
    }

    /// Its text, for a word or mark.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.piece {
            Piece::Word(text) => Some(text),
            _ => None,
        }
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.piece {
            Piece::Word(text) => text,
            Piece::Value(kind) => kind.written(),
            Piece::Anything => ANYTHING,
        })
    }
}

/// The placeholder that a text begins with, and its length.
fn placeholder(text: &str) -> Option<(Token, usize)> {
    if text.starts_with(ANYTHING) {
        return Some((Token::anything(false), ANYTHING.len()));
    }
    Kind::ALL.iter().find(|(_, written)| text.starts_with(written)).map(|(kind, written)| (Token::value(*kind, false), written.len()))
}

/// The value that a message holds as text in the form of a placeholder, and its length. An open place is only a value there: whether a place is open is
/// for the miner to find.
pub(super) fn written_value(text: &str) -> Option<(Kind, usize)> {
    placeholder(text).map(|(token, length)| match token.piece {
        Piece::Value(kind) => (kind, length),
        _ => (Kind::Mixed, length),
    })
}

/// Letters and digits of any script, and the underscore.
pub(super) fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What a word may hold besides: the marks that join parts of a name.
pub(super) fn is_chunk_character(c: char) -> bool {
    is_word_character(c) || "$-.@~%&*+".contains(c)
}

/// The word a text begins with: a run of letters, digits and joining marks, without full stops at its end; empty when there is none.
pub(super) fn leading_chunk(text: &str) -> &str {
    let end = text.find(|c| !is_chunk_character(c)).unwrap_or(text.len());
    let chunk = text[..end].trim_end_matches('.');
    if chunk.chars().any(|c| is_word_character(c) || c == '$') { chunk } else { "" }
}

/// Tokens written as text, spaced as they came, and where [`read`] would otherwise take two for one.
pub(super) fn write(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 && (token.spaced || run_together(&tokens[index - 1], token)) {
            text.push(' ');
        }
        text.push_str(&token.to_string());
    }
    text
}

/// Whether two tokens written without a space would read as something else.
fn run_together(first: &Token, second: &Token) -> bool {
    let (Some(first), Some(second)) = (first.text(), second.text()) else { return false };
    let is_mark = |text: &str| leading_chunk(text).is_empty();
    let joins = first.ends_with(is_chunk_character) && second.starts_with(is_chunk_character);
    first == "<" || (joins && !(is_mark(second) && (is_mark(first) || second == ".")))
}

/// The tokens that [`write`] wrote.
pub(super) fn read(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut spaced = false;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if next.is_whitespace() || next.is_control() {
            spaced = true;
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let (mut token, length) = placeholder(rest).unwrap_or_else(|| {
            let chunk = leading_chunk(rest);
            let length = if chunk.is_empty() { next.len_utf8() } else { chunk.len() };
            (Token::word(&rest[..length], false), length)
        });
        token.spaced = spaced;
        tokens.push(token);
        spaced = false;
        rest = &rest[length..];
    }
    tokens
}

/// The tokens as one number, kinds of values set aside.
pub(super) fn fold(tokens: &[Token]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for token in tokens {
        hash.update(&token.hash.to_le_bytes());
    }
    hash.digest()
}

/// The same, spaces between tokens told apart.
pub(super) fn exactly(tokens: &[Token]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for token in tokens {
        hash.update(&(token.hash ^ u64::from(token.spaced).rotate_right(1)).to_le_bytes());
    }
    hash.digest()
}
