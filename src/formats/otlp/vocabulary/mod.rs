//! Reads spans in the words of every instrumentation known: tables of attribute names, and code only for shapes.
//!
//! One span may be written in several vocabularies at once. All are read together: each thing a span can tell is taken from the first
//! attribute that tells it, in the order of [`dialect::DIALECTS`] and, within a dialect, of its table.

mod definition;
mod dialect;
mod event;
mod facts;
mod fault;
mod field;
mod fill;
mod flattened;
mod lexicon;
mod message;
mod name;
mod part;
mod provider;
mod python;
mod role;
mod talk;
mod tokens;
mod tool;
mod value;

use super::{
    reading::Reading,
    span::{LogRecord, Span},
};

/// What `span` says, with `logs`, the log records that belong to it. Never fails: what cannot be read is left out, and attributes that no
/// vocabulary knows are given back as they are.
#[must_use]
pub fn read(span: &Span, logs: &[&LogRecord]) -> Reading {
    fill::fill(&facts::Facts::of(span, logs))
}

/// The key of the run a span belongs to, see [`Reading::run_key`]; spans that cannot have one are not read for it.
#[must_use]
pub fn run_key(span: &Span) -> Option<String> {
    dialect::may_have_run_key(span).then(|| read(span, &[]).run_key).flatten()
}

#[cfg(test)]
mod tests;
