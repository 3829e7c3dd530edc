//! The documented body, rule by rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fields;
mod large;
mod order;
mod refusals;
mod tools;

use serde_json::Value;

use crate::{
    formats::{FormatError, native},
    model::{ids::TraceId, step::Step, trace::Trace},
};

/// Decodes a body; one that names no id is `made`.
fn decode(body: &Value) -> Result<Trace, FormatError> {
    native::decode(body.to_string().as_bytes(), || TraceId::new("made").unwrap())
}

fn trace(body: &Value) -> Trace {
    decode(body).unwrap()
}

/// Steps as `number name`, to read an order at a glance.
fn told(trace: &Trace) -> Vec<String> {
    trace.steps.iter().map(|step| format!("{} {}", step.number, step.name)).collect()
}

fn step(trace: &Trace, index: usize) -> &Step {
    &trace.steps[index]
}
