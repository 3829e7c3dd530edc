//! Semantic Kernel: the conventions' words, messages in log records.

use super::{Dialect, Field, Name, SpanKind};

/// What the kernel adds.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[("sk.available_functions", Field::Tools)],
    names: &[(Name::Is("AutoFunctionInvocationLoop"), SpanKind::Wrapper)],
    ..Dialect::EMPTY
};
