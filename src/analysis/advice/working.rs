//! The working of a piece of advice: tokens at what they cost and at what they would have cost, summed exactly.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::model::{advice::AdviceLine, money::Money, usage::TokenClass};

/// Lines kept; the rest is small change and stays in the sum.
const MOST_LINES: usize = 12;

/// Tokens by class and by the two prices of a million, and how many runs they come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Working {
    tokens: BTreeMap<(TokenClass, i128, i128), u64>,
    runs: u32,
}

impl Working {
    /// Tokens that cost the one and would have cost the other.
    pub(super) fn add(&mut self, class: TokenClass, tokens: u64, from_per_million: Money, to_per_million: Money) {
        if tokens > 0 && from_per_million != to_per_million {
            let sum = self.tokens.entry((class, from_per_million.pico(), to_per_million.pico())).or_default();
            *sum = sum.saturating_add(tokens);
        }
    }

    /// Takes in what one run adds, if it adds anything.
    pub(super) fn take(&mut self, run: Self) {
        if run.tokens.is_empty() {
            return;
        }
        self.runs = self.runs.saturating_add(1);
        for (key, tokens) in run.tokens {
            let sum = self.tokens.entry(key).or_default();
            *sum = sum.saturating_add(tokens);
        }
    }

    /// Runs taken in.
    pub(super) const fn runs(&self) -> u32 {
        self.runs
    }

    /// What is saved altogether; below zero where it costs more than it saves.
    pub(super) fn saved(&self) -> Money {
        self.all().map(|line| line.saved).sum()
    }

    /// The lines that matter most.
    pub(super) fn lines(&self) -> Vec<AdviceLine> {
        let mut lines: Vec<AdviceLine> = self.all().collect();
        lines.sort_by_key(|line| Reverse(line.saved.pico().saturating_abs()));
        lines.truncate(MOST_LINES);
        lines
    }

    fn all(&self) -> impl Iterator<Item = AdviceLine> {
        self.tokens.iter().map(|(&(class, from, to), &tokens)| AdviceLine {
            class,
            tokens,
            from_per_million: Money::from_pico(from),
            to_per_million: Money::from_pico(to),
            // A price of a million is a whole number of pico-dollars a token.
            saved: Money::from_pico((from - to) / 1_000_000).times(tokens),
        })
    }
}
