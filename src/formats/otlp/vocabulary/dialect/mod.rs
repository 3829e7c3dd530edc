//! The table of dialects: each says in its own file which attribute names mean what.

mod agent_framework;
mod agno;
mod arc;
mod autogen;
mod claude_code;
mod crewai;
mod gen_ai;
mod google_adk;
mod haystack;
mod langfuse;
mod langsmith;
mod litellm;
mod logfire;
mod mcp;
mod mlflow;
mod openinference;
mod pydantic_ai;
mod semantic_kernel;
mod smolagents;
mod strands;
mod traceloop;
mod vercel;

use super::{facts::Facts, field::Field};
use crate::formats::otlp::reading::{Reading, SpanKind};

/// The dialects, in order of precedence: where several name the same thing on one span, the first here wins.
///
/// Our own tracer first, then the standards, the widest first, and after them what frameworks say in words of their own.
pub(super) const DIALECTS: &[&Dialect] = &[
    &arc::DIALECT,
    &gen_ai::DIALECT,
    &openinference::DIALECT,
    &traceloop::DIALECT,
    &vercel::DIALECT,
    &pydantic_ai::DIALECT,
    &haystack::DIALECT,
    &strands::DIALECT,
    &google_adk::DIALECT,
    &autogen::DIALECT,
    &semantic_kernel::DIALECT,
    &agent_framework::DIALECT,
    &crewai::DIALECT,
    &agno::DIALECT,
    &smolagents::DIALECT,
    &mcp::DIALECT,
    &litellm::DIALECT,
    &logfire::DIALECT,
    &langfuse::DIALECT,
    &langsmith::DIALECT,
    &mlflow::DIALECT,
    &claude_code::DIALECT,
];

pub(super) use autogen::may_have_run_key;

/// One vocabulary: a table of names, and code only for what is no single attribute.
pub(super) struct Dialect {
    /// Attribute name to what it tells, in order of precedence where several tell the same. A name that senders flatten into a list
    /// (`llm.tools.0.…`) stands here without its number. A name belongs to the first dialect that lists it.
    pub(super) words: &'static [(&'static str, Field)],
    /// What the values of a [`Field::Kind`] word stand for, compared without regard to case.
    pub(super) kinds: &'static [(&'static str, SpanKind)],
    /// Tells the kind where more than one attribute is needed for it; goes before the tables. Called as `refine` is.
    pub(super) kind: fn(&Facts<'_>) -> Option<SpanKind>,
    /// Span names that tell the kind where no attribute does.
    pub(super) names: &'static [(Name, SpanKind)],
    /// Reads what the tables cannot say. Called only for spans that use one of the words, after all tables of all dialects.
    pub(super) refine: fn(&Facts<'_>, &mut Reading),
}

impl Dialect {
    /// A dialect that knows nothing, to start one from.
    pub(super) const EMPTY: Self = Self { words: &[], kinds: &[], kind: |_| None, names: &[], refine: |_, _| {} };
}

/// A way to recognise a span by its name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    /// This name.
    Is(&'static str),
    /// A name that begins so.
    Starts(&'static str),
}

impl Name {
    /// Whether `name` is one of these.
    pub(super) fn matches(self, name: &str) -> bool {
        match self {
            Self::Is(whole) => name == whole,
            Self::Starts(head) => name.starts_with(head),
        }
    }
}
