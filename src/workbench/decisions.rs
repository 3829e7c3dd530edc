//! Decisions as panes ask for them: which subject a scenario or a fix has in the store.

use crate::model::{
    decision::{Choice, Decision},
    fix::Fix,
    scenario::Scenario,
    time::Timestamp,
};

use super::message::Effect;

/// A decision on a scenario.
#[must_use]
pub fn scenario(scenario: &Scenario, choice: Choice, at: Timestamp) -> Effect {
    let (subject, pattern) = (format!("scenario:{}", scenario.id), scenario.fingerprint);
    Effect::Decide(Decision { subject, pattern, choice, reason: None, at })
}

/// A decision on a fix.
#[must_use]
pub fn fix(fix: &Fix, choice: Choice, at: Timestamp) -> Effect {
    let (subject, pattern) = (format!("fix:{}", fix.id), fix.fingerprint);
    Effect::Decide(Decision { subject, pattern, choice, reason: None, at })
}
