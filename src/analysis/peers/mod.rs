//! Other runs about the same subject as evidence: what a run asked, changed and answered in a few hundred bytes, and how far runs agree.
//!
//! Runs that were asked the same, or that serve the same customer, mostly ought to come to the same result. Where they do not, the one
//! that stands apart is more often the one that is wrong; and agents repeat their own mistakes, so another agent's agreement tells more.

mod agreement;
mod answer;
mod batch;
mod changes;
mod likeness;
mod model;
mod subject;
mod words;

pub use agreement::agreement;
pub use batch::Batch;
pub use likeness::{Likeness, task_of};
pub(crate) use model::taken_in;
pub use model::{has_moved, with_peers};

/// Runs that a run is held against, at most: the latest of its subject. More would tell little more, and cost with their square.
pub const MOST_PEERS: usize = 32;
