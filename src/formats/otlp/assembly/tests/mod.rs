//! Runs out of small trees of spans, made by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod build;
mod calls;
mod endings;
mod hostile;
mod shown;
mod tokens;
mod words;
