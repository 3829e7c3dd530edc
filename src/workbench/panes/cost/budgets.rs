//! The budgets with how much of each is spent, as bars and in words.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::{
        budget::{BudgetLevel, BudgetState},
        cost_report::CostReport,
    },
    text::{
        clean::clean_line,
        human::{count, money, percent},
        width::{fit, pad_right},
    },
    workbench::{
        draw::{bar, card, facts::Facts},
        pane::View,
        theme::Role,
    },
};

/// Budgets shown in the pane: those of which most is spent.
pub(super) const SHOWN: usize = 3;
/// Columns of a bar.
const BAR: usize = 12;
/// Columns of a name.
const NAME: usize = 20;

/// The budgets of which most is spent, most first.
fn worst(report: &CostReport) -> Vec<&BudgetState> {
    let mut states: Vec<&BudgetState> = report.budgets.iter().collect();
    states.sort_by(|one, other| other.share().total_cmp(&one.share()));
    states
}

fn role(level: BudgetLevel) -> Role {
    match level {
        BudgetLevel::Fine => Role::Good,
        BudgetLevel::Near => Role::Warn,
        BudgetLevel::Over => Role::Bad,
    }
}

fn named(state: &BudgetState) -> String {
    match &state.budget.agent {
        Some(agent) => format!("{} {}", state.budget.period, clean_line(agent)),
        None => format!("budget {}", state.budget.period.present()),
    }
}

/// Draws the worst budgets, a row each.
pub(super) fn draw(report: &CostReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    for (row, state) in (0..area.height).zip(worst(report)) {
        let mut spans = vec![Span::raw("  "), Span::styled(pad_right(&fit(&named(state), NAME), NAME), view.style(Role::Dim))];
        spans.extend(bar::spans(state.share(), BAR, view));
        let figures = format!(" {:>5}  {} of {}", percent(state.share()), money(state.spent.pico()), money(state.budget.limit.pico()));
        spans.push(Span::styled(figures, view.style(role(state.level()))));
        spans.push(Span::styled(ahead(state), view.style(Role::Dim)));
        card::line(area, row, &Line::from(spans), buffer);
    }
}

/// What is to come, and what is not counted: `, heading for $6.10; 3 runs unknown`.
fn ahead(state: &BudgetState) -> String {
    let rate = state.projected.map_or_else(String::new, |projected| format!(", heading for {}", money(projected.pico())));
    let unknown = if state.unpriced > 0 { format!("; {} runs unknown", count(state.unpriced)) } else { String::new() };
    format!("{rate}{unknown}")
}

/// All budgets and how they are set, for a reader.
pub(super) fn explain(report: &CostReport, facts: &mut Facts) {
    for (place, state) in worst(report).into_iter().enumerate() {
        let text = format!(
            "{}: {} of {} ({}) in {} runs{}",
            named(state),
            money(state.spent.pico()),
            money(state.budget.limit.pico()),
            percent(state.share()),
            count(state.runs),
            ahead(state)
        );
        facts.fact(if place == 0 { "Budgets" } else { "" }, &text, role(state.level()));
    }
    let how = "set them in config.toml: [budget] with day_usd, week_usd, month_usd; [budget.agents.NAME] for one agent. They are of calendar days, \
               weeks from Monday, and months. At 80 % and at 100 % the status line says so, and a message once. What is said of the rate is the known money \
               so far over the part of the period that has passed, from 20 priced runs on.";
    facts.fact(if report.budgets.is_empty() { "Budgets" } else { "" }, how, Role::Dim);
}
