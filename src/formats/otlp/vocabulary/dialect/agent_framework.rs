//! Microsoft's Agent Framework: the conventions' words, and spans of its workflows.

use super::{Dialect, Field, Name, SpanKind};

/// What the framework adds.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("agent_framework.function.invocation.duration", Field::Redundant),
        ("workflow.name", Field::Part),
        ("workflow.definition", Field::Own),
        ("executor.id", Field::Own),
    ],
    names: &[
        (Name::Is("workflow.run"), SpanKind::Wrapper),
        (Name::Is("workflow.build"), SpanKind::Noise),
        (Name::Is("workflow.session"), SpanKind::Wrapper),
        (Name::Starts("executor.process"), SpanKind::Wrapper),
        (Name::Starts("edge_group.process"), SpanKind::Noise),
        (Name::Is("message.send"), SpanKind::Noise),
    ],
    ..Dialect::EMPTY
};
