//! STAND-IN until the branches `verdict` and `statistics` are merged.
#![allow(missing_docs)]
pub struct Rules {}
