//! The budgets of the configuration file: `[budget]` for all agents together, `[budget.agents.NAME]` for one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::exit::CliError;
use crate::model::{
    budget::{Budget, Period},
    money::Money,
};

/// Most dollars of a budget: beyond, money is no longer exact.
const MOST_USD: f64 = 1e9;

/// The table as written; unknown keys are refused so that a typing error is seen.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetTable {
    day_usd: Option<f64>,
    week_usd: Option<f64>,
    month_usd: Option<f64>,
    #[serde(default)]
    agents: BTreeMap<String, AgentTable>,
}

/// The table of one agent.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentTable {
    day_usd: Option<f64>,
    week_usd: Option<f64>,
    month_usd: Option<f64>,
}

/// The budgets of a table, those of all agents first.
pub fn of_table(table: &BudgetTable) -> Result<Vec<Budget>, CliError> {
    let mut budgets = limits(None, [table.day_usd, table.week_usd, table.month_usd])?;
    for (agent, own) in &table.agents {
        budgets.extend(limits(Some(agent), [own.day_usd, own.week_usd, own.month_usd])?);
    }
    Ok(budgets)
}

fn limits(agent: Option<&String>, dollars: [Option<f64>; 3]) -> Result<Vec<Budget>, CliError> {
    let named = Period::ALL.iter().zip(dollars).filter_map(|(period, dollars)| Some((*period, dollars?)));
    named
        .map(|(period, dollars)| {
            let limit = Money::from_usd(dollars).filter(|_| (0.0..=MOST_USD).contains(&dollars)).ok_or_else(|| {
                let table = agent.map_or_else(|| "budget".to_owned(), |agent| format!("budget.agents.{agent}"));
                CliError::wrong_use(format!("{table}.{period}_usd: {dollars} is no amount to spend; write dollars from 0 on, like 5.0"))
            })?;
            Ok(Budget { agent: agent.cloned(), period, limit })
        })
        .collect()
}

/// The budgets in one line, for `config`: `$5.00 a day, refund-bot $1.00 a day`.
#[must_use]
pub fn shown(budgets: &[Budget]) -> String {
    if budgets.is_empty() {
        return "none".to_owned();
    }
    let one = |budget: &Budget| {
        let agent = budget.agent.as_ref().map_or_else(String::new, |agent| format!("{agent} "));
        format!("{agent}{} a {}", crate::text::human::money(budget.limit.pico()), budget.period)
    };
    budgets.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<Vec<Budget>, CliError> {
        of_table(&toml::from_str(text).unwrap())
    }

    #[test]
    fn budgets_are_for_all_agents_and_for_one() {
        let budgets = read("day_usd = 5\nmonth_usd = 80.5\n[agents.refund-bot]\nday_usd = 1.0").unwrap();
        assert_eq!(shown(&budgets), "$5.00 a day, $80.50 a month, refund-bot $1.00 a day");
        assert_eq!(shown(&read("").unwrap()), "none");
    }

    #[test]
    fn an_amount_that_cannot_be_spent_is_refused_with_its_place() {
        for (text, place) in [
            ("day_usd = -1", "budget.day_usd"),
            ("week_usd = nan", "budget.week_usd"),
            ("[agents.a]\nmonth_usd = inf", "budget.agents.a.month_usd"),
        ] {
            assert!(read(text).unwrap_err().to_string().contains(place), "{text}");
        }
        assert!(toml::from_str::<BudgetTable>("day = 5").is_err(), "a key that is not known is refused");
    }
}
