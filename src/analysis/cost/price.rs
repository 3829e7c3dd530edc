//! The price of one model: a rate for each class of token, dearer ones where the prompt is long.

use serde::Deserialize;

use crate::model::{money::Money, usage::TokenClass};

/// Tokens that a listed price is for.
const LISTED_TOKENS: i128 = 1_000_000;

/// The dearest rate accepted, in dollars for a million tokens: a hundred times the dearest ever listed, so that a slip of units is caught.
const DEAREST: f64 = 100_000.0;

/// What one token costs, in whole pico-dollars. Listed prices have at most six decimals to the million, which is exactly this fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
pub struct Rates {
    /// For fresh prompt tokens.
    pub input: Option<Rate>,
    /// For prompt tokens read from the provider's cache.
    pub cached_input: Option<Rate>,
    /// For prompt tokens written into the provider's cache.
    pub cache_write_input: Option<Rate>,
    /// For generated tokens.
    pub output: Option<Rate>,
    /// For reasoning tokens, where they are priced apart.
    pub reasoning: Option<Rate>,
}

impl Rates {
    /// The rate of a class. Where none is listed, cached and cache-writing tokens are paid as input, and reasoning as output: that is what
    /// providers without such rates charge.
    #[must_use]
    pub fn of(&self, class: TokenClass) -> Option<Rate> {
        match class {
            TokenClass::Input => self.input,
            TokenClass::CachedInput => self.cached_input.or(self.input),
            TokenClass::CacheWriteInput => self.cache_write_input.or(self.input),
            TokenClass::Output => self.output,
            TokenClass::Reasoning => self.reasoning.or(self.output),
        }
    }

    /// These rates with those of `other` where `other` lists one.
    fn overlaid(&self, other: &Self) -> Self {
        Self {
            input: other.input.or(self.input),
            cached_input: other.cached_input.or(self.cached_input),
            cache_write_input: other.cache_write_input.or(self.cache_write_input),
            output: other.output.or(self.output),
            reasoning: other.reasoning.or(self.reasoning),
        }
    }
}

/// The price of one model at one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The model, as the table names it.
    pub model: Box<str>,
    /// Who charges it: `openai`, `aws`, …
    pub host: Box<str>,
    /// The rates.
    pub rates: Rates,
    /// Other rates for the whole call once its prompt is longer than so many tokens; shortest first.
    pub over: Vec<(u64, Rates)>,
}

impl Price {
    /// The rates of a call with a prompt of so many tokens, cached ones counted in. A tier holds for the whole call, output included, as the
    /// providers that have tiers (Anthropic, Google, OpenAI, xAI, Alibaba) charge it.
    #[must_use]
    pub fn rates_for(&self, prompt_tokens: u64) -> Rates {
        self.over.iter().filter(|(context, _)| prompt_tokens > *context).fold(self.rates, |rates, (_, tier)| rates.overlaid(tier))
    }

    /// Whether reasoning tokens have a rate of their own at that prompt length.
    #[must_use]
    pub fn prices_reasoning_apart(&self, prompt_tokens: u64) -> bool {
        self.rates_for(prompt_tokens).reasoning.is_some()
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
        let dollars = |usd: f64| Some(Rate::try_from(usd).unwrap());
        let price = Price {
            model: "m".into(),
            host: "h".into(),
            rates: Rates { input: dollars(1.25), output: dollars(10.0), cached_input: dollars(0.125), ..Rates::default() },
            over: vec![(200_000, Rates { input: dollars(2.5), output: dollars(15.0), ..Rates::default() })],
        };
        assert_eq!(price.rates_for(200_000).output, dollars(10.0));
        assert_eq!(price.rates_for(200_001).output, dollars(15.0));
        assert_eq!(price.rates_for(200_001).cached_input, dollars(0.125), "a rate the tier does not name stays");
    }

    #[test]
    fn classes_without_a_rate_are_paid_as_their_kind() {
        let rates = Rates { input: Some(Rate::from_pico(5)), output: Some(Rate::from_pico(7)), ..Rates::default() };
        assert_eq!(rates.of(TokenClass::CachedInput), Some(Rate::from_pico(5)));
        assert_eq!(rates.of(TokenClass::CacheWriteInput), Some(Rate::from_pico(5)));
        assert_eq!(rates.of(TokenClass::Reasoning), Some(Rate::from_pico(7)));
    }
}
