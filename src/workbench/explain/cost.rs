//! The working of one run's cost: class by class, count times rate.

use crate::{
    model::{cost::Cost, money::Money},
    text::human::{count, money},
};

use super::{fact, list, working};

/// Lines that are told.
const MOST: usize = 60;

/// How a run's cost is made, for a reader in front of a pane of this width.
#[must_use]
pub fn cost(cost: &Cost, pane: u16) -> Vec<String> {
    let mut facts = working(pane);
    let whole = match (cost.usd, cost.logged_usd, cost.estimated_usd) {
        (Some(known), _, _) => format!("{}: every call has a price and a token count", money(known.pico())),
        (None, Some(logged), _) => format!("{}: as its sender logged it, because not every call can be priced", money(logged.pico())),
        (None, None, Some(about)) => format!("~{}: with tokens estimated from the text where none were counted", money(about.pico())),
        (None, None, None) if cost.lines.is_empty() && cost.unknown.is_empty() => {
            "no model call was sent, so there is nothing to price".to_owned()
        }
        (None, None, None) => format!("unknown; at least {}", money(cost.known_part().pico())),
    };
    fact(&mut facts, "Cost", &whole);
    let line = |line: &crate::model::cost::CostLine| {
        let about = if line.estimated { "~" } else { "" };
        let (rate, unit) =
            if line.class.is_fee() { (line.per_million.pico() / 1_000, "a thousand") } else { (line.per_million.pico(), "a million") };
        format!(
            "step {}, {}: {about}{} {} x {} {unit} = {about}{}",
            line.step,
            line.model,
            count(line.tokens),
            line.class.label(),
            money(rate),
            money(line.usd.pico())
        )
    };
    list(&mut facts, "Goes in", cost.lines.iter().take(MOST).map(line));
    if let Some(more) = cost.lines.len().checked_sub(MOST).filter(|more| *more > 0) {
        let rest: Money = cost.lines.iter().skip(MOST).map(|line| line.usd).sum();
        fact(&mut facts, "", &format!("and {} more, together {}", count(more as u64), money(rest.pico())));
    }
    if !cost.lines.is_empty() {
        fact(
            &mut facts,
            "Formula",
            "tokens of each class times the dated price of the model, added up exactly, in millionths of a millionth of a dollar",
        );
    }
    if !cost.unknown.is_empty() {
        fact(&mut facts, "Not counted", &cost.unknown.join(", "));
    }
    if let Some(logged) = cost.logged_usd {
        fact(&mut facts, "Sender says", &money(logged.pico()));
    }
    if let Some(difference) = &cost.difference {
        fact(&mut facts, "", &difference.says);
    }
    fact(&mut facts, "Changes it", "prices of your own in prices.toml; token counts sent with every call");
    facts.into_strings()
}
