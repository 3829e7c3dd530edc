//! Runs as rows of a table that spreadsheets read: RFC 4180, with a header.

use crate::model::{progress::RunState, summary::Summary, time::Elapsed};

/// A column: its name, and what it says of a run.
type Column = (&'static str, fn(&Summary, RunState) -> Cell);

/// What stands in a cell.
enum Cell {
    /// Nothing is known.
    Unknown,
    /// A number or a word of ours, written as it is.
    Plain(String),
    /// A sender's text.
    Text(String),
}

/// The columns, in order. Names stay; new ones go to the end.
const COLUMNS: &[Column] = &[
    ("trace_id", |row, _| Cell::Text(row.trace_id.to_string())),
    ("agent_id", |row, _| Cell::Text(row.agent.clone())),
    ("timestamp", |row, _| Cell::Plain(row.time.to_string())),
    ("arrived", |row, _| Cell::Plain(row.arrived.to_string())),
    ("state", |_, state| word(&state)),
    ("outcome", |row, _| word(&row.outcome.state)),
    ("grade", |row, _| plain(row.letter())),
    ("success_probability", |row, _| plain(row.probability.map(|probability| probability.get()))),
    ("cost_usd", |row, _| plain(row.cost.map(|cost| cost.usd()))),
    ("took_ms", |row, _| plain(row.took.map(Elapsed::millis))),
    ("model_ms", |row, _| plain(row.model_time.map(Elapsed::millis))),
    ("tool_ms", |row, _| plain(row.tool_time.map(Elapsed::millis))),
    ("steps", |row, _| plain(Some(row.steps))),
    ("input_tokens", |row, _| plain(row.usage.map(|usage| usage.input_tokens))),
    ("output_tokens", |row, _| plain(row.usage.map(|usage| usage.output_tokens))),
    ("tool_calls", |row, _| plain(Some(row.tool_calls))),
    ("wrong_tool_calls", |row, _| plain(Some(row.wrong_tool_calls))),
    ("tools", |row, _| Cell::Text(row.tools.join(" "))),
    ("models", |row, _| Cell::Text(row.models.iter().map(|model| model.model.as_str()).collect::<Vec<_>>().join(" "))),
    ("failures", |row, _| Cell::Plain(row.failures.iter().map(|mark| mark.code.code()).collect::<Vec<_>>().join(" "))),
    ("error", |row, _| text(row.error.as_ref())),
    ("leaks", |row, _| plain(Some(row.leaks))),
    ("session_id", |row, _| text(row.session.as_ref())),
    ("project", |row, _| text(row.project.as_ref())),
    ("domain", |row, _| text(row.domain.as_ref())),
    ("framework", |row, _| text(row.framework.as_ref())),
    ("rules", |row, _| Cell::Plain(row.rules.clone())),
];

fn plain<T: ToString>(value: Option<T>) -> Cell {
    value.map_or(Cell::Unknown, |value| Cell::Plain(value.to_string()))
}

fn text(value: Option<&String>) -> Cell {
    value.map_or(Cell::Unknown, |value| Cell::Text(value.clone()))
}

/// A word as JSON writes it.
fn word(value: &impl serde::Serialize) -> Cell {
    let written = serde_json::to_value(value).ok();
    plain(written.as_ref().and_then(serde_json::Value::as_str))
}

/// The line that names the columns.
#[must_use]
pub fn header() -> String {
    line(COLUMNS.iter().map(|(name, _)| Cell::Plain((*name).to_owned())))
}

/// The line of a run that is in this state at the moment.
#[must_use]
pub fn row(summary: &Summary, state: RunState) -> String {
    line(COLUMNS.iter().map(|(_, cell)| cell(summary, state)))
}

fn line(cells: impl Iterator<Item = Cell>) -> String {
    let mut line = String::new();
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            line.push(',');
        }
        match cell {
            Cell::Unknown => {}
            Cell::Plain(text) => quoted(&text, &mut line),
            Cell::Text(text) if is_formula(&text) => quoted(&format!("'{text}"), &mut line),
            Cell::Text(text) => quoted(&text, &mut line),
        }
    }
    line.push_str("\r\n");
    line
}

/// Whether a spreadsheet would compute a text instead of showing it: senders write what they like, and a cell of theirs must not call
/// another program. Such a text gets a quote before it, which spreadsheets show as text.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn quoted(text: &str, line: &mut String) {
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(cells: Vec<Cell>) -> String {
        line(cells.into_iter())
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(cells(vec![text("a"), Cell::Unknown, Cell::Plain("-1.5".into())]), "a,,-1.5\r\n");
        assert_eq!(cells(vec![text("a,b"), text("say \"no\""), text("two\nlines")]), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
    }

    #[test]
    fn no_text_of_a_sender_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\",\"y\")"] {
            let line = cells(vec![Cell::Text(text.to_owned())]);
            assert!(line.trim_start_matches('"').starts_with('\''), "{line}");
        }
        assert_eq!(cells(vec![Cell::Text("a=1".to_owned())]), "a=1\r\n");
    }

    #[test]
    fn a_row_has_a_cell_for_each_name() {
        assert_eq!(header().matches(',').count() + 1, COLUMNS.len());
        assert!(header().starts_with("trace_id,agent_id,timestamp,"));
    }
}
