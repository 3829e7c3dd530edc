//! Text for people: hostile text made harmless, columns counted, numbers written plainly. Knows nothing of traces.

pub mod clean;
mod escape;
pub mod fuzzy;
mod hidden;
pub mod human;
pub mod nearest;
pub mod shell_words;
pub mod sparkline;
pub mod width;
