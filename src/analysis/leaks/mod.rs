//! Sensitive data in text: one pass that finds where something could be, and a rule each that decides whether it is.

mod card;
mod context;
mod crypto;
mod digits;
mod email;
mod iban;
mod kind;
mod login;
mod manifest;
mod marks;
mod names;
mod national_id;
mod network;
mod phone;
mod placeholder;
mod private_key;
mod providers;
mod randomness;
mod scanner;
mod url_login;
mod value;
mod web_token;
mod words;

pub use kind::Kind;
pub use scanner::{Find, Scanner};

/// From this probability on a find counts as sensitive data: it is then more likely that than not.
pub const LEAK_FROM: f64 = 0.5;
