//! Two runs beside each other: which steps do the same, and where they differ.

use std::hash::Hasher;

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use super::alignment::align;
use crate::model::{
    run_comparison::{RunComparison, StepPair, StepPart},
    step::{Step, StepKind},
    trace::Trace,
};

/// Steps of a run that are looked at.
pub const MOST_STEPS: usize = 50_000;

/// Fields of what models are given and give back that are made anew in every run, or only count what is told elsewhere.
const MADE_ANEW: &[&str] = &[
    "id",
    "call_id",
    "tool_call_id",
    "run_id",
    "message_id",
    "response_id",
    "item_id",
    "created",
    "created_at",
    "timestamp",
    "system_fingerprint",
    "usage",
    "usage_metadata",
    "response_metadata",
];

/// Lays two runs beside each other. Steps that do the same (a kind of step, its name, who speaks) stand opposite; where a tool was called several times,
/// calls with the same arguments do. In what models are given and give back, ids and counts that are made anew in every run are not compared.
#[must_use]
pub fn compare_runs(left: &Trace, right: &Trace) -> RunComparison {
    let (lefts, rights) = (prints(left), prints(right));
    let asked = |prints: &[Print]| prints.iter().map(|print| (print.what, print.asked)).collect::<Vec<_>>();
    let exact = align(&asked(&lefts), &asked(&rights));
    let mut found = RunComparison { approximate: exact.approximate, ..RunComparison::default() };
    let (mut x, mut y) = (0, 0);
    for (at_left, at_right) in exact.matches.into_iter().chain([(lefts.len(), rights.len())]) {
        between(&lefts, &rights, (x, at_left), (y, at_right), &mut found);
        if let (Some(one), Some(other)) = (lefts.get(at_left), rights.get(at_right)) {
            found.pairs.push(pair(Some(at_left), Some(at_right), one.differs(other)));
        }
        (x, y) = (at_left + 1, at_right + 1);
    }
    count(&mut found);
    let cut = |trace: &Trace| u32::try_from(trace.steps.len().saturating_sub(MOST_STEPS)).unwrap_or(u32::MAX);
    found.cut = (cut(left), cut(right));
    found
}

/// The steps between two that stand opposite: those that do the same with other arguments stand opposite too.
fn between(lefts: &[Print], rights: &[Print], (x, x_end): (usize, usize), (y, y_end): (usize, usize), found: &mut RunComparison) {
    let what = |prints: &[Print], from: usize, to: usize| {
        prints.get(from..to).unwrap_or_default().iter().map(|print| print.what).collect::<Vec<_>>()
    };
    let alike = align(&what(lefts, x, x_end), &what(rights, y, y_end));
    found.approximate |= alike.approximate;
    let (mut next_left, mut next_right) = (x, y);
    for (one, other) in alike.matches.into_iter().map(|(one, other)| (x + one, y + other)).chain([(x_end, y_end)]) {
        found.pairs.extend((next_left..one).map(|at| pair(Some(at), None, Vec::new())));
        found.pairs.extend((next_right..other).map(|at| pair(None, Some(at), Vec::new())));
        if one < x_end
            && let (Some(left), Some(right)) = (lefts.get(one), rights.get(other))
        {
            found.pairs.push(pair(Some(one), Some(other), left.differs(right)));
        }
        (next_left, next_right) = (one + 1, other + 1);
    }
}

fn pair(left: Option<usize>, right: Option<usize>, differs: Vec<StepPart>) -> StepPair {
    let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    StepPair { left: left.map(place), right: right.map(place), differs }
}

fn count(found: &mut RunComparison) {
    for (place, pair) in (0_u32..).zip(&found.pairs) {
        match (pair.left, pair.right) {
            _ if pair.same() => found.same += 1,
            (Some(_), Some(_)) => found.differ += 1,
            (Some(_), None) => found.only_left += 1,
            (None, _) => found.only_right += 1,
        }
        if !pair.same() && found.first_difference.is_none() {
            found.first_difference = Some(place);
        }
    }
}

/// A step in a few numbers: what it does, and one number for each of its parts.
struct Print {
    /// Kind, name and speaker.
    what: u64,
    /// The part that asks for something: arguments, else what was said.
    asked: u64,
    parts: [(StepPart, u64); 5],
}

impl Print {
    fn of(step: &Step) -> Self {
        let mut what = Xxh3::new();
        what.write_u8(step.kind as u8);
        text(step.name.as_str(), &mut what);
        // Who speaks tells messages apart; for calls it is a matter of how they were told.
        let speaker = step.role.as_deref().filter(|_| step.kind == StepKind::Message);
        text(speaker.unwrap_or_default(), &mut what);
        let (tool, model) = (step.tool.as_ref(), step.model.as_ref());
        let arguments = hashed(|hash| {
            given(tool.and_then(|tool| tool.input.as_ref()), false, hash);
            given(model.and_then(|model| model.messages.as_ref()), true, hash);
        });
        let result = hashed(|hash| {
            given(tool.and_then(|tool| tool.output.as_ref()), false, hash);
            given(model.and_then(|model| model.output.as_ref()), true, hash);
            text(model.and_then(|model| model.finish_reason.as_deref()).unwrap_or_default(), hash);
        });
        let said = hashed(|hash| text(step.content.as_deref().unwrap_or_default(), hash));
        let error = hashed(|hash| {
            text(step.error.as_deref().unwrap_or_default(), hash);
            hash.write_u8(u8::from(step.failed()));
        });
        let agent = hashed(|hash| text(step.agent.as_deref().unwrap_or_default(), hash));
        let parts = [
            (StepPart::Error, error),
            (StepPart::Arguments, arguments),
            (StepPart::Result, result),
            (StepPart::Text, said),
            (StepPart::Agent, agent),
        ];
        Self { what: what.finish(), asked: if tool.is_some() || model.is_some() { arguments } else { said }, parts }
    }

    fn differs(&self, other: &Self) -> Vec<StepPart> {
        self.parts.iter().zip(&other.parts).filter(|(one, other)| one.1 != other.1).map(|(part, _)| part.0).collect()
    }
}

fn prints(trace: &Trace) -> Vec<Print> {
    trace.steps.iter().take(MOST_STEPS).map(Print::of).collect()
}

fn hashed(write: impl FnOnce(&mut Xxh3)) -> u64 {
    let mut hash = Xxh3::new();
    write(&mut hash);
    hash.finish()
}

/// A text with its end, so that two texts in a row are not taken for one.
fn text(text: &str, hash: &mut Xxh3) {
    hash.write(text.as_bytes());
    hash.write_u64(text.len() as u64);
}

fn given(value: Option<&Value>, of_model: bool, hash: &mut Xxh3) {
    match value {
        None => hash.write_u8(0),
        Some(value) => json(value, of_model, hash),
    }
}

/// A JSON value, its kinds told apart; the order of fields does not matter where the map keeps them sorted.
fn json(value: &Value, of_model: bool, hash: &mut Xxh3) {
    match value {
        Value::Null => hash.write_u8(1),
        Value::Bool(value) => hash.write_u8(2 + u8::from(*value)),
        Value::Number(number) => {
            hash.write_u8(4);
            text(&number.to_string(), hash);
        }
        Value::String(value) => {
            hash.write_u8(5);
            text(value, hash);
        }
        Value::Array(items) => {
            hash.write_u8(6);
            items.iter().for_each(|item| json(item, of_model, hash));
            hash.write_u64(items.len() as u64);
        }
        Value::Object(fields) => {
            hash.write_u8(7);
            let mut compared: Vec<_> = fields.iter().filter(|(name, _)| !(of_model && MADE_ANEW.contains(&name.as_str()))).collect();
            compared.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in compared {
                text(name, hash);
                json(value, of_model, hash);
            }
            hash.write_u8(8);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::model::{
        ids::{StepNumber, TraceId},
        step::{ModelCall, ToolCall},
    };

    fn call(number: u32, name: &str, input: Value, output: Value) -> Step {
        let tool = ToolCall { name: name.to_owned(), input: Some(input), output: Some(output), ..ToolCall::default() };
        Step { tool: Some(tool), ..Step::new(StepNumber(number), StepKind::ToolCall, name) }
    }

    fn trace(steps: Vec<Step>) -> Trace {
        Trace { steps, ..Trace::empty(TraceId::new("t").unwrap()) }
    }

    fn told(found: &RunComparison) -> Vec<(Option<u32>, Option<u32>, &[StepPart])> {
        found.pairs.iter().map(|pair| (pair.left, pair.right, pair.differs.as_slice())).collect()
    }

    #[test]
    fn steps_that_do_the_same_stand_opposite_and_say_in_what_they_differ() {
        let left = trace(vec![
            call(1, "lookup", json!({"order": "A-1"}), json!("found")),
            call(2, "refund", json!({"amount": 12.5}), json!("done")),
        ]);
        let mut failed = call(3, "refund", json!({"amount": "12,50"}), Value::Null);
        failed.error = Some("amount must be a number".to_owned());
        let right = trace(vec![
            call(1, "lookup", json!({"order": "A-1"}), json!("found")),
            call(2, "policy_check", json!({}), json!("ok")),
            failed,
        ]);
        let found = compare_runs(&left, &right);
        assert_eq!(
            told(&found),
            [
                (Some(0), Some(0), &[][..]),
                (None, Some(1), &[][..]),
                (Some(1), Some(2), &[StepPart::Error, StepPart::Arguments, StepPart::Result][..]),
            ]
        );
        assert_eq!((found.same, found.differ, found.only_left, found.only_right), (1, 1, 0, 1));
        assert_eq!((found.first_difference, found.approximate, found.cut), (Some(1), false, (0, 0)));
    }

    #[test]
    fn of_several_calls_of_a_tool_those_with_the_same_arguments_stand_opposite() {
        let search = |words: &str| call(1, "search", json!({"q": words}), json!([]));
        let found = compare_runs(&trace(vec![search("a"), search("b")]), &trace(vec![search("b"), search("c")]));
        assert_eq!(told(&found), [(Some(0), None, &[][..]), (Some(1), Some(0), &[][..]), (None, Some(1), &[][..])]);
    }

    #[test]
    fn ids_made_anew_are_no_difference_in_what_models_say_but_are_in_what_tools_are_given() {
        let model = |id: &str, said: &str| {
            let output =
                json!({"id": id, "choices": [{"message": {"content": said, "tool_calls": [{"id": id}]}}], "usage": {"total": id.len()}});
            let model = ModelCall { output: Some(output), ..ModelCall::default() };
            trace(vec![Step { model: Some(model), ..Step::new(StepNumber(1), StepKind::LlmCall, "gpt") }])
        };
        assert_eq!(compare_runs(&model("call_1", "hi"), &model("call_234", "hi")).first_difference, None);
        assert_eq!(compare_runs(&model("call_1", "hi"), &model("call_1", "ho")).pairs[0].differs, [StepPart::Result]);
        let order = |id: &str| trace(vec![call(1, "lookup", json!({"id": id}), Value::Null)]);
        assert_eq!(compare_runs(&order("A"), &order("B")).pairs[0].differs, [StepPart::Arguments]);
    }

    #[test]
    fn nothing_beside_nothing_is_no_difference() {
        assert_eq!(compare_runs(&trace(Vec::new()), &trace(Vec::new())), RunComparison::default());
    }

    #[test]
    fn runs_of_thirty_thousand_steps_are_all_there() {
        let steps =
            |shift: usize| (0..30_000).map(|at| call(1, &format!("tool{}", at % 7), json!({"n": at / 2 + shift}), json!(at))).collect();
        let found = compare_runs(&trace(steps(0)), &trace(steps(900)));
        let lefts = found.pairs.iter().filter(|pair| pair.left.is_some()).count();
        assert_eq!((lefts, found.pairs.iter().filter(|pair| pair.right.is_some()).count()), (30_000, 30_000));
        let rising = |of: fn(&StepPair) -> Option<u32>| found.pairs.iter().filter_map(of).is_sorted();
        assert!(rising(|pair| pair.left) && rising(|pair| pair.right));
    }
}
