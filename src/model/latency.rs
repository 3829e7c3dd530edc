//! Where a run's time went.

use serde::{Deserialize, Serialize};

use super::time::Elapsed;

/// A run's time, split. Parts are `None` where no step of that kind gives its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Latency {
    /// The whole run.
    #[serde(rename = "total_ms")]
    pub total: Option<Elapsed>,
    /// In model calls.
    #[serde(rename = "model_ms")]
    pub model: Option<Elapsed>,
    /// In tool calls.
    #[serde(rename = "tool_ms")]
    pub tool: Option<Elapsed>,
    /// The rest; known when the total and a part are.
    #[serde(rename = "other_ms")]
    pub other: Option<Elapsed>,
}
