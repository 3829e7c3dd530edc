//! An agent's grade over time: each stretch with its interval, marks where something happened, and the marks in words.

use jiff::tz::TimeZone;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    analysis::trend::Tally,
    model::{
        agent::{AgentReport, HistoryKind, HistoryMark, TrendPoint},
        time::Timestamp,
    },
    text::{
        human::{clock, count, day},
        width::{fit, width},
    },
    workbench::{
        draw::{
            band::{self, SCALE, Stretch},
            card, chart, heading,
        },
        pane::View,
        theme::Role,
        words::{counted, name},
    },
};

use super::{detail::moved, list::grade};

/// The signs of marks, in order of time.
const SIGNS: &str = "123456789abcdefghijklmnopqrstuvwxyz";
/// Rows of the chart: fewer tell nothing, more make no finer picture.
const ROWS: (u16, u16) = (4, 12);
/// Stretches of a history at most: wider ones have more runs, and intervals that say something.
const STRETCHES: usize = 28;
/// Rows of words under the chart that are kept free at least, where something happened.
const WORDS: u16 = 3;

/// Something that happened: when, what, and how it is coloured.
type Event = (Timestamp, String, Role);

/// What happened, oldest first: changes of the success, and what may explain them.
pub(super) fn events(report: &AgentReport, zone: &TimeZone) -> Vec<Event> {
    let mut events: Vec<Event> =
        report.marks.iter().map(|mark| (mark.at, format!("{} {}", at(mark.at, zone), told(mark)), Role::Text)).collect();
    events.extend(report.changes.iter().map(|point| {
        let role = if point.change.difference < 0.0 { Role::Bad } else { Role::Good };
        (
            point.at,
            format!("{} success changed: {:.0} to {:.0}, {}", at(point.at, zone), point.before, point.after, moved(&point.change)),
            role,
        )
    }));
    events.sort_by_key(|(at, _, _)| *at);
    events
}

fn told(mark: &HistoryMark) -> String {
    match mark.kind {
        HistoryKind::Baseline if mark.name.is_empty() => "baseline set".to_owned(),
        HistoryKind::Baseline => format!("baseline set: {}", mark.name),
        HistoryKind::Fix => format!("fix accepted for {}", mark.name),
        HistoryKind::Rules => format!("judged by rules {} from here on", mark.name),
    }
}

/// `11-22 14:05`.
fn at(moment: Timestamp, zone: &TimeZone) -> String {
    let (day, clock) = (day(moment.micros(), zone), clock(moment.micros(), zone));
    let day = day.split_once('-').map_or(day.as_str(), |(_, rest)| rest);
    let clock = clock.rsplit_once(':').map_or(clock.as_str(), |(rest, _)| rest);
    format!("{day} {clock}")
}

/// Stretches of so many buckets each, full ones at the newest end.
fn stretches(series: &[TrendPoint], each: usize) -> Vec<Option<Stretch>> {
    let whole = series.rchunks(each.max(1)).map(|points| {
        let tally = Tally {
            known: points.iter().map(|point| u64::from(point.known)).sum(),
            successes: points.iter().map(|point| point.successes).sum(),
        };
        (tally.known > 0).then(|| {
            let estimate = tally.posterior().estimate();
            let mut interval = estimate.interval;
            (interval.low, interval.high) = (interval.low * 100.0, interval.high * 100.0);
            Stretch { mean: estimate.value * 100.0, interval }
        })
    });
    let mut stretches: Vec<_> = whole.collect();
    stretches.reverse();
    stretches
}

/// Draws the history of an agent.
pub(super) fn draw(report: &AgentReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let runs = report.grade.map_or(0, |grade| u64::from(grade.runs));
    let figures = format!("{} from {}, over time", grade(report), counted(runs, "run"));
    let room = usize::from(area.width).saturating_sub(width(&figures) + 8);
    heading::draw(&format!("{}: {figures}", fit(name(&report.agent), room)), area, buffer, view);
    let rest = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    if report.series.len() < 2 || report.series.iter().all(|point| point.known == 0) {
        let line = Line::styled("  Nothing tells yet how it went over time.", view.style(Role::Unknown));
        return card::line(rest, 0, &line, buffer);
    }
    let events = events(report, &view.shared.zone);
    // One row for the signs, one for what a column is.
    let words = u16::try_from(events.len()).unwrap_or(u16::MAX).min(WORDS.max(rest.height / 3));
    let height = rest.height.saturating_sub(2 + words).clamp(ROWS.0.min(rest.height), ROWS.1);
    let columns = usize::from(rest.width.saturating_sub(SCALE + 2)).max(1);
    let each = report.series.len().div_ceil(columns.min(STRETCHES));
    let shown = stretches(&report.series, each);
    let step = (columns / shown.len().max(1)).clamp(1, 4);
    let chart = Rect { height, ..rest };
    let across = u16::try_from(step).unwrap_or(1);
    band::draw(&shown, across, chart, buffer, view);
    signs(
        report,
        &events,
        (each, step, shown.len()),
        Rect { y: chart.bottom().min(rest.bottom()), height: u16::from(height < rest.height), ..rest },
        buffer,
        view,
    );
    let mut y = height.saturating_add(1);
    let length = chart::block_length(&report.series, each).map_or_else(String::new, |length| format!("a column is {length}, "));
    let legend = format!("      {length}the line through a point is its 90 % interval");
    card::line(rest, y, &Line::styled(fit(&legend, usize::from(rest.width)).into_owned(), view.style(Role::Dim)), buffer);
    y = y.saturating_add(1);
    let fits = usize::from(rest.height.saturating_sub(y));
    let left_out = events.len().saturating_sub(fits.max(1));
    // The newest are worth most; where not all fit, one row says how many came before.
    let from = if left_out > 0 { (left_out + 1).min(events.len()) } else { 0 };
    for (place, (_, text, role)) in events.iter().enumerate().skip(from) {
        let line = Line::from(vec![
            Span::styled(format!("  {}  ", sign(place)), view.style(Role::Accent)),
            Span::styled(fit(text, usize::from(rest.width).saturating_sub(6)).into_owned(), view.style(*role)),
        ]);
        card::line(rest, y, &line, buffer);
        y = y.saturating_add(1);
    }
    if from > 0 {
        card::line(rest, y, &Line::styled(format!("     {} earlier; i shows all", count(from as u64)), view.style(Role::Dim)), buffer);
    }
    if events.is_empty() {
        card::line(
            rest,
            y,
            &Line::styled("      No baseline, accepted fix, change of rules or of success in this time.", view.style(Role::Dim)),
            buffer,
        );
    }
}

fn sign(place: usize) -> char {
    SIGNS.chars().nth(place).unwrap_or('*')
}

/// The signs of what happened under their columns; of two in one column the newer shows.
fn signs(
    report: &AgentReport,
    events: &[Event],
    (each, step, shown): (usize, usize, usize),
    row: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    for (place, (at, _, role)) in events.iter().enumerate() {
        let Some(bucket) = report.series.iter().rposition(|point| point.start <= *at) else { continue };
        let back = (report.series.len() - 1 - bucket) / each.max(1);
        let Some(column) = shown.checked_sub(1 + back).map(|column| column * step) else { continue };
        let Some(x) =
            u16::try_from(column).ok().map(|column| row.x.saturating_add(SCALE).saturating_add(column)).filter(|x| *x < row.right())
        else {
            continue;
        };
        if row.height > 0 {
            buffer.set_stringn(x, row.y, sign(place).to_string(), 1, view.style(*role));
        }
    }
}
