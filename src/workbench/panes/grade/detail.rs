//! What is known of one agent, in words: what makes its score, how it moves, what it costs, and what to hold against the figures.

use jiff::tz::TimeZone;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::{
        agent::{AgentReport, ChangePoint, Component, RepeatedTasks, Taught},
        comparison::Change,
        grade::{Grade, RUNS_FOR_A_GRADE},
        probability::{Interval, Probability},
    },
    text::{
        human::{age, clock, count, day, duration, money, percent},
        width::{fit, pad_right, width},
    },
    workbench::{
        draw::{bar, card, chart, facts::Facts, heading},
        explain,
        glyphs::Glyphs,
        need::Window,
        pane::View,
        theme::Role,
        words::{counted, name},
    },
};

use super::list::{grade, more_runs};

/// Columns for labels.
const LABEL: usize = 16;
/// Columns for names of components, at most.
const NAME_MOST: usize = 28;
/// Columns of a component's bar.
const BAR: usize = 10;
/// Columns of an interval: ` (96-100)`, and the gap after it.
const INTERVAL: usize = 12;
/// From this width on components have bar and interval.
const FULL: usize = 66;
/// Changes told at most, the newest first.
const CHANGES_MOST: usize = 3;
/// Blocks of the chart at most.
const CHART_MOST: usize = 72;

/// Draws heading, components and facts.
pub(super) fn draw(report: &AgentReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let runs = report.grade.map_or(0, |grade| u64::from(grade.runs));
    let figures = format!("{} from {}", grade(report), counted(runs, "run"));
    let room = usize::from(area.width).saturating_sub(width(&figures) + 8);
    heading::draw(&format!("{}: {figures}", fit(name(&report.agent), room)), area, buffer, view);
    let mut y = 1;
    let names = report.components.iter().map(|component| width(&component.name) + 2).max().unwrap_or(0).min(NAME_MOST);
    for component in &report.components {
        card::line(area, y, &self::component(component, names, usize::from(area.width), view), buffer);
        y = y.saturating_add(1);
    }
    let mut facts = Facts::new(area.width, LABEL);
    over_time(report, usize::from(area.width).saturating_sub(LABEL), &view.shared.glyphs, &mut facts);
    write(report, &view.shared.zone, &mut facts);
    let ago = age(view.now.micros().saturating_sub(report.last_seen.micros()));
    facts.fact("Runs", &format!("{}; last {ago}", counted_runs(report)), Role::Text);
    let left = area.height.saturating_sub(y);
    // An empty row when all facts have one to spare.
    let air = u16::from(usize::from(left) > facts.len());
    let rest = Rect { y: area.y.saturating_add(y + air), height: left.saturating_sub(air), ..area };
    if rest.height > 0 {
        facts.draw(rest, ", i shows all", buffer, view);
    }
}

/// One line on an agent where there is room for no more: why there is no standing grade, else what drags it most.
pub(super) fn draw_line(report: &AgentReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let columns = usize::from(area.width).saturating_sub(3);
    let (words, role) = match (&report.grade, worst(&report.components)) {
        (_, _) if report.cap.is_some() => (format!("capped: {}", report.cap.as_deref().unwrap_or_default()), Role::Warn),
        (None, _) if report.runs == 0 => ("no run in this time".to_owned(), Role::Unknown),
        (None, _) => (format!("none of {} tells how it ended", counted(u64::from(report.runs), "run")), Role::Unknown),
        (Some(grade), _) if grade.provisional() => (provisional(grade), Role::Provisional),
        (Some(_), Some(component)) => (format!("{} {}, {}", component.name, percent(share(component)), component.says), Role::Dim),
        (Some(_), None) => return,
    };
    let name = fit(name(&report.agent), (columns / 2).max(columns.saturating_sub(width(&words) + 2)));
    let line = Line::from(vec![
        Span::raw("  "),
        Span::styled(format!("{name}: "), view.style(Role::Text)),
        Span::styled(fit(&words, columns.saturating_sub(width(&name) + 1)).into_owned(), view.style(role)),
    ]);
    card::line(area, 0, &line, buffer);
}

/// All of it with what the figures mean, for a reader in front of a pane of this width.
pub(super) fn explained(report: &AgentReport, window: Window, pane: u16, zone: &TimeZone) -> Vec<String> {
    let mut facts = Facts::for_reader(pane, 24);
    let runs = report.grade.map_or(0, |grade| u64::from(grade.runs));
    facts.fact("Grade", &format!("{} from {}, {}", grade(report), counted(runs, "run"), window.label()), Role::Strong);
    for component in &report.components {
        let cases = match component.of {
            0 => String::new(),
            of => format!("{} of {} ({}{}): ", component.good, of, percent(share(component)), interval_words(component)),
        };
        facts.fact(&component.name, &format!("{cases}{}", component.says), Role::Text);
    }
    write(report, zone, &mut facts);
    facts.fact("Runs", &counted_runs(report), Role::Text);
    for (place, (_, event, role)) in super::history::events(report, zone).into_iter().enumerate() {
        facts.fact(if place == 0 { "Happened" } else { "" }, &event, role);
    }
    facts.gap();
    let mut lines = facts.into_strings();
    lines.extend(explain::grade(report, pane));
    let mut facts = Facts::for_reader(pane, 24);
    facts.gap();
    let confirmed = format!("{} when a person said right and {} when wrong", Probability::CONFIRMED.get(), Probability::DENIED.get());
    for text in [
        "The score is the mean of what the runs say about success, times 100, and the interval holds the true share with 90 % probability: \
         a Beta distribution over the runs with a weak prior (Jeffreys: half a run right, half a run wrong).",
        &format!(
            "A run counts by its probability of success: near 1 when it reports success, near 0 when it reports failure, {confirmed}."
        ),
        "A vote decides its run. All votes on an agent together also move its other runs, as one offset in log-odds that is held near zero by a prior \
         worth 20 votes: so the score follows what people say of this agent, and goes back when they take it back. The runs themselves keep the \
         probability of the shared model in every list.",
        "A change is a moment at which one rate no longer explains the runs: the chance that runs of one rate look so is under 5 % for all moments \
         together. pass^k is the chance that k runs of one task all succeed.",
        "A run that tells nothing is not counted; send `success`, or judge it with + and -.",
        &format!(
            "Under {RUNS_FOR_A_GRADE} runs, or where the interval reaches over more than two letters, a grade is provisional and has a ?."
        ),
        "What stands under the grade explains it and does not change it. A change whose interval holds zero could be chance.",
    ] {
        facts.text(text, Role::Text);
    }
    lines.extend(facts.into_strings());
    lines
}

/// One component: name, bar, share, interval, what to read beside it.
fn component(component: &Component, names: usize, columns: usize, view: &View<'_>) -> Line<'static> {
    let full = columns >= FULL;
    let mut spans =
        vec![Span::raw(" "), Span::styled(pad_right(&fit(&component.name, names.saturating_sub(2)), names), view.style(Role::Text))];
    let share = (component.of > 0).then(|| share(component));
    if full {
        spans.extend(bar::spans(share.unwrap_or(0.0), BAR, view));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::styled(format!("{:>5}", share.map(percent).unwrap_or_default()), view.style(Role::Strong)));
    if full {
        spans.push(Span::styled(pad_right(&interval_words(component), INTERVAL), view.style(Role::Dim)));
    } else {
        spans.push(Span::raw("  "));
    }
    let taken: usize = spans.iter().map(|span| width(&span.content)).sum();
    let role = if share.is_some() { Role::Dim } else { Role::Unknown };
    spans.push(Span::styled(fit(&component.says, columns.saturating_sub(taken)).into_owned(), view.style(role)));
    Line::from(spans)
}

/// From 0 to 1; only of a component with cases.
fn share(component: &Component) -> f64 {
    f64::from(component.good) / f64::from(component.of)
}

/// ` (29-41)`, in percent.
fn interval_words(component: &Component) -> String {
    let finite = component.interval.filter(|interval| interval.low.is_finite() && interval.high.is_finite());
    finite.map_or_else(String::new, |Interval { low, high }| format!(" ({:.0}-{:.0})", low * 100.0, high * 100.0))
}

/// The component that is most surely low: the one whose interval ends lowest.
fn worst(components: &[Component]) -> Option<&Component> {
    let end = |component: &&Component| component.interval.map_or(f64::INFINITY, |interval| interval.high);
    components.iter().filter(|component| component.of > 0).min_by(|left, right| end(left).total_cmp(&end(right)))
}

/// The chart, and how long a block of it is.
fn over_time(report: &AgentReport, columns: usize, glyphs: &Glyphs, facts: &mut Facts) {
    if report.series.len() < 2 {
        return;
    }
    let chart =
        chart::success(&report.series, columns.saturating_sub(if report.changes.is_empty() { 22 } else { 36 }).min(CHART_MOST), glyphs);
    if chart.highest.is_some() {
        let blocks = chart::marked(&chart, &report.series, report.changes.iter().map(|change| change.at));
        let mark = if blocks.contains(chart::MARK) { format!(", {} a change", chart::MARK) } else { String::new() };
        let length = chart::block_length(&report.series, chart.buckets).map(|length| format!("  a block is {length}{mark}"));
        facts.fact("Over time", &format!("{blocks}{}", length.unwrap_or_default()), Role::Bar);
    }
}

/// What is the same in the pane and in the reader.
fn write(report: &AgentReport, zone: &TimeZone, facts: &mut Facts) {
    if let Some(cap) = &report.cap {
        facts.fact("Capped", cap, Role::Warn);
    }
    if let Some(grade) = report.grade.as_ref().filter(|grade| grade.provisional()) {
        facts.fact("Provisional", &reason(grade), Role::Provisional);
    }
    for (place, change) in report.changes.iter().rev().take(CHANGES_MOST).enumerate() {
        let role = if change.change.difference < 0.0 { Role::Bad } else { Role::Good };
        facts.fact(if place == 0 { "Changed" } else { "" }, &changed(change, zone), role);
    }
    if let Some(taught) = &report.taught {
        facts.fact("Votes", &taught_words(taught, report.grade.as_ref()), Role::Text);
    }
    if report.reported_ok > 0 && report.doubtful > 0 {
        let words = format!(
            "{} of {} reported ok look failed; is:doubtful lists them",
            count(u64::from(report.doubtful)),
            counted(u64::from(report.reported_ok), "run")
        );
        facts.fact("Silent failures", &words, Role::Warn);
    }
    match &report.since_baseline {
        Some(change) => facts.fact("Since baseline", &change_words(change), Role::Text),
        None => facts.fact("Since baseline", "no baseline with runs after it; B sets one", Role::Unknown),
    }
    task_by_task(report.since_baseline_same_tasks.as_ref(), facts);
    match &report.trend {
        Some(change) => facts.fact("Against before", &change_words(change), Role::Text),
        None => facts.fact("Against before", "unknown: no earlier run tells how it ended", Role::Unknown),
    }
    task_by_task(report.trend_same_tasks.as_ref(), facts);
    if let Some(repeated) = &report.repeated {
        facts.fact("Same task again", &repeated_words(repeated), Role::Text);
    }
    facts.fact("A run", &run_words(report), Role::Text);
    if let Some(newest) = report.newest {
        let newest = count(u64::from(newest));
        facts.fact("Rests on", &format!("all runs; what is opened run by run on the newest {newest}"), Role::Dim);
    }
    if report.rules.len() > 1 {
        facts.fact(
            "Rules",
            &format!("judged by versions {}, newest first; they may judge differently", report.rules.join(", ")),
            Role::Warn,
        );
    }
}

/// The comparison that is stronger where tasks repeat, under the one over all runs.
fn task_by_task(change: Option<&Change>, facts: &mut Facts) {
    if let Some(change) = change {
        facts.fact("", &format!("the same tasks {}", moved(change)), Role::Text);
    }
}

/// `11-22 14:05: 81 to 62, -19 points (-28 to -9), not chance`.
fn changed(point: &ChangePoint, zone: &TimeZone) -> String {
    let micros = point.at.micros();
    let (day, clock) = (day(micros, zone), clock(micros, zone));
    let day = day.split_once('-').map_or(day.as_str(), |(_, rest)| rest);
    let clock = clock.rsplit_once(':').map_or(clock.as_str(), |(rest, _)| rest);
    format!("{day} {clock}: {:.0} to {:.0}, {}", point.before, point.after, moved(&point.change))
}

/// `12 votes: shared model 71, with your votes 64`.
fn taught_words(taught: &Taught, grade: Option<&Grade>) -> String {
    let score =
        |score: Option<f64>| score.filter(|score| score.is_finite()).map_or_else(|| "unknown".to_owned(), |score| format!("{score:.0}"));
    let (before, after) = (score(taught.shared_score), score(grade.map(|grade| grade.score)));
    format!("{}: shared model {before}, with your votes {after}", counted(u64::from(taught.votes), "vote"))
}

/// `pass@1 81% (72-88), pass^2 70% (58-80); 6 tasks, 24 runs`.
fn repeated_words(repeated: &RepeatedTasks) -> String {
    let passes: Vec<String> = repeated
        .passes
        .iter()
        .map(|pass| {
            let name = if pass.k == 1 { "pass@1".to_owned() } else { format!("pass^{}", pass.k) };
            let Interval { low, high } = pass.interval;
            format!("{name} {} ({:.0}-{:.0})", percent(pass.value), low * 100.0, high * 100.0)
        })
        .collect();
    let runs = counted(u64::from(repeated.runs), "run");
    format!("{}; {}, {runs}", passes.join(", "), counted(u64::from(repeated.tasks), "task"))
}

/// Why a grade does not stand yet, after its agent's name: `provisional, 17 more runs for a grade`.
fn provisional(grade: &Grade) -> String {
    format!("provisional, {}", reason(grade))
}

fn reason(grade: &Grade) -> String {
    match grade.missing_runs() {
        0 => "the interval reaches over more than two letters".to_owned(),
        missing => format!("{} for a grade", more_runs(missing)),
    }
}

/// `costs $0.0043, takes 1.1 s (median), 3.2 s (p95)`.
fn run_words(report: &AgentReport) -> String {
    let cost = report.cost_per_run.map_or_else(|| "cost unknown".to_owned(), |cost| format!("{} on average", money(cost.pico())));
    let took = match (report.median_took, report.p95_took) {
        (None, _) => "time unknown".to_owned(),
        (Some(median), None) => format!("median {}", duration(median.micros())),
        (Some(median), Some(p95)) => format!("median {}, 95 % under {}", duration(median.micros()), duration(p95.micros())),
    };
    format!("{cost}, {took}")
}

/// `215, 12 tell nothing; 1,204 ever`.
fn counted_runs(report: &AgentReport) -> String {
    let untold = match report.unknown_runs {
        0 => String::new(),
        1 => ", 1 tells nothing".to_owned(),
        many => format!(", {} tell nothing", count(u64::from(many))),
    };
    format!("{}{untold}; {} ever", count(u64::from(report.runs)), count(report.total_runs))
}

/// `-19 points (-26 to -12), not chance; 203 runs against 198`.
fn change_words(change: &Change) -> String {
    let runs = counted(u64::from(change.current_runs), "run");
    format!("{}; {runs} against {}", moved(change), count(u64::from(change.before_runs)))
}

/// `-19 points (-26 to -12), not chance`.
pub(super) fn moved(change: &Change) -> String {
    let Interval { low, high } = change.interval;
    if !(change.difference.is_finite() && low.is_finite() && high.is_finite()) {
        return "unknown".to_owned();
    }
    // Adding zero turns a rounded "-0" into "+0".
    let points = |value: f64| format!("{:+.0}", value.round() + 0.0);
    let chance = if change.could_be_chance { "could be chance" } else { "not chance" };
    format!("{} points ({} to {}), {chance}", points(change.difference), points(low), points(high))
}
