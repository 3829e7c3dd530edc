//! The status line: how the program stands. On narrow screens parts leave from the middle outwards; listener, problems and whether
//! the stream is held never leave.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::budget::BudgetLevel,
    text::{human, width::fit},
    workbench::{alarms, message::ListenerState, pane::View, root::Workbench, theme::Role, words},
};

use super::card;

/// One part of the line.
struct Part {
    text: String,
    role: Role,
    /// When it leaves: 0 never, else the higher the sooner.
    leaves: u8,
}

impl Part {
    fn new(leaves: u8, role: Role, text: impl Into<String>) -> Self {
        Self { text: text.into(), role, leaves }
    }
}

/// Draws the status line.
pub fn draw(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    buffer.set_style(area, view.style(Role::Status));
    let room = usize::from(area.width).saturating_sub(2);
    if let Some(failing) = &view.shared.beat.failing {
        let words = format!("the store cannot write: {failing}; senders are told to try again, nothing acknowledged is harmed");
        buffer.set_style(area, view.style(Role::StatusProblem));
        let line = Line::styled(format!(" {}", fit(&words, room)), view.style(Role::StatusProblem));
        return card::line(area, 0, &line, buffer);
    }
    let (mut left, mut right) = (left(workbench, view, area.width >= 120), right(workbench, view));
    while width(&left) + width(&right) > room {
        let Some(soonest) = left.iter().chain(&right).map(|part| part.leaves).max().filter(|leaves| *leaves > 0) else { break };
        left.retain(|part| part.leaves != soonest);
        right.retain(|part| part.leaves != soonest);
    }
    let spans = |parts: &[Part]| -> Vec<Span<'static>> {
        let mut spans = vec![Span::raw(" ")];
        for part in parts {
            spans.push(Span::styled(part.text.clone(), view.style(part.role)));
            spans.push(Span::raw("  "));
        }
        spans.pop();
        spans
    };
    card::line(area, 0, &Line::from(spans(&left)), buffer);
    let line = Line::from(spans(&right));
    let columns = u16::try_from(line.width() + 1).unwrap_or(area.width).min(area.width);
    if !right.is_empty() {
        card::line(Rect { x: area.right() - columns, width: columns, ..area }, 0, &line, buffer);
    }
}

fn width(parts: &[Part]) -> usize {
    parts.iter().map(|part| crate::text::width::width(&part.text) + 2).sum()
}

/// Listener, rate, count, grade, cost, filter.
fn left(workbench: &Workbench, view: &View<'_>, wide: bool) -> Vec<Part> {
    let shared = view.shared;
    let mut parts = Vec::new();
    if shared.demo {
        parts.push(Part::new(0, Role::Warn, "DEMO"));
    }
    parts.push(match &shared.listener {
        ListenerState::Up(address) => {
            let port = address.rsplit_once(':').map_or(address.as_str(), |(_, port)| port);
            let shown = if wide { address.clone() } else { format!(":{port}") };
            Part::new(0, Role::Good, format!("{} {shown}", shared.glyphs.dot))
        }
        ListenerState::Starting => Part::new(0, Role::Dim, "starting"),
        ListenerState::Down(_) => Part::new(0, Role::StatusProblem, "not listening"),
    });
    let traces = shared.beat.traces.max(shared.overview.as_ref().map_or(0, |overview| overview.traces));
    let rate = workbench.rate.per_second(view.now);
    match (rate, traces) {
        (0, 0) => parts.push(Part::new(1, Role::Dim, "waiting")),
        (0, _) => {}
        _ => parts.push(Part::new(1, Role::Status, format!("{}/s", human::count(rate)))),
    }
    parts.push(Part::new(2, Role::Status, format!("{} traces", human::count(traces))));
    if let Some(overview) = &shared.overview {
        if let Some(grade) = &overview.grade {
            let role = if grade.provisional() { Role::Provisional } else { words::score_role(grade.score) };
            parts.push(Part::new(3, role, format!("grade {} (n={})", words::grade(Some(grade)), human::count(u64::from(grade.runs)))));
        }
        if let Some((words, level)) = alarms::worst(&overview.budgets) {
            let role = if level == BudgetLevel::Over { Role::StatusProblem } else { Role::Warn };
            parts.push(Part::new(1, role, words));
        }
        if let Some(cost) = overview.cost_today {
            parts.push(Part::new(4, Role::Status, format!("{} today", human::money(cost.pico()))));
        }
    }
    if let Some(marked) = &shared.marked {
        parts.push(Part::new(6, Role::Accent, format!("marked: {}", fit(&marked.agent, 20))));
    }
    let filter = shared.filter_shown().map_or_else(|| "none".to_owned(), |filter| fit(&filter, 24).into_owned());
    parts.push(Part::new(5, Role::Dim, format!("filter: {filter}")));
    parts
}

/// Problems, then whether the stream is held.
fn right(workbench: &Workbench, view: &View<'_>) -> Vec<Part> {
    let beat = &view.shared.beat;
    let mut parts = Vec::new();
    if beat.refused > 0 {
        parts.push(Part::new(0, Role::Warn, format!("{} refused", human::compact(beat.refused))));
    }
    if beat.queued > 0 {
        parts.push(Part::new(6, Role::Dim, format!("{} queued", human::compact(beat.queued as u64))));
    }
    if workbench.mouse.on {
        parts.push(Part::new(2, Role::Dim, "mouse"));
    }
    if let Some(standing) = workbench.seats.iter().find_map(|seat| seat.pane.standing(view.shared)) {
        parts.push(Part::new(0, Role::Strong, standing));
    }
    parts
}
