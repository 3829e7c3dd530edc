//! Values as Python prints them: `ToolOutput(content='12', is_error=False)`, which some instrumentations send instead of JSON.

use serde_json::{Map, Number, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: u8 = 32;

/// Reads a printed value. Calls become objects of their named arguments; what has no counterpart becomes its own text. With `cut`, text that
/// ends too soon is read as far as it goes. `None` for text that is none.
pub(super) fn read(text: &str, cut: bool) -> Option<Value> {
    let mut reader = Reader { rest: text.trim(), cut };
    let value = reader.value(MAX_DEPTH)?;
    (reader.rest.trim_start().is_empty() || (cut && reader.rest.trim_start().starts_with(".."))).then_some(value)
}

/// Reads what a printed model shows of itself without its name: `status='success' result='12' error=None`.
pub(super) fn read_members(text: &str) -> Option<Map<String, Value>> {
    let mut reader = Reader { rest: text.trim(), cut: false };
    let mut members = Map::new();
    while !reader.rest.is_empty() {
        let name = reader.name()?;
        reader.eat('=').then_some(())?;
        members.insert(name.to_owned(), reader.value(MAX_DEPTH)?);
        reader.rest = reader.rest.trim_start();
    }
    (!members.is_empty()).then_some(members)
}

/// What a printed value says, where it is one that wraps what was said: an answer, an event, a message, a tool's result.
pub(super) fn said(text: &str) -> Option<Value> {
    let (name, _) = text.split_once('(')?;
    let class = !name.is_empty() && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(is_name);
    class.then(|| read(text, true)).flatten().and_then(inside)
}

/// Follows the members that wrap, down to words.
pub(super) fn inside(value: Value) -> Option<Value> {
    const WRAPS: &[&str] = &["raw_output", "tool_output", "result", "response", "content", "blocks", "text"];
    match value {
        Value::Object(mut fields) => {
            let holder = WRAPS.iter().find(|member| fields.get(**member).is_some_and(|value| !value.is_null()))?;
            let held = fields.remove(*holder)?;
            if held.is_object() || held.is_array() { inside(held) } else { Some(held) }
        }
        Value::Array(entries) => {
            let words: Vec<String> = entries.into_iter().filter_map(inside).filter_map(|word| word.as_str().map(str::to_owned)).collect();
            (!words.is_empty()).then(|| Value::String(words.join("\n")))
        }
        _ => None,
    }
}

struct Reader<'a> {
    rest: &'a str,
    /// Whether the text may end too soon.
    cut: bool,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        match first {
            '\'' | '"' => self.text().map(Value::String),
            '{' => self.dictionary(depth),
            '[' => self.list('[', ']', depth),
            '(' => self.list('(', ')', depth),
            '<' => self.opaque(),
            '-' | '0'..='9' => self.number(),
            _ if is_name(first) => self.named(depth),
            _ => None,
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(wanted);
        rest.inspect(|rest| self.rest = rest).is_some()
    }

    /// Whether a list ends here: at its bracket, or where the text was cut.
    fn ends(&mut self, bracket: char) -> bool {
        self.eat(bracket) || (self.cut && matches!(self.rest.trim_start(), "" | "..." | ".."))
    }

    fn list(&mut self, open: char, close: char, depth: u8) -> Option<Value> {
        self.eat(open).then_some(())?;
        let mut entries = Vec::new();
        while !self.ends(close) {
            entries.push(self.value(depth)?);
            if !self.eat(',') {
                return self.ends(close).then_some(Value::Array(entries));
            }
        }
        Some(Value::Array(entries))
    }

    fn dictionary(&mut self, depth: u8) -> Option<Value> {
        self.eat('{').then_some(())?;
        let mut fields = Map::new();
        while !self.ends('}') {
            let key = match self.value(depth)? {
                Value::String(key) => key,
                other => other.to_string(),
            };
            self.eat(':').then_some(())?;
            fields.insert(key, self.value(depth)?);
            if !self.eat(',') {
                return self.ends('}').then_some(Value::Object(fields));
            }
        }
        Some(Value::Object(fields))
    }

    /// `None`, `True`, a bare name, or a call with named arguments.
    fn named(&mut self, depth: u8) -> Option<Value> {
        let name = self.name()?;
        match name {
            "None" => return Some(Value::Null),
            "True" => return Some(Value::Bool(true)),
            "False" => return Some(Value::Bool(false)),
            _ if !self.eat('(') => return Some(Value::String(name.to_owned())),
            _ => {}
        }
        let mut fields = Map::new();
        while !self.ends(')') {
            let before = self.rest;
            match self.name().filter(|_| self.eat('=')) {
                Some(argument) => _ = fields.insert(argument.to_owned(), self.value(depth)?),
                None => {
                    self.rest = before;
                    let place = fields.len().to_string();
                    fields.insert(place, self.value(depth)?);
                }
            }
            if !self.eat(',') {
                return self.ends(')').then_some(Value::Object(fields));
            }
        }
        Some(Value::Object(fields))
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    fn number(&mut self) -> Option<Value> {
        let part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.' | '_');
        let end = self.rest.find(|letter| !part(letter)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let whole = number.parse::<i64>().ok().map(Number::from);
        let number = whole.or_else(|| Number::from_f64(number.parse().ok()?))?;
        Some(Value::Number(number))
    }

    /// `<MessageRole.USER: 'user'>`: its value where it shows one, else as it stands.
    fn opaque(&mut self) -> Option<Value> {
        let (inner, rest) = self.rest.strip_prefix('<')?.split_once('>')?;
        self.rest = rest;
        let shown = inner.split_once(": ").and_then(|(_, value)| Reader { rest: value, cut: false }.text());
        Some(Value::String(shown.unwrap_or_else(|| format!("<{inner}>"))))
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let mut text = String::new();
        let mut letters = self.rest.chars();
        letters.next();
        loop {
            match letters.next() {
                Some(letter) if letter == quote => break,
                Some('\\') => match letters.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'x' => text.push(escaped(&mut letters, 2)?),
                    'u' => text.push(escaped(&mut letters, 4)?),
                    'U' => text.push(escaped(&mut letters, 8)?),
                    other => text.push(other),
                },
                Some(letter) => text.push(letter),
                None if self.cut => break,
                None => return None,
            }
        }
        self.rest = letters.as_str();
        Some(text)
    }
}

fn escaped(letters: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let code = letters.by_ref().take(digits).try_fold(0_u32, |code, digit| Some(code.checked_mul(16)? + digit.to_digit(16)?));
    char::from_u32(code?)
}

const fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.')
}
