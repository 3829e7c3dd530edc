//! Looks attribute names up: all dialects' tables as one.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::FixedState;

use super::{dialect::DIALECTS, field::Field};

/// What the tables say of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it tells.
    pub(super) field: Field,
    /// Where it stands in all tables together: the lower, the more it is trusted.
    pub(super) rank: u16,
    /// The dialect it is of, by its place in the table of dialects.
    pub(super) dialect: u8,
}

/// The tables never change; one map of them is built when the first span is read.
static LEXICON: LazyLock<HashMap<&'static str, Entry, FixedState>> = LazyLock::new(|| {
    let mut lexicon = HashMap::default();
    let words = DIALECTS.iter().zip(0_u8..).flat_map(|(dialect, number)| dialect.words.iter().map(move |word| (number, word)));
    for ((dialect, (name, field)), rank) in words.zip(0_u16..) {
        lexicon.entry(*name).or_insert(Entry { field: *field, rank, dialect });
    }
    lexicon
});

/// What the tables say of `name`; `None` where no dialect knows it.
pub(super) fn look_up(name: &str) -> Option<Entry> {
    LEXICON.get(name).copied()
}

/// A name with a number in it, taken apart: `llm.tools.0.tool.json_schema` is `llm.tools`, 0 and `tool.json_schema`.
pub(super) fn split(name: &str) -> Option<(&str, u32, &str)> {
    let mut from = 0;
    while let Some(dot) = name[from..].find('.').map(|at| from + at) {
        let rest = &name[dot + 1..];
        if rest.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            let (number, inner) = rest.split_once('.').unwrap_or((rest, ""));
            if let Ok(number) = number.parse() {
                return Some((&name[..dot], number, inner));
            }
        }
        from = dot + 1;
    }
    None
}
