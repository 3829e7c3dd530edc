//! The price of one model: a rate for each class of token, dearer ones where the prompt is long.

use serde::Deserialize;

use crate::model::{
    money::Money,
    usage::{Service, TokenClass},
};

/// Tokens that a listed price is for.
const LISTED_TOKENS: i128 = 1_000_000;

/// The dearest rate accepted, in dollars for a million tokens: a hundred times the dearest ever listed, so that a slip of units is caught.
const DEAREST: f64 = 100_000.0;

/// What one token costs, in whole pico-dollars. Listed prices have at most six decimals to the million, which is exactly this fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "f64")]
pub struct Rate(u64);

impl Rate {
    /// From whole pico-dollars for one token.
    #[must_use]
    pub const fn from_pico(pico: u64) -> Self {
        Self(pico)
    }

    /// What a million tokens cost.
    #[must_use]
    pub fn per_million(self) -> Money {
        Money::from_pico(i128::from(self.0) * LISTED_TOKENS)
    }

    /// What so many tokens cost: exact, saturating.
    #[must_use]
    pub fn times(self, tokens: u64) -> Money {
        Money::from_pico(i128::from(self.0)).times(tokens)
    }
}

/// From dollars for a million tokens, as files list them. Refused: what is not a number, negative, over [`DEAREST`], or finer than a
/// pico-dollar a token (more than six decimals).
impl TryFrom<f64> for Rate {
    type Error = String;

    fn try_from(usd: f64) -> Result<Self, String> {
        if !(0.0..=DEAREST).contains(&usd) {
            return Err(format!("a price is from 0 to {DEAREST} dollars for a million tokens, not {usd}"));
        }
        let pico = (usd * 1e6).round();
        // What remains is the noise of a binary fraction, far under a ten-thousandth of a pico-dollar.
        if (usd * 1e6 - pico).abs() > 1e-4 {
            return Err(format!("a price has at most six decimals, not {usd}"));
        }
        Ok(Self(pico as u64))
    }
}

/// A rate for each class of token; `None` where none is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates([Option<Rate>; TokenClass::COUNT]);

impl Rates {
    /// With a rate for a class.
    #[must_use]
    pub fn with(mut self, class: TokenClass, rate: Rate) -> Self {
        self.set(class, rate);
        self
    }

    pub(super) fn set(&mut self, class: TokenClass, rate: Rate) {
        if let Some(place) = self.0.get_mut(class as usize) {
            *place = Some(rate);
        }
    }

    /// The rate listed for a class itself.
    #[must_use]
    pub fn listed(&self, class: TokenClass) -> Option<Rate> {
        self.0.get(class as usize).copied().flatten()
    }

    /// The rate of a class. Where none is listed it is paid as its kind: cached, cache-writing, audio and image tokens as input, and reasoning, audio
    /// and image tokens as output. That is what providers without such rates charge.
    #[must_use]
    pub fn of(&self, class: TokenClass) -> Option<Rate> {
        self.listed(class).or_else(|| self.of(class.kind()?))
    }

    /// These rates with those of `other` where `other` lists one.
    pub(super) fn overlaid(&self, other: &Self) -> Self {
        let mut rates = *self;
        for (rate, other) in rates.0.iter_mut().zip(other.0) {
            *rate = other.or(*rate);
        }
        rates
    }

    /// These rates times a factor, to the nearest pico-dollar; fees stay.
    pub(super) fn times(&self, factor: f64) -> Self {
        let mut rates = *self;
        for (class, rate) in rates.0.iter_mut().enumerate() {
            if class != TokenClass::Request as usize && class != TokenClass::Search as usize {
                *rate = rate.map(|Rate(pico)| Rate((pico as f64 * factor).round() as u64));
            }
        }
        rates
    }
}

/// Rates, and other rates for the whole call once its prompt is longer than so many tokens; shortest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tiers {
    /// The rates of a short prompt.
    pub rates: Rates,
    /// What differs over so many prompt tokens.
    pub over: Vec<(u64, Rates)>,
}

impl Tiers {
    /// Those that hold for a prompt of so many tokens, laid over others.
    fn over(&self, base: Rates, prompt_tokens: u64) -> Rates {
        let base = base.overlaid(&self.rates);
        self.over.iter().filter(|(context, _)| prompt_tokens > *context).fold(base, |rates, (_, tier)| rates.overlaid(tier))
    }

    pub(super) fn times(&self, factor: f64) -> Self {
        Self { rates: self.rates.times(factor), over: self.over.iter().map(|(context, rates)| (*context, rates.times(factor))).collect() }
    }
}

/// What a model can do, as far as the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities {
    /// The longest prompt, in tokens. `None` where it is not known, or the model is about to be switched off: such a model is never recommended.
    pub context: Option<u64>,
    /// It can call tools.
    pub tools: bool,
    /// It can see pictures.
    pub images: bool,
    /// It can hear.
    pub audio: bool,
    /// A prompt can be cached.
    pub caching: bool,
}

/// The price of one model at one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The model, as the table names it.
    pub model: Box<str>,
    /// Who charges it: `openai`, `aws`, …
    pub host: Box<str>,
    /// The standard rates.
    pub standard: Tiers,
    /// What differs in other ways of being served.
    pub services: Vec<(Service, Tiers)>,
    /// What it can do.
    pub abilities: Abilities,
}

impl Price {
    /// The standard rates of a call with a prompt of so many tokens, cached ones counted in. A tier holds for the whole call, output included, as the
    /// providers that have tiers (Anthropic, Google, OpenAI, xAI, Alibaba) charge it.
    #[must_use]
    pub fn rates_for(&self, prompt_tokens: u64) -> Rates {
        self.standard.over(Rates::default(), prompt_tokens)
    }

    /// The rates of a call that was served in a way of its own; `None` when none are listed for it.
    #[must_use]
    pub fn rates_served(&self, prompt_tokens: u64, service: Option<Service>) -> Option<Rates> {
        let standard = self.rates_for(prompt_tokens);
        let Some(service) = service else { return Some(standard) };
        let (_, other) = self.services.iter().find(|(listed, _)| *listed == service)?;
        Some(other.over(standard, prompt_tokens))
    }

    /// Whether two prices ask the same.
    pub(super) fn asks_as(&self, other: &Self) -> bool {
        self.standard == other.standard && self.services == other.services
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_listed_price_is_exact_to_the_token() {
        let rate = Rate::try_from(0.0375).unwrap();
        assert_eq!(rate, Rate::from_pico(37_500));
        assert_eq!(rate.times(1), Money::from_pico(37_500));
        assert_eq!(rate.per_million(), Money::from_usd(0.0375).unwrap());
    }

    #[test]
    fn prices_that_cannot_be_meant_are_refused() {
        for usd in [-1.0, f64::NAN, f64::INFINITY, 100_001.0, 0.000_000_5] {
            assert!(Rate::try_from(usd).is_err(), "{usd}");
        }
    }

    #[test]
    fn the_tier_of_a_long_prompt_holds_for_the_whole_call() {
        let rates = |listed: &[(TokenClass, f64)]| {
            listed.iter().fold(Rates::default(), |rates, (class, usd)| rates.with(*class, Rate::try_from(*usd).unwrap()))
        };
        let price = Price {
            model: "m".into(),
            host: "h".into(),
            standard: Tiers {
                rates: rates(&[(TokenClass::Input, 1.25), (TokenClass::Output, 10.0), (TokenClass::CachedInput, 0.125)]),
                over: vec![(200_000, rates(&[(TokenClass::Input, 2.5), (TokenClass::Output, 15.0)]))],
            },
            services: vec![(Service::Priority, Tiers { rates: rates(&[(TokenClass::Output, 20.0)]), over: Vec::new() })],
            abilities: Abilities::default(),
        };
        let output = |rates: Rates| rates.of(TokenClass::Output).unwrap().per_million().usd();
        assert_eq!(output(price.rates_for(200_000)), 10.0);
        assert_eq!(output(price.rates_for(200_001)), 15.0);
        assert_eq!(
            price.rates_for(200_001).of(TokenClass::CachedInput),
            Some(Rate::from_pico(125_000)),
            "a rate the tier does not name stays"
        );
        let priority = price.rates_served(1, Some(Service::Priority)).unwrap();
        assert_eq!((output(priority), priority.of(TokenClass::Input)), (20.0, Some(Rate::from_pico(1_250_000))));
        assert_eq!(price.rates_served(1, Some(Service::Batch)), None, "no rate is listed for batches");
    }

    #[test]
    fn classes_without_a_rate_are_paid_as_their_kind() {
        let rates = Rates::default().with(TokenClass::Input, Rate::from_pico(5)).with(TokenClass::Output, Rate::from_pico(7));
        assert_eq!(rates.of(TokenClass::CachedInput), Some(Rate::from_pico(5)));
        assert_eq!(rates.of(TokenClass::CacheWriteInput), Some(Rate::from_pico(5)));
        assert_eq!(rates.of(TokenClass::CacheWriteHourInput), Some(Rate::from_pico(5)));
        assert_eq!(rates.of(TokenClass::AudioOutput), Some(Rate::from_pico(7)));
        assert_eq!(rates.of(TokenClass::Search), None, "a fee is paid as nothing else");
    }
}
