//! The form of a price file, bundled or the user's own.
//!
//! ```toml
//! [host.my-gateway]                 # only for a host the bundled table does not know
//! names = ["our-proxy"]             # other names it goes by
//! also = ["openai"]                 # hosts whose prices hold where it lists none
//!
//! [price.my-gateway]                # or of a known host; `any` holds for every host
//! "foo-7b" = { input = 0.10, cached_input = 0.05, output = 0.40 }
//! "foo-7b-chat" = "foo-7b"          # the same price under another name
//! ```

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::price::{Rate, Rates};

/// Why a price file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct PriceError {
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong there.
    pub message: String,
}

impl PriceError {
    /// An error at a byte of the text.
    fn at(text: &str, byte: Option<usize>, message: String) -> Self {
        let line = byte.and_then(|byte| text.get(..byte)).map(|before| before.matches('\n').count() + 1);
        Self { line, message }
    }

    /// An error about a name, at the line where it is used as a key, else where it stands in quotes.
    pub(super) fn about(text: &str, name: &str, message: String) -> Self {
        let quoted = format!("\"{name}\"");
        let is_key = |line: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == name || key.trim() == quoted);
        let line = text.lines().position(is_key).or_else(|| text.lines().position(|line| line.contains(&quoted)));
        Self { line: line.map(|index| index + 1), message }
    }
}

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PriceFile {
    /// The day the prices were taken.
    pub(super) taken: Option<String>,
    /// Where they come from.
    pub(super) source: Option<String>,
    /// Providers that do not charge by the token, or whose price cannot be known.
    pub(super) unpriced: Vec<String>,
    /// Who charges.
    pub(super) host: BTreeMap<String, HostEntry>,
    /// Prices by host and model.
    pub(super) price: BTreeMap<String, Pairs<Entry>>,
}

/// One host.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HostEntry {
    /// Other names it goes by.
    pub(super) names: Vec<String>,
    /// Hosts whose prices hold where it lists none, asked in order.
    pub(super) also: Vec<String>,
    /// Whether it makes the models it lists, so that they are looked for here when no provider is named.
    pub(super) maker: bool,
}

/// A table kept in its order, as pairs: cheaper than a map that is only walked once.
#[derive(Debug)]
pub(super) struct Pairs<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for PairVisitor<T> {
            type Value = Pairs<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of models")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(PairVisitor(std::marker::PhantomData))
    }
}

/// The price of one model, or the name of the model whose price it shares.
#[derive(Debug)]
pub(super) enum Entry {
    /// Its own rates.
    Rates(RatesEntry),
    /// The same price as another model of the same host.
    SameAs(String),
}

/// Rates as listed: dollars for a million tokens.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RatesEntry {
    input: Option<Rate>,
    cached_input: Option<Rate>,
    cache_write_input: Option<Rate>,
    output: Option<Rate>,
    reasoning: Option<Rate>,
    /// Dearer rates for long prompts.
    pub(super) over: Vec<TierEntry>,
}

impl RatesEntry {
    pub(super) fn rates(&self) -> Rates {
        Rates {
            input: self.input,
            cached_input: self.cached_input,
            cache_write_input: self.cache_write_input,
            output: self.output,
            reasoning: self.reasoning,
        }
    }
}

/// Rates for prompts longer than a context size.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierEntry {
    /// They hold above so many prompt tokens.
    pub(super) context: u64,
    input: Option<Rate>,
    cached_input: Option<Rate>,
    cache_write_input: Option<Rate>,
    output: Option<Rate>,
    reasoning: Option<Rate>,
}

impl TierEntry {
    pub(super) fn rates(&self) -> Rates {
        Rates {
            input: self.input,
            cached_input: self.cached_input,
            cache_write_input: self.cache_write_input,
            output: self.output,
            reasoning: self.reasoning,
        }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable;
        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Entry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rates like { input = 2.5, output = 10 }, or the name of a model with the same price")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Entry, E> {
                Ok(Entry::SameAs(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                let entry = RatesEntry::deserialize(MapAccessDeserializer::new(map))?;
                if entry.input.is_none() && entry.output.is_none() {
                    return Err(de::Error::custom("a price lists input, output or both, in dollars for a million tokens"));
                }
                Ok(Entry::Rates(entry))
            }
        }
        deserializer.deserialize_any(TextOrTable)
    }
}

/// Reads a price file.
pub(super) fn parse(text: &str) -> Result<PriceFile, PriceError> {
    toml::from_str(text).map_err(|error| PriceError::at(text, error.span().map(|span| span.start), error.message().to_owned()))
}
