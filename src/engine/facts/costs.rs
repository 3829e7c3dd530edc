//! What runs cost, from the rollups: never a scan of runs.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{Facts, axis::Axis, overview::end_of_time};
use crate::{
    engine::{error::EngineError, window::Window},
    model::{
        cost_report::{Breakdown, CostReport, CostShare, UnpricedModel},
        money::Money,
        time::Timestamp,
        usage::TokenClass,
    },
    store::{AgentBucket, ModelBucket, Resolution},
    text::human,
};

/// The classes in the order of [`ModelBucket::by_class`].
const CLASSES: [TokenClass; 5] =
    [TokenClass::Input, TokenClass::CachedInput, TokenClass::CacheWriteInput, TokenClass::Output, TokenClass::Reasoning];

impl Facts {
    /// What runs cost in a window, broken down. The window is made of whole buckets and ends with the present one.
    pub fn costs(&self, window: Window, breakdown: Breakdown) -> Result<CostReport, EngineError> {
        let resolution = window.cost_resolution();
        let oldest = match window.micros() {
            Some(_) => None,
            None => self.oldest_bucket(resolution)?,
        };
        let axis = Axis::over(window, resolution, self.now, oldest);
        let agents = self.snapshot.agent_buckets(resolution, axis.from, end_of_time(), None)?;
        let models = self.snapshot.model_buckets(resolution, axis.from, end_of_time())?;
        let total: Money = agents.iter().map(|bucket| bucket.cost).sum();
        let (shares, sample) = match breakdown {
            Breakdown::Agent => (shares(&axis, total, agents.iter().map(Part::of_agent)), None),
            Breakdown::Model => (shares(&axis, total, models.iter().map(Part::of_model)), None),
            Breakdown::Day => {
                // Days are the user's: hours are put together, whatever the buckets of the chart.
                let hours = self.snapshot.agent_buckets(Resolution::Hour, axis.from, end_of_time(), None)?;
                let days: Vec<String> = hours.iter().map(|bucket| human::day(bucket.start.micros(), &self.zone)).collect();
                let parts = hours.iter().zip(&days).map(|(bucket, day)| Part { name: day, ..Part::of_agent(bucket) });
                (shares(&axis, total, parts), None)
            }
            Breakdown::Tool | Breakdown::Step => {
                let (shares, sample) = self.cost_parts(&axis, window, breakdown)?.as_ref().clone();
                (shares, Some(sample))
            }
        };
        let (advice, differences) = self.advice(&axis, &agents)?;
        Ok(CostReport {
            from: axis.from,
            to: self.now,
            today: self.today()?.cost,
            total,
            runs: agents.iter().map(|bucket| u64::from(bucket.runs)).sum(),
            unpriced_runs: agents.iter().map(|bucket| u64::from(bucket.unpriced)).sum(),
            shares,
            sample,
            budgets: self.budgets()?,
            by_class: by_class(&models),
            unpriced: unpriced(&models),
            series: axis.series(&agents),
            advice,
            differences,
        })
    }

    fn oldest_bucket(&self, resolution: Resolution) -> Result<Option<Timestamp>, EngineError> {
        let buckets = self.snapshot.agent_buckets(resolution, Timestamp::from_micros(i64::MIN), end_of_time(), None)?;
        Ok(buckets.first().map(|bucket| bucket.start))
    }
}

/// What one bucket adds to a share.
struct Part<'a> {
    name: &'a str,
    start: Timestamp,
    count: u64,
    tokens: u64,
    estimated: bool,
    cost: Money,
    unpriced: u64,
}

impl<'a> Part<'a> {
    fn of_agent(bucket: &'a AgentBucket) -> Self {
        Self {
            name: &bucket.agent,
            start: bucket.start,
            count: u64::from(bucket.runs),
            tokens: bucket.usage.total(),
            estimated: bucket.usage.estimated,
            cost: bucket.cost,
            unpriced: u64::from(bucket.unpriced),
        }
    }

    fn of_model(bucket: &'a ModelBucket) -> Self {
        Self {
            name: &bucket.model,
            start: bucket.start,
            count: u64::from(bucket.calls),
            tokens: bucket.usage.total(),
            estimated: bucket.usage.estimated,
            cost: bucket.cost,
            unpriced: u64::from(bucket.unpriced_calls),
        }
    }
}

fn shares<'a>(axis: &Axis, total: Money, parts: impl Iterator<Item = Part<'a>>) -> Vec<CostShare> {
    let mut by_name: BTreeMap<&str, CostShare> = BTreeMap::new();
    for part in parts {
        let share = by_name.entry(part.name).or_insert_with(|| CostShare {
            name: part.name.to_owned(),
            agent: None,
            count: 0,
            tokens: 0,
            cost: Money::ZERO,
            share: 0.0,
            unpriced: 0,
            estimated: false,
            series: vec![Money::ZERO; axis.len()],
        });
        share.count += part.count;
        share.tokens = share.tokens.saturating_add(part.tokens);
        share.cost += part.cost;
        share.unpriced += part.unpriced;
        share.estimated |= part.estimated;
        if let Some(point) = share.series.get_mut(axis.place(part.start)) {
            *point += part.cost;
        }
    }
    let mut shares: Vec<CostShare> = by_name.into_values().collect();
    for share in &mut shares {
        share.share = if total > Money::ZERO { share.cost.usd() / total.usd() } else { 0.0 };
    }
    // Dearest first; among those without a known cost, the most used first, since that is where a price is missed most.
    shares.sort_by_key(|share| Reverse((share.cost, share.count)));
    shares
}

fn by_class(models: &[ModelBucket]) -> Vec<(TokenClass, Money)> {
    let sum = |place: usize| models.iter().filter_map(|bucket| bucket.by_class.get(place).copied()).sum::<Money>();
    let mut classes: Vec<_> = CLASSES.iter().enumerate().map(|(place, class)| (*class, sum(place))).collect();
    classes.retain(|(_, money)| *money > Money::ZERO);
    classes.sort_by_key(|(_, money)| Reverse(*money));
    classes
}

fn unpriced(models: &[ModelBucket]) -> Vec<UnpricedModel> {
    let mut by_name: BTreeMap<&str, UnpricedModel> = BTreeMap::new();
    for bucket in models.iter().filter(|bucket| bucket.unpriced_calls > 0) {
        let model = by_name.entry(&bucket.model).or_insert_with(|| UnpricedModel { model: bucket.model.clone(), calls: 0, tokens: 0 });
        model.calls += u64::from(bucket.unpriced_calls);
        // Tokens are kept of priced and unpriced calls together; a bucket without any priced call is the one that can be told apart.
        if bucket.unpriced_calls == bucket.calls {
            model.tokens = model.tokens.saturating_add(bucket.usage.total());
        }
    }
    let mut list: Vec<UnpricedModel> = by_name.into_values().collect();
    list.sort_by_key(|model| Reverse(model.calls));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(start: i64, model: &str, calls: u32, unpriced_calls: u32, pico: i128) -> ModelBucket {
        let mut bucket = ModelBucket {
            start: Timestamp::from_micros(start * 60_000_000),
            model: model.into(),
            calls,
            unpriced_calls,
            ..ModelBucket::default()
        };
        bucket.cost = Money::from_pico(pico);
        bucket.by_class[3] = Money::from_pico(pico);
        bucket.usage.input_tokens = 10;
        bucket
    }

    /// The first hour of 1970, by minutes.
    fn axis() -> Axis {
        Axis::over(Window::Hour, Resolution::Minute, Timestamp::from_micros(3_600_000_000 - 1), None)
    }

    #[test]
    fn shares_add_up_and_name_what_has_no_price() {
        let axis = axis();
        let buckets = [model(0, "a", 2, 0, 300), model(59, "a", 1, 0, 100), model(1, "b", 5, 5, 0), model(999, "a", 1, 1, 0)];
        let shares = shares(&axis, Money::from_pico(400), buckets.iter().map(Part::of_model));
        assert_eq!(shares.iter().map(|share| share.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((shares[0].count, shares[0].unpriced, shares[0].share), (4, 1, 1.0));
        assert_eq!(shares[0].series.len(), 60);
        assert_eq!((shares[0].series[0], shares[0].series[59]), (Money::from_pico(300), Money::from_pico(100)));
        assert_eq!(by_class(&buckets), [(TokenClass::Output, Money::from_pico(400))]);
        let unpriced = unpriced(&buckets);
        assert_eq!(
            unpriced.iter().map(|model| (model.model.as_str(), model.calls, model.tokens)).collect::<Vec<_>>(),
            [("b", 5, 10), ("a", 1, 10)]
        );
    }

    #[test]
    fn without_any_known_cost_no_share_is_made_up() {
        let axis = axis();
        let shares = shares(&axis, Money::ZERO, [model(0, "a", 1, 1, 0)].iter().map(Part::of_model));
        assert_eq!(shares[0].share, 0.0);
    }
}
