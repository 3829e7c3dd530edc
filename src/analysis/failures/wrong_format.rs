//! An answer in the wrong form: a parser's error, or an answer that is not the JSON that was asked for.

use std::collections::HashSet;

use serde_json::Value;

use super::{grouped, shown::Shown};
use crate::{
    analysis::{
        excerpt,
        instructions::instructions,
        run::{Ended, Run},
        run_error, schema,
        turn::Stop,
    },
    model::failure::{Failure, FailureCode},
};

/// Longest answer held against a schema, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Keys under which a request asks for a form.
const FORM_KEYS: &[&str] = &["response_format", "output_schema", "response_schema", "json_schema"];

/// Errors of parsers; else the run's answer, where JSON was asked for.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let failures = grouped::of_code(run, FailureCode::WrongFormat, "An answer", "could not be parsed");
    if failures.is_empty() { answer(run).into_iter().collect() } else { failures }
}

/// What form was asked for.
enum Asked<'a> {
    /// By a field of the request, perhaps with a schema.
    ByField(Option<&'a Value>),
    /// By the instructions' words.
    InWords,
}

fn answer(run: &Run<'_>) -> Option<Failure> {
    let output = run.trace.output.as_ref()?;
    let whole = run.turns.last().is_none_or(|turn| turn.stop == Stop::Fine && !turn.erred);
    if !whole || run.trace.error.as_ref().is_some_and(|error| run_error::words(error).is_some()) {
        return None;
    }
    let asked = asked(run)?;
    let wrong = wrong_with(output, &asked)?;
    let by = if matches!(asked, Asked::InWords) { "its instructions ask" } else { "the request asks" };
    let recovered = run.ended == Ended::Right;
    let step = run.turns.last().map(|turn| turn.step).or_else(|| run.trace.steps.last().map(|step| step.number));
    let (says, message) = match wrong {
        Wrong::NotJson => {
            (format!("The answer is not the JSON that {by} for: {}", excerpt::quoted(output.as_str().unwrap_or_default())), String::new())
        }
        Wrong::Misfit(misfit) => (format!("The answer does not fit the schema that {by} for: {misfit}"), misfit),
    };
    Some(Failure {
        message,
        ..Shown { code: FailureCode::WrongFormat, step, subject: run.turns.last().map(|turn| turn.name), recovered }.says(run, says)
    })
}

enum Wrong {
    NotJson,
    Misfit(String),
}

fn wrong_with(output: &Value, asked: &Asked<'_>) -> Option<Wrong> {
    let parsed;
    let value = match output {
        Value::String(text) if text.trim().is_empty() || text.len() > MOST_BYTES => return None,
        Value::String(text) => {
            // Words may allow a fence around the JSON; and an answer without any bracket may be about something else than what was meant.
            let (text, attempted) = match asked {
                Asked::ByField(_) => (text.trim(), true),
                Asked::InWords => (unfenced(text.trim()), text.contains(['{', '['])),
            };
            match serde_json::from_str::<Value>(text) {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => {
                    parsed = value;
                    &parsed
                }
                _ => return attempted.then_some(Wrong::NotJson),
            }
        }
        value => value,
    };
    let Asked::ByField(Some(schema)) = asked else { return None };
    // A tracer may have wrapped the answer: only an object that has something of the schema is held against it.
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let meant = value.as_object().is_some_and(|object| object.keys().any(|key| properties.contains_key(key)));
    meant.then(|| schema::check(schema, value).into_iter().next()).flatten().map(|first| Wrong::Misfit(first.to_string()))
}

/// The inside of a fenced block that is the whole text.
fn unfenced(text: &str) -> &str {
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")).and_then(|rest| rest.split_once('\n'));
    inside.map_or(text, |(_, inside)| inside.trim())
}

fn asked<'a>(run: &Run<'a>) -> Option<Asked<'a>> {
    let input = run.trace.input.as_ref();
    let last_request = run.turns.last().and_then(|turn| turn.call.messages.as_ref());
    let places = [input, input.and_then(|input| input.get("kwargs")), run.trace.framework_metadata.as_ref(), last_request];
    for form in
        places.into_iter().flatten().filter_map(Value::as_object).flat_map(|place| FORM_KEYS.iter().filter_map(|key| place.get(*key)))
    {
        match form.get("type").and_then(Value::as_str) {
            Some("json_object") => return Some(Asked::ByField(None)),
            Some("json_schema") => {
                let schema = form.pointer("/json_schema/schema").or_else(|| form.get("schema"));
                return Some(Asked::ByField(schema));
            }
            Some("object") if form.get("properties").is_some() => return Some(Asked::ByField(Some(form))),
            _ => {}
        }
    }
    // In a run of several agents, nothing tells whose answer the instructions are about.
    let agents: HashSet<_> = run.trace.steps.iter().filter_map(|step| step.agent.as_deref()).take(1_000).collect();
    (agents.len() <= 1 && instructions(run.trace).is_some_and(|text| run.rules.asks_for_json(text))).then_some(Asked::InWords)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{TraceBuilder, find_in, found, trace},
        model::ids::StepNumber,
    };

    const INSTRUCTIONS: &str = "You are a clerk. Respond with only valid JSON, no prose.";

    fn asked_by_field(output: Value) -> TraceBuilder {
        let schema = json!({"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}});
        let form = json!({"kwargs": {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}});
        trace().model("gpt-4o").output(output).with(move |trace| trace.input = Some(form))
    }

    #[test]
    fn an_answer_that_is_not_the_json_asked_for() {
        for trace in [
            asked_by_field(json!("The total is 12")),
            trace().message("system", INSTRUCTIONS).model("gpt-4o").output(json!("Sure! Here it is: {\"total\": 12}")),
        ] {
            let failure = found(&trace.build(), FailureCode::WrongFormat);
            assert_eq!(failure.subject.as_deref(), Some("gpt-4o"));
        }
    }

    #[test]
    fn an_answer_that_does_not_fit_the_schema() {
        let failure = found(&asked_by_field(json!("{\"total\": \"12\"}")).build(), FailureCode::WrongFormat);
        assert_eq!((failure.step, failure.message.as_str()), (Some(StepNumber(1)), "/total should be a number, is the text \"12\""));
    }

    #[test]
    fn a_parsers_error() {
        let trace = trace()
            .model("gpt-4o")
            .answers(json!("I think"))
            .ends_with("langchain_core.exceptions.OutputParserException", "Could not parse LLM output: `I think`");
        assert_eq!(found(&trace.build(), FailureCode::WrongFormat).message, "Could not parse LLM output: `I think`");
    }

    #[test]
    fn the_form_asked_for_or_none_asked_for() {
        for trace in [
            asked_by_field(json!("{\"total\": 12}")),
            asked_by_field(json!({"messages": ["wrapped"]})),
            trace().message("system", INSTRUCTIONS).model("gpt-4o").output(json!("```json\n{\"total\": 12}\n```")),
            trace().message("system", INSTRUCTIONS).model("gpt-4o").output(json!("I cannot do that.")),
            trace().message("system", "Answer politely.").model("gpt-4o").output(json!("{not json")),
            trace().message("user", INSTRUCTIONS).model("gpt-4o").output(json!("{not json")),
        ] {
            assert!(find_in(&trace.build()).is_empty());
        }
    }
}
