//! Files that fail before and do their work after.
