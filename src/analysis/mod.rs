//! What is said about a run, and about many: pure functions over values, no I/O, no clock, no randomness.

pub mod compare;
pub mod cost;
pub mod pattern_report;
pub mod patterns;
pub mod reliability;
pub mod statistics;
pub mod trend;

#[cfg(test)]
mod sample;
