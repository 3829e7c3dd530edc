//! The words of our own tracer, where the standards have none.

use super::{Dialect, Field, SpanKind};
use crate::model::step::StepKind;

/// Our own words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[("arc.step.kind", Field::Kind), ("arc.domain", Field::Domain), ("arc.project", Field::Project)],
    kinds: &[
        ("reasoning", SpanKind::Step(StepKind::Reasoning)),
        ("retrieval", SpanKind::Retrieval),
        ("decision", SpanKind::Step(StepKind::Decision)),
        ("handoff", SpanKind::Handoff),
        ("guardrail", SpanKind::Guardrail),
        ("message", SpanKind::Step(StepKind::Message)),
        ("step", SpanKind::Step(StepKind::Other)),
    ],
    ..Dialect::EMPTY
};
