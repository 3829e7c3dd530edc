//! What one span says, sorted by what it tells.

use serde_json::Value;

use super::{
    dialect::DIALECTS,
    field::Field,
    lexicon::{self, Entry},
    value,
};
use crate::formats::{
    limits::Allowance,
    otlp::{
        reading::SpanKind,
        span::{Attributes, LogRecord, Span},
    },
};

/// Event, and name of a log record, whose attributes are those of the span: instrumentations send what may be sensitive apart.
const DETAILS: &str = "gen_ai.client.inference.operation.details";

/// One attribute that a dialect knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact<'a> {
    entry: Entry,
    /// Its name.
    pub(super) name: &'a str,
    /// Its value.
    pub(super) value: &'a Value,
}

impl Fact<'_> {
    /// How much it is trusted: lower is more.
    pub(super) const fn rank(&self) -> u16 {
        self.entry.rank
    }
}

/// One attribute of a list that was flattened into many: `llm.tools.0.tool.json_schema`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    entry: Entry,
    /// Which entry of the list.
    pub(super) index: u32,
    /// The rest of the name, after the number: `tool.json_schema`; empty where the entry is a single value.
    pub(super) path: &'a str,
    /// Its value.
    pub(super) value: &'a Value,
}

impl Piece<'_> {
    /// How much it is trusted: lower is more.
    pub(super) const fn rank(&self) -> u16 {
        self.entry.rank
    }
}

/// A span, with its attributes found in the dialects' tables.
pub(super) struct Facts<'a> {
    /// The span itself.
    pub(super) span: &'a Span,
    /// Log records of this span.
    pub(super) logs: &'a [&'a LogRecord],
    /// How much JSON may still be read out of text.
    pub(super) allowance: Allowance,
    found: Vec<Fact<'a>>,
    pieces: Vec<Piece<'a>>,
    unknown: Vec<usize>,
    dialects: u64,
}

impl<'a> Facts<'a> {
    /// Looks all attributes up, those of the span before those told apart in events and log records.
    pub(super) fn of(span: &'a Span, logs: &'a [&'a LogRecord]) -> Self {
        let count = span.attributes.0.len();
        let mut facts = Self {
            span,
            logs,
            allowance: value::allowance(span, logs),
            found: Vec::with_capacity(count),
            pieces: Vec::new(),
            unknown: Vec::with_capacity(count),
            dialects: 0,
        };
        for (index, (name, value)) in span.attributes.iter().enumerate() {
            if !facts.learn(name, value) {
                facts.unknown.push(index);
            }
        }
        let events = span.events.iter().filter(|event| event.name == DETAILS).map(|event| &event.attributes);
        let records = logs.iter().filter(|log| log.name.as_deref() == Some(DETAILS)).map(|log| &log.attributes);
        events.chain(records).flat_map(Attributes::iter).for_each(|(name, value)| _ = facts.learn(name, value));
        // Stable: of two attributes of one name the first stays first.
        facts.found.sort_by_key(|fact| (fact.entry.field, fact.entry.rank));
        facts.pieces.sort_by_key(|piece| (piece.entry.field, piece.entry.rank));
        facts
    }

    fn learn(&mut self, name: &'a str, value: &'a Value) -> bool {
        let entry = if let Some(entry) = lexicon::look_up(name) {
            self.found.push(Fact { entry, name, value });
            entry
        } else {
            let Some((list, index, path)) = lexicon::split(name) else { return false };
            let Some(entry) = lexicon::look_up(list) else { return false };
            self.pieces.push(Piece { entry, index, path, value });
            entry
        };
        self.dialects |= 1 << entry.dialect;
        true
    }

    /// The attributes that tell `field`, the most trusted first.
    pub(super) fn all(&self, field: Field) -> &[Fact<'a>] {
        let start = self.found.partition_point(|fact| fact.entry.field < field);
        let length = self.found[start..].partition_point(|fact| fact.entry.field == field);
        &self.found[start..start + length]
    }

    /// The flattened attributes that tell `field`, list by list, the most trusted list first.
    pub(super) fn lists(&self, field: Field) -> impl Iterator<Item = &[Piece<'a>]> {
        let start = self.pieces.partition_point(|piece| piece.entry.field < field);
        let length = self.pieces[start..].partition_point(|piece| piece.entry.field == field);
        self.pieces[start..start + length].chunk_by(|one, other| one.entry.rank == other.entry.rank)
    }

    /// The first of the attributes that tell `field` which `read` can read.
    pub(super) fn first<T>(&self, field: Field, read: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        self.all(field).iter().find_map(|fact| read(fact.value))
    }

    /// The text that tells `field`.
    pub(super) fn text(&self, field: Field) -> Option<&'a str> {
        self.first(field, value::text)
    }

    /// The value of one attribute that a dialect listed as its own.
    pub(super) fn own(&self, name: &str) -> Option<&'a Value> {
        self.all(Field::Own).iter().find(|fact| fact.name == name).map(|fact| fact.value)
    }

    /// What the attributes say the span stands for: the first that names more than machinery, else the first.
    pub(super) fn kind(&self) -> Option<SpanKind> {
        let mut kinds = self.all(Field::Kind).iter().filter_map(|fact| {
            // MLflow writes text as JSON.
            let said = value::text(fact.value)?.trim_matches('"');
            let dialect = DIALECTS.get(usize::from(fact.entry.dialect))?;
            dialect.kinds.iter().find(|(word, _)| said.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind)
        });
        let first = kinds.next()?;
        let plain = |kind: &SpanKind| matches!(kind, SpanKind::Wrapper | SpanKind::Noise);
        Some(if plain(&first) { kinds.find(|kind| !plain(kind)).unwrap_or(first) } else { first })
    }

    /// The dialects that one of the attributes is of.
    pub(super) fn dialects(&self) -> impl Iterator<Item = &'static super::dialect::Dialect> {
        let spoken = self.dialects;
        DIALECTS.iter().enumerate().filter(move |(number, _)| spoken & (1 << number) != 0).map(|(_, dialect)| *dialect)
    }

    /// The attributes that no dialect knows.
    pub(super) fn unmapped(&self) -> Vec<(String, Value)> {
        self.unknown.iter().filter_map(|index| self.span.attributes.0.get(*index)).cloned().collect()
    }
}
