//! All that is known of one pattern, in words.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{
        money::Money,
        pattern::{Pattern, PatternPoints, PatternReport},
        time::Timestamp,
    },
    text::{
        clean::clean_line,
        human::{age, count, money},
    },
    workbench::{
        draw::{facts::Facts, heading},
        explain,
        failure_words::{code, named, severity, severity_role, state, state_meaning, state_role},
        pane::View,
        theme::Role,
    },
};

use super::list::title;

/// Columns for labels.
const LABEL: usize = 10;
/// Agents named, the rest counted.
const AGENTS: usize = 8;

/// Draws heading and facts.
pub(super) fn draw(report: &PatternReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    heading::draw(title(report), area, buffer, view);
    let area = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    let mut facts = Facts::new(area.width, LABEL);
    write(report, view.now, &mut facts);
    facts.draw(area, " under why", buffer, view);
}

/// The same with what the figures mean, for a reader in front of a pane of this width.
pub(super) fn explained(report: &PatternReport, now: Timestamp, pane: u16) -> Vec<String> {
    let mut facts = Facts::for_reader(pane, LABEL);
    write(report, now, &mut facts);
    facts.gap();
    let mut lines = facts.into_strings();
    lines.extend(explain::impact(report, pane));
    let mut facts = Facts::for_reader(pane, LABEL);
    facts.gap();
    for text in [
        "A pattern gathers failures with the same code, tool and message; <*> stands for what varies in the message.",
        "Runs are runs that show the failure. A run that did not recover went on to its end with the failure unmended.",
        "Points are what an agent's score would gain if its runs that failed with this pattern had gone as its other runs do, with \
         the 90 % interval. They are counted over the agent's own window, so its runs there can be fewer than those above.",
        "Cost is what the runs with the failure cost, over those runs whose cost is known.",
    ] {
        facts.text(text, Role::Text);
    }
    lines.extend(facts.into_strings());
    lines
}

/// The pattern as one line, to paste into a conversation.
pub(super) fn one_line(report: &PatternReport) -> String {
    let Pattern { fingerprint, code, runs, template, .. } = &report.pattern;
    format!("{} ({}), {} runs: {template} [pattern:{fingerprint}]", title(report), code.code(), count(*runs))
}

fn write(report: &PatternReport, now: Timestamp, facts: &mut Facts) {
    let pattern = &report.pattern;
    let template = if pattern.template.trim().is_empty() { "none was sent" } else { &pattern.template };
    facts.fact("Message", template, Role::Strong);
    facts.fact("Runs", &format!("{}, of which {} did not recover", count(pattern.runs), count(pattern.unrecovered_runs)), Role::Text);
    if report.points.is_empty() {
        facts.fact("Takes", "no points that could be counted", Role::Unknown);
    }
    for (at, taken) in report.points.iter().enumerate() {
        facts.fact(if at == 0 { "Takes" } else { "" }, &points(taken), Role::Text);
    }
    facts.fact("Agents", &agents(pattern), Role::Text);
    facts.fact("Cost", &cost(pattern.cost), if pattern.cost == Money::ZERO { Role::Unknown } else { Role::Text });
    facts.fact("State", &format!("{}: {}", state(report.state), state_meaning(report.state)), state_role(report.state));
    facts.fact("Seen", &seen(pattern, now), Role::Text);
    facts.fact("Code", &code(pattern.code), Role::Text);
    if let Some(framework) = &pattern.framework {
        facts.fact("Framework", &format!("{framework} when first seen"), Role::Text);
    }
    facts.fact("Severity", severity(pattern.severity), severity_role(pattern.severity));
    let example = report.example_id.as_ref().map(|id| clean_line(id.as_str()).into_owned());
    facts.fact("Example", example.as_deref().unwrap_or("no longer stored"), if example.is_some() { Role::Text } else { Role::Unknown });
}

fn agents(pattern: &Pattern) -> String {
    let named: Vec<String> = pattern.agents.iter().take(AGENTS).map(|(name, runs)| format!("{} {}", named(name), count(*runs))).collect();
    match pattern.agents.len().saturating_sub(AGENTS) {
        0 if named.is_empty() => "not known".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// `refund-bot 18 points (12-24), 31 of the 74 failed runs in its window failed with it`.
fn points(taken: &PatternPoints) -> String {
    let PatternPoints { agent, points, interval, failed_runs, failed_with, .. } = taken;
    let agent = named(agent);
    if !(points.is_finite() && interval.low.is_finite() && interval.high.is_finite()) {
        return format!("{agent}: points not known");
    }
    let decimals = if points.abs() < 9.95 { 1 } else { 0 };
    // Adding zero makes the zero that is written "-0" a plain one.
    let round = |value: f64| (value * 10f64.powi(decimals)).round() / 10f64.powi(decimals) + 0.0;
    let decimals = usize::from(decimals > 0);
    format!(
        "{agent} {:.decimals$} points ({:.decimals$}-{:.decimals$}), {} of the {} failed runs in its window failed with it",
        round(*points),
        round(interval.low),
        round(interval.high),
        count(u64::from(*failed_with)),
        count(u64::from(*failed_runs)),
    )
}

/// What it burnt is never less than what is known.
fn cost(known: Money) -> String {
    if known == Money::ZERO {
        return "not known: no run with it has a known cost".to_owned();
    }
    format!("at least {}, over its runs whose cost is known", money(known.pico()))
}

fn seen(pattern: &Pattern, now: Timestamp) -> String {
    let ago = |at: Timestamp| age(now.micros().saturating_sub(at.micros()));
    format!("first {}, last {}", ago(pattern.first_seen), ago(pattern.last_seen))
}
