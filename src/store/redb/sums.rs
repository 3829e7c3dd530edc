//! Sums that a run can be put into and taken out of exactly.
//!
//! Everything is an integer and wraps, so that taking out is the inverse of putting in whatever a sender claims; widths are chosen
//! so that no honest figure ever wraps. The public buckets saturate at their own, narrower widths.

use serde::{Deserialize, Serialize};

use crate::{
    model::{
        money::Money,
        summary::{ModelUse, Summary},
        time::Timestamp,
        usage::{TokenClass, TokenUsage},
    },
    store::{AgentBucket, ModelBucket},
};

/// Whether a run comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It is put in.
    Add,
    /// It is taken out.
    Remove,
}

/// A sum that another can be put into or taken out of.
pub(super) trait Merge {
    /// Puts `other` in or takes it out.
    fn merge(&mut self, other: &Self, sign: Sign);
}

macro_rules! merge_integers {
    ($($integer:ty),+) => { $(
        impl Merge for $integer {
            fn merge(&mut self, other: &Self, sign: Sign) {
                *self = match sign {
                    Sign::Add => self.wrapping_add(*other),
                    Sign::Remove => self.wrapping_sub(*other),
                };
            }
        }
    )+ };
}

merge_integers!(u64, u128, i128);

impl<T: Merge, const N: usize> Merge for [T; N] {
    fn merge(&mut self, other: &Self, sign: Sign) {
        for (mine, theirs) in self.iter_mut().zip(other) {
            mine.merge(theirs, sign);
        }
    }
}

macro_rules! sums {
    ($(#[$doc:meta])* $name:ident { $( $(#[$field_doc:meta])* $field:ident: $kind:ty, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub(super) struct $name { $( $(#[$field_doc])* pub(super) $field: $kind, )+ }

        impl Merge for $name {
            fn merge(&mut self, other: &Self, sign: Sign) {
                $( self.$field.merge(&other.$field, sign); )+
            }
        }
    };
}

sums! {
    /// Tokens of many calls.
    TokenSums {
        /// All prompt tokens.
        input: u128,
        /// Of those, read from a cache.
        cached_input: u128,
        /// Of those, written to a cache.
        cache_write_input: u128,
        /// All generated tokens.
        output: u128,
        /// Of those, spent on reasoning.
        reasoning: u128,
        /// Parts that were counted from text.
        estimated: u64,
    }
}

sums! {
    /// What one agent did in one bucket.
    AgentSums {
        /// Runs.
        runs: u64,
        /// Runs whose success is known.
        known: u64,
        /// The known runs by twentieth of probability.
        histogram: [u64; 20],
        /// Sum of their probabilities, in millionths.
        success_millionths: u64,
        /// Known money in pico-dollars.
        cost: i128,
        /// Runs whose cost is not known.
        unpriced: u64,
        /// Tokens.
        tokens: TokenSums,
        /// Tool calls.
        tool_calls: u64,
        /// Wrong tool calls.
        wrong_tool_calls: u64,
        /// Time taken, in microseconds.
        took_micros: u128,
        /// Runs that tell how long they took.
        timed: u64,
        /// Runs with a failure that was not recovered from.
        failed_unrecovered: u64,
    }
}

sums! {
    /// What one agent used of one model in one bucket.
    ModelSums {
        /// Runs that used it.
        runs: u64,
        /// Calls.
        calls: u64,
        /// Calls whose cost is not known.
        unpriced_calls: u64,
        /// Tokens.
        tokens: TokenSums,
        /// Known money in pico-dollars.
        cost: i128,
        /// The money by class of token.
        by_class: [i128; 5],
    }
}

impl TokenSums {
    fn of(usage: &TokenUsage) -> Self {
        Self {
            input: usage.input_tokens.into(),
            cached_input: usage.cached_input_tokens.into(),
            cache_write_input: usage.cache_write_input_tokens.into(),
            output: usage.output_tokens.into(),
            reasoning: usage.reasoning_tokens.into(),
            estimated: usage.estimated.into(),
        }
    }

    fn usage(&self) -> TokenUsage {
        let narrow = |tokens: u128| u64::try_from(tokens).unwrap_or(u64::MAX);
        TokenUsage {
            input_tokens: narrow(self.input),
            cached_input_tokens: narrow(self.cached_input),
            cache_write_input_tokens: narrow(self.cache_write_input),
            output_tokens: narrow(self.output),
            reasoning_tokens: narrow(self.reasoning),
            estimated: self.estimated > 0,
        }
    }
}

impl AgentSums {
    /// What one run brings.
    pub(super) fn of(run: &Summary) -> Self {
        let mut histogram = [0; 20];
        let mut success_millionths = 0;
        if let Some(probability) = run.probability {
            histogram[((probability.get() * 20.0) as usize).min(19)] = 1;
            success_millionths = (probability.get() * 1e6).round() as u64;
        }
        Self {
            runs: 1,
            known: run.probability.is_some().into(),
            histogram,
            success_millionths,
            cost: run.cost.map_or(0, Money::pico),
            unpriced: run.cost.is_none().into(),
            tokens: run.usage.as_ref().map(TokenSums::of).unwrap_or_default(),
            tool_calls: run.tool_calls.into(),
            wrong_tool_calls: run.wrong_tool_calls.into(),
            took_micros: run.took.map_or(0, |took| took.micros().into()),
            timed: run.took.is_some().into(),
            failed_unrecovered: run.failures.iter().any(|failure| !failure.recovered).into(),
        }
    }

    /// As a bucket.
    pub(super) fn bucket(&self, start: Timestamp, agent: String) -> AgentBucket {
        AgentBucket {
            start,
            agent,
            runs: narrow(self.runs),
            known: narrow(self.known),
            histogram: self.histogram.map(narrow),
            success_millionths: self.success_millionths,
            cost: Money::from_pico(self.cost),
            unpriced: narrow(self.unpriced),
            usage: self.tokens.usage(),
            tool_calls: narrow(self.tool_calls),
            wrong_tool_calls: narrow(self.wrong_tool_calls),
            took_micros: u64::try_from(self.took_micros).unwrap_or(u64::MAX),
            timed: narrow(self.timed),
            failed_unrecovered: narrow(self.failed_unrecovered),
        }
    }
}

impl ModelSums {
    /// What one run's use of a model brings.
    pub(super) fn of(used: &ModelUse) -> Self {
        let mut by_class = [0; 5];
        for (class, money) in &used.by_class {
            if let Some(sum) = class_place(*class).and_then(|place| by_class.get_mut(place)) {
                sum.merge(&money.pico(), Sign::Add);
            }
        }
        Self {
            runs: 1,
            calls: used.calls.into(),
            unpriced_calls: if used.cost.is_none() { used.calls.into() } else { 0 },
            tokens: TokenSums::of(&used.usage),
            cost: used.cost.map_or(0, Money::pico),
            by_class,
        }
    }

    /// As a bucket.
    pub(super) fn bucket(&self, start: Timestamp, agent: String, model: String) -> ModelBucket {
        ModelBucket {
            start,
            agent,
            model,
            calls: narrow(self.calls),
            unpriced_calls: narrow(self.unpriced_calls),
            usage: self.tokens.usage(),
            cost: Money::from_pico(self.cost),
            by_class: self.by_class.map(Money::from_pico),
        }
    }
}

/// Where the money of a class is summed: with its kind where it has no place of its own. Fees have none: they are what the classes leave of the whole.
fn class_place(class: TokenClass) -> Option<usize> {
    match class {
        TokenClass::Input => Some(0),
        TokenClass::CachedInput => Some(1),
        TokenClass::CacheWriteInput => Some(2),
        TokenClass::Output => Some(3),
        TokenClass::Reasoning => Some(4),
        other => class_place(other.kind()?),
    }
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
