//! How likely it is that a value under a telling name is a secret.

use super::{
    names::Promise,
    placeholder::{is_code, is_encoded_text, is_filler, is_public, is_uuid, stands_for_another},
    randomness::Randomness,
};

/// Shortest password that is told from a word.
const SHORTEST_PASSWORD: usize = 6;

/// Shortest key or token.
const SHORTEST_KEY: usize = 10;

/// Longest value looked at.
const LONGEST: usize = 2_048;

/// How a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// In quotes, or as a value of its own.
    Quoted,
    /// Bare, behind a sign that assigns.
    Bare,
    /// Bare, behind nothing but a space or a word: a sentence, or a command's argument.
    Said,
}

/// The probability that `value`, found where `promise` was made, is a secret.
pub(super) fn likelihood(promise: Promise, value: &str, written: Written, randomness: &Randomness) -> f64 {
    let value = value.trim_end_matches(['.', ':', ';', ',']);
    // Most values met are words.
    if value.len() < 20 && value.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.')) {
        return 0.0;
    }
    if value.len() < SHORTEST_PASSWORD || value.len() > LONGEST || stands_for_another(value) || is_filler(value) {
        return 0.0;
    }
    if is_uuid(value) {
        return if promise == Promise::Secret && written != Written::Said { 0.55 } else { 0.2 };
    }
    if is_public(value) || is_code(value) {
        return 0.0;
    }
    let random = randomness.of(value);
    let classes = Classes::of(value);
    match promise {
        Promise::Password => password(value, random, classes, written),
        Promise::Secret => secret(value, random, classes, written),
        // A key of figures and letters a to f alone is mostly a digest.
        Promise::Key if value.bytes().all(|byte| byte.is_ascii_hexdigit()) => 0.3,
        Promise::Key if value.len() >= 20 && random >= 0.97 && classes.digits > 0 && !is_encoded_text(value) => 0.6,
        Promise::Key => 0.1,
    }
}

fn password(value: &str, random: f64, classes: Classes, written: Written) -> f64 {
    let strong = random >= 0.9 && value.len() >= 8 && classes.kinds() >= 2;
    // Names are joined by these as well; a password by others.
    let mixed = classes.kinds() >= 3 && value.len() >= 8 && classes.digits + classes.signs > 0;
    let chosen = classes.kinds() >= 2 && classes.letters > 0 && classes.digits + classes.signs >= 1;
    match written {
        _ if strong => 0.85,
        Written::Said if mixed && classes.digits > 0 => 0.6,
        Written::Said => 0.2,
        _ if mixed => 0.75,
        Written::Quoted if chosen => 0.6,
        Written::Bare if chosen && classes.digits > 0 && value.len() >= 8 => 0.55,
        _ => 0.3,
    }
}

fn secret(value: &str, random: f64, classes: Classes, written: Written) -> f64 {
    let varied = classes.kinds() >= 2 || value.len() >= 20;
    if value.len() < SHORTEST_KEY || is_encoded_text(value) {
        return 0.2;
    }
    if random >= 0.9 && varied && (classes.digits > 0 || value.len() >= 24) {
        return match (written, value.len()) {
            (Written::Said, ..16) => 0.4,
            (Written::Said, _) => 0.7,
            (_, ..14) => 0.6,
            _ => 0.8,
        };
    }
    // Not drawn evenly, but not written by anybody as a name either.
    if written == Written::Quoted && classes.signs >= 3 && classes.kinds() >= 3 {
        return 0.6;
    }
    if written != Written::Said && classes.kinds() >= 3 && classes.digits >= 2 && random >= 0.5 { 0.55 } else { 0.3 }
}

/// What signs a value is made of.
#[derive(Debug, Clone, Copy)]
struct Classes {
    small: usize,
    capital: usize,
    letters: usize,
    digits: usize,
    /// Signs that names do not have.
    signs: usize,
}

impl Classes {
    fn of(value: &str) -> Self {
        let mut classes = Self { small: 0, capital: 0, letters: 0, digits: 0, signs: 0 };
        for letter in value.chars() {
            match letter {
                _ if letter.is_lowercase() => classes.small += 1,
                _ if letter.is_uppercase() => classes.capital += 1,
                _ if letter.is_ascii_digit() => classes.digits += 1,
                '_' | '-' | '.' | '/' | ':' | ',' | ' ' => {}
                _ if letter.is_alphabetic() => classes.letters += 1,
                _ => classes.signs += 1,
            }
        }
        classes.letters += classes.small + classes.capital;
        classes
    }

    fn kinds(self) -> usize {
        [self.small, self.capital, self.digits, self.signs].iter().filter(|count| **count > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(promise: Promise, value: &str) -> f64 {
        likelihood(promise, value, Written::Quoted, &Randomness::bundled())
    }

    #[test]
    fn keys_are_drawn_and_passwords_chosen() {
        for value in ["k3Jx9QmZ2vLp8RtW", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "hT7qPz4LmXw2RvNc8KdY"] {
            assert!(of(Promise::Secret, value) >= 0.5, "{value}");
            assert!(of(Promise::Password, value) >= 0.5, "{value}");
        }
        for value in ["Summer2024!", "hunter2!", "Tr0ub4dor&3"] {
            assert!(of(Promise::Password, value) >= 0.5, "{value}");
        }
    }

    #[test]
    fn words_code_and_places_are_neither() {
        for value in [
            "password",
            "getSecretValue",
            "${TOKEN}",
            "os.environ[X]",
            "enter your password",
            "default",
            "https://a.b/c",
            "secret-manager-role",
        ] {
            assert!(of(Promise::Secret, value) < 0.5, "{value}");
            assert!(of(Promise::Password, value) < 0.5, "{value}");
        }
        assert!(of(Promise::Key, "cache:user:profile") < 0.5);
    }
}
