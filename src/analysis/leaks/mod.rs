//! Sensitive data in text: one pass that finds where something could be, and a rule each that decides whether it is.

mod card;
mod context;
#[cfg(test)]
mod corpus;
mod crypto;
mod digits;
mod email;
mod flow;
mod iban;
mod kind;
mod login;
mod manifest;
mod marks;
mod mask;
mod names;
mod national_id;
mod network;
mod phone;
mod placeholder;
mod private_key;
mod providers;
mod randomness;
mod redact;
mod redacted;
mod scanner;
mod surroundings;
mod url_login;
mod value;
mod web_token;
mod words;

pub(crate) use flow::{Flow, MOST_LEAKS, Sensitive, Sighting};
pub use kind::Kind;
pub use scanner::{Find, Scanner};

/// Whether a field of this name is one for keys, tokens or passwords.
pub(crate) fn names_a_secret(name: &str) -> bool {
    names::promise_of(name).is_some() || name.eq_ignore_ascii_case("headers") || name.eq_ignore_ascii_case("auth")
}

/// From this probability on a find counts as sensitive data: it is then more likely that than not.
pub const LEAK_FROM: f64 = 0.5;
