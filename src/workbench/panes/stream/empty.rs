//! What the stream says while it has no row to show: how a first trace comes, why the last request was refused, how to widen a filter.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    text::human,
    workbench::{draw::lesson, message::ListenerState, need::RowPage, pane::View},
};

use super::{guide::Guide, title::Progress};

/// Draws what the list would say if it could.
pub(super) fn draw(page: &RowPage, progress: &Progress, guide: &Guide, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let lines = match view.shared.filter_shown() {
        Some(filter) if progress.stopped => stopped(&filter, progress),
        Some(filter) if !progress.answered || !progress.done => searching(&filter, progress),
        Some(filter) => no_match(&filter, page),
        None if view.shared.beat.traces > 0 && !progress.answered => vec!["Reading ...".to_owned()],
        None => first_steps(guide, area.width, view),
    };
    lesson::draw(&lines, area, buffer, view);
}

/// The search has found nothing so far.
fn searching(filter: &str, progress: &Progress) -> Vec<String> {
    if progress.searched == 0 {
        return vec!["Searching ...".to_owned()];
    }
    let (searched, stored) = (human::count(progress.searched), human::count(progress.stored));
    vec![
        format!("Searching ...   {} %, {searched} of {stored} traces", progress.percent()),
        String::new(),
        format!("Nothing matches so far   {filter}"),
        String::new(),
        "Esc stops the search, / changes the filter.".to_owned(),
    ]
}

/// The search was ended early and had found nothing.
fn stopped(filter: &str, progress: &Progress) -> Vec<String> {
    let (searched, stored) = (human::count(progress.searched), human::count(progress.stored));
    vec![
        format!("Nothing found before the search was stopped   {filter}"),
        String::new(),
        format!("{searched} of {stored} traces were searched, the newest first."),
        String::new(),
        "Space searches again, / changes the filter, Esc clears it.".to_owned(),
    ]
}

/// The filter lets nothing through.
fn no_match(filter: &str, page: &RowPage) -> Vec<String> {
    let mut lines = vec![format!("No trace matches   {filter}"), String::new()];
    match &page.relaxation {
        Some((without, count)) => lines.push(format!("Without  {without}  there would be {}.", human::count(*count))),
        None => lines.push(format!("{} traces are stored.", human::count(page.stored))),
    }
    lines.extend([String::new(), "/ changes the filter, Esc clears it.".to_owned()]);
    lines
}

/// No trace was ever stored.
fn first_steps(guide: &Guide, width: u16, view: &View<'_>) -> Vec<String> {
    let shared = view.shared;
    let mut lines = Vec::new();
    match &shared.listener {
        ListenerState::Down(why) => lines.extend(["No traces yet, and nothing listens for them.".to_owned(), String::new(), why.clone()]),
        ListenerState::Starting => lines.push("No traces yet. The listener is starting ...".to_owned()),
        ListenerState::Up(_) => {
            let url = shared.url().unwrap_or_default();
            lines.push(format!("No traces yet. The listener is up at {url}"));
            lines.push(shared.beat.last_refusal.as_ref().map_or_else(String::new, |refusal| format!("Last refused: {refusal}")));
            lines.extend(guide.lines(&url, shared, usize::from(width.saturating_sub(4))));
        }
    }
    lines.push(if shared.demo {
        "The demo's first traces arrive in a moment. d goes back to your own store.".to_owned()
    } else {
        "d    the demo, on a throwaway store; d again comes back".to_owned()
    });
    lines.extend([String::new(), format!("Waiting ...   0 stored   {} refused", human::count(shared.beat.refused))]);
    lines
}
