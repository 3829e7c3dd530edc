//! Places that are not to be changed, and why.
