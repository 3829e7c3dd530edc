//! A logged cost beside the computed one: whether they differ by more than rounding, and what may be behind it.

use crate::{
    model::{
        cost::{CostDifference, CostLine},
        money::Money,
        step::ModelCall,
        usage::TokenClass,
    },
    text::human,
};

use super::price::Price;

/// A difference up to this part of the computed cost is rounding.
const ROUNDING_PART: f64 = 0.01;

/// A difference up to this is rounding: a hundredth of a cent.
const ROUNDING: Money = Money::from_pico(100_000_000);

/// Prompts shorter than this are cached by no provider that caches without being asked (OpenAI, Google, DeepSeek, xAI: 1,024 tokens or more).
const CACHED_FROM: u64 = 1_024;

/// How a logged cost differs from the computed one, where it does. `could_be_cached` is what the run would have cost less had its whole prompts been read
/// from a cache that its counts are silent about.
pub(super) fn difference(computed: Money, logged: Money, could_be_cached: Money) -> Option<CostDifference> {
    let usd = Money::from_pico(logged.pico().saturating_sub(computed.pico()));
    let size = usd.pico().saturating_abs();
    if size <= ROUNDING.pico() || usd.usd().abs() <= ROUNDING_PART * computed.usd() {
        return None;
    }
    let part = if computed > Money::ZERO { format!(": {:+.0} %", 100.0 * usd.usd() / computed.usd()) } else { String::new() };
    let mut says = format!("logged {}, computed {}{part}", human::money(logged.pico()), human::money(computed.pico()));
    if usd < Money::ZERO && size <= could_be_cached.pico() {
        says.push_str("; the counts name no cached tokens, and cached prompts would explain it");
    }
    Some(CostDifference { usd, says })
}

/// What a call would have cost less had its whole prompt been read from a cache; nothing where its counts name cached tokens, or it is too short.
pub(super) fn could_be_cached(lines: &[CostLine], call: &ModelCall, price: &Price) -> Money {
    let Some(usage) = call.usage.filter(|usage| usage.cached_input_tokens == 0 && usage.input_tokens >= CACHED_FROM) else {
        return Money::ZERO;
    };
    let Some(rates) = price.rates_served(usage.input_tokens, call.charges.service) else { return Money::ZERO };
    let Some(cached) = rates.listed(TokenClass::CachedInput) else { return Money::ZERO };
    let fresh = lines.iter().filter(|line| line.class == TokenClass::Input);
    fresh.map(|line| Money::from_pico((line.usd.pico() - cached.times(line.tokens).pico()).max(0))).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn usd(amount: f64) -> Money {
        Money::from_usd(amount).unwrap()
    }

    #[test]
    fn a_difference_is_pointed_out_and_rounding_is_not() {
        let says = |computed, logged| difference(usd(computed), usd(logged), Money::ZERO).map(|difference| difference.says);
        assert_eq!(says(0.01, 0.012).as_deref(), Some("logged $0.0120, computed $0.0100: +20 %"));
        assert_eq!(says(0.01, 0.0).as_deref(), Some("logged $0.00, computed $0.0100: -100 %"));
        assert_eq!(says(0.0, 0.01).as_deref(), Some("logged $0.0100, computed $0.00"));
        assert_eq!(says(1.0, 1.0099), None, "within one per cent");
        assert_eq!(says(0.0001, 0.0002), None, "within a hundredth of a cent");
    }

    #[test]
    fn a_cache_explains_only_what_it_could_have_saved() {
        let explained = |saved| difference(usd(0.02), usd(0.015), usd(saved)).unwrap().says.contains("cached");
        assert!(explained(0.006));
        assert!(!explained(0.004));
    }
}
