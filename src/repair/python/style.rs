//! How a file is written: its indentation, quotes and line ends, and text of ours made to look the same.

use tree_sitter::Node;

use super::{Module, walk::descendants};

/// Strings looked at for the quotes a file uses.
const STRINGS_MAX: usize = 2_000;

/// The style of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::repair) struct Style {
    /// One step of indentation: four spaces, two, a tab.
    pub(in crate::repair) indent: String,
    /// `\n` or `\r\n`.
    pub(in crate::repair) newline: &'static str,
    /// Whether strings stand in single quotes, mostly.
    pub(in crate::repair) single_quotes: bool,
}

impl Style {
    /// The style of a module.
    pub(in crate::repair) fn of(module: &Module) -> Self {
        let text = module.text();
        let returns = text.matches("\r\n").count();
        let newline = if returns > 0 && returns * 2 >= text.matches('\n').count() { "\r\n" } else { "\n" };
        let mut single = 0_usize;
        let mut double = 0_usize;
        let strings = descendants(module.root()).filter(|node| node.kind() == "string_start").take(STRINGS_MAX);
        for start in strings {
            match module.source(start).trim_start_matches(|c: char| c.is_ascii_alphabetic()) {
                "'" => single += 1,
                "\"" => double += 1,
                _ => {}
            }
        }
        Self { indent: indent(module).unwrap_or_else(|| "    ".to_owned()), newline, single_quotes: single > double }
    }

    /// Text of ours (four spaces a step, `\n`, double quotes) as this file would have it, moved in by `margin`. The first line is moved in too.
    pub(in crate::repair) fn write(&self, ours: &str, margin: &str) -> String {
        let mut written = String::with_capacity(ours.len() * 2);
        for line in ours.lines() {
            let code = line.trim_start_matches("    ");
            let steps = (line.len() - code.len()) / 4;
            if !line.is_empty() {
                written.push_str(margin);
                written.push_str(&self.indent.repeat(steps));
                written.push_str(&self.quoted(code));
            }
            written.push_str(self.newline);
        }
        if !ours.ends_with('\n') {
            written.truncate(written.len() - self.newline.len());
        }
        written
    }

    /// A line of ours with the file's quotes. Where a line holds a single quote, an escape or a docstring, it stays as it is.
    pub(in crate::repair) fn quoted(&self, line: &str) -> String {
        if self.single_quotes && !line.contains(['\'', '\\']) && !line.contains("\"\"\"") {
            line.replace('"', "'")
        } else {
            line.to_owned()
        }
    }
}

/// One step of indentation: what the first indented block has more than its head.
fn indent(module: &Module) -> Option<String> {
    let blocks = descendants(module.root()).filter(|node| node.kind() == "block");
    blocks.filter_map(|block| step(module, block)).next()
}

fn step(module: &Module, block: Node<'_>) -> Option<String> {
    let inner = leading(module.text(), block.start_byte())?;
    let outer = leading_of_line(module.text(), block.parent()?.start_byte());
    let step = inner.strip_prefix(outer)?;
    (!step.is_empty()).then(|| step.to_owned())
}

/// The byte at which the line of `at` begins; a byte order mark is no part of it.
pub(in crate::repair) fn line_start(text: &str, at: usize) -> usize {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start }
}

/// The byte after the line of `at`, its line end included.
pub(in crate::repair) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// The white space before `at`, if there is nothing else before it on its line.
pub(in crate::repair) fn leading(text: &str, at: usize) -> Option<&str> {
    let before = text.get(line_start(text, at)..at)?;
    before.chars().all(|c| matches!(c, ' ' | '\t' | '\u{c}')).then(|| before.trim_start_matches('\u{c}'))
}

/// The white space at the head of the line of `at`.
pub(in crate::repair) fn leading_of_line(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..).unwrap_or_default().trim_start_matches('\u{c}');
    let code = line.trim_start_matches([' ', '\t']);
    &line[..line.len() - code.len()]
}
