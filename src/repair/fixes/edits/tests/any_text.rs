//! Whatever the text: no panic, and what is edited stays a module.
