//! smolagents, beside OpenInference.

use super::{Dialect, Field};

/// What the instrumentation adds.
pub(super) const DIALECT: Dialect =
    Dialect { words: &[("smolagents.tools_names", Field::Tools), ("smolagents.task", Field::Input)], ..Dialect::EMPTY };
