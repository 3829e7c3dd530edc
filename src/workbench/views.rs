//! Saved views: filters that have a name, kept in the user's `views.toml`. `@name` in a filter stands for the filter of that name.
//!
//! ```toml
//! slow-refunds = "agent:refund* took>2s"
//! today-failed = "is:failed since:today"
//! ```

use std::{collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    model::time::Timestamp,
    query::{Filter, FilterError, LENGTH_MAX},
    text::{clean::clean_line, nearest::nearest, width::fit},
};

/// The name of the file in the home folder.
pub const FILE: &str = "views.toml";
/// Longest name, in characters.
const NAME_LONGEST: usize = 40;
/// Most views in one file.
const VIEWS_MOST: usize = 500;
/// How deep views may stand in views.
const DEPTH_MOST: usize = 8;
/// Columns of a name that a sentence repeats at most.
const SHOWN_COLUMNS: usize = 40;

/// All saved views, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Views(BTreeMap<String, String>);

/// Why the file holds no views, or would not. The views before stay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{FILE}, line {line}: {says}")]
pub struct ViewsProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there and what to do.
    pub says: String,
}

/// A change of the saved views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// This filter has this name now, whatever had it before.
    Save {
        /// The name.
        name: String,
        /// The filter.
        filter: String,
    },
    /// The view has another name.
    Rename {
        /// The name before.
        from: String,
        /// The name now.
        to: String,
    },
    /// The view is gone.
    Delete(String),
}

/// A text with its views written out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expanded {
    /// The filter the text stands for.
    pub text: String,
    /// For each character of it, which character of the typed text it comes from.
    from: Vec<usize>,
}

/// The name a typed one stands for: small letters, spaces as `-`; an error says what a name is.
pub fn name_of(typed: &str) -> Result<String, String> {
    let name = typed.trim().trim_start_matches('@').split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
    if name.is_empty() {
        return Err("a view needs a name, such as slow-refunds".to_owned());
    }
    if name.chars().count() > NAME_LONGEST {
        return Err(format!("a view's name has at most {NAME_LONGEST} characters"));
    }
    match name.chars().find(|character| !belongs(*character)) {
        Some(character) => {
            Err(format!("a view's name has letters, digits, - _ and . only, and {} is none of them", shown(&character.to_string())))
        }
        None => Ok(name),
    }
}

/// The name in `save view slow refunds`, as it may be typed where actions are looked for.
#[must_use]
pub fn spoken(typed: &str) -> Option<String> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let (["save", "view"], name) = words.split_at_checked(2)? else { return None };
    name_of(&name.join(" ")).ok()
}

/// Whether a character may stand in a name.
fn belongs(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '.')
}

fn shown(text: &str) -> String {
    format!("`{}`", fit(&clean_line(text), SHOWN_COLUMNS))
}

impl Views {
    /// Reads the file's text: one name and one filter a line. Every filter must be one, so that none fails when it is needed.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, ViewsProblem> {
        let places = places(text)?;
        let views = Self(places.iter().map(|place| (place.name.clone(), place.filter.clone())).collect());
        for place in &places {
            views.read(&place.filter, now).map_err(|error| {
                let says = format!("the filter of {}: {error}", shown(&place.name));
                ViewsProblem { line: line_of(text, place.value.start), says }
            })?;
        }
        Ok(views)
    }

    /// Every name with its filter, in the order of names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, filter)| (name.as_str(), filter.as_str()))
    }

    /// The filter of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The name of this very filter, if it has one.
    #[must_use]
    pub fn name_for(&self, filter: &str) -> Option<&str> {
        let expands = |kept: &str| self.expand(kept).is_ok_and(|expanded| expanded.text.trim() == filter);
        self.iter().find(|(_, kept)| kept.trim() == filter || expands(kept)).map(|(name, _)| name)
    }

    /// Writes every `@name` of a filter out as the filter of that name; quoted texts are left alone.
    ///
    /// # Errors
    /// A name that no view has, a view that stands in itself, and an `@name` beside `-` or `|`, where it could mean two things.
    pub fn expand(&self, text: &str) -> Result<Expanded, FilterError> {
        let mut expanded = Expanded::default();
        self.write_out(text, None, &mut Vec::new(), &mut expanded)?;
        Ok(expanded)
    }

    /// Adds a text to what is written out. `within` is the place in the typed text of the view it belongs to.
    fn write_out(&self, text: &str, within: Option<usize>, open: &mut Vec<String>, into: &mut Expanded) -> Result<(), FilterError> {
        let characters: Vec<char> = text.chars().collect();
        let mut quoted = false;
        let mut at = 0;
        while let Some(&character) = characters.get(at) {
            let from = within.unwrap_or(at);
            let starts = at == 0 || characters.get(at - 1).is_some_and(|before| before.is_whitespace() || matches!(before, '-' | '|'));
            if character == '@' && starts && !quoted {
                let end = word_end(&characters, at);
                let name: String = characters.get(at + 1..end).unwrap_or_default().iter().collect();
                stands_alone(&characters, at..end, from)?;
                self.write_view(&name, from, open, into)?;
                at = end;
                continue;
            }
            match character {
                '"' => quoted = !quoted,
                '\\' if quoted => {
                    into.push(character, from);
                    at += 1;
                    let Some(&literal) = characters.get(at) else { break };
                    into.push(literal, within.unwrap_or(at));
                    at += 1;
                    continue;
                }
                _ => {}
            }
            into.push(character, from);
            at += 1;
        }
        Ok(())
    }

    fn write_view(&self, name: &str, from: usize, open: &mut Vec<String>, into: &mut Expanded) -> Result<(), FilterError> {
        let name = name.to_lowercase();
        let Some(filter) = self.0.get(&name) else {
            let guess = nearest(&name, self.0.keys().map(String::as_str)).map(|near| format!("; did you mean `@{near}`?"));
            let hint = guess.unwrap_or_else(|| "; put the text in quotes to search for it".to_owned());
            return Err(refused(from, format!("no view is called {}{hint}", shown(&name))));
        };
        if open.contains(&name) || open.len() >= DEPTH_MOST {
            return Err(refused(from, format!("the view {} stands for itself, by way of {}", shown(&name), shown(&open.join(", ")))));
        }
        open.push(name);
        self.write_out(filter, Some(from), open, into)?;
        open.pop();
        if into.text.len() > LENGTH_MAX {
            return Err(refused(from, format!("with this view the filter has more than {LENGTH_MAX} bytes")));
        }
        Ok(())
    }

    /// Reads a filter in which views may stand; answers it with the text it stands for. Errors point at the typed text.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<(Filter, String), FilterError> {
        let expanded = self.expand(text)?;
        match Filter::parse(&expanded.text, now) {
            Ok(filter) => Ok((filter, expanded.text)),
            Err(error) => Err(FilterError { column: expanded.column(error.column, text), ..error }),
        }
    }
}

impl Expanded {
    fn push(&mut self, character: char, from: usize) {
        self.text.push(character);
        self.from.push(from);
    }

    /// The column in the typed text, from 1, of a column in what it stands for.
    fn column(&self, column: usize, typed: &str) -> usize {
        self.from.get(column.saturating_sub(1)).copied().unwrap_or_else(|| typed.chars().count()) + 1
    }
}

fn refused(at: usize, message: String) -> FilterError {
    FilterError { column: at + 1, message, expected: Vec::new() }
}

/// Where the word that starts here ends.
fn word_end(characters: &[char], start: usize) -> usize {
    let ends = |character: &char| character.is_whitespace() || matches!(character, '|' | '"');
    characters.iter().skip(start).position(ends).map_or(characters.len(), |length| start + length)
}

/// A view is several conditions that all hold, so it cannot be negated or be one side of an or.
fn stands_alone(characters: &[char], word: Range<usize>, from: usize) -> Result<(), FilterError> {
    let gap = |character: &&char| character.is_whitespace();
    let before = characters.get(..word.start).unwrap_or_default();
    let negated = before.last() == Some(&'-');
    let bar = Some(&'|');
    let joined = before.iter().rev().find(|character| !gap(character)) == bar
        || characters.get(word.end..).unwrap_or_default().iter().find(|character| !gap(character)) == bar;
    if negated || joined {
        let message = "a view takes neither `-` before it nor `|` beside it; write its conditions out, or quote the text";
        return Err(refused(from, message.to_owned()));
    }
    Ok(())
}

/// Where a view stands in the file.
struct Placed {
    name: String,
    filter: String,
    key: Range<usize>,
    value: Range<usize>,
}

fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}

/// The views of a file with their places in it, in the order of names.
fn places(text: &str) -> Result<Vec<Placed>, ViewsProblem> {
    let problem = |byte: usize, says: String| ViewsProblem { line: line_of(text, byte), says };
    let table = DeTable::parse(text)
        .map_err(|error| problem(error.span().map_or(0, |span| span.start), clean_line(error.message()).into_owned()))?;
    if table.get_ref().len() > VIEWS_MOST {
        return Err(problem(text.len(), format!("there are more than {VIEWS_MOST} views")));
    }
    table
        .get_ref()
        .iter()
        .map(|(key, value)| placed(key.get_ref(), key.span(), value).map_err(|says| problem(key.span().start, says)))
        .collect()
}

fn placed(key: &str, span: Range<usize>, value: &Spanned<DeValue<'_>>) -> Result<Placed, String> {
    let name = name_of(key)?;
    if name != key {
        return Err(format!("{} is no name of a view; {} would be", shown(key), shown(&name)));
    }
    let DeValue::String(filter) = value.get_ref() else {
        return Err(format!("{} must be a filter in quotes, as in {name} = \"is:failed\"", shown(key)));
    };
    if filter.contains(['\n', '\r']) {
        return Err(format!("the filter of {} must stand on one line", shown(key)));
    }
    Ok(Placed { name, filter: filter.to_string(), key: span, value: value.span() })
}

/// The file's text with a change made in it: everything else, comments included, stays as the user wrote it. Answers it with a sentence
/// that says what was done.
///
/// # Errors
/// A sentence: the file is broken, the name is taken, or there is no such view.
pub fn changed(text: &str, change: &Change, now: Timestamp) -> Result<(String, String), String> {
    let views = Views::parse(text, now).map_err(|problem| format!("{problem}; mend it first, nothing was changed"))?;
    let places = places(text).map_err(|problem| problem.to_string())?;
    let find = |name: &str| places.iter().find(|place| place.name == name);
    let missing = |name: &str| format!("there is no view {} any more", shown(name));
    let (new, says) = match change {
        Change::Save { name, filter } => {
            if name_of(name)? != *name {
                return Err(format!("{} is no name of a view", shown(name)));
            }
            if find(name).is_none() && places.len() >= VIEWS_MOST {
                return Err(format!("there are {VIEWS_MOST} views already; delete one first"));
            }
            let value = quoted(filter);
            let new = match find(name) {
                Some(place) => replaced(text, place.value.clone(), &value),
                None => added(text, &format!("{} = {value}\n", bare(name))),
            };
            (new, format!("saved as @{name}"))
        }
        Change::Rename { from, to } => {
            let to = name_of(to)?;
            let place = find(from).ok_or_else(|| missing(from))?;
            if views.get(&to).is_some() {
                return Err(format!("there is a view {} already", shown(&to)));
            }
            (replaced(text, place.key.clone(), &bare(&to)), format!("@{from} is now @{to}"))
        }
        Change::Delete(name) => {
            let place = find(name).ok_or_else(|| missing(name))?;
            let start = text.get(..place.key.start).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
            let end = text.get(place.value.end..).and_then(|tail| tail.find('\n')).map_or(text.len(), |at| place.value.end + at + 1);
            (replaced(text, start..end, ""), format!("@{name} is deleted"))
        }
    };
    // Whatever a view that is renamed or deleted was needed for is not broken by it.
    Views::parse(&new, now).map_err(|problem| format!("not done, for then {problem}"))?;
    Ok((new, says))
}

fn replaced(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default())
}

fn added(text: &str, line: &str) -> String {
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{gap}{line}")
}

fn quoted(filter: &str) -> String {
    toml::Value::String(filter.to_owned()).to_string()
}

/// A name as a key: quoted where TOML needs it.
fn bare(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests;
