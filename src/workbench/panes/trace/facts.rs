//! What is said of the run and of each of its steps, in words and fields. Texts of the trace are cleaned here, step by step.

use ratatui::text::{Line, Span};
use serde_json::Value;

use crate::{
    model::step::Step,
    text::{
        clean::{clean_block, clean_line},
        human,
        width::{fit, width},
    },
    workbench::{
        draw::json,
        judge,
        need::TraceView,
        outline::{Group, Item},
        pane::View,
        theme::Role,
        words,
    },
};

use super::{
    detail::{Field, room},
    marks, why,
};

/// Most troubles told of an agent.
const TROUBLES_MOST: usize = 50;

/// Most bytes of one text that are shown.
const BYTES_MOST: usize = 64 * 1024;

/// Most attributes of one step that are shown.
const ATTRIBUTES_MOST: usize = 200;

/// The first line: who, how good, how long, how dear, how it ended. Where there is little room framework, cost and time leave, in this
/// order.
pub(super) fn head(trace: &TraceView, columns: usize, view: &View<'_>) -> Line<'static> {
    let row = &trace.summary;
    let (result, result_role) = match words::result(row, view) {
        (_, role) if row.is_doubtful() => (format!("reported ok, {}", words::looks_failed(row)), role),
        result => result,
    };
    let at = row.worst_failure().and_then(|mark| mark.step);
    let place = at.map_or_else(String::new, |step| format!(" at step {step} of {}", human::count(u64::from(row.steps))));
    let (grade, grade_role) = words::run_grade(row).unwrap_or_else(|| ("no grade".to_owned(), Role::Unknown));
    let mut parts = vec![
        (fit(&row.agent, 32).into_owned(), Role::Strong, 0),
        (row.framework.as_deref().map_or_else(|| "framework unknown".to_owned(), |name| fit(name, 20).into_owned()), Role::Dim, 3),
        (grade, grade_role, 0),
        (row.took.map_or_else(|| "time unknown".to_owned(), |took| human::duration(took.micros())), Role::Text, 1),
        (
            match words::cost(row) {
                Some(cost) => cost,
                None if row.calls_models() => "cost unknown".to_owned(),
                None => "no model call".to_owned(),
            },
            Role::Text,
            2,
        ),
        (format!("{result}{place}"), result_role, 0),
    ];
    let needs = |parts: &[(String, Role, u8)]| parts.iter().map(|(text, _, _)| width(text) + 2).sum::<usize>();
    for leaves in [3, 2, 1] {
        if needs(&parts) > columns {
            parts.retain(|(_, _, rank)| *rank != leaves);
        }
    }
    let gap = |place: usize| if place == 0 { " " } else { "  " };
    parts.into_iter().enumerate().map(|(place, (text, role, _))| Span::styled(format!("{}{text}", gap(place)), view.style(role))).collect()
}

/// The suspected cause, in a sentence that says how sure it is.
pub(super) fn cause(trace: &TraceView) -> Option<String> {
    let cause = trace.verdict.root_cause.as_ref()?;
    let step = cause.step.map_or_else(String::new, |step| format!(" step {step}:"));
    let others: Vec<String> = cause
        .suspects
        .iter()
        .filter(|suspect| Some(suspect.step) != cause.step)
        .take(2)
        .map(|suspect| format!("step {} {:.0} %", suspect.step, suspect.probability.percent()))
        .collect();
    let others = if others.is_empty() { String::new() } else { format!("; else {}", others.join(", ")) };
    let sure = cause.confidence.map_or_else(String::new, |sure| format!(" (confidence {:.0} %{others})", sure.percent()));
    Some(format!("suspected:{step} {}{sure}", cause.says))
}

/// Rows that [`footer`] needs.
pub(super) fn footer_rows(trace: &TraceView) -> u16 {
    u16::from(trace.pattern.is_some()) + u16::from(trace.fix.is_some()) + 1
}

/// Pattern, fix and feedback.
pub(super) fn footer(trace: &TraceView, columns: usize, view: &View<'_>) -> Vec<Line<'static>> {
    let separator = view.shared.glyphs.separator;
    let line = |name: &str, text: String, key: &str| {
        let text = format!(" {name:<9} {}", fit(&text, columns.saturating_sub(14)));
        Line::from(vec![Span::raw(text), Span::raw("  "), Span::styled(key.to_owned(), view.style(Role::Key))])
    };
    let mut lines = Vec::new();
    if let Some(report) = &trace.pattern {
        let age = human::age(view.now.micros().saturating_sub(report.pattern.first_seen.micros()));
        let text = format!("{}{separator}{} traces{separator}first seen {age}", report.title, human::count(report.pattern.runs));
        lines.push(line("Pattern", text, "p"));
    }
    if let Some(title) = &trace.fix {
        lines.push(line("Fix", title.clone(), "f"));
    }
    let said = judge::said(&trace.summary);
    lines.push(line("Feedback", said.unwrap_or_else(|| "none yet: + right, - wrong, c comment".to_owned()), ""));
    lines
}

/// The fields of a row.
pub(super) fn fields(trace: &TraceView, item: &Item, columns: usize) -> Vec<Field> {
    match item {
        Item::Run => of_run(trace, room(columns)),
        Item::Agent(group) => of_agent(trace, group),
        Item::Step(place) => trace.trace.steps.get(*place).map(|step| of_step(trace, step, room(columns))).unwrap_or_default(),
    }
}

/// What steps of one agent come to.
fn of_agent(view: &TraceView, group: &Group) -> Vec<Field> {
    let held = view.waterfall.steps.get(group.steps.clone()).unwrap_or_default();
    let mut facts = vec![words::counted(held.len() as u64, "step")];
    facts.extend(group.took.map(|took| format!("{} of work", human::duration(took.micros()))));
    facts.extend(group.tokens.map(|(input, output)| format!("{} tokens in, {} out", human::count(input), human::count(output))));
    facts.extend(group.cost.map(|cost| human::money(cost.pico())));
    let mut fields = vec![Field::text("agent", Role::Text, &format!("{}: {}", group.name, facts.join(", ")))];
    for step in held.iter().filter(|step| step.trouble.is_some()).take(TROUBLES_MOST) {
        if let Some((words, role)) = marks::words(step) {
            fields.push(Field::text("found", role, &format!("step {}  {}: {words}", step.number, step.name)));
        }
    }
    fields
}

fn of_step(view: &TraceView, step: &Step, columns: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    let at_step = |found: Option<crate::model::ids::StepNumber>| found == Some(step.number);
    for failure in view.verdict.failures.iter().filter(|failure| at_step(failure.step)) {
        let mark = if failure.recovered { "! recovered: " } else { "x " };
        let role = if failure.recovered { Role::Warn } else { Role::Bad };
        fields.push(Field::text("found", role, &format!("{mark}{}: {}", failure.code.title(), failure.says)));
    }
    fields.extend(why::of_step(view, step));
    if let Some(tool) = &step.tool {
        fields.push(value("in", tool.input.as_ref(), columns));
        if let Some(error) = &tool.input_error {
            fields.push(Field::text("", Role::Bad, &shown(error)));
        }
        fields.push(value("out", tool.output.as_ref(), columns));
    }
    if let Some(content) = &step.content {
        fields.push(Field::text("says", Role::Text, &shown(content)));
    }
    if let Some(error) = &step.error {
        fields.push(Field::text("err", Role::Bad, &shown(error)));
    }
    // Calls that were made together share a step's number; they are judged in the same order.
    let call = view.trace.steps_at(step.number).filter(|other| other.tool.is_some()).position(|other| std::ptr::eq(other, step));
    let judged = call.and_then(|call| view.verdict.tools.items.iter().filter(|item| item.step == step.number).nth(call));
    if let Some(why) = judged.and_then(|item| item.why.as_ref()) {
        fields.push(Field::text("call", Role::Warn, why));
    }
    if let Some(judged) = judged.filter(|judged| !judged.ungrounded.is_empty()) {
        fields.push(Field::text("", Role::Warn, &format!("nothing in the run gave {}", judged.ungrounded.join(", "))));
    }
    if let Some(model) = &step.model {
        if model.output.is_some() {
            fields.push(value("out", model.output.as_ref(), columns));
        }
        let named = [model.provider.as_deref(), model.model.as_deref()].into_iter().flatten().map(clean_line).collect::<Vec<_>>().join(" ");
        let usage = model.usage.map(|usage| {
            format!(
                "{} in ({} cached), {} out ({} reasoning)",
                human::count(usage.input_tokens),
                human::count(usage.cached_input_tokens),
                human::count(usage.output_tokens),
                human::count(usage.reasoning_tokens)
            )
        });
        let stopped = model.finish_reason.as_ref().map(|reason| format!("stopped: {}", clean_line(reason)));
        let facts: Vec<String> = [Some(named), usage, stopped].into_iter().flatten().filter(|text| !text.is_empty()).collect();
        fields.push(Field::text("model", Role::Text, &facts.join("   ")));
        if model.messages.is_some() {
            fields.push(value("sent", model.messages.as_ref(), columns));
        }
    }
    let who = [step.role.as_deref(), step.agent.as_deref()].into_iter().flatten().map(clean_line).collect::<Vec<_>>().join(", ");
    if !who.is_empty() {
        fields.push(Field::text("by", Role::Dim, &who));
    }
    if let Some(code) = step.tool.as_ref().and_then(|tool| tool.code.as_ref()) {
        let line = code.line.map_or_else(String::new, |line| format!(":{line}"));
        fields.push(Field::text("code", Role::Dim, &format!("{}{line}", clean_line(&code.file))));
    }
    fields.extend(told(&step.attributes));
    fields.retain(|field| !field.lines.is_empty());
    if fields.is_empty() {
        fields.push(Field::text("", Role::Dim, "Nothing more was sent about this step."));
    }
    fields
}

fn of_run(view: &TraceView, columns: usize) -> Vec<Field> {
    let (trace, verdict) = (&view.trace, &view.verdict);
    let mut fields = why::of_run(view);
    fields.push(value("in", trace.input.as_ref(), columns));
    fields.push(value("out", trace.output.as_ref(), columns));
    if let Some(error) = &trace.error {
        let head = [error.kind.as_deref(), error.message.as_deref()].into_iter().flatten().map(shown).collect::<Vec<_>>().join(": ");
        fields.push(Field::text("err", Role::Bad, &head));
        fields.extend(error.traceback.as_ref().map(|traceback| Field::text("", Role::Dim, &shown(traceback))));
    }
    for failure in verdict.failures.iter().filter(|failure| failure.step.is_none()) {
        fields.push(Field::text(
            "found",
            if failure.recovered { Role::Warn } else { Role::Bad },
            &format!("{}: {}", failure.code.title(), failure.says),
        ));
    }
    fields.extend(cost(view));
    fields.extend(verdict.leaks.iter().map(|leak| {
        let step = leak.step.map_or_else(String::new, |step| format!(" of step {step}"));
        Field::text("leak", Role::Bad, &format!("{} in {}{step}: {} ({:.2})", leak.kind, leak.r#where, leak.masked, leak.probability.get()))
    }));
    if !verdict.redacted.is_empty() {
        let counts: Vec<_> = verdict.redacted.iter().map(|(kind, count)| format!("{count} {}", kind.replace('_', " "))).collect();
        fields.push(Field::text("taken", Role::Text, &format!("out before it was stored: {}", counts.join(", "))));
    }
    if !verdict.incomplete.is_empty() {
        fields.push(Field::text("lacks", Role::Warn, &verdict.incomplete.join(", ")));
    }
    fields.extend(told(&trace.attributes));
    fields.push(Field::text("rules", Role::Dim, &verdict.rules));
    fields.retain(|field| !field.lines.is_empty());
    fields
}

/// The working of the cost, and what is missing from it.
fn cost(view: &TraceView) -> Vec<Field> {
    let cost = &view.verdict.cost;
    let mut fields: Vec<Field> = Vec::new();
    let lines: Vec<_> = cost
        .lines
        .iter()
        .take(50)
        .map(|line| {
            let about = if line.estimated { "~" } else { "" };
            let (rate, unit) =
                if line.class.is_fee() { (line.per_million.pico() / 1_000, "a thousand") } else { (line.per_million.pico(), "a million") };
            let text = format!(
                "step {}  {}  {about}{} {} x {} {unit} = {about}{}",
                line.step,
                line.model,
                human::count(line.tokens),
                line.class.label(),
                human::money(rate),
                human::money(line.usd.pico())
            );
            vec![(Role::Text, text)]
        })
        .collect();
    if !lines.is_empty() {
        fields.push(Field::rich("cost", lines));
    }
    if !cost.unknown.is_empty() {
        fields.push(Field::text("cost", Role::Warn, &format!("not known for: {}", cost.unknown.join(", "))));
    }
    if let Some(estimate) = cost.estimated_usd {
        let text = format!("~{} with tokens estimated from the text where none were counted", human::money(estimate.pico()));
        fields.push(Field::text("cost", Role::Text, &text));
    }
    if let Some(difference) = &cost.difference {
        fields.push(Field::text("cost", Role::Warn, &difference.says));
    }
    fields
}

/// What the sender told beside what is understood, by its own names.
fn told(attributes: &[(String, Value)]) -> Option<Field> {
    let line = |(name, value): &(String, Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        vec![(Role::Column, format!("{} ", clean_line(name))), (Role::Dim, clean_line(&shown(&text)).into_owned())]
    };
    let mut lines: Vec<_> = attributes.iter().take(ATTRIBUTES_MOST).map(line).collect();
    if let Some(more) = attributes.len().checked_sub(ATTRIBUTES_MOST).filter(|more| *more > 0) {
        lines.push(vec![(Role::Dim, format!("… {} more", human::count(more as u64)))]);
    }
    (!lines.is_empty()).then(|| Field::rich("told", lines))
}

/// A value: text as text, the rest as JSON; `(none)` where nothing was sent.
fn value(label: &'static str, value: Option<&Value>, columns: usize) -> Field {
    match value {
        None | Some(Value::Null) => Field::text(label, Role::Dim, "(none)"),
        Some(Value::String(text)) => Field::text(label, Role::Text, &shown(text)),
        Some(value) => Field::rich(label, json::lines(value, columns)),
    }
}

/// A text of the trace, cut where it is endless, cleaned.
fn shown(text: &str) -> String {
    let end = text.floor_char_boundary(text.len().min(BYTES_MOST));
    let cut = if end < text.len() { format!("\n… {} more", human::bytes((text.len() - end) as u64)) } else { String::new() };
    format!("{}{cut}", clean_block(text.get(..end).unwrap_or("")))
}
