//! What is said about a run, and about many, and why it can be believed: pure functions over values, no I/O, no clock, no randomness.

pub mod advice;
pub mod arguments;
mod call;
mod call_validity;
mod cause;
pub mod change_points;
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
pub mod figures;
mod framework;
mod framework_table;
mod identity;
pub mod informative;
mod instructions;
pub mod latency;
pub mod leaks;
mod linear;
pub mod outcome;
pub mod pattern_report;
pub mod patterns;
pub mod peers;
pub mod recalibration;
mod recovery;
pub mod reliability;
pub mod repeated_tasks;
mod repeats;
pub mod rules;
mod run;
mod run_error;
#[cfg(test)]
mod sample;
pub mod schema;
mod stated_count;
pub mod statistics;
mod success;
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
pub use verdict::{analyse, analyse_among};
