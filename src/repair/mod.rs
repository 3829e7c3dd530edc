//! What helps against failures: scenarios that repeat them, fixes that mend them.

pub mod desk;
