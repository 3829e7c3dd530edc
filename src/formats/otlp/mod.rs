//! OpenTelemetry: spans and log records, in every vocabulary agents are instrumented with, to [`crate::model::trace::Trace`].

pub mod assembly;
pub mod reading;
pub mod span;
pub mod vocabulary;
