//! What a run was given and what it answered, in the words of who asked and who answered where these can be told.

use serde_json::Value;

use super::{
    super::reading::{Reading, SpanKind},
    scene::{Place, Scene},
    talk,
};

/// Spans of machinery looked at for what a run was given.
const FRAMES_LOOKED_AT: usize = 16;

/// Least length of a text, in bytes, that is recognised as a part of a longer one.
const LEAST_BYTES: usize = 16;

/// Values looked at inside one for the text it is about.
const VALUES_LOOKED_AT: usize = 2_000;

/// What the run was given: what its outermost span that says so was, else what the user first said to a model.
///
/// Where that is an object and a text in it is what a model was then told by the user, the text is what was asked. An object that has
/// nothing to do with it is a framework's own.
pub(super) fn input(scene: &Scene) -> Option<Value> {
    let of = |place: usize| {
        let reading = &scene.readings[place];
        let value = reading.input.as_ref().map(talk::asked).filter(talk::is_said);
        value.or_else(|| talk::last_by_user(&reading.input_messages).map(Value::String))
    };
    let said = models(scene).find_map(|place| talk::last_by_user(&scene.readings[place].input_messages));
    let agent = scene.steps().find(|place| scene.kind(*place) == SpanKind::Agent);
    let found = of_run(scene).chain(agent).find_map(of);
    match (found, said) {
        (Some(found @ Value::Object(_)), Some(said)) => Some(match part_said_in(&found, &said) {
            Some(part) => part,
            None if values(&found).any(|value| occurs_in(value, &said)) => found,
            None => Value::String(said),
        }),
        (Some(found), _) => Some(found),
        (None, Some(said)) => Some(Value::String(said)),
        (None, None) => {
            // What machinery inside a tool was given is the tool's.
            let of_tool = |place: usize| scene.forest.parents[place].is_some_and(|parent| scene.kind(parent) == SpanKind::Tool);
            let frames = scene.forest.order.iter().copied().take(FRAMES_LOOKED_AT);
            let frames = frames.filter(|place| scene.kind(*place) == SpanKind::Wrapper && !of_tool(*place));
            frames.chain(models(scene).take(1)).find_map(of)
        }
    }
}

/// What the run answered: what its outermost span that says so gave, else what a model said last without asking for a tool.
///
/// Where that is an object of a framework's around the words the model said last, those are the answer.
pub(super) fn output(scene: &Scene) -> Option<Value> {
    let outer_agent = |place: &usize| {
        let within = scene.forest.parents[*place].is_some_and(|parent| scene.places[parent] == Place::Step);
        scene.kind(*place) == SpanKind::Agent && !within
    };
    let said = last_words(scene);
    let found = of_run(scene).chain(scene.steps().rev().find(outer_agent)).find_map(|place| answer(&scene.readings[place]));
    match (found, said) {
        (Some(found), Some(said)) => {
            let wrapped = match &found {
                Value::Object(_) => part_said_in(&found, &said).is_some_and(|part| part.as_str() == Some(&said)),
                Value::String(text) if is_beginning(text, &said) => true,
                Value::String(text) => is_printed_object(text) && beginning(&said).is_some_and(|beginning| text.contains(beginning)),
                _ => false,
            };
            Some(if wrapped { Value::String(said) } else { found })
        }
        (found, said) => found.or(said.map(Value::String)),
    }
}

fn answer(reading: &Reading) -> Option<Value> {
    let value = reading.output.as_ref().map(talk::answered);
    value.or_else(|| talk::answer_in(&reading.output_messages).map(Value::String))
}

/// What the last model call said, provided that it was the last thing done and asked for no tool.
fn last_words(scene: &Scene) -> Option<String> {
    let place = scene.steps().rev().find(|place| matches!(scene.kind(*place), SpanKind::Model | SpanKind::Tool))?;
    let reading = &scene.readings[place];
    let last = reading.kind == SpanKind::Model && reading.requested_tools.is_empty() && reading.error.is_none();
    let words = || {
        talk::answer_in(&reading.output_messages)
            .or_else(|| reading.output.as_ref().and_then(|output| talk::words_of(&talk::answered(output))))
    };
    last.then(words).flatten()
}

/// The spans that are the run itself, outermost first.
pub(super) fn of_run(scene: &Scene) -> impl Iterator<Item = usize> + '_ {
    scene.forest.order.iter().copied().filter(|place| scene.places[*place] == Place::Run)
}

fn models(scene: &Scene) -> impl Iterator<Item = usize> + '_ {
    scene.steps().filter(|place| scene.kind(*place) == SpanKind::Model)
}

/// The longest text inside a value that is what was said, or a sentence of it.
fn part_said_in(value: &Value, said: &str) -> Option<Value> {
    let is_part = |text: &&str| *text == said || (text.len() >= LEAST_BYTES && text.contains(' ') && said.contains(*text));
    let longest = values(value).filter_map(Value::as_str).filter(is_part).max_by_key(|text| text.len());
    longest.map(|text| Value::String(text.to_owned()))
}

/// Whether a text or a number of some length stands in what was said.
fn occurs_in(value: &Value, said: &str) -> bool {
    const LEAST: usize = 3;
    match value {
        Value::String(text) => text.len() >= LEAST && said.contains(text.as_str()),
        Value::Number(number) => Some(number.to_string()).is_some_and(|text| text.len() >= LEAST && said.contains(&text)),
        _ => false,
    }
}

/// The values inside a value that hold no others, not more than can be looked at.
fn values(value: &Value) -> impl Iterator<Item = &Value> {
    let mut open = vec![value];
    std::iter::from_fn(move || {
        let value = open.pop()?;
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
        Some(value)
    })
    .take(VALUES_LOOKED_AT)
    .filter(|value| !value.is_array() && !value.is_object())
}

/// The beginning of a text, as far as a language prints it as it is; long ones are cut when they are printed. `None` where little is left.
fn beginning(text: &str) -> Option<&str> {
    let end = text.find(['\n', '\r', '\t', '\\', '\'', '"']).unwrap_or(text.len());
    let end = text.floor_char_boundary(end.min(2 * LEAST_BYTES));
    text.get(..end).filter(|beginning| beginning.len() >= LEAST_BYTES)
}

/// Whether a text is what was said, cut off.
fn is_beginning(text: &str, said: &str) -> bool {
    let stem = text.strip_suffix("...").or_else(|| text.strip_suffix('…'));
    stem.is_some_and(|stem| stem.len() >= LEAST_BYTES && said.starts_with(stem))
}

/// Whether a text is an object as Python prints it: `StopEvent(result=…)`.
fn is_printed_object(text: &str) -> bool {
    let text = text.trim();
    let name = text.split('(').next().unwrap_or_default();
    let is_name = name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    is_name && text.len() > name.len() && text.ends_with([')', '.', '…'])
}
