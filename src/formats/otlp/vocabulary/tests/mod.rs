//! What spans of our own making, in every vocabulary, are read as.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod coverage;
mod otlp_json;
