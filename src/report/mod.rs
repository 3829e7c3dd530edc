//! What is given out for others to read: runs as files.

pub mod csv;
pub mod export;
