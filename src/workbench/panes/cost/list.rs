//! The list of models or agents: how often, how much, at what cost, what part of all.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{
        cost_report::{Breakdown, CostShare},
        money::Money,
    },
    text::{
        clean::clean_line,
        human::{compact, count, money, percent},
        width::width,
    },
    workbench::{
        draw::{
            bar, chart,
            columns::{Column, Columns, select},
        },
        pane::View,
        theme::Role,
        words::{counted, name},
    },
};

/// A name has a use for this many columns.
const NAME_MOST: usize = 44;
/// A name is not made narrower than this before other columns leave.
const NAME_LEAST: u16 = 18;
/// Nor is that of a step, which begins with its agent's.
const STEP_LEAST: u16 = 36;
/// Columns of the bar of a share, and of the chart, at most.
const BAR_MOST: u16 = 30;

/// What the texts of a list need, counted once when it arrives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Widths {
    name: u16,
    count: u16,
    cost: u16,
    each: u16,
    unpriced: u16,
    tokens: u16,
}

impl Widths {
    pub(super) fn of(shares: &[CostShare]) -> Self {
        let most = |of: &dyn Fn(&CostShare) -> usize, least: usize| {
            let widest = shares.iter().map(of).max().unwrap_or(0).max(least);
            u16::try_from(widest).unwrap_or(u16::MAX)
        };
        Self {
            name: most(&|share| width(&clean_line(name(&share.name))).min(NAME_MOST), 8),
            count: most(&|share| number(share.count).len(), 5),
            cost: most(&|share| cost(share).len(), 6),
            each: most(&|share| each(share, amount).len(), 6),
            tokens: 6 + u16::from(shares.iter().any(|share| share.estimated)),
            unpriced: if shares.iter().any(|share| share.unpriced > 0) { most(&|share| number(share.unpriced).len(), 8) } else { 0 },
        }
    }
}

/// In full up to six digits.
fn number(number: u64) -> String {
    if number < 1_000_000 { count(number) } else { compact(number) }
}

/// Whether nothing is known of the cost.
fn unknown(share: &CostShare) -> bool {
    share.cost == Money::ZERO && share.unpriced > 0 && share.unpriced >= share.count
}

/// From this many dollars on an amount in the list is short.
const SHORT_FROM: i128 = 10_000_000;
const PICO_PER_DOLLAR: i128 = 1_000_000_000_000;

/// An amount as the list has it: in full under ten million dollars, then `$12 M`.
fn amount(pico: i128) -> String {
    let dollars = pico / PICO_PER_DOLLAR;
    match u64::try_from(dollars) {
        Ok(dollars) if i128::from(dollars) >= SHORT_FROM => format!("${}", compact(dollars)),
        Err(_) if dollars > 0 => format!(">${}", compact(u64::MAX)),
        _ => money(pico),
    }
}

/// The known cost: `$2.10`; `$2.10+` where a part is not known, `unknown` where none is.
fn cost(share: &CostShare) -> String {
    known(share, amount)
}

fn known(share: &CostShare, written: fn(i128) -> String) -> String {
    match share.unpriced {
        _ if unknown(share) => "unknown".to_owned(),
        0 => written(share.cost.pico()),
        _ => format!("{}+", written(share.cost.pico())),
    }
}

/// The mean cost of what has a known cost.
fn each(share: &CostShare, written: fn(i128) -> String) -> String {
    let priced = share.count.saturating_sub(share.unpriced);
    if priced == 0 { "unknown".to_owned() } else { written(share.cost.pico() / i128::from(priced)) }
}

/// What the counts count.
const fn noun(breakdown: Breakdown) -> &'static str {
    breakdown.counts()
}

/// `$2.10+ in 140 calls, $0.0150 a call, 14 calls of unknown cost`.
pub(super) fn money_of(share: &CostShare, breakdown: Breakdown) -> String {
    let noun = noun(breakdown);
    let calls = counted(share.count, noun);
    if unknown(share) {
        return format!("unknown: none of {calls} has a price");
    }
    let unpriced = match share.unpriced {
        0 => String::new(),
        some => format!(", {} of unknown cost", counted(some, noun)),
    };
    format!("{} in {calls}, {} a {noun}{unpriced}", known(share, money), each(share, money))
}

/// Draws heads and rows; `rows` starts at the first one shown, each with whether it is selected.
pub(super) fn draw<'a>(
    rows: impl Iterator<Item = (bool, &'a CostShare)>,
    breakdown: Breakdown,
    widths: &Widths,
    (heads, area): (Option<Rect>, Rect),
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    let (by, counts, per) = match breakdown {
        Breakdown::Model => ("by model", "calls", "a call"),
        Breakdown::Agent => ("by agent", "runs", "a run"),
        Breakdown::Tool => ("by tool asked for", "calls", "a call"),
        Breakdown::Step => ("by step", "calls", "a call"),
        Breakdown::Day => ("by day", "runs", "a run"),
    };
    // Without heads only what speaks for itself.
    let headed = |columns: u16| if heads.is_some() { columns } else { 0 };
    let all = [
        Column::new(by, widths.name.min(if breakdown == Breakdown::Step { STEP_LEAST } else { NAME_LEAST }), widths.name),
        Column::new(counts, headed(widths.count), headed(widths.count)).figures().leaving(4),
        Column::new("no price", headed(widths.unpriced), headed(widths.unpriced)).figures().leaving(3),
        Column::new("tokens", headed(widths.tokens), headed(widths.tokens)).figures().leaving(5),
        Column::new("cost", widths.cost, widths.cost).figures(),
        Column::new(per, headed(widths.each), headed(widths.each)).figures().leaving(6),
        Column::new("share", 5, 5).figures().leaving(1),
        Column::new("", 5, BAR_MOST).leaving(2),
        Column::new("over time", headed(12), headed(BAR_MOST)).leaving(7),
    ];
    let columns = Columns::lay(&all, area.width);
    if let Some(heads) = heads {
        columns.heads(heads, buffer, view);
    }
    let glyphs = &view.shared.glyphs;
    for (y, (selected, share)) in (area.y..area.bottom()).zip(rows) {
        let row = Rect { y, height: 1, ..area };
        let unknown = unknown(share);
        let (part, full) = if unknown {
            (String::new(), String::new())
        } else {
            (percent(share.share), bar::full(share.share, usize::from(columns.width(7)), glyphs).0)
        };
        let unpriced = if share.unpriced > 0 { number(share.unpriced) } else { String::new() };
        let cells = [
            (clean_line(name(&share.name)), Role::Text),
            (Cow::Owned(number(share.count)), Role::Dim),
            (Cow::Owned(unpriced), Role::Warn),
            (Cow::Owned(format!("{}{}", if share.estimated { "~" } else { "" }, compact(share.tokens))), Role::Dim),
            (Cow::Owned(cost(share)), if unknown { Role::Unknown } else { Role::Strong }),
            (Cow::Owned(each(share, amount)), if unknown { Role::Unknown } else { Role::Dim }),
            (Cow::Owned(part), Role::Dim),
            (Cow::Owned(full), Role::Bar),
            (Cow::Owned(chart::money(&share.series, usize::from(columns.width(8)), glyphs).blocks), Role::Bar),
        ];
        columns.cells(row, cells, buffer, view);
        if selected {
            select(row, buffer, view);
        }
    }
}
