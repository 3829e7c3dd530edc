//! Makes facts safe to show: every text a sender wrote is cleaned once, when facts become something to look at.
//! Identities (trace ids, names to ask with) stay as sent; they are cleaned where they are shown.

use serde_json::Value;

use crate::{
    engine::facts::{RunsCompared, SessionPage, TraceDetail},
    model::{
        agent::AgentReport, cost_report::CostReport, fix::Fix, pattern::PatternReport, scenario::Scenario, summary::Summary,
        verdict::Verdict,
    },
    repair::ledger::Entry,
    text::clean::{clean_block, clean_line},
    workbench::{
        overlays::compare_periods::Periods,
        run_pair::{OneRun, RunPair},
    },
};

/// Cleans a text of one line in place.
fn line(text: &mut String) {
    if let std::borrow::Cow::Owned(clean) = clean_line(text) {
        *text = clean;
    }
}

/// Cleans a text of many lines in place.
fn block(text: &mut String) {
    if let std::borrow::Cow::Owned(clean) = clean_block(text) {
        *text = clean;
    }
}

fn lines<'a>(texts: impl IntoIterator<Item = &'a mut String>) {
    texts.into_iter().for_each(line);
}

/// Cleans every text inside a JSON value, names of fields included, as deep as it goes.
fn json(value: &mut Value) {
    match value {
        Value::String(text) => block(text),
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::Object(fields) => {
            let hostile = fields.keys().any(|key| matches!(clean_line(key), std::borrow::Cow::Owned(_)));
            if hostile {
                *fields = std::mem::take(fields).into_iter().map(|(key, value)| (clean_line(&key).into_owned(), value)).collect();
            }
            fields.values_mut().for_each(json);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A row.
#[must_use]
pub fn summary(mut row: Summary) -> Summary {
    line(&mut row.agent);
    lines([&mut row.session, &mut row.project, &mut row.domain, &mut row.framework, &mut row.error].into_iter().flatten());
    lines(row.tools.iter_mut());
    lines(row.models.iter_mut().map(|used| &mut used.model));
    if let Some(notes) = row.feedback.as_mut().and_then(|feedback| feedback.notes.as_mut()) {
        line(notes);
    }
    row
}

/// Sessions. Their ids and projects stay as sent: filters are made of them.
#[must_use]
pub fn sessions(mut page: SessionPage) -> SessionPage {
    lines(page.sessions.iter_mut().flat_map(|session| &mut session.agents));
    page
}

/// A verdict.
#[must_use]
pub fn verdict(mut verdict: Verdict) -> Verdict {
    line(&mut verdict.agent_id);
    lines([&mut verdict.domain, &mut verdict.domain_signal, &mut verdict.framework, &mut verdict.framework_signal].into_iter().flatten());
    lines(verdict.evidence.iter_mut().map(|evidence| &mut evidence.says));
    for tool in &mut verdict.tools.items {
        line(&mut tool.name);
        lines(&mut tool.why);
        lines(&mut tool.ungrounded);
        tool.input.iter_mut().for_each(json);
    }
    lines(verdict.tools.doubts.iter_mut().map(|evidence| &mut evidence.says));
    lines(verdict.redacted.iter_mut().map(|(kind, _)| kind));
    if let Some(cause) = &mut verdict.root_cause {
        line(&mut cause.says);
        lines(cause.reasons.iter_mut().map(|evidence| &mut evidence.says));
        lines([&mut cause.agent, &mut cause.category, &mut cause.module].into_iter().flatten());
    }
    for failure in &mut verdict.failures {
        line(&mut failure.says);
        line(&mut failure.message);
        lines(&mut failure.subject);
    }
    lines(&mut verdict.issues);
    lines(&mut verdict.cost.unknown);
    lines(verdict.cost.lines.iter_mut().map(|cost| &mut cost.model));
    for leak in &mut verdict.leaks {
        lines([&mut leak.kind, &mut leak.rule, &mut leak.r#where, &mut leak.masked]);
    }
    lines(verdict.domain_checks.iter_mut().map(|check| &mut check.says));
    lines(&mut verdict.incomplete);
    verdict
}

/// Two stretches of time. The names of agents are what their grades are asked by: they stay as sent.
#[must_use]
pub fn periods(mut periods: Periods) -> Periods {
    lines(periods.choices.iter_mut().map(|choice| &mut choice.label));
    lines([&mut periods.comparison.before, &mut periods.comparison.current]);
    periods
}

/// Two runs beside each other. The runs stay as sent; what is shown of them is cleaned where it is drawn.
#[must_use]
pub fn pair(compared: RunsCompared) -> RunPair {
    let one = |detail: TraceDetail| OneRun { summary: summary(detail.summary), trace: detail.trace };
    RunPair { left: one(compared.left), right: one(compared.right), chosen: compared.chosen, comparison: compared.comparison }
}

/// An agent's report.
#[must_use]
pub fn agent(mut report: AgentReport) -> AgentReport {
    line(&mut report.agent);
    for component in &mut report.components {
        lines([&mut component.name, &mut component.says]);
    }
    lines(&mut report.cap);
    lines(&mut report.rules);
    report
}

/// A cost report. The names of its shares are what the runs behind them are asked by: they stay as sent.
#[must_use]
pub fn costs(mut report: CostReport) -> CostReport {
    lines(report.unpriced.iter_mut().map(|unpriced| &mut unpriced.model));
    for advice in &mut report.advice {
        lines([&mut advice.agent, &mut advice.says, &mut advice.risk.says]);
    }
    lines(report.differences.iter_mut().map(|difference| &mut difference.agent));
    report
}

/// A failure pattern.
#[must_use]
pub fn pattern(mut report: PatternReport) -> PatternReport {
    line(&mut report.title);
    line(&mut report.pattern.template);
    lines([&mut report.pattern.subject, &mut report.pattern.framework].into_iter().flatten());
    lines(report.pattern.agents.iter_mut().map(|(name, _)| name));
    lines(report.points.iter_mut().map(|points| &mut points.agent));
    report
}

/// A scenario. Its values (input, change, what is asserted) stay as made, for a written scenario must repeat exactly what was hostile;
/// the pane cleans those it shows.
#[must_use]
pub fn scenario(mut scenario: Scenario) -> Scenario {
    lines([&mut scenario.title, &mut scenario.agent, &mut scenario.when]);
    lines(&mut scenario.tool);
    lines(&mut scenario.edits);
    lines(&mut scenario.given);
    lines([&mut scenario.mutation.kind]);
    lines(&mut scenario.mutation.field);
    for assertion in &mut scenario.then {
        lines([&mut assertion.check, &mut assertion.says]);
    }
    scenario
}

/// A fix.
#[must_use]
pub fn fix(mut fix: Fix) -> Fix {
    lines([&mut fix.title, &mut fix.why, &mut fix.language]);
    lines([&mut fix.file, &mut fix.framework].into_iter().flatten());
    // The diff stays as it is: it is what is applied. The pane cleans the lines it shows.
    block(&mut fix.snippet);
    lines(fix.evidence.iter_mut().map(|evidence| &mut evidence.says));
    fix
}

/// An entry of the history.
#[must_use]
pub fn entry(mut entry: Entry) -> Entry {
    lines([&mut entry.title, &mut entry.fix]);
    lines([&mut entry.who, &mut entry.file, &mut entry.reason].into_iter().flatten());
    entry
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_json_value_is_cleaned_in_its_names_and_texts() {
        let mut value = json!({"a\u{1b}[2J": ["x\u{202e}y", {"deep": "\u{7}"}], "fine": 1});
        json(&mut value);
        let text = value.to_string();
        assert!(!text.contains('\u{202e}') && !text.contains("\\u001b") && !text.contains("\\u0007"), "{text}");
        assert_eq!(value["fine"], 1);
    }
}
