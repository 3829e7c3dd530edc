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
//!
//! Beside these classes there are `cache_write_input`, `cache_write_hour_input`, `audio_input`, `image_input`, `reasoning`, `audio_output` and
//! `image_output`; `request` and `search` are dollars for a thousand calls and web searches; `over` lists dearer rates for long prompts; `batch`,
//! `flex` and `priority` are factors or rates of other ways of being served; `context` and `can` say what a model can do.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::price::{Abilities, Rate, Rates, Tiers};
use crate::model::usage::{Service, TokenClass};

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
#[expect(clippy::large_enum_variant, reason = "nearly all are the large one, and the table is read once")]
pub(super) enum Entry {
    /// Its own rates.
    Rates(RatesEntry),
    /// The same price as another model of the same host.
    SameAs(String),
}

/// Rates as listed: dollars for a million tokens, and for a thousand requests and searches.
#[derive(Debug, Default)]
pub(super) struct RatesEntry {
    /// The standard rates.
    pub(super) standard: Tiers,
    /// Other ways of being served.
    services: Vec<(Service, ServiceEntry)>,
    /// What the model can do.
    pub(super) abilities: Abilities,
}

/// The rates of a way of being served.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "short lists, read once")]
enum ServiceEntry {
    /// The standard ones times a factor.
    Times(f64),
    /// What differs.
    Rates(Tiers),
}

impl RatesEntry {
    pub(super) fn services(&self) -> Vec<(Service, Tiers)> {
        let tiers = |entry: &ServiceEntry| match entry {
            ServiceEntry::Times(factor) => self.standard.times(*factor),
            ServiceEntry::Rates(tiers) => tiers.clone(),
        };
        self.services.iter().map(|(service, entry)| (*service, tiers(entry))).collect()
    }
}

/// The classes a file can list a rate for, by name.
const CLASSES: [(&str, TokenClass); TokenClass::COUNT] = [
    ("input", TokenClass::Input),
    ("cached_input", TokenClass::CachedInput),
    ("cache_write_input", TokenClass::CacheWriteInput),
    ("cache_write_hour_input", TokenClass::CacheWriteHourInput),
    ("audio_input", TokenClass::AudioInput),
    ("image_input", TokenClass::ImageInput),
    ("output", TokenClass::Output),
    ("reasoning", TokenClass::Reasoning),
    ("audio_output", TokenClass::AudioOutput),
    ("image_output", TokenClass::ImageOutput),
    ("request", TokenClass::Request),
    ("search", TokenClass::Search),
];

/// What else a price can have, for the message about what it cannot.
const OTHERS: &str = "over, batch, flex, priority, context and can";

/// The largest factor of a way of being served.
const LARGEST_FACTOR: f64 = 100.0;

/// A member of a price that is a rate.
fn rate<'de, A: MapAccess<'de>>(name: &str, map: &mut A) -> Result<Option<(TokenClass, Rate)>, A::Error> {
    let Some((_, class)) = CLASSES.iter().find(|(known, _)| *known == name) else { return Ok(None) };
    let rate = if class.is_fee() {
        // Listed for a thousand, kept for one.
        Rate::try_from(map.next_value::<f64>()? * 1_000.0).map_err(de::Error::custom)?
    } else {
        map.next_value()?
    };
    Ok(Some((*class, rate)))
}

fn unknown<E: de::Error>(name: &str) -> E {
    let classes: Vec<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
    E::custom(format!("a price has no `{name}`; it can have {}, {OTHERS}", classes.join(", ")))
}

impl<'de> Deserialize<'de> for RatesEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RatesEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rates like { input = 2.5, output = 10 }")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RatesEntry, A::Error> {
                let mut entry = RatesEntry::default();
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    if let Some((class, rate)) = rate(&name, &mut map)? {
                        entry.standard.rates.set(class, rate);
                    } else if let Some(service) = Service::named(&name) {
                        entry.services.push((service, map.next_value()?));
                    } else {
                        match name.as_ref() {
                            "over" => entry.standard.over = over(map.next_value()?),
                            "context" => entry.abilities.context = Some(map.next_value()?),
                            "can" => able(&mut entry.abilities, &map.next_value::<Cow<'de, str>>()?),
                            other => return Err(unknown(other)),
                        }
                    }
                }
                Ok(entry)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Tiers, shortest first.
fn over(mut tiers: Vec<TierEntry>) -> Vec<(u64, Rates)> {
    tiers.sort_by_key(|tier| tier.context);
    tiers.into_iter().map(|tier| (tier.context, tier.rates)).collect()
}

/// Reads a word of letters, each an ability; letters of later files are passed over.
fn able(abilities: &mut Abilities, letters: &str) {
    abilities.tools |= letters.contains('t');
    abilities.images |= letters.contains('i');
    abilities.audio |= letters.contains('a');
    abilities.caching |= letters.contains('c');
}

/// Rates for prompts longer than a context size.
#[derive(Debug)]
struct TierEntry {
    /// They hold above so many prompt tokens.
    context: u64,
    rates: Rates,
}

impl<'de> Deserialize<'de> for TierEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = TierEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rates like { context = 200000, input = 5 }")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TierEntry, A::Error> {
                let (mut context, mut rates) = (None, Rates::default());
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    if let Some((class, rate)) = rate(&name, &mut map)? {
                        rates.set(class, rate);
                    } else if name == "context" {
                        context = Some(map.next_value()?);
                    } else {
                        return Err(unknown(&name));
                    }
                }
                let context = context.ok_or_else(|| de::Error::custom("a tier says above how many prompt tokens it holds: context"))?;
                Ok(TierEntry { context, rates })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for ServiceEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FactorOrTable;
        impl<'de> Visitor<'de> for FactorOrTable {
            type Value = ServiceEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a factor like 0.5, or rates like { input = 1.25, output = 5 }")
            }
            fn visit_f64<E: de::Error>(self, factor: f64) -> Result<ServiceEntry, E> {
                if (0.0..=LARGEST_FACTOR).contains(&factor) {
                    Ok(ServiceEntry::Times(factor))
                } else {
                    Err(E::custom(format!("a factor is from 0 to {LARGEST_FACTOR}, not {factor}")))
                }
            }
            fn visit_i64<E: de::Error>(self, factor: i64) -> Result<ServiceEntry, E> {
                self.visit_f64(factor as f64)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ServiceEntry, A::Error> {
                Ok(ServiceEntry::Rates(RatesEntry::deserialize(MapAccessDeserializer::new(map))?.standard))
            }
        }
        deserializer.deserialize_any(FactorOrTable)
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
                let lists = |class| entry.standard.rates.listed(class).is_some();
                if !lists(TokenClass::Input) && !lists(TokenClass::Output) {
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
