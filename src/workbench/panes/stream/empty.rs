//! What the stream teaches while it has no row to show: how to send a trace, why the last request was refused, how to widen a filter.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    text::human,
    workbench::{draw::lesson, message::ListenerState, need::RowPage, pane::View},
};

/// The least that makes a trace.
pub(super) const SHORT: &str = r#"{"agent_id":"me","output":"hi","execution_time":1}"#;

/// A trace with a model call and a failing tool call.
pub(super) const LONG: &str = r#"{"agent_id":"me","input":"refund A-1182","output":"sorry","success":false,"execution_time":1.2,"llm_calls":[{"step":1,"model":"gpt-4o","input_tokens":640,"output_tokens":120,"duration_ms":700}],"tool_calls":[{"step":2,"name":"issue_refund","input":{"order":"A-1182","amount":"12,50"},"error":"amount must be a number","duration_ms":120}]}"#;

/// Draws what the list would say if it could.
pub(super) fn draw(page: &RowPage, answered: bool, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let lines = match view.shared.filter_shown() {
        Some(_) if !answered => vec!["Searching ...".to_owned()],
        Some(filter) => no_match(&filter, page),
        None if view.shared.beat.traces > 0 && !answered => vec!["Reading ...".to_owned()],
        None => first_steps(area.width, view),
    };
    lesson::draw(&lines, area, buffer, view);
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
fn first_steps(width: u16, view: &View<'_>) -> Vec<String> {
    let shared = view.shared;
    let mut lines = Vec::new();
    match &shared.listener {
        ListenerState::Down(why) => lines.extend(["No traces yet, and nothing listens for them.".to_owned(), String::new(), why.clone()]),
        ListenerState::Starting => lines.push("No traces yet. The listener is starting ...".to_owned()),
        ListenerState::Up(_) => {
            let url = shared.url().unwrap_or_default();
            lines.extend([format!("No traces yet. The listener is up at {url}"), String::new()]);
            lines.extend(["1  From any language, post one JSON object per run        (y copies)".to_owned(), String::new()]);
            lines.extend(command(&shared.curl(SHORT).unwrap_or_default(), usize::from(width.saturating_sub(10))));
            lines.extend([String::new(), "   More fields show more: steps, model and tool calls     (Y copies)".to_owned()]);
        }
    }
    let number = if shared.url().is_some() { 2 } else { 1 };
    lines.extend([String::new()]);
    if shared.demo {
        lines.push(format!("{number}  The demo's first traces arrive in a moment. d goes back to your own store."));
    } else {
        lines.push(format!(
            "{number}  No agent at hand? Press d for the demo (a throwaway store, your own data untouched; d again comes back)."
        ));
    }
    lines.extend([String::new(), format!("Waiting ...   0 stored   {} refused", human::count(shared.beat.refused))]);
    lines.push(match &shared.beat.last_refusal {
        Some(refusal) => format!("Last refused: {refusal}"),
        None => "A request that is refused shows up here with the reason.".to_owned(),
    });
    lines
}

/// A command line broken before what it sends where it is too wide, as a shell reads it.
fn command(line: &str, width: usize) -> Vec<String> {
    match line.split_once(" -d ") {
        Some((head, body)) if line.chars().count() > width => vec![format!("  {head} \\"), format!("  -d {body}")],
        _ => vec![format!("     {line}")],
    }
}
