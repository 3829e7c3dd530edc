//! What one turn of the dialogue says, in rows: words as words, values as JSON, short unless it is opened.

use serde_json::Value;

use crate::{
    model::step::Step,
    text::{
        clean::{clean_block, clean_line},
        human,
        width::wrap,
    },
    workbench::{
        conversation::{Part, Piece, Pieces, Role as Speaker, Turn, message_at, of_answer, of_message, role_of},
        draw::{
            json,
            rich::{Rich, wrapped},
        },
        json_tree::{Data, short},
        need::TraceView,
        theme::Role,
    },
};

/// Rows of a text that is not opened.
const ROWS_SHORT: usize = 6;
/// Rows of instructions, and of a value, that are not opened.
const ROWS_SHORTER: usize = 3;
/// Rows of an opened turn.
const ROWS_MOST: usize = 4_000;
/// Bytes of an opened text.
const BYTES_MOST: usize = 256 * 1024;

/// Who speaks in a turn: a word, its colour, and more about them.
pub(super) fn who(trace: &TraceView, turn: &Turn) -> (String, Role, String) {
    let step = turn.step.and_then(|place| trace.trace.steps.get(place));
    let agent = step.and_then(|step| step.agent.as_deref()).map(|agent| clean_line(agent).into_owned()).unwrap_or_default();
    let model = step.and_then(|step| step.model.as_ref());
    let named =
        model.and_then(|model| model.model.as_deref()).or(step.map(|step| step.name.as_str())).map(|name| clean_line(name).into_owned());
    match turn.part {
        Part::Given => ("given to the run".to_owned(), Role::Accent, String::new()),
        Part::Answered => ("answer of the run".to_owned(), Role::Strong, String::new()),
        Part::Ended => ("the run ended with an error".to_owned(), Role::Bad, String::new()),
        Part::Sent(number) => {
            let pieces = sent(step, number);
            let name = model
                .and_then(|model| message_at(model.messages.as_ref()?, number)?.get("name")?.as_str())
                .map(|name| clean_line(name).into_owned());
            let (who, role) = speaker(pieces.role.unwrap_or(Speaker::User), None);
            (who, role, [name, named.map(|name| format!("to {name}"))].into_iter().flatten().collect::<Vec<_>>().join("  "))
        }
        Part::Reply => (named.unwrap_or_else(|| "model".to_owned()), Role::Strong, agent),
        Part::Call => (format!("tool {}", named.unwrap_or_default()), Role::CodeName, agent),
        Part::Content => {
            let Some(step) = step else { return (String::new(), Role::Dim, agent) };
            let (who, role) = match (step.role.as_deref(), role_of(step)) {
                (None, _) if step.kind != crate::model::step::StepKind::Message => (clean_line(&step.name).into_owned(), Role::Dim),
                (sent, role) => speaker(role, sent),
            };
            (who, role, agent)
        }
    }
}

fn speaker(role: Speaker, sent: Option<&str>) -> (String, Role) {
    match role {
        Speaker::System => ("system".to_owned(), Role::Dim),
        Speaker::User => ("user".to_owned(), Role::Accent),
        Speaker::Model => ("assistant".to_owned(), Role::Strong),
        Speaker::Tool => ("result of a tool".to_owned(), Role::CodeName),
        Speaker::Other => (sent.map_or_else(|| "other".to_owned(), |role| clean_line(role).into_owned()), Role::Text),
    }
}

fn sent(step: Option<&Step>, number: usize) -> Pieces<'_> {
    let messages = step.and_then(|step| step.model.as_ref()?.messages.as_ref());
    messages.and_then(|messages| message_at(messages, number)).map(of_message).unwrap_or_default()
}

/// Texts of a turn as they were sent, for a search.
pub(super) fn searched(trace: &TraceView, turn: &Turn, wanted: &dyn Fn(&str) -> bool) -> bool {
    let step = turn.step.and_then(|place| trace.trace.steps.get(place));
    let of_pieces = |pieces: &Pieces<'_>| {
        pieces.list.iter().any(|piece| match piece {
            Piece::Text(text) | Piece::Thought(text) => wanted(text),
            Piece::Asked { name, arguments, .. } => wanted(name) || arguments.is_some_and(|value| in_value(value, wanted)),
            Piece::Gave { result, .. } => in_value(result, wanted),
            Piece::Other(value) => in_value(value, wanted),
        })
    };
    let said = |value: Option<&Value>| value.is_some_and(|value| in_value(value, wanted));
    match (turn.part, step) {
        (Part::Given, _) => said(trace.trace.input.as_ref()),
        (Part::Answered, _) => said(trace.trace.output.as_ref()),
        (Part::Ended, _) => {
            trace.trace.error.iter().flat_map(|error| [&error.kind, &error.message, &error.traceback]).flatten().any(|text| wanted(text))
        }
        (Part::Sent(number), step) => of_pieces(&sent(step, number)),
        (_, Some(step)) => wanted(&step.name) || step_says(step, wanted),
        (_, None) => false,
    }
}

/// Whether a step says a text: what it was given and gave, its words and its error; what a model was sent again is left out.
pub(super) fn step_says(step: &Step, wanted: &dyn Fn(&str) -> bool) -> bool {
    let said = |value: Option<&Value>| value.is_some_and(|value| in_value(value, wanted));
    step.model.as_ref().is_some_and(|model| said(model.output.as_ref()))
        || step.tool.as_ref().is_some_and(|tool| said(tool.input.as_ref()) || said(tool.output.as_ref()))
        || [&step.content, &step.error, &step.agent].into_iter().flatten().any(|text| wanted(text))
}

/// The text of a turn as it goes to the clipboard.
pub(super) fn copied(trace: &TraceView, turn: &Turn) -> String {
    let step = turn.step.and_then(|place| trace.trace.steps.get(place));
    let value = |value: Option<&Value>| value.map(|value| Data::Value(value).copied());
    let of_pieces = |pieces: &Pieces<'_>| {
        let piece = |piece: &Piece<'_>| match *piece {
            Piece::Text(text) | Piece::Thought(text) => text.to_owned(),
            Piece::Asked { name, arguments, .. } => format!("{name} {}", value(arguments).unwrap_or_default()),
            Piece::Gave { result: held, .. } | Piece::Other(held) => Data::Value(held).copied(),
        };
        pieces.list.iter().map(piece).collect::<Vec<_>>().join("\n")
    };
    let texts: Vec<Option<String>> = match (turn.part, step) {
        (Part::Given, _) => vec![value(trace.trace.input.as_ref())],
        (Part::Answered, _) => vec![value(trace.trace.output.as_ref())],
        (Part::Ended, _) => {
            trace.trace.error.iter().flat_map(|error| [error.kind.clone(), error.message.clone(), error.traceback.clone()]).collect()
        }
        (Part::Sent(number), step) => vec![Some(of_pieces(&sent(step, number)))],
        (_, Some(step)) => {
            let reply = step.model.as_ref().and_then(|model| model.output.as_ref()).map(of_answer);
            let tool = step.tool.as_ref();
            let said = reply.map(|pieces| of_pieces(&pieces)).filter(|text| !text.is_empty()).or_else(|| step.content.clone());
            vec![
                said,
                tool.and_then(|tool| value(tool.input.as_ref())),
                tool.and_then(|tool| value(tool.output.as_ref())),
                step.error.clone(),
            ]
        }
        (_, None) => Vec::new(),
    };
    texts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Whether a text within a value, or a name in it, is wanted.
pub(super) fn in_value(value: &Value, wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => wanted(text),
        Value::Array(items) => items.iter().any(|item| in_value(item, wanted)),
        Value::Object(fields) => fields.iter().any(|(name, item)| wanted(name) || in_value(item, wanted)),
        Value::Null => wanted("null"),
        Value::Bool(yes) => wanted(if *yes { "true" } else { "false" }),
        Value::Number(number) => wanted(&number.to_string()),
    }
}

/// What a turn says.
pub(super) fn body(trace: &TraceView, turn: &Turn, columns: usize, open: bool) -> Vec<Rich> {
    let mut page = Page { columns: columns.max(8), open, rows: Vec::new() };
    let step = turn.step.and_then(|place| trace.trace.steps.get(place));
    match (turn.part, step) {
        (Part::Given, _) => page.value("", trace.trace.input.as_ref()),
        (Part::Answered, _) => page.value("", trace.trace.output.as_ref()),
        (Part::Ended, _) => {
            if let Some(error) = &trace.trace.error {
                let head: Vec<&str> = [error.kind.as_deref(), error.message.as_deref()].into_iter().flatten().collect();
                page.text(&head.join(": "), Role::Bad, ROWS_SHORT);
                page.text(error.traceback.as_deref().unwrap_or_default(), Role::Dim, ROWS_SHORTER);
            }
        }
        (Part::Sent(number), step) => page.pieces(&sent(step, number)),
        (Part::Reply, Some(step)) => {
            let pieces = step.model.as_ref().and_then(|model| model.output.as_ref()).map(of_answer).unwrap_or_default();
            if pieces.list.is_empty() {
                page.text(step.content.as_deref().unwrap_or_default(), Role::Text, ROWS_SHORT);
            }
            page.pieces(&pieces);
            if let Some(reason) = step.model.as_ref().and_then(|model| model.finish_reason.as_deref()).filter(|reason| is_news(reason)) {
                page.text(&format!("stopped: {reason}"), Role::Warn, 1);
            }
            page.text(step.error.as_deref().unwrap_or_default(), Role::Bad, ROWS_SHORT);
        }
        (Part::Call, Some(step)) => {
            if let Some(tool) = &step.tool {
                page.value("in   ", tool.input.as_ref());
                if tool.output.is_some() || step.error.is_none() {
                    page.value("out  ", tool.output.as_ref());
                }
            }
            page.labelled("err  ", step.error.as_deref().unwrap_or_default(), Role::Bad);
        }
        (Part::Content, Some(step)) => {
            page.text(step.content.as_deref().unwrap_or_default(), Role::Text, ROWS_SHORT);
            page.text(step.error.as_deref().unwrap_or_default(), Role::Bad, ROWS_SHORT);
        }
        (_, None) => {}
    }
    if page.rows.is_empty() {
        page.rows.push(vec![(Role::Dim, "(nothing)".to_owned())]);
    }
    page.rows
}

/// Whether the reason a model stopped for is worth a word.
fn is_news(reason: &str) -> bool {
    let reason = reason.rsplit('.').next().unwrap_or(reason);
    !["stop", "tool_calls", "tool_use", "tool_call", "end_turn", "completed", "function_call"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(reason))
}

struct Page {
    columns: usize,
    open: bool,
    rows: Vec<Rich>,
}

impl Page {
    fn pieces(&mut self, pieces: &Pieces<'_>) {
        let (short, role) = if pieces.role == Some(Speaker::System) { (ROWS_SHORTER, Role::Dim) } else { (ROWS_SHORT, Role::Text) };
        for piece in &pieces.list {
            match *piece {
                Piece::Text(text) => self.text(text, role, short),
                Piece::Thought(text) => self.labelled("thinks  ", text, Role::Dim),
                Piece::Asked { name, arguments, .. } => {
                    let name = clean_line(name).into_owned();
                    let room = self.columns.saturating_sub(name.len() + 12);
                    let given = arguments.map(|value| format!("  {}", short_of(value, room))).unwrap_or_default();
                    self.rows.push(vec![
                        (Role::Dim, "asks for ".to_owned()),
                        (Role::CodeName, crate::text::width::fit(&name, self.columns.saturating_sub(9)).into_owned()),
                        (Role::Dim, given),
                    ]);
                }
                Piece::Gave { result, .. } => self.value("out  ", Some(result)),
                Piece::Other(value) => self.value("", Some(value)),
            }
        }
    }

    fn text(&mut self, text: &str, role: Role, short: usize) {
        self.written("", text, role, short);
    }

    fn labelled(&mut self, label: &str, text: &str, role: Role) {
        self.written(label, text, role, ROWS_SHORT);
    }

    /// A text in rows; of one that is not opened the first few.
    fn written(&mut self, label: &str, text: &str, role: Role, short: usize) {
        let text = text.trim_end();
        if text.trim_start().is_empty() {
            return;
        }
        let columns = self.columns.saturating_sub(label.len()).max(4);
        let most = if self.open { BYTES_MOST } else { (short + 1) * columns * 4 };
        let end = text.floor_char_boundary(text.len().min(most));
        let mut rows = wrap(&clean_block(text.get(..end).unwrap_or("")), columns);
        let limit = if self.open { ROWS_MOST } else { short };
        let cut = rows.len() > limit || end < text.len();
        rows.truncate(limit);
        while cut && rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        for (place, row) in rows.into_iter().enumerate() {
            let lead = if place == 0 { label.to_owned() } else { " ".repeat(label.len()) };
            self.rows.push(vec![(Role::Dim, lead), (role, row)]);
        }
        if cut {
            self.more(text.len());
        }
    }

    /// A value: text as text, anything else as JSON.
    fn value(&mut self, label: &str, value: Option<&Value>) {
        let columns = self.columns.saturating_sub(label.len()).max(4);
        match value {
            None | Some(Value::Null) => self.rows.push(vec![(Role::Dim, format!("{label}(none)"))]),
            Some(Value::String(text)) => self.written(label, text, Role::Text, ROWS_SHORT),
            Some(value) if self.open => {
                for (place, line) in
                    json::lines(value, columns).iter().flat_map(|line| wrapped(line, columns, 2)).take(ROWS_MOST).enumerate()
                {
                    let mut row = vec![(Role::Dim, if place == 0 { label.to_owned() } else { " ".repeat(label.len()) })];
                    row.extend(line);
                    self.rows.push(row);
                }
            }
            Some(value) => {
                let text = short(Data::Value(value), columns * ROWS_SHORTER);
                for (place, line) in wrap(&text, columns).into_iter().take(ROWS_SHORTER).enumerate() {
                    let lead = if place == 0 { label.to_owned() } else { " ".repeat(label.len()) };
                    self.rows.push(vec![(Role::Dim, lead), (Role::CodeString, line)]);
                }
            }
        }
    }

    fn more(&mut self, bytes: usize) {
        let words = if self.open { "the rest is in the view as sent" } else { "Enter shows all" };
        self.rows.push(vec![(Role::Dim, format!("… {} in all, {words}", human::bytes(bytes as u64)))]);
    }
}

/// Arguments in short: text that holds JSON as it is.
fn short_of(value: &Value, columns: usize) -> String {
    match value {
        Value::String(text) => short(Data::Text(text), columns),
        value => short(Data::Value(value), columns),
    }
}
