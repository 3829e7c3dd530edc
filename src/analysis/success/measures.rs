//! The features themselves: each a function of the exchange, named as in the table.

use serde_json::Value;

use super::{
    exchange::Exchange,
    features::Measured,
    vocabulary::{ALSO, ASKS_NUMBER, CLOSING, CONDITION, DONE, NUMBER, PENDING, QUESTION, WISHES, Wish},
};
use crate::analysis::{
    call::Returned,
    tool_nature::{self, Nature},
};

pub(super) fn acts(exchange: &Exchange<'_>) -> Measured {
    Measured::of((exchange.asked.len() + exchange.said.len() + exchange.run.calls.len()) as f64)
}

pub(super) fn user_turns(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    Measured::of(exchange.asked.len() as f64)
}

fn characters_said(exchange: &Exchange<'_>) -> usize {
    exchange.said.iter().map(|words| words.text.len()).sum()
}

pub(super) fn said_characters(exchange: &Exchange<'_>) -> Measured {
    if exchange.said.is_empty() { Measured::unknown() } else { Measured::of(characters_said(exchange) as f64) }
}

pub(super) fn said_at_once(exchange: &Exchange<'_>) -> Measured {
    if exchange.said.is_empty() {
        return Measured::unknown();
    }
    Measured::of(characters_said(exchange) as f64 / exchange.said.len() as f64)
}

/// Numbers from 10 on, in a dialogue: smaller ones count and number things.
pub(super) fn numbers_told(exchange: &Exchange<'_>) -> Measured {
    if !exchange.dialogue {
        return Measured::of(0.0);
    }
    let told: usize = exchange.said.iter().map(|words| NUMBER.count_in(&words.text)).sum();
    Measured::of(told as f64)
}

fn wishes<'e>(exchange: &'e Exchange<'_>) -> impl Iterator<Item = &'static Wish> + 'e {
    WISHES.iter().filter(|wish| exchange.asked.iter().any(|words| wish.asked.is_in(&words.text)))
}

pub(super) fn kinds_asked(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    Measured::of(wishes(exchange).count() as f64)
}

pub(super) fn more_asked(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    const MOST: usize = 6;
    let words: usize = exchange.asked.iter().map(|words| ALSO.count_in(&words.text)).sum();
    Measured::of(words.min(MOST) as f64)
}

pub(super) fn figure_asked(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let asked = exchange.asked.iter().find(|words| ASKS_NUMBER.is_in(&words.text));
    Measured::flag_at(asked.is_some(), asked)
}

pub(super) fn condition_asked(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let is = exchange.only_request().is_some_and(|request| CONDITION.is_in(request));
    Measured::flag_at(is, exchange.asked.first())
}

pub(super) fn searches(exchange: &Exchange<'_>) -> Measured {
    let looks = |name: &str| tool_nature::words(name).any(|word| word.eq_ignore_ascii_case("search") || word.eq_ignore_ascii_case("list"));
    Measured::count(exchange.run.calls.iter().filter(|call| call.nature == Nature::Reads && looks(call.name)).map(|call| call.step))
}

pub(super) fn empty_results(exchange: &Exchange<'_>) -> Measured {
    let empty = exchange.run.calls.iter().filter(|call| call.returned == Returned::Fine && call.output.is_some_and(is_empty));
    Measured::count(empty.map(|call| call.step))
}

fn is_empty(output: &Value) -> bool {
    match output {
        Value::Null => true,
        Value::String(text) => {
            let text = text.trim();
            text.is_empty() || ["[]", "{}", "null", "None"].contains(&text) || text.contains("\"total\": 0")
        }
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty() || fields.get("total").is_some_and(|total| total.as_u64() == Some(0)),
        _ => false,
    }
}

pub(super) fn unanswered(exchange: &Exchange<'_>) -> Measured {
    let last = exchange.asked.last().filter(|_| exchange.dialogue && exchange.user_spoke_last);
    let left = last.filter(|words| !words.marked_end && !CLOSING.is_in(&words.text));
    Measured::flag_at(left.is_some(), left)
}

pub(super) fn no_answer(exchange: &Exchange<'_>) -> Measured {
    if exchange.said.is_empty() && exchange.answer.is_none() {
        return Measured::unknown();
    }
    Measured::flag(exchange.answer.is_none(), exchange.run.trace.steps.last().map(|step| step.number))
}

/// A question in a run that changed nothing.
fn asks_a_value(exchange: &Exchange<'_>) -> bool {
    exchange.only_request().is_some_and(|request| QUESTION.is_in(request)) && exchange.changes().next().is_none()
}

/// The answer's items, where it is JSON.
fn items(answer: &str) -> Option<Vec<Value>> {
    match serde_json::from_str(answer).ok()? {
        Value::Array(items) => Some(items),
        only => Some(vec![only]),
    }
}

fn is_bare(item: &Value) -> bool {
    match item {
        Value::Array(_) | Value::Object(_) => false,
        Value::String(text) => text.split_whitespace().count() <= 4,
        _ => true,
    }
}

pub(super) fn prose_for_value(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let bare = exchange.answer.as_deref().and_then(items).is_some_and(|items| items.iter().all(is_bare));
    Measured::flag_at(asks_a_value(exchange) && !bare, exchange.said.last())
}

pub(super) fn value_for_value(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let bare = exchange.answer.as_deref().and_then(items).is_some_and(|items| items.iter().all(is_bare));
    Measured::flag_at(asks_a_value(exchange) && bare, exchange.said.last())
}

pub(super) fn still_pending(exchange: &Exchange<'_>) -> Measured {
    let last = exchange.said.last().filter(|_| exchange.dialogue);
    let pending = last.filter(|words| PENDING.is_in(&words.text) && !DONE.is_in(&words.text));
    Measured::flag_at(pending.is_some(), pending)
}

pub(super) fn not_done(exchange: &Exchange<'_>) -> Measured {
    if exchange.asked.is_empty() {
        return Measured::unknown();
    }
    let done: Vec<&str> = exchange.changes().flat_map(|call| tool_nature::words(call.name)).collect();
    let begins = |word: &str, root: &str| word.get(..root.len()).is_some_and(|start| start.eq_ignore_ascii_case(root));
    let carried_out = |wish: &Wish| wish.done_by.iter().any(|root| done.iter().any(|word| begins(word, root)));
    Measured::of(wishes(exchange).filter(|wish| !carried_out(wish)).count() as f64)
}

/// Tools whose last error no later success of theirs made up for.
pub(super) fn unresolved_errors(exchange: &Exchange<'_>) -> Measured {
    let run = exchange.run;
    let open = run.calls.iter().filter(|call| {
        matches!(call.returned, Returned::Erred(_) | Returned::NeverRan) && !run.good.call_of_after(call.name, call.position)
    });
    let mut seen: Vec<&str> = Vec::new();
    let first_of_tool = open.filter(|call| {
        let new = !seen.contains(&call.name);
        if new && seen.len() < 64 {
            seen.push(call.name);
        }
        new
    });
    Measured::count(first_of_tool.map(|call| call.step))
}
