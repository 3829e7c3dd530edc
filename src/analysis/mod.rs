//! What is said about runs: pure functions over the model.

pub mod patterns;
