//! Any patterns, scenarios and fixes, and areas of any size, for properties that must hold for all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    model::{
        decision::Choice,
        failure::FailureCode,
        fix::{Fix, Impact},
        money::Money,
        pattern::{PatternReport, PatternState},
        probability::Interval,
        scenario::Scenario,
        time::Timestamp,
    },
    repair::diff::unified,
    text::clean::{clean_block, clean_line},
};

use super::failures::{fix, pattern, scenario};

fn line() -> impl Strategy<Value = String> {
    "\\PC{0,30}".prop_map(|text| clean_line(&text).into_owned())
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![Just(None), any::<bool>().prop_map(|flag| Some(json!(flag))), "\\PC{0,30}".prop_map(|text| Some(json!({ "a": [text] })))]
}

fn choice() -> impl Strategy<Value = Option<Choice>> {
    use Choice::{Accepted, Applied, Rejected, Undone};
    prop::sample::select(vec![None, Some(Accepted), Some(Rejected), Some(Applied), Some(Undone)])
}

/// Any sizes a pane may be given.
pub(crate) fn any_size() -> impl Strategy<Value = (u16, u16)> {
    (0u16..=200, 0u16..=60)
}

/// Any patterns.
pub(crate) fn any_patterns() -> impl Strategy<Value = Vec<PatternReport>> {
    use PatternState::{BackAgain, Fading, Fixed, Known, New};
    let one = (
        (0u64..40, 0..FailureCode::ALL.len(), any::<u64>(), line(), line()),
        prop::collection::vec((line(), any::<u64>()), 0..12),
        prop::collection::vec(any::<u32>(), 0..20),
        (any::<i64>(), any::<i64>(), any::<i128>()),
        (any::<f64>(), any::<f64>(), any::<f64>()),
        prop_oneof![Just(New), Just(Known), Just(Fading), Just(Fixed), Just(BackAgain)],
    );
    let one = one.prop_map(|((number, code, runs, title, template), agents, days, (first, last, cost), (points, low, high), state)| {
        let mut report = pattern(number, FailureCode::ALL[code], "x", 1);
        report.pattern.runs = runs;
        report.title = title;
        report.pattern.template = template;
        report.pattern.agents = agents;
        report.days = days;
        report.pattern.first_seen = Timestamp::from_micros(first);
        report.pattern.last_seen = Timestamp::from_micros(last);
        report.pattern.cost = Money::from_pico(cost);
        report.points[0].points = points;
        report.points[0].interval = Interval { low, high };
        report.state = state;
        report
    });
    prop::collection::vec(one, 0..30)
}

/// Any scenarios.
pub(crate) fn any_scenarios() -> impl Strategy<Value = Vec<Scenario>> {
    let one = (line(), line(), prop::collection::vec(line(), 0..5), value(), value(), prop::option::of(line()), any::<u64>(), choice());
    let one = one.prop_map(|(id, title, given, from, to, field, stands_for, decision)| {
        let mut made = scenario(&id, &title);
        made.given = given;
        made.mutation.from = from;
        made.mutation.to = to;
        made.mutation.field = field;
        made.stands_for = stands_for;
        made.decision = decision;
        made
    });
    prop::collection::vec(one, 0..20)
}

/// Any fixes.
pub(crate) fn any_fixes() -> impl Strategy<Value = Vec<Fix>> {
    let block = "(\\PC|\n){0,200}".prop_map(|text| clean_block(&text).into_owned());
    let text = || "(\\PC|\n|\t|\r\n){0,120}";
    let diff = prop::option::of((text(), text()).prop_map(|(before, after)| unified("a.py", &before, &after)));
    let one = (line(), line(), block, line(), prop::option::of((any::<u64>(), any::<u64>(), any::<u64>())), any::<u64>(), choice(), diff);
    let one = one.prop_map(|(id, title, snippet, why, impact, covers, decision, diff)| {
        let mut made = fix(&id, &title);
        made.diff = diff.flatten();
        made.snippet = snippet;
        made.why = why;
        made.impact = impact.map(|(low, high, of)| Impact { low, high, of });
        made.covers = covers;
        made.decision = decision;
        made
    });
    prop::collection::vec(one, 0..8)
}
