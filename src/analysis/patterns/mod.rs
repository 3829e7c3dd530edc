//! Reduces failure messages to templates, so that failures that differ only in what varies are one pattern.

use std::collections::HashMap;

use crate::model::{failure::FailureCode, ids::Fingerprint};

/// What is known of a pattern from before, to start the miner with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPattern {
    /// Its id.
    pub fingerprint: Fingerprint,
    /// The failure.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<String>,
    /// The framework.
    pub framework: Option<String>,
    /// The template mined so far.
    pub template: String,
}

/// The pattern a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned<'miner> {
    /// Its id.
    pub fingerprint: Fingerprint,
    /// The template as it stands now.
    pub template: &'miner str,
    /// Whether the miner has not seen the pattern before.
    pub is_new: bool,
    /// Whether this message has made the template more general.
    pub refined: bool,
}

/// Finds the pattern of each failure message: the message with every run of digits masked, under its code, subject and framework.
#[derive(Debug, Default)]
pub struct Miner {
    templates: HashMap<u64, String>,
}

impl Miner {
    /// A miner that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A miner that knows the patterns of before.
    #[must_use]
    pub fn restore(patterns: impl Iterator<Item = KnownPattern>) -> Self {
        Self { templates: patterns.map(|known| (known.fingerprint.0, known.template)).collect() }
    }

    /// The pattern a failure belongs to.
    pub fn assign(&mut self, code: FailureCode, subject: Option<&str>, framework: Option<&str>, message: &str) -> Assigned<'_> {
        let template = mask_digits(message);
        let key = [code.code(), subject.unwrap_or(""), framework.unwrap_or(""), &template].join("\0");
        let fingerprint = xxhash_rust::xxh3::xxh3_64(key.as_bytes());
        let is_new = !self.templates.contains_key(&fingerprint);
        let template = self.templates.entry(fingerprint).or_insert(template);
        Assigned { fingerprint: Fingerprint(fingerprint), template, is_new, refined: false }
    }
}

fn mask_digits(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut in_digits = false;
    for character in message.chars() {
        let digit = character.is_ascii_digit();
        if digit && !in_digits {
            masked.push_str("<*>");
        } else if !digit {
            masked.push(character);
        }
        in_digits = digit;
    }
    masked
}
