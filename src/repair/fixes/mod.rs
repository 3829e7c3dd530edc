//! Mends for failures.
