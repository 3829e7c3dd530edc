//! What a span's name tells, where its attributes do not.

use super::dialect::{DIALECTS, Dialect, Name};
use crate::formats::otlp::reading::SpanKind;

/// What instrumentations write before the name of what runs.
const BEFORE: &[&str] = &["invoke_agent ", "invoke_workflow ", "create_agent ", "execute_tool ", "running tool: ", "tool "];

/// Methods and kinds that instrumentations write behind it, after a dot.
const BEHIND: &[&str] = &[
    "run",
    "arun",
    "run_stream",
    "run_sync",
    "arun_stream",
    "kickoff",
    "kickoff_async",
    "_execute_core",
    "execute",
    "on_messages",
    "on_messages_stream",
    "forward",
    "aforward",
    "__call__",
    "acall",
    "call",
    "invoke",
    "ainvoke",
    "stream",
    "astream",
    "agent",
    "workflow",
    "task",
    "tool",
];

/// What the name says the span stands for: by the dialects its attributes are of, else by any.
pub(super) fn kind(name: &str, spoken: impl Iterator<Item = &'static Dialect>) -> Option<SpanKind> {
    let told = |dialect: &Dialect| dialect.names.iter().find(|(known, _)| known.matches(name)).map(|(_, kind)| *kind);
    spoken.into_iter().find_map(told).or_else(|| DIALECTS.iter().find_map(|dialect| told(dialect)))
}

/// The name of the agent or tool in a span's name: `finance_agent.run` and `invoke_agent finance_agent` are `finance_agent`.
/// `None` for names that a framework gives all such spans.
pub(super) fn bare(name: &str) -> Option<&str> {
    if DIALECTS.iter().flat_map(|dialect| dialect.names).any(|(known, _)| matches!(known, Name::Is(whole) if *whole == name)) {
        return None;
    }
    let name = BEFORE.iter().find_map(|head| name.strip_prefix(head)).unwrap_or(name);
    let name = name.rsplit_once('.').filter(|(_, method)| BEHIND.contains(method)).map_or(name, |(head, _)| head).trim();
    (!name.is_empty()).then_some(name)
}
