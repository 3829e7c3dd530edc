//! How much of the budgets is spent, from the rollups.

use jiff::{ToSpan, Zoned, civil::Weekday};

use super::{Facts, overview::end_of_time};
use crate::{
    engine::error::EngineError,
    model::{
        budget::{Budget, BudgetState, Period},
        money::Money,
        time::Timestamp,
    },
    store::{AgentBucket, Resolution},
};

/// Priced runs without which nothing is projected.
const RUNS_TO_PROJECT: u64 = 20;

/// The part of a period that must have passed before anything is projected.
const PART_TO_PROJECT: f64 = 0.1;

impl Facts {
    /// The budgets, in the order of the configuration, with what is spent of each in its present period.
    pub fn budgets(&self) -> Result<Vec<BudgetState>, EngineError> {
        let mut read: Vec<(Period, Timestamp, Timestamp, Vec<AgentBucket>)> = Vec::new();
        let mut states = Vec::with_capacity(self.costs.budgets().len());
        for budget in self.costs.budgets() {
            if !read.iter().any(|(period, ..)| *period == budget.period) {
                let (from, to) = self.span(budget.period);
                // Days begin on the hour almost everywhere; where they do not, minutes tell exactly.
                let resolution = if Resolution::Hour.start_of(from) == from { Resolution::Hour } else { Resolution::Minute };
                read.push((budget.period, from, to, self.snapshot.agent_buckets(resolution, from, end_of_time(), None)?));
            }
            let found = read.iter().find(|(period, ..)| *period == budget.period);
            states.extend(found.map(|(_, from, to, buckets)| state(budget, (*from, *to), self.now, buckets)));
        }
        Ok(states)
    }

    /// Start and end of the present period, in the user's zone.
    fn span(&self, period: Period) -> (Timestamp, Timestamp) {
        let now = self.now.to_jiff().to_zoned(self.zone.clone());
        let whole = |start: Option<Zoned>, end: Option<Zoned>| Some((micros(&start?), micros(&end?)));
        let today = now.start_of_day().ok();
        let found = match period {
            Period::Day => whole(today.clone(), today.and_then(|start| start.checked_add(1.day()).ok())),
            Period::Week => {
                let monday = today.and_then(|start| start.checked_sub(i64::from(start.weekday().since(Weekday::Monday)).days()).ok());
                whole(monday.clone(), monday.and_then(|start| start.checked_add(7.days()).ok()))
            }
            Period::Month => {
                let first = now.first_of_month().ok().and_then(|first| first.start_of_day().ok());
                whole(first.clone(), first.and_then(|start| start.checked_add(1.month()).ok()))
            }
        };
        // A calendar that ends is a day of UTC.
        found.unwrap_or_else(|| {
            let start = Resolution::Day.start_of(self.now);
            (start, Timestamp::from_micros(start.micros().saturating_add(Resolution::Day.micros())))
        })
    }
}

fn micros(moment: &Zoned) -> Timestamp {
    Timestamp::from_micros(moment.timestamp().as_microsecond())
}

fn state(budget: &Budget, (from, to): (Timestamp, Timestamp), now: Timestamp, buckets: &[AgentBucket]) -> BudgetState {
    let own = || buckets.iter().filter(|bucket| budget.agent.as_ref().is_none_or(|agent| bucket.agent == *agent));
    let spent: Money = own().map(|bucket| bucket.cost).sum();
    let runs: u64 = own().map(|bucket| u64::from(bucket.runs)).sum();
    let unpriced: u64 = own().map(|bucket| u64::from(bucket.unpriced)).sum();
    let passed = now.micros().saturating_sub(from.micros()) as f64 / to.micros().saturating_sub(from.micros()).max(1) as f64;
    let tells = runs.saturating_sub(unpriced) >= RUNS_TO_PROJECT && passed >= PART_TO_PROJECT;
    let projected = tells.then(|| Money::from_usd(spent.usd() / passed.min(1.0))).flatten();
    BudgetState { budget: budget.clone(), from, to, spent, runs, unpriced, projected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::budget::BudgetLevel;

    fn bucket(agent: &str, runs: u32, dollars: f64) -> AgentBucket {
        AgentBucket {
            agent: agent.to_owned(),
            runs,
            cost: Money::from_usd(dollars).unwrap_or(Money::ZERO),
            unpriced: 1,
            ..AgentBucket::default()
        }
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(hours * 3_600_000_000)
    }

    #[test]
    fn a_budget_counts_its_agents_runs_and_projects_only_what_they_tell() {
        let buckets = [bucket("a", 30, 2.0), bucket("b", 10, 1.0)];
        let budget = |agent: Option<&str>, dollars: f64| Budget {
            agent: agent.map(str::to_owned),
            period: Period::Day,
            limit: Money::from_usd(dollars).unwrap_or(Money::ZERO),
        };
        let all = state(&budget(None, 3.5), (at(0), at(24)), at(12), &buckets);
        assert_eq!((all.spent.usd(), all.runs, all.unpriced, all.level()), (3.0, 40, 2, BudgetLevel::Near));
        assert_eq!(all.projected.map(|money| money.usd()), Some(6.0), "half a day of 38 priced runs");
        assert_eq!(state(&budget(None, 3.5), (at(0), at(24)), at(1), &buckets).projected, None, "an hour tells too little");
        let one = state(&budget(Some("b"), 1.0), (at(0), at(24)), at(12), &buckets);
        assert_eq!((one.runs, one.level(), one.projected), (10, BudgetLevel::Over, None));
        let nothing = state(&budget(Some("c"), 0.0), (at(0), at(24)), at(12), &buckets);
        assert_eq!((nothing.share(), nothing.level()), (0.0, BudgetLevel::Fine));
    }
}
