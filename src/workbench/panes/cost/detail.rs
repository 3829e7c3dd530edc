//! What is known of the cost beside its list: totals, the selected line, classes of token, its course, and what has no price.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::{
        cost_report::{Breakdown, CostReport, CostShare, UnpricedModel},
        money::Money,
    },
    text::{
        clean::clean_line,
        human::{compact, count, money, percent},
        width::{fit, width},
    },
    workbench::{
        draw::{
            card,
            chart::{self, Chart},
            facts::Facts,
            heading,
        },
        glyphs::Glyphs,
        need::Window,
        pane::View,
        theme::Role,
        words::{counted, name},
    },
};

use super::{advice, list};

/// Columns for labels.
const LABEL: usize = 14;
/// From this width on words are written out.
const FULL: u16 = 70;
/// Blocks of a chart at most.
const CHART_MOST: usize = 72;
/// Models without a price that are named in the pane; the reader has all.
const UNPRICED_NAMED: usize = 4;
/// Where a price can be set.
const PRICES: &str = "set prices in prices.toml in the program's folder, ~/.arc-eval";

/// The known sum: `$18.40`; `$18.40+` where a part is not known, `unknown` where none is.
fn total(report: &CostReport) -> String {
    match report.unpriced_runs {
        0 => money(report.total.pico()),
        _ if report.total == Money::ZERO && report.unpriced_runs >= report.runs => "unknown".to_owned(),
        _ => format!("{}+", money(report.total.pico())),
    }
}

/// What is known of today. Whether runs of unknown cost are of today is not said, so none is only none where all are known.
fn today(report: &CostReport) -> String {
    let none_known = report.today == Money::ZERO && report.unpriced_runs > 0;
    if none_known { "none known".to_owned() } else { money(report.today.pico()) }
}

/// The line of totals; parts leave from the right when columns are short.
pub(super) fn draw_totals(report: &CostReport, window: Window, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let full = area.width >= FULL;
    let runs = (String::new(), format!("in {}", counted(report.runs, "run")), Role::Dim);
    let unknown =
        (String::new(), format!("{} {}", count(report.unpriced_runs), if full { "of unknown cost" } else { "unknown" }), Role::Warn);
    let mut parts =
        vec![("today ".to_owned(), today(report), Role::Strong), (format!("{} ", window.label()), total(report), Role::Strong), runs];
    if report.unpriced_runs > 0 {
        // In few columns what is not known is worth more than the count of runs.
        parts.insert(if full { 3 } else { 2 }, unknown);
    }
    let gap = if full { 3 } else { 2 };
    let mut spans = Vec::new();
    let mut taken = 0;
    for (label, text, role) in parts {
        let before = if spans.is_empty() { 2 } else { gap };
        taken += before + width(&label) + width(&text);
        if taken > usize::from(area.width) {
            break;
        }
        spans.push(Span::raw(" ".repeat(before)));
        spans.push(Span::styled(label, view.style(Role::Dim)));
        spans.push(Span::styled(text, view.style(role)));
    }
    card::line(area, 0, &Line::from(spans), buffer);
}

/// One line where there is room for no more: what has no price.
pub(super) fn draw_line(report: &CostReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    if report.unpriced.is_empty() {
        return;
    }
    let names: Vec<_> = report.unpriced.iter().take(UNPRICED_NAMED).map(|model| name(&model.model)).collect();
    let words = format!("! {} without a price: {}", count(models(report)), names.join(", "));
    let line = Line::styled(format!("  {}", fit(&words, usize::from(area.width).saturating_sub(3))), view.style(Role::Warn));
    card::line(area, 0, &line, buffer);
}

fn models(report: &CostReport) -> u64 {
    report.unpriced.len() as u64
}

/// Draws the selected line, then what is known of all.
pub(super) fn draw(
    report: &CostReport,
    breakdown: Breakdown,
    selected: Option<&CostShare>,
    area: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    let mut all = Facts::new(area.width, LABEL);
    rests_on(report, &mut all);
    advice::write(report, selected.filter(|_| breakdown == Breakdown::Agent), usize::from(area.width).saturating_sub(LABEL + 2), &mut all);
    write(report, UNPRICED_NAMED, &mut all);
    let series: Vec<Money> = report.series.iter().map(|point| point.cost).collect();
    over_time(report, &series, area.width, &view.shared.glyphs, &mut all);
    let mut y = 0;
    if let Some(share) = selected {
        let mut facts = Facts::new(area.width, LABEL);
        facts.fact("Cost", &list::money_of(share, breakdown), Role::Text);
        over_time(report, &share.series, area.width, &view.shared.glyphs, &mut facts);
        // The part about the selected line stands where all of it fits and the part about all still says something.
        let rows = u16::try_from(facts.len()).unwrap_or(u16::MAX).saturating_add(1);
        if rows.saturating_add(3) <= area.height {
            heading::draw(&clean_line(name(&share.name)), area, buffer, view);
            facts.draw(Rect { y: area.y + 1, height: rows - 1, ..area }, "", buffer, view);
            let left = usize::from(area.height - rows);
            y = rows + u16::from(left > all.len() + 1);
        }
    }
    let area = Rect { y: area.y + y, height: area.height - y, ..area };
    heading::draw("all of it", area, buffer, view);
    let area = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    all.draw(area, ", i shows all", buffer, view);
}

/// All of it with what the figures mean, for a reader in front of a pane of this width.
pub(super) fn explained(report: &CostReport, window: Window, pane: u16) -> Vec<String> {
    let mut facts = Facts::for_reader(pane, LABEL);
    facts.fact("Total", &format!("{} in {}, {}", total(report), counted(report.runs, "run"), window.label()), Role::Strong);
    if report.unpriced_runs > 0 {
        facts.fact("Unknown", &format!("the cost of {}", counted(report.unpriced_runs, "run")), Role::Warn);
    }
    facts.fact("Today", &today(report), Role::Text);
    rests_on(report, &mut facts);
    super::budgets::explain(report, &mut facts);
    write(report, usize::MAX, &mut facts);
    advice::explain(report, &mut facts);
    facts.gap();
    for text in [
        "A call costs its tokens times the dated price of its model, class by class: input, cached input, cache writes, output, reasoning. \
         A trace shows the working of its own cost.",
        "What has no price or no token count is not counted as zero: it is counted beside the money, and a + after an amount says that \
         it is the known part of more.",
        "Where the calls of a run cannot be priced but its sender logged a cost, the logged cost counts.",
        "A share is a part of all known money in this time.",
    ] {
        facts.text(text, Role::Text);
    }
    facts.into_strings()
}

/// Where only the runs themselves tell, how many were opened.
fn rests_on(report: &CostReport, facts: &mut Facts) {
    if let Some(sample) = report.sample {
        let runs = counted(u64::from(sample.runs), "run");
        facts.fact(
            "Rests on",
            &format!("the newest {runs} that called a model, opened one by one; shares are parts of what these cost"),
            Role::Dim,
        );
    }
}

/// What is the same in the pane and in the reader.
fn write(report: &CostReport, named: usize, facts: &mut Facts) {
    let sum: Money = report.by_class.iter().map(|(_, money)| *money).sum();
    let classes: Vec<String> = report
        .by_class
        .iter()
        .filter(|(_, money)| *money > Money::ZERO)
        .map(|(class, cost)| format!("{} {} ({})", class.label(), money(cost.pico()), percent(cost.usd() / sum.usd())))
        .collect();
    match classes.is_empty() {
        true => facts.fact("By class", "unknown: no call has a price and a token count", Role::Unknown),
        false => facts.fact("By class", &classes.join(", "), Role::Text),
    }
    for (at, model) in report.unpriced.iter().take(named).enumerate() {
        facts.fact(if at == 0 { "No price" } else { "" }, &unpriced(model), Role::Warn);
    }
    match report.unpriced.len().saturating_sub(named) {
        0 => {}
        more => facts.fact("", &format!("and {} more", count(more as u64)), Role::Warn),
    }
    if !report.unpriced.is_empty() {
        facts.fact("", PRICES, Role::Dim);
    }
}

/// `foo-7b: 301 calls, 600 k tokens, not counted`.
fn unpriced(model: &UnpricedModel) -> String {
    let tokens = if model.tokens == 0 { "tokens unknown".to_owned() } else { format!("{} tokens", compact(model.tokens)) };
    format!("{}: {}, {tokens}, not counted", name(&model.model), counted(model.calls, "call"))
}

/// The chart of some money, how long a block of it is and what the highest stands for.
fn over_time(report: &CostReport, series: &[Money], columns: u16, glyphs: &Glyphs, facts: &mut Facts) {
    if series.len() < 2 {
        return;
    }
    let full = columns >= FULL;
    let legend = if full { 42 } else { 24 };
    let room = usize::from(columns).saturating_sub(LABEL + legend).min(CHART_MOST);
    let Chart { blocks, buckets, highest } = chart::money(series, room, glyphs);
    let (Some(highest), false) = (highest.and_then(Money::from_usd), blocks.is_empty()) else { return };
    let length =
        chart::block_length(&report.series, buckets).filter(|_| full).map(|length| format!("a block is {length}, ")).unwrap_or_default();
    facts.fact("Over time", &format!("{blocks}  {length}highest {}", money(highest.pico())), Role::Bar);
}
