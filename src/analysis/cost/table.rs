//! The table of prices: loaded once, asked for every model call.

use std::collections::{HashMap, HashSet};

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
    hosts: Vec<Host>,
    by_name: HashMap<Box<str>, usize>,
    unpriced: HashSet<Box<str>>,
    any: Option<usize>,
    /// Files added so far.
    layers: u8,
}

impl PriceTable {
    /// The prices that come with the program.
    #[must_use]
    pub fn bundled() -> Self {
        let mut table = Self::default();
        // A test holds that the bundled file is right; were it not, every price would be unknown, which is said on the screen.
        if file::parse(BUNDLED).and_then(|file| table.add(file, BUNDLED)).is_err() {
            return Self::default();
        }
        table
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
        match named {
            Named::Unpriced => return None,
            Named::Host(host) => {
                if let Some(price) = self.at_or_also(host, &model) {
                    return Some(price);
                }
            }
            Named::Nobody => {}
        }
        // A router's name says who serves the model, and a client library's name does not: `openai` with `groq/llama-…` is Groq.
        if let Some((prefix, rest)) = name::split_provider(&bare) {
            match self.host_named(prefix) {
                Named::Host(host) => return self.at_or_also(host, &Spelled::new(rest)),
                Named::Unpriced => return None,
                Named::Nobody => {}
            }
        }
        match named {
            // A host of other people's models that does not list this one may ask anything for it.
            Named::Host(host) if !self.hosts.get(host).is_some_and(|host| host.maker) => None,
            _ => self.anywhere(&model),
        }
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

    /// At one host, in every spelling.
    fn at(&self, host: usize, model: &Spelled<'_>) -> Option<&Price> {
        let host = self.hosts.get(host)?;
        host.exact(model.bare).or_else(|| host.by_canonical(model.canonical())).or_else(|| {
            let (rest, canonical) = model.without_region()?;
            host.exact(rest).or_else(|| host.by_canonical(canonical))
        })
    }

    /// At one host, then at those whose prices hold there too, under the name the maker uses.
    fn at_or_also(&self, host: usize, model: &Spelled<'_>) -> Option<&Price> {
        self.at(host, model).or_else(|| {
            let also = &self.hosts.get(host)?.also;
            if also.is_empty() {
                return None;
            }
            let rest = model.without_region().map_or(model.bare, |(rest, _)| rest);
            let rest = Spelled::new(name::without_vendor(rest));
            also.iter().find_map(|other| self.at(*other, &rest))
        })
    }

    /// At the makers of models; else where all hosts that list it ask the same.
    fn anywhere(&self, model: &Spelled<'_>) -> Option<&Price> {
        let asked = |maker: bool| {
            let hosts = self.hosts.iter().enumerate().filter(move |(_, host)| host.maker == maker);
            hosts.filter_map(|(place, _)| self.at(place, model))
        };
        if let Some(price) = asked(true).next() {
            return Some(price);
        }
        let mut found = asked(false);
        let first = found.next()?;
        found.all(|other| other.rates == first.rates && other.over == first.over).then_some(first)
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
        self.unpriced.extend(file.unpriced.iter().map(|name| name.to_ascii_lowercase().into_boxed_str()));
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
            if let Some(known) = self.by_name.get(host.to_ascii_lowercase().as_str()).and_then(|at| self.hosts.get_mut(*at))
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
            let Some(host) = self.hosts.get_mut(place) else { continue };
            let mut same = Vec::new();
            for (model, entry) in entries.0 {
                let model = model.to_ascii_lowercase();
                match entry {
                    Entry::SameAs(other) => same.push((model, other.to_ascii_lowercase())),
                    Entry::Rates(rates) => {
                        let mut over: Vec<_> = rates.over.iter().map(|tier| (tier.context, tier.rates())).collect();
                        over.sort_by_key(|(context, _)| *context);
                        let price = Price { model: model.as_str().into(), host: host.name.clone(), rates: rates.rates(), over };
                        host.insert(&model, price, layer);
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
                host.insert(&model, price, layer);
            }
        }
        Ok(())
    }

    /// The place of a host, made where it is new. A host that a file names is priced, even if the bundled file says it is not.
    fn add_host(&mut self, host: &str, entry: &HostEntry) -> usize {
        let lower = host.to_ascii_lowercase();
        self.unpriced.remove(lower.as_str());
        let place = match self.by_name.get(lower.as_str()) {
            Some(place) => *place,
            None => {
                self.hosts.push(Host::named(&lower));
                self.by_name.insert(lower.into(), self.hosts.len() - 1);
                self.hosts.len() - 1
            }
        };
        for other in &entry.names {
            let other = other.to_ascii_lowercase();
            self.unpriced.remove(other.as_str());
            self.by_name.insert(other.into(), place);
        }
        if let Some(known) = self.hosts.get_mut(place) {
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
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::model::money::Money;

    static TABLE: LazyLock<PriceTable> = LazyLock::new(PriceTable::bundled);

    /// Input and output in dollars for a million tokens.
    fn listed(table: &PriceTable, provider: &str, model: &str) -> Option<(f64, f64)> {
        let rates = table.lookup((!provider.is_empty()).then_some(provider), model)?.rates;
        Some((rates.input?.per_million().usd(), rates.output?.per_million().usd()))
    }

    #[test]
    fn the_bundled_file_is_right_and_says_where_it_comes_from() {
        assert!(file::parse(BUNDLED).is_ok());
        assert!(TABLE.len() > 2_000, "{}", TABLE.len());
        assert!(BUNDLED.len() < 250_000, "the file stays compact");
        assert_eq!(TABLE.taken().len(), 10);
        assert!(TABLE.source().contains("litellm") && TABLE.source().contains("genai-prices"));
        assert!(BUNDLED.contains("MIT licence"));
    }

    #[test]
    fn every_listed_name_leads_to_its_own_price() {
        for host in &TABLE.hosts {
            for (model, place) in &host.listed {
                let found = TABLE.lookup(Some(&host.name), model).unwrap_or_else(|| panic!("{}: {model}", host.name));
                assert_eq!((&found.rates, &found.over), (&host.prices[*place].rates, &host.prices[*place].over), "{}: {model}", host.name);
            }
        }
    }

    #[test]
    fn one_model_in_all_its_forms() {
        let gpt_4o = Some((2.5, 10.0));
        for (provider, model) in [
            ("openai", "gpt-4o"),
            ("", "gpt-4o"),
            ("", "openai/gpt-4o"),
            ("", "openai:gpt-4o"),
            ("openai", "gpt-4o-2024-08-06"),
            ("openai", "GPT-4o"),
            ("openai.chat", "gpt-4o"),
            ("azure", "gpt-4o"),
            ("azure", "azure/gpt-4o"),
            ("az.ai.openai", "gpt-4o-2024-11-20"),
            ("some-gateway", "gpt-4o"),
            ("openrouter", "openai/gpt-4o"),
            ("", "openrouter/openai/gpt-4o"),
        ] {
            assert_eq!(listed(&TABLE, provider, model), gpt_4o, "{provider} {model}");
        }
        let sonnet = Some((3.0, 15.0));
        for (provider, model) in [
            ("anthropic", "claude-3-5-sonnet-20240620"),
            ("anthropic", "claude-3-5-sonnet-latest"),
            ("anthropic", "claude-3.5-sonnet"),
            ("", "anthropic/claude-3-5-sonnet-20241022"),
            ("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
            ("", "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
            ("", "bedrock/converse/anthropic.claude-3-5-sonnet-20240620-v1:0"),
            ("aws.bedrock", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0"),
            ("vertex_ai", "claude-3-5-sonnet@20240620"),
            ("gcp.vertex_ai", "publishers/anthropic/models/claude-3-5-sonnet@20240620"),
            ("openrouter", "anthropic/claude-3.5-sonnet"),
        ] {
            assert_eq!(listed(&TABLE, provider, model), sonnet, "{provider} {model}");
        }
        let flash = Some((0.1, 0.4));
        for (provider, model) in
            [("google", "models/gemini-2.0-flash"), ("gemini", "gemini-2.0-flash-001"), ("", "gemini/gemini-2.0-flash")]
        {
            assert_eq!(listed(&TABLE, provider, model), flash, "{provider} {model}");
        }
    }

    #[test]
    fn a_name_that_begins_alike_is_another_model() {
        let table = PriceTable::with_overrides("[host.lab]\n[price.lab]\n\"foo\" = { input = 1 }").unwrap();
        for model in ["foo-mini", "foo-audio-preview", "foobar", "fo", "foo-", "foo/bar", "foo:free", "foo-preview"] {
            assert_eq!(table.lookup(Some("lab"), model), None, "{model}");
        }
        assert_ne!(listed(&TABLE, "openai", "gpt-4o-mini"), listed(&TABLE, "openai", "gpt-4o"));
        assert_ne!(listed(&TABLE, "openai", "gpt-4o-2024-05-13"), listed(&TABLE, "openai", "gpt-4o"));
        assert_eq!(listed(&TABLE, "openrouter", "meta-llama/llama-3.3-70b-instruct:free"), None, "a free variant is not the paid one");
    }

    #[test]
    fn unknown_is_none() {
        for (provider, model) in [
            ("openai", "foo-7b"),
            ("", "foo-7b"),
            ("ollama", "gpt-4o"),
            ("vllm", "mistral-large-latest"),
            ("", "ollama/llama3"),
            ("", ""),
            ("openai", " "),
        ] {
            assert_eq!(TABLE.lookup((!provider.is_empty()).then_some(provider), model), None, "{provider} {model}");
        }
    }

    #[test]
    fn regions_with_a_price_of_their_own_keep_it() {
        let everywhere = listed(&TABLE, "bedrock", "amazon.nova-pro-v1:0").unwrap();
        let europe = listed(&TABLE, "bedrock", "eu.amazon.nova-pro-v1:0").unwrap();
        assert!(europe.0 > everywhere.0);
        assert_eq!(listed(&TABLE, "bedrock", "us.amazon.nova-pro-v1:0"), Some(everywhere));
    }

    #[test]
    fn hosts_of_one_open_model_must_agree_when_none_is_named() {
        let agree = "[host.a]\n[host.b]\n[price.a]\nfoo = { input = 1 }\n[price.b]\nfoo = { input = 1.0 }";
        assert!(PriceTable::with_overrides(agree).unwrap().lookup(None, "foo").is_some());
        let differ = agree.replace("1.0", "2");
        let table = PriceTable::with_overrides(&differ).unwrap();
        assert_eq!(table.lookup(None, "foo"), None);
        assert!(table.lookup(Some("b"), "foo").is_some());
    }

    #[test]
    fn the_users_prices_win() {
        let table = PriceTable::with_overrides(
            r#"
            [host.proxy]
            names = ["our-proxy"]
            also = ["openai"]
            [price.openai]
            "gpt-4o" = { input = 1, output = 2 }
            [price.ollama]
            "llama3" = { input = 0.01, output = 0.01 }
            [price.any]
            "house-model" = { input = 7, output = 8 }
            "house-model-2" = "house-model"
            "#,
        )
        .unwrap();
        assert_eq!(listed(&table, "openai", "gpt-4o-2024-08-06"), Some((1.0, 2.0)));
        assert_eq!(listed(&table, "our_proxy", "gpt-4o"), Some((1.0, 2.0)));
        assert_eq!(listed(&table, "ollama", "llama3"), Some((0.01, 0.01)));
        assert_eq!(listed(&table, "whoever", "house-model"), Some((7.0, 8.0)));
        assert_eq!(listed(&table, "", "house-model-2"), Some((7.0, 8.0)));
        assert_eq!(table.taken(), TABLE.taken());
    }

    #[test]
    fn a_bad_file_says_the_line() {
        for (text, line, part) in [
            ("[price.openai]\nx = { input = -1 }", 2, "0 to 100000"),
            ("[price.openai]\n\nx = { inptu = 1 }", 3, "inptu"),
            ("[price.openai]\nx = { input = \"free\" }", 2, "free"),
            ("[price.openai]\nx = {}", 2, "lists input, output or both"),
            ("[price.openai]\nx = 3", 2, "rates like"),
            ("[price.openai]\n\"x\" = \"nothing\"", 2, "nothing"),
            ("[price.openai]\nx = { input = 1", 2, ""),
            ("[host.x]\nalso = [\"nobody\"]", 2, "nobody"),
            ("[price.openai]\nx = { input = 0.0000001 }", 2, "six decimals"),
        ] {
            let error = PriceTable::with_overrides(text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}: {error}");
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(error.to_string().starts_with(&format!("line {line}: ")));
        }
    }

    #[test]
    fn an_override_in_another_spelling_wins_where_spellings_meet() {
        let table = PriceTable::with_overrides("[price.anthropic]\n\"claude-3.5-sonnet\" = { input = 1, output = 2 }").unwrap();
        assert_eq!(listed(&table, "anthropic", "claude-sonnet-3-5-20240620"), Some((1.0, 2.0)));
    }

    #[test]
    fn money_of_a_listed_price_is_exact() {
        let price = TABLE.lookup(Some("openai"), "gpt-4o").unwrap();
        assert_eq!(price.rates.input.unwrap().times(900), Money::from_usd(0.00225).unwrap());
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_up(provider in proptest::option::of("\\PC{0,30}"), model in "\\PC{0,80}") {
            let _ = TABLE.lookup(provider.as_deref(), &model);
        }

        #[test]
        fn any_text_is_a_file_or_an_error(text in "\\PC{0,200}") {
            let _ = PriceTable::with_overrides(&text);
        }
    }
}
