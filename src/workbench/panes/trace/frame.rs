//! Where the parts of the trace pane stand, and drawing them.
//!
//! ```text
//!  refund-bot  crewai  F 31   1.1 s  $0.0040   x bad tool arguments at step 5 of 6     head
//!  suspected: step 3 ...                                                               cause, if any
//!  #  step        0       .25      .5       .75    1.1 s                               axis     \ of the views
//!  waterfall or tree rows                                                              list     / that list steps
//!  ── step 5  issue_refund ───────────────                                             rule
//!  in   { ... }                                                                        detail, or the view
//!  Pattern, fix, feedback                                                              foot
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    text::{
        human,
        width::{fit, width},
    },
    workbench::{
        draw::{
            card,
            rich::{self, Rich},
        },
        need::TraceView,
        outline::Item,
        pane::View,
        theme::Role,
        words::counted,
    },
};

use super::{TracePane, bars::Bars, facts, look::Look, nest::Nest};

/// Rows of each part, from the height there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Whether there is a line for the suspected cause.
    pub(super) cause: bool,
    /// Where the rows of the list begin.
    pub(super) list_at: u16,
    /// Rows of the list.
    pub(super) list: u16,
    /// Rows below the rule: of the detail, or of a view that lists no steps.
    pub(super) detail: u16,
    /// Rows of pattern, fix and feedback.
    pub(super) foot: u16,
}

impl Parts {
    /// The list gets what it needs up to half; the detail the rest; the foot goes first where there is little room.
    pub(super) fn listing(height: u16, rows: usize, foot: u16, cause: bool) -> Self {
        let cause = cause && height >= 10;
        let list_at = 2 + u16::from(cause);
        let foot = if height >= 14 { foot } else { 0 };
        let room = height.saturating_sub(list_at + foot);
        let most = if room >= 8 { room / 2 } else { room };
        let list = u16::try_from(rows).unwrap_or(u16::MAX).min(most);
        let detail = room.saturating_sub(list + 1);
        Self { cause, list_at, list, detail, foot }
    }

    /// All below the rule is one view.
    pub(super) fn whole(height: u16, cause: bool) -> Self {
        let cause = cause && height >= 10;
        let list_at = 1 + u16::from(cause);
        Self { cause, list_at, list: 0, detail: height.saturating_sub(list_at + 1), foot: 0 }
    }

    /// The first row below the rule.
    pub(super) const fn detail_at(&self) -> u16 {
        self.list_at + self.list + 1
    }
}

/// Draws the pane.
pub(super) fn draw(pane: &TracePane, trace: &TraceView, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let (parts, columns) = (pane.parts(), usize::from(area.width));
    card::line(area, 0, &facts::head(trace, columns, view), buffer);
    if let Some(cause) = facts::cause(trace).filter(|_| parts.cause) {
        let words = fit(&cause, columns.saturating_sub(2)).into_owned();
        card::line(area, 1, &Line::styled(format!(" {words}"), view.style(Role::Warn)), buffer);
    }
    if pane.look.lists() {
        draw_list(pane, trace, parts, area, buffer, view);
    }
    card::line(area, parts.list_at + parts.list, &rule(pane, trace, parts, area.width, view), buffer);
    let inside = Rect {
        y: area.y.saturating_add(parts.detail_at()),
        height: parts.detail.min(area.height.saturating_sub(parts.detail_at())),
        ..area
    };
    match pane.look {
        Look::Waterfall | Look::Tree => {
            for (row, text) in (0..inside.height).zip(pane.detail.rows()) {
                card::line(inside, row, &pane.finder.marked(rich::line(text, view), view), buffer);
            }
        }
        Look::Conversation => lines(pane, &pane.dialogue.rows(trace), true, inside, buffer, view),
        Look::Json | Look::Attributes if pane.sheet.is_empty() => {
            let words = match pane.look {
                Look::Attributes => " Nothing was told beside what the other views show.",
                _ => " Nothing was sent of what went in and what came out.",
            };
            card::line(inside, 1, &Line::styled(words, view.style(Role::Dim)), buffer);
        }
        Look::Json | Look::Attributes => {
            let roots = pane.roots(trace);
            let size = (columns.saturating_sub(3), usize::from(inside.height));
            lines(pane, &pane.sheet.rows(&roots, size, view.shared.glyphs.folds), false, inside, buffer, view);
        }
        Look::Raw => match pane.raw.of(trace.summary.sequence) {
            Some(_) => {
                for (row, text) in (0..inside.height).zip(pane.raw.rows()) {
                    card::line(inside, row, &pane.finder.marked(rich::line(&text, view), view), buffer);
                }
            }
            None => card::line(inside, 1, &Line::styled(" The body is being read.", view.style(Role::Dim)), buffer),
        },
    }
    for (row, line) in (0..parts.foot).zip(facts::footer(trace, columns, view)) {
        card::line(area, area.height.saturating_sub(parts.foot) + row, &line, buffer);
    }
}

fn draw_list(pane: &TracePane, trace: &TraceView, parts: Parts, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let columns = usize::from(area.width);
    let (bars, nest) = (Bars::new(trace, columns), Nest::new(trace, &pane.list, columns));
    let waterfall = pane.look == Look::Waterfall;
    let head = if waterfall { bars.axis(trace, view) } else { nest.heads(view) };
    card::line(area, parts.list_at - 1, &head, buffer);
    let folding = pane.list.folding();
    for (row, shown) in (0..parts.list).zip(pane.list.top()..folding.rows()) {
        let Some(item) = folding.item(shown) else { continue };
        let line = if waterfall { bars.row(trace, &pane.list, item, view) } else { nest.row(trace, &pane.list, item, view) };
        card::line(area, parts.list_at + row, &pane.finder.marked(line, view), buffer);
        if item == pane.list.selected() {
            select(area, parts.list_at + row, buffer, view);
        }
    }
}

fn select(area: Rect, row: u16, buffer: &mut Buffer, view: &View<'_>) {
    if row < area.height {
        let role = if view.focused { Role::Selection } else { Role::SelectionUnfocused };
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, view.style(role));
    }
}

/// Rows of a view of which one line is selected, or the first of several that belong together.
fn lines(pane: &TracePane, rows: &[(bool, Rich)], heads_only: bool, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let mut before = false;
    for (row, (selected, text)) in (0..area.height).zip(rows) {
        let chosen = *selected && !(before && heads_only);
        before = *selected;
        let mark = if chosen { view.shared.glyphs.cursor } else { " " };
        let mut line = rich::line(text, view);
        if heads_only {
            if chosen {
                buffer.set_stringn(area.x, area.y + row, mark, 1, view.style(Role::Accent));
            }
        } else {
            line.spans.insert(0, Span::styled(format!("{mark} "), view.style(Role::Accent)));
        }
        card::line(area, row, &pane.finder.marked(line, view), buffer);
        if chosen {
            buffer.set_stringn(area.x, area.y + row, mark, 1, view.style(Role::Accent));
            select(area, row, buffer, view);
        }
    }
}

/// The line above detail or view: what is open, and what is searched or out of sight.
fn rule(pane: &TracePane, trace: &TraceView, parts: Parts, columns: u16, view: &View<'_>) -> Line<'static> {
    let dash = view.shared.glyphs.rule;
    let room = usize::from(columns);
    let more = match pane.finder.says(pane.here(trace)) {
        Some(words) => format!(" {} ", fit(&words, room / 3)),
        None => hidden(pane, trace, parts),
    };
    let title = fit(&title(pane, trace), room.saturating_sub(width(&more) + 7)).into_owned();
    let rest = room.saturating_sub(width(&title) + width(&more) + 6);
    let border = view.style(Role::Border);
    Line::from(vec![
        Span::styled(format!(" {}", dash.repeat(2)), border),
        Span::styled(format!(" {title} "), view.style(Role::Heading)),
        Span::styled(dash.repeat(rest), border),
        Span::styled(more, view.style(Role::Dim)),
        Span::styled(dash.to_owned(), Style::new().patch(border)),
    ])
}

/// What is out of sight.
fn hidden(pane: &TracePane, trace: &TraceView, parts: Parts) -> String {
    match pane.look {
        Look::Waterfall | Look::Tree => match pane.detail.hidden(usize::from(parts.detail)) {
            0 => String::new(),
            hidden => format!(" {hidden} more lines, ] shows them "),
        },
        Look::Conversation => {
            let (all, here) = (trace.talk.turns().len(), pane.dialogue.selected());
            if all == 0 { String::new() } else { format!(" {} of {} ", human::count(here as u64 + 1), human::count(all as u64)) }
        }
        Look::Json | Look::Attributes => match pane.sheet.size() {
            (0 | 1, true) => String::new(),
            (lines, true) => format!(" {} ", counted(lines as u64, "value")),
            (lines, false) => format!(" the first {} values ", human::count(lines as u64)),
        },
        Look::Raw => {
            let cut = pane.raw.of(trace.summary.sequence).and_then(|body| body.cut());
            let percent = pane.raw.percent().map(|percent| format!(" {percent} % "));
            cut.map(|cut| format!(" {cut}{}", percent.as_deref().unwrap_or(" "))).or(percent).unwrap_or_default()
        }
    }
}

fn title(pane: &TracePane, trace: &TraceView) -> String {
    let selected = match pane.list.item(trace) {
        Item::Run => "the whole run".to_owned(),
        Item::Agent(group) if pane.look.lists() => format!("agent {}", group.name),
        Item::Agent(_) | Item::Step(_) => match pane.list.step(trace).and_then(|place| trace.waterfall.steps.get(place)) {
            Some(step) => format!("step {}  {}", step.number, fit(&step.name, 40)),
            None => String::new(),
        },
    };
    match pane.look {
        Look::Waterfall | Look::Tree => selected,
        Look::Conversation => "conversation".to_owned(),
        Look::Json | Look::Attributes => {
            let path = pane.sheet.path(&pane.roots(trace));
            if path.is_empty() { selected } else { format!("{selected}  {path}") }
        }
        Look::Raw => match pane.raw.of(trace.summary.sequence) {
            Some(body) => format!("as sent: {}, {}", body.form.word(), human::bytes(body.total)),
            None => "as sent".to_owned(),
        },
    }
}
