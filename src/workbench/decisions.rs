//! Decisions as panes ask for them: which subject a scenario has in the store.

use crate::model::{
    decision::{Choice, Decision},
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
