//! What is said about a run, and about many: pure functions over values, no I/O, no clock, no randomness.

pub mod cost;
