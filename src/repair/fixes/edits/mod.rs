//! Remedies carried out in the user's own files, one file for each.

pub(super) mod arguments;
mod dispatch;
pub(super) mod empty_result;
mod exceptions;
pub(super) mod iteration_limit;
pub(super) mod model_retry;
pub(super) mod retry;
mod threads;
pub(super) mod time_limit;
pub(super) mod tool_error;
mod turns;
pub(super) mod unknown_tool;

#[cfg(test)]
mod tests;
