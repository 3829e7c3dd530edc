//! Budgets that are nearly or wholly spent: said once each time a mark is passed, and again in the next period.

use std::collections::BTreeMap;

use crate::{
    model::budget::{Budget, BudgetLevel, BudgetState},
    text::{clean::clean_line, human},
};

use super::message::Toast;

/// What was said of each budget: in the period that began when, up to which mark.
#[derive(Debug, Default)]
pub struct Alarms(BTreeMap<String, (i64, BudgetLevel)>);

impl Alarms {
    /// Takes the budgets as they stand; answers what is to be said now.
    pub fn note(&mut self, budgets: &[BudgetState]) -> Vec<Toast> {
        let mut toasts = Vec::new();
        for state in budgets {
            let began = state.from.micros();
            let said = self.0.entry(key(&state.budget)).or_insert((began, BudgetLevel::Fine));
            if said.0 != began {
                *said = (began, BudgetLevel::Fine);
            }
            if state.level() > said.1 {
                said.1 = state.level();
                toasts.push(match state.level() {
                    BudgetLevel::Over => Toast::problem(words(state)),
                    _ => Toast::news(words(state)),
                });
            }
        }
        toasts
    }
}

fn key(budget: &Budget) -> String {
    format!("{} {}", budget.period, budget.agent.as_deref().unwrap_or_default())
}

/// Whose budget it is and for how long: `today's budget`, `refund-bot's budget of this week`.
#[must_use]
pub fn whose(budget: &Budget) -> String {
    match &budget.agent {
        Some(agent) => format!("the budget of {} for {}", clean_line(agent), budget.period.present()),
        None => format!("the budget for {}", budget.period.present()),
    }
}

/// `the budget for today is spent: $5.12 of $5.00`.
fn words(state: &BudgetState) -> String {
    let (spent, limit) = (human::money(state.spent.pico()), human::money(state.budget.limit.pico()));
    let stands = match state.level() {
        BudgetLevel::Over => "is spent".to_owned(),
        _ => format!("is spent to {}", human::percent(state.share())),
    };
    let more =
        if state.unpriced > 0 { format!("; {} runs of unknown cost come on top", human::count(state.unpriced)) } else { String::new() };
    format!("{} {stands}: {spent} of {limit}{more}", whose(&state.budget))
}

/// The budget that is worst off, for the status line: `budget 82 % today`; `None` while all are fine.
#[must_use]
pub fn worst(budgets: &[BudgetState]) -> Option<(String, BudgetLevel)> {
    let worst =
        budgets.iter().filter(|state| state.level() > BudgetLevel::Fine).max_by(|one, other| one.share().total_cmp(&other.share()))?;
    let agent =
        worst.budget.agent.as_deref().map(|agent| format!(" {}", crate::text::width::fit(&clean_line(agent), 16))).unwrap_or_default();
    Some((format!("budget{agent} {} {}", human::percent(worst.share()), worst.budget.period.present()), worst.level()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{budget::Period, money::Money, time::Timestamp};

    fn state(began: i64, spent: f64) -> BudgetState {
        let dollars = |amount| Money::from_usd(amount).unwrap_or(Money::ZERO);
        BudgetState {
            budget: Budget { agent: None, period: Period::Day, limit: dollars(5.0) },
            from: Timestamp::from_micros(began),
            to: Timestamp::from_micros(began + 1),
            spent: dollars(spent),
            runs: 30,
            unpriced: 2,
            projected: None,
        }
    }

    fn said(alarms: &mut Alarms, state: BudgetState) -> Vec<(String, bool)> {
        alarms.note(&[state]).into_iter().map(|toast| (toast.text, toast.problem)).collect()
    }

    #[test]
    fn each_mark_is_said_once_and_again_in_the_next_period() {
        let mut alarms = Alarms::default();
        assert_eq!(said(&mut alarms, state(0, 3.9)), []);
        let near = "the budget for today is spent to 82%: $4.10 of $5.00; 2 runs of unknown cost come on top".to_owned();
        assert_eq!(said(&mut alarms, state(0, 4.1)), [(near, false)]);
        assert_eq!(said(&mut alarms, state(0, 4.2)), []);
        assert_eq!(said(&mut alarms, state(0, 3.0)), [], "a run that was deleted takes nothing back that was said");
        assert_eq!(said(&mut alarms, state(0, 5.0)).len(), 1);
        assert_eq!(said(&mut alarms, state(0, 9.0)), []);
        assert_eq!(said(&mut alarms, state(9, 0.5)), [], "the next day begins");
        assert_eq!(said(&mut alarms, state(9, 6.0)).len(), 1, "both marks passed at once are one message");
    }

    #[test]
    fn the_status_line_names_the_worst() {
        assert_eq!(worst(&[state(0, 1.0)]), None);
        let agent = BudgetState { budget: Budget { agent: Some("refund-bot".to_owned()), ..state(0, 0.0).budget }, ..state(0, 6.0) };
        assert_eq!(worst(&[state(0, 4.5), agent]), Some(("budget refund-bot 120% today".to_owned(), BudgetLevel::Over)));
    }
}
