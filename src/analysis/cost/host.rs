//! One host's prices, found under every spelling of a model's name.

use std::{cell::OnceCell, collections::HashMap};

use super::{name, price::Price};

/// One host and what it charges.
#[derive(Debug, Clone, Default)]
pub(super) struct Host {
    /// What it is called.
    pub(super) name: Box<str>,
    /// Hosts whose prices hold where this one lists none.
    pub(super) also: Vec<usize>,
    /// Whether it is asked when no provider is named.
    pub(super) maker: bool,
    /// Place in `prices`, by the name as listed.
    pub(super) listed: HashMap<Box<str>, usize>,
    /// What meets in a canonical name.
    canonical: HashMap<Box<str>, Meeting>,
    /// Its prices, in the order they were listed.
    pub(super) prices: Vec<Price>,
}

/// Spellings that meet in one canonical name.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    /// Place of the price they share.
    place: usize,
    /// The file that lists them: a later one (the user's) wins.
    layer: u8,
    /// They ask different prices, so the canonical name alone has none.
    clash: bool,
}

impl Host {
    /// A host without prices.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds a price under a name, replacing what the name had.
    pub(super) fn insert(&mut self, model: &str, price: Price, layer: u8) {
        let place = self.prices.len();
        let canonical = name::canonical(model);
        if canonical != model {
            let fresh = Meeting { place, layer, clash: false };
            let known = self.canonical.get(canonical.as_str()).copied();
            let meeting = match known {
                Some(known) if known.layer == layer => {
                    let same = self.prices.get(known.place).is_some_and(|other| other.asks_as(&price));
                    Meeting { clash: known.clash || !same, ..known }
                }
                _ => fresh,
            };
            self.canonical.insert(canonical.into(), meeting);
        }
        self.listed.insert(model.into(), place);
        self.prices.push(price);
    }

    pub(super) fn exact(&self, model: &str) -> Option<&Price> {
        self.listed.get(model).and_then(|place| self.prices.get(*place))
    }

    /// By canonical name: the model listed under it, else the one price of all spellings that meet in it.
    pub(super) fn by_canonical(&self, canonical: &str) -> Option<&Price> {
        self.exact(canonical).or_else(|| {
            let meeting = self.canonical.get(canonical).filter(|meeting| !meeting.clash)?;
            self.prices.get(meeting.place)
        })
    }
}

/// A name with its other spellings, each worked out once and only if it is asked for.
pub(super) struct Spelled<'n> {
    pub(super) bare: &'n str,
    canonical: OnceCell<String>,
    without_region: OnceCell<Option<(&'n str, String)>>,
}

impl<'n> Spelled<'n> {
    pub(super) fn new(bare: &'n str) -> Self {
        Self { bare, canonical: OnceCell::new(), without_region: OnceCell::new() }
    }

    pub(super) fn canonical(&self) -> &str {
        self.canonical.get_or_init(|| name::canonical(self.bare))
    }

    pub(super) fn without_region(&self) -> Option<(&str, &str)> {
        let known = self.without_region.get_or_init(|| name::without_region(self.bare).map(|rest| (rest, name::canonical(rest))));
        known.as_ref().map(|(rest, canonical)| (*rest, canonical.as_str()))
    }
}
