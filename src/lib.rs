//! arc-eval-tui: a terminal workbench for people who build AI agents.
//!
//! A trace makes one trip, left to right, and nothing reaches back:
//!
//! ```text
//! bytes -> one record -> its verdict -> one durable commit -> what people see
//! ```
//!
//! The layers, in order; a file imports only from its own layer or one to the left, and layers named together
//! do not see each other (`tests/layers.rs` holds this):
//!
//! ```text
//! text, model  <  query  <  formats, analysis  <  store  <  engine  <  repair, report, sdk  <  listener  <  workbench  <  cli  <  main
//! ```

pub mod analysis;
pub mod cli;
pub mod engine;
pub mod formats;
pub mod listener;
pub mod model;
pub mod query;
pub mod repair;
pub mod report;
pub mod sdk;
pub mod store;
pub mod text;
pub mod workbench;
