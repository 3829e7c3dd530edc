//! STAND-IN until the branch `text` is merged.
#![allow(missing_docs)]
#[derive(Debug, Clone)]
pub struct Filter {
    pub limit: Option<usize>,
}
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message} (column {column})")]
pub struct FilterError {
    pub column: usize,
    pub message: String,
    pub expected: Vec<String>,
}
