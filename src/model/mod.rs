//! What the program talks about: traces, steps, verdicts, grades, money. Plain data, no I/O.

pub mod agent;
pub mod baseline;
pub mod clock;
pub mod comparison;
pub mod cost;
pub mod cost_report;
pub mod decision;
pub mod failure;
pub mod feedback;
pub mod fix;
pub mod grade;
pub mod ids;
pub mod latency;
pub mod leak;
pub mod money;
pub mod pattern;
pub mod probability;
pub mod progress;
pub mod scenario;
pub mod step;
pub mod summary;
pub mod telemetry;
pub mod time;
pub mod trace;
pub mod usage;
pub mod verdict;
