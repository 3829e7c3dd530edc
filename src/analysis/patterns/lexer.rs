//! A message read into words and masked values: numbers, ids, times, paths, links, addresses and quoted text become placeholders.

use super::{
    shapes::{
        closing, is_dotted_quad, is_email, is_host, is_number, is_written_date, looks_like_date, names_a_file, network_address, run, unit,
    },
    token::{Kind, Token, is_word_character, leading_chunk, written_value},
    words::is_method,
};

/// Longest part of a message that is looked at, in bytes: less than what is kept of an error's text
/// (`error_text::MESSAGE_BYTES`), so that a text that was cut there within a word is cut again, between words.
pub(super) const MESSAGE_MAX_BYTES: usize = 960;

/// Words before a number that make it a status, which says what went wrong and is no value: `status 404`, `Error code: 429`.
const BEFORE_STATUS: &[&str] = &["http", "status", "code", "error", "statuscode", "status_code", "http_status"];

/// Measurements that stand beside the status of an answered request.
const MEASURES: &[&str] = &["len", "length", "size", "bytes", "time", "duration", "took", "elapsed", "latency"];

/// Time zones written behind a time.
const ZONES: &[&str] = &["UTC", "GMT", "CET", "CEST", "BST", "IST", "JST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"];

/// Keys of a list whose values say what went wrong and are not masked, besides [`MESSAGE_KEYS`].
const TELLING_KEYS: &[&str] = &["cause", "status", "state", "result", "kind", "event"];

/// Keys of a structured error whose text is the message itself.
const MESSAGE_KEYS: &[&str] =
    &["message", "msg", "error", "detail", "details", "reason", "title", "description", "error_message", "type", "code"];

/// The tokens of a message.
pub(super) fn message(text: &str) -> Vec<Token> {
    Lexer { text: cut(text, MESSAGE_MAX_BYTES), at: 0, tokens: Vec::new(), spaced: false }.run()
}

/// The first `limit` bytes of a text, cut between words where there are any.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let head = &text[..text.floor_char_boundary(limit)];
    head.rsplit_once(char::is_whitespace).map_or(head, |(words, _)| words)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// White space was passed since the last token.
    spaced: bool,
}

impl<'t> Lexer<'t> {
    fn run(mut self) -> Vec<Token> {
        while let Some(next) = self.rest().chars().next() {
            if next.is_whitespace() || next.is_control() {
                self.at += next.len_utf8();
                self.spaced = true;
            } else if !(self.placeholder()
                || self.link()
                || self.short_address()
                || self.path()
                || self.quoted(next)
                || self.bounded()
                || self.chunk())
            {
                let end = self.at + next.len_utf8();
                let mark = &self.text[self.at..end];
                self.push(Token::word(mark, self.spaced), end);
                match next {
                    '=' => self.assigned(),
                    ':' => self.quoted_source(),
                    _ => {}
                }
            }
        }
        self.tokens
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The character before this place.
    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn push(&mut self, mut token: Token, end: usize) {
        token.spaced = self.spaced;
        self.tokens.push(token);
        self.at = end;
        self.spaced = false;
    }

    fn mask(&mut self, kind: Kind, end: usize) -> bool {
        self.push(Token::value(kind, false), end);
        true
    }

    /// A message may hold a placeholder as text; it counts as the value it stands for.
    fn placeholder(&mut self) -> bool {
        written_value(self.rest()).is_some_and(|(kind, length)| self.mask(kind, self.at + length))
    }

    /// `scheme://…`
    fn link(&mut self) -> bool {
        let rest = self.rest();
        if self.before().is_some_and(is_word_character) || !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        let scheme = rest.bytes().take(14).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-')).count();
        if scheme < 2 || !rest[scheme..].starts_with("://") {
            return false;
        }
        let body = scheme + 3;
        let length = run(&rest[body..], |c| !c.is_whitespace() && !",;\"'`<>])".contains(c));
        length > 0 && self.mask(Kind::Url, self.at + body + length)
    }

    /// `::1`
    fn short_address(&mut self) -> bool {
        let rest = self.rest();
        let digits = rest.strip_prefix("::").map_or(0, |digits| run(digits, |c| c.is_ascii_hexdigit() || c == ':'));
        let free = !self.before().is_some_and(|c| is_word_character(c) || c == ':');
        let ends = digits > 0 && !rest[2 + digits..].starts_with(is_word_character);
        free && ends && rest[2..2 + digits].contains(|c: char| c.is_ascii_digit()) && self.mask(Kind::Address, self.at + 2 + digits)
    }

    /// `C:\…`, `\\host\…`, `/usr/…`, and relative paths of three parts or more.
    fn path(&mut self) -> bool {
        let rest = self.rest();
        let before = self.before();
        if before.is_some_and(|c| is_word_character(c) || c == '.' || c == '-') {
            return false;
        }
        let bytes = rest.as_bytes();
        let drive = bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\';
        if drive || rest.starts_with("\\\\") {
            let length = run(rest, |c| !c.is_whitespace() && !",;\"'`<>|])".contains(c));
            return length > 3 && self.mask(Kind::Path, self.at + length);
        }
        let part = |c: char| is_word_character(c) || ".-+@%~:#*$".contains(c);
        if rest.starts_with('/') && before != Some('<') {
            let length = run(rest, |c| part(c) || c == '/');
            let mut length = rest[..length].trim_end_matches(['.', ':']).len();
            if length > 1 && rest[length..].starts_with('?') {
                length += run(&rest[length..], |c| !c.is_whitespace() && !",;\"'`<>)".contains(c));
            }
            return length > 1 && self.mask(Kind::Path, self.at + length);
        }
        if before == Some('/') {
            return false;
        }
        let length = run(rest, |c| is_word_character(c) || "./-".contains(c));
        let length = rest[..length].trim_end_matches('.').len();
        let parts = rest[..length].trim_end_matches('/').split('/').collect::<Vec<_>>();
        let is_path = parts.len() >= 3 || (parts.len() == 2 && (matches!(parts[0], "." | "..") || names_a_file(parts[1])));
        is_path && parts.iter().all(|part| !part.is_empty()) && self.mask(Kind::Path, self.at + length)
    }

    /// Text in quotes. The key of a structured error stays as a word, and its message is read like any other.
    fn quoted(&mut self, quote: char) -> bool {
        let close = match quote {
            '"' | '`' | '\'' => quote,
            '“' => '”',
            '‘' => '’',
            _ => return false,
        };
        if quote == '\'' && self.before().is_some_and(is_word_character) {
            return false;
        }
        let open = quote.len_utf8();
        let inside_and_more = &self.rest()[open..];
        let Some(length) = closing(inside_and_more, close) else { return false };
        let inside = &inside_and_more[..length];
        let end = self.at + open + length + close.len_utf8();
        let after = &self.text[end..];
        if quote == '\'' && after.starts_with(is_word_character) {
            return false;
        }
        let is_name = inside.len() <= 40
            && inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && inside.chars().all(is_word_character);
        if let Some((method, _)) = inside.split_once(' ').filter(|(method, target)| is_method(method) && target.starts_with(['/', 'h'])) {
            let after_method = self.at + open + method.len();
            self.push(Token::word(method, self.spaced), after_method);
            self.spaced = true;
            return self.mask(Kind::Url, end);
        }
        let in_object = self.tokens.last().is_none_or(|token| matches!(token.text(), Some("{" | ",")));
        if is_name && in_object && after.trim_start().starts_with(':') {
            let name = inside.to_owned();
            self.push(Token::word(&name, false), end);
            return true;
        }
        let key = match self.tokens.as_slice() {
            [.., key, colon] if colon.text() == Some(":") => key.text(),
            _ => None,
        };
        if key.is_some_and(|key| MESSAGE_KEYS.contains(&key)) {
            // Read on inside the quotes; the closing one ends up as a mark of its own, which is the same for every message of this shape.
            self.at += open;
            return true;
        }
        self.mask(Kind::Text, end)
    }

    /// A quantity with a bound before it: `<1 sec`.
    fn bounded(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(['<', '>']) else { return false };
        let chunk = leading_chunk(rest);
        let unit = unit(&rest[chunk.len()..]);
        is_number(chunk) && unit > 0 && self.mask(Kind::Number, self.at + 1 + chunk.len() + unit)
    }

    /// What stands behind `LINE 3:`: the text that could not be read.
    fn quoted_source(&mut self) {
        let [.., line, number, _] = self.tokens.as_slice() else { return };
        if line.text() == Some("LINE") && number.is_number() {
            let end = self.at + run(self.rest(), |c| c != '\n');
            if end > self.at {
                self.spaced = true;
                self.mask(Kind::Text, end);
            }
        }
    }

    /// What stands behind `key=`: a value whatever it looks like.
    fn assigned(&mut self) {
        let before = &self.text[..self.at - 1];
        let before = before.strip_suffix(' ').unwrap_or(before);
        if !before.ends_with(|c: char| is_word_character(c) || "])\"".contains(c)) {
            return;
        }
        let gap = usize::from(self.rest().starts_with(' '));
        let rest = &self.rest()[gap..];
        let enclosed = |open: char, close: char| -> Option<usize> {
            let inside = rest.strip_prefix(open)?;
            inside.find([open, close, '\n']).filter(|at| inside[*at..].starts_with(close)).map(|at| at + 2)
        };
        let quoted =
            |quote: char| rest.strip_prefix(quote)?.find([quote, '\n']).filter(|at| rest[at + 1..].starts_with(quote)).map(|at| at + 2);
        let length = quoted('"').or_else(|| quoted('\'')).or_else(|| enclosed('{', '}')).or_else(|| enclosed('[', ']')).or_else(|| {
            let plain = run(rest, |c| !c.is_whitespace() && !",;(){}[]=\"'<>|".contains(c));
            let tail = &rest[plain..];
            let bracket = [('{', '}'), ('[', ']')].into_iter().find_map(|(open, close)| {
                let inside = tail.strip_prefix(open)?;
                let length = run(inside, |c| !c.is_whitespace() && c != close && c != open);
                inside[length..].starts_with(close).then_some(length + 2)
            });
            // `a= b=1`: the first has no value.
            let is_next_key = gap > 0 && tail.starts_with('=');
            (plain > 0 && !is_next_key).then_some(plain + bracket.unwrap_or(0))
        });
        if let Some(length) = length {
            self.spaced = gap > 0;
            self.mask(Kind::Mixed, self.at + gap + length);
        }
    }

    /// A run of letters, digits and the marks that hold words together; a value when a digit is in it, or when it is an address or a date.
    fn chunk(&mut self) -> bool {
        let rest = self.rest();
        let chunk = leading_chunk(rest);
        if chunk.is_empty() {
            return false;
        }
        let end = self.at + chunk.len();
        let after = &self.text[end..];
        if let Some(length) = network_address(rest) {
            return self.mask(Kind::Address, self.at + length);
        }
        if chunk.bytes().any(|b| b.is_ascii_digit()) || chunk.chars().any(char::is_numeric) {
            if self.is_status(chunk) {
                self.push(Token::word(chunk, false), end);
                return true;
            }
            if is_dotted_quad(chunk) {
                return self.mask(Kind::Address, end);
            }
            if is_number(chunk) {
                let length = chunk.len() + unit(after);
                return self.mask(Kind::Number, self.at + length);
            }
            let kind = if looks_like_date(chunk) { Kind::Time } else { Kind::Id };
            return self.mask(kind, end);
        }
        if chunk.len() >= 8 && chunk.bytes().all(|b| b.is_ascii_hexdigit()) {
            return self.mask(Kind::Id, end);
        }
        if is_email(chunk) || is_host(chunk) || self.is_host_with_port(chunk, after) {
            return self.mask(Kind::Address, end);
        }
        if is_written_date(chunk, after) {
            return self.mask(Kind::Time, end);
        }
        let is_zone = ZONES.contains(&chunk) && self.tokens.last().is_some_and(Token::varies);
        if is_zone {
            return self.mask(Kind::Time, end);
        }
        if self.is_listed(after) || (chunk.chars().all(|c| is_word_character(c) || c == '.') && self.stands_on_a_line(end)) {
            return self.mask(Kind::Mixed, end);
        }
        self.push(Token::word(chunk, false), end);
        true
    }

    /// Whether a line between others holds nothing but this word: the place in the data that the message is about.
    fn stands_on_a_line(&self, end: usize) -> bool {
        let before = self.text[..self.at].trim_end_matches([' ', '\t', '\r']);
        let after = self.text[end..].trim_start_matches([' ', '\t', '\r']);
        before.ends_with('\n') && after.starts_with('\n')
    }

    /// Whether the word is the value of a key in a list: `…, server: localhost, …`.
    fn is_listed(&self, after: &str) -> bool {
        let [.., comma, key, colon] = self.tokens.as_slice() else { return false };
        let telling = |key: &str| MESSAGE_KEYS.contains(&key) || TELLING_KEYS.contains(&key);
        comma.text() == Some(",")
            && colon.text() == Some(":")
            && key.text().is_some_and(|key| !telling(key.to_ascii_lowercase().as_str()))
            && (after.is_empty() || after.starts_with([',', ';', '\n']))
    }

    /// Whether a number of three digits is a status: after a word that says so, directly or over a colon.
    fn is_status(&self, chunk: &str) -> bool {
        let is_code = chunk.len() == 3 && matches!(chunk.as_bytes()[0], b'1'..=b'5') && chunk.bytes().all(|b| b.is_ascii_digit());
        let word = match self.tokens.as_slice() {
            [.., word, mark] if matches!(mark.text(), Some(":" | "(")) => word,
            [.., word] => word,
            [] => return false,
        };
        is_code
            && word.text().is_some_and(|text| BEFORE_STATUS.contains(&text.to_ascii_lowercase().as_str()))
            && !self.is_measured(chunk.len())
    }

    /// Whether a size or duration stands next: then it is a line of an access log, and the status one measurement of several.
    fn is_measured(&self, status: usize) -> bool {
        let next = self.rest()[status..].trim_start_matches([' ', ',', ';']);
        MEASURES.iter().any(|measure| next.strip_prefix(measure).is_some_and(|rest| rest.starts_with([':', '='])))
    }

    /// `name:8080` where a host may stand: at the start, after `to`, `at`, …, or with dots in it.
    fn is_host_with_port(&self, chunk: &str, after: &str) -> bool {
        let Some(port) = after.strip_prefix(':') else { return false };
        let digits = run(port, |c| c.is_ascii_digit());
        if !(2..=5).contains(&digits) || port[digits..].starts_with(is_word_character) {
            return false;
        }
        let expected = match self.tokens.last() {
            None => true,
            Some(token) => matches!(token.text(), Some("to" | "at" | "from" | "via" | "host" | "server")),
        };
        chunk.contains('.') || (expected && (port[digits..].is_empty() || port[digits..].starts_with(char::is_whitespace)))
    }
}
