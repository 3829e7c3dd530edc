//! What each endpoint does, one file a subject.

pub(super) mod events;
pub(super) mod health;
pub(super) mod judgement;
pub(super) mod many;
pub(super) mod metrics;
pub(super) mod otlp;
pub(super) mod repair;
pub(super) mod reports;
mod row;
pub(super) mod sdk;
pub(super) mod traces;
