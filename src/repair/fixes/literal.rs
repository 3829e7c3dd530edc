//! Python written safely: whatever a trace holds becomes a literal or a plain identifier, never code.

use serde_json::Value;

/// Longest text kept in a literal, in characters.
const TEXT_MAX: usize = 80;

/// Longest sentence kept in a literal, in characters: longer than any of ours with a name before it.
const SENTENCE_MAX: usize = 400;

/// Items kept of a list or dictionary.
const ITEMS_MAX: usize = 6;

/// Nesting kept.
const DEPTH_MAX: usize = 3;

/// Longest identifier.
const IDENTIFIER_MAX: usize = 40;

/// Words that cannot be identifiers, and names that the snippets themselves use.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "match",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "type",
    "while",
    "with",
    "yield",
    "__debug__",
];

/// A text as a literal between double quotes: everything but printable ASCII is escaped, quotes and backslashes too, and what is long is cut.
pub(super) fn text(value: &str) -> String {
    literal(value, TEXT_MAX)
}

/// A sentence of ours that begins with a name from a trace; the name alone is cut where it is long.
pub(super) fn sentence(name: &str, rest: &str) -> String {
    let name: String = name.chars().take(TEXT_MAX).collect();
    literal(&format!("{name} {rest}"), SENTENCE_MAX)
}

fn literal(value: &str, most: usize) -> String {
    let mut literal = String::from("\"");
    for (count, c) in value.chars().enumerate() {
        if count == most {
            literal.push_str("...");
            break;
        }
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            ' '..='~' => literal.push(c),
            _ if u32::from(c) <= 0xFF => literal.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ if u32::from(c) <= 0xFFFF => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => literal.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    literal.push('"');
    literal
}

/// A JSON value as a literal; long lists, deep nesting and long texts are cut.
pub(super) fn value(json: &Value) -> String {
    nested(json, 0)
}

fn nested(json: &Value, depth: usize) -> String {
    match json {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        // JSON's numbers are Python's.
        Value::Number(number) => number.to_string(),
        Value::String(string) => text(string),
        Value::Array(_) | Value::Object(_) if depth == DEPTH_MAX => "...".to_owned(),
        Value::Array(items) => {
            let shown = items.iter().take(ITEMS_MAX).map(|item| nested(item, depth + 1));
            let more = (items.len() > ITEMS_MAX).then(|| "...".to_owned());
            format!("[{}]", shown.chain(more).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let shown = fields.iter().take(ITEMS_MAX).map(|(key, item)| format!("{}: {}", text(key), nested(item, depth + 1)));
            let more = (fields.len() > ITEMS_MAX).then(|| "\"...\": ...".to_owned());
            format!("{{{}}}", shown.chain(more).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A name as an identifier: ASCII letters, digits and underscores, not a keyword, not too long.
pub(super) fn identifier(name: &str) -> String {
    let mut found: String = name.chars().take(IDENTIFIER_MAX).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !found.contains(|c: char| c.is_ascii_alphanumeric()) {
        found = "tool".to_owned();
    }
    if found.starts_with(|c: char| c.is_ascii_digit()) || TAKEN.contains(&found.as_str()) {
        found.insert(0, '_');
    }
    found
}

/// Whether a name can stand in code as it is.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.is_empty() && identifier(name) == name
}

/// The annotation for values like this one.
pub(super) fn annotation(json: &Value) -> &'static str {
    match json {
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
        Value::Null | Value::String(_) => "str",
    }
}

/// A template with each `$NAME$` replaced, in one pass, so that nothing inserted is read as a place again. A name that has no value stays.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(start) = rest.find('$') {
        filled.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let found = after.find('$').and_then(|end| {
            let (_, value) = values.iter().find(|(name, _)| *name == &after[..end])?;
            Some((end, *value))
        });
        match found {
            Some((end, value)) => {
                filled.push_str(value);
                rest = &after[end + 1..];
            }
            None => {
                filled.push('$');
                rest = after;
            }
        }
    }
    filled + rest
}

/// Each line of a text moved in by four spaces; empty lines stay empty.
pub(super) fn indented(code: &str) -> String {
    code.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// What Python reads from a literal of [`text`].
    fn read_back(literal: &str) -> Option<String> {
        let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?;
        let mut read = String::new();
        while let Some(c) = rest.chars().next() {
            rest = &rest[1..];
            if c == '"' || !(' '..='~').contains(&c) {
                return None;
            }
            if c != '\\' {
                read.push(c);
                continue;
            }
            let kind = rest.chars().next()?;
            rest = &rest[1..];
            let digits = match kind {
                '"' | '\\' => {
                    read.push(kind);
                    continue;
                }
                'n' => {
                    read.push('\n');
                    continue;
                }
                't' => {
                    read.push('\t');
                    continue;
                }
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => return None,
            };
            read.push(char::from_u32(u32::from_str_radix(rest.get(..digits)?, 16).ok()?)?);
            rest = &rest[digits..];
        }
        Some(read)
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        let written = value(&json!({"a": [1, 2.5, null, true], "b": "12,50", "c": {"d": {"e": {"f": 1}}}}));
        assert_eq!(written, r#"{"a": [1, 2.5, None, True], "b": "12,50", "c": {"d": {"e": ...}}}"#);
        assert_eq!(value(&json!([1, 2, 3, 4, 5, 6, 7])), "[1, 2, 3, 4, 5, 6, ...]");
    }

    #[test]
    fn code_in_a_value_stays_a_value() {
        let attack = "\"\"\"\n\"); import os; os.system('rm -rf /') #\u{202e}";
        assert_eq!(text(attack), r#""\"\"\"\n\"); import os; os.system('rm -rf /') #\u202e""#);
        assert_eq!(identifier("x; import os"), "x__import_os");
        assert_eq!(identifier("class"), "_class");
        assert_eq!(identifier("3d"), "_3d");
        assert_eq!(identifier("発注"), "tool");
        assert_eq!(identifier(""), "tool");
    }

    #[test]
    fn what_is_inserted_is_not_read_again() {
        assert_eq!(fill("a $X$ b $Y$ c $Z$", &[("X", "$Y$"), ("Y", "2")]), "a $Y$ b 2 c $Z$");
        assert_eq!(fill("cost: 3$", &[]), "cost: 3$");
    }

    proptest! {
        #[test]
        fn a_literal_is_printable_and_reads_back_as_its_text(value in any::<String>()) {
            let literal = text(&value);
            let expected: String = if value.chars().count() > TEXT_MAX {
                value.chars().take(TEXT_MAX).chain("...".chars()).collect()
            } else {
                value
            };
            prop_assert_eq!(read_back(&literal), Some(expected), "{}", literal);
        }

        #[test]
        fn an_identifier_is_one(name in any::<String>()) {
            let found = identifier(&name);
            prop_assert!(found.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !found.starts_with(|c: char| c.is_ascii_digit()));
            prop_assert!(!TAKEN.contains(&found.as_str()) && found.len() <= IDENTIFIER_MAX + 1);
            prop_assert!(is_identifier(&found));
        }
    }
}
