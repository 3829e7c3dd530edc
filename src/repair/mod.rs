//! From a failure to its mend: scenarios that show it again, and fixes that answer it.

mod bounds;
pub mod change;
pub mod desk;
pub mod diff;
pub mod fixes;
pub mod ledger;
mod offer;
pub mod project;
pub mod python;
#[cfg(test)]
mod sample;
pub mod scenarios;
pub mod subject;
