//! JSON made readable: on one line where it fits, else indented; coloured by what each piece is, cleaned, and cut where it is endless.

use serde_json::Value;

use crate::{
    text::{clean::clean_line, width::width},
    workbench::theme::Role,
};

use super::rich::Rich;

/// Most bytes of text taken from one value.
const BYTES_MOST: usize = 64 * 1024;
/// Deepest nesting shown.
const DEEPEST: usize = 32;

/// A value as lines: one line when that is at most `columns` wide, else indented by two a level.
#[must_use]
pub fn lines(value: &Value, columns: usize) -> Vec<Rich> {
    let mut compact = Writer::new(false);
    compact.value(value, 0);
    if !compact.cut && compact.lines.len() == 1 && compact.lines.iter().flatten().map(|(_, text)| width(text)).sum::<usize>() <= columns {
        return compact.lines;
    }
    let mut pretty = Writer::new(true);
    pretty.value(value, 0);
    if pretty.cut {
        pretty.lines.push(vec![(Role::Dim, "… the rest is not shown; Y copies the whole trace".to_owned())]);
    }
    pretty.lines
}

struct Writer {
    lines: Vec<Rich>,
    pretty: bool,
    left: usize,
    cut: bool,
}

impl Writer {
    fn new(pretty: bool) -> Self {
        Self { lines: vec![Vec::new()], pretty, left: BYTES_MOST, cut: false }
    }

    fn push(&mut self, role: Role, text: &str) {
        let end = text.floor_char_boundary(self.left.min(text.len()));
        self.cut |= end < text.len();
        self.left -= end;
        if let (Some(line), Some(text)) = (self.lines.last_mut(), text.get(..end)) {
            line.push((role, text.to_owned()));
        }
    }

    fn new_line(&mut self, level: usize) {
        if self.pretty {
            self.lines.push(vec![(Role::Text, "  ".repeat(level))]);
            self.left = self.left.saturating_sub(level * 2 + 1);
        }
    }

    fn value(&mut self, value: &Value, level: usize) {
        if self.left == 0 {
            self.cut = true;
            return;
        }
        match value {
            Value::Null => self.push(Role::CodeKeyword, "null"),
            Value::Bool(true) => self.push(Role::CodeKeyword, "true"),
            Value::Bool(false) => self.push(Role::CodeKeyword, "false"),
            Value::Number(number) => self.push(Role::CodeNumber, &number.to_string()),
            Value::String(text) => self.string(Role::CodeString, text),
            Value::Array(items) if items.is_empty() => self.push(Role::CodePunctuation, "[]"),
            Value::Object(fields) if fields.is_empty() => self.push(Role::CodePunctuation, "{}"),
            Value::Array(_) | Value::Object(_) if level >= DEEPEST => self.push(Role::Dim, "…"),
            Value::Array(items) => {
                self.push(Role::CodePunctuation, "[");
                self.items(items.iter().map(|item| (None, item)), level);
                self.push(Role::CodePunctuation, "]");
            }
            Value::Object(fields) => {
                self.push(Role::CodePunctuation, "{");
                self.items(fields.iter().map(|(name, value)| (Some(name.as_str()), value)), level);
                self.push(Role::CodePunctuation, "}");
            }
        }
    }

    fn items<'v>(&mut self, items: impl Iterator<Item = (Option<&'v str>, &'v Value)>, level: usize) {
        for (place, (name, value)) in items.enumerate() {
            if place > 0 {
                self.push(Role::CodePunctuation, if self.pretty { "," } else { ", " });
            }
            self.new_line(level + 1);
            if let Some(name) = name {
                self.string(Role::CodeName, name);
                self.push(Role::CodePunctuation, ": ");
            }
            self.value(value, level + 1);
            if self.cut {
                return;
            }
        }
        self.new_line(level);
    }

    /// A text as JSON writes it, cleaned first so that nothing in it steers the terminal.
    fn string(&mut self, role: Role, text: &str) {
        // Cleaning an endless text would take as long as it is; what is not shown need not be clean.
        let end = text.floor_char_boundary(text.len().min(self.left.saturating_mul(2)));
        self.cut |= end < text.len();
        let readable = text.get(..end).unwrap_or("").replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
        self.push(role, &format!("\"{}\"", clean_line(&readable)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(value: &Value, columns: usize) -> Vec<String> {
        lines(value, columns).iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    #[test]
    fn a_small_value_stays_on_one_line() {
        assert_eq!(plain(&json!({"order": "A-1182", "amount": "12,50"}), 60), [r#"{"order": "A-1182", "amount": "12,50"}"#]);
    }

    #[test]
    fn a_wide_one_is_indented() {
        assert_eq!(plain(&json!({"a": [1, null], "b": {}}), 10), ["{", "  \"a\": [", "    1,", "    null", "  ],", "  \"b\": {}", "}"]);
    }

    #[test]
    fn what_steers_a_terminal_is_taken_out_and_line_breaks_are_shown() {
        assert_eq!(plain(&json!("a\u{1b}[2J\u{202e}b\nc\"d"), 60), ["\"a\u{fffd}b\\nc\\\"d\""]);
    }

    #[test]
    fn an_endless_value_is_cut_and_says_so() {
        let endless = json!(vec!["x".repeat(100); 10_000]);
        let lines = plain(&endless, 60);
        assert!(lines.len() < 1_000, "{}", lines.len());
        assert!(lines.last().is_some_and(|line| line.contains("not shown")), "{:?}", lines.last());
        let long = json!("y".repeat(10_000_000));
        assert!(plain(&long, 60).iter().map(String::len).sum::<usize>() < 70_000);
    }

    #[test]
    fn deep_nesting_is_cut() {
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        assert!(plain(&deep, 10).iter().any(|line| line.contains('…')));
    }
}
