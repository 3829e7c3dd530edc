//! Export requests as real and as odd senders write them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod json;
mod protobuf;
mod recordings;
