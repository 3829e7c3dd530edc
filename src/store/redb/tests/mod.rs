#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod changes;
mod disk;
mod failing;
mod figures;
mod fixture;
mod inbox;
mod kill;
mod lean;
mod opening;
mod pattern_bound;
mod peers;
mod power_loss;
mod recount;
mod retention;
mod window;
