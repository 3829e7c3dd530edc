//! OpenTelemetry: spans and log records, in every vocabulary agents are instrumented with, to [`crate::model::trace::Trace`].

pub mod assembly;
pub mod bundle;
pub mod from_run;
pub mod group;
pub mod reading;
pub mod runs;
pub mod span;
pub mod telemetry;
pub mod vocabulary;
pub mod wire;

mod any_value;
mod messages;

#[cfg(test)]
mod testing;
