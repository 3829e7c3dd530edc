//! The table of prices: loaded once, asked for every model call.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use super::{
    file::{self, Entry, HostEntry, PriceError, PriceFile},
    host::{Host, Spelled},
    name,
    price::Price,
};

/// The bundled prices; made by `assets/prices/make_prices.py`.
const BUNDLED: &str = include_str!("../../../assets/prices.toml");

/// The host whose prices hold whoever the provider is; only users' own files have it.
const ANY_HOST: &str = "any";

/// What models cost, by who serves them.
///
/// A model is looked for by its whole name, first as it stands, then in the spelling where all its spellings meet (dates of snapshots, `latest`, Bedrock's
/// version marks and the order of Claude's family and version aside), then without its region. It is looked for:
/// 1. in the user's own prices for any host;
/// 2. at the provider named by the sender, or in front of the name (`azure/…`, `bedrock:…`), then at the hosts whose prices hold there too
///    (Azure charges what OpenAI does where it lists nothing else);
/// 3. without a known provider, at the makers of models; else at all other hosts, if all that list it ask the same.
///
/// A provider that does not charge by the token (`ollama`, `vllm`, …) has no price, whatever the model.
#[derive(Debug, Clone, Default)]
pub struct PriceTable {
    taken: String,
    source: String,
    hosts: Arc<Vec<Host>>,
    by_name: Arc<HashMap<Box<str>, usize>>,
    unpriced: Arc<HashSet<Box<str>>>,
    any: Option<usize>,
    /// The places of the hosts that list a name, as it stands or in the spelling where its spellings meet.
    hosts_of: Arc<HashMap<Box<str>, Vec<usize>>>,
    /// Files added so far.
    layers: u8,
}

impl PriceTable {
    /// The prices that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        static READ: LazyLock<PriceTable> = LazyLock::new(|| {
            let mut table = PriceTable::default();
            // A test holds that the bundled file is right; were it not, every price would be unknown, which is said on the screen.
            if file::parse(BUNDLED).and_then(|file| table.add(file, BUNDLED)).is_err() {
                return PriceTable::default();
            }
            table
        });
        READ.clone()
    }

    /// The bundled prices under the user's own, which win: theirs for one host over the bundled one's, theirs for `any` host over all.
    ///
    /// # Errors
    /// When the text is not a price file; says the line.
    pub fn with_overrides(text: &str) -> Result<Self, PriceError> {
        let mut table = Self::bundled();
        table.add(PriceFile { taken: None, source: None, ..file::parse(text)? }, text)?;
        Ok(table)
    }

    /// The day the bundled prices were taken, as `YYYY-MM-DD`.
    #[must_use]
    pub fn taken(&self) -> &str {
        &self.taken
    }

    /// Where the bundled prices come from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many models have a price, counted at every host.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hosts.iter().map(|host| host.listed.len()).sum()
    }

    /// Whether nothing has a price.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The price of a model as a trace names it; `None` when it is not known.
    #[must_use]
    pub fn lookup(&self, provider: Option<&str>, model: &str) -> Option<&Price> {
        let bare = name::bare(model)?;
        let model = Spelled::new(&bare);
        if let Some(price) = self.any.and_then(|any| self.at(any, &model)) {
            return Some(price);
        }
        let named = provider.map_or(Named::Nobody, |provider| self.host_named(provider));
        // A router's name says who serves the model, and a client library's name does not: `openai` with `groq/llama-…` is Groq.
        let split = name::split_provider(&bare);
        let prefix = split.map_or(Named::Nobody, |(prefix, _)| self.host_named(prefix));
        let rest = split.map_or("", |(_, rest)| name::without_path(rest));
        if let (Named::Host(host), Named::Host(before)) = (&named, &prefix)
            && host == before
            && let Some(price) = self.listed(*host, &bare).or_else(|| self.at_or_also(*host, &Spelled::new(rest)))
        {
            return Some(price);
        }
        match named {
            Named::Unpriced => return None,
            Named::Host(host) => {
                if let Some(price) = self.at_or_also(host, &model) {
                    return Some(price);
                }
            }
            Named::Nobody => {}
        }
        match prefix {
            Named::Host(host) => return self.at_or_also(host, &Spelled::new(rest)),
            Named::Unpriced => return None,
            Named::Nobody => {}
        }
        match named {
            // A host of other people's models that does not list this one may ask anything for it.
            Named::Host(host) if !self.hosts.get(host).is_some_and(|host| host.maker) => None,
            _ => self.anywhere(&model),
        }
    }

    /// All prices of a host, by the name a price has it.
    pub(crate) fn of_host(&self, host: &str) -> impl Iterator<Item = &Price> {
        let place = self.by_name.get(host).and_then(|place| self.hosts.get(*place));
        place.into_iter().flat_map(|host| &host.prices)
    }

    fn host_named(&self, provider: &str) -> Named {
        if let Some(host) = self.by_name.get(provider) {
            return Named::Host(*host);
        }
        let mut text = provider.trim().to_ascii_lowercase().replace(['_', '.', ' '], "-");
        // `vertex-ai-anthropic-models`, `openai-chat`, `anthropic-messages`: what stands in front says who it is.
        loop {
            if self.unpriced.contains(text.as_str()) {
                return Named::Unpriced;
            }
            if let Some(host) = self.by_name.get(text.as_str()) {
                return Named::Host(*host);
            }
            match text.rfind('-') {
                Some(at) => text.truncate(at),
                None => return Named::Nobody,
            }
        }
    }

    /// At one host, by the name as it lists it.
    fn listed(&self, host: usize, name: &str) -> Option<&Price> {
        self.hosts.get(host)?.exact(name)
    }

    /// At one host, in every spelling.
    fn at(&self, host: usize, model: &Spelled<'_>) -> Option<&Price> {
        self.as_named(host, model).or_else(|| {
            let (rest, canonical) = model.without_region()?;
            let host = self.hosts.get(host)?;
            host.exact(rest).or_else(|| host.by_canonical(canonical))
        })
    }

    /// At one host, in every spelling that says all that this one does: a region with a price of its own is not passed over.
    fn as_named(&self, host: usize, model: &Spelled<'_>) -> Option<&Price> {
        let host = self.hosts.get(host)?;
        host.exact(model.bare).or_else(|| host.by_canonical(model.canonical()))
    }

    /// At one host, then at those whose prices hold there too, also under the name the maker uses.
    fn at_or_also(&self, host: usize, model: &Spelled<'_>) -> Option<&Price> {
        let also = self.hosts.get(host)?.also.as_slice();
        let in_full = self.as_named(host, model).or_else(|| also.iter().find_map(|other| self.as_named(*other, model)));
        in_full.or_else(|| self.at(host, model)).or_else(|| {
            if also.is_empty() {
                return None;
            }
            let rest = model.without_region().map_or(model.bare, |(rest, _)| rest);
            let rest = Spelled::new(name::without_vendor(rest));
            also.iter().find_map(|other| self.at(*other, model).or_else(|| self.at(*other, &rest)))
        })
    }

    /// At the makers of models; else where all hosts that list it ask the same.
    fn anywhere(&self, model: &Spelled<'_>) -> Option<&Price> {
        let region = model.without_region();
        let spellings = [Some(model.bare), Some(model.canonical()), region.map(|(rest, _)| rest), region.map(|(_, canonical)| canonical)];
        let known = spellings.into_iter().flatten().filter_map(|spelling| self.hosts_of.get(spelling)).flatten();
        let places: BTreeSet<usize> = known.copied().collect();
        let asked = |maker: bool| {
            let of_kind = move |place: &usize| self.hosts.get(*place).is_some_and(|host| host.maker == maker);
            places.iter().copied().filter(of_kind).filter_map(|place| self.at(place, model))
        };
        if let Some(price) = asked(true).next() {
            return Some(price);
        }
        let mut found = asked(false);
        let first = found.next()?;
        found.all(|other| other.standard == first.standard).then_some(first)
    }

    /// Adds a file over what is there.
    fn add(&mut self, file: PriceFile, text: &str) -> Result<(), PriceError> {
        let layer = self.layers;
        self.layers = self.layers.saturating_add(1);
        if let Some(taken) = file.taken {
            self.taken = taken;
        }
        if let Some(source) = file.source {
            self.source = source;
        }
        Arc::make_mut(&mut self.unpriced).extend(file.unpriced.iter().map(|name| name.to_ascii_lowercase().into_boxed_str()));
        for (host, entry) in &file.host {
            self.add_host(host, entry);
        }
        for (host, entry) in &file.host {
            let also = entry
                .also
                .iter()
                .map(|other| {
                    self.by_name
                        .get(other.as_str())
                        .copied()
                        .ok_or_else(|| PriceError::about(text, other, format!("there is no host {other:?}")))
                })
                .collect::<Result<Vec<_>, _>>()?;
            if let Some(known) =
                self.by_name.get(host.to_ascii_lowercase().as_str()).copied().and_then(|at| Arc::make_mut(&mut self.hosts).get_mut(at))
                && !also.is_empty()
            {
                known.also = also;
            }
        }
        for (host, entries) in file.price {
            let place = self.add_host(&host, &HostEntry::default());
            if host == ANY_HOST {
                self.any = Some(place);
            }
            let Some(host) = Arc::make_mut(&mut self.hosts).get_mut(place) else { continue };
            let (mut same, mut names) = (Vec::new(), Vec::new());
            for (model, entry) in entries.0 {
                let model = model.to_ascii_lowercase();
                match entry {
                    Entry::SameAs(other) => same.push((model, other.to_ascii_lowercase())),
                    Entry::Rates(rates) => {
                        let price = Price {
                            model: model.as_str().into(),
                            host: host.name.clone(),
                            services: rates.services(),
                            standard: rates.standard,
                            abilities: rates.abilities,
                        };
                        host.insert(&model, price, layer);
                        names.push(model);
                    }
                }
            }
            for (model, other) in same {
                let Some(price) = host.exact(&other).cloned() else {
                    return Err(PriceError::about(
                        text,
                        &model,
                        format!("{model:?} is to cost what {other:?} costs, which has no price here"),
                    ));
                };
                names.push(model.clone());
                host.insert(&model, price, layer);
            }
            let hosts_of = Arc::make_mut(&mut self.hosts_of);
            for model in names {
                let canonical = name::canonical(&model);
                for spelling in [model, canonical] {
                    let places = hosts_of.entry(spelling.into()).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                }
            }
        }
        Ok(())
    }

    /// The place of a host, made where it is new. A host that a file names is priced, even if the bundled file says it is not.
    fn add_host(&mut self, host: &str, entry: &HostEntry) -> usize {
        let lower = host.to_ascii_lowercase();
        Arc::make_mut(&mut self.unpriced).remove(lower.as_str());
        let place = match self.by_name.get(lower.as_str()) {
            Some(place) => *place,
            None => {
                Arc::make_mut(&mut self.hosts).push(Host::named(&lower));
                Arc::make_mut(&mut self.by_name).insert(lower.into(), self.hosts.len() - 1);
                self.hosts.len() - 1
            }
        };
        for other in &entry.names {
            let other = other.to_ascii_lowercase();
            Arc::make_mut(&mut self.unpriced).remove(other.as_str());
            Arc::make_mut(&mut self.by_name).insert(other.into(), place);
        }
        if let Some(known) = Arc::make_mut(&mut self.hosts).get_mut(place) {
            known.maker |= entry.maker;
        }
        place
    }
}

/// Whom a provider's name means.
enum Named {
    /// A host with prices.
    Host(usize),
    /// A server without prices.
    Unpriced,
    /// Nobody the table knows.
    Nobody,
}

#[cfg(test)]
mod tests;
