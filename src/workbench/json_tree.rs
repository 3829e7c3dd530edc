//! JSON values as lines that fold: every member and item is a line, closed ones show what they hold in short. It holds places and names, no
//! values: those are looked up in the trace when a line is drawn.

use std::{borrow::Cow, collections::HashSet};

use serde_json::Value;

use crate::{
    text::{
        clean::clean_line,
        human,
        width::{fit, width},
    },
    workbench::{draw::rich::Rich, theme::Role},
};

use super::folding::Folding;

/// Most lines made of one set of values.
const NODES_MOST: usize = 200_000;
/// At first so many lines are shown at most, unless the outermost alone are more.
const OPENED: usize = 200;
/// Deepest setting in, in levels: what is deeper says how deep it is.
const DEEPEST: u16 = 12;
/// Most members and items told in short.
const SHORT: usize = 8;

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Data<'a> {
    /// JSON.
    Value(&'a Value),
    /// A text of the trace.
    Text(&'a str),
}

impl<'a> Data<'a> {
    /// The text, where it is one.
    #[must_use]
    pub const fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Value(Value::String(text)) => Some(text.as_str()),
            Self::Value(_) => None,
        }
    }

    /// As it goes to the clipboard: text as it is, anything else as JSON.
    #[must_use]
    pub fn copied(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(value) => value.to_string(),
        }
    }
}

/// A value with the name it is shown by.
pub type Root<'a> = (Cow<'a, str>, Data<'a>);

/// What a line is called in what it lies within.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Root(u32),
    Item(u32),
    Field(Box<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    within: u32,
    name: Name,
}

/// The lines of some values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonTree {
    nodes: Vec<Node>,
    /// Which are closed.
    pub folding: Folding,
    cut: bool,
}

impl JsonTree {
    /// Makes the lines; large values are closed at first.
    #[must_use]
    pub fn new(roots: &[Root<'_>]) -> Self {
        let mut tree = Self::default();
        let mut levels = Vec::new();
        for (number, (_, data)) in (0..).zip(roots) {
            tree.add(u32::MAX, Name::Root(number), data, 0, &mut levels);
        }
        let deepest = levels.iter().copied().max().unwrap_or(0);
        tree.folding = Folding::new(levels);
        // The level from which on lines are closed: the deepest that leaves few enough.
        let mut counts = vec![0_usize; usize::from(deepest) + 1];
        for item in 0..tree.folding.len() {
            if let Some(count) = counts.get_mut(usize::from(tree.folding.level(item))) {
                *count += 1;
            }
        }
        let mut shown = 0;
        let open = counts.iter().position(|count| {
            shown += count;
            shown > OPENED
        });
        if let Some(level) = open {
            tree.folding.close_from(u16::try_from(level.saturating_sub(1)).unwrap_or(u16::MAX));
        }
        tree
    }

    fn add(&mut self, within: u32, name: Name, data: &Data<'_>, level: u16, levels: &mut Vec<u16>) {
        // Depth is what the reader of JSON allows: a hundred or so.
        if self.nodes.len() >= NODES_MOST {
            self.cut = true;
            return;
        }
        let here = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node { within, name });
        levels.push(level);
        match data {
            Data::Value(Value::Array(items)) => {
                for (number, item) in (0..).zip(items) {
                    self.add(here, Name::Item(number), &Data::Value(item), level.saturating_add(1), levels);
                }
            }
            Data::Value(Value::Object(fields)) => {
                for (name, value) in fields {
                    self.add(here, Name::Field(name.as_str().into()), &Data::Value(value), level.saturating_add(1), levels);
                }
            }
            _ => {}
        }
    }

    /// Whether there are more lines than were made.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Takes over which lines are closed from an older tree of the same values, by their paths. Lines that were not there are as they came.
    pub fn carry(&mut self, before: &Self, roots_before: &[Root<'_>], roots: &[Root<'_>]) {
        if self.nodes == before.nodes {
            self.folding = before.folding.clone();
            return;
        }
        let known: HashSet<String> = before.containers().map(|item| before.path(item, roots_before)).collect();
        let closed: HashSet<String> =
            before.containers().filter(|item| before.folding.is_closed(*item)).map(|item| before.path(item, roots_before)).collect();
        let closes: Vec<bool> = (0..self.nodes.len())
            .map(|item| {
                if self.folding.within(item) == 0 {
                    return false;
                }
                let path = self.path(item, roots);
                if known.contains(&path) { closed.contains(&path) } else { self.folding.is_closed(item) }
            })
            .collect();
        self.folding.close_only(|item| closes.get(item).copied().unwrap_or(false));
    }

    fn containers(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|item| self.folding.within(*item) > 0)
    }

    /// The line with this path, or nothing.
    #[must_use]
    pub fn find(&self, path: &str, roots: &[Root<'_>]) -> Option<usize> {
        (0..self.nodes.len()).find(|item| self.path(*item, roots) == path)
    }

    /// The names from the outermost to this line.
    fn chain(&self, item: usize) -> Vec<&Name> {
        let mut chain = Vec::new();
        let mut at = self.nodes.get(item);
        while let Some(node) = at {
            chain.push(&node.name);
            at = self.nodes.get(node.within as usize);
        }
        chain.reverse();
        chain
    }

    /// What a line holds.
    #[must_use]
    pub fn data<'a>(&self, item: usize, roots: &[Root<'a>]) -> Option<Data<'a>> {
        let mut found = None;
        for name in self.chain(item) {
            found = match (name, found) {
                (Name::Root(number), _) => Some(roots.get(*number as usize)?.1),
                (Name::Item(number), Some(Data::Value(value))) => Some(Data::Value(value.get(*number as usize)?)),
                (Name::Field(name), Some(Data::Value(value))) => Some(Data::Value(value.get(&**name)?)),
                _ => return None,
            };
        }
        found
    }

    /// Where a line stands, as `jq` writes it after the name of its value: `arguments.lines[3].sku`, `result["odd name"]`.
    #[must_use]
    pub fn path(&self, item: usize, roots: &[Root<'_>]) -> String {
        let mut path = String::new();
        for name in self.chain(item) {
            match name {
                Name::Root(number) => path.push_str(roots.get(*number as usize).map_or("", |(name, _)| name)),
                Name::Item(number) => path.push_str(&format!("[{number}]")),
                Name::Field(name) if is_word(name) => path.push_str(&format!(".{name}")),
                Name::Field(name) => path.push_str(&format!("[{}]", Value::from(&**name))),
            }
        }
        path
    }

    /// What is searched in a line: its name, and its text where it is one.
    pub fn searched(&self, item: usize, roots: &[Root<'_>], wanted: impl Fn(&str) -> bool) -> bool {
        let name = match self.nodes.get(item).map(|node| &node.name) {
            Some(Name::Root(number)) => roots.get(*number as usize).is_some_and(|(name, _)| wanted(name)),
            Some(Name::Field(name)) => wanted(name),
            _ => false,
        };
        name || match self.data(item, roots) {
            Some(Data::Value(Value::Array(_) | Value::Object(_))) | None => false,
            Some(data) => data.text().map_or_else(|| wanted(&data.copied()), &wanted),
        }
    }

    /// A line of at most `columns`; `marks` stand before open and closed ones.
    #[must_use]
    pub fn line(&self, item: usize, roots: &[Root<'_>], columns: usize, marks: [&str; 2]) -> Rich {
        let level = self.folding.level(item);
        let holds = self.folding.within(item) > 0;
        let mut line: Rich = vec![(Role::Text, "  ".repeat(usize::from(level.min(DEEPEST))))];
        if level > DEEPEST {
            line.push((Role::Dim, format!("{level}: ")));
        }
        let mark = match (holds, self.folding.is_closed(item)) {
            (false, _) => " ",
            (true, open) => marks[usize::from(open)],
        };
        line.push((Role::Accent, format!("{mark} ")));
        match self.nodes.get(item).map(|node| &node.name) {
            Some(Name::Root(number)) => {
                let name = roots.get(*number as usize).map_or("", |(name, _)| name);
                line.push((Role::Heading, clean_line(fit_bytes(name, columns)).into_owned()));
            }
            Some(Name::Item(number)) => line.push((Role::Dim, number.to_string())),
            Some(Name::Field(name)) => line.push((Role::CodeName, clean_line(fit_bytes(name, columns)).into_owned())),
            None => {}
        }
        line.push((Role::CodePunctuation, if holds { " " } else { ": " }.to_owned()));
        let room = columns.saturating_sub(line.iter().map(|(_, text)| width(text)).sum());
        match self.data(item, roots) {
            Some(data) => value(data, room, holds && !self.folding.is_closed(item), &mut line),
            None => line.push((Role::Dim, "(gone)".to_owned())),
        }
        cut(line, columns)
    }
}

/// A line cut to a width, with an ellipsis.
fn cut(line: Rich, columns: usize) -> Rich {
    let mut left = columns;
    let mut fitted = Vec::with_capacity(line.len());
    for (role, text) in line {
        let shown = fit(&text, left);
        let whole = shown.len() == text.len();
        left = left.saturating_sub(width(&shown));
        fitted.push((role, shown.into_owned()));
        if !whole {
            break;
        }
    }
    fitted
}

/// What a line holds, in at most so many columns. Of what is open only the size is told: the rest follows below.
fn value(data: Data<'_>, columns: usize, open: bool, line: &mut Rich) {
    let held = |count: String, shut: bool, line: &mut Rich| {
        let room = columns.saturating_sub(width(&count) + 1);
        line.push((Role::Dim, count));
        if shut {
            line.push((Role::CodeComment, format!(" {}", short(data, room))));
        }
    };
    match data {
        Data::Value(Value::Array(items)) => {
            held(format!("[{}]", human::count(items.len() as u64)), !open && !items.is_empty(), line);
        }
        Data::Value(Value::Object(fields)) => {
            held(format!("{{{}}}", human::count(fields.len() as u64)), !open && !fields.is_empty(), line);
        }
        Data::Value(Value::Number(number)) => line.push((Role::CodeNumber, number.to_string())),
        Data::Value(Value::Null) => line.push((Role::CodeKeyword, "null".to_owned())),
        Data::Value(Value::Bool(yes)) => line.push((Role::CodeKeyword, yes.to_string())),
        Data::Value(Value::String(text)) => string(text, columns, line),
        Data::Text(text) => string(text, columns, line),
    }
}

/// A text on one line; of one that does not fit its size is told.
fn string(text: &str, columns: usize, line: &mut Rich) {
    let quoted = quoted(fit_bytes(text, columns));
    let whole = text.len() <= columns.saturating_mul(4) && width(&quoted) <= columns;
    if whole {
        line.push((Role::CodeString, quoted));
        return;
    }
    let size = format!(" {}", human::bytes(text.len() as u64));
    let quoted = quoted.strip_suffix('"').unwrap_or(&quoted);
    line.push((Role::CodeString, fit(&format!("{quoted}……"), columns.saturating_sub(size.len())).into_owned()));
    line.push((Role::Dim, size));
}

/// The beginning of a text, long enough to fill so many columns whatever is cleaned out of it.
fn fit_bytes(text: &str, columns: usize) -> &str {
    text.get(..text.floor_char_boundary(text.len().min(columns.saturating_mul(4).saturating_add(16)))).unwrap_or("")
}

/// A text in quotes, cleaned, line breaks shown as they are written in JSON.
fn quoted(text: &str) -> String {
    let readable = text.replace('\\', "\\\\").replace('"', "\\\"").replace("\r\n", "\\n").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{}\"", clean_line(&readable))
}

/// A value on one line, as far as it fits.
#[must_use]
pub fn short(data: Data<'_>, columns: usize) -> String {
    let mut text = String::new();
    let room = columns.saturating_mul(4).saturating_add(16);
    match data {
        Data::Text(words) => text.push_str(&clean_line(fit_bytes(words, columns))),
        Data::Value(value) => write_short(value, room, 3, &mut text),
    }
    fit(&text, columns).into_owned()
}

fn write_short(value: &Value, room: usize, depth: u8, text: &mut String) {
    if text.len() >= room {
        return;
    }
    match value {
        Value::String(words) => text.push_str(&quoted(fit_bytes(words, room.saturating_sub(text.len()) / 4))),
        Value::Array(items) if depth > 0 && !items.is_empty() => {
            text.push('[');
            for (place, item) in items.iter().take(SHORT).enumerate() {
                text.push_str(if place > 0 { ", " } else { "" });
                write_short(item, room, depth - 1, text);
            }
            text.push_str(if items.len() > SHORT { ", …]" } else { "]" });
        }
        Value::Object(fields) if depth > 0 && !fields.is_empty() => {
            text.push('{');
            for (place, (name, item)) in fields.iter().take(SHORT).enumerate() {
                text.push_str(if place > 0 { ", " } else { "" });
                text.push_str(&clean_line(fit_bytes(name, room / 4)));
                text.push_str(": ");
                write_short(item, room, depth - 1, text);
            }
            text.push_str(if fields.len() > SHORT { ", …}" } else { "}" });
        }
        Value::Array(items) => text.push_str(if items.is_empty() { "[]" } else { "[…]" }),
        Value::Object(fields) => text.push_str(if fields.is_empty() { "{}" } else { "{…}" }),
        other => text.push_str(&other.to_string()),
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

#[cfg(test)]
#[path = "json_tree_tests.rs"]
mod tests;
