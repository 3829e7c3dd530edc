//! The calls of one request against each other: made twice, saying part of what another says, differing in nothing that was asked for.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    feature::{Feature, Findings},
    grounding::{self, Source},
    request::Request,
};
use crate::analysis::{call::Call, excerpt, identity};

/// Calls held against each other: every one with every other.
const MOST_CALLS: usize = 24;

/// One argument of a call.
struct Argument<'a> {
    name: &'a str,
    identity: u64,
    value: &'a Value,
}

/// Counts calls that add nothing to another of the same tool.
pub(super) fn count<'a>(calls: &[Call<'a>], request: &Request<'_>, findings: &mut Findings<'a>) {
    let mut seen: HashSet<u64> = HashSet::new();
    for call in calls {
        if call.identity.is_some_and(|identity| !seen.insert(identity)) {
            findings.show(Feature::DuplicateCalls, call.name);
        }
    }
    let taken: Vec<(&Call<'a>, Vec<Argument<'a>>)> = calls
        .iter()
        .take(MOST_CALLS)
        .filter_map(|call| Some((call, arguments(call.input?.as_object()?))))
        .filter(|(_, arguments)| !arguments.is_empty())
        .collect();
    for (index, (call, one)) in taken.iter().enumerate() {
        for (_, other) in taken[index + 1..].iter().filter(|(other, _)| other.name == call.name && other.identity != call.identity) {
            if within(one, other) || within(other, one) || same_numbers(one, other) {
                findings.show(Feature::SubsetCalls, call.name);
            }
            if differs_in_nothing_given(one, other, request) || differs_in_nothing_given(other, one, request) {
                findings.show(Feature::ExtraCalls, call.name);
            }
        }
    }
}

fn arguments(input: &Map<String, Value>) -> Vec<Argument<'_>> {
    input.iter().take(32).map(|(name, value)| Argument { name, identity: identity::of(value), value }).collect()
}

fn has(arguments: &[Argument<'_>], wanted: &Argument<'_>) -> bool {
    arguments.iter().any(|argument| argument.identity == wanted.identity && argument.name == wanted.name)
}

/// Whether all that one says the other says too, and more.
fn within(one: &[Argument<'_>], other: &[Argument<'_>]) -> bool {
    one.len() < other.len() && one.iter().all(|argument| has(other, argument))
}

/// Whether two calls give the same numbers in another order: 40 and 50, then 50 and 40. (A way there and back is not that.)
fn same_numbers(one: &[Argument<'_>], other: &[Argument<'_>]) -> bool {
    let values = |of: &[Argument<'_>], among: &[Argument<'_>]| {
        let mut values: Vec<u64> = of.iter().filter(|argument| !has(among, argument)).map(|argument| argument.identity).collect();
        values.sort_unstable();
        values
    };
    let differing = |of: &[Argument<'_>], among: &[Argument<'_>]| {
        of.iter().filter(|argument| !has(among, argument)).all(|argument| argument.value.is_number())
    };
    one.len() == other.len() && differing(one, other) && differing(other, one) && values(one, other) == values(other, one)
}

/// Whether one call says something that the other does not, and the request gives none of it.
fn differs_in_nothing_given(one: &[Argument<'_>], other: &[Argument<'_>], request: &Request<'_>) -> bool {
    let mut own = one.iter().filter(|argument| !has(other, argument)).peekable();
    own.peek().is_some()
        && own.all(|argument| match argument.value {
            Value::Number(number) => number.as_f64().is_some_and(|number| grounding::of_number(number, request) == Source::Nowhere),
            Value::String(text) => {
                let text = excerpt::head(text, 200);
                matches!(grounding::of_text(text, request), Source::Nowhere | Source::Less) && !text.is_empty()
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::{call, rules::Rules, testing::trace};

    fn counted(request: &str, one: Value, other: Value) -> [f64; 3] {
        let trace = trace().tool("f", one).tool("f", other).build();
        let mut findings = Findings::none();
        count(&call::collect(&trace, &Rules::bundled()), &Request::read(request), &mut findings);
        [Feature::DuplicateCalls, Feature::SubsetCalls, Feature::ExtraCalls].map(|of| findings.amount(of))
    }

    #[test]
    fn calls_that_add_nothing() {
        assert_eq!(counted("4 and 5", json!({"x": 4}), json!({"x": 4.0})), [1.0, 0.0, 0.0]);
        assert_eq!(counted("40 and 50", json!({"x": 40, "y": 50}), json!({"x": 50, "y": 40})), [0.0, 1.0, 0.0]);
        assert_eq!(counted("4 and 5", json!({"x": 4, "y": 5}), json!({"x": 4, "y": 5, "z": 9})), [0.0, 1.0, 1.0]);
        assert_eq!(counted("events by importance", json!({"sort": "importance"}), json!({"sort": "chronological"})), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn calls_that_were_asked_for() {
        assert_eq!(counted("4 and 5", json!({"x": 4}), json!({"x": 5})), [0.0; 3]);
        let there_and_back =
            counted("from Rome to Oslo and back", json!({"from": "Rome", "to": "Oslo"}), json!({"from": "Oslo", "to": "Rome"}));
        assert_eq!(there_and_back, [0.0; 3]);
    }
}
