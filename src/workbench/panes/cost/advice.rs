//! What could be saved, as the cost pane says it: a line each, and the whole working for the reader.

use crate::{
    model::{
        advice::{Advice, AdviceKind, AdviceLine},
        cost_report::{CostReport, CostShare, LoggedDifference},
    },
    text::{
        human::{count, money, percent},
        width::{fit, width},
    },
    workbench::{draw::facts::Facts, theme::Role, words::counted},
};

/// Pieces of advice in the pane; the reader has all.
const SHOWN: usize = 3;

/// The advice that saves most, that on the selected agent first, and who logs another cost than the one computed.
pub(super) fn write(report: &CostReport, selected: Option<&CostShare>, columns: usize, facts: &mut Facts) {
    let mut advice: Vec<&Advice> = report.advice.iter().collect();
    if let Some(share) = selected {
        let of_another = |advice: &&Advice| advice.agent != share.name;
        advice.sort_by_key(of_another);
    }
    for (at, one) in advice.iter().take(SHOWN).enumerate() {
        let risk = one.risk.says.split_once(':').map_or(one.risk.says.as_str(), |(short, _)| short);
        let tail = if risk == "none" { String::new() } else { format!(" (risk {risk})") };
        // A line each: what is cut off is in the reader.
        let text = format!("{}/day {}: {}", money(one.saved_per_day.pico()), one.agent, one.says);
        let text = fit(&text, columns.saturating_sub(width(&tail)));
        facts.fact(if at == 0 { "Could save" } else { "" }, &format!("{text}{tail}"), Role::Text);
    }
    match advice.len().saturating_sub(SHOWN) {
        0 => {}
        more => facts.fact("", &format!("and {} more: i shows all, with the working", count(more as u64)), Role::Dim),
    }
    for (at, difference) in report.differences.iter().enumerate() {
        facts.fact(if at == 0 { "Logged" } else { "" }, &differs(difference), Role::Warn);
    }
}

/// Why it is so, for each kind.
const fn why(kind: AdviceKind) -> &'static str {
    match kind {
        AdviceKind::SwitchModel => {
            "the same tokens at the prices of the nearest model of the family that takes prompts as long and can do what the calls needed; another model may \
             answer otherwise and use more or fewer tokens"
        }
        AdviceKind::CachePrefix => {
            "each call sends again what the call before it sent, within five minutes, and its counts name fewer cached tokens; where the provider caches \
             by itself, either the beginning changes too early or the sender leaves out the count of cached tokens"
        }
        AdviceKind::DropRepeats => {
            "model calls that asked for nothing but tool calls made before, with the same result and no change in between"
        }
        AdviceKind::CapRetries => {
            "model calls that asked for nothing but a tool call that had failed twice with the same arguments, and never came to succeed"
        }
    }
}

/// All advice with its working.
pub(super) fn explain(report: &CostReport, facts: &mut Facts) {
    for (at, difference) in report.differences.iter().enumerate() {
        facts.fact(if at == 0 { "Logged" } else { "" }, &differs(difference), Role::Warn);
    }
    for one in &report.advice {
        facts.gap();
        facts.fact("Could save", &format!("{} a day on {}: {}", money(one.saved_per_day.pico()), one.agent, one.says), Role::Strong);
        let saving =
            if one.runs_saving == one.runs { "each of them".to_owned() } else { format!("{} of them", count(u64::from(one.runs_saving))) };
        let rests = format!(
            "{} a run on average over its {}, by saving on {saving}",
            money(one.saved_per_run.pico()),
            counted(u64::from(one.runs), "newest run")
        );
        facts.fact("Rests on", &rests, Role::Text);
        facts.fact("Counted", why(one.kind), Role::Dim);
        facts.fact("Risk", &one.risk.says, Role::Text);
        for (at, line) in one.working.iter().enumerate() {
            facts.fact(if at == 0 { "Working" } else { "" }, &worked(line), Role::Dim);
        }
    }
}

/// `40,000 input x ($2.50 - $0.15) a million = $0.0940`.
fn worked(line: &AdviceLine) -> String {
    let (unit, parts) = if line.class.is_fee() { ("a thousand", 1_000) } else { ("a million", 1) };
    let (from, to) = (money(line.from_per_million.pico() / parts), money(line.to_per_million.pico() / parts));
    format!("{} {} x ({from} - {to}) {unit} = {}", count(line.tokens), line.class.label(), money(line.saved.pico()))
}

/// `refund-bot: 17 of 50 runs log another cost: $1.20 logged, $1.00 computed (+20 %)`.
fn differs(difference: &LoggedDifference) -> String {
    let (logged, computed) = (difference.logged.usd(), difference.computed.usd());
    let part = if computed > 0.0 {
        let sign = if logged < computed { "-" } else { "+" };
        format!(" ({sign}{})", percent((logged - computed).abs() / computed))
    } else {
        String::new()
    };
    let of = counted(u64::from(difference.of), "run");
    let runs = format!("{} of {of} that log a cost log another", count(u64::from(difference.runs)));
    format!(
        "{}: {runs}: {} logged, {} computed{part}",
        difference.agent,
        money(difference.logged.pico()),
        money(difference.computed.pico())
    )
}
