//! The features themselves: each a function of the exchange, named as in the table. None rises with success when a failed call is added
//! at the end of a run: only calls that went well can speak for it, and words are counted whatever is called after them.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    exchange::{Exchange, Words},
    features::Measured,
    text,
    vocabulary::{ALSO, ASKS_FIGURE, CLOSING, CONDITION, CREATING, DONE, PENDING, PERSON, QUESTION, SUPERLATIVE},
};
use crate::analysis::{
    call::{Call, Returned},
    excerpt,
    tool_nature::{self, Nature},
};

/// Messages of the user that are read for what they ask; later ones of a longer run are only counted as words.
const MOST_READ: usize = 500;

/// Bytes of texts in arguments and results in which numbers are looked for, of all calls together.
const MOST_BYTES_OF_CALLS: usize = 1 << 20;

/// Values of one call that are counted.
const MOST_VALUES: usize = 1_000;

fn requests<'e>(exchange: &'e Exchange<'_>) -> impl Iterator<Item = &'e Words<'e>> {
    exchange.asked.iter().take(MOST_READ)
}

/// How often a phrase is in what the user said, with the steps where it is.
fn phrases_in(exchange: &Exchange<'_>, count: impl Fn(&str) -> usize) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    Measured::sum(requests(exchange).map(|words| (words.step, count(&words.text))))
}

pub(super) fn figure_asked(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let asked = requests(exchange).find(|words| ASKS_FIGURE.is_in(&words.text));
    Measured::flag_at(asked.is_some(), asked)
}

/// Of a run of one request. In a dialogue conditions are settled as it goes on.
pub(super) fn condition_asked(exchange: &Exchange<'_>) -> Measured {
    exchange.only_request().map_or_else(Measured::unknown, |request| Measured::flag_at(CONDITION.is_in(&request.text), Some(request)))
}

pub(super) fn more_asked(exchange: &Exchange<'_>) -> Measured {
    const MOST: f64 = 6.0;
    let found = phrases_in(exchange, |text| ALSO.count_in(text));
    Measured { value: if found.value > MOST { MOST } else { found.value }, ..found }
}

pub(super) fn best_asked(exchange: &Exchange<'_>) -> Measured {
    phrases_in(exchange, |text| SUPERLATIVE.count_in(text))
}

/// Commas that part words, in a dialogue: figures have theirs inside.
pub(super) fn parts_listed(exchange: &Exchange<'_>) -> Measured {
    if !exchange.dialogue {
        return Measured::unknown();
    }
    phrases_in(exchange, |text| text.as_bytes().windows(2).filter(|pair| pair[0] == b',' && pair[1].is_ascii_whitespace()).count())
}

pub(super) fn searches(exchange: &Exchange<'_>) -> Measured {
    let looks = |name: &str| tool_nature::words(name).any(|word| ["search", "list"].iter().any(|verb| word.eq_ignore_ascii_case(verb)));
    Measured::count(exchange.run.calls.iter().filter(|call| call.nature == Nature::Reads && looks(call.name)).map(|call| call.step))
}

pub(super) fn said_at_once(exchange: &Exchange<'_>) -> Measured {
    if exchange.said.is_empty() {
        return Measured::unknown();
    }
    let characters: usize = exchange.said.iter().map(|words| words.marks.characters).sum();
    Measured::of((characters as f64 / exchange.said.len() as f64).round())
}

/// Something counted in what the agent said, in a dialogue: the answer to one request may have to be long.
fn told(exchange: &Exchange<'_>, count: impl Fn(&Words<'_>) -> usize) -> Measured {
    if exchange.dialogue { Measured::sum(exchange.said.iter().map(|words| (words.step, count(words)))) } else { Measured::unknown() }
}

pub(super) fn numbers_told(exchange: &Exchange<'_>) -> Measured {
    told(exchange, |words| words.marks.numbers)
}

pub(super) fn lines_listed(exchange: &Exchange<'_>) -> Measured {
    told(exchange, |words| words.marks.listed_lines)
}

pub(super) fn questions_put(exchange: &Exchange<'_>) -> Measured {
    told(exchange, |words| words.marks.questions)
}

/// Values in calls that create something new, in a dialogue: what is changed or removed was there before, and is named by its id.
pub(super) fn values_created(exchange: &Exchange<'_>) -> Measured {
    if !exchange.dialogue {
        return Measured::unknown();
    }
    let creates = |call: &&Call<'_>| tool_nature::words(call.name).any(|word| CREATING.iter().any(|verb| word.eq_ignore_ascii_case(verb)));
    Measured::sum(exchange.changes().filter(creates).map(|call| (Some(call.step), call.input.map_or(0, values_in))))
}

/// How many values a call was given, inside lists and objects too.
fn values_in(input: &Value) -> usize {
    let (mut open, mut values) = (vec![input], 0);
    while let Some(value) = open.pop().filter(|_| values < MOST_VALUES) {
        match value {
            Value::Array(items) => open.extend(items.iter().take(MOST_VALUES)),
            Value::Object(fields) => open.extend(fields.values().take(MOST_VALUES)),
            _ => values += 1,
        }
    }
    values
}

pub(super) fn handed_over_after_change(exchange: &Exchange<'_>) -> Measured {
    let to_person = |name: &str| tool_nature::words(name).any(|word| PERSON.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let handed = exchange.run.calls.iter().find(|call| call.nature == Nature::HandsOver && to_person(call.name));
    let handed = handed.filter(|_| exchange.changes().next().is_some());
    Measured::flag(handed.is_some(), handed.map(|call| call.step))
}

pub(super) fn unanswered(exchange: &Exchange<'_>) -> Measured {
    let last = exchange.asked.last().filter(|_| exchange.dialogue && exchange.user_spoke_last);
    let left = last.filter(|words| !words.marked_end && !CLOSING.is_in(&words.text));
    Measured::flag_at(left.is_some(), left)
}

pub(super) fn still_pending(exchange: &Exchange<'_>) -> Measured {
    let last = exchange.said.last().filter(|_| exchange.dialogue);
    let pending = last.filter(|words| PENDING.is_in(&words.text) && !DONE.is_in(&words.text));
    Measured::flag_at(pending.is_some(), pending)
}

/// Unknown where no words were recorded at all.
pub(super) fn no_answer(exchange: &Exchange<'_>) -> Measured {
    if exchange.said.is_empty() && exchange.answer.is_none() {
        return Measured::unknown();
    }
    Measured::flag(exchange.answer.is_none(), exchange.run.trace.steps.last().map(|step| step.number))
}

/// Of a question that a run answers without changing anything, and whose answer is to be JSON.
pub(super) fn prose_for_value(exchange: &Exchange<'_>) -> Measured {
    let question = exchange.only_request().filter(|request| QUESTION.is_in(&request.text));
    if question.is_none() || exchange.changes().next().is_some() || !exchange.wants_json() {
        return Measured::unknown();
    }
    let bare = exchange.answer.as_deref().and_then(items).is_some_and(|items| items.iter().all(is_bare));
    Measured::flag_at(!bare, exchange.said.last())
}

/// The items of an answer that is JSON.
fn items(answer: &str) -> Option<Vec<Value>> {
    match serde_json::from_str(answer).ok()? {
        Value::Array(items) => Some(items),
        only => Some(vec![only]),
    }
}

/// Whether it is a value rather than prose: no structure, at most four words, no unit grown together with a number.
fn is_bare(item: &Value) -> bool {
    match item {
        Value::Array(_) | Value::Object(_) => false,
        Value::String(text) => {
            let mut words = text.split_whitespace();
            let with_unit =
                |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with(|c: char| c == '%' || c.is_ascii_lowercase());
            words.next().is_none_or(|first| !with_unit(first)) && words.count() < 4
        }
        _ => true,
    }
}

/// Whether the last call failed.
pub(super) fn ended_on_error(exchange: &Exchange<'_>) -> Measured {
    let last = exchange.run.calls.last().filter(|call| matches!(call.returned, Returned::Erred(_) | Returned::NeverRan));
    Measured::flag(last.is_some(), last.map(|call| call.step))
}

/// Numbers from 10 on that the agent told the user in a dialogue and that neither the user nor a call had brought up: worked out in its
/// head, or invented. Each counts once.
pub(super) fn numbers_of_its_own(exchange: &Exchange<'_>) -> Measured {
    const TEN: u64 = 1_000;
    if !exchange.dialogue {
        return Measured::unknown();
    }
    let mut known: Known = requests(exchange).flat_map(|words| text::numbers(&words.text)).collect();
    let (mut calls, mut room) = (exchange.run.calls.iter().peekable(), MOST_BYTES_OF_CALLS);
    Measured::sum(exchange.said.iter().map(|words| {
        while let Some(call) = calls.next_if(|call| call.position < words.position) {
            call.input.into_iter().chain(call.output).for_each(|value| learn(value, &mut known, &mut room));
        }
        (words.step, text::numbers(&words.text).filter(|number| *number >= TEN && known.insert(*number)).count())
    }))
}

/// Numbers that were brought up.
type Known = HashSet<u64, foldhash::fast::RandomState>;

/// Takes in the numbers of an argument or a result.
fn learn(value: &Value, known: &mut Known, room: &mut usize) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Number(number) => known.extend(number.as_f64().map(|number| (number.abs() * 100.0).round() as u64)),
            Value::String(words) => {
                let read = excerpt::head(words, *room);
                *room -= read.len();
                known.extend(text::numbers(read));
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) => {}
        }
    }
}
