//! What is said about a run, and about many, and why it can be believed: pure functions over values, no I/O, no clock, no randomness.

pub mod arguments;
mod call;
mod cause;
pub mod compare;
pub mod cost;
mod disguise;
mod domain;
mod error_kind;
mod error_table;
mod error_text;
pub(crate) mod excerpt;
pub mod failures;
mod fault;
pub mod features;
mod framework;
mod framework_table;
mod identity;
mod instructions;
pub mod latency;
mod linear;
pub mod outcome;
pub mod pattern_report;
pub mod patterns;
mod recovery;
pub mod reliability;
mod repeats;
pub mod rules;
mod run;
mod run_error;
#[cfg(test)]
mod sample;
pub mod schema;
mod stated_count;
pub mod statistics;
pub mod summarise;
#[cfg(test)]
mod testing;
pub mod time;
mod tool_nature;
pub mod tools;
pub mod trend;
mod turn;
mod verdict;

pub use rules::Rules;
pub use summarise::summarise;
pub use verdict::analyse;
