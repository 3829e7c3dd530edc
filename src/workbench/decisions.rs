//! Decisions as panes ask for them: which subject a scenario or a fix has in the store.

use crate::model::{
    decision::{Choice, Decision},
    time::Timestamp,
};

use super::message::Effect;

/// A decision on a scenario, by its id.
#[must_use]
pub fn scenario(id: &str, choice: Choice, at: Timestamp) -> Effect {
    Effect::Decide(Decision { subject: format!("scenario:{id}"), choice, reason: None, at })
}

/// A decision on a fix, by its id.
#[must_use]
pub fn fix(id: &str, choice: Choice, at: Timestamp) -> Effect {
    Effect::Decide(Decision { subject: format!("fix:{id}"), choice, reason: None, at })
}
