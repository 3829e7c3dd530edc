//! The one table of keys and tokens whose form their provider has documented: by a mark that is always in them, and the shape around it.

mod cloud;
mod commerce;
mod data;
mod development;
mod messaging;
mod models;

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::placeholder;

/// What may stand right before a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// No letter or digit.
    Word,
    /// Also none of the signs that keys, paths and base64 are made of: for marks so short that they stand inside of other things.
    Strict,
    /// Anything.
    Any,
}

/// How much of the shape is proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The form decides; only masks and examples are turned away.
    Form,
    /// The form is common: what is filled in must not be filler either, and must vary.
    Variety,
    /// The form is short: what is filled in must look drawn at random.
    Random,
}

/// One documented form.
#[derive(Debug)]
pub(super) struct Format {
    /// Its name, the provider's first.
    pub(super) rule: &'static str,
    /// One of these is always in it, in this case; none where the shape alone tells, in long words.
    pub(super) marks: &'static [&'static str],
    /// What stands before the mark, as a regular expression.
    pub(super) before: &'static str,
    /// What follows the mark, as a regular expression.
    pub(super) after: &'static str,
    /// One of these small-letter words must stand within [`NEAR_BYTES`]; none asks for none.
    pub(super) near: &'static [&'static str],
    pub(super) edge: Edge,
    pub(super) proof: Proof,
}

/// How far from a key a word that it needs may stand.
const NEAR_BYTES: usize = 80;

/// Longest key looked at; what is longer goes on as far as its characters do.
const KEY_BYTES: usize = 512;

/// A mark and what must follow it.
const fn marked(rule: &'static str, marks: &'static [&'static str], after: &'static str) -> Format {
    Format { rule, marks, before: "", after, near: &[], edge: Edge::Word, proof: Proof::Variety }
}

/// A shape without a mark: looked for in long words only.
const fn shaped(rule: &'static str, shape: &'static str) -> Format {
    Format { rule, marks: &[], before: "", after: shape, near: &[], edge: Edge::Strict, proof: Proof::Variety }
}

impl Format {
    const fn led_by(mut self, before: &'static str) -> Self {
        self.before = before;
        self
    }

    const fn near(mut self, words: &'static [&'static str]) -> Self {
        self.near = words;
        self
    }

    const fn edge(mut self, edge: Edge) -> Self {
        self.edge = edge;
        self
    }

    const fn proof(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }
}

/// The tables, by what the providers do.
const TABLES: &[&[Format]] = &[cloud::FORMATS, development::FORMATS, models::FORMATS, messaging::FORMATS, commerce::FORMATS, data::FORMATS];

/// All formats, in the order of their marks' numbers.
pub(super) fn formats() -> impl Iterator<Item = &'static Format> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// A format with its expressions, compiled when first needed.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    shape: OnceLock<Option<(Option<Regex>, Regex)>>,
}

impl Compiled {
    fn get(&self, format: &Format) -> Option<&(Option<Regex>, Regex)> {
        let build = |pattern: &str| RegexBuilder::new(pattern).unicode(false).size_limit(1 << 20).build().ok();
        self.shape
            .get_or_init(|| {
                let before = if format.before.is_empty() { None } else { Some(build(&format!("(?:{})$", format.before))?) };
                let anchor = if format.marks.is_empty() { "" } else { "^" };
                Some((before, build(&format!("{anchor}(?:{})", format.after))?))
            })
            .as_ref()
    }

    /// Where the key is of which a mark stands at `start..end`.
    pub(super) fn find(&self, format: &Format, text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        // Cheap, and most marks that are none fail here.
        if format.before.is_empty() && !has_edge(format, bytes, start) {
            return None;
        }
        let (before, after) = self.get(format)?;
        let window = &bytes[end..bytes.len().min(end + KEY_BYTES)];
        let length = after.find(window)?.end();
        let first = match before {
            None => start,
            Some(before) => {
                let from = start.saturating_sub(NEAR_BYTES);
                from + before.find(&bytes[from..start])?.start()
            }
        };
        let mut last = end + length;
        if length == window.len() {
            last += bytes[last..].iter().take_while(|byte| is_key_byte(**byte)).count();
        }
        whole(format, text, first, last)
    }

    /// Where a key without a mark stands within a long word.
    pub(super) fn find_within(&self, format: &Format, text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
        let (_, shape) = self.get(format)?;
        let word = &text.as_bytes()[start..end];
        shape.find_iter(word).find_map(|found| whole(format, text, start + found.start(), start + found.end()))
    }

    /// Whether what is filled into the form can be a key.
    pub(super) fn is_filled(format: &Format, key: &str, random: impl Fn(&str) -> f64) -> bool {
        let mark = format.marks.iter().filter(|mark| key.starts_with(**mark)).map(|mark| mark.len()).max().unwrap_or(0);
        let body = &key[mark..];
        if placeholder::is_masked(body) || placeholder::is_reference(body) {
            return false;
        }
        let lower = key.to_ascii_lowercase();
        let said = ["example", "placeholder", "your_", "your-", "changeme", "redacted", "dummy"].iter().any(|word| lower.contains(word));
        match format.proof {
            Proof::Form => !said,
            Proof::Variety => !said && !placeholder::is_filler(body),
            Proof::Random => !said && !placeholder::is_filler(body) && random(body) >= 0.7,
        }
    }
}

/// The key, where it stands free and what it needs is near.
fn whole(format: &Format, text: &str, first: usize, last: usize) -> Option<(usize, usize)> {
    let ends = !text.as_bytes().get(last).is_some_and(u8::is_ascii_alphanumeric);
    let (first, last) = (text.floor_char_boundary(first), text.floor_char_boundary(last));
    (has_edge(format, text.as_bytes(), first) && ends && first < last && near(format, text, first, last)).then_some((first, last))
}

fn has_edge(format: &Format, bytes: &[u8], first: usize) -> bool {
    let before = first.checked_sub(1).map(|before| bytes[before]);
    match format.edge {
        Edge::Any => true,
        Edge::Word => !before.is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Edge::Strict => !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-/+.%".contains(&byte)),
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=".contains(&byte)
}

fn near(format: &Format, text: &str, first: usize, last: usize) -> bool {
    if format.near.is_empty() {
        return true;
    }
    let from = text.ceil_char_boundary(first.saturating_sub(NEAR_BYTES));
    let to = text.floor_char_boundary((last + NEAR_BYTES).min(text.len()));
    let around = format!("{} {}", &text[from..first], &text[last..to]).to_ascii_lowercase();
    format.near.iter().any(|word| around.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_of_the_table_can_be_built() {
        let mut rules = std::collections::BTreeSet::new();
        for format in formats() {
            assert!(Compiled::default().get(format).is_some(), "{}", format.rule);
            assert!(format.marks.iter().all(|mark| mark.len() >= 3), "{}", format.rule);
            assert!(rules.insert(format.rule), "{} is there twice", format.rule);
        }
        assert!(rules.len() >= 150, "{}", rules.len());
    }
}
