//! Failures grouped into patterns: the same code, tool or model, framework, and message template.

mod evidence;
mod group;
mod lexer;
mod shapes;
mod skeleton;
mod token;
mod words;

use std::collections::HashMap;

use xxhash_rust::xxh3::Xxh3;

use self::{
    group::{Group, Placed},
    token::{Token, fold},
};
use crate::model::{failure::FailureCode, ids::Fingerprint};

/// Most patterns in all; beyond them a new message goes to the catch-all of its kind, and one of a new kind to that of its code.
const PATTERNS_MAX: usize = 16_384;

/// Most bytes of all templates, about; beyond them it is as with [`PATTERNS_MAX`]. Whatever is sent, a miner stays under twice this: groups, and
/// the look-ups that are remembered (16 bytes, eight a template), come on top.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// A pattern as it was stored, to go on from.
#[derive(Debug, Clone, Copy)]
pub struct Known<'p> {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// The failure.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<&'p str>,
    /// The framework.
    pub framework: Option<&'p str>,
    /// The template.
    pub template: &'p str,
}

/// The pattern a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned<'m> {
    /// The pattern's fingerprint.
    pub fingerprint: Fingerprint,
    /// Its template as it now is.
    pub template: &'m str,
    /// The pattern was not known before.
    pub is_new: bool,
    /// Its template was changed by this message; its fingerprint was not.
    pub refined: bool,
}

/// Groups failures into patterns as they come.
///
/// A message is masked (numbers, ids, times, paths, links, addresses, quoted text), then looked for among the templates of its code, subject and
/// framework. If none stands for it, but enough of them differ from it at one place and only there, that place is taken to vary (`<*>`): one of them
/// becomes the template for all, and keeps its fingerprint. Else it is a new pattern.
///
/// Deterministic, bounded in memory, one setting for every source. A fingerprint, once given, stays with its pattern. All that is remembered is the
/// set of patterns, so a miner [`Miner::restore`]d from the stored ones, in any order, assigns as the one that stored them would have.
#[derive(Debug, Clone, Default)]
pub struct Miner {
    groups: HashMap<u64, Group>,
    templates: usize,
    bytes: usize,
}

impl Miner {
    /// A miner that knows no pattern.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A miner that knows these patterns.
    #[must_use]
    pub fn restore<'p>(patterns: impl IntoIterator<Item = Known<'p>>) -> Self {
        let mut miner = Self::new();
        for pattern in patterns {
            let bare = kind_of(pattern.code, None, None);
            // The catch-all of a code was first seen with some subject, but stands for all.
            let of_code = pattern.fingerprint == fingerprint(bare, &[Token::anything(false)]);
            let kind = if of_code { bare } else { kind_of(pattern.code, pattern.subject, pattern.framework) };
            let group = miner.groups.entry(kind).or_default();
            let before = (group.len(), group.bytes());
            group.restore(pattern.fingerprint, pattern.template);
            miner.templates += group.len() - before.0;
            miner.bytes += group.bytes() - before.1;
        }
        miner
    }

    /// The pattern of a failure with this message.
    pub fn assign(&mut self, code: FailureCode, subject: Option<&str>, framework: Option<&str>, message: &str) -> Assigned<'_> {
        let full = self.templates >= PATTERNS_MAX || self.bytes >= BYTES_MAX;
        let mut kind = kind_of(code, subject, framework);
        if full && !self.groups.contains_key(&kind) {
            kind = kind_of(code, None, None);
        }
        let group = self.groups.entry(kind).or_default();
        let before = (group.len(), group.bytes());
        let Placed { at, is_new, refined } = group.place(skeleton::of_message(message), full, |tokens| fingerprint(kind, tokens));
        let after = (group.len(), group.bytes());
        self.templates = (self.templates + after.0).saturating_sub(before.0);
        self.bytes = (self.bytes + after.1).saturating_sub(before.1);
        let Some(group) = self.groups.get(&kind) else { return Assigned { fingerprint: Fingerprint(kind), template: "", is_new, refined } };
        // `place` gives the place of a template that is there.
        let (fingerprint, template) =
            group.template(at).map_or((Fingerprint(kind), ""), |template| (template.fingerprint, template.text.as_str()));
        Assigned { fingerprint, template, is_new, refined }
    }

    /// The pattern that by now stands for the one of this fingerprint: another one, where a more general pattern was found since. A fingerprint
    /// this miner does not know is its own.
    #[must_use]
    pub fn resolve(&self, fingerprint: Fingerprint) -> Fingerprint {
        let mut groups = self.groups.values();
        groups.find_map(|group| group.resolve(fingerprint)).map_or(fingerprint, |template| template.fingerprint)
    }

    /// The template of a pattern.
    #[must_use]
    pub fn template(&self, fingerprint: Fingerprint) -> Option<&str> {
        let mut groups = self.groups.values();
        groups.find_map(|group| group.resolve(fingerprint)).map(|template| template.text.as_str())
    }

    /// How many patterns are known.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.templates
    }

    /// Whether no pattern is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.templates == 0
    }
}

/// A number for a kind of failure. Absent and empty are told apart, and no two texts run into one.
fn kind_of(code: FailureCode, subject: Option<&str>, framework: Option<&str>) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(code.code().as_bytes());
    for part in [subject, framework] {
        match part {
            Some(text) => {
                hash.update(&[1]);
                hash.update(&(text.len() as u64).to_le_bytes());
                hash.update(text.as_bytes());
            }
            None => hash.update(&[0]),
        }
    }
    hash.digest()
}

/// The fingerprint of a new pattern: its kind and its first template.
fn fingerprint(kind: u64, tokens: &[Token]) -> Fingerprint {
    let mut hash = Xxh3::new();
    hash.update(&kind.to_le_bytes());
    hash.update(&fold(tokens).to_le_bytes());
    Fingerprint(hash.digest())
}

#[cfg(test)]
mod tests;
