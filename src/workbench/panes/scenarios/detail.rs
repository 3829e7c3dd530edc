//! One scenario in words: Given, When, Then, the one change, and where it comes from.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::scenario::{Difficulty, Mutation, Scenario},
    text::{clean::clean_line, human::count},
    workbench::{
        brief,
        draw::{facts::Facts, heading},
        failure_words::{choice, choice_role, code, named, severity, severity_role},
        glyphs::Glyphs,
        pane::View,
        theme::Role,
    },
};

use super::list::OPEN;

/// Columns for labels.
const LABEL: usize = 9;
/// Columns a value of the change may take in the pane.
const VALUE: usize = 48;
/// Columns a value or an input may take in the reader.
const WHOLE_VALUE: usize = 4_000;

/// Draws heading and facts.
pub(super) fn draw(scenario: &Scenario, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    heading::draw(named(&scenario.title), area, buffer, view);
    let area = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    let mut facts = Facts::new(area.width, LABEL);
    steps(scenario, &mut facts);
    origin(scenario, VALUE, &view.shared.glyphs, &mut facts);
    facts.draw(area, " under open", buffer, view);
}

/// All of it, for a reader in front of a pane of this width.
pub(super) fn whole(scenario: &Scenario, pane: u16, glyphs: &Glyphs) -> Vec<String> {
    let mut facts = Facts::for_reader(pane, LABEL);
    steps(scenario, &mut facts);
    facts.gap();
    origin(scenario, WHOLE_VALUE, glyphs, &mut facts);
    facts.gap();
    facts.fact("Agent", named(&scenario.agent), Role::Text);
    if let Some(tool) = &scenario.tool {
        facts.fact("Tool", named(tool), Role::Text);
    }
    let input = scenario.input.as_ref().map(|input| brief::json(input, WHOLE_VALUE));
    facts.fact("Input", input.as_deref().unwrap_or("none was sent"), Role::Text);
    facts.into_strings()
}

/// The test as plain lines, to paste.
pub(super) fn given_when_then(scenario: &Scenario) -> String {
    let mut text = format!("Scenario: {}\n", named(&scenario.title));
    for (label, says) in sentences(scenario) {
        text.push_str(&format!("  {label} {says}\n"));
    }
    text
}

/// Given, And, When, Then, And, each with its sentence.
fn sentences(scenario: &Scenario) -> impl Iterator<Item = (&'static str, &str)> {
    let first = |at: usize, label: &'static str| if at == 0 { label } else { "And" };
    let given = scenario.given.iter().enumerate().map(move |(at, says)| (first(at, "Given"), says.as_str()));
    let when = std::iter::once(("When", scenario.when.as_str()));
    let then = scenario.then.iter().enumerate().map(move |(at, then)| (first(at, "Then"), then.says.as_str()));
    let nothing = scenario.then.is_empty().then_some(("Then", "nothing is asked of the run"));
    given.chain(when).chain(then).chain(nothing)
}

fn steps(scenario: &Scenario, facts: &mut Facts) {
    if let Some(edits) = &scenario.edits {
        facts.fact("Edits", edits, if edits.starts_with("not read") { Role::Bad } else { Role::Dim });
    }
    for (label, says) in sentences(scenario) {
        facts.fact(label, says, Role::Strong);
    }
}

fn origin(scenario: &Scenario, value: usize, glyphs: &Glyphs, facts: &mut Facts) {
    facts.fact("Change", &change(&scenario.mutation, value, glyphs), Role::Text);
    let step = scenario.step.map(|step| format!(", step {step}")).unwrap_or_default();
    facts.fact("Made", &format!("from trace {}{step}", clean_line(scenario.trace_id.as_str())), Role::Text);
    let stands = match scenario.stands_for {
        0 => "for no past run that was counted".to_owned(),
        1 => "for 1 past run of its pattern".to_owned(),
        runs => format!("for {} past runs of its pattern", count(runs)),
    };
    facts.fact("Stands", &stands, Role::Text);
    facts.fact("Hard", &difficulty(scenario.difficulty), Role::Text);
    facts.fact("Failure", &format!("{}: {}", scenario.code.title(), code(scenario.code)), Role::Text);
    facts.fact("Severity", severity(scenario.severity), severity_role(scenario.severity));
    facts.fact("State", choice(scenario.decision, OPEN), choice_role(scenario.decision));
}

/// How hard it has been, with what that was counted over.
fn difficulty(difficulty: Option<Difficulty>) -> String {
    difficulty.map_or_else(
        || "not known: no run has met this change yet".to_owned(),
        |Difficulty { failed, of }| {
            let share = crate::text::human::percent(failed as f64 / of.max(1) as f64);
            format!("{share}: {} of {} past runs did not get over it", count(failed), count(of))
        },
    )
}

/// `/amount: "12.50" → "12,50" (comma decimal)`.
fn change(mutation: &Mutation, columns: usize, glyphs: &Glyphs) -> String {
    let kind = clean_line(&mutation.kind).replace('_', " ");
    let value = |value: &Option<serde_json::Value>| value.as_ref().map_or("nothing".to_owned(), |value| brief::json(value, columns));
    match &mutation.field {
        Some(field) => {
            let field = if field.is_empty() { "the whole input" } else { named(field) };
            format!("{}: {}{}{} ({kind})", clean_line(field), value(&mutation.from), glyphs.to, value(&mutation.to))
        }
        None if mutation.kind == "replay" => "none: the run is repeated as it was".to_owned(),
        None => format!("in what surrounds the agent: {kind}"),
    }
}
